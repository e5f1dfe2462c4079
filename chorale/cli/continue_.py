"""`chorale continue`: an opening carried on to a close."""

from typing import TYPE_CHECKING, Annotated

import typer

from chorale.cli import arguments as given
from chorale.cli.composing import Wishes, compose_files
from chorale.models import DEFAULT

if TYPE_CHECKING:
    from chorale.composing.jobs import Job
    from chorale.network.checkpoint import Checkpoint


def continue_(
    file: given.File,
    bars: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=given.MAX_BARS,
            help="Measures to add.",
            show_default="those of --phrases, or 8",
        ),
    ] = None,
    approximate: given.Approximate = False,
    count: given.Count = 1,
    key: given.KeyName = None,
    metre: given.MetreName = None,
    pickup: given.Pickup = None,
    phrases: given.Phrases = None,
    temperature: given.Temperature = given.DEFAULT_TEMPERATURE,
    top_p: given.TopP = given.DEFAULTS.top_p,
    greedy: given.Greedy = False,
    guidance: given.Guidance = given.DEFAULTS.guidance,
    strictness: given.Strictness = given.DEFAULTS.strictness,
    best_of: given.BestOf = None,
    seed: given.Seed = None,
    model: given.ModelName = DEFAULT,
    output: given.Output = None,
    formats: given.Formats = None,
    title: given.Title = None,
    staves: given.StavesOfScore = 2,
    soundfont: given.Soundfont = None,
    tempo: given.TempoOfFile = None,
    program: given.Program = "organ",
    as_json: given.AsJson = False,
    quiet: given.Quiet = False,
    force: given.Force = False,
) -> None:
    """Go on from an opening in four voices, in its key, metre and manner, to a close.

    The opening stays as it is. What the file does not say of itself is estimated and told; --key,
    --metre and --pickup say how the opening is to be heard, --phrases are those that come.
    """
    asked = given.plan_options(key, metre, pickup, phrases)

    def job(checkpoint: "Checkpoint") -> "Job":
        from chorale.composing.jobs import continuation
        from chorale.reading import read_music

        reading = read_music(file, None, approximate)
        return continuation(checkpoint, reading, bars, asked)

    compose_files(
        Wishes(
            count=count,
            temperature=temperature,
            top_p=top_p,
            greedy=greedy,
            guidance=guidance,
            strictness=strictness,
            best_of=best_of,
            seed=seed,
            model=model,
            output=output,
            formats=formats,
            title=title,
            staves=staves,
            soundfont=soundfont,
            tempo=tempo,
            program=program,
            as_json=as_json,
            quiet=quiet,
            force=force,
        ),
        job,
        stem=file.stem,
        done="continued",
        account=[given.account(_added(bars, file.name), key, metre, pickup, phrases)],
    )


def _added(bars: int | None, name: str) -> str:
    if bars is None:
        return f"what follows {name}"
    return f"{bars} bar{'' if bars == 1 else 's'} after {name}"
