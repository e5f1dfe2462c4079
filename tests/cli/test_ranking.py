"""The printed ranking of candidates."""

from chorale.cli.ranking import collect_ranking, format_ranking
from chorale.composing.ranking import CRITIC, RankedCandidate, Reason

RANKING = [
    RankedCandidate(3, 0.4, ()),
    RankedCandidate(1, 0.4, (Reason(CRITIC, -2.0, 1.25, 3.25), Reason("late rests", 2, 0.5, 2.4))),
]


def test_a_reason_of_the_critic_is_compared_with_the_best_candidate() -> None:
    _, best, other = format_ranking(RANKING)
    assert best == "  3  surprise  0.0: nothing stands out"
    assert other == (
        "  1  surprise  5.7: critic: 3.2 nats less like Bach than the best; late rests 2 (0.5)"
    )


def test_the_facts_have_the_sums_of_the_critic() -> None:
    critic = collect_ranking(RANKING)[1]["reasons"][0]
    assert critic == {"what": "critic", "found": -2.0, "expected": 1.25, "nats": 3.25}
