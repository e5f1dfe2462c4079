"""Ranking: which of several chorales is most like Bach, and why.

The surprise of a chorale, in nats, measures how unlike Bach it is. It is the sum of

- a term for each rule of `chorale.checking`: minus the logarithm of the probability of as many
  findings or more at Bach's rate. The term is zero without findings, small for as many findings as
  Bach has, and large for more. Findings are taken to be independent (Poisson).
- a term for the critic (`chorale.network.critic`), if the network has one: how much smaller the
  logarithm of the ratio is by which the chorale is likelier in Bach's music than in the network's,
  compared with the best candidate.
- without a critic, among three candidates or more, a term for the likelihood: minus the logarithm
  of the probability that a normally distributed likelihood is as far from the mean of the
  candidates, in either direction. A chorale that is too unlikely has gone astray; one that is too
  likely stands still.

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
from math import erfc, exp, isnan, log, sqrt

import numpy as np

from chorale.checking import bach_rates, examine
from chorale.composing.compose import Composition
from chorale.music import Chorale

LIKELIHOOD, CRITIC = "likelihood", "critic"
MIN_COMPARED = 3  # candidates whose likelihoods are compared; two are as far from their mean
MIN_PROBABILITY = 1e-12  # caps the surprise of a term at 28 nats
MIN_DEVIATION = 1e-6  # in nats per note; smaller differences come from rounding


@dataclass(frozen=True)
class Reason:
    """One term of a chorale's surprise.

    Attributes:
        what: name of a rule, LIKELIHOOD or CRITIC.
        found: number of findings, nats per note, or sum of the critic's logits.
        expected: number of findings at Bach's rate, mean nats per note of the candidates, or the
            sum of the logits of the best candidate.
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
        candidates: compositions of the same task, at least one; from MIN_COMPARED on with the
            critic's sums, or with their likelihoods.
    """
    comparison = _compare_sums(candidates) or _compare_likelihoods(candidates)
    ranked = []
    for number, candidate in enumerate(candidates, start=1):
        reasons = [*_find_reasons(candidate.chorale), *comparison[number - 1 : number]]
        reasons.sort(key=lambda reason: -reason.nats)
        positive = tuple(reason for reason in reasons if reason.nats > 0)
        ranked.append(RankedCandidate(number, candidate.nats_per_note, positive))
    return sorted(ranked, key=lambda each: each.surprise)


def _find_reasons(chorale: Chorale) -> list[Reason]:
    """Return a term for each rule that a chorale breaks."""
    checked = examine(chorale)
    reasons = []
    for rule, count in Counter(finding.rule for finding in checked.findings).items():
        expected = bach_rates()[rule].smoothed_rate * checked.opportunities[rule]
        reasons.append(Reason(rule, count, expected, -log(tail_probability(count, expected))))
    return reasons


def _compare_sums(candidates: Sequence[Composition]) -> list[Reason]:
    """Return each candidate's term for the critic; empty if there is none."""
    sums = [candidate.critic for candidate in candidates]
    if isnan(sums[0]):
        return []
    return [Reason(CRITIC, each, max(sums), max(sums) - each) for each in sums]


def _compare_likelihoods(candidates: Sequence[Composition]) -> list[Reason]:
    """Return each candidate's term for the likelihood; empty if there is none."""
    nats = np.array([candidate.nats_per_note for candidate in candidates])
    mean, deviation = float(nats.mean()), float(nats.std())
    if len(nats) < MIN_COMPARED or not deviation > MIN_DEVIATION:
        return []
    away = np.abs(nats - mean) / deviation
    probabilities = [max(MIN_PROBABILITY, erfc(each / sqrt(2))) for each in away.tolist()]
    return [
        Reason(LIKELIHOOD, found, mean, -log(probability))
        for found, probability in zip(nats.tolist(), probabilities, strict=True)
    ]


def tail_probability(count: int, expected: float) -> float:
    """Return the Poisson probability of `count` findings or more; at least MIN_PROBABILITY."""
    term = below = exp(-expected) if count else 0.0
    for number in range(1, count):
        term *= expected / number
        below += term
    return max(MIN_PROBABILITY, 1 - below)
