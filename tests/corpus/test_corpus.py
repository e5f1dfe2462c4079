"""The corpus as a value."""

import dataclasses

import numpy as np
import pytest

from chorale.corpus.corpus import SPLITS, Corpus
from chorale.music import Chorale, Key, Plan, from_pitches


def held_chorale(pitch: int = 60) -> Chorale:
    return from_pitches(np.full((8, 4), pitch, np.int16), Plan(8), "made here")


def test_the_fingerprint_depends_on_notes_and_plans() -> None:
    one = held_chorale()

    def fingerprint(changed: Chorale) -> str:
        return Corpus("made", {"train": (changed,), "valid": (), "test": ()}).fingerprint

    repeated = one.onsets.copy()
    repeated[4] = True
    variants = [
        one,
        held_chorale(61),
        dataclasses.replace(one, onsets=repeated),
        dataclasses.replace(one, plan=Plan(8, key=Key(0, "major"))),
        dataclasses.replace(one, plan=Plan(8, fermatas=np.zeros(8, np.bool_))),
    ]
    assert len({fingerprint(variant) for variant in variants}) == len(variants)
    assert fingerprint(one) == fingerprint(held_chorale())


def test_a_corpus_has_exactly_three_splits() -> None:
    with pytest.raises(ValueError, match="splits"):
        Corpus("made", {"train": ()})


def test_a_corpus_cannot_be_changed() -> None:
    corpus = Corpus("made", dict.fromkeys(SPLITS, ()))
    with pytest.raises(TypeError):
        corpus.splits["train"] = ()  # type: ignore[index]  # the point of the test


def test_equal_corpora_have_the_same_hash() -> None:
    first, second = (Corpus("made", {s: (held_chorale(),) for s in SPLITS}) for _ in range(2))
    assert {first, second} == {first}
