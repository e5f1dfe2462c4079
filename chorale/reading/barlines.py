"""Align the parts of a music21 score at their barlines.

music21 lays the measures of each part end to end. If a measure of one part is too short, because a
rest is missing, everything after it would start too early. Here all parts start a measure together:
- Measures of the same number are the same measure. If the numbers do not agree, the first measures
  of all parts are the same, the second, and so on.
- A measure lasts as long as in most of the parts that have notes in it (of two lengths that are
  equally frequent, the longer one), and at least until its last note ends. A rest for a whole
  measure, which programs write in pickups too, takes the length of the others.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from typing import Any

from chorale.music import STEPS_PER_QUARTER
from chorale.wording import count, list_places

_SHORT = 0.125  # quarters by which a measure is too short; less comes from rounding

# music21 publishes no types: its objects are Any here.


@dataclass(frozen=True)
class _PartMeasure:
    """A measure of one part.

    Attributes:
        part: the music21.stream.Part.
        measure: the music21.stream.Measure.
        length: quarters to the part's next measure; None for the part's last measure.
    """

    part: Any
    measure: Any
    length: float | None


def align_barlines(score: Any) -> tuple[str, ...]:
    """Align the parts of a music21.stream.Score at their barlines, in place.

    Returns:
        A notice of the measures with notes that were too short; none if there are none.
    """
    parts = list(score.parts)
    start = 0.0
    short: list[str] = []
    for together in _match_measures([_list_measures(part) for part in parts]):
        for each in together:
            if each.part.elementOffset(each.measure) != start:
                each.part.setElementOffset(each.measure, start)
        length = _find_length(together)
        short += [
            f"bar {each.measure.measureNumberWithSuffix()} of {each.part.partName or 'a part'}"
            for each in together
            if each.length is not None
            and each.length < length - _SHORT
            and _find_last_end(each.measure) > 0
        ]
        start += length
    for part in parts:
        part.coreElementsChanged()
    if not short:
        return ()
    short = list(dict.fromkeys(short))  # two staves of one part have the same measures
    return (f"{count(len(short), 'bar')} too short, filled with rests ({list_places(short)})",)


def list_barlines(score: Any) -> dict[str, list[float]]:
    """Return the starts of the measures of each staff, and the end of the last one, in steps.

    The staves are named by `find_staff_id`.
    """
    barlines = {}
    last_end = max((float(part.highestTime) for part in score.parts), default=0.0)
    for part in score.parts:
        measures = list(part.getElementsByClass("Measure"))
        starts = [float(part.elementOffset(measure)) for measure in measures]
        times = [*starts, max(last_end, *starts)] if starts else []
        barlines[find_staff_id(part)] = [time * STEPS_PER_QUARTER for time in times]
    return barlines


def find_staff_id(part: Any) -> str:
    """Return the id of a part in the file, and the number of its staff, such as "P1-Staff2"."""
    return str(part.groups[-1]) if part.groups else ""


def _list_measures(part: Any) -> list[_PartMeasure]:
    measures = list(part.getElementsByClass("Measure"))
    starts = [part.elementOffset(measure) for measure in measures]
    lengths = [after - start for start, after in pairwise(starts)]
    return [
        _PartMeasure(part, measure, length)
        for measure, length in zip_longest(measures, lengths)  # the last has no length
    ]


def _match_measures(parts: Sequence[list[_PartMeasure]]) -> list[list[_PartMeasure]]:
    """Return the measures of the parts that sound together, in order of time."""
    longest = max(parts, key=len, default=[])
    places = {name: place for place, name in enumerate(map(_name, longest))}
    rows: list[list[_PartMeasure]] = [[] for _ in longest]
    for measures in parts:
        found = [places.get(name, -1) for name in map(_name, measures)]
        agree = len(places) == len(longest) and all(a < b for a, b in pairwise([-1, *found]))
        for place, measure in zip(found if agree else range(len(measures)), measures, strict=True):
            rows[place].append(measure)
    return rows


def _name(each: _PartMeasure) -> str:
    return str(each.measure.measureNumberWithSuffix())


def _find_length(together: Sequence[_PartMeasure]) -> float:
    """Return the length of a measure in quarters, from the parts that have a measure after it."""
    lengths = {each.measure: each.length for each in together if each.length is not None}
    if len(set(lengths.values())) <= 1:
        return max(lengths.values(), default=0.0)
    ends = {measure: min(_find_last_end(measure), length) for measure, length in lengths.items()}
    votes = Counter(lengths[measure] for measure, end in ends.items() if end > 0)
    votes = votes or Counter(lengths.values())
    return max(*ends.values(), max(votes, key=lambda length: (votes[length], length)))


def _find_last_end(measure: Any) -> float:
    """Return the end of the last note in a measure, in quarters; 0 if it has only rests."""
    notes = measure.flatten().notes
    return float(max((note.offset + note.quarterLength for note in notes), default=0.0))
