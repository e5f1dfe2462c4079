"""A corpus: chorales in three splits, as a frozen value with a fingerprint."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chorale.music import Chorale, Plan

SPLITS = ("train", "valid", "test")
UNKNOWN_FERMATA = -1  # in place of 0 or 1, at every step of a chorale whose fermatas are unknown


def ignore_progress(done: int, total: int) -> None:
    """Ignore progress: the default callback of every function that reports progress."""


@dataclass(frozen=True)
class Corpus:
    """Chorales in three splits, none of them in two splits.

    Attributes:
        name: "bach", "jsb", or "folder" and the name of a folder.
        splits: the chorales of "train", "valid" and "test", in a fixed order.
        skipped: one line for each file left out: its name and the reason.
        notices: one line for each file whose music was changed in reading, or read with an
            assumption: its name and how.
        fingerprint: sha256, in hexadecimal digits, of every chorale's notes and plan in order.

    Raises:
        ValueError: the splits are not these three, in this order.
    """

    name: str
    splits: Mapping[str, tuple[Chorale, ...]]
    skipped: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    fingerprint: str = field(init=False)

    def __post_init__(self) -> None:
        if tuple(self.splits) != SPLITS:
            raise ValueError(f"splits {tuple(self.splits)}; need {SPLITS}")
        splits = {split: tuple(chorales) for split, chorales in self.splits.items()}
        object.__setattr__(self, "splits", MappingProxyType(splits))
        object.__setattr__(self, "fingerprint", _compute_fingerprint(splits))

    def __hash__(self) -> int:
        return hash((self.name, self.fingerprint, self.skipped, self.notices))

    @property
    def report(self) -> list[str]:
        """Lines to print about the files left out, and those changed in reading."""
        return [*(f"left out {line}" for line in self.skipped), *self.notices]


def _compute_fingerprint(splits: Mapping[str, tuple[Chorale, ...]]) -> str:
    digest = hashlib.sha256()
    for split, chorales in splits.items():
        for chorale in chorales:
            digest.update(json.dumps([split, describe_chorale(chorale)]).encode())
            digest.update(chorale.pitches.astype("<i2").tobytes())
            digest.update(chorale.onsets.tobytes())
            digest.update(encode_fermatas(chorale.plan).tobytes())
    return digest.hexdigest()


def describe_chorale(chorale: Chorale) -> dict[str, Any]:
    """Return a chorale's source and plan, without fermatas, as JSON values.

    Fingerprints and caches contain these values: other JSON keys or another order would change
    every fingerprint.
    """
    plan = chorale.plan
    early = {"early_downbeats": list(plan.early_downbeats)} if plan.early_downbeats else {}
    return {
        "source": chorale.source,
        "steps": plan.length_steps,
        "metre": [plan.metre.numerator, plan.metre.denominator] if plan.metre else None,
        "pickup": plan.pickup_steps,
        "key": [plan.key.tonic, plan.key.mode] if plan.key else None,
        **early,
    }


def encode_fermatas(plan: Plan) -> NDArray[np.int8]:
    """Return a plan's fermatas, (T,): 1 under a fermata, 0 elsewhere, or UNKNOWN_FERMATA."""
    if plan.fermatas is None:
        return np.full(plan.length_steps, UNKNOWN_FERMATA, np.int8)
    return plan.fermatas.astype(np.int8)
