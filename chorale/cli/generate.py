"""`chorale generate`: new chorales into MIDI files."""

from typing import TYPE_CHECKING, Annotated

import typer

from chorale.cli import arguments as given
from chorale.cli.composing import Wishes, compose_files
from chorale.errors import OptionError
from chorale.models import DEFAULT

if TYPE_CHECKING:
    from chorale.checkpoint import Checkpoint
    from chorale.jobs import Job

MAX_BARS = 100  # as chorale.jobs has it, which has NumPy
USUAL_BARS = 12


def generate(
    count: given.Count = 1,
    key: given.KeyName = None,
    metre: given.MetreName = None,
    pickup: given.Pickup = None,
    bars: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MAX_BARS,
            help="Length in measures.",
            show_default=f"those of --phrases, or {USUAL_BARS}",
        ),
    ] = None,
    phrases: given.Phrases = None,
    temperature: given.Temperature = given.DEFAULT_TEMPERATURE,
    top_p: given.TopP = given.DEFAULTS.top_p,
    greedy: given.Greedy = False,
    guidance: given.Guidance = given.DEFAULTS.guidance,
    seed: given.Seed = None,
    model: given.ModelName = DEFAULT,
    output: given.Output = None,
    tempo: given.Tempo = 80,
    program: given.Program = "organ",
    as_json: given.AsJson = False,
    quiet: given.Quiet = False,
    force: given.Force = False,
) -> None:
    """Compose new chorales and write each as a MIDI file.

    Key, metre, pickup and phrases are drawn from Bach's own unless they are asked for.
    """
    asked = given.plan_options(key, metre, pickup, phrases)
    length = bars or sum(asked.phrases or [USUAL_BARS])
    if length > MAX_BARS:
        raise OptionError(f"phrases of {length} bars in all; at most {MAX_BARS} can be written")

    def job(checkpoint: "Checkpoint") -> "Job":
        from chorale.jobs import generation

        return generation(checkpoint, length, asked)

    compose_files(
        Wishes(
            *(count, temperature, top_p, greedy, guidance, seed, model),
            *(output, tempo, program, as_json, quiet, force),
        ),
        job,
        stem="chorale",
        title="Chorale {seed}",
        account=[given.account(f"{length} bars", key, metre, pickup, phrases)],
    )
