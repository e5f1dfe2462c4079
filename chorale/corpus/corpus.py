"""A corpus: chorales in three splits, and its cache on disk.

A cache is one npz file without pickles: the grids of all chorales end to end, and a JSON text with
the rest. It belongs to an identity, which names everything that it was built from; a cache of
another identity, of another format or damaged counts as absent, for the remedy is the same.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chorale.errors import DataError, OutputError
from chorale.files import atomic_write, check_writable
from chorale.music import VOICES, Chorale, Key, Metre, Plan

SPLITS = ("train", "valid", "test")

Progress = Callable[[int, int], None]  # how much is done, of how much in all

_FORMAT = 1  # of the cache; raise it when the layout below changes
_MAX_BYTES = 1_000_000_000  # unpacked; a chorale has some 3,000
_UNKNOWN = -1  # a step of a chorale whose fermatas are unknown


def no_progress(done: int, total: int) -> None:
    """Show nothing: the default wherever progress can be shown."""


@dataclass(frozen=True)
class Corpus:
    """Chorales in splits, none in two.

    Attributes:
        name: "bach", "jsb", or "folder" and the name of a folder.
        splits: the chorales of "train", "valid" and "test", in a fixed order.
        skipped: one line for each file left out: its name and why.
        fingerprint: sha256, in hexadecimal digits, of every chorale's notes and plan in order.
    """

    name: str
    splits: Mapping[str, tuple[Chorale, ...]]
    skipped: tuple[str, ...] = ()
    fingerprint: str = field(init=False)

    def __post_init__(self) -> None:
        if tuple(self.splits) != SPLITS:
            raise ValueError(f"splits {tuple(self.splits)}; need {SPLITS}")
        splits = {split: tuple(chorales) for split, chorales in self.splits.items()}
        object.__setattr__(self, "splits", MappingProxyType(splits))
        object.__setattr__(self, "fingerprint", _fingerprint(splits))

    def __hash__(self) -> int:
        return hash((self.name, self.fingerprint, self.skipped))


def _fingerprint(splits: Mapping[str, tuple[Chorale, ...]]) -> str:
    digest = hashlib.sha256()
    for split, chorales in splits.items():
        for chorale in chorales:
            digest.update(json.dumps([split, _facts(chorale)]).encode())
            digest.update(chorale.pitches.astype("<i2").tobytes())
            digest.update(chorale.onsets.tobytes())
            digest.update(_known_fermatas(chorale.plan).tobytes())
    return digest.hexdigest()


def cache_folder() -> Path:
    """Where data sets are kept: CHORALE_HOME if it is set, else the user's cache directory.

    Raises:
        DataError: that is in a home folder, and the user has none.
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
        OutputError: it cannot.
    """
    with _cache_named(path):
        check_writable(path)


def save(corpus: Corpus, path: Path, identity: str) -> None:
    """Write a corpus as the cache of `identity`.

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
        "splits": {s: [_facts(chorale) for chorale in corpus.splits[s]] for s in SPLITS},
    }
    empty = np.zeros((0, len(VOICES)), np.int16)
    with _cache_named(path), atomic_write(path) as temporary:
        np.savez_compressed(
            temporary,
            facts=np.frombuffer(json.dumps(facts).encode(), np.uint8),
            pitches=np.concatenate([empty, *(c.pitches for c in chorales)]),
            onsets=np.concatenate([empty.astype(np.bool_), *(c.onsets for c in chorales)]),
            fermatas=np.concatenate(
                [np.zeros(0, np.int8), *(_known_fermatas(c.plan) for c in chorales)]
            ),
        )


@contextmanager
def _cache_named(path: Path) -> Iterator[None]:
    """Say of a file that cannot be written what can be done where it is a cache."""
    try:
        yield
    except OutputError as error:
        reason = getattr(error.__cause__, "strerror", None) or error.__cause__
        raise OutputError(
            f"cannot keep a data set in {path.parent} ({reason}); "
            "set CHORALE_HOME to a folder that can be written"
        ) from error


def load(path: Path, identity: str) -> Corpus | None:
    """The corpus in a cache; None if there is none of this identity that can be read whole."""
    try:
        # Opened here: np.load leaves a damaged file open.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            if sum(member.file_size for member in arrays.zip.infolist()) > _MAX_BYTES:
                return None
            facts = json.loads(arrays["facts"].tobytes())
            if (facts["format"], facts["identity"]) != (_FORMAT, identity):
                return None
            corpus = _corpus(facts, arrays["pitches"], arrays["onsets"], arrays["fermatas"])
            return corpus if corpus.fingerprint == facts["fingerprint"] else None
    except Exception:  # a damaged file fails anywhere, and whatever it is, the cache is rebuilt
        return None


def _corpus(
    facts: dict[str, Any],
    pitches: NDArray[np.int16],
    onsets: NDArray[np.bool_],
    fermatas: NDArray[np.int8],
) -> Corpus:
    splits = {}
    start = 0
    for split in SPLITS:
        chorales = []
        for fact in facts["splits"][split]:
            steps = slice(start, start + fact["steps"])
            start = steps.stop
            plan = _plan(fact, fermatas[steps])
            chorales.append(Chorale(pitches[steps], onsets[steps], plan, fact["source"]))
        splits[split] = tuple(chorales)
    return Corpus(facts["name"], splits, tuple(facts["skipped"]))


def _facts(chorale: Chorale) -> dict[str, Any]:
    plan = chorale.plan
    return {
        "source": chorale.source,
        "steps": plan.length_steps,
        "metre": [plan.metre.numerator, plan.metre.denominator] if plan.metre else None,
        "pickup": plan.pickup_steps,
        "key": [plan.key.tonic, plan.key.mode] if plan.key else None,
    }


def _plan(fact: dict[str, Any], fermatas: NDArray[np.int8]) -> Plan:
    return Plan(
        fact["steps"],
        Metre(*fact["metre"]) if fact["metre"] else None,
        fact["pickup"],
        Key(*fact["key"]) if fact["key"] else None,
        None if (fermatas == _UNKNOWN).any() else fermatas == 1,
    )


def _known_fermatas(plan: Plan) -> NDArray[np.int8]:
    """(T,): 1 under a fermata, 0 elsewhere, _UNKNOWN throughout if nobody knows."""
    if plan.fermatas is None:
        return np.full(plan.length_steps, _UNKNOWN, np.int8)
    return plan.fermatas.astype(np.int8)
