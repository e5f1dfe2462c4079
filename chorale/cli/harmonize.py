"""`chorale harmonize`: voices to a tune."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from chorale.cli import arguments as given
from chorale.cli.composing import Wishes, compose_files
from chorale.models import DEFAULT

if TYPE_CHECKING:
    from chorale.composing.jobs import Job
    from chorale.network.checkpoint import Checkpoint


def harmonize(
    tune: given.File,
    voice: Annotated[
        Literal["soprano", "alto", "tenor", "bass"] | None,
        typer.Option(
            help="The voice that the tune is in.", show_default="as the file has it, or soprano"
        ),
    ] = None,
    keep: Annotated[
        str | None,
        typer.Option(
            metavar="VOICES",
            help="Of a file with several voices those that stay, such as soprano,bass.",
            show_default="all; of four the soprano",
        ),
    ] = None,
    part: given.Part = None,
    bars: Annotated[
        str | None,
        typer.Option(metavar="BARS", help="Take these alone, such as 1-16.", show_default="all"),
    ] = None,
    transpose: Annotated[
        int, typer.Option(min=-24, max=24, help="Move the tune by so many semitones first.")
    ] = 0,
    fit: Annotated[
        Literal["octaves", "transpose"],
        typer.Option(
            help="If the tune leaves the voice's range: move it by octaves; or transpose it as "
            "little as possible, and all of it back when the others are written."
        ),
    ] = "octaves",
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
    """Write the other voices to a tune, which stays as it is, every pitch and every rhythm.

    What the file does not say (metre, pickup, key, phrases) is estimated and told; --key, --metre,
    --pickup and --phrases say how the tune is to be heard.
    """
    asked = given.plan_options(key, metre, pickup, phrases)
    kept = given.voice_names(keep)
    wanted = given.bar_range(bars) if bars is not None else None

    def job(checkpoint: "Checkpoint") -> "Job":
        from chorale.composing.jobs import harmonization
        from chorale.reading import read_music

        reading = read_music(tune, part, approximate)
        return harmonization(
            checkpoint,
            reading,
            asked,
            keep=kept,
            voice=voice,
            bars=wanted,
            transpose=transpose,
            fit=fit,
        )

    what = f"voices to {tune.name}"
    if transpose:
        what += f", moved by {transpose} semitones"
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
        stem=tune.stem,
        done="harmonized",
        account=[given.account(what, key, metre, pickup, phrases)],
    )
