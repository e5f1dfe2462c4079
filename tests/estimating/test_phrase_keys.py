"""Keys of phrases, inferred from tunes."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import plans

from chorale.corpus import Corpus
from chorale.estimating import infer_phrase_keys, phrase_key_probabilities
from chorale.estimating.phrase_keys import find_inner_phrases, last_pitches
from chorale.estimating.reference_keys import find_phrase_keys
from chorale.music import BASS, SOPRANO, Key, Note, Plan, notes

C_MAJOR = Key(0, "major")
STEPS = 4  # of each note
SOPRANO_AND_BASS = (SOPRANO, BASS)


def plan_of_phrases(*lengths: int, key: Key | None = C_MAJOR) -> Plan:
    """A plan with phrases of so many notes, each under a fermata at its end."""
    ends = np.cumsum(lengths) * STEPS
    fermatas = np.zeros(ends[-1], np.bool_)
    for end in ends:
        fermatas[end - 2 : end] = True
    return Plan(len(fermatas), key=key, fermatas=fermatas)


def line(*pitches: int) -> list[Note]:
    return [Note(pitch, number * STEPS, STEPS) for number, pitch in enumerate(pitches)]


@pytest.mark.parametrize(
    ("first", "key"),
    [
        ((72, 71, 69, 67, 69, 71, 72), C_MAJOR),
        ((74, 72, 71, 69, 67, 66, 67), Key(7, "major")),  # F sharp leads to G
        ((72, 71, 69, 72, 71, 68, 69), Key(9, "minor")),
        ((69, 67, 70, 69, 67, 64, 65), Key(5, "major")),
        ((77, 76, 74, 77, 76, 73, 74), Key(2, "minor")),
    ],
)
def test_a_phrase_is_in_the_key_of_its_cadence(first: tuple[int, ...], key: Key) -> None:
    tune = line(*first, 67, 69, 71, 72, 74, 71, 72)
    assert infer_phrase_keys({SOPRANO: tune}, plan_of_phrases(7, 7)) == [key, C_MAJOR]


def test_a_bass_shows_the_key_too() -> None:
    bass = line(48, 47, 45, 50, 52, 52, 45, 48, 53, 55, 48)
    keys = infer_phrase_keys({BASS: bass}, plan_of_phrases(7, 4))
    assert keys == [Key(9, "minor"), C_MAJOR]


@given(st.integers(0, 11), st.lists(st.integers(60, 75), min_size=14, max_size=14))
@settings(deadline=None)
def test_a_transposed_tune_has_transposed_keys(semitones: int, pitches: list[int]) -> None:
    plan = plan_of_phrases(5, 5, 4)
    moved = plan_of_phrases(5, 5, 4, key=C_MAJOR.transposed(semitones))
    keys = infer_phrase_keys({SOPRANO: line(*pitches)}, plan)
    higher = {SOPRANO: line(*(pitch + semitones for pitch in pitches))}
    assert infer_phrase_keys(higher, moved) == [key.transposed(semitones) for key in keys]


@given(plans(), st.integers(0, 2**32))
@settings(deadline=None)
def test_each_phrase_has_a_key_and_the_last_is_in_the_home_key(plan: Plan, seed: int) -> None:
    keys = infer_phrase_keys({}, plan, np.random.default_rng(seed))
    if plan.key is None or not plan.fermata_spans:
        assert keys == []
    else:
        assert len(keys) == len(find_inner_phrases({}, plan)) + 1
        assert keys[-1] == plan.key


def test_keys_are_drawn_as_often_as_they_are_probable() -> None:
    plan = plan_of_phrases(4, 4, 4)
    lines = {SOPRANO: line(67, 69, 71, 69, 72, 71, 69, 69, 72, 71, 74, 72)}
    generator = np.random.default_rng(1)
    drawn = [infer_phrase_keys(lines, plan, generator) for _ in range(2000)]
    keys, probabilities = phrase_key_probabilities(lines, plan, C_MAJOR)
    assert probabilities.shape == (2, len(keys))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    for phrase, expected in enumerate(probabilities):
        found = [np.mean([each[phrase] == key for each in drawn]) for key in keys]
        np.testing.assert_allclose(found, expected, atol=0.04)


def test_a_phrase_that_no_note_follows_is_the_last() -> None:
    tune = {SOPRANO: line(60, 62, 64, 65)}
    plan = Plan(24, key=C_MAJOR, fermatas=np.isin(np.arange(24), (7, 15)))
    assert find_inner_phrases(tune, plan) == [(0, 8)]
    assert find_inner_phrases({}, plan) == [(0, 8)]


def test_repeated_notes_at_the_end_count_once() -> None:
    assert last_pitches(line(60, 62, 64, 64, 62, 62)) == [62, 64, 62]
    assert last_pitches(line(60, 60)) == [60]
    assert last_pitches([]) == []


def test_bachs_keys_are_inferred_far_more_often_than_the_home_key_would_be_right(
    bach_corpus: Corpus,
) -> None:
    right, at_home = [], []
    for chorale in bach_corpus.splits["valid"]:
        home = chorale.plan.key
        if home and chorale.plan.fermata_spans:
            keys = infer_phrase_keys({SOPRANO: notes(chorale, SOPRANO)}, chorale.plan)
            pairs = list(zip(keys, find_phrase_keys(chorale, home), strict=False))[:-1]
            right += [inferred == key for inferred, key in pairs]
            at_home += [key == home for _, key in pairs]
    assert np.mean(right) > 0.7
    assert np.mean(at_home) < 0.5


def test_the_phrases_of_bach_are_divided_as_his_fermatas_are(bach_corpus: Corpus) -> None:
    for chorale in bach_corpus.splits["valid"]:
        lines = {voice: notes(chorale, voice) for voice in SOPRANO_AND_BASS}
        ends = [end for _, end in chorale.plan.fermata_spans]
        expected = list(pairwise([0, *ends]))
        assert find_inner_phrases(lines, chorale.plan) in (expected, expected[:-1])
