"""The conditions of a plan at each step, column by column."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import keys, plans, plans_with_motion, plans_with_short_bars

from chorale.music import Key, Metre, Plan
from chorale.network.conditions import (
    COLUMNS,
    FERMATA,
    KEY,
    MAX_BAR_STEPS,
    MAX_REMAINING_STEPS,
    MOTION,
    REMAINING,
    SINCE_DOWNBEAT,
    SIZES,
    UNKNOWN,
    UNTIL_DOWNBEAT,
    encode_plan,
    encode_unknown_plan,
    key_id,
)

LEVELS = np.array([[0, 1, 2, 4]] * 14)
THREE_FOUR = Plan(14, Metre(3, 4), 4, Key(7, "minor"), np.arange(14) >= 12, LEVELS)


def test_a_pickup_of_a_quarter_in_3_4_is_the_third_beat() -> None:
    columns = encode_plan(THREE_FOUR)
    assert columns[:, SINCE_DOWNBEAT].tolist() == [9, 10, 11, 12, *range(1, 11)]
    assert columns[:, UNTIL_DOWNBEAT].tolist() == [4, 3, 2, 1, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3]


def test_fermata_key_and_distance_to_the_end_are_given_at_each_step() -> None:
    columns = encode_plan(THREE_FOUR)
    assert columns[:, FERMATA].tolist() == [1] * 12 + [2] * 2
    assert columns[:, KEY].tolist() == [16] * 14
    assert columns[:, REMAINING].tolist() == list(range(14, 0, -1))


def test_motion_is_given_for_each_voice_one_above_its_level() -> None:
    assert COLUMNS[MOTION] == ("motion_soprano", "motion_alto", "motion_tenor", "motion_bass")
    assert encode_plan(THREE_FOUR)[:, MOTION].tolist() == [[1, 2, 3, 5]] * 14


@given(plans_with_motion())
def test_every_value_is_within_the_size_of_its_column(plan: Plan) -> None:
    columns = encode_plan(plan)
    assert columns.shape == (plan.length_steps, len(COLUMNS))
    assert columns.dtype == np.int32
    assert (columns >= 0).all()
    assert (columns < list(SIZES.values())).all()


@given(plans() | plans_with_motion())
def test_a_column_is_unknown_exactly_where_the_plan_leaves_it_out(plan: Plan) -> None:
    known = (encode_plan(plan) != UNKNOWN).all(axis=0)
    unknown = (encode_plan(plan) == UNKNOWN).all(axis=0)
    motion = [plan.motion is not None] * 4
    present = [plan.metre, plan.metre, plan.fermatas is not None, plan.key, True, *motion]
    assert known.tolist() == [bool(value) for value in present]
    assert unknown.tolist() == [not value for value in present]


@given(plans_with_short_bars())
def test_the_distances_to_both_downbeats_make_a_short_measure(plan: Plan) -> None:
    columns = encode_plan(plan)
    for step in range(plan.length_steps):
        since = columns[step, SINCE_DOWNBEAT] - 1
        assert since == plan.step_in_bar(step)
        after = plan.bar_start(plan.bar_at(step) + 1)
        assert columns[step, UNTIL_DOWNBEAT] == after - step


@given(plans())
def test_the_distances_to_both_downbeats_make_a_measure(plan: Plan) -> None:
    if plan.metre is None:
        return
    columns = encode_plan(plan)
    whole = columns[:, SINCE_DOWNBEAT] + columns[:, UNTIL_DOWNBEAT]
    assert (whole == plan.metre.steps_per_bar + 1).all()
    downbeats = np.flatnonzero(columns[:, SINCE_DOWNBEAT] == 1)
    first = plan.pickup_steps
    assert downbeats.tolist() == list(range(first, plan.length_steps, plan.metre.steps_per_bar))


def test_distances_beyond_the_maximum_look_alike() -> None:
    columns = encode_plan(Plan(200, Metre(12, 4)))  # 48 steps a bar
    assert columns[:48, SINCE_DOWNBEAT].tolist() == [*range(1, 33), *[MAX_BAR_STEPS] * 16]
    assert columns[:48, UNTIL_DOWNBEAT].tolist() == [*[MAX_BAR_STEPS] * 17, *range(31, 0, -1)]
    assert columns[:137, REMAINING].tolist() == [MAX_REMAINING_STEPS] * 137
    assert columns[136:, REMAINING].tolist() == list(range(64, 0, -1))


def test_the_24_keys_have_24_values_and_none_of_them_is_unknown() -> None:
    values = {key_id(Key(tonic, mode)) for tonic in range(12) for mode in ("major", "minor")}
    assert values == set(range(1, SIZES["key"]))


@given(keys(), st.integers(-12, 12))
def test_a_semitone_up_adds_two_to_a_keys_value(key: Key, semitones: int) -> None:
    assert key_id(key.transposed(semitones)) == 1 + (key_id(key) - 1 + 2 * semitones) % 24


def test_in_an_unknown_plan_the_end_is_unknown_too() -> None:
    assert encode_unknown_plan(3).tolist() == [[UNKNOWN] * 9] * 3


@pytest.mark.parametrize("part", ["metre", "key", "fermatas", "motion"])
def test_leaving_out_one_part_of_a_plan_hides_no_other_but_the_motion_of_phrases(part: str) -> None:
    nothing: dict[str, Any] = {
        "metre": {"metre": None, "pickup_steps": 0},
        "fermatas": {"fermatas": None, "motion": None},  # no phrases, no motion
    }
    less = replace(THREE_FOUR, **nothing.get(part, {part: None}))
    motion = [*range(*MOTION.indices(len(COLUMNS)))]
    hidden = {
        "metre": [SINCE_DOWNBEAT, UNTIL_DOWNBEAT],
        "key": [KEY],
        "fermatas": [FERMATA, *motion],
        "motion": motion,
    }[part]
    changed = (encode_plan(less) != encode_plan(THREE_FOUR)).any(axis=0)
    assert np.flatnonzero(changed).tolist() == hidden
