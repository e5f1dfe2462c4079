"""Counts of scripts/measure/voicings.py."""

import numpy as np
import pytest
from voicings import count_beats, count_notes, strong_beats

from chorale.music import REST, Chorale, Metre, Plan, from_pitches
from chorale.music.voicings import SATB, VOICINGS

CHORDS = {
    "complete": (72, 64, 55, 48),
    "without a fifth": (72, 64, 60, 48),
    "seventh without a fifth": (71, 65, 55, 43),
    "bare": (72, 67, 60, 48),
    "suspended": (72, 67, 62, 55),
}


def one_bar(chord: tuple[int, ...]) -> Chorale:
    return from_pitches(np.array([chord] * 16, np.int16), Plan(16, Metre(4, 4)))


@pytest.mark.parametrize(
    ("name", "complete", "third"),
    [
        ("complete", 1, 1),
        ("without a fifth", 0, 1),
        ("seventh without a fifth", 1, 1),
        ("bare", 0, 0),
        ("suspended", 0, 0),
    ],
)
def test_chords_on_strong_beats_are_counted(name: str, complete: int, third: int) -> None:
    chorale = one_bar(CHORDS[name])
    counts = count_beats(chorale, chorale)
    assert counts["beats"] == counts["bass"] == 2
    assert (counts["complete"], counts["third"]) == (2 * complete, 2 * third)


@pytest.mark.parametrize(
    ("metre", "beats"),
    [(Metre(4, 4), [4, 12, 20]), (Metre(3, 4), [4, 16]), (Metre(3, 2), [4])],
)
def test_strong_beats_follow_the_pickup(metre: Metre, beats: list[int]) -> None:
    chorale = from_pitches(np.full((24, 4), 60, np.int16), Plan(24, metre, 4))
    assert strong_beats(chorale) == beats


def test_notes_out_of_range_and_leaps_are_counted_by_voice() -> None:
    pitches = np.repeat(np.array([[80, REST, REST, 60], [72, REST, REST, 66]], np.int16), 4, 0)
    chorale = from_pitches(pitches, Plan(8))
    counts = count_notes(chorale, VOICINGS["SA"])
    assert (counts["tune out"], counts["others out"]) == (1, 0)
    assert (counts["intervals"], counts["leaps"], counts["dreaded"]) == (1, 1, 1)
    assert count_notes(chorale, SATB)["others out"] == 1
