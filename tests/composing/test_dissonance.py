"""Nonharmonic tones by hand, and what transposition and rests do to them."""

import numpy as np
import pytest
from hypothesis import given, settings
from strategies import chorales

from chorale.aliases import Ids
from chorale.composing.dissonance import STRONG, find_dissonances
from chorale.music import ALTO, BASS, SOPRANO, Chorale
from chorale.network.calibration import APPROACHES, DISSONANCE_CLASSES, DISSONANCES
from chorale.network.history import HistoryTracker, build_history
from chorale.network.tokens import Vocabulary, encode

VOCABULARY = Vocabulary()
LOW_C = VOCABULARY.token_of(48)
# approaches
FIRST, LEAP_DOWN, STEP_DOWN, SAME, STEP_UP, LEAP_UP = range(APPROACHES)
# dissonances
SILENT, CONSONANT, SUSPENDED, STRUCK_ON, STRUCK_OFF = range(5)
WEAKLY = 3  # added to the last three


def find_last(soprano: list[tuple[int, int]], bass: list[tuple[int, int]], others: int) -> Ids:
    """Return approach and class of each voice at the last step, (4, 2).

    Args:
        soprano: (semitones above C3, steps) of each note; the first begins on a beat.
        bass: the same; its length is that of the whole.
        others: semitones above C3 of the note that alto and tenor hold throughout.
    """
    length = sum(steps for _, steps in bass)
    tokens = np.full((length, 4), VOCABULARY.hold, np.int32)
    tokens[0] = LOW_C + others
    for voice, notes in ((SOPRANO, soprano), (BASS, bass)):
        step = 0
        for semitones, steps in notes:
            tokens[step, voice] = LOW_C + semitones
            step += steps
    tokens = np.concatenate([tokens, tokens[-1:]])  # so that the last step has one after it
    ids = find_dissonances(build_history(tokens, VOCABULARY), np.arange(1 + length), VOCABULARY)
    assert ids.dtype == np.int32
    return np.stack(np.divmod(ids[-1], DISSONANCE_CLASSES), axis=-1)


@pytest.mark.parametrize(
    ("soprano", "bass", "expected"),
    [
        # over C and G: E is consonant, F a passing note off the beat, held or struck on the beat
        ([(28, 4)], [(0, 4)], (FIRST, CONSONANT)),
        ([(28, 2), (29, 2)], [(0, 4)], (STEP_UP, STRUCK_OFF)),
        ([(28, 4), (29, 2)], [(0, 6)], (STEP_UP, STRUCK_ON)),
        ([(31, 2), (29, 2)], [(0, 4)], (STEP_DOWN, STRUCK_OFF)),
        ([(24, 2), (29, 2)], [(0, 4)], (LEAP_UP, STRUCK_OFF)),
        ([(36, 2), (29, 2)], [(0, 4)], (LEAP_DOWN, STRUCK_OFF)),
        ([(29, 2), (29, 2)], [(0, 4)], (SAME, STRUCK_OFF)),
        # C is held while the bass moves to D under it
        ([(28, 4), (24, 8)], [(-5, 8), (2, 4)], (LEAP_DOWN, SUSPENDED)),
        # F sharp beside G
        ([(31, 2), (30, 2)], [(0, 4)], (STEP_DOWN, STRUCK_OFF)),
    ],
)
def test_a_soprano_by_hand(soprano, bass, expected):
    assert tuple(find_last(soprano, bass, others=19)[SOPRANO]) == expected


@pytest.mark.parametrize(
    ("semitones", "others", "expected"),
    [
        (18, 12, WEAKLY + STRUCK_OFF),  # a tritone above the bass
        (17, 12, WEAKLY + STRUCK_OFF),  # a fourth above the bass
        (17, 24, WEAKLY + STRUCK_OFF),
        (15, 12, CONSONANT),
        (14, 12, STRUCK_OFF),  # a second
        (22, 12, STRUCK_OFF),  # a seventh
    ],
)
def test_the_strength_of_a_dissonance(semitones, others, expected):
    found = find_last([(12, 2), (semitones, 2)], [(0, 4)], others)
    assert found[SOPRANO, 1] == expected


def test_a_fourth_between_upper_voices_is_consonant() -> None:
    # E, C and G in the bass: soprano a fourth above alto and tenor
    assert find_last([(24, 2), (24, 2)], [(0, 4)], others=19)[SOPRANO].tolist() == [SAME, CONSONANT]


def test_the_note_that_was_held_is_suspended_and_the_other_is_struck() -> None:
    found = find_last([(24, 4), (26, 4)], [(7, 8)], others=24)
    assert found[SOPRANO].tolist() == [STEP_UP, STRUCK_ON]
    assert found[ALTO].tolist() == [FIRST, SUSPENDED]


def test_before_the_first_step_nothing_is_dissonant() -> None:
    history = HistoryTracker(1, VOCABULARY).history()
    assert (find_dissonances(history, np.zeros(1, int), VOCABULARY) == SILENT).all()


@given(chorales())
@settings(max_examples=30)
def test_ids_are_the_same_in_every_transposition(chorale: Chorale) -> None:
    tokens = encode(chorale, VOCABULARY)
    numbers = np.arange(len(tokens))
    ids = find_dissonances(build_history(tokens, VOCABULARY), numbers, VOCABULARY)
    assert ((ids >= 0) & (ids < DISSONANCES)).all()
    notes = tokens[VOCABULARY.is_note(tokens)]
    shift = 1 if not notes.size or notes.max() + 1 < VOCABULARY.size else -1
    moved = np.where(VOCABULARY.is_note(tokens), tokens + shift, tokens)
    if VOCABULARY.is_note(moved).sum() != notes.size:  # the notes span the whole vocabulary
        return
    theirs = find_dissonances(build_history(moved, VOCABULARY), numbers, VOCABULARY)
    np.testing.assert_array_equal(ids, theirs)


def test_strong_intervals_are_seconds_and_sevenths() -> None:
    assert sorted(12 - interval for interval in STRONG) == list(STRONG)
