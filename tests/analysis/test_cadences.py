"""Keys, and cadences at the ends of phrases and chorales, on chorales made by hand."""

import numpy as np
import pytest
from hypothesis import given
from progressions import C_MAJOR, DOMINANT, FOURTH, INVERTED, SIXTH, TONIC, in_phrases, sung
from strategies import keys

from chorale.analysis import ending, estimate_key, phrase_endings
from chorale.corpus import Corpus
from chorale.music import REST, Key

CADENCE = [TONIC, FOURTH, DOMINANT, TONIC]


@given(keys())
def test_key_and_cadence_are_found_in_every_key(key: Key) -> None:
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


def test_a_suspension_over_the_last_bass_note_does_not_hide_the_cadence() -> None:
    chorale = sung(CADENCE[0], CADENCE[2], (72, 67, 65, 48), CADENCE[0])
    found = ending(chorale, Key(0, "major"))
    assert (found.on_tonic, found.held_steps, found.cadence) == (True, 4, "authentic")


def test_a_picardy_third_ends_on_the_tonic_of_the_minor_key() -> None:
    assert ending(sung(CADENCE[2], CADENCE[3]), Key(0, "minor")).on_tonic


def test_a_half_cadence_does_not_end_on_the_tonic() -> None:
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
def test_other_last_chords_are_not_on_the_tonic(last: tuple[int, int, int, int]) -> None:
    assert not ending(sung(CADENCE[2], last), Key(0, "major")).on_tonic


def test_silence_after_the_last_chord_is_ignored() -> None:
    silent = (REST, REST, REST, REST)
    assert ending(sung(*CADENCE, silent)) == ending(sung(*CADENCE))


def test_silence_has_a_key_but_no_ending() -> None:
    silence = sung((REST, REST, REST, REST))
    assert not ending(silence).on_tonic
    assert estimate_key(silence) == Key(0, "major")


@pytest.mark.parametrize(
    ("phrase", "on_cadence"),
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
def test_a_phrase_ends_on_a_cadence_or_not(
    phrase: list[tuple[int, int, int, int]], on_cadence: bool
) -> None:
    found = phrase_endings(in_phrases(phrase, [FOURTH, DOMINANT, TONIC]), C_MAJOR)
    assert [one.cadence is not None for one in found] == [on_cadence, True]


def test_without_fermatas_there_are_no_phrases() -> None:
    assert phrase_endings(sung(*CADENCE)) == []


def test_as_many_of_bachs_phrases_end_on_a_cadence_as_documented(bach_corpus: Corpus) -> None:
    found = [c for chorale in bach_corpus.splits["train"] for c in phrase_endings(chorale)]
    share = np.mean([phrase.cadence is not None for phrase in found])
    assert share == pytest.approx(0.945, abs=0.0005)
