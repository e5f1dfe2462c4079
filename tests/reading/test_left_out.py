"""Elements that are only counted."""

import pytest
from scores import element

from chorale.reading.elements import ELEMENTS_OF_NOTES, MAX_COUNTS
from chorale.reading.left_out import (
    COUNTED_ELEMENTS,
    count_credits,
    describe_left_out,
    list_left_out,
)


@pytest.mark.parametrize(
    ("inside", "nouns"),
    [
        ("<slur type='start'/><slur type='stop'/>", ["slur"]),
        ("<accent/><staccato/>", ["articulation", "articulation"]),
        ("<tremolo type='start'/><tremolo type='stop'/><tremolo type='single'/>", ["tremolo"]),
        ("<arpeggiate/>", ["arpeggio"]),
        ("<chord/><arpeggiate/><fingering>1</fingering>", ["fingering"]),
        ("<octave-shift type='down'/><octave-shift type='stop'/>", ["octave line"]),
        ("<pitch/><fermata/><tied type='start'/>", []),
    ],
)
def test_lines_are_counted_where_they_begin_and_arpeggios_once(
    inside: str, nouns: list[str]
) -> None:
    assert list_left_out(element(f"<note>{inside}</note>")) == nouns


def test_counts_of_one_kind_are_added() -> None:
    counted = [("slur", 2), ("articulation", 1), ("slur", 1), ("syllable", 0)]
    assert describe_left_out(counted) == "3 slurs and 1 articulation left out"
    assert describe_left_out([("slur", 0)]) == ""


def test_names_in_the_head_are_counted_unless_they_are_kept_or_empty() -> None:
    head = (
        "<creator type='composer'>A</creator><creator type='Lyricist'>B</creator>"
        "<creator type='arranger'>C</creator><creator type='poet'> </creator><creator>D</creator>"
        "<rights>E</rights><rights/>"
    )
    score = element(f"<score-partwise><identification>{head}</identification></score-partwise>")
    counted = list(count_credits(score))
    assert counted == [("lyricist", 1), ("arranger", 1), ("copyright notice", 1)]


def test_counted_elements_are_read_but_not_as_notes() -> None:
    assert MAX_COUNTS.keys() >= set(COUNTED_ELEMENTS)
    assert ELEMENTS_OF_NOTES.isdisjoint(COUNTED_ELEMENTS)
