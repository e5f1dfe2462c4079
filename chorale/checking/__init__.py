"""Check part-writing: what textbooks forbid, where it is found, and how often Bach does it.

`examine` finds and counts, `RULES` says what is looked for, `bachs_rates` how often
Bach goes against it. Findings are of a rule, a step, voices and the notes; see `Finding`.

    rules       the table of rules, and Bach's rates
    view        a chorale as the rules look at it; findings
    motion      how two voices move: parallels and the like
    voicing     how they lie: crossing, spacing, range
    lines       how one voice moves: leaps
    harmonies   dominants and sevenths, heard every eighth
    chords      what becomes of their notes; dissonance
    closes      cadences
    movement    standstill and mechanical repetition
    checking    all of them together

What textbooks forbid from chord to chord is excused from the last chord of a phrase to the first of
the next, where Bach allows it.
"""

from chorale.checking.checking import Checked, counts, examine
from chorale.checking.context import Count, Finding
from chorale.checking.rules import RULES, Rate, Rule, bachs_rates

__all__ = [
    "RULES",
    "Checked",
    "Count",
    "Finding",
    "Rate",
    "Rule",
    "bachs_rates",
    "counts",
    "examine",
]
