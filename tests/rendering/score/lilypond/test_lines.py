"""Lines of source, one per measure."""

from chorale.music import Metre, Plan
from chorale.rendering.score.lilypond.lines import Line, merge_empty_bars, write_skips
from chorale.rendering.score.note_values import list_bars


def test_a_line_ends_in_a_bar_check_and_the_number_of_its_measure() -> None:
    assert str(Line(("c'4", "d'2."), 3, 3)) == "c'4 d'2. | % 3"
    assert str(Line(("c'4",), 4, 4, ends_bar=False)) == "c'4 % 4"


def test_rests_of_equal_measures_are_one_line() -> None:
    empty = [Line(("R1",), number, number) for number in (1, 2, 3)]
    other = [Line(("R2.",), 4, 4), Line(("c'1",), 5, 5), Line(("c'1",), 6, 6)]
    assert [str(line) for line in merge_empty_bars([*empty, *other])] == [
        *("R1*3 | % 1-3", "R2. | % 4", "c'1 | % 5", "c'1 | % 6")
    ]


def test_commands_stand_between_skips() -> None:
    bars = list_bars(Plan(52, Metre(3, 4), 4))
    lines = write_skips(bars, {0: "A", 20: "B", 52: "E"}, {28: "C"})
    assert [str(line) for line in lines] == [
        *("A s4 | % 0", "s2. | % 1", "s4 B s2 C | % 2", "s2. | % 3", "s2. E % 4")
    ]
