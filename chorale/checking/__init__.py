"""Checks of part-writing: faults against the rules of textbooks, and how often Bach has them.

`examine` checks a chorale against all RULES; `bach_rates` gives the rate at which Bach breaks each
rule. A `Finding` is one place where a rule is broken: its step, its voices and their notes.

    rules          the table of rules
    rates          how often Bach breaks each, and the weights that follow
    profiles       which rules are applied, their weights, and points
    findings       places where a rule is broken
    context        facts for all rules: the chorale, its phrases, keys, chords and changes of chord
    lines          the notes of a voice
    spellings      names of notes: as the file has them, and as they sound in the key
    motion         pairs of voices in motion: parallels, unequal fifths, overlaps, false relations
    voicing        voices that sound together: crossings, spacing, ranges
    leaps          intervals of a single voice
    dominants      chords that are dominant in their key, and their resolutions
    doublings      findings of doubled notes
    leading_tones  leading tones doubled and unresolved
    sevenths       sevenths unresolved
    chords         unprepared dissonances, missing thirds, doubled thirds
    six_fours      six-four chords
    cadences       ends of phrases and of the chorale
    standstill     long notes and chords, and mechanical repetition
    checking       all rules together
    comparing      given voices beside those of an exercise

The rules on motion from chord to chord do not apply between the last chord of a phrase and the
first of the next, since Bach does not observe them there.
"""

from chorale.checking.checking import CheckResult, apply_rules, examine
from chorale.checking.findings import Finding, RuleResult
from chorale.checking.rates import Rate, bach_rates
from chorale.checking.rules import RULES, Rule

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
