"""Running a job: any number of chorales, the same each time."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from tiny_network import plan_in_phrases, plans_with_motion, tiny_checkpoint

from chorale.composing.jobs import Job, job_for_generating, parse_voices, run_job
from chorale.composing.jobs.job import BATCH
from chorale.composing.plan_options import PlanOptions
from chorale.composing.ranking import RankedCandidate
from chorale.errors import OptionError
from chorale.music import REST, Key, Metre
from chorale.options import ModelOptions, Motion, SamplingOptions

CHECKPOINT = tiny_checkpoint()
MOVING = tiny_checkpoint(plans=plans_with_motion())
HOT = SamplingOptions(temperature=2.0)


def test_a_chorale_is_the_same_whatever_the_count() -> None:
    job = job_for_generating(CHECKPOINT, 1, PlanOptions())
    many = list(run_job(CHECKPOINT, job, BATCH + 1, 7, HOT))
    assert len(many) == BATCH + 1
    [one] = run_job(CHECKPOINT, job, 1, 7, HOT)
    assert one == many[0]


def test_progress_runs_through_all_batches() -> None:
    reported: list[float] = []
    job = job_for_generating(CHECKPOINT, 1, PlanOptions())
    progress = lambda done, total: reported.append(done / total)  # noqa: E731  # short
    list(run_job(CHECKPOINT, job, BATCH + 1, 7, HOT, progress))
    assert reported == sorted(reported)
    assert reported[-1] == 1


def test_a_new_chorale_has_the_requested_key_metre_pickup_and_length() -> None:
    plan_options = PlanOptions(Key(3, "minor"), Metre(3, 4), 1, (4, 2))
    [chorale] = run_job(CHECKPOINT, job_for_generating(CHECKPOINT, 6, plan_options), 1, 7, HOT)
    plan = chorale.plan
    assert (plan.key, plan.metre, plan.pickup_steps) == (Key(3, "minor"), Metre(3, 4), 4)
    assert plan.length_steps == 72


def test_one_new_chorale_in_five_is_in_bar_form_if_long_enough() -> None:
    forms = {}
    for bars in (4, 12):
        job = job_for_generating(CHECKPOINT, bars, PlanOptions())
        tasks = [job.draw_task(np.random.default_rng(seed)) for seed in range(200)]
        forms[bars] = np.mean([task.form.repeat_steps > 0 for task in tasks])
    assert forms[4] == 0
    assert forms[12] == pytest.approx(0.2, abs=0.08)


def test_requested_phrases_are_repeated_where_they_can_be() -> None:
    plan_options = PlanOptions(phrases=(2, 2, 2, 2, 4))
    job = job_for_generating(CHECKPOINT, 12, plan_options)
    tasks = [job.draw_task(np.random.default_rng(seed)) for seed in range(60)]
    assert {task.form.repeat_steps for task in tasks} == {0, 64}
    assert all([end for _, end in task.plan.fermata_spans][1] == 64 for task in tasks)


def levels_drawn(job: Job, step: int, draws: int = 60) -> set[int]:
    """Return the levels of motion, of all voices, that a job's tasks have at a step."""
    tasks = [job.draw_task(np.random.default_rng(seed)) for seed in range(draws)]
    motions = [task.plan.motion for task in tasks]
    return {int(level) for motion in motions if motion is not None for level in motion[step]}


@pytest.mark.parametrize(
    ("motion", "levels"),
    [(None, {0, 1, 2, 3}), ("calm", {0}), ("usual", {1, 2}), ("lively", {3})],
)
def test_a_new_chorale_has_the_motion_of_the_plans(motion: Motion | None, levels: set[int]) -> None:
    job = job_for_generating(MOVING, 4, PlanOptions(motion=motion))
    assert levels_drawn(job, 0) == levels
    assert levels_drawn(job, 63) == {level // 2 for level in levels}


def test_motion_changes_no_other_part_of_the_plan_that_a_seed_gives() -> None:
    still = replace(MOVING, plans=tuple(replace(plan, motion=None) for plan in MOVING.plans))
    jobs = [job_for_generating(each, 12, PlanOptions()) for each in (still, MOVING)]
    for seed in range(20):
        without, moving = (job.draw_task(np.random.default_rng(seed)) for job in jobs)
        assert without.plan.motion is None
        assert moving.plan.motion is not None
        assert replace(moving.plan, motion=None) == without.plan
        assert moving.form == without.form


def test_the_repeat_of_an_opening_has_the_motion_of_the_opening() -> None:
    job = job_for_generating(MOVING, 12, PlanOptions(phrases=(2, 2, 2, 2, 4)))
    tasks = [job.draw_task(np.random.default_rng(seed)) for seed in range(60)]
    repeats = [task.plan.motion for task in tasks if task.form.repeat_steps == 64]
    assert len(repeats) > 1
    for motion in repeats:
        assert motion is not None
        np.testing.assert_array_equal(motion[64:128], motion[:64])


def test_a_chorale_composed_with_motion_is_complete_and_the_same_again() -> None:
    job = job_for_generating(MOVING, 2, PlanOptions(motion="lively"))
    first, second = run_job(MOVING, job, 2, 7, HOT)
    assert first != second
    assert first.plan.motion is not None
    assert (first.pitches != REST).any()
    assert list(run_job(MOVING, job, 1, 7, HOT)) == [first]


def test_motion_changes_what_the_network_composes() -> None:
    calm, lively = (
        next(run_job(MOVING, job_for_generating(MOVING, 4, PlanOptions(motion=motion)), 1, 7, HOT))
        for motion in ("calm", "lively")
    )
    assert replace(calm.plan, motion=None) == replace(lively.plan, motion=None)
    assert (calm.pitches != lively.pitches).any()


def test_a_motion_is_refused_if_the_model_was_trained_without_phrases() -> None:
    with pytest.raises(OptionError, match="trained without phrases, so it cannot take a motion"):
        job_for_generating(CHECKPOINT, 4, PlanOptions(motion="calm"))


def test_several_candidates_are_reported_and_the_best_is_kept() -> None:
    reported: list[Sequence[RankedCandidate]] = []
    job = job_for_generating(CHECKPOINT, 2, PlanOptions())
    several = replace(HOT, best_of=3)
    chosen = list(run_job(CHECKPOINT, job, 2, 7, several, report=reported.append))
    [alone] = run_job(CHECKPOINT, job, 1, 7, replace(HOT, best_of=1))
    assert [len(ranking) for ranking in reported] == [3, 3]
    assert (chosen[0] == alone) == (reported[0][0].number == 1)
    again = list(run_job(CHECKPOINT, job, 1, 7, several))
    assert again == chosen[:1]


@pytest.mark.parametrize("best_of", [1, 40])
def test_a_first_chorale_that_is_composed_alone_is_the_same(best_of: int) -> None:
    job = job_for_generating(CHECKPOINT, 1, PlanOptions())
    options = replace(HOT, best_of=best_of)
    steps: list[float] = []
    alone = list(
        run_job(
            CHECKPOINT,
            job,
            3,
            7,
            options,
            lambda done, total: steps.append(done / total),
            first_alone=True,
        )
    )
    assert alone == list(run_job(CHECKPOINT, job, 3, 7, options))
    assert steps == sorted(steps)
    assert steps[-1] == 1
    assert list(run_job(CHECKPOINT, job, 1, 7, options, first_alone=True)) == alone[:1]


def test_a_model_without_conditioning_takes_no_plan_options() -> None:
    without_encoder = tiny_checkpoint(
        options=ModelOptions(encoder_units=0, units=4, layers=1), plans=(plan_in_phrases(),)
    )
    assert job_for_generating(without_encoder, 2, PlanOptions())
    for plan_options in (PlanOptions(key=Key(0, "major")), PlanOptions(motion="calm")):
        with pytest.raises(OptionError, match="no conditioning encoder, so it cannot take a key"):
            job_for_generating(without_encoder, 2, plan_options)


def test_a_model_without_conditioning_gets_no_motion() -> None:
    without_encoder = tiny_checkpoint(
        options=ModelOptions(encoder_units=0, units=4, layers=1), plans=plans_with_motion()
    )
    job = job_for_generating(without_encoder, 2, PlanOptions())
    assert job.draw_task(np.random.default_rng(0)).plan.motion is None


def test_phrases_that_do_not_fill_the_bars_are_refused_before_any_work() -> None:
    with pytest.raises(OptionError, match="phrases of 4 make 4 bars, but there are 6 to fill"):
        job_for_generating(CHECKPOINT, 6, PlanOptions(phrases=(4,)))


def test_voices_are_parsed_into_order_and_wrong_names_refused() -> None:
    assert parse_voices(["bass", "soprano"]) == ["soprano", "bass"]
    with pytest.raises(OptionError, match="'descant' is no voice; choose from soprano, alto"):
        parse_voices(["descant"])
