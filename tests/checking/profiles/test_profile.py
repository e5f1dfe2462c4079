"""A profile: which rules it applies, how faults are weighed, and what is left of the points."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chorale.checking import RULES, bach_rates
from chorale.checking.profiles import FAULT, TENDENCY, bach_profile, find_profile
from chorale.errors import OptionError
from chorale.music.voicings import SATB, VOICINGS

TEXTBOOK = find_profile("textbook")
NAMES = sorted(RULES)


def test_the_profile_of_bach_has_all_rules_with_his_weights_and_tendencies() -> None:
    bach = bach_profile()
    assert bach.rules == tuple(RULES)
    for rule, rate in bach_rates().items():
        assert bach.weights[rule] == rate.weight
        assert bach.find_kind(rule) == (TENDENCY if rate.is_tendency else FAULT)
    assert bach.grade(3) is None
    assert bach.has_bachs_weights
    assert bach.has_bachs_kinds


@given(st.sets(st.sampled_from(NAMES), min_size=1), st.sets(st.sampled_from(NAMES)))
def test_only_the_chosen_rules_without_the_ignored_ones_are_applied(
    only: set[str], ignore: set[str]
) -> None:
    if not only - ignore:
        with pytest.raises(OptionError, match="no rule remains"):
            TEXTBOOK.select(sorted(only), sorted(ignore))
    else:
        assert set(TEXTBOOK.select(sorted(only), sorted(ignore)).rules) == only - ignore


def test_without_a_choice_the_rules_are_those_of_the_profile() -> None:
    assert TEXTBOOK.select().rules == TEXTBOOK.rules
    [left_out, *_] = TEXTBOOK.ignored
    assert TEXTBOOK.select([left_out]).rules == (left_out,)


@given(st.sampled_from(NAMES))
def test_a_rule_is_found_whatever_its_capitals_and_hyphens(rule: str) -> None:
    for name in (rule, rule.upper(), rule.replace(" ", "-"), f" {rule} "):
        assert TEXTBOOK.find_rules([name]) == [rule]


def test_a_beginning_stands_for_all_rules_that_begin_so_and_a_kind_for_all_of_it() -> None:
    start = "parallel"
    assert TEXTBOOK.find_rules([start]) == [rule for rule in RULES if rule.startswith(start)]
    bach = bach_profile()
    assert set(bach.find_rules(["tendencies"])) == bach.tendencies
    assert {*bach.find_rules(["faults", "tendencies"])} == set(RULES)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("paralel fifths", "did you mean parallel fifths"),
        ("zzz", "see `chorale check --list-rules`"),
        ("", "there is no rule ''"),
    ],
)
def test_a_name_of_no_rule_is_refused_with_the_nearest(name: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        TEXTBOOK.find_rules([name])


def test_tendencies_weigh_nothing_and_points_end_at_0() -> None:
    bach = bach_profile()
    [tendency, *_] = sorted(bach.tendencies)
    fault = next(rule for rule in RULES if rule not in bach.tendencies)
    assert bach.weigh([tendency, fault, fault]) == 2 * bach.weights[fault]
    assert TEXTBOOK.points is not None
    assert TEXTBOOK.grade(3) == TEXTBOOK.points - 3
    assert TEXTBOOK.grade(1000) == 0


def test_ranges_are_those_of_a_voice_or_of_its_kind() -> None:
    profile = find_profile("textbook")
    changed = type(profile)(
        "own", profile.weights, ranges={"soprano": (60, 81), "soprano 2": (57, 74)}
    )
    assert changed.fit_ranges(SATB).part_at(0).range == (60, 81)
    assert changed.fit_ranges(SATB).part_at(3) == SATB.part_at(3)
    ssa = changed.fit_ranges(VOICINGS["SSA"])
    assert [part.range for part in ssa.parts][:2] == [(60, 81), (57, 74)]
