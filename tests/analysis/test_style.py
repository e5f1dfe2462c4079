"""Style features and distances, on chorales made by hand and on Bach's."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import chorales

from chorale.analysis.style import FEATURES, Distribution, distance, features
from chorale.corpus import Corpus
from chorale.music import Chorale, Key, Metre, Plan, from_pitches

counters = st.dictionaries(st.integers(0, 5), st.integers(1, 9), min_size=1).map(Counter)


def sung(*chords: tuple[int, int, int, int], plan: Plan | None = None) -> Chorale:
    pitches = np.repeat(np.array(chords, np.int16), 4, axis=0)
    return from_pitches(pitches, plan or Plan(len(pitches), Metre(4, 4)))


TONIC, FOURTH, DOMINANT = (72, 67, 64, 48), (72, 69, 65, 53), (71, 67, 62, 55)
CADENCE = sung(TONIC, FOURTH, DOMINANT, TONIC)


def test_features_count_what_is_there() -> None:
    found = features([CADENCE])
    assert found["melodic intervals, soprano"] == {-1: 1, 1: 1}
    assert found["melodic intervals, bass"] == {5: 1, 2: 1, -7: 1}
    assert found["note lengths"][0, 8] == found["note lengths"][0, 4] - 1 == 1
    assert found["onsets in the beat"] == {(0, 4): 2, (0, 3): 2, (1, 0): 4, (2, 0): 4, (3, 0): 4}
    assert found["chords"] == {("major", 0): 4}
    assert found["successions of chords"] == {
        ("major", "major", 5): 2,  # I to IV, V to I
        ("major", "major", 2): 1,
    }
    assert found["scale degrees"]["major", 3, 0] == 2
    assert found["voices' motion"] == {(3, 0): 1, (4, -1): 1, (3, -1): 1}
    assert found["repetition"][4, 0] == 4
    assert not found["cadences"]
    assert not found["phrase lengths"]


def test_phrases_have_cadences_and_lengths() -> None:
    fermatas = np.zeros(32, np.bool_)
    fermatas[12:16] = fermatas[28:] = True
    plan = Plan(32, Metre(4, 4), 0, Key(0, "major"), fermatas)
    found = features([sung(*[TONIC, FOURTH, DOMINANT, TONIC] * 2, plan=plan)])
    assert found["phrase lengths"] == {4: 2}
    assert found["cadences"] == {("authentic", 0): 2}
    assert found["repetition"] == {(1, 0): 5, (1, 1): 3, (4, 0): 6, (4, 1): 2}


def test_a_pickup_shifts_the_beats() -> None:
    plan = Plan(18, Metre(4, 4), 2)
    pitches = np.repeat(np.array([TONIC, FOURTH, DOMINANT, TONIC], np.int16), 4, axis=0)
    shifted = from_pitches(np.concatenate([pitches[:2], pitches]), plan)
    found = features([shifted])
    assert found["chords"] == {("major", 0): 4}
    assert found["onsets in the beat"][2, 4] == 1  # the first chord, an eighth before the beat


@given(counters, counters, counters)
def test_distance_is_a_metric(one: Distribution, other: Distribution, third: Distribution) -> None:
    assert distance(one, one) == 0
    assert distance(one, other) == pytest.approx(distance(other, one))
    assert 0 <= distance(one, other) <= 1
    around = distance(one, third) + distance(third, other)
    assert distance(one, other) <= around + 1e-9


def test_distance_is_the_share_that_would_have_to_change() -> None:
    assert distance(Counter("aaab"), Counter("aabb")) == pytest.approx(0.25)
    assert distance(Counter("a"), Counter("b")) == 1
    assert distance(Counter("ab"), Counter("aabb")) == 0  # sizes do not count
    assert np.isnan(distance(Counter(), Counter("a")))


@given(chorales())
@settings(max_examples=40, deadline=None)
def test_any_chorale_has_all_features(chorale: Chorale) -> None:
    assert features([chorale]).keys() == FEATURES.keys()


def test_features_are_pooled() -> None:
    other = replace(CADENCE, source="another")
    once, twice = features([CADENCE]), features([CADENCE, other])
    assert twice == {name: found + found for name, found in once.items()}


def test_bachs_splits_are_close_in_every_feature(bach_corpus: Corpus) -> None:
    train, test = (features(bach_corpus.splits[split]) for split in ("train", "test"))
    floor = {name: distance(train[name], test[name]) for name in FEATURES}
    assert max(floor.values()) < 0.11
    assert min(floor.values()) > 0.005
