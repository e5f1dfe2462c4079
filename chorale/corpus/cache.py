"""Caches on disk: each file holds a corpus that took long to build or download.

A cache is one npz file without pickles: the grids of all chorales end to end, and a JSON text with
the rest. Its identity names everything that the cache was built from. A cache that has another
identity or format, or is damaged, counts as absent, since in all these cases it is built again.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chorale.corpus.corpus import (
    SPLITS,
    UNKNOWN_FERMATA,
    Corpus,
    describe_chorale,
    encode_fermatas,
)
from chorale.errors import DataError, OutputError
from chorale.files import atomic_write, check_writable
from chorale.music import VOICES, Chorale, Key, Metre, Plan

_FORMAT = 1  # version of the layout below; raise it with every change
_MAX_BYTES = 1_000_000_000  # unpacked; a chorale takes some 3,000


def cache_folder() -> Path:
    """Return the folder of the caches: CHORALE_HOME if set, else the user's cache directory.

    Raises:
        DataError: the folder would be in a home folder, and the user has none.
    """
    home = os.environ.get("CHORALE_HOME")
    try:
        if home:
            return Path(home).expanduser()
        import platformdirs

        return Path(platformdirs.user_cache_dir("chorale")).expanduser()
    except RuntimeError as error:
        raise DataError(
            "the user has no home folder to keep data sets in; set CHORALE_HOME to a folder that "
            "can be written"
        ) from error


def check_cache(path: Path) -> None:
    """Check, before long work, that a cache can be written.

    Raises:
        OutputError: the cache cannot be written.
    """
    with _cache_errors(path):
        check_writable(path)


def save_cache(corpus: Corpus, path: Path, identity: str) -> None:
    """Write the cache of a corpus, with its identity.

    Raises:
        OutputError: the file cannot be written.
    """
    chorales = [chorale for split in SPLITS for chorale in corpus.splits[split]]
    facts = {
        "format": _FORMAT,
        "identity": identity,
        "name": corpus.name,
        "fingerprint": corpus.fingerprint,
        "skipped": corpus.skipped,
        "splits": {s: [describe_chorale(chorale) for chorale in corpus.splits[s]] for s in SPLITS},
    }
    empty = np.zeros((0, len(VOICES)), np.int16)
    with _cache_errors(path), atomic_write(path) as temporary:
        np.savez_compressed(
            temporary,
            facts=np.frombuffer(json.dumps(facts).encode(), np.uint8),
            pitches=np.concatenate([empty, *(c.pitches for c in chorales)]),
            onsets=np.concatenate([empty.astype(np.bool_), *(c.onsets for c in chorales)]),
            fermatas=np.concatenate(
                [np.zeros(0, np.int8), *(encode_fermatas(c.plan) for c in chorales)]
            ),
        )


@contextmanager
def _cache_errors(path: Path) -> Iterator[None]:
    """Turn an error in writing a cache into a message that points to CHORALE_HOME."""
    try:
        yield
    except OutputError as error:
        reason = getattr(error.__cause__, "strerror", None) or error.__cause__
        raise OutputError(
            f"cannot keep a data set in {path.parent} ({reason}); "
            "set CHORALE_HOME to a folder that can be written"
        ) from error


def load_cache(path: Path, identity: str) -> Corpus | None:
    """Load the corpus in a cache; None if the cache is absent, damaged or of another identity."""
    try:
        # Opened here: np.load leaves a damaged file open.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            if sum(member.file_size for member in arrays.zip.infolist()) > _MAX_BYTES:
                return None
            facts = json.loads(arrays["facts"].tobytes())
            if (facts["format"], facts["identity"]) != (_FORMAT, identity):
                return None
            corpus = _decode(facts, arrays["pitches"], arrays["onsets"], arrays["fermatas"])
            return corpus if corpus.fingerprint == facts["fingerprint"] else None
    except Exception:  # a damaged file can fail anywhere; the cache is rebuilt
        return None


def _decode(
    facts: dict[str, Any],
    pitches: NDArray[np.int16],
    onsets: NDArray[np.bool_],
    fermatas: NDArray[np.int8],
) -> Corpus:
    """Cut the arrays of a cache into the chorales of a corpus."""
    splits = {}
    start = 0
    for split in SPLITS:
        chorales = []
        for fact in facts["splits"][split]:
            steps = slice(start, start + fact["steps"])
            start = steps.stop
            plan = _decode_plan(fact, fermatas[steps])
            chorales.append(Chorale(pitches[steps], onsets[steps], plan, fact["source"]))
        splits[split] = tuple(chorales)
    return Corpus(facts["name"], splits, tuple(facts["skipped"]))


def _decode_plan(fact: dict[str, Any], fermatas: NDArray[np.int8]) -> Plan:
    return Plan(
        fact["steps"],
        Metre(*fact["metre"]) if fact["metre"] else None,
        fact["pickup"],
        Key(*fact["key"]) if fact["key"] else None,
        None if (fermatas == UNKNOWN_FERMATA).any() else fermatas == 1,
        early_downbeats=tuple(fact.get("early_downbeats", ())),
    )
