"""Ranges of voices."""

import numpy as np
from hypothesis import given
from strategies import chorales

from chorale.analysis import RANGES, measure_ranges, notes_out_of_range, out_of_range
from chorale.music import REST, VOICES, Chorale, Note, Plan, from_pitches, notes
from chorale.music.voicings import VOICINGS


def line(*pitches: int) -> Chorale:
    """A soprano with these pitches, a quarter each."""
    soprano = np.repeat(np.array(pitches, np.int16), 4)
    return from_pitches(
        np.stack([soprano, *[np.full_like(soprano, REST)] * 3], axis=1), Plan(len(soprano))
    )


def test_a_range_has_the_first_of_each_of_its_notes() -> None:
    [soprano] = measure_ranges(line(67, REST, 60, 72, 67, 60, 72))
    assert (soprano.voice, soprano.lowest.onset_step, soprano.highest.onset_step) == (0, 8, 12)
    assert (soprano.lowest.pitch, soprano.middle, soprano.highest.pitch) == (60, Note(67, 0, 4), 72)


def test_the_middle_is_the_lower_one_of_two() -> None:
    [soprano] = measure_ranges(line(60, 62, 64, 65))
    assert soprano.middle.pitch == 62


def test_a_long_note_weighs_more_in_the_middle() -> None:
    [soprano] = measure_ranges(line(60, 72, 72, 72, 74))
    assert soprano.middle.pitch == 72


@given(chorales())
def test_a_voice_is_above_its_middle_for_at_most_half_its_time(chorale: Chorale) -> None:
    for each in measure_ranges(chorale):
        pitches = chorale.pitches[:, each.voice]
        sounding = pitches[pitches != REST]
        assert (each.lowest.pitch, each.highest.pitch) == (sounding.min(), sounding.max())
        assert 2 * (sounding > each.middle.pitch).sum() <= len(sounding)
        assert 2 * (sounding < each.middle.pitch).sum() < len(sounding)
        assert {each.lowest, each.middle, each.highest} <= set(notes(chorale, each.voice))


@given(chorales())
def test_notes_out_of_range_are_those_that_are_counted(chorale: Chorale) -> None:
    outside = [notes_out_of_range(chorale, voice) for voice in range(len(VOICES))]
    assert sum(map(len, outside)) == out_of_range(chorale)
    for (lowest, highest), line_notes in zip(RANGES, outside, strict=True):
        assert not any(lowest <= note.pitch <= highest for note in line_notes)


def test_a_note_is_out_of_the_range_of_its_choir() -> None:
    pitches = np.full((8, 4), REST, np.int16)
    pitches[:4, 3], pitches[4:, 3] = 53, 52  # the lowest note of an alto in SSA, and one below
    chorale = from_pitches(pitches, Plan(8))
    assert [note.pitch for note in notes_out_of_range(chorale, 3, VOICINGS["SSA"])] == [52]
    assert notes_out_of_range(chorale, 3) == []
