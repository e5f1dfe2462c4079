"""`chorale calibrate`: fit the draw of a model, so that its music has Bach's frequencies."""

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from chorale.cli import arguments as shared
from chorale.cli.console import print_result, progress_bar
from chorale.errors import OptionError
from chorale.options import MAX_COUNT, MAX_SEED


def calibrate(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help="Checkpoint file, or model that comes with chorale (see `chorale models`).",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", help="Checkpoint to write, a .safetensors file.", show_default=False
        ),
    ],
    data: shared.ModelData = None,
    rounds: Annotated[
        int, typer.Option(min=1, max=1000, help="Rounds of composing and correcting.")
    ] = 60,
    count: Annotated[
        int, typer.Option(min=1, max=MAX_COUNT, help="Chorales to compose in each round.")
    ] = 120,
    seed: Annotated[int, typer.Option(min=0, max=MAX_SEED, help="Seed of the draws.")] = 1,
    quiet: shared.Quiet = False,
    force: shared.Force = False,
) -> None:
    """Calibrate a model: compose, compare with Bach, and correct the draw, in rounds.

    New chorales are composed, and the sopranos of the validation split harmonized. The weights stay
    as they are. The result is written after every round, so that Ctrl-C keeps the last round; a
    calibrated model is calibrated further.
    """
    from dataclasses import replace

    from chorale.composing.jobs import calibrating
    from chorale.corpus import load_corpus
    from chorale.files import check_writable, refuse_overwrite, reserve
    from chorale.models import find
    from chorale.network.checkpoint import load_checkpoint, save_checkpoint

    if output.suffix != ".safetensors":
        raise OptionError(f"a checkpoint is a .safetensors file, not {output}")
    checkpoint = load_checkpoint(find(model))
    refuse_overwrite(output, force)
    check_writable(output)
    with progress_bar("Reading the chorales", quiet) as progress:
        name = shared.find_training_data(checkpoint.about) if data is None else data
        corpus = load_corpus(name, progress)
    if not quiet:
        for line in corpus.report:
            print_result(line)
    splits = corpus.splits
    commands = [checkpoint.about.get("calibration"), "chorale " + shlex.join(sys.argv[1:])]
    about = {**checkpoint.about, "calibration": "; ".join(filter(None, commands))}
    with reserve(output), progress_bar("Composing", quiet) as progress:
        fitting = calibrating.calibrate(
            checkpoint, splits["train"], splits["valid"], rounds, count, seed, progress
        )
        for number, found in enumerate(fitting, start=1):
            calibrated = replace(checkpoint, calibration=found.tables, about=about)
            save_checkpoint(calibrated, output)
            if not quiet:
                print_result(
                    f"round {number:3}  {found.divergence:.4f} nats from Bach before its correction"
                )
    if not quiet:
        path = shlex.quote(str(output))
        print_result(f"To compose with it: chorale generate --model {path}")
