"""Keys of phrases in four voices."""

import numpy as np
import pytest

from chorale.corpus import Corpus
from chorale.estimating.reference_keys import find_phrase_keys
from chorale.music import REST, Chorale, Key, Plan

C_MAJOR, A_MINOR = Key(0, "major"), Key(9, "minor")
C, D_MINOR, F, G = (72, 67, 64, 48), (74, 69, 65, 50), (72, 69, 65, 53), (71, 67, 62, 55)
G_SEVENTH, D, E = (71, 65, 62, 55), (74, 69, 66, 50), (71, 68, 64, 52)
A_MINOR_TRIAD, A = (72, 69, 64, 57), (73, 69, 64, 57)
STEPS = 4  # of each chord


def phrase(*chords: tuple[int, ...]) -> Chorale:
    """A phrase of one chord a quarter, with a fermata over the last."""
    pitches = np.repeat(np.array(chords, np.int16), STEPS, axis=0)
    onsets = np.zeros(pitches.shape, np.bool_)
    onsets[::STEPS] = pitches[::STEPS] != REST
    fermatas = np.arange(len(pitches)) >= len(pitches) - STEPS
    return Chorale(pitches, onsets, Plan(len(pitches), fermatas=fermatas))


@pytest.mark.parametrize(
    ("chords", "home", "key"),
    [
        ((C, F, G_SEVENTH, C), C_MAJOR, C_MAJOR),
        ((G, C, D, G), C_MAJOR, Key(7, "major")),
        ((F, C, F, C, G), C_MAJOR, C_MAJOR),  # a half cadence
        ((A_MINOR_TRIAD, D_MINOR, E, A_MINOR_TRIAD), C_MAJOR, A_MINOR),
        ((A_MINOR_TRIAD, D_MINOR, E, A), C_MAJOR, A_MINOR),  # with a major third at the end
        ((A_MINOR_TRIAD, D_MINOR, A_MINOR_TRIAD, E), A_MINOR, A_MINOR),
        ((C, F, G_SEVENTH, C), A_MINOR, C_MAJOR),
    ],
)
def test_a_phrase_is_in_the_key_of_its_cadence(
    chords: tuple[tuple[int, ...], ...], home: Key, key: Key
) -> None:
    assert find_phrase_keys(phrase(*chords), home) == [key]


def test_silence_is_in_the_home_key() -> None:
    silent = phrase((REST,) * 4)
    assert find_phrase_keys(silent, C_MAJOR) == [C_MAJOR]


def test_without_fermatas_there_are_no_phrases() -> None:
    music = phrase(C, G)
    plain = Chorale(music.pitches, music.onsets, Plan(len(music.pitches)))
    assert find_phrase_keys(plain, C_MAJOR) == []


def test_bach_leaves_the_home_key_in_half_of_his_phrases(bach_corpus: Corpus) -> None:
    inner = [
        key == chorale.plan.key
        for chorale in bach_corpus.splits["train"]
        if chorale.plan.key
        for key in find_phrase_keys(chorale, chorale.plan.key)[:-1]
    ]
    assert np.mean(inner) == pytest.approx(0.5, abs=0.05)
