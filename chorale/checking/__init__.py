"""Checks of part-writing: what textbooks forbid, where a chorale does it, and how often Bach does.

`examine` checks a chorale against all RULES; `bach_rates` has how often Bach breaks each. A
`Finding` is one place where a rule is broken: its step, its voices and their notes.

    rules       the table of rules, and Bach's rates
    context     what the rules read: the chorale, its phrases, changes of chord and spellings
    motion      pairs of voices in motion: parallels, overlaps, false relations
    voicing     voices that sound together: crossings, spacing, ranges
    leaps       intervals of a single voice
    harmonies   dominants that resolve, and sevenths
    chords      leading tones, sevenths, other dissonances, missing thirds
    cadences    ends of phrases and of the chorale
    standstill  long notes and chords, and mechanical repetition
    checking    all rules together

What textbooks forbid from chord to chord is excused between the last chord of a phrase and the
first of the next, where Bach allows it.
"""

from chorale.checking.checking import CheckResult, apply_rules, examine
from chorale.checking.context import Finding, RuleResult
from chorale.checking.rules import RULES, Rate, Rule, bach_rates

__all__ = [
    "RULES",
    "CheckResult",
    "Finding",
    "Rate",
    "Rule",
    "RuleResult",
    "apply_rules",
    "bach_rates",
    "examine",
]
