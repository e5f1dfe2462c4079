"""Bach's chorales from the installed music21; all tests share one build."""

import multiprocessing
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from chorale.corpus import SPLITS, Corpus, bach
from chorale.errors import DataError
from chorale.music import REST, SOPRANO, Chorale, Key, Metre, notes, runs
from chorale.reading import read_chorale


@pytest.fixture
def by_source(bach_corpus: Corpus) -> dict[str, Chorale]:
    return {c.source: c for chorales in bach_corpus.splits.values() for c in chorales}


@pytest.fixture
def all_chorales(by_source: dict[str, Chorale]) -> list[Chorale]:
    return list(by_source.values())


def test_the_splits_are_those_of_the_jsb_data_set(bach_corpus: Corpus) -> None:
    assert {s: len(c) for s, c in bach_corpus.splits.items()} == {
        "train": 224,
        "valid": 75,
        "test": 77,
    }


def test_every_score_occurs_once(by_source: dict[str, Chorale]) -> None:
    assert len(by_source) == 376


def test_no_two_chorales_have_the_same_notes_in_any_key(all_chorales: list[Chorale]) -> None:
    def intervals(chorale: Chorale) -> bytes:
        pitches = chorale.pitches.astype(int)
        return np.where(pitches == REST, 999, pitches - pitches.max()).tobytes()

    assert max(Counter(map(intervals, all_chorales)).values()) == 1


def test_every_pitch_lies_in_the_range_of_its_voice(all_chorales: list[Chorale]) -> None:
    pitches = np.concatenate([chorale.pitches for chorale in all_chorales])
    lowest = np.where(pitches == REST, 128, pitches).min(axis=0)
    assert lowest.tolist() == [57, 53, 48, 36]
    assert pitches.max(axis=0).tolist() == [81, 74, 69, 64]


def test_metres_and_pickups_are_known_of_all_but_eight(all_chorales: list[Chorale]) -> None:
    counts = Counter((c.plan.metre, c.plan.pickup_steps) for c in all_chorales)
    assert counts == {
        (Metre(4, 4), 4): 235,
        (Metre(4, 4), 0): 90,
        (Metre(3, 4), 0): 24,
        (Metre(3, 4), 4): 16,
        (Metre(4, 4), 8): 2,
        (Metre(3, 2), 0): 1,
        (None, 0): 8,
    }


def test_three_chorales_have_no_fermatas(all_chorales: list[Chorale]) -> None:
    without = {chorale.source for chorale in all_chorales if chorale.plan.fermatas is None}
    assert without == {"BWV 1.6", "BWV 79.3", "BWV 112.5"}


def test_every_chorale_has_a_key(all_chorales: list[Chorale]) -> None:
    assert all(chorale.plan.key for chorale in all_chorales)


@pytest.mark.parametrize(
    ("source", "key"),
    [
        ("BWV 360", Key(10, "major")),
        ("BWV 297", Key(2, "minor")),  # Dorian: no flat in its signature
        ("BWV 244.54", Key(5, "major")),  # D minor in the file
        ("BWV 135.6", Key(9, "minor")),  # Phrygian: closes on E
    ],
)
def test_the_key_is_inferred_from_the_close(
    by_source: dict[str, Chorale], source: str, key: Key
) -> None:
    assert by_source[source].plan.key == key


def test_repeated_notes_are_onsets(by_source: dict[str, Chorale]) -> None:
    soprano = notes(by_source["BWV 269"], SOPRANO)
    assert [note.pitch for note in soprano[:6]] == [67, 67, 74, 71, 69, 67]
    assert [note.onset_step for note in soprano[:6]] == [0, 4, 12, 16, 22, 24]


def test_a_fermata_stands_over_the_end_of_every_phrase(by_source: dict[str, Chorale]) -> None:
    fermatas = by_source["BWV 269"].plan.fermatas
    assert fermatas is not None
    assert [start for start, _ in runs(fermatas)] == [40, 76, 112, 160, 208, 244]
    assert fermatas[-1]


@pytest.mark.parametrize("file", ["bwv41.6.mxl", "bwv171.6.mxl", "bwv227.3.mxl"])
def test_voices_are_found_among_instruments(file: str) -> None:
    pitches = read_chorale(bach.score_folder() / file).pitches
    means = [voice[voice != REST].mean() for voice in pitches.T]
    assert means == sorted(means, reverse=True)


def test_a_built_corpus_is_cached(bach_corpus: Corpus) -> None:
    assert bach.load_cached() == bach_corpus
    assert bach.load() == bach_corpus


def test_a_damaged_cache_is_built_again(
    bach_corpus: Corpus, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CHORALE_HOME", str(tmp_path))
    bach.cache_path().write_bytes(b"damaged")
    monkeypatch.setattr(bach, "build", lambda progress: bach_corpus)
    assert bach.load() == bach_corpus
    assert bach.load_cached() == bach_corpus


def test_without_worker_processes_scores_are_read_in_this_one(
    monkeypatch: pytest.MonkeyPatch, bach_corpus: Corpus
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise BrokenExecutor

    index = bach._read_index()
    few = [next(entry for entry in index if entry["split"] == split) for split in SPLITS]
    monkeypatch.setattr(bach, "_read_index", lambda: few)
    monkeypatch.setattr(bach, "ProcessPoolExecutor", refuse)
    seen: list[tuple[int, int]] = []
    corpus = bach.build(lambda done, total: seen.append((done, total)))
    assert seen[-4:] == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert [c[0] for c in corpus.splits.values()] == [c[0] for c in bach_corpus.splits.values()]


def test_a_music21_without_its_scores_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bach, "score_folder", lambda: tmp_path)
    with pytest.raises(DataError, match=r"without all of its scores .*pip install --force"):
        bach.build()


def test_only_the_key_differs_from_the_score_as_read(by_source: dict[str, Chorale]) -> None:
    read = read_chorale(bach.score_folder() / "bwv297.mxl")
    assert read.plan.key == Key(9, "minor")
    np.testing.assert_array_equal(read.onsets, by_source["BWV 297"].onsets)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are Unix's")
def test_the_workers_end_when_their_parent_is_killed() -> None:
    script = """
import os, signal
from chorale.corpus import bach
scores = [bach.score_folder() / entry["file"] for entry in bach._read_index()[:1]]
chorales = bach._read_in_parallel(scores)
next(chorales)
os.kill(os.getpid(), signal.SIGKILL)
"""
    # the workers share its standard output, which is read until the last of them ends
    result = subprocess.run(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, check=False, timeout=120
    )
    assert result.returncode == -signal.SIGKILL


def test_without_music21_the_error_states_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(DataError, match="music21 is not installed; install it with `pip install"):
        bach.score_folder()


def test_a_second_ctrl_c_waits_for_the_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    shutdown = ProcessPoolExecutor.shutdown

    def interrupted(self: ProcessPoolExecutor, *, cancel_futures: bool) -> None:
        signal.raise_signal(signal.SIGINT)
        shutdown(self, cancel_futures=cancel_futures)

    monkeypatch.setattr(ProcessPoolExecutor, "shutdown", interrupted)
    chorales = bach._read_in_parallel(
        [bach.score_folder() / e["file"] for e in bach._read_index()[:40]]
    )
    next(chorales)
    with pytest.raises(KeyboardInterrupt):
        chorales.throw(KeyboardInterrupt)  # type: ignore[attr-defined]  # it is a generator
    assert not multiprocessing.active_children()
