"""Rules of the draw: what each allows, their order, and rules that a caller adds."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny_network import RANGES, plan_in_phrases, saved, tiny_checkpoint

import chorale
from chorale.aliases import Rows
from chorale.composing.cadences import Cadences
from chorale.composing.compose import _rules, compose
from chorale.composing.jobs import job_for_generating, run_job
from chorale.composing.plan_options import ANY_PLAN
from chorale.composing.plans import find_final_chord
from chorale.composing.rules import LogitRule, Logits, Moment, PlayableTokens
from chorale.composing.tasks import Task, task_for_generating
from chorale.composing.voice_leading import VoiceLeading
from chorale.errors import OptionError
from chorale.music import ALTO, BASS, SOPRANO, Plan
from chorale.network.history import HistoryTracker
from chorale.network.tokens import encode
from chorale.options import SamplingOptions

CHECKPOINT = tiny_checkpoint()
VOCABULARY = CHECKPOINT.vocabulary
REST, HOLD, START, UNKNOWN = (
    VOCABULARY.rest,
    VOCABULARY.hold,
    VOCABULARY.start,
    VOCABULARY.unknown,
)
OPEN = np.full((1, 4), UNKNOWN, np.int32)
SUNG = (72, 65, 60, 48)
STRICT, FREE = SamplingOptions(strictness=1.0), SamplingOptions(strictness=0.0)


class OnlyPitch:
    """A rule that leaves one pitch to one voice, and records where it is applied."""

    def __init__(self, voice: int, pitch: int) -> None:
        self.voice, self.token = voice, VOCABULARY.token_of(pitch)
        self.moments: list[Moment] = []
        self.logits: list[Logits] = []

    def apply(self, logits: Logits, at: Moment) -> Logits:
        self.moments.append(replace(at, cells=at.cells.copy()))  # later draws change the cells
        self.logits.append(logits.copy())
        if at.voice != self.voice:
            return logits
        is_pitch = np.arange(VOCABULARY.size) == self.token
        return np.where(is_pitch, np.zeros_like(logits), -np.inf)


def open_task(length: int, ended: NDArray[np.bool_] | None = None) -> Task:
    """Return a task without given cells."""
    return Task(Plan(length), np.full((length, 4), UNKNOWN, np.int32), ended=ended)


def moment(*frames: tuple[int, ...], step: int, voice: int, task: Task | None = None) -> Moment:
    """Return the moment of a voice's draw after frames of tokens, before any draw in the step."""
    tasks = [task or open_task(4)]
    tracker = HistoryTracker(1, VOCABULARY)
    for frame in frames:
        tracker.append(np.array([frame], np.int32))
    return Moment(step, voice, OPEN, tracker.history(), np.zeros((1, 6), np.int32), tasks)


def chord(*pitches: int) -> tuple[int, ...]:
    return tuple(VOCABULARY.token_of(pitch) for pitch in pitches)


def playable(at: Moment) -> set[int]:
    """The tokens that `PlayableTokens` allows, with all logits 0."""
    rule = PlayableTokens(CHECKPOINT)
    return set(
        np.flatnonzero(np.isfinite(rule.apply(np.zeros((1, VOCABULARY.size)), at)[0])).tolist()
    )


def notes_within(voice: int) -> set[int]:
    lowest, highest = RANGES[voice]
    return {VOCABULARY.token_of(pitch) for pitch in range(lowest, highest + 1)}


# Playable tokens


@pytest.mark.parametrize("voice", range(4))
def test_a_voice_may_sing_all_notes_of_its_range_and_no_others(voice: int) -> None:
    assert playable(moment(step=0, voice=voice)) == notes_within(voice)


@pytest.mark.parametrize("voice", range(4))
def test_a_voice_may_hold_a_sounding_note(voice: int) -> None:
    struck = moment(chord(*SUNG), step=1, voice=voice)
    held = moment(chord(*SUNG), (HOLD,) * 4, step=2, voice=voice)
    assert playable(struck) == playable(held) == {HOLD} | notes_within(voice)


def test_a_voice_that_rests_may_not_hold_but_the_others_may() -> None:
    frame = (chord(*SUNG)[0], REST, *chord(*SUNG)[2:])
    assert playable(moment(frame, step=1, voice=ALTO)) == notes_within(ALTO)
    assert HOLD in playable(moment(frame, step=1, voice=SOPRANO))


def test_a_given_note_that_has_ended_may_not_be_held_at_that_cell_alone() -> None:
    ended = np.zeros((4, 4), np.bool_)
    ended[1, ALTO] = True
    task = open_task(4, ended)
    assert HOLD not in playable(moment(chord(*SUNG), step=1, voice=ALTO, task=task))
    assert HOLD in playable(moment(chord(*SUNG), step=1, voice=SOPRANO, task=task))
    assert HOLD in playable(moment(chord(*SUNG), step=2, voice=ALTO, task=task))
    assert HOLD in playable(moment(chord(*SUNG), step=4, voice=ALTO, task=task))  # its end


def test_a_rest_is_never_playable_however_likely_it_is() -> None:
    logits = np.zeros((1, VOCABULARY.size))
    logits[0, REST] = 1e9
    rule = PlayableTokens(CHECKPOINT)
    for at in (moment(step=0, voice=BASS), moment((REST,) * 4, step=1, voice=BASS)):
        assert rule.apply(logits, at)[0, REST] == -np.inf


def test_playable_tokens_keep_their_logits() -> None:
    logits = np.random.default_rng(0).normal(size=(1, VOCABULARY.size)).astype(np.float32)
    rule = PlayableTokens(CHECKPOINT)
    found = rule.apply(logits, moment(chord(*SUNG), step=1, voice=BASS))
    kept = sorted({HOLD} | notes_within(BASS))
    np.testing.assert_array_equal(found[0, kept], logits[0, kept])
    assert np.isneginf(np.delete(found[0], kept)).all()


# The rules of every draw


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (STRICT, [VoiceLeading, PlayableTokens, Cadences]),
        (FREE, [PlayableTokens, Cadences]),
    ],
)
def test_the_rules_apply_in_a_fixed_order(options: SamplingOptions, expected: list[type]) -> None:
    assert [type(rule) for rule in _rules(CHECKPOINT, (), options)] == expected


@pytest.mark.parametrize("step", [27, 28, 55, 56])  # about the fermatas of both phrases
@pytest.mark.parametrize("voice", range(4))
def test_rules_leave_their_argument_unchanged(step: int, voice: int) -> None:
    task = task_for_generating(plan_in_phrases(), CHECKPOINT)
    at = moment(chord(*SUNG), step=step, voice=voice, task=task)
    for rule in _rules(CHECKPOINT, [task], STRICT):
        logits = np.random.default_rng(1).normal(size=(1, VOCABULARY.size)).astype(np.float32)
        before = logits.copy()
        found = rule.apply(logits, at)
        np.testing.assert_array_equal(logits, before)
        assert found.shape == logits.shape
        assert not np.shares_memory(found, logits)


# Further rules


def test_a_further_rule_is_applied_to_every_draw_with_its_moment() -> None:
    rule = OnlyPitch(ALTO, 65)
    tasks = [Task(Plan(length), np.full((length, 4), UNKNOWN, np.int32)) for length in (3, 2)]
    generators = [np.random.default_rng(seed) for seed in range(2)]
    composed = compose(CHECKPOINT, tasks, STRICT, generators, rules=[rule])
    order = list(CHECKPOINT.options.order)
    places = [(step, voice) for step in range(3) for voice in order]
    assert [(at.step, at.voice) for at in rule.moments] == places
    tokens = encode(composed[0].chorale, VOCABULARY)
    for at in rule.moments:
        before = tokens[at.step - 1] if at.step else np.full(4, START)
        drawn = order[: order.index(at.voice)]
        np.testing.assert_array_equal(at.history.previous[0], before)
        np.testing.assert_array_equal(at.cells[0, drawn], tokens[at.step, drawn])
        assert (np.delete(at.cells[0], drawn) == UNKNOWN).all()
        assert at.conditions.shape[0] == 2
        assert list(at.tasks) == tasks


def test_a_further_rule_comes_after_the_others_and_decides() -> None:
    rule = OnlyPitch(ALTO, 80)  # above the range of the alto
    task = Task(Plan(4), np.full((4, 4), UNKNOWN, np.int32))
    [composed] = compose(CHECKPOINT, [task], STRICT, [np.random.default_rng(0)], rules=[rule])
    assert composed.chorale.pitches[:, ALTO].tolist() == [80] * 4
    assert composed.chorale.onsets[:, ALTO].all()
    assert all(np.isneginf(logits[:, REST]).all() for logits in rule.logits)


def test_further_rules_apply_one_after_the_other() -> None:
    first, second = OnlyPitch(BASS, 50), OnlyPitch(BASS, 52)
    task = Task(Plan(2), np.full((2, 4), UNKNOWN, np.int32))
    generators = [np.random.default_rng(0)]
    rules: list[LogitRule] = [first, second]
    [composed] = compose(CHECKPOINT, [task], STRICT, generators, rules=rules)
    assert composed.chorale.pitches[:, BASS].tolist() == [52, 52]
    for logits, at in zip(second.logits, second.moments, strict=True):
        possible = np.flatnonzero(np.isfinite(logits[0])).tolist()
        assert (possible == [first.token]) == (at.voice == BASS)


def test_a_further_rule_is_not_applied_to_given_cells() -> None:
    given = np.full((2, 4), UNKNOWN, np.int32)
    given[:, ALTO] = VOCABULARY.token_of(60)
    rule = OnlyPitch(ALTO, 65)
    [composed] = compose(
        CHECKPOINT, [Task(Plan(2), given)], STRICT, [np.random.default_rng(0)], rules=[rule]
    )
    assert composed.chorale.pitches[:, ALTO].tolist() == [60, 60]
    assert ALTO not in {at.voice for at in rule.moments}


class Following(OnlyPitch):
    """A rule that keeps the steps that it follows."""

    def __init__(self) -> None:
        super().__init__(ALTO, 65)
        self.steps: list[int] = []

    def follow(self, at: Moment) -> None:
        """Keep the step."""
        self.steps.append(at.step)

    def take(self, rows: Rows) -> None:
        """Go on with these chorales."""


def test_a_rule_that_follows_the_music_takes_up_steps_without_draws_too() -> None:
    given = np.full((6, 4), VOCABULARY.token_of(60), np.int32)
    given[3, ALTO] = UNKNOWN
    rule = Following()
    compose(CHECKPOINT, [Task(Plan(6), given)], STRICT, [np.random.default_rng(0)], rules=[rule])
    assert rule.steps == [0, 1, 2, 3]  # nothing is open later
    assert [(at.step, at.voice) for at in rule.moments] == [(3, ALTO)]


def test_a_job_applies_further_rules() -> None:
    job = job_for_generating(CHECKPOINT, 1, ANY_PLAN)
    rules = [OnlyPitch(SOPRANO, 67)]
    first, second = run_job(CHECKPOINT, job, 2, 7, STRICT, rules=rules)
    for composed in (first, second):
        drawn = composed.onsets[:, SOPRANO]
        assert drawn.any()
        assert (composed.pitches[drawn, SOPRANO] == 67).all()


def test_generate_applies_further_rules(tmp_path: Path) -> None:
    model = saved(CHECKPOINT, tmp_path)
    rule = OnlyPitch(SOPRANO, 67)
    [composed] = chorale.generate(1, model=model, seed=1, best_of=1, rules=[rule])
    assert (composed.pitches[:, SOPRANO] == 67).all()
    drawn = 4 * find_final_chord(composed.plan) + 2  # soprano and bass close on the tonic
    assert len(rule.moments) == drawn


class Returning:
    """A rule that returns fixed logits, whatever the logits."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def apply(self, logits: Logits, at: Moment) -> Logits:
        return self._value


@pytest.mark.parametrize("value", [None, "x", np.zeros(51), np.zeros((4, 51))])
def test_a_rule_that_returns_another_shape_is_named(value: object) -> None:
    task = task_for_generating(plan_in_phrases(), tiny_checkpoint())
    generators = [np.random.default_rng(1)]
    with pytest.raises(
        OptionError, match=r"the rule Returning must return logits of shape \(1, 51\)"
    ):
        compose(tiny_checkpoint(), [task], SamplingOptions(), generators, rules=[Returning(value)])


@pytest.mark.parametrize("value", [np.nan, -np.inf, np.inf])
def test_a_rule_that_leaves_no_token_to_draw_is_an_error(value: float) -> None:
    task = task_for_generating(plan_in_phrases(), tiny_checkpoint())
    rule, generators = Returning(np.full((1, 51), value)), [np.random.default_rng(1)]
    with pytest.raises(OptionError, match="must leave each voice a token with finite logits"):
        compose(tiny_checkpoint(), [task], SamplingOptions(), generators, rules=[rule])


@pytest.mark.parametrize("rule", [3, None, lambda logits, at: logits, Returning])
def test_only_objects_with_a_method_apply_are_rules(rule: Any) -> None:
    with pytest.raises(OptionError, match="rules must be objects with a method apply, not "):
        chorale.generate(1, rules=[rule])


def test_a_rule_that_follows_the_music_must_take_the_place_of_candidates_too() -> None:
    rule = OnlyPitch(SOPRANO, 67)
    rule.follow = lambda at: None  # type: ignore[attr-defined]
    with pytest.raises(OptionError, match="the rule OnlyPitch has a method follow, so it needs a"):
        chorale.generate(1, rules=[rule])
