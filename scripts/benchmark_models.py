"""What each model that ships costs: disk, time for a step of the runtime, time and memory to train.

    python scripts/benchmark_models.py [--steps 512] [--epochs 2] [--model NAME]...

The runtime composes a chorale alone (a batch of one) and a batch of 16, without a plan and at
temperature 1.0; a step is all four voices of a sixteenth. Training is the command in the model's
metadata, run for `--epochs` epochs in a process of its own and a temporary folder; peak memory is
the operating system's account of it, and an epoch is the median of those after the first, which
compiles. How long the whole training took, and how its validation NLL fell, is in the metadata and
in the run's CSV.
"""

import argparse
import csv
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np

from chorale.composing.compose import compose
from chorale.composing.tasks import new_chorale
from chorale.models import find, shipped
from chorale.music import Plan
from chorale.network.checkpoint import Checkpoint, load_checkpoint
from chorale.options import SamplingOptions


def main() -> None:
    """Measure every model that ships, or those named, and print a line a figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=512, help="length of what is composed")
    parser.add_argument("--epochs", type=int, default=2, help="of training; 0 trains nothing")
    parser.add_argument("--model", action="append", choices=shipped(), help="may be given again")
    arguments = parser.parse_args()
    for name in arguments.model or shipped():
        path = find(name)
        checkpoint = load_checkpoint(path)
        weights = sum(values.size for values in checkpoint.weights.values())
        print(f"{name}: {weights:,} weights, {path.stat().st_size / 1e6:.1f} MB")
        for batch in (1, 16):
            milliseconds = 1000 * seconds_a_step(checkpoint, batch, arguments.steps)
            print(f"  {batch} at a time: {milliseconds:.2f} ms a step")
        if arguments.epochs:
            seconds, megabytes = training_cost(checkpoint.about["command"], arguments.epochs)
            print(f"  training: {seconds:.0f} s an epoch, peak {megabytes:.0f} MB")


def seconds_a_step(checkpoint: Checkpoint, batch: int, steps: int) -> float:
    """The median of three runs, after one that warms up."""
    task = new_chorale(Plan(steps), checkpoint)
    seconds = []
    for run in range(4):
        generators = [np.random.default_rng([run, number]) for number in range(batch)]
        started = perf_counter()
        compose(checkpoint, [task] * batch, SamplingOptions(temperature=1.0), generators)
        seconds.append((perf_counter() - started) / steps)
    return statistics.median(seconds[1:])


def training_cost(command: str, epochs: int) -> tuple[float, float]:
    """Seconds an epoch, and peak memory in MB, of a command of training cut to `epochs`."""
    if not command:
        sys.exit("the model's metadata has no command of training; use --epochs 0")
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "model.safetensors"
        words = [*shlex.split(command)[1:], "--epochs", str(epochs), "--quiet", "-o", str(output)]
        process = subprocess.Popen([sys.executable, "-m", "chorale", *words])
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)  # so that Popen knows that it ended
        if status:
            sys.exit(f"{shlex.join(words)} ended with status {process.returncode}")
        with output.with_suffix(".csv").open() as file:
            seconds = [float(row["seconds"]) for row in csv.DictReader(file)]
    return statistics.median(seconds[1:] or seconds), usage.ru_maxrss * 1024 / 1e6  # KiB, on Linux


if __name__ == "__main__":
    main()
