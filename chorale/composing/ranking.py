"""Ranking: which of several chorales is most like Bach, and why.

A chorale's surprise is how hard it is to take for Bach's, in nats, the sum of
- for each rule of `chorale.checking`, minus the logarithm of the chance that Bach, at his own rate,
  would have as many findings or more: nothing where there are none, little where there are as many
  as he has, much where there are more (findings are taken to be independent: Poisson);
- of three candidates or more, minus the logarithm of the chance that a likelihood is as far, up or
  down, from their mean (normal). What is too unlikely has gone astray; what is too likely stands
  still.

When that was tried by hand on 200 chorales, by a draw that minded fewer rules than today's, the
first of 8 candidates each had 2.0 times Bach's faults, the best 0.9 times, and chords changed as
often; the likeliest had 1.6 times, and chords changed less often (at 33 instead of 36 % of the
steps).

Source: that good text is about as likely as is usual, neither more nor less, is the idea of C.
Meister et al., "Locally Typical Sampling" (2023).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, exp, log, sqrt

import numpy as np

from chorale.checking import bachs_rates, examine
from chorale.composing.compose import Composition

LIKELIHOOD = "likelihood"
LEAST_CHANCE = 1e-12  # what is less likely than this surprises no more
LEAST_DEVIATION = 1e-6  # in nats a note; below, likelihoods are the same but for rounding


@dataclass(frozen=True)
class Reason:
    """One term of a chorale's surprise.

    Attributes:
        what: a rule's name, or LIKELIHOOD.
        found: findings, or nats a note.
        expected: how many Bach would have, or the mean of the candidates.
        nats: the surprise.
    """

    what: str
    found: float
    expected: float
    nats: float


@dataclass(frozen=True)
class Ranked:
    """A candidate in its place.

    Attributes:
        number: of the candidate, from 1, in the order they were written.
        nats_per_note: see `Composition`.
        reasons: of its surprise, the weightiest first; those that are none are left out.
    """

    number: int
    nats_per_note: float
    reasons: tuple[Reason, ...]

    @property
    def surprise(self) -> float:
        """In nats; the least is the best."""
        return sum(reason.nats for reason in self.reasons)


def ranked(candidates: Sequence[Composition]) -> list[Ranked]:
    """The candidates, best first; of equals the first written.

    Args:
        candidates: at least one, of the same task, with their likelihoods.
    """
    nats = np.array([candidate.nats_per_note for candidate in candidates])
    deviation = float(nats.std()) if len(nats) > 2 else 0.0  # of two each is one from their mean
    judged = [
        _judged(number, candidate, float(nats.mean()), deviation)
        for number, candidate in enumerate(candidates, start=1)
    ]
    return sorted(judged, key=lambda each: each.surprise)


def _judged(number: int, candidate: Composition, mean: float, deviation: float) -> Ranked:
    checked = examine(candidate.chorale)
    reasons = []
    for rule, count in Counter(finding.rule for finding in checked.findings).items():
        expected = bachs_rates()[rule].smoothed * checked.opportunities[rule]
        reasons.append(Reason(rule, count, expected, -log(at_least(count, expected))))
    if deviation > LEAST_DEVIATION:
        away = abs(candidate.nats_per_note - mean) / deviation
        chance = max(LEAST_CHANCE, erfc(away / sqrt(2)))
        reasons.append(Reason(LIKELIHOOD, candidate.nats_per_note, mean, -log(chance)))
    reasons.sort(key=lambda reason: -reason.nats)
    told = tuple(reason for reason in reasons if reason.nats > 0)
    return Ranked(number, candidate.nats_per_note, told)


def at_least(count: int, expected: float) -> float:
    """The chance of `count` findings or more where so many are expected; not below LEAST_CHANCE."""
    term = below = exp(-expected) if count else 0.0
    for number in range(1, count):
        term *= expected / number
        below += term
    return max(LEAST_CHANCE, 1 - below)
