"""`chorale continue`: continue an opening to its final cadence."""

from typing import TYPE_CHECKING, Annotated

import typer

from chorale.cli import arguments as shared
from chorale.cli.composing import Request, compose_files
from chorale.cli.composing_options import ComposingOptions
from chorale.cli.with_options import with_options
from chorale.options import ADDED_BARS, MAX_BARS
from chorale.wording import count

if TYPE_CHECKING:
    from chorale.composing.jobs import Job
    from chorale.network.checkpoint import Checkpoint


@with_options
def continue_(
    file: shared.File,
    options: ComposingOptions,
    bars: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MAX_BARS,
            help="Bars to add.",
            show_default=f"the total of --phrases, or {ADDED_BARS}",
        ),
    ] = None,
    approximate: shared.Approximate = False,
) -> None:
    """Continue a four-voice opening to a final cadence, in the same key, metre and style.

    The opening itself is not changed. Key, metre, pickup and phrases that the file does not give
    are estimated and reported; --key, --metre and --pickup override the file and the estimates.
    --phrases gives the phrases to add.
    """
    plan_options = options.plan_options()

    def make_job(checkpoint: "Checkpoint") -> "Job":
        from chorale.composing.jobs import job_for_continuing
        from chorale.reading import read_music

        reading = read_music(file, None, approximate)
        return job_for_continuing(checkpoint, reading, bars, plan_options)

    task = (
        f"what follows {file.name}" if bars is None else f"{count(bars, 'bar')} after {file.name}"
    )
    description = options.describe_request(task)
    compose_files(options, Request(make_job, file.stem, description, "continued"))
