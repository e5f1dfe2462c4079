"""Notes as timed by programs and players, put on the grid."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chorale.reading.grid import EXACT, QuantizedPart, quantize
from chorale.reading.parts import Part, PartNote

Timed = tuple[float, float, int]  # start, end, pitch

GRACE = 43 / 96  # LilyPond's, in steps, before the beat
THIRTY_SECOND = 0.5


def quantized(*notes: Timed) -> QuantizedPart:
    return quantize(Part("", tuple(PartNote(*note) for note in notes)))


def timed(found: QuantizedPart) -> list[Timed]:
    return [(note.start, note.end, note.pitch) for note in found.part.notes]


def notes_in_a_row(start: float, each: float, *pitches: int) -> list[Timed]:
    """Return notes of the same length, one after another."""
    return [
        (start + number * each, start + (number + 1) * each, pitch)
        for number, pitch in enumerate(pitches)
    ]


@st.composite
def on_steps(draw: st.DrawFn) -> list[Timed]:
    """Draw notes, chords and overlaps of whole steps, in any order."""
    drawn = draw(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12), st.integers(36, 84))))
    return [(start, start + length, pitch) for start, length, pitch in drawn]


@st.composite
def played(draw: st.DrawFn, shortest: int, farthest: float) -> tuple[list[Timed], list[Timed]]:
    """Draw a line on the grid, and as played: off the beat, and held into the next note."""
    lengths = draw(st.lists(st.integers(shortest, 8), min_size=1, max_size=12))
    bounds = [4 + sum(lengths[:place]) for place in range(len(lengths) + 1)]
    off = st.floats(-farthest, farthest, allow_nan=False)
    starts = [bound + draw(off) for bound in bounds[:-1]]
    ends = [start + draw(st.floats(0, 0.9)) for start in starts[1:]] + [float(bounds[-1])]
    pitches = [draw(st.integers(36, 84)) for _ in lengths]
    line: list[Timed] = list(zip(bounds[:-1], bounds[1:], pitches, strict=True))
    return line, list(zip(starts, ends, pitches, strict=True))


@settings(deadline=None)
@given(on_steps())
def test_notes_on_the_grid_do_not_change(notes: list[Timed]) -> None:
    found = quantized(*notes)
    assert sorted(timed(found)) == sorted(notes)
    assert (found.shifts, found.off_grid, found.part.ornaments) == ((), (), 0)


# Sixteenths played farther off can be as short as grace notes.
@pytest.mark.parametrize(("shortest", "farthest"), [(1, 0.14), (2, 0.24)])
@settings(deadline=None)
@given(data=st.data())
def test_jitter_below_the_tolerance_is_removed_and_reported(
    data: st.DataObject, shortest: int, farthest: float
) -> None:
    line, notes = data.draw(played(shortest, farthest))
    found = quantized(*notes)
    assert timed(found) == line
    off = [abs(start - step) for (start, *_), (step, *_) in zip(notes, line, strict=True)]
    assert found.shifts == tuple(distance for distance in off if distance > EXACT)
    assert (found.off_grid, found.part.ornaments) == ((), 0)


@settings(deadline=None)
@given(on_steps(), st.floats(0.26, 0.49))
def test_notes_between_the_steps_are_reported_and_go_to_the_nearest(
    notes: list[Timed], off: float
) -> None:
    found = quantized(*((start + off, end + off, pitch) for start, end, pitch in notes))
    assert sorted(found.off_grid) == sorted(start + off for start, *_ in notes)
    assert sorted(start for start, *_ in timed(found)) == sorted(start for start, *_ in notes)


@pytest.mark.parametrize(
    ("end", "next_start", "step"),
    [
        (4 - 1 / 120, 4, 4),  # a tick early
        (3.8, 4, 4),  # 95 % of a quarter
        (15.2, 16, 16),  # and of a whole note
        (7.0, 8, 7),  # on a step: kept
        (7.03, 8, 7),  # and so is one that coarse ticks have moved
        (2.0, 4, 2),  # staccato
        (3.3, 4, 4),
        (2.6, 4, 3),  # too early to move to the next note
        (6.6, 16, 7),
        (11.6, 16, 12),
        (4.6, 4, 4),  # slurred
        (0.5, 1, 1),
        (0.5, 4, 1),  # no note lasts less than a step
    ],
)
def test_an_end_between_the_steps_moves_to_the_next_note_if_that_is_near(
    end: float, next_start: int, step: int
) -> None:
    found = quantized((0, end, 60), (next_start, next_start + 4, 62))
    assert timed(found)[0] == (0, step, 60)


@pytest.mark.parametrize(("end", "step"), [(3.8, 4), (15.2, 16), (13.4, 16), (2.0, 2), (4.6, 5)])
def test_the_last_end_moves_to_the_next_beat_if_that_is_near(end: float, step: int) -> None:
    assert timed(quantized((0, end, 60))) == [(0, step, 60)]


@pytest.mark.parametrize(
    "graces",
    [
        [(4 - GRACE, 4, 74)],
        [(4, 4.4, 74)],  # on the beat: the note starts late
        [(4 - 2 * GRACE, 4 - GRACE, 74), (4 - GRACE, 4, 76)],
        [(4, 4.3, 74), (4.3, 4.6, 76)],
    ],
    ids=["before the beat", "on the beat", "two before it", "two on it"],
)
def test_the_note_after_grace_notes_starts_in_their_place(graces: list[Timed]) -> None:
    main = max(4.0, graces[-1][1])
    found = quantized((0, graces[0][0], 71), *graces, (main, 8, 72))
    assert timed(found) == [(0, 4, 71), (4, 8, 72)]
    assert (found.part.ornaments, found.off_grid) == (1, ())


@pytest.mark.parametrize(
    "notes",
    [
        notes_in_a_row(4, THIRTY_SECOND, *[72, 74] * 4),
        notes_in_a_row(4, 0.25, *[74, 72] * 8),
        notes_in_a_row(4, THIRTY_SECOND, *[73, 72] * 4),
    ],
    ids=["from the main note", "from the upper note", "a semitone"],
)
def test_a_trill_becomes_its_lower_note(notes: list[Timed]) -> None:
    found = quantized((0, 4, 71), *notes, (8, 12, 71))
    assert timed(found) == [(0, 4, 71), (4, 8, 72), (8, 12, 71)]
    assert (found.part.ornaments, found.off_grid) == (1, ())


@pytest.mark.parametrize(
    "pitches", [(72, 74, 76, 77), (72, 75, 72, 75), (72, 72, 72, 72)], ids=["run", "wide", "same"]
)
def test_other_thirty_second_notes_do_not_fit_the_grid(pitches: tuple[int, ...]) -> None:
    found = quantized(*notes_in_a_row(0, THIRTY_SECOND, *pitches), (2, 4, 72))
    assert found.off_grid == (0.5, 1.5)
    assert found.part.ornaments == 0


def test_a_short_note_before_silence_is_not_an_ornament() -> None:
    found = quantized((0, 0.4, 60), (4, 8, 62))
    assert timed(found) == [(0, 1, 60), (4, 8, 62)]
    assert found.part.ornaments == 0


def test_played_ornaments_are_added_to_those_written_as_signs() -> None:
    notes = (PartNote(0, 0.4, 62), PartNote(0.4, 4, 60))
    assert quantize(Part("", notes, ornaments=2)).part.ornaments == 3


def test_a_long_note_under_moving_ones_lasts_to_the_note_after_it() -> None:
    found = quantized((0, 7.6, 72), (0, 15.2, 60), (8, 15.6, 74), (16, 20, 70))
    assert timed(found) == [(0, 8, 72), (0, 16, 60), (8, 16, 74), (16, 20, 70)]


def test_a_sixteenth_played_short_at_a_step_of_its_own_is_not_an_ornament() -> None:
    assert timed(quantized((0.2, 0.75, 60), (0.85, 2, 62))) == [(0, 1, 60), (1, 2, 62)]


def test_all_notes_of_a_chord_start_where_their_grace_note_did() -> None:
    found = quantized((0, 0.417, 74), (0.425, 4, 72), (0.425, 4, 67))
    assert timed(found) == [(0, 4, 72), (0, 4, 67)]


def test_a_note_of_a_triplet_is_not_a_grace_note() -> None:
    assert quantized((0, 4 / 3, 60), (4 / 3, 2, 62), (2, 4, 64)).off_grid == (4 / 3,)


@pytest.mark.parametrize(
    "notes",
    [
        [(0, 2.6, 60), (4, 8, 62)],
        [(0, 15.2, 60), (16, 20, 62)],
        [(0, 4.6, 60), (4, 8, 62)],
        [(0, 5, 60), (4, 8, 62)],
    ],
    ids=["too early", "near", "slurred", "overlapping"],
)
def test_moved_ends_do_not_depend_on_the_position_in_the_piece(notes: list[Timed]) -> None:
    later = [(start + 64, end + 64, pitch) for start, end, pitch in notes]
    at_once = [(start + 64, end + 64, pitch) for start, end, pitch in timed(quantized(*notes))]
    assert timed(quantized(*later)) == at_once


def test_a_note_that_overlaps_the_next_by_a_step_still_sounds() -> None:
    assert timed(quantized((0, 5, 60), (4, 8, 62)))[0] == (0, 5, 60)


def test_a_note_a_quarter_of_a_step_off_is_shifted() -> None:
    found = quantized((0, 4, 60), (4.25, 8, 62))
    assert (found.shifts, found.off_grid) == ((0.25,), ())


def test_four_notes_are_a_trill_that_ends_with_the_last_of_them() -> None:
    assert timed(
        quantized((0, 4, 71), *notes_in_a_row(4, THIRTY_SECOND, 72, 74, 72, 74), (6, 8, 71))
    )[1] == (
        4,
        6,
        72,
    )
    assert timed(quantized(*notes_in_a_row(4, 0.59, 72, 74, 72, 74, 72))) == [(4, 7, 72)]


def test_every_ornament_is_counted() -> None:
    trill = notes_in_a_row(4, THIRTY_SECOND, *[72, 74] * 4)
    again = [(start + 8, end + 8, pitch) for start, end, pitch in trill]
    assert quantized(*trill, (8, 12, 71), *again, (20, 24, 71)).part.ornaments == 2
    graces = [(3.6, 4, 74), (4, 8, 72), (7.6, 8, 76), (8, 12, 74)]
    assert quantized((0, 3.6, 71), *graces[:1], (4, 7.6, 72), *graces[2:]).part.ornaments == 2


def test_a_grace_note_on_the_beat_may_be_very_short() -> None:
    found = quantized((4, 4.2, 74), (4.2, 8, 72))
    assert (timed(found), found.part.ornaments) == ([(4, 8, 72)], 1)


def test_short_notes_that_fill_a_step_are_not_grace_notes() -> None:
    found = quantized(*notes_in_a_row(0, THIRTY_SECOND, 72, 74), (1, 4, 76))
    assert (found.off_grid, found.part.ornaments) == ((0.5,), 0)


def test_short_notes_before_silence_are_not_grace_notes() -> None:
    assert quantized((0, 0.3, 72), (0.3, 0.6, 74), (4, 8, 76)).part.ornaments == 0


def test_moved_ends_are_counted() -> None:
    assert quantized((0, 3.8, 60), (4, 8, 62), (8, 11.7, 64), (12, 16, 65)).moved_ends == 2
