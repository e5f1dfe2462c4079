"""Rules on the intervals of a single voice: leaps that are hard to sing.

A melodic interval lies between two successive notes of a voice in the same phrase, without a rest
between them. Whether it is augmented depends on its spelling: C to D sharp is augmented, C to E
flat is not. The chromatic semitone (C to C sharp) is not a leap and does not count as augmented.
"""

from collections.abc import Iterator

import numpy as np

from chorale.checking.context import CheckContext
from chorale.checking.findings import Finding, RuleResult
from chorale.music import OCTAVE, REST
from chorale.music.spelling import Spelling

LETTERS = "CDEFGAB"
# Semitones of the major and perfect intervals, from unison to seventh.
MAJOR_OR_PERFECT = (0, 2, 4, 5, 7, 9, 11)
SEVENTHS = (10, 11)  # minor and major, in semitones
SIXTH = 8  # semitones of the smallest leap that has to be turned back


def apply_rules(context: CheckContext) -> Iterator[RuleResult]:
    """Yield the findings of the rules on leaps."""
    intervals = leaps = 0  # numbers of melodic intervals, and of wide leaps that are followed
    unturned: list[Finding] = []
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
            if rule := _find_broken_rule(context, voice, step, int(sizes[note])):
                found[rule].append(context.make_finding(rule, step, {voice: (step - 1, step)}))
        if voice == context.voices[-1]:
            continue
        for note in np.flatnonzero(joined & (sizes >= SIXTH)).tolist():
            onset = int(line.onsets[note + 1])
            end = context.pitch_end(voice, onset)
            if end == len(context.pitches) or context.phrases[end] != context.phrases[onset]:
                continue
            if context.pitches[end, voice] == REST:
                continue
            leaps += 1
            before, here, after = (
                line.pitches[note],
                line.pitches[note + 1],
                context.pitches[end, voice],
            )
            if (here - before) * (after - here) > 0:
                rule = "leap not turned back"
                unturned.append(context.make_finding(rule, onset, {voice: (onset - 1, onset, end)}))
    for rule, findings in found.items():
        yield RuleResult(rule, intervals, sorted(findings, key=lambda finding: finding.step))
    yield RuleResult("leap not turned back", leaps, sorted(unturned, key=lambda f: f.step))


def _find_broken_rule(context: CheckContext, voice: int, step: int, size: int) -> str | None:
    """Return the rule that a leap of `size` semitones to the note at `step` breaks, if any."""
    if size > OCTAVE:
        return "wide leap"
    before, after = context.spelling_at(voice, step - 1), context.spelling_at(voice, step)
    if before and after and is_augmented(before, after):
        return "augmented leap"
    return "leap of a seventh" if size in SEVENTHS else None


def is_augmented(one: Spelling, other: Spelling) -> bool:
    """Return whether the interval between two notes is augmented, and is not a unison."""
    staff_positions = [7 * note.octave + LETTERS.index(note.letter) for note in (one, other)]
    pitches = [
        OCTAVE * note.octave + MAJOR_OR_PERFECT[LETTERS.index(note.letter)] + note.alter
        for note in (one, other)
    ]
    letters = abs(staff_positions[1] - staff_positions[0])
    octaves, generic = divmod(letters, 7)
    largest_unaugmented = OCTAVE * octaves + MAJOR_OR_PERFECT[generic]
    return letters > 0 and abs(pitches[1] - pitches[0]) > largest_unaugmented
