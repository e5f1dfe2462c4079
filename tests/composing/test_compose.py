"""Composing with random weights: properties that hold for any network."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import chorales, plans
from tiny_network import RANGES, plan_in_phrases, tiny_checkpoint

from chorale.aliases import Ids
from chorale.analysis import FIFTH, UNISON, crossings, out_of_range, parallels
from chorale.composing.compose import compose
from chorale.composing.form import ALL_VOICES, SOPRANO_ONLY, Form, KeySpan
from chorale.composing.plans import find_final_chord
from chorale.composing.tasks import Task, task_for_generating
from chorale.errors import DataError
from chorale.music import REST, Chorale, Key, Metre, Plan
from chorale.network.conditions import KEY, encode_unknown_plan, key_id
from chorale.network.history import History, build_history
from chorale.network.numpy_network import Network
from chorale.network.tokens import Vocabulary, encode
from chorale.options import SamplingOptions

VOCABULARY = Vocabulary()
CHECKPOINT = tiny_checkpoint()
HOT = SamplingOptions(temperature=3.0)
LENGTHS = (9, 64, 30, 1)


def plan(length: int) -> Plan:
    return Plan(length, Metre(3, 4), min(3, length), Key(2, "minor"))


def compose_tasks(*tasks: Task, seed: int = 0, options: SamplingOptions = HOT) -> list[Chorale]:
    generators = [np.random.default_rng([seed, number]) for number in range(len(tasks))]
    written = compose(CHECKPOINT, tasks, options, generators)
    return [composition.chorale for composition in written]


@given(plans(), st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_a_new_chorale_follows_its_plan_and_holds_its_final_chord(plan: Plan, seed: int) -> None:
    [chorale] = compose_tasks(task_for_generating(plan, CHECKPOINT), seed=seed)
    assert chorale.plan == plan
    last = find_final_chord(plan)
    assert not chorale.onsets[last + 1 :].any()
    held = chorale.pitches[last:]
    assert (held == held[0]).all()
    assert (chorale.pitches != REST).all()


def test_a_network_without_conditioning_is_given_no_notes() -> None:
    unconditioned_checkpoint = replace(CHECKPOINT, about={"training": {"evidence": 0.0}})
    assert (
        task_for_generating(plan_in_phrases(), unconditioned_checkpoint).given == VOCABULARY.unknown
    ).all()
    conditioned_checkpoint = replace(CHECKPOINT, about={"training": {"evidence": 0.5}})
    unconditioned_checkpoint = replace(
        conditioned_checkpoint, options=replace(CHECKPOINT.options, encoder_units=0)
    )
    assert (
        task_for_generating(plan_in_phrases(), unconditioned_checkpoint).given == VOCABULARY.unknown
    ).all()
    assert (
        task_for_generating(plan_in_phrases(), conditioned_checkpoint).given != VOCABULARY.unknown
    ).any()


@pytest.mark.parametrize(
    "options", [HOT, SamplingOptions(temperature=100), SamplingOptions(greedy=True)]
)
def test_notes_stay_within_the_ranges_of_their_voices(options: SamplingOptions) -> None:
    tasks = [task_for_generating(plan_in_phrases(), CHECKPOINT)] * 8
    pitches = np.stack([chorale.pitches for chorale in compose_tasks(*tasks, options=options)])
    for voice, (lowest, highest) in enumerate(RANGES):
        sounding = pitches[..., voice][pitches[..., voice] != REST]
        assert sounding.min() >= lowest
        assert sounding.max() <= highest
        if options.temperature == 100:  # all but uniform draws reach both ends
            assert (sounding.min(), sounding.max()) == (lowest, highest)


def test_a_network_that_prefers_holds_and_rests_starts_with_notes_and_never_rests() -> None:
    weights = dict(CHECKPOINT.weights)
    for voice in ("soprano", "alto", "tenor", "bass"):
        bias = np.zeros(VOCABULARY.size, np.float32)
        bias[VOCABULARY.hold], bias[VOCABULARY.rest] = 120, 60
        weights[f"{voice}_tokens/bias"] = bias
    checkpoint = replace(CHECKPOINT, weights=weights)
    task = task_for_generating(Plan(20), CHECKPOINT)
    [composition] = compose(checkpoint, [task], SamplingOptions(), [np.random.default_rng(0)])
    chorale = composition.chorale
    assert chorale.onsets[0].all()
    assert not chorale.onsets[1:].any()
    assert (chorale.pitches != REST).all()  # though its bias prefers rests, too


@given(chorales(), st.integers(0, 2**32), st.floats(0, 1))
@settings(max_examples=40, deadline=None)
def test_given_cells_are_kept_exactly(chorale: Chorale, seed: int, share: float) -> None:
    tokens = encode(chorale, VOCABULARY)
    kept = np.random.default_rng(seed).random(4) < share  # whole voices, which sound as given
    given_cells = np.where(kept, tokens, VOCABULARY.unknown).astype(np.int32)
    [written] = compose_tasks(Task(chorale.plan, given_cells), seed=seed)
    assert np.array_equal(written.pitches[:, kept], chorale.pitches[:, kept])
    assert np.array_equal(written.onsets[:, kept], chorale.onsets[:, kept])


def test_nothing_is_composed_where_everything_is_given() -> None:
    [chorale] = compose_tasks(task_for_generating(plan(30), CHECKPOINT))
    [again] = compose_tasks(Task(chorale.plan, encode(chorale, VOCABULARY)), seed=1)
    assert again == chorale


def test_a_given_beginning_and_ending_are_kept_around_new_music() -> None:
    [model] = compose_tasks(task_for_generating(plan(30), CHECKPOINT))
    tokens = encode(model, VOCABULARY)
    tokens[8:20] = VOCABULARY.unknown
    tokens[20] = [VOCABULARY.token_of(pitch) for pitch in (72, 65, 60, 48)]
    tokens[21:] = VOCABULARY.hold
    [first, second] = compose_tasks(Task(model.plan, tokens), Task(model.plan, tokens))
    for chorale in (first, second):
        written = encode(chorale, VOCABULARY)
        assert np.array_equal(written[:8], tokens[:8])
        assert np.array_equal(written[20:], tokens[20:])
    assert first != second


def test_notes_given_outside_the_ranges_are_kept() -> None:
    cells = np.full((4, 4), VOCABULARY.unknown, np.int32)
    cells[:, 0] = VOCABULARY.token_of(84)
    [chorale] = compose_tasks(Task(Plan(4), cells))
    assert chorale.pitches[:, 0].tolist() == [84] * 4


def test_a_hold_given_where_a_rest_is_given_before_is_refused() -> None:
    cells = np.full((4, 4), VOCABULARY.unknown, np.int32)
    cells[1:3, 1] = VOCABULARY.rest, VOCABULARY.hold
    with pytest.raises(DataError, match="HOLD at step 2 in the alto, where no note sounds"):
        compose_tasks(Task(Plan(4), cells))


def test_the_same_generators_compose_the_same_chorales() -> None:
    tasks = [task_for_generating(plan(length), CHECKPOINT) for length in LENGTHS]
    assert compose_tasks(*tasks) == compose_tasks(*tasks)
    assert compose_tasks(*tasks) != compose_tasks(*tasks, seed=1)


def test_equal_tasks_with_different_generators_give_different_chorales() -> None:
    different = compose_tasks(*[task_for_generating(plan(30), CHECKPOINT)] * 5)
    assert all(one != other for one, other in pairwise(different))


def test_greedy_composing_does_not_depend_on_the_generator() -> None:
    task, greedy = task_for_generating(plan(30), CHECKPOINT), SamplingOptions(greedy=True)
    assert compose_tasks(task, seed=0, options=greedy) == compose_tasks(
        task, seed=1, options=greedy
    )


@pytest.mark.parametrize("seed", range(3))
def test_the_lower_the_temperature_the_nearer_to_greedy(seed: int) -> None:
    tasks = [task_for_generating(plan(30), CHECKPOINT)] * 20
    greedy = compose_tasks(*tasks, seed=seed, options=SamplingOptions(greedy=True))
    shares = [
        float(
            np.mean([one.pitches == other.pitches for one, other in zip(greedy, cold, strict=True)])
        )
        for temperature in (3.0, 1.0, 0.2, 1e-5)
        for cold in [compose_tasks(*tasks, seed=seed, options=SamplingOptions(temperature))]
    ]
    assert shares == sorted(shares)
    assert shares[0] < 0.5
    assert shares[-1] == 1


def test_at_a_very_high_temperature_all_playable_tokens_are_equally_likely() -> None:
    """By Pearson's chi-square: within five standard deviations of its mean, the tokens less one."""
    tasks = [task_for_generating(Plan(64), CHECKPOINT)] * 100
    hot = SamplingOptions(temperature=1e9)
    tokens = np.stack(
        [encode(each, VOCABULARY)[1:32] for each in compose_tasks(*tasks, options=hot)]
    )
    for voice, (lowest, highest) in enumerate(RANGES):  # all notes of the range, and HOLD
        counts = np.bincount(tokens[..., voice].ravel(), minlength=VOCABULARY.size)
        possible = np.flatnonzero(counts)
        assert len(possible) == highest - lowest + 2
        unconditioned = counts.sum() / len(possible)
        freedom = len(possible) - 1
        chi_square = ((counts[possible] - unconditioned) ** 2 / unconditioned).sum()
        assert abs(chi_square - freedom) < 5 * np.sqrt(2 * freedom)


def test_a_chorale_is_the_same_alone_and_in_a_batch_of_other_lengths() -> None:
    """Other chorales of the batch change a chorale by rounding alone.

    A product of matrices may be rounded otherwise in a batch, by one part in ten million, and in
    as many draws one falls so close to an edge that it flips, after which all is different. Rows
    that are mixed up, or padding that reaches other rows, would change every chorale; so all but
    one must be the same.
    """
    tasks = [task_for_generating(plan(length), CHECKPOINT) for length in LENGTHS]
    together = compose_tasks(*tasks)
    alone = [
        compose(CHECKPOINT, [task], HOT, [np.random.default_rng([0, number])])[0].chorale
        for number, task in enumerate(tasks)
    ]
    same = sum(one == other for one, other in zip(alone, together, strict=True))
    assert same >= len(LENGTHS) - 1


def test_a_strict_draw_has_fewer_parallels_crossings_and_notes_out_of_range() -> None:
    def faults(strictness: float) -> list[int]:
        options = SamplingOptions(temperature=1.0, strictness=strictness)
        tasks = [task_for_generating(plan(64), CHECKPOINT)] * 64
        written = compose_tasks(*tasks, options=options)
        return [
            sum(parallels(chorale, FIFTH) + parallels(chorale, UNISON) for chorale in written),
            sum(int(crossings(chorale).sum()) for chorale in written),
            sum(map(out_of_range, written)),
        ]

    free, strict = faults(0), faults(2)
    assert strict[0] < free[0] / 2
    assert strict[1] < free[1]
    assert strict[2] < free[2]


def test_a_composition_has_its_likelihood_under_the_unconditioned_network() -> None:
    tokens = encode(compose_tasks(task_for_generating(plan(30), CHECKPOINT), seed=9)[0], VOCABULARY)
    given_cells = np.where(np.arange(30)[:, None] < 12, VOCABULARY.unknown, tokens)
    tasks = [
        Task(plan(30), given_cells.astype(np.int32)),
        task_for_generating(plan(17), CHECKPOINT),
    ]
    generators = [np.random.default_rng([0, number]) for number in range(2)]
    network = Network(CHECKPOINT)
    for written in compose(CHECKPOINT, tasks, HOT, generators, likelihoods=True):
        all_tokens = encode(written.chorale, VOCABULARY)
        length = len(all_tokens)
        past = History(*(values[None] for values in build_history(all_tokens, VOCABULARY)))
        unknown = np.full_like(all_tokens, VOCABULARY.unknown)[None]
        logits = network.score(all_tokens[None], past, unknown, encode_unknown_plan(length)[None])[
            0
        ]
        logs = logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)
        nats = -np.take_along_axis(logs, all_tokens[..., None], -1).mean()
        assert written.nats_per_note == pytest.approx(nats, abs=1e-4)


def test_likelihoods_are_computed_on_request_only() -> None:
    generators = [np.random.default_rng(0)]
    [alone] = compose(CHECKPOINT, [task_for_generating(plan(9), CHECKPOINT)], HOT, generators)
    assert np.isnan(alone.nats_per_note)


def test_what_is_left_out_for_given_cells_changes_no_note() -> None:
    whole = encode(compose_tasks(task_for_generating(plan(40), CHECKPOINT), seed=3)[0], VOCABULARY)
    given_cells = whole.copy()
    given_cells[14:22, 1:] = given_cells[30, 2] = VOCABULARY.unknown
    task, steps = Task(plan(40), given_cells), []

    def compose_once(likelihoods: bool) -> Chorale:
        generators = [np.random.default_rng(5)]
        [written] = compose(
            CHECKPOINT,
            [task],
            HOT,
            generators,
            lambda done, total: steps.append((done, total)),
            likelihoods=likelihoods,
        )
        return written.chorale

    assert compose_once(likelihoods=False) == compose_once(likelihoods=True)
    assert steps == [(done + 1, 31) for done in range(31)] + [(done + 1, 40) for done in range(40)]


def test_an_opening_is_repeated_in_the_voices_of_the_form() -> None:
    for voices in (ALL_VOICES, SOPRANO_ONLY):
        form = Form(repeat_steps=12, repeated_voices=voices)
        [chorale] = compose_tasks(task_for_generating(plan(40), CHECKPOINT, form))
        tokens = encode(chorale, VOCABULARY)
        for voice in range(4):
            same = (tokens[:12, voice] == tokens[12:24, voice]).all()
            assert same == (voice in voices)
        assert (tokens[12:24] != tokens[24:36]).any()


def test_a_phrase_in_another_key_is_conditioned_on_that_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recorded: list[Ids] = []
    encode = Network.encode

    def record_conditions(self: Network, given: Ids, conditions: Ids) -> Any:
        recorded.append(conditions)
        return encode(self, given, conditions)

    monkeypatch.setattr(Network, "encode", record_conditions)
    span = KeySpan(4, 8, Key(7, "major"))
    compose_tasks(task_for_generating(plan(12), CHECKPOINT, Form((span,))))
    home, other = key_id(Key(2, "minor")), key_id(Key(7, "major"))
    assert recorded[0][0, :, KEY].tolist() == [home] * 4 + [other] * 4 + [home] * 4


def test_progress_is_reported_after_each_step_of_the_longest_task() -> None:
    recorded: list[tuple[int, int]] = []
    tasks = [task_for_generating(plan(length), CHECKPOINT) for length in (3, 5)]
    generators = [np.random.default_rng(number) for number in range(2)]
    compose(CHECKPOINT, tasks, HOT, generators, lambda done, total: recorded.append((done, total)))
    assert recorded == [(step, 5) for step in range(1, 6)]


def test_without_a_key_only_the_hold_of_the_final_chord_is_given() -> None:
    fermatas = np.arange(12) >= 8
    task = task_for_generating(Plan(12, fermatas=fermatas), CHECKPOINT)
    assert (task.given[:9] == VOCABULARY.unknown).all()
    assert (task.given[9:] == VOCABULARY.hold).all()


def test_a_new_chorale_in_a_key_ends_with_its_tonic_in_the_bass() -> None:
    for tonic in range(12):
        task = task_for_generating(replace(plan(30), key=Key(tonic, "minor")), CHECKPOINT)
        last = find_final_chord(task.plan)
        [chorale] = compose_tasks(task)
        assert chorale.pitches[last:, 3].max() == chorale.pitches[last:, 3].min()
        assert chorale.onsets[last, 3]
        assert chorale.pitches[last, 3] % 12 == tonic
        assert 39 <= chorale.pitches[last, 3] <= 50


def test_the_final_bass_note_stays_within_the_range_of_the_model() -> None:
    ranges = CHECKPOINT.ranges.copy()
    ranges[3] = [58, 70]
    high = replace(CHECKPOINT, ranges=ranges)
    task = task_for_generating(replace(plan(30), key=Key(7, "major")), high)
    assert VOCABULARY.pitch_of(task.given[find_final_chord(task.plan), 3]) == 67
    ranges[3] = [60, 61]  # no G in it: the network decides
    task = task_for_generating(replace(plan(30), key=Key(7, "major")), high)
    assert task.given[find_final_chord(task.plan), 3] == VOCABULARY.unknown
