"""Ranking candidates by how surprising they would be in Bach."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chorale.checking import bach_rates, examine
from chorale.composing.compose import Composition
from chorale.composing.ranking import LIKELIHOOD, MIN_PROBABILITY, rank, tail_probability
from chorale.music import Chorale, Plan, from_pitches

CADENCE = [(72, 67, 64, 48), (72, 69, 65, 53), (71, 67, 62, 55), (72, 67, 64, 48)]
PARALLELS = [(67, 64, 60, 48), (69, 65, 62, 50), (71, 67, 64, 52), (72, 67, 64, 48)]


def chorale_of(chords: list[tuple[int, int, int, int]]) -> Chorale:
    pitches = [chord for chord in chords for _ in range(4)]
    return from_pitches(np.array(pitches, np.int16), Plan(len(pitches)))


def test_the_candidate_with_fewer_faults_is_the_best() -> None:
    candidates = [Composition(chorale_of(chords), 0.4) for chords in (PARALLELS, CADENCE)]
    best, worst = rank(candidates)
    assert (best.number, worst.number) == (2, 1)
    assert best.surprise < worst.surprise
    reason = worst.reasons[0]
    assert reason.what in {"parallel fifths", "parallel octaves"}
    assert reason.found > 1 > reason.expected


def test_the_surprise_of_a_rule_is_that_of_its_findings_at_bachs_rate() -> None:
    [ranked] = rank([Composition(chorale_of(PARALLELS), 0.4)])
    checked = examine(chorale_of(PARALLELS))
    for reason in ranked.reasons:
        found = sum(finding.rule == reason.what for finding in checked.findings)
        assert reason.found == found
        assert reason.expected == checked.expected(reason.what)
        assert reason.nats == pytest.approx(-math.log(tail_probability(found, reason.expected)))
    assert ranked.surprise == pytest.approx(sum(reason.nats for reason in ranked.reasons))
    assert [r.nats for r in ranked.reasons] == sorted(
        (r.nats for r in ranked.reasons), reverse=True
    )


def test_a_likelihood_far_from_the_others_surprises_above_and_below() -> None:
    candidates = [Composition(chorale_of(CADENCE), nats) for nats in (0.3, 0.4, 0.4, 0.4, 0.5)]
    ranking = rank(candidates)
    assert [ranked.number for ranked in ranking][:3] == [2, 3, 4]
    lowest, highest = sorted(ranking, key=lambda ranked: ranked.nats_per_note)[:: len(ranking) - 1]
    assert lowest.surprise == pytest.approx(highest.surprise)
    reasons = {reason.what: reason for reason in lowest.reasons}
    assert reasons[LIKELIHOOD].expected == pytest.approx(0.4)
    deviation = float(np.std([0.3, 0.4, 0.4, 0.4, 0.5]))
    assert reasons[LIKELIHOOD].nats == pytest.approx(-math.log(math.erfc(0.1 / deviation / 2**0.5)))


def test_no_likelihood_of_two_or_of_equal_ones_is_surprising() -> None:
    two = [Composition(chorale_of(CADENCE), nats) for nats in (0.3, 0.5)]
    same = [Composition(chorale_of(CADENCE), nats) for nats in (0.1 + 0.2, 0.3, 0.3)]
    for ranking in (rank(two), rank(same)):
        assert all(reason.what != LIKELIHOOD for each in ranking for reason in each.reasons)


def test_a_fault_that_bach_never_commits_counts_as_half_a_finding_of_his() -> None:
    bar = [(72, 67, 64, 48), (72, 69, 65, 53), (71, 67, 62, 55), (72, 67, 60, 52)]
    [ranked] = rank([Composition(chorale_of(bar * 6), 0.4)])
    [reason] = [reason for reason in ranked.reasons if reason.what == "mechanical repetition"]
    rate = bach_rates()["mechanical repetition"]
    assert rate.findings == 0
    assert reason.expected == pytest.approx(0.5 / rate.opportunities * 24)
    assert 3 < reason.nats < 12


def test_the_first_of_equal_candidates_is_the_best() -> None:
    ranking = rank([Composition(chorale_of(CADENCE), 0.4)] * 3)
    assert [ranked.number for ranked in ranking] == [1, 2, 3]


@given(st.integers(0, 12), st.floats(0.001, 20))
def test_the_tail_probability_is_poissons(count: int, expected: float) -> None:
    terms = [math.exp(n * math.log(expected) - expected - math.lgamma(n + 1)) for n in range(200)]
    assert tail_probability(count, expected) == pytest.approx(
        max(MIN_PROBABILITY, sum(terms[count:])), abs=1e-9
    )
