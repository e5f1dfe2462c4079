"""The choice among candidates at the ends of phrases."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from tiny_network import plan_in_phrases, tiny_checkpoint, tiny_critic

from chorale.composing.choosing import PhraseChooser, find_choices
from chorale.composing.compose import Composition, compose
from chorale.composing.form import SOPRANO_ONLY, Form
from chorale.composing.jobs.generating import job_for_generating
from chorale.composing.jobs.job import run_job
from chorale.composing.plan_options import PlanOptions
from chorale.composing.ranking import CRITIC, RankedCandidate, rank
from chorale.composing.tasks import Task, task_for_generating, task_for_harmonizing
from chorale.music import Chorale, Key, Metre, Plan
from chorale.network.critic import describe_beats
from chorale.network.numpy_critic import Critic
from chorale.network.tokens import encode
from chorale.options import SamplingOptions

PLAIN = tiny_checkpoint(plans=(plan_in_phrases(),))
CHECKPOINT = replace(PLAIN, critic=tiny_critic())
VOCABULARY = PLAIN.vocabulary
HOT = SamplingOptions(temperature=3.0)


def plan(ends: Sequence[int] = (16, 32, 48), pickup: int = 0) -> Plan:
    """Return a plan with fermatas of a beat that end at these steps."""
    fermatas = np.zeros(ends[-1], np.bool_)
    for end in ends:
        fermatas[end - 4 : end] = True
    return Plan(ends[-1], Metre(4, 4), pickup, Key(0, "major"), fermatas)


def compose_candidates(task: Task, candidates: int, seed: int = 1) -> list[Composition]:
    generators = [np.random.default_rng([seed, number]) for number in range(candidates)]
    return compose(CHECKPOINT, [task] * candidates, HOT, generators, candidates=candidates)


def sum_of(chorale: Chorale) -> float:
    """Return the sum of the critic's logits of a chorale, computed from the whole chorale."""
    critic = Critic(CHECKPOINT.critic)
    state, total = critic.begin(1), 0.0
    for beat in describe_beats(chorale, VOCABULARY):
        logits, state = critic.judge(beat[None], state)
        total += float(logits[0])
    return total


@pytest.mark.parametrize("pickup", [0, 2, 4])
def test_candidates_differ_only_in_the_last_phrase_and_carry_their_sums(pickup: int) -> None:
    task = task_for_generating(plan(pickup=pickup), CHECKPOINT)
    found = compose_candidates(task, 4)
    first, *others = (each.chorale for each in found)
    for other in others:
        np.testing.assert_array_equal(first.pitches[:32], other.pitches[:32])
        assert (first.pitches[32:] != other.pitches[32:]).any()
    for each in found:
        assert each.critic == pytest.approx(sum_of(each.chorale), abs=1e-3)


def test_the_phrase_of_the_highest_sum_goes_on() -> None:
    task = task_for_generating(plan(), CHECKPOINT)
    generators = [np.random.default_rng([1, number]) for number in range(4)]
    lenient = replace(HOT, strictness=0.0)
    alone = compose(CHECKPOINT, [task] * 4, lenient, generators)
    sums = []
    for each in alone:
        opening = Chorale(
            each.chorale.pitches[:16],
            each.chorale.onsets[:16],
            replace(plan((16,)), pickup_steps=0),
        )
        sums.append(sum_of(opening))  # without penalties, at a strictness of 0
    best = alone[int(np.argmax(sums))].chorale
    generators = [np.random.default_rng([1, number]) for number in range(4)]
    for each in compose(CHECKPOINT, [task] * 4, lenient, generators, candidates=4):
        np.testing.assert_array_equal(each.chorale.pitches[:16], best.pitches[:16])
    assert len({tuple(each.chorale.pitches[:16].ravel()) for each in alone}) > 1


def test_no_candidate_goes_on_from_notes_that_it_does_not_have() -> None:
    """A candidate's tokens, likelihood and sum are those of one continuous draw."""
    task = task_for_generating(plan(), CHECKPOINT)
    generators = [np.random.default_rng([5, number]) for number in range(3)]
    several = compose(CHECKPOINT, [task] * 3, HOT, generators, likelihoods=True, candidates=3)
    for each in several:
        given = replace(task, given=encode(each.chorale, VOCABULARY))
        [again] = compose(CHECKPOINT, [given], HOT, [np.random.default_rng(0)], likelihoods=True)
        assert again.nats_per_note == pytest.approx(each.nats_per_note, rel=1e-5)


def test_candidates_are_compared_where_something_was_open_and_something_still_is() -> None:
    task = task_for_generating(plan((16, 32, 48, 64)), CHECKPOINT)
    assert find_choices(task, VOCABULARY.unknown) == {16, 32, 48}
    given = np.zeros_like(task.given)
    assert not find_choices(replace(task, given=given), VOCABULARY.unknown)
    given[20:40, 1] = VOCABULARY.unknown
    assert find_choices(replace(task, given=given), VOCABULARY.unknown) == {32}
    unknown = replace(task, plan=replace(task.plan, fermatas=None))
    assert not find_choices(unknown, VOCABULARY.unknown)


def test_a_setting_keeps_its_tune_whichever_candidate_goes_on() -> None:
    tune = compose_candidates(task_for_generating(plan(), CHECKPOINT), 1)[0].chorale
    task = task_for_harmonizing(tune, [0], CHECKPOINT)
    for each in compose_candidates(task, 3):
        np.testing.assert_array_equal(each.chorale.pitches[:, 0], tune.pitches[:, 0])
        assert each.critic == pytest.approx(sum_of(each.chorale), abs=1e-3)


def test_a_repeated_section_is_that_of_the_candidate_that_goes_on() -> None:
    form = Form(repeat_steps=16, repeated_voices=SOPRANO_ONLY)
    task = replace(task_for_generating(plan(), CHECKPOINT), form=form)
    for each in compose_candidates(task, 4):
        tune = each.chorale.pitches[:, 0]
        np.testing.assert_array_equal(tune[:16], tune[16:32])


def test_chorales_do_not_depend_on_how_many_are_composed() -> None:
    job = job_for_generating(CHECKPOINT, 4, PlanOptions(phrases=(2, 2)))
    options = replace(HOT, best_of=24)  # three batches of two, two and one
    five = list(run_job(CHECKPOINT, job, 5, 7, options))
    assert list(run_job(CHECKPOINT, job, 2, 7, options)) == five[:2]
    assert list(run_job(CHECKPOINT, job, 2, 7, options, first_alone=True)) == five[:2]


def test_without_a_critic_candidates_are_composed_as_if_alone() -> None:
    task = task_for_generating(plan(), PLAIN)
    found = [
        compose(PLAIN, [task] * 3, HOT, [np.random.default_rng(n) for n in range(3)], candidates=k)
        for k in (1, 3)
    ]
    for alone, compared in zip(*found, strict=True):
        assert alone.chorale == compared.chorale
        assert np.isnan(compared.critic)


def test_the_critic_is_a_reason_of_the_ranking() -> None:
    reported: list[Sequence[RankedCandidate]] = []
    job = job_for_generating(CHECKPOINT, 4, PlanOptions(phrases=(2, 2)))
    list(run_job(CHECKPOINT, job, 1, 7, replace(HOT, best_of=4), report=reported.append))
    [ranking] = reported
    found = [reason for each in ranking for reason in each.reasons if reason.what == CRITIC]
    assert len(found) == 3  # none for the one of the highest sum
    for reason in found:
        assert reason.nats == pytest.approx(reason.expected - reason.found)


def test_chorales_of_equal_faults_are_ranked_by_the_critic() -> None:
    chorale = compose_candidates(task_for_generating(plan(), CHECKPOINT), 1)[0].chorale
    ranking = rank([Composition(chorale, 0.3, value) for value in (-4.0, 1.5, -2.0)])
    assert [each.number for each in ranking] == [2, 3, 1]
    assert ranking[1].surprise - ranking[0].surprise == pytest.approx(3.5)


@pytest.mark.parametrize(("penalties", "chosen"), [((0, 1), 0), ((1, 0), 1)])
def test_of_equal_phrases_the_one_with_fewer_penalties_goes_on(
    penalties: tuple[int, int], chosen: int
) -> None:
    task = task_for_generating(plan(), CHECKPOINT)
    notes = np.tile(VOCABULARY.note_tokens[[20, 14, 10, 5]], (2, 1))
    chooser = PhraseChooser(CHECKPOINT, [task] * 2, 2)
    for _ in range(15):
        assert chooser.append(notes) is None
    chooser.penalize(np.array(penalties, np.float32))
    rows = chooser.append(notes)
    assert rows is not None
    assert rows.tolist() == [chosen, chosen]


def test_the_chooser_reports_nothing_to_replace_between_phrases() -> None:
    task = task_for_generating(plan(), CHECKPOINT)
    chooser = PhraseChooser(CHECKPOINT, [task] * 2, 2)
    notes = VOCABULARY.note_tokens[[20, 14, 10, 5]]
    for step in range(15):
        assert chooser.append(np.stack([notes + (step % 3), notes])) is None
    sums = chooser.sums.copy()
    rows = chooser.append(np.stack([notes, notes]))
    assert rows is not None
    assert rows.tolist() in ([0, 0], [1, 1])
    assert chooser.sums[0] == chooser.sums[1]
    assert sums[0] != sums[1]
