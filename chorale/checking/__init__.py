"""Checks of part-writing: faults against the rules of textbooks, and how often Bach has them.

`examine` checks a chorale against all RULES; `bach_rates` gives the rate at which Bach breaks each
rule. A `Finding` is one place where a rule is broken: its step, its voices and their notes.

    rules       the table of rules, and Bach's rates
    profiles    which rules are applied, their weights, and points
    context     facts for all rules: the chorale, its phrases, changes of chord and spellings
    motion      pairs of voices in motion: parallels, overlaps, false relations
    voicing     voices that sound together: crossings, spacing, ranges
    leaps       intervals of a single voice
    harmonies   dominants that resolve, and sevenths
    chords      leading tones, sevenths, other dissonances, missing thirds
    cadences    ends of phrases and of the chorale
    standstill  long notes and chords, and mechanical repetition
    checking    all rules together
    comparing   given voices beside those of an exercise

The rules on motion from chord to chord do not apply between the last chord of a phrase and the
first of the next, since Bach does not observe them there.
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
