"""How much of a tune other melodies have."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import made_up_chorale

from chorale.analysis.tunes import LEAST_SHARE, compare_tunes, find_tune
from chorale.music import OCTAVE, REST, Metre, Plan, from_pitches

# "Wie schoen leuchtet der Morgenstern", first line, and another tune.
MORNING_STAR = np.array([0, 7, 4, 0, 7, 9, 7])
OLD_HUNDREDTH = np.array([0, 11, 9, 7, 0, 2, 4])
TUNES = st.lists(st.integers(0, 11), min_size=4, max_size=40).map(np.array)


def share(tune: np.ndarray, melody: np.ndarray, transpose: bool = True) -> float:
    return float(compare_tunes([tune], [melody], transpose)[0, 0])


def test_a_tune_has_each_repeated_note_once() -> None:
    line = [67, 67, 74, 71, REST, 71]
    pitches = np.full((24, 4), REST, np.int16)
    pitches[:, 0] = np.repeat(line, 4)
    chorale = from_pitches(pitches, Plan(24, Metre(4, 4)))
    assert find_tune(chorale).tolist() == [7, 2, 11]
    assert find_tune(chorale, 1).tolist() == []


@given(TUNES, st.integers(0, 11))
def test_a_tune_is_itself_in_every_key(tune: np.ndarray, semitones: int) -> None:
    assert share(tune, (tune + semitones) % OCTAVE) == pytest.approx(1)
    assert share(tune, tune, transpose=False) == pytest.approx(1)


@given(TUNES, TUNES)
def test_a_share_is_from_0_to_1(tune: np.ndarray, melody: np.ndarray) -> None:
    assert 0 <= share(tune, melody) <= 1 + 1e-6


def test_a_tune_is_found_within_a_longer_melody_and_between_passing_notes() -> None:
    longer = np.r_[OLD_HUNDREDTH, MORNING_STAR, OLD_HUNDREDTH]
    assert share(MORNING_STAR, longer) == pytest.approx(1)
    ornamented = np.array([0, 7, 5, 4, 2, 0, 7, 9, 7])
    assert 0.75 < share(MORNING_STAR, ornamented) < 1
    assert share(MORNING_STAR, OLD_HUNDREDTH) < 0.6


def test_a_melody_without_the_repetition_of_the_tune_has_all_of_it() -> None:
    twice = np.r_[MORNING_STAR, MORNING_STAR, OLD_HUNDREDTH]
    once = np.r_[MORNING_STAR, OLD_HUNDREDTH]
    assert len(once) / len(twice) > LEAST_SHARE
    assert share(twice, once) == pytest.approx(1)
    assert share(twice, MORNING_STAR) == pytest.approx(1 / (LEAST_SHARE * 3))


def test_many_are_compared_at_once() -> None:
    tunes = [find_tune(made_up_chorale(64, seed)) for seed in range(3)]
    together = compare_tunes(tunes, tunes)
    assert together.shape == (3, 3)
    for place, tune in enumerate(tunes):
        np.testing.assert_allclose(together[place], [share(tune, other) for other in tunes])
    assert np.diag(together) == pytest.approx(1)


def test_a_melody_without_notes_has_nothing() -> None:
    empty = np.array([], np.int64)
    assert share(MORNING_STAR, empty) == share(empty, MORNING_STAR) == 0
