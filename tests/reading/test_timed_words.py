"""Words at times on the notes of voices."""

import numpy as np
from hypothesis import given
from strategies import chorales

from chorale.music import REST, VOICES, Chorale, Plan, notes
from chorale.music.annotations import Syllable
from chorale.reading.annotations import TimedSyllable
from chorale.reading.timed_words import place_timed_words


def duet() -> Chorale:
    """A soprano of quarters that rests at step 8, and an alto of half notes."""
    pitches = np.full((16, 4), REST, np.int16)
    pitches[:, 0], pitches[:, 1] = 67, 60
    pitches[8:12, 0] = REST
    onsets = np.zeros((16, 4), np.bool_)
    onsets[[0, 4, 12], 0] = onsets[[0, 8], 1] = True
    return Chorale(pitches, onsets, Plan(16))


def words(*starts: float) -> list[TimedSyllable]:
    """Syllables at times, named in the order of the alphabet."""
    return [TimedSyllable(start, 1, "abcdef"[place]) for place, start in enumerate(starts)]


@given(chorales())
def test_words_at_the_notes_of_a_voice_come_to_them(chorale: Chorale) -> None:
    for voice in range(len(VOICES)):
        starts = [note.onset_step for note in notes(chorale, voice)]
        syllables = [TimedSyllable(start, 1, "la") for start in starts]
        placed = place_timed_words(chorale, [voice], syllables)
        assert placed == [Syllable(voice, start, 1, "la") for start in starts]


def test_a_syllable_of_a_staff_belongs_to_the_highest_voice_that_starts_a_note() -> None:
    placed = place_timed_words(duet(), [0, 1], words(0, 8.02, 12))
    assert [(each.voice, each.step) for each in placed] == [(0, 0), (1, 8), (0, 12)]


def test_a_syllable_without_a_note_is_left_out() -> None:
    placed = place_timed_words(duet(), [0], words(0, 8.02, 12))
    assert [each.text for each in placed] == ["a", "c"]


def test_a_syllable_on_several_notes_has_an_extender_but_not_over_a_rest() -> None:
    syllables = words(0, 12)
    assert not any(each.extender for each in place_timed_words(duet(), [0], syllables))
    chorale = duet()
    pitches, onsets = chorale.pitches.copy(), chorale.onsets.copy()
    pitches[8:12, 0], onsets[8, 0] = 66, True
    assert place_timed_words(Chorale(pitches, onsets, Plan(16)), [0], syllables) == [
        Syllable(0, 0, 1, "a", extender=True),
        Syllable(0, 12, 1, "b"),
    ]


def test_a_syllable_a_step_away_moves_to_its_note() -> None:
    assert [each.step for each in place_timed_words(duet(), [0], words(1, 11))] == [0, 12]
