"""Rules on the notes of chords: unprepared dissonances, missing thirds and doubled thirds."""

from collections.abc import Iterator
from itertools import combinations, groupby

import numpy as np

from chorale.analysis.harmony import BARE, Chord, identify_chord
from chorale.checking.context import EIGHTH, SECOND, CheckContext
from chorale.checking.dominants import find_tonics
from chorale.checking.doublings import make_doubling
from chorale.checking.findings import RuleResult, describe_length
from chorale.music import OCTAVE, REST

DISSONANT = (1, 2, 10, 11)  # semitones modulo the octave: seconds and sevenths
# chords whose seventh needs no preparation
FREE_SEVENTHS = ("dominant seventh", "half-diminished seventh", "diminished seventh")
NEAPOLITAN, SUBMEDIANT = 1, 8  # semitones of the roots of major triads above the tonic
LEAST_VOICES = 3  # of a chord


def apply_rules(context: CheckContext) -> Iterator[RuleResult]:
    """Yield the findings of the rules on chord notes."""
    yield _find_unprepared_dissonances(context)
    yield _find_missing_thirds(context)
    yield _find_doubled_thirds(context)


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


def _find_missing_thirds(context: CheckContext) -> RuleResult:
    """Find the chords on beats that have three or four voices and no third.

    A bare fifth or octave that stays through several beats is one finding.
    """
    rule, findings = "no third", []
    chords = _list_chords(context)
    bare = [(step, chord) for step, chord in chords if chord and chord.kind == BARE]
    end = 0
    for step, chord in bare:
        if step < end:
            continue
        start, end = _find_stretch(context, step, chord.root)
        voices = [v for v in context.voices if context.pitches[step, v] != REST]
        steps_by_voice = dict.fromkeys(voices, (step,))
        remark = f"for {describe_length(start, end)}"
        findings.append(context.make_finding(rule, start, steps_by_voice, end, remark))
    return RuleResult(rule, len(chords), findings)


def _list_chords(context: CheckContext) -> list[tuple[int, Chord | None]]:
    """Return first beat and harmony of each chord of LEAST_VOICES or more, repeated chords once."""
    beats = [
        step for step in context.beats if (context.pitches[step] != REST).sum() >= LEAST_VOICES
    ]
    same = groupby(beats, key=lambda step: tuple(context.pitches[step].tolist()))
    return [(step, context.chord_at(step)) for step in (next(steps) for _, steps in same)]


def _find_stretch(context: CheckContext, step: int, root: int) -> tuple[int, int]:
    """Return start and exclusive end of the steps around one at which a root has no third."""

    def is_bare(at: int) -> bool:
        chord = identify_chord(context.pitches[at].tolist())
        return chord is not None and (chord.kind, chord.root) == (BARE, root)

    start = end = step
    while start > 0 and is_bare(start - 1):
        start -= 1
    while end < len(context.pitches) and is_bare(end):
        end += 1
    return start, end


def _find_doubled_thirds(context: CheckContext) -> RuleResult:
    """Find the major triads on beats whose third is doubled where nothing needs it.

    The third of a dominant is its leading tone, which has a rule of its own. Other thirds may be
    doubled if two voices move by step into or out of them in contrary motion or one passes through,
    on the sixth degree after a dominant, and in the Neapolitan sixth.
    """
    rule, findings, among = "doubled third", [], 0
    for step, chord in _list_chords(context):
        if not chord or chord.kind != "major" or find_tonics(chord, context.keys[step]):
            continue
        among += 1
        voices = [v for v in context.voices if context.classes[step, v] == chord.third]
        if len(voices) > 1 and not _needs_third(context, step, chord, voices):
            findings.append(make_doubling(context, rule, step, voices))
    return RuleResult(rule, among, findings)


def _needs_third(context: CheckContext, step: int, chord: Chord, voices: list[int]) -> bool:
    """Return whether the motion of voices or the place of the chord calls for its doubled third."""
    degree = (chord.root - context.keys[step].tonic) % OCTAVE
    if degree == NEAPOLITAN or (degree == SUBMEDIANT and _follows_dominant(context, step)):
        return True
    entries, exits = [], []
    for voice in voices:
        start, end = context.pitch_start(voice, step), context.pitch_end(voice, step)
        entries.append(context.direction_of_step(voice, start))
        exits.append(context.direction_of_step(voice, end))
    passes = any(before * after > 0 for before, after in zip(entries, exits, strict=True))
    return passes or any({1, -1} <= set(directions) for directions in (entries, exits))


def _follows_dominant(context: CheckContext, step: int) -> bool:
    before = context.chord_at(step - EIGHTH) or context.chord_at(step - 2 * EIGHTH)
    return before is not None and bool(find_tonics(before, context.keys[step]))
