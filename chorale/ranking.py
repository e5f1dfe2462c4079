"""Ranking: which of several chorales is most like Bach, and why.

A chorale's surprise is how hard it is to take for Bach's, in nats, the sum of
- for each rule of `chorale.checking`, minus the logarithm of the chance that Bach, at his own rate,
  would have as many findings or more: nothing where there are none, little where there are as many
  as he has, much where there are more (findings are taken to be independent: Poisson);
- minus the logarithm of the chance that a likelihood is as far, up or down, from the mean of the
  candidates (normal). What is too unlikely has gone astray; what is too likely stands still.

Of 200 new chorales (at temperature 1.0, before the draw minded as many rules as now) the first of 8
candidates each had 2.0 times Bach's faults, the best 0.9 times, while chords changed as often; the
likeliest had 1.6 times, and chords changed less often (33 instead of 36 % of the steps).

Source: that good text is about as likely as is usual, neither more nor less, is the idea of C.
Meister et al., "Locally Typical Sampling" (2023).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import erfc, exp, log, sqrt

import numpy as np

from chorale.checking import examine
from chorale.composing import Composition

LIKELIHOOD = "likelihood"
LEAST_CHANCE = 1e-12  # what is less likely than this surprises no more


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
class Judged:
    """A candidate, judged.

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


def ranked(candidates: Sequence[Composition]) -> list[Judged]:
    """The candidates, best first; of equals the first written.

    Args:
        candidates: at least one, of the same task, with their likelihoods.
    """
    nats = np.array([candidate.nats_per_note for candidate in candidates])
    judged = [
        _judged(number, candidate, float(nats.mean()), float(nats.std()))
        for number, candidate in enumerate(candidates, start=1)
    ]
    return sorted(judged, key=lambda each: each.surprise)


def _judged(number: int, candidate: Composition, mean: float, deviation: float) -> Judged:
    checked = examine(candidate.chorale)
    counts: dict[str, int] = {}
    for finding in checked.findings:
        counts[finding.rule] = counts.get(finding.rule, 0) + 1
    reasons = _of_findings(counts, {rule: checked.expected(rule) for rule in counts})
    away = abs(candidate.nats_per_note - mean) / deviation if deviation else 0.0
    chance = max(LEAST_CHANCE, erfc(away / sqrt(2)))
    reasons.append(Reason(LIKELIHOOD, candidate.nats_per_note, mean, -log(chance)))
    reasons.sort(key=lambda reason: -reason.nats)
    told = tuple(reason for reason in reasons if reason.nats > 0)
    return Judged(number, candidate.nats_per_note, told)


def _of_findings(counts: Mapping[str, int], expected: Mapping[str, float]) -> list[Reason]:
    return [
        Reason(rule, count, expected[rule], -log(at_least(count, expected[rule])))
        for rule, count in counts.items()
    ]


def at_least(count: int, expected: float) -> float:
    """The chance of `count` findings or more where so many are expected; not below LEAST_CHANCE."""
    term = below = exp(-expected) if count else 0.0
    for number in range(1, count):
        term *= expected / number
        below += term
    return max(LEAST_CHANCE, 1 - below)
