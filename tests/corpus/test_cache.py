"""The cache of a corpus on disk."""

import json
import sys
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import chorales

from chorale.corpus.cache import cache_folder, check_cache, load_cache, save_cache
from chorale.corpus.corpus import SPLITS, Corpus
from chorale.errors import DataError, OutputError
from chorale.music import Chorale, Plan, from_pitches

splits = st.tuples(*(st.lists(chorales(), max_size=2) for _ in SPLITS)).map(
    lambda lists: {s: tuple(c) for s, c in zip(SPLITS, lists, strict=True)}
)


def held_chorale(pitch: int) -> Chorale:
    return from_pitches(np.full((8, 4), pitch, np.int16), Plan(8), "made here")


@pytest.fixture
def corpus() -> Corpus:
    return Corpus(
        "made", {s: (held_chorale(60 + i),) for i, s in enumerate(SPLITS)}, ("x.mid: bad",)
    )


@pytest.fixture
def cache(tmp_path: Path, corpus: Corpus) -> Path:
    path = tmp_path / "folder" / "made.npz"
    save_cache(corpus, path, "made 1")
    return path


@settings(
    deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(splits)
def test_loading_inverts_saving(tmp_path: Path, splits: dict[str, tuple[Chorale, ...]]) -> None:
    corpus = Corpus("made", splits, ("a.mid: has no notes",))
    save_cache(corpus, tmp_path / "c.npz", "made 1")
    loaded = load_cache(tmp_path / "c.npz", "made 1")
    assert loaded == corpus
    assert loaded is not None
    assert loaded.fingerprint == corpus.fingerprint


def test_a_cache_of_another_identity_counts_as_absent(cache: Path) -> None:
    assert load_cache(cache, "made 2") is None


def test_a_missing_cache_counts_as_absent(tmp_path: Path) -> None:
    assert load_cache(tmp_path / "missing.npz", "made 1") is None


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.99])
def test_a_truncated_cache_counts_as_absent(cache: Path, share: float) -> None:
    content = cache.read_bytes()
    cache.write_bytes(content[: int(share * len(content))])
    assert load_cache(cache, "made 1") is None


def test_no_flipped_bit_changes_a_loaded_corpus(cache: Path, corpus: Corpus) -> None:
    content = cache.read_bytes()
    for position in range(0, len(content), 7):
        damaged = bytearray(content)
        damaged[position] ^= 0x10
        cache.write_bytes(damaged)
        loaded = load_cache(cache, "made 1")
        assert loaded is None or loaded.fingerprint == corpus.fingerprint


def test_a_cache_of_another_format_counts_as_absent(cache: Path) -> None:
    with np.load(cache) as arrays:
        contents = dict(arrays)
    facts = json.loads(contents["facts"].tobytes())
    contents["facts"] = np.frombuffer(json.dumps(facts | {"format": 999}).encode(), np.uint8)
    np.savez(cache, **contents)
    assert load_cache(cache, "made 1") is None


def test_a_cache_with_a_pickle_is_not_unpickled(tmp_path: Path) -> None:
    path = tmp_path / "pickle.npz"
    np.savez(path, facts=np.array([{"format": 1}], object), allow_pickle=True)
    assert load_cache(path, "made 1") is None


def test_the_environment_sets_the_cache_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHORALE_HOME", "~/somewhere")
    assert cache_folder() == Path.home() / "somewhere"
    monkeypatch.delenv("CHORALE_HOME")
    assert cache_folder().name == "chorale"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such list of users")
@pytest.mark.parametrize("chosen", ["", "~/somewhere", "~nobody-of-this-name/somewhere"])
def test_without_a_home_folder_the_error_points_to_the_environment(
    monkeypatch: pytest.MonkeyPatch, chosen: str
) -> None:
    def unknown(user: object) -> NoReturn:
        raise KeyError(user)

    for name in ("HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", unknown)
    monkeypatch.setenv("CHORALE_HOME", chosen)
    with pytest.raises(DataError, match=r"no home folder .*; set CHORALE_HOME to a folder"):
        cache_folder()


def test_a_cache_that_cannot_be_written_points_to_the_environment(
    tmp_path: Path, corpus: Corpus
) -> None:
    (tmp_path / "file").touch()
    inside_a_file = tmp_path / "file" / "made.npz"
    with pytest.raises(
        OutputError, match=r"file \(Not a directory\); set CHORALE_HOME to a folder"
    ):
        check_cache(inside_a_file)
    with pytest.raises(OutputError, match="set CHORALE_HOME"):
        save_cache(corpus, inside_a_file, "made 1")


def test_a_loaded_corpus_has_the_hash_of_the_saved_one(cache: Path, corpus: Corpus) -> None:
    assert {corpus, load_cache(cache, "made 1")} == {corpus}
