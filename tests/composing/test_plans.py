"""Plans drawn from models: they fill their measures, with fermatas where the models have them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import METRES, keys, plans

from chorale.composing.plan_options import PlanOptions
from chorale.composing.plans import (
    FINAL_CHORD_STEPS,
    draw_plan,
    find_final_chord,
    find_phrases,
)
from chorale.errors import OptionError
from chorale.music import Key, Metre, Plan

BARS = st.integers(1, 8) | st.sampled_from([50, 100])


def plan_of(
    phrases: list[tuple[int, int]], metre: Metre | None = None, pickup: int = 0, rest: int = 0
) -> Plan:
    """Return a plan of phrases, (length, fermata length) each, and `rest` steps after the last."""
    fermatas = np.zeros(sum(length for length, _ in phrases) + rest, np.bool_)
    end = 0
    for length, held in phrases:
        end += length
        fermatas[end - held : end] = True
    return Plan(len(fermatas), metre, pickup, Key(0, "major"), fermatas)


@st.composite
def hymns(draw: st.DrawFn) -> Plan:
    """Phrases of whole quarters, each with a quarter or more of fermata, the last with a half."""
    metre = draw(st.sampled_from(METRES))
    quarters = draw(st.lists(st.integers(3, 9), min_size=1, max_size=5))
    phrases = [(4 * length, 4) for length in quarters]
    phrases[-1] = (phrases[-1][0], 8)
    pickup = draw(st.integers(0, metre.steps_per_bar - 1))
    return plan_of(phrases, metre, pickup)


def places(plan: Plan) -> set[int]:
    """Places in the bar at which fermatas end."""
    assert plan.metre
    assert plan.fermatas is not None
    ends = np.flatnonzero(np.diff(np.append(plan.fermatas, False).astype(np.int8)) == -1) + 1
    return {(int(end) - plan.pickup_steps) % plan.metre.steps_per_bar for end in ends}


# Phrases


@given(st.lists(st.tuples(st.integers(2, 20), st.integers(1, 8)), max_size=6), st.integers(0, 5))
def test_the_phrases_of_a_plan_are_found(drawn: list[tuple[int, int]], rest: int) -> None:
    phrases = [(length, min(held, length - 1)) for length, held in drawn]
    assert find_phrases(plan_of(phrases, rest=rest + (not phrases))) == phrases


def test_a_plan_without_fermatas_has_no_phrases() -> None:
    assert find_phrases(Plan(16)) == []
    assert find_phrases(Plan(16, fermatas=np.zeros(16, np.bool_))) == []


# The final chord


def test_the_final_chord_starts_with_the_last_fermata() -> None:
    assert find_final_chord(plan_of([(16, 4), (16, 8)])) == 24


@pytest.mark.parametrize("plan", [plan_of([(16, 4)], rest=8), Plan(24)])
def test_without_a_final_fermata_the_final_chord_is_a_quarter(plan: Plan) -> None:
    assert find_final_chord(plan) == 20


@pytest.mark.parametrize("plan", [plan_of([(6, 6)]), Plan(1), Plan(3)])
def test_a_plan_may_be_all_final_chord(plan: Plan) -> None:
    assert find_final_chord(plan) == 0


# Drawing


@given(st.lists(hymns(), min_size=1, max_size=4), BARS, st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_a_drawn_plan_fills_its_measures_and_ends_under_a_fermata(
    hymnal: list[Plan], bars: int, seed: int
) -> None:
    plan = draw_plan(hymnal, bars, np.random.default_rng(seed))
    assert plan.metre in {hymn.metre for hymn in hymnal}
    assert plan.metre
    assert plan.length_steps == bars * plan.metre.steps_per_bar
    assert plan.bars == bars
    assert 0 <= plan.pickup_steps < plan.metre.steps_per_bar
    assert plan.fermatas is not None
    assert plan.fermatas[-FINAL_CHORD_STEPS:].all()


@given(st.lists(hymns(), min_size=1, max_size=4), BARS, st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_metre_pickup_and_key_are_those_of_one_plan(
    hymnal: list[Plan], bars: int, seed: int
) -> None:
    plan = draw_plan(hymnal, bars, np.random.default_rng(seed))
    known = {(hymn.metre, hymn.pickup_steps, hymn.key) for hymn in hymnal}
    assert (plan.metre, plan.pickup_steps, plan.key) in known


@given(st.lists(hymns(), min_size=1, max_size=4), BARS, st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_inner_fermatas_end_where_those_of_the_same_metre_end(
    hymnal: list[Plan], bars: int, seed: int
) -> None:
    plan = draw_plan(hymnal, bars, np.random.default_rng(seed))
    assert plan.metre
    assert plan.fermatas is not None
    the_end = (plan.length_steps - plan.pickup_steps) % plan.metre.steps_per_bar
    alike = (hymn for hymn in hymnal if hymn.metre == plan.metre)
    assert places(plan) - {the_end} <= set().union(*(places(hymn) for hymn in alike))


@given(st.lists(plans(), min_size=1, max_size=3), st.integers(1, 6), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_any_plans_can_serve_as_models(given_plans: list[Plan], bars: int, seed: int) -> None:
    plan = draw_plan(given_plans, bars, np.random.default_rng(seed))
    assert plan.bars == bars
    if any(given_plan.metre for given_plan in given_plans):
        assert plan.fermatas is not None
        assert plan.fermatas[-1]


def test_drawn_phrases_are_those_of_the_models_where_they_fit() -> None:
    phrases = [(12, 4), (20, 4), (16, 4), (16, 8)]
    hymn = plan_of(phrases, Metre(4, 4), 4)
    drawn = {
        phrase
        for seed in range(20)
        for phrase in find_phrases(draw_plan([hymn], 12, np.random.default_rng(seed)))
    }
    assert drawn == set(phrases)


def test_the_last_phrase_of_a_model_is_never_an_inner_phrase() -> None:
    hymnal = [plan_of([(16, 4), (16, 8)], Metre(4, 4)), plan_of([(16, 4), (32, 4)], Metre(4, 4))]
    for seed in range(20):
        phrases = find_phrases(draw_plan(hymnal, 12, np.random.default_rng(seed)))
        assert phrases == [(16, 4)] * 11 + [(16, 8)]


def test_different_generators_string_phrases_differently() -> None:
    hymn = plan_of([(16, 4), (32, 4), (16, 8)], Metre(4, 4))
    drawn = [draw_plan([hymn], 12, np.random.default_rng(seed)) for seed in range(10)]
    assert len({tuple(find_phrases(plan)) for plan in drawn}) > 1


@given(st.lists(hymns(), min_size=1, max_size=4), st.integers(1, 20), st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_the_same_generator_draws_the_same_plan(hymnal: list[Plan], bars: int, seed: int) -> None:
    first, again = (draw_plan(hymnal, bars, np.random.default_rng(seed)) for _ in range(2))
    assert first == again


@given(keys(), st.integers(1, 100))
@settings(max_examples=20)
def test_a_measure_has_four_quarters_if_no_model_has_a_metre(key: Key, bars: int) -> None:
    plan = draw_plan([Plan(48, key=key), Plan(10)], bars, np.random.default_rng(0))
    assert plan == Plan(16 * bars)


def test_models_without_a_metre_are_passed_over() -> None:
    with_metre = plan_of([(24, 8)], Metre(3, 4))
    for seed in range(10):
        plan = draw_plan([Plan(48), with_metre], 2, np.random.default_rng(seed))
        assert plan.metre == Metre(3, 4)


def test_phrases_are_regular_if_no_drawn_ones_fill_the_measures() -> None:
    hymn = plan_of([(48, 4), (48, 8)], Metre(4, 4))  # three measures a phrase
    assert find_phrases(draw_plan([hymn], 4, np.random.default_rng(0))) == [(32, 4), (32, 8)]
    assert find_phrases(draw_plan([hymn], 6, np.random.default_rng(0))) == [(48, 4), (48, 8)]


def test_a_single_short_measure_is_all_fermata() -> None:
    hymn = plan_of([(5, 1)], Metre(5, 16))
    assert find_phrases(draw_plan([hymn], 1, np.random.default_rng(0))) == [(5, 5)]


def test_many_short_phrases_fill_a_hundred_bars() -> None:
    hymn = plan_of([(2, 1)] * 20 + [(8, 8)], Metre(3, 2))
    plan = draw_plan([hymn], 100, np.random.default_rng(0))
    assert plan.length_steps == 2400
    assert len(find_phrases(plan)) > 500


# Requests


PICKUPS = st.sampled_from([0, 0.5, 1, 2])


@given(st.lists(hymns(), min_size=1, max_size=4), BARS, keys(), PICKUPS, st.integers(0, 99))
@settings(deadline=None)
def test_a_plan_has_the_requested_key_metre_and_pickup(
    hymnal: list[Plan], bars: int, key: Key, pickup: float, seed: int
) -> None:
    plan_options = PlanOptions(key, Metre(3, 4), pickup)
    plan = draw_plan(hymnal, bars, np.random.default_rng(seed), plan_options)
    assert (plan.key, plan.metre, plan.pickup_steps) == (key, Metre(3, 4), 4 * pickup)
    assert plan.length_steps == bars * 12
    assert plan.fermatas is not None
    assert plan.fermatas[-1]


@given(
    st.lists(hymns(), min_size=1, max_size=4),
    st.lists(st.integers(1, 5), min_size=1, max_size=5),
    st.sampled_from([Metre(4, 4), Metre(3, 4), Metre(2, 4), Metre(3, 8), Metre(3, 2)]),
    st.sampled_from([None, 0, 1]),
    st.integers(0, 99),
)
@settings(deadline=None)
def test_requested_phrases_end_under_fermatas(
    hymnal: list[Plan], bars: list[int], metre: Metre, pickup: int | None, seed: int
) -> None:
    plan_options = PlanOptions(metre=metre, pickup=pickup, phrases=tuple(bars))
    plan = draw_plan(hymnal, sum(bars), np.random.default_rng(seed), plan_options)
    steps = metre.steps_per_bar
    assert [length for length, _ in find_phrases(plan)] == [steps * length for length in bars]


def test_fermatas_of_requested_phrases_are_as_long_as_those_of_the_models() -> None:
    hymn = plan_of([(32, 3), (32, 5), (32, 12)], Metre(4, 4))
    plan_options = PlanOptions(metre=Metre(4, 4), phrases=(2, 2))
    held = {
        tuple(
            held
            for _, held in find_phrases(
                draw_plan([hymn], 4, np.random.default_rng(n), plan_options)
            )
        )
        for n in range(20)
    }
    assert held == {(3, 12), (5, 12)}


def test_phrases_that_do_not_fill_the_measures_are_refused() -> None:
    plan_options = PlanOptions(metre=Metre(4, 4), phrases=(2, 3))
    with pytest.raises(OptionError, match="phrases of 2, 3 make 5 bars, but there are 4 to fill"):
        draw_plan([plan_of([(64, 8)], Metre(4, 4))], 4, np.random.default_rng(0), plan_options)


def test_a_pickup_of_a_bar_is_refused() -> None:
    with pytest.raises(OptionError, match="of 3 beats is not shorter than a bar of 3/4"):
        PlanOptions.parse(metre="3/4", pickup=3)
    plan_options, hymn = PlanOptions(pickup=5), plan_of([(64, 8)], Metre(4, 4))
    with pytest.raises(OptionError, match="of 5 beats is not shorter than a bar of 4/4"):
        draw_plan([hymn], 4, np.random.default_rng(0), plan_options)


def test_a_metre_is_drawn_that_has_room_for_the_pickup() -> None:
    hymnal = [plan_of([(48, 8)], Metre(3, 4)), plan_of([(64, 8)], Metre(4, 4))]
    for seed in range(20):
        plan = draw_plan(hymnal, 4, np.random.default_rng(seed), PlanOptions(pickup=3))
        assert (plan.metre, plan.pickup_steps) == (Metre(4, 4), 12)


@pytest.mark.parametrize(
    ("metre", "pickup", "steps"), [("6/8", 1, 2), ("3/2", 1, 8), ("4/4", 1.5, 6)]
)
def test_a_pickup_counts_beats_of_the_metre(metre: str, pickup: float, steps: int) -> None:
    assert PlanOptions.parse(metre=metre, pickup=pickup).pickup_steps(Metre.parse(metre)) == steps


@pytest.mark.parametrize("metre", ["99/1", "3/1", "33/16"])
def test_a_metre_with_bars_too_long_for_the_network_is_refused(metre: str) -> None:
    with pytest.raises(OptionError, match="choose a metre with at most 32"):
        PlanOptions.parse(metre=metre)


def test_a_metre_that_no_plan_has_gets_regular_phrases() -> None:
    hymn = plan_of([(64, 8)], Metre(4, 4))
    plan = draw_plan([hymn], 6, np.random.default_rng(0), PlanOptions(metre=Metre(6, 8)))
    assert [length for length, _ in find_phrases(plan)] == [48, 24]
    assert plan.key == hymn.key


def test_phrases_can_be_requested_without_a_metre() -> None:
    plan = draw_plan([Plan(16)], 4, np.random.default_rng(0), PlanOptions(phrases=(1, 3)))
    assert plan.metre is None
    assert [length for length, _ in find_phrases(plan)] == [16, 48]


# Openings


@given(st.lists(hymns(), min_size=1, max_size=4), hymns(), st.integers(1, 8), st.integers(0, 99))
@settings(deadline=None)
def test_a_plan_continues_an_opening(
    hymnal: list[Plan], opening: Plan, more: int, seed: int
) -> None:
    assert opening.metre
    assert opening.fermatas is not None
    bars = -(-opening.length_steps // opening.metre.steps_per_bar) + more
    plan = draw_plan(hymnal, bars, np.random.default_rng(seed), opening=opening)
    assert (plan.metre, plan.pickup_steps, plan.key) == (
        opening.metre,
        opening.pickup_steps,
        opening.key,
    )
    assert plan.length_steps == bars * opening.metre.steps_per_bar
    assert plan.fermatas is not None
    np.testing.assert_array_equal(plan.fermatas[: opening.length_steps], opening.fermatas)
    assert plan.fermatas[-1]


def test_an_unfinished_phrase_of_an_opening_is_completed_as_in_the_models() -> None:
    hymn = plan_of([(32, 4), (32, 4), (32, 8)], Metre(4, 4))
    opening = plan_of([(32, 4)], Metre(4, 4), rest=16)  # a phrase and a half
    plan = draw_plan([hymn], 6, np.random.default_rng(0), opening=opening)
    assert find_phrases(plan) == [(32, 4), (32, 4), (32, 8)]


def test_requested_phrases_follow_an_opening() -> None:
    hymn = plan_of([(32, 4), (32, 8)], Metre(4, 4))
    opening = plan_of([(32, 4)], Metre(4, 4))
    plan_options = PlanOptions(phrases=(3, 1))
    plan = draw_plan([hymn], 6, np.random.default_rng(0), plan_options, opening)
    assert [length for length, _ in find_phrases(plan)] == [32, 48, 16]


def test_an_opening_without_a_metre_is_continued_without_one() -> None:
    plan = draw_plan(
        [plan_of([(64, 8)], Metre(4, 4))], 3, np.random.default_rng(0), opening=Plan(8)
    )
    assert (plan.length_steps, plan.metre) == (48, None)


def test_a_pickup_between_the_sixteenths_of_the_metre_is_refused() -> None:
    with pytest.raises(OptionError, match=r"^a pickup of 0\.5 beats of 3/16 is no whole number"):
        PlanOptions(pickup=0.5).pickup_steps(Metre(3, 16))


def test_a_motion_is_one_of_three_words() -> None:
    assert PlanOptions.parse(motion="lively").motion == "lively"
    with pytest.raises(OptionError, match="motion must be one of calm, usual, lively, not presto"):
        PlanOptions(motion="presto")  # type: ignore[arg-type]  # what the test is about
