"""Candidates, ranked by what of them would surprise in Bach."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chorale.checking import bachs_rates, examine
from chorale.composing.compose import Composition
from chorale.composing.ranking import LEAST_CHANCE, LIKELIHOOD, at_least, ranked
from chorale.music import Chorale, Plan, from_pitches

CADENCE = [(72, 67, 64, 48), (72, 69, 65, 53), (71, 67, 62, 55), (72, 67, 64, 48)]
PARALLELS = [(67, 64, 60, 48), (69, 65, 62, 50), (71, 67, 64, 52), (72, 67, 64, 48)]


def sung(chords: list[tuple[int, int, int, int]]) -> Chorale:
    pitches = [chord for chord in chords for _ in range(4)]
    return from_pitches(np.array(pitches, np.int16), Plan(len(pitches)))


def test_what_has_fewer_faults_is_the_best() -> None:
    candidates = [Composition(sung(chords), 0.4) for chords in (PARALLELS, CADENCE)]
    best, worst = ranked(candidates)
    assert (best.number, worst.number) == (2, 1)
    assert best.surprise < worst.surprise
    reason = worst.reasons[0]
    assert reason.what in {"parallel fifths", "parallel octaves"}
    assert reason.found > 1 > reason.expected


def test_a_rules_surprise_is_that_of_as_many_findings_at_bachs_rate() -> None:
    [judged] = ranked([Composition(sung(PARALLELS), 0.4)])
    checked = examine(sung(PARALLELS))
    for reason in judged.reasons:
        found = sum(finding.rule == reason.what for finding in checked.findings)
        assert reason.found == found
        assert reason.expected == checked.expected(reason.what)
        assert reason.nats == pytest.approx(-math.log(at_least(found, reason.expected)))
    assert judged.surprise == pytest.approx(sum(reason.nats for reason in judged.reasons))
    assert [r.nats for r in judged.reasons] == sorted(
        (r.nats for r in judged.reasons), reverse=True
    )


def test_a_likelihood_away_from_the_others_surprises_whichever_way() -> None:
    candidates = [Composition(sung(CADENCE), nats) for nats in (0.3, 0.4, 0.4, 0.4, 0.5)]
    ranking = ranked(candidates)
    assert [judged.number for judged in ranking][:3] == [2, 3, 4]
    lowest, highest = sorted(ranking, key=lambda judged: judged.nats_per_note)[:: len(ranking) - 1]
    assert lowest.surprise == pytest.approx(highest.surprise)
    reasons = {reason.what: reason for reason in lowest.reasons}
    assert reasons[LIKELIHOOD].expected == pytest.approx(0.4)
    deviation = float(np.std([0.3, 0.4, 0.4, 0.4, 0.5]))
    assert reasons[LIKELIHOOD].nats == pytest.approx(-math.log(math.erfc(0.1 / deviation / 2**0.5)))


def test_of_two_or_of_the_same_likelihoods_none_is_surprising() -> None:
    two = [Composition(sung(CADENCE), nats) for nats in (0.3, 0.5)]
    same = [Composition(sung(CADENCE), nats) for nats in (0.1 + 0.2, 0.3, 0.3)]
    for ranking in (ranked(two), ranked(same)):
        assert all(reason.what != LIKELIHOOD for each in ranking for reason in each.reasons)


def test_what_bach_never_does_counts_as_if_he_had_done_it_by_half() -> None:
    bar = [(72, 67, 64, 48), (72, 69, 65, 53), (71, 67, 62, 55), (72, 67, 60, 52)]
    [judged] = ranked([Composition(sung(bar * 6), 0.4)])
    [reason] = [reason for reason in judged.reasons if reason.what == "mechanical repetition"]
    rate = bachs_rates()["mechanical repetition"]
    assert rate.findings == 0
    assert reason.expected == pytest.approx(0.5 / rate.opportunities * 24)
    assert 3 < reason.nats < 12


def test_of_equals_the_first_is_the_best() -> None:
    ranking = ranked([Composition(sung(CADENCE), 0.4)] * 3)
    assert [judged.number for judged in ranking] == [1, 2, 3]


@given(st.integers(0, 12), st.floats(0.001, 20))
def test_the_chance_of_as_many_or_more_is_poissons(count: int, expected: float) -> None:
    terms = [math.exp(n * math.log(expected) - expected - math.lgamma(n + 1)) for n in range(200)]
    assert at_least(count, expected) == pytest.approx(
        max(LEAST_CHANCE, sum(terms[count:])), abs=1e-9
    )
