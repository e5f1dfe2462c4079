"""`chorale rewrite`: some bars of some voices anew."""

from typing import TYPE_CHECKING, Annotated

import typer

from chorale.cli import arguments as given
from chorale.cli.composing import Wishes, compose_files
from chorale.models import DEFAULT

if TYPE_CHECKING:
    from chorale.composing.jobs import Job
    from chorale.network.checkpoint import Checkpoint


def rewrite(
    file: given.File,
    bars: Annotated[
        str,
        typer.Option(
            metavar="BARS",
            help="The bars to write anew, such as 5-8; 1 is the first whole one, 0 a pickup.",
            show_default=False,
        ),
    ],
    voices: Annotated[
        str,
        typer.Option(metavar="VOICES", help="The voices to write anew, such as alto,tenor."),
    ] = "soprano,alto,tenor,bass",
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
    """Write some bars of some voices anew, to fit what stands around them, which stays as it is.

    Notes held over the edge of these bars stay too. What the file does not say of itself is
    estimated and told.
    """
    from chorale.composing.jobs import in_words

    asked = given.plan_options(key, metre, pickup, phrases)
    names = given.voice_names(voices)
    wanted = given.bar_range(bars)
    what = f"{in_words(wanted)} of {file.name}"

    def job(checkpoint: "Checkpoint") -> "Job":
        from chorale.composing.jobs import rewriting
        from chorale.reading import read_music

        reading = read_music(file, None, approximate)
        return rewriting(checkpoint, reading, wanted, names, asked)

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
        done="rewritten",
        account=[given.account(what, key, metre, pickup, phrases)],
    )
