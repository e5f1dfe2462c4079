"""Held and repeated notes where two lines meet in a unison."""

import pytest

from chorale.music import Metre
from chorale.reading.facts import Facts
from chorale.reading.holds import FEWEST_HELD, HELD_PER_REPEATED, join_holds
from chorale.reading.parts import PartNote
from chorale.reading.tracing import Trace

Timed = tuple[int, int, int]  # start, end, pitch


def join(upper: list[Timed], lower: list[Timed], unisons: tuple[int, ...], facts: Facts) -> Trace:
    lines = tuple(tuple(PartNote(*note) for note in line) for line in (upper, lower))
    return join_holds(Trace(lines, unisons), facts)


def upper_of(trace: Trace) -> list[Timed]:
    return [(int(note.start), int(note.end), note.pitch) for note in trace.lines[0]]


UPPER, LOWER = [(0, 2, 65), (2, 4, 65), (4, 8, 67)], [(0, 2, 64), (2, 4, 65), (4, 8, 64)]


@pytest.mark.parametrize(
    ("facts", "held"),
    [
        (Facts(), True),
        (Facts(Metre(4, 4), 4), True),
        (Facts(Metre(4, 4), 2), False),  # the pulse falls on step 2
        (Facts(Metre(6, 8)), False),
    ],
)
def test_a_pitch_struck_again_for_another_line_is_held_off_the_pulse(
    facts: Facts, held: bool
) -> None:
    found = join(UPPER, LOWER, (2,), facts)
    assert upper_of(found) == ([(0, 4, 65), UPPER[2]] if held else UPPER)
    assert found.holds == ((2,) if held else ())
    assert [len(line) for line in found.lines] == [2 if held else 3, 3]


def test_a_unison_that_both_lines_repeat_is_no_hold() -> None:
    found = join(UPPER, UPPER, (0, 2, 4), Facts())
    assert (upper_of(found), found.holds) == (UPPER, ())


def test_a_note_repeated_while_the_other_line_sings_another_is_no_hold() -> None:
    assert join(UPPER, [(0, 4, 60), (4, 8, 60)], (), Facts()).holds == ()


@pytest.mark.parametrize("repeated", [0, 1, 2])
@pytest.mark.parametrize("missing", [0, 1])
def test_on_the_pulse_a_part_holds_notes_if_it_holds_many_more_than_it_repeats(
    repeated: int, missing: int
) -> None:
    held = FEWEST_HELD + HELD_PER_REPEATED * repeated - missing
    upper = [(0, 4, 65), (4, 8, 65)] + [(8 + 4 * n, 12 + 4 * n, 70) for n in range(repeated + 1)]
    lower = [(0, 4, 64), (4, 8, 65)] + [
        (8 + 4 * n, 12 + 4 * n, 60 - n) for n in range(repeated + 1)
    ]
    end = 12 + 4 * repeated
    upper.append((end, end + 4 * (held + 1), 72))
    lower += [(end + 4 * n, end + 4 * n + 4, 55 + n % 2) for n in range(held + 1)]
    found = join(upper, lower, (4,), Facts(Metre(4, 4)))
    assert found.holds == (() if missing else (4,))
    assert upper_of(found)[:1] == ([(0, 4, 65)] if missing else [(0, 8, 65)])


def test_notes_held_or_repeated_by_all_lines_are_no_evidence() -> None:
    upper = [(0, 8, 65), (8, 16, 65), *((start, start + 8, 72) for start in range(16, 160, 8))]
    lower = [(0, 8, 64), (8, 16, 65), *((start, start + 8, 60) for start in range(16, 160, 8))]
    assert join(upper, lower, (8,), Facts(Metre(4, 2))).holds == ()
