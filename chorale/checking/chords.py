"""Rules on chord notes: leading tones, sevenths, other dissonances, missing thirds."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from chorale.analysis.harmony import BARE, identify_chord
from chorale.checking.context import CheckContext, Finding, RuleResult
from chorale.checking.harmonies import SECOND, Dominant, Harmonies, Seventh
from chorale.music import OCTAVE, REST, STEPS_PER_QUARTER

DISSONANT = (1, 2, 10, 11)  # semitones modulo the octave: seconds and sevenths
# chords whose seventh needs no preparation
FREE_SEVENTHS = ("dominant seventh", "half-diminished seventh", "diminished seventh")


def apply_rules(context: CheckContext) -> Iterator[RuleResult]:
    """Yield the findings of the rules on chord notes."""
    harmonies = Harmonies(context)
    yield from _find_leading_tones(context, list(harmonies.dominants()))
    yield _find_unresolved_sevenths(context, list(harmonies.sevenths()))
    yield _find_unprepared_dissonances(context)
    yield _find_missing_thirds(context, harmonies)


def _find_leading_tones(context: CheckContext, dominants: list[Dominant]) -> Iterator[RuleResult]:
    """Yield the findings on leading tones: doubled, and unresolved in an outer or inner voice."""
    doubled: list[Finding] = []
    unresolved: dict[bool, list[Finding]] = {True: [], False: []}  # by whether the voice is outer
    opportunities = {True: 0, False: 0}
    for dominant in dominants:
        step = dominant.step
        leading = [v for v in context.voices if context.classes[step, v] == dominant.leading]
        if len(leading) > 1:
            steps_by_voice = dict.fromkeys(leading, (step,))
            doubled.append(context.make_finding("doubled leading tone", step, steps_by_voice))
        for outer in opportunities:
            outer_voices = (context.voices[0], context.voices[-1])
            voices = [v for v in leading if (v in outer_voices) == outer]
            opportunities[outer] += len(voices)
            for voice in voices:
                if not _is_leading_tone_resolved(context, dominant, voice):
                    rule = "unresolved leading tone" if outer else "inner leading tone left"
                    steps = (step, _find_next_change(context, voice, step))
                    unresolved[outer].append(context.make_finding(rule, step, {voice: steps}))
    yield RuleResult("doubled leading tone", len(dominants), doubled)
    yield RuleResult("unresolved leading tone", opportunities[True], unresolved[True])
    yield RuleResult("inner leading tone left", opportunities[False], unresolved[False])


def _is_leading_tone_resolved(context: CheckContext, dominant: Dominant, voice: int) -> bool:
    """Return whether a leading tone rises by a semitone by the end of the beat of the resolution.

    A leading tone held as a suspension may resolve one beat later. A leading tone may also fall by
    a semitone to the seventh of the chord of resolution.
    """
    limit = context.end_of_phrase(dominant.step)
    pitches = context.pitches[:limit, voice]
    leading, end = pitches[dominant.step], dominant.arrival + STEPS_PER_QUARTER
    if pitches[min(end, limit) - 1] == leading:
        end += STEPS_PER_QUARTER
    resolutions = {int(leading) + 1}
    if dominant.resolution.seventh == (dominant.leading - 1) % OCTAVE:
        resolutions.add(int(leading) - 1)
    return bool(resolutions & set(pitches[dominant.step : end].tolist()))


def _find_unresolved_sevenths(context: CheckContext, sevenths: list[Seventh]) -> RuleResult:
    # a seventh held through several chords counts once, in the last of them
    last = {(seventh.voice, seventh.end): seventh for seventh in sevenths}
    rule, findings = "unresolved seventh", []
    for seventh in last.values():
        if not _is_seventh_resolved(context, seventh):
            steps = (seventh.step, seventh.end)
            findings.append(context.make_finding(rule, seventh.step, {seventh.voice: steps}))
    return RuleResult(rule, len(last), sorted(findings, key=lambda found: found.step))


def _is_seventh_resolved(context: CheckContext, seventh: Seventh) -> bool:
    """Return whether a seventh falls by step within a beat, or is taken over by another voice.

    It is taken over if the chord's root and seventh both sound when this voice leaves the seventh.
    """
    limit = min(context.end_of_phrase(seventh.step), seventh.end + STEPS_PER_QUARTER)
    pitch = int(context.pitches[seventh.step, seventh.voice])
    after = set(context.pitches[seventh.end : limit, seventh.voice].tolist())
    if after & {pitch - 1, pitch - SECOND}:
        return True
    return {seventh.chord.root, seventh.chord.seventh} <= set(context.classes[seventh.end].tolist())


def _find_unprepared_dissonances(context: CheckContext) -> RuleResult:
    """Find pairs of voices that leap or enter into a second or seventh at the same time."""
    rule, findings = "unprepared dissonance", []
    entered = (context.before == REST) | (np.abs(context.moves) > SECOND)
    for upper, lower in combinations(context.voices, 2):
        both_sound = (context.after[:, upper] != REST) & (context.after[:, lower] != REST)
        interval = np.abs(context.after[:, upper] - context.after[:, lower]) % OCTAVE
        unprepared = entered[:, upper] & entered[:, lower] & both_sound
        for change in np.flatnonzero(unprepared & np.isin(interval, DISSONANT)).tolist():
            if not _is_free_seventh(context.after[change].tolist(), upper, lower):
                step = int(context.changes[change])
                steps = (step - 1, step)
                findings.append(context.make_finding(rule, step, {upper: steps, lower: steps}))
    return RuleResult(rule, len(context.changes), sorted(findings, key=lambda found: found.step))


def _is_free_seventh(pitches: list[int], upper: int, lower: int) -> bool:
    """Return whether two voices have the root and the seventh of a chord of FREE_SEVENTHS."""
    chord = identify_chord(pitches)
    if not chord or chord.kind not in FREE_SEVENTHS:
        return False
    return {pitches[upper] % OCTAVE, pitches[lower] % OCTAVE} == {chord.root, chord.seventh}


def _find_missing_thirds(context: CheckContext, harmonies: Harmonies) -> RuleResult:
    """Find the quarters that begin with three or four voices that have no third."""
    rule, findings, quarters = "no third", [], 0
    for step in range(
        context.chorale.plan.pickup_steps % STEPS_PER_QUARTER,
        len(context.pitches),
        STEPS_PER_QUARTER,
    ):
        sounding = [v for v in context.voices if context.pitches[step, v] != REST]
        if len(sounding) < 3:
            continue
        quarters += 1
        chord = harmonies.at(step)
        if chord and chord.kind == BARE:
            steps_by_voice = dict.fromkeys(sounding, (step,))
            findings.append(context.make_finding(rule, step, steps_by_voice))
    return RuleResult(rule, quarters, findings)


def _find_next_change(context: CheckContext, voice: int, step: int) -> int:
    """Return the step at which a voice leaves its pitch, or the last step if it keeps it."""
    pitches = context.pitches[:, voice]
    others = np.flatnonzero(pitches[step:] != pitches[step])
    return step + int(others[0]) if len(others) else len(pitches) - 1
