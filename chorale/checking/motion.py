"""Rules on two voices in motion: parallels, direct and contrary fifths, overlaps, false relations.

Intervals are in semitones modulo the octave. All rules compare the step of a change of chord with
the step before it; changes between phrases are left out. Other modules look for parallels at other
changes; `chorale.analysis` compares them.
"""

from collections.abc import Iterator
from itertools import combinations, permutations

import numpy as np

from chorale.analysis import FIFTH, UNISON
from chorale.checking.context import SECOND, CheckContext, Flags
from chorale.checking.findings import RuleResult
from chorale.music import OCTAVE, REST

PERFECT = {"fifths": FIFTH, "octaves": UNISON}
TRITONE = 6  # semitones
LETTERS = "CDEFGAB"

Motion = tuple[int, int, int]  # the number of a change, the upper voice, the lower voice


def apply_rules(context: CheckContext) -> Iterator[RuleResult]:
    """Yield the findings of the rules on motion."""
    for name, interval in PERFECT.items():
        yield from _find_consecutive(context, name, interval)
        yield _find_direct(context, name, interval)
    yield _find_unequal_fifths(context)
    yield _find_overlaps(context)
    yield _find_false_relations(context)


def _find_consecutive(context: CheckContext, name: str, interval: int) -> Iterator[RuleResult]:
    """Yield the parallels of an interval, then its successions in contrary motion."""
    by_direction: dict[int, list[Motion]] = {1: [], -1: []}
    for upper, lower in combinations(context.voices, 2):
        directions = np.sign(context.moves[:, upper] * context.moves[:, lower])
        both = _has_interval(context, upper, lower, interval, before=True)
        both &= _has_interval(context, upper, lower, interval, before=False)
        for direction, motions in by_direction.items():
            changes = np.flatnonzero(both & (directions == direction))
            motions += [(int(change), upper, lower) for change in changes]
    yield _make_result(context, f"parallel {name}", by_direction[1])
    yield _make_result(context, f"contrary {name}", by_direction[-1])


def _find_direct(context: CheckContext, name: str, interval: int) -> RuleResult:
    """Find where the outer voices reach an interval in similar motion, the upper one by a leap."""
    motions: list[Motion] = []
    if len(context.voices) > 1:
        upper, lower = context.voices[0], context.voices[-1]
        similar = context.moves[:, upper] * context.moves[:, lower] > 0
        reached = _has_interval(context, upper, lower, interval, before=False)
        reached &= ~_has_interval(context, upper, lower, interval, before=True)
        leaps = np.abs(context.moves[:, upper]) > SECOND
        motions = [(int(n), upper, lower) for n in np.flatnonzero(similar & reached & leaps)]
    return _make_result(context, f"direct {name}", motions)


def _find_unequal_fifths(context: CheckContext) -> RuleResult:
    """Find where two voices move in the same direction from a diminished to a perfect fifth."""
    motions: list[Motion] = []
    for upper, lower in combinations(context.voices, 2):
        similar = context.moves[:, upper] * context.moves[:, lower] > 0
        similar &= _has_interval(context, upper, lower, TRITONE, before=True)
        similar &= _has_interval(context, upper, lower, FIFTH, before=False)
        motions += [
            (change, upper, lower)
            for change in np.flatnonzero(similar).tolist()
            if _is_fifth(context, upper, lower, int(context.changes[change]) - 1)
        ]
    return _make_result(context, "unequal fifths", motions)


def _is_fifth(context: CheckContext, upper: int, lower: int, step: int) -> bool:
    """Return whether two voices are a fifth apart as they are spelled, octaves ignored."""
    notes = [context.spelling_at(voice, step) for voice in (lower, upper)]
    low, high = (LETTERS.index(note.letter) for note in notes if note)
    if context.pitches[step, upper] < context.pitches[step, lower]:
        low, high = high, low
    return (high - low) % len(LETTERS) == 4


def _find_overlaps(context: CheckContext) -> RuleResult:
    """Find where a voice passes its neighbour's previous pitch without a crossing."""
    motions: list[Motion] = []
    for upper, lower in context.pairs:
        upper_before, lower_before = context.before[:, upper], context.before[:, lower]
        upper_after, lower_after = context.after[:, upper], context.after[:, lower]
        both_move = (context.moves[:, upper] != 0) & (context.moves[:, lower] != 0)
        uncrossed = (upper_before >= lower_before) & (upper_after >= lower_after)
        beyond = (lower_after > upper_before) | (upper_after < lower_before)
        changes = np.flatnonzero(both_move & uncrossed & beyond)
        motions += [(int(change), upper, lower) for change in changes]
    return _make_result(context, "overlap", motions)


def _find_false_relations(context: CheckContext) -> RuleResult:
    """Find notes followed in another voice by their chromatic neighbour, such as F by F sharp.

    There is no false relation if either of the two voices makes the chromatic step itself.
    """
    relations: list[Motion] = []
    for first, second in permutations(context.voices, 2):
        before, after = context.before[:, first], context.after[:, second]
        near = np.isin((after - before) % OCTAVE, (1, OCTAVE - 1)) & (context.moves[:, second] != 0)
        same_note = context.classes[context.changes, first] == after % OCTAVE
        near &= (before != REST) & ~same_note
        for change in np.flatnonzero(near).tolist():
            step = int(context.changes[change])
            one, other = context.spelling_at(first, step - 1), context.spelling_at(second, step)
            own = context.spelling_at(second, step - 1)
            letters = {note.letter for note in (one, other) if note}
            if len(letters) == 1 and not (own and own.letter in letters):
                relations.append((change, first, second))
    rule, findings = "false relation", []
    for change, first, second in sorted(relations):
        step = int(context.changes[change])
        steps_by_voice = {first: (step - 1,), second: (step,)}
        findings.append(context.make_finding(rule, step, steps_by_voice))
    return RuleResult(rule, len(context.changes), findings)


def _has_interval(
    context: CheckContext, upper: int, lower: int, interval: int, before: bool
) -> Flags:
    """Return whether two voices sound an interval just before, or after, each change, (C,)."""
    pitches = context.before if before else context.after
    both_sound = (pitches[:, upper] != REST) & (pitches[:, lower] != REST)
    return both_sound & (np.abs(pitches[:, upper] - pitches[:, lower]) % OCTAVE == interval)


def _make_result(context: CheckContext, rule: str, motions: list[Motion]) -> RuleResult:
    """Return the result of a rule, with a finding for each motion of two voices that breaks it."""
    findings = []
    for change, upper, lower in sorted(motions):
        step = int(context.changes[change])
        steps = (step - 1, step)
        findings.append(context.make_finding(rule, step, {upper: steps, lower: steps}))
    return RuleResult(rule, len(context.changes), findings)
