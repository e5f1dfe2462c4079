"""Separate a part into lines.

A part in which several notes sound at once has as many lines as notes sound at most. If all its
chords have that number of notes, and no held note changes its rank, counted from the top of the
chord, there is a single way to separate it: by rank. Four-note chords on one staff give four lines,
as do two staves of two-note chords. If some notes are missing, as where two voices in unison are
written as one note, the lines are traced (see `tracing`). A part that misses many notes is no set
of voices, but a piano part, or a melody with a chord here and there: it is refused.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise

from chorale.music import VOICES
from chorale.reading.holds import join_holds
from chorale.reading.parts import Part, PartNote
from chorale.reading.tracing import Moment, Trace, find_moments, trace_lines
from chorale.wording import count

# Smallest share of the notes that a part of this many lines would have without rests and unisons. A
# hymn's refrain may be in unison; a piano's bass note and chord, in turn, have two thirds.
MIN_SHARE = {2: 0.6, 3: 0.85, 4: 0.85}


class AmbiguousPartError(Exception):
    """A part that cannot be separated into lines.

    Attributes:
        step: first step at which the part is ambiguous.
        problem: description of the notes at that step, such as "5 notes at once".
    """

    def __init__(self, step: float, problem: str) -> None:
        super().__init__(problem)
        self.step, self.problem = step, problem


@dataclass(frozen=True)
class Separation:
    """The lines of a part, the highest first, and the steps at which separating it had to guess.

    Attributes:
        lines: the lines, each with the name, fermatas and facts of the part.
        trace: the steps at which a unison, a rest, a hold or a crossing was assumed.
    """

    lines: tuple[Part, ...]
    trace: Trace


def separate_lines(part: Part) -> Separation:
    """Separate a part into lines, the highest first.

    A note that is written twice is a unison of two lines; in a melody it is a single note.

    Args:
        part: a part on the grid, with at least one note.

    Raises:
        AmbiguousPartError: the part has more than four lines, or misses too many notes.
    """
    without_doubles = tuple(dict.fromkeys(part.notes))
    trace = None
    if len(without_doubles) < len(part.notes):
        with suppress(AmbiguousPartError):
            trace = _separate(replace(part, notes=without_doubles))
    if trace is None or len(trace.lines) > 1:
        trace = _separate(part)
    return Separation(tuple(replace(part, notes=notes) for notes in trace.lines), trace)


def find_division(part: Part) -> AmbiguousPartError:
    """Return the error for a voice that is divided, at its first chord.

    Args:
        part: a part on the grid, of which several notes sound at once.
    """
    chord = next(moment for moment in find_moments(part.notes) if len(moment.notes) > 1)
    return AmbiguousPartError(chord.step, f"{len(chord.notes)} notes at once")


def _separate(part: Part) -> Trace:
    moments = list(find_moments(part.notes))
    most = max(len(moment.notes) for moment in moments)
    if most > len(VOICES):
        raise AmbiguousPartError(_find_step(moments, most), f"{most} notes at once")
    lines = _separate_by_rank(part.notes, moments, most)
    if lines is not None:
        return Trace(lines)
    _check_share(moments, most)
    return join_holds(trace_lines(part.notes, most), part.facts)


def _separate_by_rank(
    notes: Sequence[PartNote], moments: Sequence[Moment], most: int
) -> tuple[tuple[PartNote, ...], ...] | None:
    """Separate chords of a constant number of notes; None if it changes, or a note's rank does."""
    line_of: dict[int, int] = {}  # line, 0 the highest, by the number of the note
    for moment in moments:
        if moment.notes and len(moment.notes) < most:
            return None
        for line, number in enumerate(moment.notes):
            if line_of.setdefault(number, line) != line:
                return None
    lines: list[list[PartNote]] = [[] for _ in range(most)]
    for number, line in line_of.items():
        lines[line].append(notes[number])
    return tuple(map(tuple, lines))


def _check_share(moments: Sequence[Moment], most: int) -> None:
    """Check that a part has most of the notes that its lines would have without rests.

    Raises:
        AmbiguousPartError: it has fewer than MIN_SHARE.
    """
    length_of = dict.fromkeys(range(1, most + 1), 0.0)  # steps, by the number of notes at once
    for moment, after in pairwise(moments):
        if moment.notes:
            length_of[len(moment.notes)] += after.step - moment.step
    present = sum(number * length for number, length in length_of.items())
    if present < MIN_SHARE.get(most, 0) * most * sum(length_of.values()):
        usual = max(length_of, key=lambda number: length_of[number])
        other = most if most != usual else min(n for n, length in length_of.items() if length)
        raise AmbiguousPartError(
            _find_step(moments, other),
            f"{count(other, 'note')} where most places have {usual} at once",
        )


def _find_step(moments: Sequence[Moment], number: int) -> float:
    """Return the first step at which this number of notes sounds."""
    return next(moment.step for moment in moments if len(moment.notes) == number)
