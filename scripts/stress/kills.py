"""Kill training and the building of the data set again and again, and check what is left.

    python scripts/stress/kills.py [--only train|build] [--kills 100] [--scores 16] [--seed 0]
                                   [--traced]

A tiny network is trained once without interruption, and the files of every epoch are kept. Then it
is trained again, killed (SIGKILL), resumed and killed again: a third of the times at a random
moment, a third some milliseconds after a temporary file appears, and a third at the n-th time that
one of its files is opened, renamed or removed. After each kill every file must be, to the bit, one
of the uninterrupted run: checkpoint, state and history of the epochs that they name, a picture that
opens, and nothing else but one lock and at most one leftover. A run that comes to its end must end
like the uninterrupted one and leave nothing else; then the next run begins.

`chorale data build` reads only `--scores` chorales, since all of them take too long to be killed so
often. The data set must be the old one or the new one, or absent if there was none, and no worker
process may go on.

TensorFlow runs its functions eagerly, since tracing takes most of such a short run; `--traced`
traces them as usual.
"""

import argparse
import csv
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from killed_process import OUTPUT, TEMPORARY, KilledProcess, start_and_kill
from PIL import Image

sys.path.append(str(Path(__file__).parents[1] / "support"))
from console import parser_for, print_table, run

from chorale.corpus import bach
from chorale.corpus.cache import load_cache, save_cache
from chorale.corpus.corpus import SPLITS, Corpus
from chorale.network.checkpoint import load_checkpoint
from chorale.training.history import Epoch
from chorale.training.paths import curves_path, history_path, state_path
from chorale.training.state import TrainingState

LOCK = f".{OUTPUT.name}.chorale-lock"
TRAIN = ["train", "-o", str(OUTPUT), "--data", "../data", "--seed", "3", "--epochs", "8"]
TRAIN += ["--units", "8", "--head-units", "8", "--encoder-units", "8", "--towers", "1"]
ACCESSES_PER_EPOCH = 20  # to the files of training, about


def main() -> None:
    """Parse the arguments, kill, and print the counts."""
    parser = parser_for(__doc__)
    parser.add_argument("--only", choices=["train", "build"], help="kill one of the two")
    parser.add_argument("--kills", type=int, default=100, help="of each")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--scores", type=int, default=16, help="chorales to read")
    parser.add_argument("--traced", action="store_true", help="trace TensorFlow's functions")
    parser.set_defaults(run=kill_both)
    run(parser)


def kill_both(options: argparse.Namespace) -> None:
    """Kill training and building, and print a table of each."""
    draw = random.Random(options.seed)  # noqa: S311 - moments, no secrets
    with tempfile.TemporaryDirectory() as folder:
        if options.only != "build":
            print_counts("train", kill_training(Path(folder), options, draw))
        if options.only != "train":
            print_counts("data build", kill_building(Path(folder), options, draw))


def print_counts(command: str, counts: Counter[str]) -> None:
    """Print the counts, one row each."""
    print_table([f"`chorale {command}`", ""], ([name, str(n)] for name, n in counts.items()))
    print()


# training


@dataclass
class UninterruptedRun:
    """The files of a run after each epoch, from 1.

    Attributes:
        states: the training states.
        checkpoints: the weights of each checkpoint that was the best so far.
        seconds: duration of the run.
    """

    states: dict[int, TrainingState]
    checkpoints: dict[int, dict[str, np.ndarray]]
    seconds: float

    @property
    def last(self) -> int:
        """Number of the last epoch."""
        return max(self.states)


def train_without_interruption(folder: Path, eager: bool) -> UninterruptedRun:
    """Train to the end and keep the files of every epoch."""
    folder.mkdir()
    process = KilledProcess(TRAIN, folder, eager=eager)
    assert process.process.stdout
    kept: list[Path] = []
    for line in process.process.stdout:
        if line.startswith("epoch"):
            kept.append(folder / f"kept-{len(kept) + 1}")
            kept[-1].mkdir()
            for path in (OUTPUT, state_path(OUTPUT)):
                os.link(folder / path, kept[-1] / path)
    process.wait()
    states = [TrainingState.load(state_path(where / OUTPUT)) for where in kept]
    checkpoints = [load_checkpoint(where / OUTPUT) for where in kept]
    assert [len(state.history) for state in states] == list(range(1, len(kept) + 1))
    return UninterruptedRun(
        {len(state.history): state for state in states},
        {one.about["epoch"]: dict(one.weights) for one in checkpoints},
        time.perf_counter() - process.started,
    )


def kill_training(folder: Path, options: argparse.Namespace, draw: random.Random) -> Counter[str]:
    """Kill training `--kills` times, check its files each time, and return the counts."""
    words = ["generate", "--count", "6", "--bars", "2", "--seed", "5", "-q", "-o", "data"]
    KilledProcess(words, folder).wait()
    expected = train_without_interruption(folder / "uninterrupted", not options.traced)
    counts: Counter[str] = Counter({"kills": 0})
    number = 0
    while True:
        where = folder / f"run-{number}"
        where.mkdir(exist_ok=True)
        words = [*TRAIN[:3], "--resume"] if (where / state_path(OUTPUT)).exists() else TRAIN
        words = words if words != TRAIN or not list(where.iterdir()) else [*TRAIN, "--force"]

        def start(accesses: int, where: Path = where, words: list[str] = words) -> KilledProcess:
            return KilledProcess(words, where, accesses, not options.traced)

        before = set(os.listdir(where))
        if counts["kills"] < options.kills:
            accesses = 3 * ACCESSES_PER_EPOCH
            _, was_killed, output = start_and_kill(start, expected.seconds, accesses, 12, draw)
        else:
            was_killed, output = start(0).wait()
        if was_killed:
            counts["kills"] += 1
            print(f"kill {counts['kills']} of training, in run {number}", file=sys.stderr)
            counts[f"kills {find_phase(where, output, before)}"] += 1
        check_files(where, expected, counts, has_ended=not was_killed)
        if not was_killed:
            number += 1
            counts["runs that ended, alike to the bit"] = number
            if counts["kills"] >= options.kills:
                return counts


def find_phase(folder: Path, output: str, before: set[str]) -> str:
    """Return what a killed run was doing, by its output and the files that it left."""
    new = set(os.listdir(folder)) - before
    if any(name.startswith(TEMPORARY) for name in new):
        return "while a file was written"
    if "device" not in output:
        return "while it started"
    checkpoint, history = folder / OUTPUT, history_path(folder / OUTPUT)
    times = [p.stat().st_mtime_ns for p in (checkpoint, history) if p.exists()]
    state = state_path(folder / OUTPUT)
    if times and (not state.exists() or max(times) > state.stat().st_mtime_ns):
        return "between the files of an epoch"
    return "in an epoch"


def check_files(
    folder: Path, expected: UninterruptedRun, counts: Counter[str], has_ended: bool
) -> None:
    """Check every file of a run against the uninterrupted one.

    Args:
        folder: the folder of the run.
        expected: the uninterrupted run.
        counts: counts of the files, to which these are added.
        has_ended: whether the run has come to its end.
    """
    done, written = 0, 0
    state, output = state_path(folder / OUTPUT), folder / OUTPUT
    if state.exists():
        found = TrainingState.load(state)
        done = written = len(found.history)
        assert_identical(dict(found.arrays), dict(expected.states[done].arrays))
        assert without_seconds(found.history) == without_seconds(expected.states[done].history)
        counts["states checked"] += 1
    if history_path(output).exists():
        with history_path(output).open(newline="") as file:
            rows = [{n: float(v) for n, v in row.items()} for row in csv.DictReader(file)]
        written = len(rows)
        assert written in (done, done + 1)
        history = [Epoch(**{**row, "epoch": int(row["epoch"])}) for row in rows]  # type: ignore[arg-type]
        assert without_seconds(history) == without_seconds(expected.states[written].history)
        counts["histories checked"] += 1
    if output.exists():
        checkpoint = load_checkpoint(output)
        epoch = checkpoint.about["epoch"]
        assert_identical(dict(checkpoint.weights), expected.checkpoints[epoch])
        assert epoch in (best_epoch(expected, done), done + 1)
        counts["checkpoints checked"] += 1
    if curves_path(output).exists():
        with Image.open(curves_path(output)) as picture:
            picture.load()
        counts["pictures checked"] += 1
    ours = {OUTPUT, state_path(OUTPUT), history_path(OUTPUT), curves_path(OUTPUT)}
    others = sorted(set(os.listdir(folder)) - set(map(str, ours)))
    leftovers = [name for name in others if name.startswith(TEMPORARY)]
    counts["leftovers, which the next write removes"] += len(leftovers)
    if has_ended:
        assert (done, others) == (expected.last, [])
        assert output.exists()
    else:
        assert len(leftovers) <= 1
        assert set(others) <= {LOCK, *leftovers}


def best_epoch(expected: UninterruptedRun, done: int) -> int:
    """Return the epoch whose network is kept after `done` epochs; 0 before the first."""
    history = expected.states[done].history if done else ()
    return min(history, key=lambda epoch: epoch.valid_nll).epoch if history else 0


def without_seconds(history: Sequence[Epoch]) -> list[tuple[float, ...]]:
    """Return the figures of each epoch without its time."""
    return [(e.epoch, e.loss, e.valid_nll, e.valid_accuracy, e.learning_rate) for e in history]


def assert_identical(found: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> None:
    """Check that arrays are the same to the bit."""
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        assert found[name].tobytes() == values.tobytes(), name


# building


def kill_building(folder: Path, options: argparse.Namespace, draw: random.Random) -> Counter[str]:
    """Kill the building `--kills` times, half of them with an old data set; return the counts."""
    where = folder / "home"
    where.mkdir()
    process = KilledProcess(["data", "build"], where, scores=options.scores)
    process.wait()
    seconds = time.perf_counter() - process.started
    identity = bach.identity()
    path = where / "bach.npz"
    new = load_cache(path, identity)
    assert new
    half = {split: new.splits[split][::2] for split in SPLITS}
    old = Corpus("bach", half, ("the old one",))
    counts: Counter[str] = Counter({"kills": 0})

    def start(accesses: int) -> KilledProcess:
        words = ["data", "build", "--force"]
        return KilledProcess(words, where, accesses, scores=options.scores)

    while counts["kills"] < options.kills:
        has_old = counts["kills"] % 2 == 1
        path.unlink(missing_ok=True)
        if has_old:
            save_cache(old, path, identity)
        process, was_killed, _ = start_and_kill(start, 1.1 * seconds, 6, 1, draw)
        assert process.workers_end()
        counts["kills"] += was_killed
        print(f"kill {counts['kills']} of building", file=sys.stderr)
        found = load_cache(path, identity)
        if path.exists():
            assert found in ((old, new) if has_old and was_killed else (new,))
            counts["the old data set" if found == old else "the new data set"] += 1
        else:
            assert was_killed
            assert not has_old
            counts["no data set, as before"] += 1
        leftovers = sorted(set(os.listdir(where)) - {path.name})
        assert len(leftovers) <= was_killed
        assert all(name.startswith(TEMPORARY) for name in leftovers)
        counts["leftovers, which the next write removes"] += len(leftovers)
    process = start(0)
    process.wait()
    assert os.listdir(where) == [path.name]
    return counts


if __name__ == "__main__":
    main()
