"""Rules on voices that sound together: crossings, spacing, clashes and ranges.

Spacing is that of neighbours in the choir: soprano and alto, and alto and tenor, in SATB; soprano 1
and soprano 2 in SSA. The lowest voice may be any distance below.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations, pairwise

import numpy as np

from chorale.checking.context import CheckContext
from chorale.checking.findings import Finding, RuleResult, describe_length
from chorale.music import OCTAVE, REST, runs
from chorale.music.spelling import spell


def apply_rules(context: CheckContext) -> Iterator[RuleResult]:
    """Yield the findings of the rules on crossings, spacing, clashes and ranges."""
    crossings, long_crossings, gaps = [], [], []
    choir = context.voicing.voices
    spaced = list(pairwise(choir[:-1]))
    for upper, lower in context.pairs:
        high, low = context.pitches[:, upper], context.pitches[:, lower]
        both_sound = (high != REST) & (low != REST)
        crossed = runs(both_sound & (high < low))
        bar = context.chorale.plan.counted_metre.steps_per_bar
        short = [span for span in crossed if span[1] - span[0] < bar]
        long = [span for span in crossed if span[1] - span[0] >= bar]
        crossings += _make_findings(context, "crossing", upper, lower, short)
        long_crossings += _make_findings(context, "long crossing", upper, lower, long)
        if (upper, lower) in spaced:
            wide = both_sound & (high - low > OCTAVE)
            gaps += _make_findings(context, "wide spacing", upper, lower, runs(wide))
    chords = len(context.chord_starts)
    yield RuleResult("crossing", chords, sorted(crossings, key=lambda found: found.step))
    yield RuleResult("long crossing", chords, sorted(long_crossings, key=lambda found: found.step))
    yield RuleResult("wide spacing", chords, sorted(gaps, key=lambda found: found.step))
    yield RuleResult("chromatic clash", chords, _find_clashes(context))
    yield _find_notes_out_of_range(context)


def _find_clashes(context: CheckContext) -> list[Finding]:
    """Find notes that sound together with their own alteration, such as C with C sharp."""
    rule, findings = "chromatic clash", []
    for upper, lower in combinations(context.voices, 2):
        high, low = context.pitches[:, upper], context.pitches[:, lower]
        near = (high != REST) & (low != REST) & np.isin((high - low) % OCTAVE, (1, OCTAVE - 1))
        for clash in _make_findings(context, rule, upper, lower, runs(near)):
            notes = context.spelling_at(upper, clash.step), context.spelling_at(lower, clash.step)
            if len({note.letter for note in notes if note}) == 1:
                findings.append(clash)
    return sorted(findings, key=lambda found: found.step)


def _make_findings(
    context: CheckContext, rule: str, upper: int, lower: int, spans: Iterable[tuple[int, int]]
) -> list[Finding]:
    """Return a finding on two voices for each of its spans, each start and exclusive end."""
    return [
        context.make_finding(
            rule,
            start,
            {upper: (start,), lower: (start,)},
            end,
            f"for {describe_length(start, end)}",
        )
        for start, end in spans
    ]


def _find_notes_out_of_range(context: CheckContext) -> RuleResult:
    rule, findings = "out of range", []
    for voice in context.voices:
        line, (lowest, highest) = context.lines[voice], context.voicing.part_at(voice).range
        outside = (line.pitches < lowest) | (line.pitches > highest)
        for step, end in zip(
            line.onsets[outside].tolist(), line.ends[outside].tolist(), strict=True
        ):
            remark = f"(range {spell(lowest, None).name} to {spell(highest, None).name})"
            findings.append(context.make_finding(rule, step, {voice: (step,)}, end, remark))
    notes = sum(len(context.lines[voice].pitches) for voice in context.voices)
    return RuleResult(rule, notes, sorted(findings, key=lambda found: found.step))
