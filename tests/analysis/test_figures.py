"""Figures on part-writing and style, on chorales made by hand."""

import math

import pytest
from hypothesis import given, settings
from progressions import DOMINANT, FOURTH, TONIC, sung
from strategies import chorales

from chorale.analysis import (
    FIFTH,
    UNISON,
    chord_changes,
    crossings,
    ending,
    figures,
    melodic_intervals,
    out_of_range,
    parallels,
)
from chorale.music import REST, Chorale, Note

CADENCE = [TONIC, FOURTH, DOMINANT, TONIC]


def pair(*upper_lower: tuple[int, int]) -> Chorale:
    """Return tenor and bass alone."""
    return sung(*((REST, REST, upper, lower) for upper, lower in upper_lower))


def test_a_fifth_moving_to_a_fifth_is_parallel() -> None:
    chorale = pair((55, 48), (57, 50))
    assert (parallels(chorale, FIFTH), parallels(chorale, UNISON)) == (1, 0)


def test_a_fifth_moving_to_a_twelfth_in_the_same_direction_is_parallel() -> None:
    assert parallels(pair((55, 48), (69, 50)), FIFTH) == 1


@pytest.mark.parametrize("upper_lower", [[(60, 48), (62, 50)], [(60, 60), (62, 62)]])
def test_octaves_and_unisons_moving_together_are_parallel(
    upper_lower: list[tuple[int, int]],
) -> None:
    chorale = pair(*upper_lower)
    assert (parallels(chorale, FIFTH), parallels(chorale, UNISON)) == (0, 1)


def test_a_unison_leaping_to_an_octave_in_the_same_direction_is_parallel() -> None:
    assert parallels(pair((48, 48), (62, 50)), UNISON) == 1


def test_crossed_voices_can_be_parallel() -> None:
    assert parallels(pair((48, 55), (50, 57)), FIFTH) == 1


@pytest.mark.parametrize(
    "upper_lower",
    [
        pytest.param([(55, 48), (57, 38)], id="contrary motion, a fifth to a twelfth"),
        pytest.param([(60, 48), (55, 55)], id="contrary motion, an octave to a unison"),
        pytest.param([(55, 48), (67, 48)], id="oblique motion"),
        pytest.param([(55, 48), (55, 48)], id="no motion"),
        pytest.param([(55, 48), (56, 50)], id="a fifth to a diminished fifth"),
        pytest.param([(53, 48), (55, 50)], id="fourths"),
        pytest.param([(55, 48), (REST, REST), (57, 50)], id="separated by a rest"),
        pytest.param([(55, 48), (57, 48), (57, 50)], id="one after the other"),
    ],
)
def test_other_motion_is_not_parallel(upper_lower: list[tuple[int, int]]) -> None:
    chorale = pair(*upper_lower)
    assert (parallels(chorale, FIFTH), parallels(chorale, UNISON)) == (0, 0)


def test_every_pair_of_voices_is_counted() -> None:
    chorale = sung((67, 60, 55, 48), (69, 62, 57, 50))
    assert parallels(chorale, FIFTH) == 3  # soprano and alto, soprano and bass, tenor and bass
    assert parallels(chorale, UNISON) == 2  # soprano and tenor, alto and bass


def test_a_repeated_note_does_not_change_the_chord() -> None:
    chorale = sung(CADENCE[0], CADENCE[1], each_steps=2)
    onsets = chorale.onsets.copy()
    onsets[1] = True
    struck = Chorale(chorale.pitches, onsets, chorale.plan)
    assert chord_changes(struck).tolist() == [False, True, False]


def test_only_sounding_neighbours_can_cross() -> None:
    chorale = sung((60, 64, 55, 48), (60, REST, 62, 48), (67, 64, 60, 48), each_steps=1)
    assert crossings(chorale).tolist() == [True, False, False]


def test_a_long_note_out_of_range_counts_once() -> None:
    assert out_of_range(sung((80, 67, 64, 39), (79, 67, 64, 40))) == 2


def test_melodic_intervals_ignore_rests() -> None:
    line = [Note(60, 0, 2), Note(67, 2, 2), Note(67, 8, 2), Note(65, 10, 2)]
    assert melodic_intervals(line) == [7, 0, 2]


def test_figures_are_pooled_over_chorales() -> None:
    found = figures([sung(*CADENCE), pair((55, 48), (57, 50), (57, 50))])
    assert (found.chorales, found.steps, found.notes) == (2, 28, 14 + 4)
    assert found.change_share == 4 / 26
    assert (found.parallel_fifths, found.parallel_octaves) == (250, 0)
    assert (found.on_tonic_share, found.cadence_share) == (0.5, 0.5)
    assert found.note_lengths == {4: 14 / 18, 8: 4 / 18}
    assert found.repeated_share == 0


def test_shares_of_nothing_are_nan() -> None:
    found = figures([])
    assert (found.chorales, found.note_lengths) == (0, {})
    assert math.isnan(found.change_share)
    assert math.isnan(found.repeated_share)


@given(chorales())
@settings(max_examples=50)
def test_shares_are_between_0_and_1_and_sum_to_1(chorale: Chorale) -> None:
    found = figures([chorale])
    for name in ("crossing_share", "out_of_range_share", "on_tonic_share", "repeated_share"):
        value = getattr(found, name)
        assert math.isnan(value) or 0 <= value <= 1
    for shares in (found.note_lengths, found.melodic_intervals):
        assert not shares or sum(shares.values()) == pytest.approx(1)


@given(chorales(lowest=40, highest=80))
def test_transposition_changes_the_key_alone(chorale: Chorale) -> None:
    higher = chorale.transposed(3)
    assert parallels(higher, FIFTH) == parallels(chorale, FIFTH)
    assert (crossings(higher) == crossings(chorale)).all()
    key = chorale.plan.key
    if key:
        assert ending(higher, key.transposed(3)) == ending(chorale, key)
