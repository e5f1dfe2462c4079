"""Trace the lines of a part in which, at places, fewer notes sound than the part has lines.

Two voices in unison are one note in LilyPond's MIDI files and one note head in hymnals. The single
note may also be one line's while the other rests; the file does not state which. So the lines are
traced by a shortest path through the moments at which notes start or end:

- Every note is sung by at least one line; in a unison by several.
- A line comes to a note only where the note starts: LilyPond strikes a note again where a second
  line joins it (`chorale.reading.holds` decides whether the first one holds it). So a line whose
  note ends while another one holds its own rests.
- A line may leave a unison before its note ends.
- Lines cross only where one of the two holds its note.

The path of the least cost is taken. Costs are in semitones of leaps. In Bach's chorales (train
split) a voice seldom leaps more than six semitones out of its way for a unison, and a rest of one
voice is 200 times as rare as a unison.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations, pairwise, product
from typing import NamedTuple, TypeAlias

from chorale.music import OCTAVE
from chorale.reading.parts import PartNote

REST = 17  # a line begins to rest where another one starts a note
REST_ON = 6  # a line that began to rest while another one held its note rests on as a note starts
REST_NOTE = 1  # a line rests where another one starts a note
LEAVE = 4  # a line leaves a unison early
CROSS = 6  # two lines begin to cross
WIDEST_LEAP = 2 * OCTAVE  # a wider leap costs the same
MAX_PATHS = 32  # kept at each moment


@dataclass(frozen=True)
class Moment:
    """A stretch of time in which the same notes sound.

    Attributes:
        step: its first step.
        notes: numbers of the notes that sound, from the top; of equal pitches the earliest first.
    """

    step: float
    notes: tuple[int, ...]


@dataclass(frozen=True)
class Trace:
    """The lines of a part, and the steps at which tracing had to guess.

    Attributes:
        lines: notes of each line in order of time, the highest line first.
        unisons: steps at which a line comes to a note that another line sings too.
        rests: steps at which a note starts while a line rests.
        holds: steps at which a line holds a note that is struck again for another line; found by
            `chorale.reading.holds`.
        crossings: steps at which two lines begin to cross.
    """

    lines: tuple[tuple[PartNote, ...], ...]
    unisons: tuple[float, ...] = ()
    rests: tuple[float, ...] = ()
    holds: tuple[float, ...] = ()
    crossings: tuple[float, ...] = ()


class _Place(NamedTuple):
    """The place of a line at a moment.

    Attributes:
        number: number of its note; None in a rest.
        pitch: its last pitch; None before its first.
        passed: whether it rests and another line started a note meanwhile.
    """

    number: int | None = None
    pitch: int | None = None
    passed: bool = False


_State: TypeAlias = tuple[_Place, ...]


@dataclass(frozen=True)
class _Path:
    """The cheapest path to a state."""

    cost: float
    state: _State
    before: "_Path | None"


def find_moments(notes: Sequence[PartNote]) -> Iterator[Moment]:
    """Yield the moments of a part, silent ones too: one for each step at which its notes change."""
    events: dict[float, list[int]] = {}
    for number, note in enumerate(notes):
        events.setdefault(note.start, []).append(number)
        events.setdefault(note.end, []).append(~number)
    sounding: set[int] = set()
    for step in sorted(events):
        sounding -= {~event for event in events[step] if event < 0}
        sounding |= {event for event in events[step] if event >= 0}
        order = sorted(sounding, key=lambda n: (-notes[n].pitch, notes[n].start, n))
        yield Moment(step, tuple(order))


def trace_lines(notes: Sequence[PartNote], lines: int) -> Trace:
    """Trace a number of lines through the notes of a part.

    Args:
        notes: the notes, on the grid; at no step more notes than lines.
        lines: number of lines.

    Returns:
        The lines, in which a pitch that is struck again is a new note.
    """
    moments = list(find_moments(notes))
    paths = [_Path(0, (_Place(),) * lines, None)]
    for moment in moments:
        cheapest: dict[_State, _Path] = {}
        for path in paths:
            for state, cost in _continue(path.state, moment, notes):
                found = cheapest.get(state)
                if found is None or path.cost + cost < found.cost:
                    cheapest[state] = _Path(path.cost + cost, state, path)
        paths = sorted(cheapest.values(), key=lambda path: path.cost)[:MAX_PATHS]
    return _draw(notes, moments, _list_states(paths[0]))


def _continue(
    state: _State, moment: Moment, notes: Sequence[PartNote]
) -> Iterator[tuple[_State, float]]:
    """Yield the states at a moment that may follow a state, each with its cost."""
    before = [place.number for place in state]
    starts = any(notes[number].start == moment.step for number in moment.notes)
    silent = set(before) == {None}  # a line that goes on resting after a silence begins to rest
    crossed_before = _count_crossings(before, notes)
    holding = not set(before).isdisjoint(moment.notes)
    for ranks in _arrangements(len(moment.notes), len(state), crossing=holding):
        numbers = [None if rank is None else moment.notes[rank] for rank in ranks]
        if _joins_held_note(numbers, before, moment, notes):
            continue
        crossed = _count_crossings(numbers, notes)
        if crossed and not _may_cross(numbers, before, notes):
            continue
        cost = CROSS * max(0, crossed - crossed_before)
        after = []
        moves = set()  # lines in unison that stay in unison move as one
        for number, place in zip(numbers, state, strict=True):
            if number is None:
                cost += _rest_cost(place, moment, starts, silent)
                passed = starts or (place.passed and not silent)
                after.append(_Place(None, place.pitch, passed))
                continue
            if place.number is None or (place.number, number) not in moves:
                cost += _note_cost(number, place, moment, notes)
            moves.add((place.number, number))
            after.append(_Place(number, notes[number].pitch))
        yield tuple(after), cost


def _joins_held_note(
    numbers: Sequence[int | None],
    before: Sequence[int | None],
    moment: Moment,
    notes: Sequence[PartNote],
) -> bool:
    """Check whether a line comes to a note that started earlier."""
    return any(
        number is not None and number != number_before and notes[number].start < moment.step
        for number, number_before in zip(numbers, before, strict=True)
    )


def _rest_cost(before: _Place, moment: Moment, starts: bool, silent: bool) -> int:
    """Return the cost of a rest in one line.

    Args:
        before: the line's place before.
        moment: the moment.
        starts: whether a note starts at the moment.
        silent: whether all lines rested before.
    """
    cost = LEAVE if before.number in moment.notes else 0
    if not starts:
        return cost
    if silent or before.number is not None:
        return cost + REST + REST_NOTE
    return cost + REST_NOTE + (0 if before.passed else REST_ON)


def _note_cost(number: int, before: _Place, moment: Moment, notes: Sequence[PartNote]) -> int:
    """Return the cost of a note in one line, after the line's place before."""
    if number == before.number:
        return 0
    cost = LEAVE if before.number in moment.notes else 0
    if before.pitch is None:
        return cost
    return cost + min(abs(notes[number].pitch - before.pitch), WIDEST_LEAP)


def _count_crossings(numbers: Sequence[int | None], notes: Sequence[PartNote]) -> int:
    """Count the pairs of lines of which the lower one has the higher note."""
    return sum(_crosses(one, other, notes) for one, other in combinations(numbers, 2))


def _may_cross(
    numbers: Sequence[int | None], before: Sequence[int | None], notes: Sequence[PartNote]
) -> bool:
    """Check that of every two lines that cross at least one holds its note."""
    pairs = combinations(zip(numbers, before, strict=True), 2)
    return all(
        not _crosses(one, other, notes) or one == one_before or other == other_before
        for (one, one_before), (other, other_before) in pairs
    )


def _crosses(upper: int | None, lower: int | None, notes: Sequence[PartNote]) -> bool:
    return upper is not None and lower is not None and notes[upper].pitch < notes[lower].pitch


@lru_cache(maxsize=64)
def _arrangements(sounding: int, lines: int, crossing: bool) -> tuple[tuple[int | None, ...], ...]:
    """Return every way in which lines sing all of the notes that sound, or rest.

    Args:
        sounding: number of notes; they are counted from the top.
        lines: number of lines.
        crossing: whether lines may cross.
    """
    every = set(range(sounding))
    ways = product((*range(sounding), None), repeat=lines)
    return tuple(way for way in ways if every <= set(way) and (crossing or _is_in_order(way)))


def _is_in_order(places: Sequence[int | None]) -> bool:
    """Check that no line is at a place below that of a lower line."""
    sung = [place for place in places if place is not None]
    return sung == sorted(sung)


def _list_states(last: _Path) -> list[list[int | None]]:
    """Return the numbers of each line's note: one list before the first moment, one at each."""
    states: list[list[int | None]] = []
    path: _Path | None = last
    while path is not None:
        states.append([place.number for place in path.state])
        path = path.before
    return states[::-1]


def _draw(
    notes: Sequence[PartNote], moments: Sequence[Moment], states: Sequence[list[int | None]]
) -> Trace:
    """Return the lines of a path."""
    lines: list[list[PartNote]] = [[] for _ in states[0]]
    unisons, rests, crossings = [], [], []
    for moment, (before, numbers) in zip(moments, pairwise(states), strict=True):
        coming = []  # numbers of the notes that lines come to
        for line, number, number_before in zip(lines, numbers, before, strict=True):
            if number == number_before:
                continue
            if number_before in moment.notes:  # the line leaves a unison
                line[-1] = replace(line[-1], end=moment.step)
            if number is not None:
                line.append(replace(notes[number], start=moment.step))
                coming.append(number)
        if any(numbers.count(number) > 1 for number in coming):
            unisons.append(moment.step)
        if None in numbers and any(notes[number].start == moment.step for number in coming):
            rests.append(moment.step)
        if _count_crossings(numbers, notes) > _count_crossings(before, notes):
            crossings.append(moment.step)
    return Trace(tuple(map(tuple, lines)), tuple(unisons), tuple(rests), (), tuple(crossings))
