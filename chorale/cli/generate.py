"""`chorale generate`: new chorales into files."""

from typing import TYPE_CHECKING, Annotated

import typer

from chorale.cli import arguments as given
from chorale.cli.composing import Wishes, compose_files
from chorale.models import DEFAULT

if TYPE_CHECKING:
    from chorale.composing.jobs import Job
    from chorale.network.checkpoint import Checkpoint

USUAL_BARS = 12  # as chorale.composing.jobs has it, which has NumPy


def generate(
    count: given.Count = 1,
    key: given.KeyName = None,
    metre: given.MetreName = None,
    pickup: given.Pickup = None,
    bars: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=given.MAX_BARS,
            help="Length in measures.",
            show_default=f"those of --phrases, or {USUAL_BARS}",
        ),
    ] = None,
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
    tempo: given.Tempo = 80,
    program: given.Program = "organ",
    as_json: given.AsJson = False,
    quiet: given.Quiet = False,
    force: given.Force = False,
) -> None:
    """Compose new chorales and write each as a MIDI file, or in other formats.

    Key, metre, pickup and phrases are drawn from Bach's own unless they are asked for.
    """
    asked = given.plan_options(key, metre, pickup, phrases)

    def job(checkpoint: "Checkpoint") -> "Job":
        from chorale.composing.jobs import generation

        return generation(checkpoint, bars, asked)

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
        stem="chorale",
        account=[given.account(f"{bars} bars" if bars else "", key, metre, pickup, phrases)],
    )
