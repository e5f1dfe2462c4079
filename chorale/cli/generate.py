"""`chorale generate`: new chorales into MIDI files."""

from collections.abc import Iterator
from os.path import isdir  # unlike Path.is_dir, raises nothing whatever the name
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chorale.cli.console import Progress, progress_bar, say
from chorale.errors import OptionError
from chorale.models import DEFAULT
from chorale.options import SamplingOptions

if TYPE_CHECKING:
    from chorale.checkpoint import Checkpoint
    from chorale.music import Chorale

MAX_COUNT = 10_000
MAX_BARS = 100
MAX_SEED = 2**31 - 1
BATCH = 64  # chorales written at once; memory grows with it, speed hardly above it

_DEFAULTS = SamplingOptions()


def generate(
    count: Annotated[
        int, typer.Option("-n", "--count", min=1, max=MAX_COUNT, help="How many chorales.")
    ] = 1,
    temperature: Annotated[
        float,
        typer.Option("-t", "--temperature", help="Above 0; lower is safer, higher is bolder."),
    ] = _DEFAULTS.temperature,
    top_p: Annotated[
        float, typer.Option(help="Draw from the likeliest notes of this share, in (0, 1].")
    ] = _DEFAULTS.top_p,
    greedy: Annotated[
        bool, typer.Option("--greedy", help="Always the likeliest note, whatever temperature.")
    ] = False,
    guidance: Annotated[
        float,
        typer.Option(
            help="How closely key, metre and phrases are followed, 0 to 2; beyond 1 chords suffer."
        ),
    ] = _DEFAULTS.guidance,
    bars: Annotated[int, typer.Option(min=1, max=MAX_BARS, help="Length in measures.")] = 12,
    seed: Annotated[
        int | None,
        typer.Option(min=0, max=MAX_SEED, help="Same seed, same music.", show_default="a new one"),
    ] = None,
    model: Annotated[
        str, typer.Option(help="A model that comes with chorale, or a checkpoint file.")
    ] = DEFAULT,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", help="MIDI file or folder.", show_default="chorale-SEED.mid here"
        ),
    ] = None,
    tempo: Annotated[float, typer.Option(help="Quarter notes a minute, 20 to 300.")] = 80,
    program: Annotated[
        str, typer.Option(help="organ, choir, piano, strings..., or a General MIDI number.")
    ] = "organ",
    as_json: Annotated[
        bool, typer.Option("--json", help="Tell the results as JSON and nothing else.")
    ] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Tell nothing.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite existing files.")] = False,
) -> None:
    """Compose new chorales and write each as a MIDI file."""
    import json
    import secrets

    from chorale.checkpoint import load_checkpoint
    from chorale.files import refuse_overwrite, write_bytes
    from chorale.models import find
    from chorale.rendering.midi import check_tempo, midi_bytes, program_number

    sampling = SamplingOptions(temperature, top_p, greedy, guidance)
    instrument = program_number(program)
    check_tempo(tempo)
    seed = secrets.randbelow(MAX_SEED) if seed is None else seed
    paths = output_paths(output, count, seed)
    for path in paths:
        refuse_overwrite(path, force)
    checkpoint = load_checkpoint(find(model))
    drawn = "greedy" if greedy else f"temperature {temperature:g}, top-p {top_p:g}"
    account = f"{drawn}, guidance {guidance:g}, {bars} bars"
    results = []
    for number, (path, chorale) in enumerate(
        zip(paths, _composed(checkpoint, count, bars, seed, sampling, quiet), strict=True)
    ):
        content = midi_bytes(
            chorale,
            tempo_qpm=tempo,
            program=instrument,
            title=f"Chorale {seed}" + (f" no. {number + 1}" if count > 1 else ""),
            comments=[
                "Composed by chorale",
                f"seed {seed}, no. {number + 1}",
                account,
                f"model {checkpoint.about.get('data', 'unknown')} {checkpoint.fingerprint}",
            ],
        )
        write_bytes(path, content)
        results.append(_result(path, chorale, seed, number, checkpoint))
        if not (quiet or as_json):
            say(_line(results[-1]))
    if as_json:
        say(json.dumps(results, indent=2))
    elif not quiet:
        say("To hear it, open it with a MIDI player or a notation program such as MuseScore.")


def output_paths(output: Path | None, count: int, seed: int) -> list[Path]:
    """Where the chorales go: numbered when there are several; a folder gets names of our own.

    An `output` that exists as a folder, or whose name has no ending, is a folder.

    Raises:
        OptionError: it ends in something else than a MIDI file does.
    """
    folder, stem, ending = Path(), f"chorale-{seed}", ".mid"
    if output and (isdir(output) or not output.suffix):
        folder = output
    elif output:
        if output.suffix.lower() not in (".mid", ".midi"):
            raise OptionError(f"a MIDI file ends in .mid or .midi, not {output.name}")
        folder, stem, ending = output.parent, output.stem, output.suffix
    if count == 1:
        return [folder / f"{stem}{ending}"]
    width = len(str(count))
    return [folder / f"{stem}-{number:0{width}}{ending}" for number in range(1, count + 1)]


def _composed(
    checkpoint: "Checkpoint",
    count: int,
    bars: int,
    seed: int,
    sampling: SamplingOptions,
    quiet: bool,
) -> Iterator["Chorale"]:
    """The chorales in order, BATCH at a time; each has a random generator of its own."""
    import numpy as np

    from chorale.composing import compose, new_chorale
    from chorale.plans import draw_plan

    with progress_bar("Composing", quiet) as progress:
        for first in range(0, count, BATCH):
            numbers = range(first, min(count, first + BATCH))
            generators = [np.random.default_rng([seed, number]) for number in numbers]
            plans = [draw_plan(checkpoint.plans, bars, generator) for generator in generators]
            tasks = [new_chorale(plan, checkpoint) for plan in plans]
            yield from compose(
                checkpoint,
                tasks,
                sampling,
                generators,
                _part_of(progress, first, len(tasks), count),
            )


def _part_of(progress: Progress, first: int, size: int, count: int) -> Progress:
    """The progress of a batch as that of the whole: chorales `first` to `first + size`."""
    return lambda done, total: progress(first * total + done * size, count * total)


def _result(
    path: Path, chorale: "Chorale", seed: int, number: int, checkpoint: "Checkpoint"
) -> dict[str, Any]:
    from chorale.analysis import estimate_key

    plan = chorale.plan
    return {
        "file": str(path),
        "key": (plan.key or estimate_key(chorale)).name,
        "metre": plan.metre.name if plan.metre else None,
        "pickup_steps": plan.pickup_steps,
        "bars": round(plan.bars),  # whole by its plan
        "steps": plan.length_steps,
        "seed": seed,
        "number": number + 1,
        "model": checkpoint.fingerprint,
    }


def _line(result: dict[str, Any]) -> str:
    metre = f", {result['metre']}" if result["metre"] else ""
    bars = f"{result['bars']} bar" + ("" if result["bars"] == 1 else "s")
    if result["pickup_steps"]:
        bars += " with a pickup"
    return f"{result['file']}: {result['key']}{metre}, {bars}, seed {result['seed']}"
