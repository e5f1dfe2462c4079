"""Kills training and the building of the cache again and again, and looks at what is left.

    python scripts/kill_figures.py [--only train|build] [--kills 100] [--seed 0] [--traced]

A tiny network is trained once without interruption, and every epoch's files are kept. Then it is
trained again and killed (SIGKILL), gone on with by `--resume` and killed again, one third of the
times at a random moment, one third some milliseconds after a temporary file appears, one third at
its n-th opening, renaming or removing of one of our files. After each kill every file must be,
to the bit, one that the uninterrupted run had: checkpoint, state and history of the epochs that
they say, a picture that opens, and nothing else but one lock and at most one leftover. A run that
comes to its end must end like the uninterrupted one, and leave nothing else; then the next begins.

Of `chorale data build` only `--scores` chorales are read, since all take too long to be killed so
often. The cache is the old one or the new one, or absent if there was none, and no worker lives on.

TensorFlow runs its functions eagerly, since tracing them takes most of such a short run; `--traced`
has it as usual.
"""

import argparse
import csv
import os
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from killing import OUTPUT, TEMPORARY, Process, killed
from PIL import Image

from chorale.corpus import bach
from chorale.corpus.corpus import SPLITS, Corpus, load, save
from chorale.network.checkpoint import load_checkpoint
from chorale.training.history import Epoch
from chorale.training.paths import curves_path, history_path, state_path
from chorale.training.state import TrainingState

LOCK = f".{OUTPUT.name}.chorale-lock"
TRAIN = ["train", "-o", str(OUTPUT), "--data", "../data", "--seed", "3", "--epochs", "8"]
TRAIN += ["--units", "8", "--head-units", "8", "--encoder-units", "8", "--towers", "1"]
EPOCHS_TO_TOUCHES = 20  # of our files in an epoch, about


def main() -> None:
    """Kill, look, count, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=["train", "build"], help="the one alone")
    parser.add_argument("--kills", type=int, default=100, help="of each")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--scores", type=int, default=16, help="chorales that are read")
    parser.add_argument("--traced", action="store_true", help="TensorFlow's functions as usual")
    options = parser.parse_args()
    draw = random.Random(options.seed)  # noqa: S311 - moments, no secrets
    with tempfile.TemporaryDirectory() as folder:
        if options.only != "build":
            print_counts("train", kill_training(Path(folder), options, draw))
        if options.only != "train":
            print_counts("data build", kill_building(Path(folder), options, draw))


def print_counts(command: str, counts: Counter[str]) -> None:
    """Print what was counted, a row each."""
    print(f"| `chorale {command}` | |\n| --- | ---: |")
    for name, count in counts.items():
        print(f"| {name} | {count} |")
    print(flush=True)


@dataclass
class Straight:
    """The uninterrupted run: states, checkpoints and rows after each epoch, from 1."""

    states: dict[int, TrainingState]
    checkpoints: dict[int, dict[str, np.ndarray]]
    seconds: float

    @property
    def last(self) -> int:
        """The last epoch."""
        return max(self.states)


def straight_run(folder: Path, eager: bool) -> Straight:
    """Train without interruption, keeping every epoch's files."""
    folder.mkdir()
    process = Process(TRAIN, folder, eager=eager)
    assert process.process.stdout
    kept: list[Path] = []
    for line in process.process.stdout:
        if line.startswith("epoch"):
            kept.append(folder / f"kept-{len(kept) + 1}")
            kept[-1].mkdir()
            for path in (OUTPUT, state_path(OUTPUT)):
                os.link(folder / path, kept[-1] / path)
    process.ended()
    states = [TrainingState.load(state_path(where / OUTPUT)) for where in kept]
    checkpoints = [load_checkpoint(where / OUTPUT) for where in kept]
    assert [len(state.history) for state in states] == list(range(1, len(kept) + 1))
    return Straight(
        {len(state.history): state for state in states},
        {one.about["epoch"]: dict(one.weights) for one in checkpoints},
        time.perf_counter() - process.begun,
    )


def kill_training(folder: Path, options: argparse.Namespace, draw: random.Random) -> Counter[str]:
    """Kill training so often; what was counted."""
    words = ["generate", "--count", "6", "--bars", "2", "--seed", "5", "-q", "-o", "data"]
    Process(words, folder).ended()
    straight = straight_run(folder / "straight", not options.traced)
    counts: Counter[str] = Counter({"kills": 0})
    run = 0
    while True:
        where = folder / f"run-{run}"
        where.mkdir(exist_ok=True)
        words = [*TRAIN[:3], "--resume"] if (where / state_path(OUTPUT)).exists() else TRAIN
        words = words if words != TRAIN or not list(where.iterdir()) else [*TRAIN, "--force"]

        def start(touches: int, where: Path = where, words: list[str] = words) -> Process:
            return Process(words, where, touches, not options.traced)

        before = set(os.listdir(where))
        if counts["kills"] < options.kills:
            _, was_killed, told = killed(start, straight.seconds, 3 * EPOCHS_TO_TOUCHES, 12, draw)
        else:
            was_killed, told = start(0).ended()
        if was_killed:
            counts["kills"] += 1
            print(f"kill {counts['kills']} of training, in run {run}", file=sys.stderr)
            counts[f"kills {phase(where, told, before)}"] += 1
        look_at(where, straight, counts, whole=not was_killed)
        if not was_killed:
            run += 1
            counts["runs that ended, alike to the bit"] = run
            if counts["kills"] >= options.kills:
                return counts


def phase(folder: Path, told: str, before: set[str]) -> str:
    """What a killed run was doing, by what it said, what it left and what was there before."""
    new = set(os.listdir(folder)) - before
    if any(name.startswith(TEMPORARY) for name in new):
        return "while a file was written"
    if "device" not in told:
        return "while it started"
    checkpoint, history = folder / OUTPUT, history_path(folder / OUTPUT)
    times = [p.stat().st_mtime_ns for p in (checkpoint, history) if p.exists()]
    state = state_path(folder / OUTPUT)
    if times and (not state.exists() or max(times) > state.stat().st_mtime_ns):
        return "between the files of an epoch"
    return "in an epoch"


def look_at(folder: Path, straight: Straight, counts: Counter[str], whole: bool) -> None:
    """Check every file of a run against the uninterrupted one.

    Args:
        folder: the run's.
        straight: the uninterrupted run.
        counts: of the files looked at, to be added to.
        whole: whether the run has come to its end.
    """
    done, written = 0, 0
    state, output = state_path(folder / OUTPUT), folder / OUTPUT
    if state.exists():
        found = TrainingState.load(state)
        done = written = len(found.history)
        assert_alike(dict(found.arrays), dict(straight.states[done].arrays))
        assert without_seconds(found.history) == without_seconds(straight.states[done].history)
        counts["states looked at"] += 1
    if history_path(output).exists():
        with history_path(output).open(newline="") as file:
            rows = [{n: float(v) for n, v in row.items()} for row in csv.DictReader(file)]
        written = len(rows)
        assert written in (done, done + 1)
        history = [Epoch(**{**row, "epoch": int(row["epoch"])}) for row in rows]  # type: ignore[arg-type]
        assert without_seconds(history) == without_seconds(straight.states[written].history)
        counts["histories looked at"] += 1
    if output.exists():
        checkpoint = load_checkpoint(output)
        epoch = checkpoint.about["epoch"]
        assert_alike(dict(checkpoint.weights), straight.checkpoints[epoch])
        assert epoch in (best(straight, done), done + 1)
        counts["checkpoints looked at"] += 1
    if curves_path(output).exists():
        with Image.open(curves_path(output)) as picture:
            picture.load()
        counts["pictures looked at"] += 1
    ours = {OUTPUT, state_path(OUTPUT), history_path(OUTPUT), curves_path(OUTPUT)}
    others = sorted(set(os.listdir(folder)) - set(map(str, ours)))
    leftovers = [name for name in others if name.startswith(TEMPORARY)]
    counts["looks at a leftover, which the next write takes away"] += len(leftovers)
    if whole:
        assert (done, others) == (straight.last, [])
        assert output.exists()
    else:
        assert len(leftovers) <= 1
        assert set(others) <= {LOCK, *leftovers}


def best(straight: Straight, done: int) -> int:
    """The epoch whose network is kept after so many; 0 before the first."""
    history = straight.states[done].history if done else ()
    return min(history, key=lambda epoch: epoch.valid_nll).epoch if history else 0


def without_seconds(history: list[Epoch] | tuple[Epoch, ...]) -> list[tuple[float, ...]]:
    """All figures but the time."""
    return [(e.epoch, e.loss, e.valid_nll, e.valid_accuracy, e.learning_rate) for e in history]


def assert_alike(found: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> None:
    """Check that arrays are the same to the bit."""
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        assert found[name].tobytes() == values.tobytes(), name


def kill_building(folder: Path, options: argparse.Namespace, draw: random.Random) -> Counter[str]:
    """Kill the building of the cache so often, every other time with an old one; the counts."""
    where = folder / "home"
    where.mkdir()
    process = Process(["data", "build"], where, scores=options.scores)
    process.ended()
    seconds = time.perf_counter() - process.begun
    identity = bach._identity()
    path = where / "bach.npz"
    new = load(path, identity)
    assert new
    half = {split: new.splits[split][::2] for split in SPLITS}
    old = Corpus("bach", half, ("the old one",))
    counts: Counter[str] = Counter({"kills": 0})

    def start(touches: int) -> Process:
        return Process(["data", "build", "--force"], where, touches, scores=options.scores)

    while counts["kills"] < options.kills:
        had = counts["kills"] % 2 == 1
        path.unlink(missing_ok=True)
        if had:
            save(old, path, identity)
        process, was_killed, _ = killed(start, 1.1 * seconds, 6, 1, draw)
        assert process.workers_end()
        counts["kills"] += was_killed
        print(f"kill {counts['kills']} of building", file=sys.stderr)
        found = load(path, identity)
        if path.exists():
            assert found in ((old, new) if had and was_killed else (new,))
            counts["the old cache" if found == old else "the new cache"] += 1
        else:
            assert was_killed
            assert not had
            counts["no cache, as before"] += 1
        leftovers = sorted(set(os.listdir(where)) - {path.name})
        assert len(leftovers) <= was_killed
        assert all(name.startswith(TEMPORARY) for name in leftovers)
        counts["looks at a leftover, which the next write takes away"] += len(leftovers)
    process = start(0)
    process.ended()
    assert os.listdir(where) == [path.name]
    return counts


if __name__ == "__main__":
    main()
