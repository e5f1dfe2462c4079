"""Bach's chorales, read from the scores that the installed music21 carries; no network.

`index.json` names the score of each chorale of the JSB Chorales data set and keeps that data set's
splits, so that figures on both can be compared. Five of its 382 chorales have no score there, and
bwv414 stands for two, one in training and one in validation: it is kept in validation. That makes
376. The encodings are not ours to pass on: they are read once and cached on the user's machine.

Scores are taken as written, with one correction: the key. Signatures of Bach's time are often those
of a church mode ("A minor" in the file, D minor to the ear), and some files have the wrong mode;
so the last note of the bass tells the key where it can. That changes 60 chorales; for 44 of
them the Krumhansl-Schmuckler profile agrees with the new key, for 10 with the file's.
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

from chorale.corpus.corpus import (
    SPLITS,
    Corpus,
    Progress,
    cache_folder,
    check_cache,
    no_progress,
)
from chorale.corpus.corpus import load as load_cache
from chorale.corpus.corpus import save as save_cache
from chorale.errors import DataError, ReadingError
from chorale.music import Chorale, notes
from chorale.reading import read_chorale
from chorale.reading.parts import key_of_close

NAME = "bach"
COMMAND = "chorale data build"
WORKERS = 2  # processes; each holds music21, about 150 MB
_READING = 2  # raise it when the same files are read otherwise

_CHUNK = 8  # scores handed to a process at a time


def cache_path() -> Path:
    """Where the chorales are kept once they are read."""
    return cache_folder() / f"{NAME}.npz"


def load(progress: Progress = no_progress) -> Corpus:
    """Bach's chorales from the cache; where there is none, from music21, about 20 s.

    Raises:
        DataError: as `build`.
        OutputError: the cache cannot be written.
    """
    return cached() or rebuild(progress)


def cached() -> Corpus | None:
    """Bach's chorales if they have been read before, from this music21 and with this index."""
    return load_cache(cache_path(), _identity())


def rebuild(progress: Progress = no_progress) -> Corpus:
    """Bach's chorales, read from music21 and cached.

    Raises:
        DataError: as `build`.
        OutputError: the cache cannot be written.
    """
    check_cache(cache_path())
    corpus = build(progress)
    save_cache(corpus, cache_path(), _identity())
    return corpus


def build(progress: Progress = no_progress) -> Corpus:
    """Read Bach's chorales from the installed music21, in two processes if they can be started.

    Raises:
        DataError: music21 is not installed, or without its scores.
    """
    entries = _index()
    folder = _scores()
    paths = [folder / entry["file"] for entry in entries]
    try:
        chorales = _read(paths, progress)
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


def source_of(file: str) -> str:
    """The BWV number in a file's name: "bwv248.33-3.mxl" is "BWV 248.33-3"."""
    return "BWV " + Path(file).stem.removeprefix("bwv")


def _read(paths: Sequence[Path], progress: Progress) -> list[Chorale]:
    try:
        return _counted(_read_in_processes(paths), len(paths), progress)
    except (BrokenExecutor, OSError, RuntimeError, ImportError, AssertionError):
        # No processes here: too little memory, no semaphores, or this is a worker itself.
        return _counted(map(_read_score, paths), len(paths), progress)


def _counted(chorales: Iterator[Chorale], total: int, progress: Progress) -> list[Chorale]:
    done = []
    progress(0, total)
    for chorale in chorales:
        done.append(chorale)
        progress(len(done), total)
    return done


def _read_in_processes(paths: Sequence[Path]) -> Iterator[Chorale]:
    # "spawn" everywhere: a fork of a process that runs TensorFlow's threads can hang.
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(WORKERS, mp_context=context, initializer=_end_with_parent)
    try:
        yield from executor.map(_read_score, paths, chunksize=_CHUNK)
    finally:
        with _uninterrupted():
            executor.shutdown(cancel_futures=True)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let a second Ctrl-C wait for what the first began; else all that is left would be read."""
    if current_thread() is not main_thread():  # the others get none
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _end_with_parent() -> None:
    """Have this worker end when the process that started it is killed; else it waits for ever.

    Ctrl-C is that process's to answer: a worker that it ended might hold the lock of a queue.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent:
            parent.join()
            os._exit(1)

    Thread(target=wait, daemon=True).start()


def _read_score(path: Path) -> Chorale:
    return _with_key_of_close(read_chorale(path, source_of(path.name)))


def _with_key_of_close(chorale: Chorale) -> Chorale:
    written = chorale.plan.key
    bass = notes(chorale, voice=3)
    heard = key_of_close(written.sharps, bass[-1].pitch) if written and bass else None
    return replace(chorale, plan=replace(chorale.plan, key=heard or written))


def _index() -> list[dict[str, str]]:
    """One entry a chorale: its JSB number, its split and the name of its score."""
    entries: list[dict[str, str]] = json.loads(_index_text())
    return entries


def _index_text() -> str:
    return resources.files("chorale.corpus").joinpath("index.json").read_text("utf-8")


def _scores() -> Path:
    """music21's folder of Bach's works, found without the import."""
    found = util.find_spec("music21")
    if found is None or found.origin is None:
        raise DataError("music21 is not installed; install it with `pip install music21`")
    return Path(found.origin).parent / "corpus" / "bach"


def _music21_version() -> str:
    return metadata.version("music21")


def _identity() -> str:
    index = hashlib.sha256(_index_text().encode()).hexdigest()[:16]
    return f"music21 {_music21_version()}, index {index}, reading {_READING}"
