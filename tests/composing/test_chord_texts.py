"""Lines of chords: parsing, and places in measures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chorale.composing.chord_texts import parse_chords, place_chords, place_phrase_ends
from chorale.errors import OptionError
from chorale.music import Key, Metre

COMMON = Metre(4, 4)


def placed(
    text: str, metre: Metre = COMMON, pickup: int = 0, length: int | None = None
) -> list[tuple[str, int, int]]:
    chords = place_chords(parse_chords(text), metre, pickup, length)
    return [(one.chord.text, one.start, one.end) for one in chords]


def test_without_bar_lines_a_chord_lasts_a_beat_or_its_length_in_quarters() -> None:
    assert placed("C G7 Am F:2 C:0.5") == [
        ("C", 0, 4), ("G7", 4, 8), ("Am", 8, 12), ("F", 12, 20), ("C", 20, 22),
    ]  # fmt: skip
    assert placed("C G", Metre(2, 2)) == [("C", 0, 8), ("G", 8, 16)]


def test_between_bar_lines_chords_share_the_measure_or_what_lengths_leave_of_it() -> None:
    assert placed("C | F G | C:1 F G:2") == [
        ("C", 0, 16), ("F", 16, 24), ("G", 24, 32), ("C", 32, 36), ("F", 36, 40), ("G", 40, 48),
    ]  # fmt: skip


def test_a_pickup_stands_before_the_first_bar_line_or_is_left_open() -> None:
    assert placed("G | C | F", pickup=4) == [("G", 0, 4), ("C", 4, 20), ("F", 20, 32)]
    assert placed("| C | F", pickup=4) == [("C", 4, 20), ("F", 20, 32)]


def test_the_last_measure_ends_with_the_music() -> None:
    assert placed("C | F G", length=24) == [("C", 0, 16), ("F", 16, 20), ("G", 20, 24)]
    assert placed("C:4 F:4", length=24) == [("C", 0, 16), ("F", 16, 24)]


def test_double_bar_lines_end_phrases_as_the_last_chord_does() -> None:
    text = parse_chords("I V || I IV | V I")
    ends = place_phrase_ends(text, place_chords(text, COMMON, 0))
    assert [one.chord.text for one in ends] == ["V", "I"]
    assert [one.end for one in ends] == [16, 48]


def test_numerals_and_symbols_may_stand_together_and_nc_leaves_the_harmony_open() -> None:
    chords = place_chords(parse_chords("I G7/B N.C. bVII"), COMMON, 0)
    spans = [one.require(Key.parse("C")) for one in chords]
    assert [span and span.chord.bass for span in spans] == [0, 11, None, 10]
    assert [span.chord.name for span in spans if span] == ["I", "G7/B", "bVII"]


def test_the_seventh_of_a_numeral_is_that_of_the_mode() -> None:
    [four] = place_chords(parse_chords("IV7", Key.parse("C")), COMMON, 0)
    span = four.require(Key.parse("C"))
    assert span
    assert span.chord.tones == {5, 9, 0, 4}


@given(st.lists(st.sampled_from(["C", "Am", "I", "V65", "N.C."]), min_size=1, max_size=8))
def test_chords_follow_one_another_without_gaps(names: list[str]) -> None:
    chords = placed(" ".join(names))
    assert [name for name, *_ in chords] == names
    assert [start for _, start, _ in chords] == [4 * number for number in range(len(names))]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no chords in ''"),
        ("| |", "no chords"),
        ("C | | F", "a bar without a chord"),
        ("X", "'X' is neither a chord symbol nor a numeral; give chords such as"),
        ("C:0", "'C:0' has no length in quarters"),
        ("C:0.3", "whole number of sixteenths"),
        ("C:nan", "no length"),
        ("C:inf", "no length"),
        ("C:2 | F", "the chords of bar 1 last 2 quarters and the bar 4 quarters"),
        ("C:5 | F", "the chords of bar 1 last 5 quarters"),
        ("C D E F G A Bb | F", "7 chords cannot share 4 quarters of bar 1"),
    ],
)
def test_wrong_lines_are_refused_with_what_to_do(text: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        placed(text)


def test_chords_after_the_last_note_are_refused() -> None:
    with pytest.raises(OptionError, match="G would begin after its last note"):
        placed("C F G", length=8)
