"""`chorale rewrite`: compose some bars of some voices anew."""

from typing import TYPE_CHECKING, Annotated

import typer

from chorale.cli import arguments as shared
from chorale.cli.composing import Request, compose_files
from chorale.cli.composing_options import ComposingOptions
from chorale.cli.with_options import with_options

if TYPE_CHECKING:
    from chorale.composing.jobs import Job
    from chorale.network.checkpoint import Checkpoint


@with_options
def rewrite(
    file: shared.File,
    options: ComposingOptions,
    bars: Annotated[
        str,
        typer.Option(
            metavar="BARS",
            help="Bars to rewrite, such as 5-8; bar 1 is the first whole bar, 0 a pickup.",
            show_default=False,
        ),
    ],
    voices: Annotated[
        str, typer.Option(metavar="VOICES", help="Voices to rewrite, such as alto,tenor.")
    ] = "soprano,alto,tenor,bass",
    lock: Annotated[
        str,
        typer.Option(
            metavar="LOCKS",
            help='What stays: a bar, or a note or rest at a beat, as "soprano 5, alto 6:2.5".',
            show_default="none",
        ),
    ] = "",
    approximate: shared.Approximate = False,
) -> None:
    """Rewrite some bars of some voices to fit the music around them, which stays as it is.

    Notes held into or out of these bars stay too. Key, metre, pickup and phrases that the file does
    not give are estimated and reported.
    """
    from chorale.composing.jobs import describe_bars
    from chorale.composing.jobs.locks import parse_locks

    plan_options = options.plan_options()
    names = shared.parse_voices(voices)
    bar_range = shared.parse_bar_range(bars)
    locks = parse_locks(lock)

    def make_job(checkpoint: "Checkpoint") -> "Job":
        from chorale.composing.jobs import job_for_rewriting
        from chorale.reading import read_music

        reading = read_music(file, None, approximate)
        return job_for_rewriting(checkpoint, reading, bar_range, names, plan_options, locks)

    task = f"{describe_bars(bar_range)} of {file.name}"
    if locks:
        task += f" without {', '.join(each.description for each in locks)}"
    description = options.describe_request(task)
    compose_files(options, Request(make_job, file.stem, description, "rewritten"))
