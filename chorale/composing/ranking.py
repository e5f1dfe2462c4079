"""Ranking: which of several chorales is most like Bach, and why.

The surprise of a chorale, in nats, measures how unlike Bach it is. It is the sum of

- a term for each rule of `chorale.checking`: minus the logarithm of the probability of as many
  findings or more at Bach's rate. The term is zero without findings, small for as many findings as
  Bach has, and large for more. Findings are taken to be independent (Poisson).
- among three candidates or more, a term for the likelihood: minus the logarithm of the probability
  that a normally distributed likelihood is as far from the mean of the candidates, in either
  direction. A chorale that is too unlikely has gone astray; one that is too likely stands still.

In a trial by hand, 8 candidates were composed for each of 200 chorales with fewer rules than today.
The first candidates had 2.0 times Bach's faults; the best had 0.9 times, and their chords changed
as often. The likeliest had 1.6 times, and their chords changed less often (at 33 instead of 36 % of
the steps).

Source: C. Meister et al., "Locally Typical Sampling" (2023), for the idea that good text is neither
more nor less likely than usual.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, exp, log, sqrt

import numpy as np

from chorale.checking import bach_rates, examine
from chorale.composing.compose import Composition

LIKELIHOOD = "likelihood"
MIN_COMPARED = 3  # candidates whose likelihoods are compared; two are as far from their mean
MIN_PROBABILITY = 1e-12  # caps the surprise of a term at 28 nats
MIN_DEVIATION = 1e-6  # in nats per note; smaller differences come from rounding


@dataclass(frozen=True)
class Reason:
    """One term of a chorale's surprise.

    Attributes:
        what: name of a rule, or LIKELIHOOD.
        found: number of findings, or nats per note.
        expected: number of findings at Bach's rate, or mean nats per note of the candidates.
        nats: size of the term.
    """

    what: str
    found: float
    expected: float
    nats: float


@dataclass(frozen=True)
class RankedCandidate:
    """A candidate with its surprise.

    Attributes:
        number: number of the candidate, from 1, in the order of composing.
        nats_per_note: see `chorale.composing.compose.Composition`.
        reasons: the terms of the surprise above zero, largest first.
    """

    number: int
    nats_per_note: float
    reasons: tuple[Reason, ...]

    @property
    def surprise(self) -> float:
        """Sum of the terms, in nats; lower is better."""
        return sum(reason.nats for reason in self.reasons)


def rank(candidates: Sequence[Composition]) -> list[RankedCandidate]:
    """Rank candidates, best first; candidates of equal surprise keep the order of composing.

    Args:
        candidates: compositions of the same task, at least one; from MIN_COMPARED on with their
            likelihoods.
    """
    nats = np.array([candidate.nats_per_note for candidate in candidates])
    deviation = float(nats.std()) if len(nats) >= MIN_COMPARED else 0.0
    ranked = [
        _judge(number, candidate, float(nats.mean()), deviation)
        for number, candidate in enumerate(candidates, start=1)
    ]
    return sorted(ranked, key=lambda each: each.surprise)


def _judge(number: int, candidate: Composition, mean: float, deviation: float) -> RankedCandidate:
    """Compute a candidate's surprise, from the mean and deviation of all `nats_per_note`."""
    checked = examine(candidate.chorale)
    reasons = []
    for rule, count in Counter(finding.rule for finding in checked.findings).items():
        expected = bach_rates()[rule].smoothed_rate * checked.opportunities[rule]
        reasons.append(Reason(rule, count, expected, -log(tail_probability(count, expected))))
    if deviation > MIN_DEVIATION:
        away = abs(candidate.nats_per_note - mean) / deviation
        probability = max(MIN_PROBABILITY, erfc(away / sqrt(2)))
        reasons.append(Reason(LIKELIHOOD, candidate.nats_per_note, mean, -log(probability)))
    reasons.sort(key=lambda reason: -reason.nats)
    positive = tuple(reason for reason in reasons if reason.nats > 0)
    return RankedCandidate(number, candidate.nats_per_note, positive)


def tail_probability(count: int, expected: float) -> float:
    """Return the Poisson probability of `count` findings or more; at least MIN_PROBABILITY."""
    term = below = exp(-expected) if count else 0.0
    for number in range(1, count):
        term *= expected / number
        below += term
    return max(MIN_PROBABILITY, 1 - below)
