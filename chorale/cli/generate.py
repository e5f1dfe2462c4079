"""`chorale generate`: compose new chorales."""

from typing import TYPE_CHECKING, Annotated

import typer

from chorale.cli import arguments as shared
from chorale.cli.composing import Request, compose_files
from chorale.cli.composing_options import ComposingOptions
from chorale.cli.with_options import with_options
from chorale.options import MAX_BARS, NEW_BARS

if TYPE_CHECKING:
    from chorale.composing.jobs import Job
    from chorale.network.checkpoint import Checkpoint


@with_options
def generate(
    options: ComposingOptions,
    bars: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MAX_BARS,
            help="Length in bars.",
            show_default=f"the total of --phrases, or {NEW_BARS}",
        ),
    ] = None,
    progression: Annotated[
        str | None,
        typer.Option(
            metavar="CHORDS",
            help='Chords to keep, such as "I vi IV V | I" or "C Am7 F:2 G".',
            show_default=False,
        ),
    ] = None,
    keys: shared.PhraseKeys = None,
    voicing: shared.Choir = "SATB",
) -> None:
    """Compose new chorales and write each as a MIDI file or in other formats.

    Key, metre, pickup, phrases and motion that are not given are drawn from Bach's chorales.
    """
    from chorale.music.voicings import parse_voicing

    plan_options = options.plan_options()
    choir = parse_voicing(voicing)
    phrase_keys = shared.parse_phrase_keys(keys)

    def make_job(checkpoint: "Checkpoint") -> "Job":
        from chorale.composing.jobs import job_for_generating

        return job_for_generating(checkpoint, bars, plan_options, choir, progression, phrase_keys)

    asked = {"bars": bars, "progression": progression, "keys of phrases": keys}
    task = ", ".join(f"{name} {value}" for name, value in asked.items() if value)
    task = task.replace(f"bars {bars}", f"{bars} bars", 1) if bars else task
    description = options.describe_request(task, choir)
    compose_files(options, Request(make_job, "chorale", description, voicing=choir))
