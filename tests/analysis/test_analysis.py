"""Rule and style figures on chorales made by hand, each with one thing to find."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from progressions import C_MAJOR, DOMINANT, FOURTH, INVERTED, SIXTH, TONIC, in_phrases, sung
from strategies import chorales, keys

from chorale.analysis import (
    FIFTH,
    UNISON,
    chord_changes,
    crossings,
    ending,
    estimate_key,
    figures,
    melodic_intervals,
    out_of_range,
    parallels,
    phrase_closes,
)
from chorale.corpus import Corpus
from chorale.music import REST, Chorale, Key, Note


def pair(*upper_lower: tuple[int, int]) -> Chorale:
    """Tenor and bass alone."""
    return sung(*((REST, REST, upper, lower) for upper, lower in upper_lower))


CADENCE = [
    (72, 67, 64, 48),  # I
    (72, 69, 65, 53),  # IV
    (71, 67, 62, 55),  # V
    (72, 67, 64, 48),  # I
]


def test_a_fifth_moving_to_a_fifth_is_a_parallel() -> None:
    chorale = pair((55, 48), (57, 50))
    assert (parallels(chorale, FIFTH), parallels(chorale, UNISON)) == (1, 0)


def test_a_fifth_moving_to_a_twelfth_in_the_same_direction_is_a_parallel() -> None:
    assert parallels(pair((55, 48), (69, 50)), FIFTH) == 1


@pytest.mark.parametrize("upper_lower", [[(60, 48), (62, 50)], [(60, 60), (62, 62)]])
def test_octaves_and_unisons_moving_together_are_parallels(
    upper_lower: list[tuple[int, int]],
) -> None:
    chorale = pair(*upper_lower)
    assert (parallels(chorale, FIFTH), parallels(chorale, UNISON)) == (0, 1)


def test_a_unison_leaping_to_an_octave_in_the_same_direction_is_a_parallel() -> None:
    assert parallels(pair((48, 48), (62, 50)), UNISON) == 1


def test_crossed_voices_make_parallels_too() -> None:
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
        pytest.param([(55, 48), (REST, REST), (57, 50)], id="apart by a rest"),
        pytest.param([(55, 48), (57, 48), (57, 50)], id="one after the other"),
    ],
)
def test_these_are_no_parallels(upper_lower: list[tuple[int, int]]) -> None:
    chorale = pair(*upper_lower)
    assert (parallels(chorale, FIFTH), parallels(chorale, UNISON)) == (0, 0)


def test_every_pair_of_voices_counts() -> None:
    chorale = sung((67, 60, 55, 48), (69, 62, 57, 50))
    assert parallels(chorale, FIFTH) == 3  # soprano and alto, soprano and bass, tenor and bass
    assert parallels(chorale, UNISON) == 2  # soprano and tenor, alto and bass


def test_a_note_struck_again_changes_no_chord() -> None:
    chorale = sung(CADENCE[0], CADENCE[1], each_steps=2)
    onsets = chorale.onsets.copy()
    onsets[1] = True
    struck = Chorale(chorale.pitches, onsets, chorale.plan)
    assert chord_changes(struck).tolist() == [False, True, False]


def test_only_neighbours_that_both_sound_can_cross() -> None:
    chorale = sung((60, 64, 55, 48), (60, REST, 62, 48), (67, 64, 60, 48), each_steps=1)
    assert crossings(chorale).tolist() == [True, False, False]


def test_a_note_out_of_range_counts_once_however_long() -> None:
    assert out_of_range(sung((80, 67, 64, 39), (79, 67, 64, 40))) == 2


def test_melodic_intervals_pass_over_rests() -> None:
    line = [Note(60, 0, 2), Note(67, 2, 2), Note(67, 8, 2), Note(65, 10, 2)]
    assert melodic_intervals(line) == [7, 0, 2]


@given(keys())
def test_a_plain_cadence_is_found_in_its_key(key: Key) -> None:
    third = 64 if key.mode == "major" else 63
    tonic = (72, 67, third, 48)
    sixth = 69 if key.mode == "major" else 68
    chorale = sung(tonic, (72, sixth, 65, 53), (71, 67, 62, 55), tonic).transposed(key.tonic)
    assert estimate_key(chorale) == key
    found = ending(chorale, key)
    assert (found.on_tonic, found.held_steps, found.cadence) == (True, 4, "authentic")


def test_a_subdominant_before_the_last_chord_is_a_plagal_cadence() -> None:
    chorale = sung(CADENCE[0], CADENCE[2], CADENCE[0], CADENCE[1], CADENCE[0])
    assert ending(chorale, Key(0, "major")).cadence == "plagal"


def test_a_suspension_over_the_last_bass_does_not_hide_the_cadence() -> None:
    chorale = sung(CADENCE[0], CADENCE[2], (72, 67, 65, 48), CADENCE[0])
    found = ending(chorale, Key(0, "major"))
    assert (found.on_tonic, found.held_steps, found.cadence) == (True, 4, "authentic")


def test_a_picardy_third_ends_on_the_tonic_of_the_minor_key() -> None:
    assert ending(sung(CADENCE[2], CADENCE[3]), Key(0, "minor")).on_tonic


def test_a_half_close_does_not_end_on_the_tonic() -> None:
    found = ending(sung(*CADENCE[:3]), Key(0, "major"))
    assert (found.on_tonic, found.cadence) == (False, "plagal")


@pytest.mark.parametrize(
    "last",
    [
        pytest.param((72, 67, 60, 48), id="no third"),
        pytest.param((72, 67, 60, 52), id="first inversion"),
        pytest.param((72, 69, 64, 48), id="a sixth added"),
    ],
)
def test_these_are_no_last_tonic_triads(last: tuple[int, int, int, int]) -> None:
    assert not ending(sung(CADENCE[2], last), Key(0, "major")).on_tonic


def test_silence_after_the_last_chord_is_passed_over() -> None:
    silent = (REST, REST, REST, REST)
    assert ending(sung(*CADENCE, silent)) == ending(sung(*CADENCE))


def test_silence_alone_has_no_ending_and_a_key_all_the_same() -> None:
    silence = sung((REST, REST, REST, REST))
    assert not ending(silence).on_tonic
    assert estimate_key(silence) == Key(0, "major")


def test_figures_pool_over_chorales() -> None:
    found = figures([sung(*CADENCE), pair((55, 48), (57, 50), (57, 50))])
    assert (found.chorales, found.steps, found.notes) == (2, 28, 14 + 4)
    assert found.change_share == 4 / 26
    assert (found.parallel_fifths, found.parallel_octaves) == (250, 0)
    assert (found.on_tonic_share, found.cadence_share) == (0.5, 0.5)
    assert found.note_lengths == {4: 14 / 18, 8: 4 / 18}
    assert found.repeated_share == 0


def test_figures_of_nothing_are_not_numbers() -> None:
    found = figures([])
    assert (found.chorales, found.note_lengths) == (0, {})
    assert math.isnan(found.change_share)
    assert math.isnan(found.repeated_share)


@given(chorales())
@settings(max_examples=50)
def test_shares_lie_between_0_and_1_and_add_up(chorale: Chorale) -> None:
    found = figures([chorale])
    for name in ("crossing_share", "out_of_range_share", "on_tonic_share", "repeated_share"):
        value = getattr(found, name)
        assert math.isnan(value) or 0 <= value <= 1
    for shares in (found.note_lengths, found.melodic_intervals):
        assert not shares or sum(shares.values()) == pytest.approx(1)


@given(chorales(lowest=40, highest=80))
def test_transposition_moves_the_key_and_leaves_the_rest(chorale: Chorale) -> None:
    higher = chorale.transposed(3)
    assert parallels(higher, FIFTH) == parallels(chorale, FIFTH)
    assert (crossings(higher) == crossings(chorale)).all()
    key = chorale.plan.key
    if key:
        assert ending(higher, key.transposed(3)) == ending(chorale, key)


# Cadences at the ends of phrases


@pytest.mark.parametrize(
    ("phrase", "closes"),
    [
        ([TONIC, FOURTH, DOMINANT, TONIC], True),
        ([TONIC, FOURTH, TONIC], True),  # plagal
        ([TONIC, FOURTH, DOMINANT], True),  # half
        ([TONIC, SIXTH, DOMINANT], True),
        ([TONIC, DOMINANT, SIXTH], False),  # deceptive
        ([DOMINANT, INVERTED], False),
        ([TONIC, FOURTH], True),  # authentic in the key of the fourth degree
        ([TONIC, (74, 69, 65, 50)], False),  # a step up to ii
        ([DOMINANT, (72, 67, 62, 48)], False),  # a ninth held
    ],
)
def test_a_phrase_closes_on_a_triad_that_a_cadence_reaches(
    phrase: list[tuple[int, int, int, int]], closes: bool
) -> None:
    found = phrase_closes(in_phrases(phrase, [FOURTH, DOMINANT, TONIC]), C_MAJOR)
    assert [close.cadence is not None for close in found] == [closes, True]


def test_without_fermatas_no_phrase_is_judged() -> None:
    assert phrase_closes(sung(*CADENCE)) == []


def test_bachs_phrases_close_as_the_docstring_says(bach_corpus: Corpus) -> None:
    found = [c for chorale in bach_corpus.splits["train"] for c in phrase_closes(chorale)]
    share = np.mean([close.cadence is not None for close in found])
    assert share == pytest.approx(0.945, abs=0.0005)
