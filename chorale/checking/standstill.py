"""Rules on music that stands still or repeats itself mechanically.

The limits come from Bach's chorales, which exceed each of them in less than one of a thousand
places. The last chord and chords under fermatas may be of any length.
"""

from collections.abc import Iterator

import numpy as np

from chorale.checking.context import CheckContext, Ints
from chorale.checking.findings import Finding, RuleResult, describe_length
from chorale.music import REST, STEPS_PER_QUARTER, runs

MOST_CHORD_STEPS = 8  # length of the longest chord that does not stand still
MOST_PITCH_STEPS = 24  # length of the longest stay on a pitch in one voice
MOST_STRIKES = 5  # times that a voice may strike a pitch in a row
REPETITIONS = 3  # times in a row from which a figure is mechanical
LONGEST_FIGURE = 8  # length of the longest figure, in quarters


def apply_rules(context: CheckContext) -> Iterator[RuleResult]:
    """Yield the findings of the rules on standstill and repetition."""
    yield _find_standing_chords(context)
    yield from _find_standing_voices(context)
    yield _find_mechanical_repetition(context)


def _find_standing_chords(context: CheckContext) -> RuleResult:
    rule, findings = "standing chord", []
    starts = context.chord_starts
    ends = np.r_[starts[1:], len(context.pitches)]
    for start, end in _find_long_stretches(context, starts, ends, MOST_CHORD_STEPS):
        sounding = {v: (start,) for v in context.voices if context.pitches[start, v] != REST}
        if sounding:
            remark = f"for {describe_length(start, end)}"
            findings.append(context.make_finding(rule, start, sounding, end, remark))
    return RuleResult(rule, len(starts), findings)


def _find_standing_voices(context: CheckContext) -> Iterator[RuleResult]:
    """Yield the pitches that a voice keeps for too long, then those that it strikes too often."""
    spans, standing, repeated = 0, list[Finding](), list[Finding]()
    for voice in context.voices:
        pitches = context.pitches[:, voice]
        starts = np.r_[0, np.flatnonzero(pitches[1:] != pitches[:-1]) + 1]
        ends = np.r_[starts[1:], len(pitches)]
        sounding = pitches[starts] != REST
        starts, ends = starts[sounding], ends[sounding]
        spans += len(starts)
        for start, end in _find_long_stretches(context, starts, ends, MOST_PITCH_STEPS):
            remark = f"for {describe_length(start, end)}"
            found = context.make_finding("standing voice", start, {voice: (start,)}, end, remark)
            standing.append(found)
        strikes = np.add.reduceat(context.chorale.onsets[:, voice].astype(int), starts)
        for number in np.flatnonzero(strikes > MOST_STRIKES).tolist():
            start, end = int(starts[number]), int(ends[number])
            remark = f"{strikes[number]} times in a row"
            repeated.append(
                context.make_finding("much repeated note", start, {voice: (start,)}, end, remark)
            )
    yield RuleResult("standing voice", spans, sorted(standing, key=lambda found: found.step))
    yield RuleResult("much repeated note", spans, sorted(repeated, key=lambda found: found.step))


def _find_long_stretches(
    context: CheckContext, starts: Ints, ends: Ints, most_steps: int
) -> Iterator[tuple[int, int]]:
    """Yield the stretches longer than a limit, except at the end and under fermatas."""
    for number in np.flatnonzero((ends - starts > most_steps) & (ends < len(context.pitches))):
        start, end = int(starts[number]), int(ends[number])
        if not context.fermatas[start:end].any():
            yield start, end


def _find_mechanical_repetition(context: CheckContext) -> RuleResult:
    """Find figures of one to eight quarters, with a change of chord, that all voices repeat.

    Only pitches are compared, since a note that starts a figure may be struck or held from before.
    """
    pitches = context.pitches
    changed = np.zeros(len(pitches), np.bool_)
    changed[context.chord_starts[1:]] = True
    figures: list[tuple[int, int, int]] = []
    for quarters in range(1, LONGEST_FIGURE + 1):
        steps = STEPS_PER_QUARTER * quarters
        for start, end in runs((pitches[steps:] == pitches[:-steps]).all(axis=1)):
            if end - start < (REPETITIONS - 1) * steps:
                continue
            if not changed[start + 1 : start + steps + 1].any():
                continue
            first_chord = context.chord_start(start)
            if not any(first <= first_chord and end + steps <= last for first, last, _ in figures):
                figures.append((first_chord, end + steps, quarters))
    rule, findings = "mechanical repetition", []
    for start, end, quarters in sorted(figures):
        steps = STEPS_PER_QUARTER * quarters
        length = describe_length(start, start + steps)
        remark = f"{length}, {(end - start) // steps} times in a row"
        findings.append(context.make_finding(rule, start, {}, end, remark))
    return RuleResult(rule, len(pitches) // STEPS_PER_QUARTER, findings)
