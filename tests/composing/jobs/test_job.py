"""Doing a job: as often as asked, each time the same."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from tiny_network import plan_in_phrases, tiny_checkpoint

from chorale.composing.jobs import generation, run_job, voices_named
from chorale.composing.jobs.job import BATCH
from chorale.composing.plan_options import PlanOptions
from chorale.composing.ranking import Ranked
from chorale.errors import OptionError
from chorale.music import Key, Metre
from chorale.options import ModelOptions, SamplingOptions

CHECKPOINT = tiny_checkpoint()
HOT = SamplingOptions(temperature=2.0)


def test_a_chorale_is_the_same_whatever_the_count() -> None:
    job = generation(CHECKPOINT, 1, PlanOptions())
    many = list(run_job(CHECKPOINT, job, BATCH + 1, 7, HOT))
    assert len(many) == BATCH + 1
    [one] = run_job(CHECKPOINT, job, 1, 7, HOT)
    assert one == many[0]


def test_progress_goes_through_all_batches() -> None:
    told: list[float] = []
    job = generation(CHECKPOINT, 1, PlanOptions())
    progress = lambda done, total: told.append(done / total)  # noqa: E731  # short
    list(run_job(CHECKPOINT, job, BATCH + 1, 7, HOT, progress))
    assert told == sorted(told)
    assert told[-1] == 1


def test_a_new_chorale_has_what_was_asked_for() -> None:
    asked = PlanOptions(Key(3, "minor"), Metre(3, 4), 1, (4, 2))
    [chorale] = run_job(CHECKPOINT, generation(CHECKPOINT, 6, asked), 1, 7, HOT)
    plan = chorale.plan
    assert (plan.key, plan.metre, plan.pickup_steps) == (Key(3, "minor"), Metre(3, 4), 4)
    assert plan.length_steps == 72


def test_one_chorale_in_five_is_in_bar_form_where_there_is_room() -> None:
    forms = {}
    for bars in (4, 12):
        job = generation(CHECKPOINT, bars, PlanOptions())
        tasks = [job.task(np.random.default_rng(seed)) for seed in range(200)]
        forms[bars] = np.mean([task.form.repeat_steps > 0 for task in tasks])
    assert forms[4] == 0
    assert forms[12] == pytest.approx(0.2, abs=0.08)


def test_phrases_that_are_asked_for_come_again_where_they_can() -> None:
    asked = PlanOptions(phrases=(2, 2, 2, 2, 4))
    job = generation(CHECKPOINT, 12, asked)
    tasks = [job.task(np.random.default_rng(seed)) for seed in range(60)]
    assert {task.form.repeat_steps for task in tasks} == {0, 64}
    assert all([end for _, end in task.plan.fermata_spans][1] == 64 for task in tasks)


def test_several_candidates_are_told_of_and_the_best_is_kept() -> None:
    told: list[Sequence[Ranked]] = []
    job = generation(CHECKPOINT, 2, PlanOptions())
    several = replace(HOT, best_of=3)
    chosen = list(run_job(CHECKPOINT, job, 2, 7, several, tell=told.append))
    [alone] = run_job(CHECKPOINT, job, 1, 7, replace(HOT, best_of=1))
    assert [len(ranking) for ranking in told] == [3, 3]
    assert (chosen[0] == alone) == (told[0][0].number == 1)
    again = list(run_job(CHECKPOINT, job, 1, 7, several))
    assert again == chosen[:1]


def test_a_model_that_hears_no_plan_can_be_asked_for_none() -> None:
    deaf = tiny_checkpoint(
        options=ModelOptions(encoder_units=0, units=4, layers=1), plans=(plan_in_phrases(),)
    )
    assert generation(deaf, 2, PlanOptions())
    with pytest.raises(OptionError, match="the model hears neither key"):
        generation(deaf, 2, PlanOptions(key=Key(0, "major")))


def test_phrases_that_do_not_fill_the_bars_are_refused_before_any_work() -> None:
    with pytest.raises(OptionError, match="phrases of 4 bars make 4, not the 6"):
        generation(CHECKPOINT, 6, PlanOptions(phrases=(4,)))


def test_names_of_voices_come_in_order_and_wrong_ones_are_refused() -> None:
    assert voices_named(["bass", "soprano"]) == ["soprano", "bass"]
    with pytest.raises(OptionError, match="'descant' is no voice; choose from soprano, alto"):
        voices_named(["descant"])
