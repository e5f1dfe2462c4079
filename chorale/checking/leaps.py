"""Rules on the intervals of a single voice: leaps that are hard to sing.

A melodic interval lies between two successive notes of a voice in the same phrase, without a rest
between them. Whether it is augmented depends on its spelling: C to D sharp is augmented, C to E
flat is not. The chromatic semitone (C to C sharp) is not a leap and does not count as augmented.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from chorale.checking.context import SECOND, CheckContext
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
    intervals = 0  # number of melodic intervals
    found: dict[str, list[Finding]] = {
        "augmented leap": [],
        "leap of a seventh": [],
        "wide leap": [],
    }
    for voice in context.voices:
        line, joined = context.lines[voice], _find_joined(context, voice)
        intervals += int(joined.sum())
        sizes = np.abs(np.diff(line.pitches))
        for note in np.flatnonzero(joined & (sizes > SECOND)).tolist():
            step = int(line.onsets[note + 1])
            if rule := _find_broken_rule(context, voice, step, int(sizes[note])):
                found[rule].append(context.make_finding(rule, step, {voice: (step - 1, step)}))
    for rule, findings in found.items():
        yield RuleResult(rule, intervals, sorted(findings, key=lambda finding: finding.step))
    yield _find_unturned(context)


def _find_joined(context: CheckContext, voice: int) -> NDArray[np.bool_]:
    """Return whether each note of a voice but the first follows another in its phrase, (n - 1,)."""
    line = context.lines[voice]
    follows = line.ends[:-1] == line.onsets[1:]
    same_phrase = context.phrases[line.ends[:-1] - 1] == context.phrases[line.onsets[1:]]
    return np.asarray(follows & same_phrase)


def _find_unturned(context: CheckContext) -> RuleResult:
    """Find leaps of a sixth or more, above the lowest voice, that go on in the same direction."""
    rule, findings, among = "leap not turned back", list[Finding](), 0
    for voice in context.voices[:-1]:
        line = context.lines[voice]
        leaps = np.diff(line.pitches)
        for note in np.flatnonzero(_find_joined(context, voice) & (np.abs(leaps) >= SIXTH)):
            step = int(line.onsets[note + 1])
            end = context.pitch_end(voice, step)
            in_phrase = end < len(context.phrases) and context.phrases[end] == context.phrases[step]
            if not in_phrase or context.pitches[end, voice] == REST:
                continue
            among += 1
            if leaps[note] * (context.pitches[end, voice] - context.pitches[step, voice]) > 0:
                findings.append(context.make_finding(rule, step, {voice: (step - 1, step, end)}))
    return RuleResult(rule, among, sorted(findings, key=lambda finding: finding.step))


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
