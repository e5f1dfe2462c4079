"""Lines traced through notes, some of which are several lines'."""

import pytest

from chorale.reading.parts import PartNote
from chorale.reading.tracing import Trace, find_moments, trace_lines

Timed = tuple[int, int, int]  # start, end, pitch


def trace(*timed: Timed, lines: int = 2) -> Trace:
    return trace_lines([PartNote(*note) for note in timed], lines)


def lines_of(found: Trace) -> list[list[Timed]]:
    return [[(int(note.start), int(note.end), note.pitch) for note in line] for line in found.lines]


def test_a_single_note_is_a_unison_of_both_lines() -> None:
    found = trace((0, 4, 67), (0, 4, 62), (4, 8, 64), (8, 12, 67), (8, 12, 62))
    assert lines_of(found) == [
        [(0, 4, 67), (4, 8, 64), (8, 12, 67)],
        [(0, 4, 62), (4, 8, 64), (8, 12, 62)],
    ]
    assert (found.unisons, found.rests) == ((4,), ())


@pytest.mark.parametrize(("pitch", "line"), [(76, 0), (50, 1)], ids=["upper", "lower"])
def test_a_single_note_too_far_for_a_unison_is_one_line_s_while_the_other_rests(
    pitch: int, line: int
) -> None:
    high, low = (76, 62) if line == 0 else (67, 50)
    found = trace((0, 4, high), (0, 4, low), (4, 8, pitch), (8, 12, high), (8, 12, low))
    assert (4, 8, pitch) in lines_of(found)[line]
    assert [start for start, _, _ in lines_of(found)[1 - line]] == [0, 8]
    assert (found.unisons, found.rests) == ((), (4,))


def test_a_line_whose_note_ends_rests_while_the_other_holds() -> None:
    found = trace((0, 8, 67), (0, 4, 62), (8, 12, 67), (8, 12, 62))
    assert lines_of(found) == [[(0, 8, 67), (8, 12, 67)], [(0, 4, 62), (8, 12, 62)]]
    assert found == Trace(found.lines)  # the file has the rest


def test_a_line_leaves_a_unison_before_the_note_ends() -> None:
    found = trace((0, 4, 67), (0, 4, 62), (4, 12, 65), (8, 12, 62), (12, 16, 67), (12, 16, 62))
    assert lines_of(found) == [
        [(0, 4, 67), (4, 12, 65), (12, 16, 67)],
        [(0, 4, 62), (4, 8, 65), (8, 12, 62), (12, 16, 62)],
    ]
    assert found.unisons == (4,)


def test_a_line_rests_even_a_step_from_the_note_that_another_one_holds() -> None:
    found = trace((0, 8, 65), (0, 4, 64), (8, 12, 67), (8, 12, 64))
    assert lines_of(found)[1] == [(0, 4, 64), (8, 12, 64)]
    assert found == Trace(found.lines)


def test_after_a_rest_beside_a_held_note_a_line_comes_to_a_unison_that_is_near() -> None:
    start = (0, 8, 67), (0, 4, 62)
    for pitch, expected in ((65, [0, 8, 12]), (76, [0, 12])):
        found = trace(*start, (8, 12, pitch), (12, 16, 67), (12, 16, 62))
        assert [note[0] for note in lines_of(found)[1]] == expected


def test_a_line_rests_on_through_several_notes_that_are_far() -> None:
    found = trace((0, 8, 76), (0, 4, 60), *((t, t + 2, 77) for t in range(8, 16, 2)), (16, 20, 60))
    assert [note[0] for note in lines_of(found)[1]] == [0, 16]


def test_a_line_that_comes_to_a_held_note_strikes_it_again() -> None:
    found = trace((0, 4, 65), (0, 4, 64), (4, 8, 65), (8, 12, 67), (8, 12, 64))
    assert lines_of(found)[1] == [(0, 4, 64), (4, 8, 65), (8, 12, 64)]
    assert found.unisons == (4,)


def test_a_unison_refrain_is_sung_by_both_lines() -> None:
    tune = [(4 * n, 4 * n + 4, pitch) for n, pitch in enumerate((67, 72, 65, 74, 60, 67), start=1)]
    found = trace((0, 4, 67), (0, 4, 62), *tune, (28, 32, 67), (28, 32, 62))
    assert lines_of(found) == [
        [(0, 4, 67), *tune, (28, 32, 67)],
        [(0, 4, 62), *tune, (28, 32, 62)],
    ]
    assert len(found.unisons) == len(tune)


def test_a_held_note_keeps_its_line_where_another_crosses_it() -> None:
    found = trace((0, 8, 67), (0, 4, 62), (4, 8, 69), (8, 12, 67), (8, 12, 62))
    assert lines_of(found)[0] == [(0, 8, 67), (8, 12, 67)]
    assert found.crossings == (4,)


def test_notes_that_start_together_do_not_cross() -> None:
    found = trace((0, 4, 72), (0, 4, 60), (4, 8, 60), (4, 8, 72), (8, 12, 64))
    assert lines_of(found)[0][:2] == [(0, 4, 72), (4, 8, 72)]


def test_of_four_lines_those_in_unison_are_the_nearest() -> None:
    chords = [(0, (72, 67, 64, 48)), (4, (72, 65, 52)), (8, (72, 67, 64, 48))]
    found = trace(*((t, t + 4, pitch) for t, chord in chords for pitch in chord), lines=4)
    assert [line[1].pitch for line in found.lines] == [72, 65, 65, 52]


def test_moments_are_the_changes_of_the_sounding_notes_silence_too() -> None:
    notes = [PartNote(0, 4, 60), PartNote(0, 2, 64), PartNote(6, 8, 62)]
    found = [(moment.step, moment.notes) for moment in find_moments(notes)]
    assert found == [(0, (1, 0)), (2, (0,)), (4, ()), (6, (2,)), (8, ())]
