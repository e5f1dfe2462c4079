"""How one voice moves: the intervals that are hard to sing.

A melodic interval lies between two notes of a voice of which the second follows at once and in the
same phrase. An interval is augmented if it is written so: C to D sharp, not C to E flat. The
chromatic semitone (C to C sharp) is no leap and not counted.
"""

from collections.abc import Iterator

import numpy as np

from chorale.analysis import OCTAVE
from chorale.checking.context import CheckContext, Count, Finding
from chorale.music.spelling import Spelling

LETTERS = "CDEFGAB"
# Semitones of the major and perfect intervals, by steps of the staff from the unison.
WIDEST = (0, 2, 4, 5, 7, 9, 11)
SEVENTHS = (10, 11)  # semitones


def counts(context: CheckContext) -> Iterator[Count]:
    """What the rules of this room find."""
    intervals = 0
    found: dict[str, list[Finding]] = {
        "augmented leap": [],
        "leap of a seventh": [],
        "wide leap": [],
    }
    for voice in context.voices:
        line = context.lines[voice]
        joined = (line.ends[:-1] == line.onsets[1:]) & (
            context.phrases[line.ends[:-1] - 1] == context.phrases[line.onsets[1:]]
        )
        intervals += int(joined.sum())
        sizes = np.abs(np.diff(line.pitches))
        for note in np.flatnonzero(joined & (sizes > 2)).tolist():
            step = int(line.onsets[note + 1])
            if rule := _rule(context, voice, step, int(sizes[note])):
                found[rule].append(context.finding(rule, step, {voice: (step - 1, step)}))
    for rule, findings in found.items():
        yield Count(rule, intervals, sorted(findings, key=lambda one: one.step))


def _rule(context: CheckContext, voice: int, step: int, size: int) -> str | None:
    """The rule that a leap of so many semitones to a step goes against."""
    if size > OCTAVE:
        return "wide leap"
    before, after = context.spelling(voice, step - 1), context.spelling(voice, step)
    if before and after and is_augmented(before, after):
        return "augmented leap"
    return "leap of a seventh" if size in SEVENTHS else None


def is_augmented(one: Spelling, other: Spelling) -> bool:
    """Whether two notes are an augmented interval apart, the unison left out."""
    places = [7 * note.octave + LETTERS.index(note.letter) for note in (one, other)]
    heights = [
        OCTAVE * note.octave + WIDEST[LETTERS.index(note.letter)] + note.alter
        for note in (one, other)
    ]
    steps = abs(places[1] - places[0])
    octaves, generic = divmod(steps, 7)
    return steps > 0 and abs(heights[1] - heights[0]) > OCTAVE * octaves + WIDEST[generic]
