"""A corpus in numbers."""

import json

import numpy as np
import pytest

from chorale.corpus import Corpus
from chorale.corpus.statistics import describe
from chorale.music import REST, Chorale, Key, Metre, Plan


def two_chorales() -> Corpus:
    """One with a repeated note, a rest and a complete plan; one with only a soprano."""
    pitches = np.array([[72, 67, 60, 48]] * 4 + [[72, REST, 60, 50]] * 4, np.int16)
    onsets = np.zeros((8, 4), np.bool_)
    onsets[0] = True
    onsets[4] = (True, False, False, True)  # the soprano repeats its note
    fermatas = np.arange(8) >= 4
    complete = Chorale(pitches, onsets, Plan(8, Metre(3, 4), 4, Key(9, "minor"), fermatas))
    silent = np.full((4, 4), REST, np.int16)
    silent[:, 0] = 60
    only_soprano = np.zeros((4, 4), np.bool_)
    only_soprano[0, 0] = True
    other = Chorale(silent, only_soprano, Plan(4))
    return Corpus("made", {"train": (complete, other), "valid": (other,), "test": ()})


def test_a_split_is_described() -> None:
    assert describe(two_chorales())["train"] == {
        "chorales": 2,
        "steps": 12,
        "notes": 7,
        "ranges": {"soprano": [60, 72], "alto": [67, 67], "tenor": [60, 60], "bass": [48, 50]},
        "keys": {"A minor": 1, "unknown": 1},
        "metres": {"3/4": 1, "unknown": 1},
        "pickups": {"4": 1},
        "repeated": 1 / 2,
        "fermatas": 1 / 2,
    }


def test_a_voice_that_never_sounds_has_no_range() -> None:
    assert describe(two_chorales())["valid"]["ranges"]["bass"] is None


def test_an_empty_split_is_described() -> None:
    facts = describe(two_chorales())["test"]
    assert (facts["chorales"], facts["repeated"], facts["fermatas"]) == (0, 0, 0)


def test_a_description_is_json() -> None:
    facts = describe(two_chorales())
    assert json.loads(json.dumps(facts)) == facts


def test_139_in_1000_of_bachs_notes_repeat_the_one_before(bach_corpus: Corpus) -> None:
    facts = describe(bach_corpus)
    shares = [facts[split]["repeated"] for split in facts]
    assert np.average(shares, weights=[facts[s]["notes"] for s in facts]) == pytest.approx(
        0.139, abs=5e-4
    )
