"""Measure the cost of the networks: composing a step, training and its course, the data pipeline.

    python scripts/benchmark/network.py models [--steps 512] [--epochs 2] [--model NAME ...]
    python scripts/benchmark/network.py curve bach.csv [--within 0.03]
    python scripts/benchmark/network.py pipeline [--epochs 2] [--units N]

`models` prints for each model of the package its number of weights, its size on the disk, and the
time that NumPy takes for a step (all four voices of a sixteenth) of one chorale, and of 16 chorales
in a batch, without a plan and at temperature 1.0. Then it runs the training command in the model's
metadata for `--epochs` epochs in a process of its own; the time of an epoch is the median without
the first, which compiles, and peak memory is the operating system's account of the process. The
time of the whole training is in the metadata.

`curve` prints how fast a training run approached its best validation likelihood, from the history
that `chorale train` writes beside a checkpoint. The table has a row for each epoch in which the run
passes another tenth of its time: minutes, epochs, the best validation NLL so far, and how far it is
above the best of the whole run. The last line gives the time after which the NLL was within
`--within` of that best.

`pipeline` compares the windows per second of the `tf.data` pipeline alone with those of training,
at the default options on the `bach` training split, in one process; the first epoch of each is left
out.
"""

import argparse
import csv
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from time import perf_counter

import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "support"))
from console import parser_for, percent, print_table, run
from processes import CHORALE, describe_machine

from chorale.composing.compose import compose
from chorale.composing.tasks import task_for_generating
from chorale.corpus import load_corpus
from chorale.models import find, list_models
from chorale.music import Plan
from chorale.network.checkpoint import Checkpoint, load_checkpoint
from chorale.options import ModelOptions, SamplingOptions, TrainingOptions

BATCHES = (1, 16)
COMPOSING_RUNS = 3
TENTHS = 10


def main() -> None:
    """Parse the arguments and print the figures of the subcommand."""
    parser = parser_for(__doc__)
    commands = parser.add_subparsers(required=True)
    models = commands.add_parser("models", help="size, composing and training of the models")
    models.set_defaults(run=print_models)
    models.add_argument("--steps", type=int, default=512, help="length of the composed chorales")
    models.add_argument("--epochs", type=int, default=2, help="of training; 0 leaves it out")
    models.add_argument("--model", nargs="+", choices=list_models(), default=list_models())
    curve = commands.add_parser("curve", help="how fast a training run approached its best")
    curve.set_defaults(run=print_curve)
    curve.add_argument("history", type=Path, help="the CSV file beside a checkpoint")
    curve.add_argument("--within", type=float, default=0.03, help="share above the best")
    pipeline = commands.add_parser("pipeline", help="data pipeline and training, side by side")
    pipeline.set_defaults(run=print_pipeline)
    pipeline.add_argument("--epochs", type=int, default=2, help="epochs to measure")
    pipeline.add_argument("--units", type=int, default=ModelOptions().units, help="of the LSTMs")
    run(parser)


# models


def print_models(options: argparse.Namespace) -> None:
    """Print a row for each model."""
    print(f"{describe_machine()}\n")
    header = [
        "model",
        "weights",
        "on the disk",
        *(f"a step, {batch} at a time" for batch in BATCHES),
    ]
    if options.epochs:
        header += ["an epoch", "peak memory of training"]
    print_table(header, (list(model_cells(name, options)) for name in options.model))


def model_cells(name: str, options: argparse.Namespace) -> Iterator[str]:
    """Yield the cells of a model's row."""
    path = find(name)
    checkpoint = load_checkpoint(path)
    yield name
    yield f"{sum(values.size for values in checkpoint.weights.values()):,}"
    yield f"{path.stat().st_size / 1e6:.1f} MB"
    for batch in BATCHES:
        yield f"{1000 * seconds_per_step(checkpoint, batch, options.steps):.2f} ms"
    if options.epochs:
        seconds, megabytes = training_cost(checkpoint.about["command"], options.epochs)
        yield f"{seconds:.0f} s"
        yield f"{megabytes:,.0f} MB"


def seconds_per_step(checkpoint: Checkpoint, batch: int, steps: int) -> float:
    """Return the median of the runs, after one that warms up."""
    task = task_for_generating(Plan(steps), checkpoint)
    seconds = []
    for number in range(1 + COMPOSING_RUNS):
        generators = [np.random.default_rng([number, member]) for member in range(batch)]
        started = perf_counter()
        compose(checkpoint, [task] * batch, SamplingOptions(temperature=1.0), generators)
        seconds.append((perf_counter() - started) / steps)
    return statistics.median(seconds[1:])


def training_cost(command: str, epochs: int) -> tuple[float, float]:
    """Run a command of training for some epochs; return seconds per epoch and peak memory in MB."""
    if not command:
        sys.exit("the model's metadata has no command of training; use --epochs 0")
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "model.safetensors"
        words = [*shlex.split(command)[1:], "--epochs", str(epochs), "--quiet", "-o", str(output)]
        process = subprocess.Popen([*CHORALE, *words])
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)  # Popen would wait for it again
        if status:
            sys.exit(f"{shlex.join(words)} ended with status {process.returncode}")
        with output.with_suffix(".csv").open() as file:
            seconds = [float(row["seconds"]) for row in csv.DictReader(file)]
    return statistics.median(seconds[1:] or seconds), usage.ru_maxrss * 1024 / 1e6  # KiB, on Linux


# curve


def print_curve(options: argparse.Namespace) -> None:
    """Print the table, and the time that it took to come near the best."""
    with options.history.open() as file:
        rows = list(csv.DictReader(file))
    minutes = list(accumulate(float(row["seconds"]) / 60 for row in rows))
    nlls = [float(row["valid_nll"]) for row in rows]
    print_table(
        ["minutes", "epochs", "validation NLL", "above the best"], curve_rows(minutes, nlls)
    )
    near = minutes_to_come_near(minutes, nlls, options.within)
    print(f"\nWithin {percent(options.within, 0)} of the best after {near:.0f} minutes.")


def curve_rows(minutes: Sequence[float], nlls: Sequence[float]) -> Iterator[list[str]]:
    """Yield the cells of each row.

    Args:
        minutes: time from the start to the end of each epoch, at least one.
        nlls: the validation NLL after each epoch.
    """
    best = list(accumulate(nlls, min))
    tenths = [minutes[-1] * (tenth / TENTHS) for tenth in range(1, TENTHS + 1)]
    for epoch in sorted({bisect_left(minutes, time) for time in tenths}):
        yield [
            f"{minutes[epoch]:.0f}",
            f"{epoch + 1}",
            f"{best[epoch]:.3f}",
            percent(best[epoch] / best[-1] - 1),
        ]


def minutes_to_come_near(minutes: Sequence[float], nlls: Sequence[float], within: float) -> float:
    """Return the time until the NLL is within a share of the lowest."""
    nearest = min(nlls) * (1 + within)
    return next(time for time, nll in zip(minutes, nlls, strict=True) if nll <= nearest)


# pipeline


def print_pipeline(options: argparse.Namespace) -> None:
    """Print both rates and their ratio."""
    from chorale.training.quiet_import import import_tensorflow

    import_tensorflow()
    from chorale.network.tokens import Vocabulary
    from chorale.training.dataset import build_arrays, find_ranges, training_windows
    from chorale.training.trainer import Trainer

    train = load_corpus("bach").splits["train"]
    vocabulary, training = Vocabulary(), TrainingOptions()
    arrays = build_arrays(train, vocabulary, find_ranges(train))
    trainer = Trainer(ModelOptions(units=options.units), training, vocabulary, arrays)

    def run_pipeline(epoch: int) -> None:
        for _ in training_windows(arrays, vocabulary, training, epoch):
            pass

    def run_training(epoch: int) -> None:
        trainer.run_epoch(epoch, lambda update, loss: None)

    rates = []
    for name, run_epoch in (("pipeline alone", run_pipeline), ("training", run_training)):
        run_epoch(0)
        started = perf_counter()
        for epoch in range(1, options.epochs + 1):
            run_epoch(epoch)
        rates.append(options.epochs * len(train) / (perf_counter() - started))
        print(f"{name}: {rates[-1]:.0f} windows per second")
    print(f"ratio {rates[0] / rates[1]:.0f}; {describe_machine()}")


if __name__ == "__main__":
    main()
