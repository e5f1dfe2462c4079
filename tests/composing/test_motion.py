"""Motion of a plan: each phrase has the levels of a phrase of one of the plans."""

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from strategies import chorales, plans, plans_with_motion
from tiny_network import OPTIONS, RANGES

from chorale.analysis import measure_motion
from chorale.composing.motion import (
    OPEN,
    REQUESTS,
    draw_motion,
    measure_voices,
    repeat_motion,
)
from chorale.errors import OptionError
from chorale.music import Chorale, Metre, Plan
from chorale.network.checkpoint import Checkpoint
from chorale.network.tokens import Vocabulary
from chorale.options import Motion

METRE = Metre(4, 4)


def trained_on(*models: Plan) -> Checkpoint:
    """Return a checkpoint with these plans, without weights."""
    return Checkpoint({}, OPTIONS, Vocabulary(), RANGES, models, {})


def plan_of(*levels: list[int] | None, metre: Metre | None = METRE) -> Plan:
    """Return a plan with a bar for each phrase, of which each voice has these levels."""
    steps = 16 * len(levels)
    fermatas = np.arange(steps) % 16 >= 12
    motion = None if levels[0] is None else np.repeat(np.array(levels), 16, axis=0)
    return Plan(steps, metre, 0, None, fermatas, motion)


def level(number: int) -> list[int]:
    return [number] * 4


def drawn(
    plan: Plan,
    checkpoint: Checkpoint,
    requested: Motion | None = None,
    known: NDArray[np.int8] | None = None,
    near: NDArray[np.float64] | None = None,
) -> set[tuple[tuple[int, ...], ...]]:
    """Return every motion that 60 draws give, as the levels of each phrase."""
    found = set()
    for seed in range(60):
        generator = np.random.default_rng(seed)
        motion = draw_motion(plan, checkpoint, generator, requested, known, near).motion
        assert motion is not None
        found.add(tuple(tuple(motion[start].tolist()) for start, _ in plan.phrase_spans))
    return found


LADDER = trained_on(*(plan_of(level(n), level(n)) for n in (2, 0, 4, 1)))
TWO_PHRASES = plan_of(None, None)


def test_phrases_take_the_levels_of_the_models_phrases_and_the_last_those_of_its_last() -> None:
    model = plan_of([0, 1, 2, 3], [1, 1, 1, 1], [4, 4, 4, 4])
    first, second, last = (0, 1, 2, 3), (1, 1, 1, 1), (4, 4, 4, 4)
    checkpoint = trained_on(model)
    assert drawn(plan_of(None), checkpoint) == {(last,)}
    assert drawn(plan_of(None, None), checkpoint) == {(first, last)}
    assert drawn(plan_of(*[None] * 6), checkpoint) == {(first, second, first, second, first, last)}


def test_a_model_of_one_phrase_gives_all_phrases_its_levels() -> None:
    assert drawn(TWO_PHRASES, trained_on(plan_of(level(2)))) == {((2,) * 4, (2,) * 4)}


def test_models_in_the_same_metre_come_first() -> None:
    ours, other = plan_of(level(1)), plan_of(level(3), metre=Metre(2, 2))
    assert drawn(plan_of(None), trained_on(ours, other)) == {((1,) * 4,)}
    six_eight = plan_of(None, metre=Metre(6, 8))
    assert drawn(six_eight, trained_on(ours, other)) == {((1,) * 4,), ((3,) * 4,)}


def test_plans_without_motion_are_no_models() -> None:
    assert drawn(plan_of(None), trained_on(plan_of(None), plan_of(level(3)))) == {((3,) * 4,)}


@pytest.mark.parametrize(
    ("requested", "levels"),
    [("calm", {0}), ("usual", {1, 2}), ("lively", {4}), (None, {0, 1, 2, 4})],
)
def test_a_request_selects_a_quarter_or_the_middle_half(
    requested: Motion | None, levels: set[int]
) -> None:
    assert {first[0] for first, _ in drawn(TWO_PHRASES, LADDER, requested)} == levels


def test_every_request_has_its_shares() -> None:
    assert set(REQUESTS) == set(get_args(Motion))


def test_a_request_selects_by_the_voices_that_are_open() -> None:
    known = np.full((32, 4), OPEN, np.int8)
    known[:, 0] = 2
    quiet_top = plan_of([0, 3, 3, 3])
    checkpoint = trained_on(quiet_top, *(plan_of([4, n, n, n]) for n in (0, 1, 2)))
    assert drawn(TWO_PHRASES, checkpoint, "lively", known) == {((2, 3, 3, 3),) * 2}
    assert drawn(TWO_PHRASES, checkpoint, "calm", known) == {((2, 0, 0, 0),) * 2}


def test_the_rest_of_a_known_motion_is_that_of_the_nearest_quarter() -> None:
    for soprano, others in [(0, 0), (1, 1), (3, 2), (4, 4)]:
        known = np.full((32, 4), OPEN, np.int8)
        known[:, 0] = soprano
        # 3 is as near to 2 as to 4, and the first of the two is taken
        assert drawn(TWO_PHRASES, LADDER, known=known) == {((soprano, *[others] * 3),) * 2}


def test_only_open_levels_are_drawn_and_a_mean_may_be_given_for_them() -> None:
    known = np.full((32, 4), OPEN, np.int8)
    known[:16] = 3
    assert drawn(TWO_PHRASES, LADDER, known=known, near=np.full(4, 0.9)) == {((3,) * 4, (1,) * 4)}
    assert drawn(TWO_PHRASES, LADDER, "calm", known) == {((3,) * 4, (0,) * 4)}


def test_a_known_motion_is_kept_without_a_draw() -> None:
    known = np.ones((32, 4), np.int8)
    generator = np.random.default_rng(5)
    plan = draw_motion(TWO_PHRASES, LADDER, generator, None, known)
    assert plan == replace(TWO_PHRASES, motion=known)
    assert generator.random() == np.random.default_rng(5).random()


def test_without_models_without_phrases_or_without_conditioning_there_is_no_motion() -> None:
    generator = np.random.default_rng(0)
    silent = trained_on(plan_of(None))
    unconditioned = replace(LADDER, options=replace(OPTIONS, encoder_units=0))
    for plan, checkpoint in [
        (TWO_PHRASES, silent),
        (TWO_PHRASES, trained_on()),
        (TWO_PHRASES, unconditioned),
        (Plan(32), LADDER),
    ]:
        assert draw_motion(plan, checkpoint, generator) is plan
    assert generator.random() == np.random.default_rng(0).random()
    with pytest.raises(OptionError, match="trained without phrases, so it cannot take a motion"):
        draw_motion(TWO_PHRASES, silent, generator, "calm")
    with pytest.raises(OptionError, match=r"a motion needs phrases, .* add --metre or --phrases"):
        draw_motion(Plan(32), LADDER, generator, "calm")


@given(plans(), st.lists(plans_with_motion(), max_size=4), st.integers(0, 99))
@settings(deadline=None)
def test_any_plan_with_phrases_gets_the_motion_of_one_of_any_plans(
    plan: Plan, models: list[Plan], seed: int
) -> None:
    moving = draw_motion(plan, trained_on(*models), np.random.default_rng(seed))
    assert replace(moving, motion=None) == plan
    able = plan.fermatas is not None and any(model.motion is not None for model in models)
    assert (moving.motion is not None) == able
    again = draw_motion(plan, trained_on(*models), np.random.default_rng(seed))
    assert again == moving


def test_the_repeat_of_an_opening_has_the_same_motion() -> None:
    plan = plan_of(*map(level, (0, 1, 2, 3, 4)))
    assert repeat_motion(plan, 32) == plan_of(*map(level, (0, 1, 0, 1, 4)))
    assert repeat_motion(plan, 0) == plan
    assert repeat_motion(TWO_PHRASES, 16) == TWO_PHRASES


@given(chorales(), st.sets(st.integers(0, 3)))
def test_motion_is_measured_in_the_chosen_voices(chorale: Chorale, voices: set[int]) -> None:
    measured, whole = measure_voices(chorale, sorted(voices)), measure_motion(chorale)
    if measured is None or whole is None:
        assert measured is whole
        return
    for voice in range(4):
        expected = whole[:, voice] if voice in voices else OPEN
        np.testing.assert_array_equal(measured[:, voice], expected)
