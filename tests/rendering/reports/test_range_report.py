"""The ranges of voices in words."""

import numpy as np

from chorale.music import REST, Chorale, Key, Metre, Plan, from_pitches
from chorale.music.voicings import VOICINGS
from chorale.rendering.reports.range_report import (
    COLUMNS,
    describe_notes_out_of_range,
    tabulate_ranges,
)


def two_bars() -> Chorale:
    """A soprano and a bass in C minor, a half note each, two bars of 4/4."""
    soprano = np.repeat(np.array([63, 68, 81, 82], np.int16), 8)
    bass = np.repeat(np.array([39, 48, 43, 36], np.int16), 8)
    silent = np.full_like(soprano, REST)
    pitches = np.stack([soprano, silent, silent, bass], axis=1)
    return from_pitches(pitches, Plan(32, Metre(4, 4), 0, Key.parse("C minor")))


def test_a_row_has_names_in_the_key_and_places() -> None:
    rows = tabulate_ranges(two_bars(), 0, 32)
    assert rows == [
        ("soprano", "Eb4 (bar 1, beat 1)", "Ab4", "Bb5 (bar 2, beat 3)", "C4 to G5"),
        ("bass", "C2 (bar 2, beat 3)", "Eb2", "C3 (bar 1, beat 3)", "E2 to D4"),
    ]
    assert all(len(row) == len(COLUMNS) for row in rows)


def test_an_excerpt_has_the_places_of_the_whole() -> None:
    [soprano, _] = tabulate_ranges(two_bars(), 16, 32)
    assert soprano[1:4] == ("A5 (bar 2, beat 1)", "A5", "Bb5 (bar 2, beat 3)")


def test_notes_out_of_range_have_a_line_for_each_voice_and_side() -> None:
    assert describe_notes_out_of_range(two_bars()) == [
        "2 notes of the soprano above its usual range (C4 to G5), the highest Bb5 in bar 2, beat 3",
        "2 notes of the bass below its usual range (E2 to D4), the lowest C2 in bar 2, beat 3",
    ]


def test_rows_and_lines_have_the_names_and_ranges_of_the_choir() -> None:
    rows = tabulate_ranges(two_bars(), 0, 32, VOICINGS["TTBB"])
    assert [(row[0], row[4]) for row in rows] == [
        ("tenor 1", "C3 to A4"),
        ("bass 2", "E2 to D4"),
    ]
    first = describe_notes_out_of_range(two_bars(), VOICINGS["TTBB"])[0]
    assert first == (
        "2 notes of tenor 1 above its usual range (C3 to A4), the highest Bb5 in bar 2, beat 3"
    )
