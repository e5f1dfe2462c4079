"""Bach's chorales, read from the scores of the installed music21; no network.

`index.json` names the score of each chorale of the JSB Chorales data set and keeps that data set's
splits, so that figures on the two data sets can be compared. Five of the 382 JSB Chorales have no
score in music21. Two, one in training and one in validation, have the same score, bwv414, which is
kept in validation. That leaves 376. The encodings are not ours to pass on, so they are read once
and cached on the user's machine.

Scores are taken as written, with one correction: the key. Key signatures of Bach's time are often
those of a church mode ("A minor" in the file, D minor to the ear), and some files have the wrong
mode; so the key is inferred from the last note of the bass where possible. This changes 60
chorales; for 44 of them the Krumhansl-Schmuckler profile agrees with the new key, for 10 with the
file's key.
"""

import hashlib
import json
import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from importlib import metadata, resources, util
from pathlib import Path
from threading import Thread, current_thread, main_thread

from chorale.aliases import Progress
from chorale.corpus.cache import cache_folder, check_cache, load_cache, save_cache
from chorale.corpus.corpus import SPLITS, Corpus, ignore_progress
from chorale.errors import DataError, ReadingError
from chorale.music import BASS, Chorale, notes
from chorale.reading import read_chorale
from chorale.reading.facts import infer_key

NAME = "bach"
COMMAND = "chorale data build"
WORKERS = 2  # processes; each holds music21, about 150 MB
_READING = 2  # raise it when scores are read differently

_CHUNK = 8  # scores handed to a process at a time


def cache_path() -> Path:
    """Return the path of the cache."""
    return cache_folder() / f"{NAME}.npz"


def load(progress: Progress = ignore_progress) -> Corpus:
    """Load Bach's chorales from the cache, or else read them from music21, in about 20 s.

    Raises:
        DataError: music21 or its scores are not installed.
        OutputError: the cache cannot be written.
    """
    return load_cached() or rebuild(progress)


def load_cached() -> Corpus | None:
    """Load the cache; None if there is none, or if music21 or the index has changed since."""
    return load_cache(cache_path(), identity())


def rebuild(progress: Progress = ignore_progress) -> Corpus:
    """Read Bach's chorales from music21 and cache them.

    Raises:
        DataError: music21 or its scores are not installed.
        OutputError: the cache cannot be written.
    """
    check_cache(cache_path())
    corpus = build(progress)
    save_cache(corpus, cache_path(), identity())
    return corpus


def build(progress: Progress = ignore_progress) -> Corpus:
    """Read Bach's chorales from the installed music21, in two processes where they can be started.

    Raises:
        DataError: music21 or its scores are not installed.
    """
    entries = _read_index()
    folder = score_folder()
    paths = [folder / entry["file"] for entry in entries]
    try:
        chorales = read_scores(paths, progress)
    except ReadingError as error:
        raise DataError(
            f"music21 {_music21_version()} is installed without all of its scores ({error}); "
            "mend it with `pip install --force-reinstall music21`"
        ) from error
    splits = {
        split: tuple(
            c for c, entry in zip(chorales, entries, strict=True) if entry["split"] == split
        )
        for split in SPLITS
    }
    return Corpus(NAME, splits)


def format_source(file: str) -> str:
    """Return the BWV number in a file's name: "BWV 248.33-3" for "bwv248.33-3.mxl"."""
    return "BWV " + Path(file).stem.removeprefix("bwv")


def read_scores(paths: Sequence[Path], progress: Progress) -> list[Chorale]:
    """Read scores of music21, in two processes where they can be started.

    Raises:
        ReadingError: a score cannot be read.
    """
    try:
        return _collect(_read_in_parallel(paths), len(paths), progress)
    except (BrokenExecutor, OSError, RuntimeError, ImportError, AssertionError):
        # No process can be started: too little memory, no semaphores, or this is a worker itself.
        return _collect(map(_read_score, paths), len(paths), progress)


def _collect(chorales: Iterator[Chorale], total: int, progress: Progress) -> list[Chorale]:
    """Collect chorales as they are read, and report the progress."""
    done = []
    progress(0, total)
    for chorale in chorales:
        done.append(chorale)
        progress(len(done), total)
    return done


def _read_in_parallel(paths: Sequence[Path]) -> Iterator[Chorale]:
    # "spawn" everywhere: a fork of a process that runs TensorFlow's threads can hang.
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(WORKERS, mp_context=context, initializer=_end_with_parent)
    try:
        yield from executor.map(_read_score, paths, chunksize=_CHUNK)
    finally:
        with _ignore_interrupts():
            executor.shutdown(cancel_futures=True)


@contextmanager
def _ignore_interrupts() -> Iterator[None]:
    """Ignore a second Ctrl-C, after which the workers would go on reading to the end."""
    if current_thread() is not main_thread():  # only the main thread receives signals
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _end_with_parent() -> None:
    """End this worker when its parent process is killed, instead of waiting for ever.

    The worker ignores Ctrl-C: if it ended at once, it might still hold the lock of a queue.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent:
            parent.join()
            os._exit(1)

    Thread(target=wait, daemon=True).start()


def _read_score(path: Path) -> Chorale:
    return _correct_key(_drop_irregular_metre(read_chorale(path, format_source(path.name))))


def _drop_irregular_metre(chorale: Chorale) -> Chorale:
    """Return the chorale without its metre if a downbeat is early: no plan to compose has one."""
    plan = chorale.plan
    if plan.early_downbeats:
        plan = replace(plan, metre=None, pickup_steps=0, early_downbeats=())
    return replace(chorale, plan=plan)


def _correct_key(chorale: Chorale) -> Chorale:
    """Replace the written key by the key inferred from the last note of the bass, if possible."""
    written = chorale.plan.key
    bass = notes(chorale, BASS)
    inferred = infer_key(written.sharps, bass[-1].pitch) if written and bass else None
    return replace(chorale, plan=replace(chorale.plan, key=inferred or written))


def _read_index() -> list[dict[str, str]]:
    """Read one entry for each chorale: its JSB number, its split and the file name of its score."""
    entries: list[dict[str, str]] = json.loads(_read_index_text())
    return entries


def _read_index_text() -> str:
    return resources.files("chorale.corpus").joinpath("index.json").read_text("utf-8")


def score_folder() -> Path:
    """Find music21's folder of Bach's works without importing music21.

    Raises:
        DataError: music21 is not installed.
    """
    found = util.find_spec("music21")
    if found is None or found.origin is None:
        raise DataError("music21 is not installed; install it with `pip install music21`")
    return Path(found.origin).parent / "corpus" / "bach"


def _music21_version() -> str:
    return metadata.version("music21")


def identity() -> str:
    """Return the identity of the cache: everything that it depends on."""
    index = hashlib.sha256(_read_index_text().encode()).hexdigest()[:16]
    return f"music21 {_music21_version()}, index {index}, reading {_READING}"
