"""The NumPy network step by step, against itself all at once; test_keras_network has the twins."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from threadpoolctl import threadpool_info, threadpool_limits
from tiny_network import OPTIONS, plan_in_phrases, tiny_checkpoint, without_weights

from chorale.composing.compose import compose
from chorale.composing.plans import find_final_chord
from chorale.composing.tasks import task_for_generating
from chorale.music import VOICES
from chorale.network.architecture import TABLE_SCALE
from chorale.network.checkpoint import Checkpoint
from chorale.network.conditions import encode_plan, encode_unknown_plan
from chorale.network.history import History, HistoryTracker, build_history
from chorale.network.numpy_network import Network, one_thread
from chorale.network.recall import LENGTH_CLASSES
from chorale.network.tokens import Vocabulary
from chorale.options import SamplingOptions

VOCABULARY = Vocabulary()
BATCH, LENGTH = 2, 64  # the length of `plan_in_phrases`
LAST = 30  # a step in the middle

SIZES = [
    OPTIONS,
    replace(OPTIONS, kernel=2, layers=1, order=(0, 1, 2, 3)),
    replace(OPTIONS, kernel=5, stride=4, layers=3, order=(2, 0, 3, 1)),
    replace(OPTIONS, stride=1),
    replace(OPTIONS, towers=3),
    replace(OPTIONS, kernel=5, stride=4, towers=2, encoder_units=0),
    replace(OPTIONS, cell="gru"),
    replace(OPTIONS, cell="rnn"),
]


def music(seed: int = 3) -> NDArray[np.int32]:
    """Return (BATCH, LENGTH, 4) tokens: rests, holds and notes, with a repeated section."""
    generator = np.random.default_rng(seed)
    tokens = generator.integers(2, VOCABULARY.size, (BATCH, LENGTH, 4))
    kinds = generator.integers(0, 6, tokens.shape)
    tokens = np.where(kinds < 2, kinds, tokens)
    tokens[:, 44:60] = tokens[:, 4:20]
    return tokens.astype(np.int32)


def build_histories(tokens: NDArray[np.int32]) -> History:
    """Return the history of every step of each chorale, arrays (BATCH, LENGTH, ...)."""
    histories = [build_history(each, VOCABULARY) for each in tokens]
    return History(*map(np.stack, zip(*histories, strict=True)))


def give_some(tokens: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return given cells and conditions: a soprano with its plan, and a few cells of the other."""
    given = np.full_like(tokens, VOCABULARY.unknown)
    given[0, :, 0] = tokens[0, :, 0]
    given[1, 20:24] = tokens[1, 20:24]
    conditions = np.stack([encode_plan(plan_in_phrases()), encode_unknown_plan(LENGTH)])
    return given, conditions


def score(
    checkpoint: Checkpoint, tokens: NDArray[np.int32], *known: NDArray[np.int32]
) -> NDArray[np.float32]:
    given, conditions = known or give_some(tokens)
    return Network(checkpoint).score(tokens, build_histories(tokens), given, conditions)


@pytest.mark.parametrize("options", SIZES)
def test_step_by_step_gives_the_logits_of_all_at_once(options: Any) -> None:
    checkpoint, tokens = tiny_checkpoint(options=options), music()
    network = Network(checkpoint)
    given, conditions = give_some(tokens)
    conditioning = network.encode(given, conditions)
    decoder, tracker, stepwise = network.begin(BATCH), HistoryTracker(BATCH, VOCABULARY), []
    for step in range(LENGTH):
        history = tracker.history()
        inputs = network.step(decoder, history, step, conditions[:, step], conditioning.at(step))
        features = network.features(inputs)
        cells, logits = given[:, step].copy(), [np.zeros(0)] * 4
        for voice in options.order:
            logits[voice] = network.logits(voice, features, cells)
            cells[:, voice] = tokens[:, step, voice]
        stepwise.append(np.stack(logits, 1))
        tracker.append(tokens[:, step])
    whole = score(checkpoint, tokens)
    assert whole.shape == (BATCH, LENGTH, 4, VOCABULARY.size)
    assert np.ptp(whole) > 0.1  # there is something to compare
    tolerance = 1e-6 * np.abs(whole).max()
    np.testing.assert_allclose(np.stack(stepwise, 1), whole, rtol=0, atol=tolerance)


@pytest.mark.parametrize(("kernel", "stride"), [(5, 4), (2, 2), (2, 1)])
def test_the_narrowest_convolution_still_covers_all_given_notes(kernel: int, stride: int) -> None:
    options = replace(OPTIONS, kernel=kernel, stride=stride)
    network = Network(tiny_checkpoint(options=options))
    nothing_given = np.full((1, 40, 4), VOCABULARY.unknown, np.int32)
    for step in range(28, 32):
        given = nothing_given.copy()
        given[0, step, 1] = VOCABULARY.token_of(60)
        before, after = (
            network.encode(given, encode_unknown_plan(40)[None]).encoded
            for given in (nothing_given, given)
        )
        assert (before != after).any(axis=-1)[0, : step + 1].all()


def test_appended_unknown_steps_change_nothing() -> None:
    network, tokens = Network(tiny_checkpoint()), music()
    given, conditions = give_some(tokens)
    conditioning = network.encode(given, conditions)
    more = [(0, 0), (0, 37), (0, 0)]
    padded = network.encode(
        np.pad(given, more, constant_values=VOCABULARY.unknown), np.pad(conditions, more)
    )
    np.testing.assert_allclose(padded.encoded[:, :LENGTH], conditioning.encoded, atol=1e-6)
    for longer, alone in zip(padded.lookahead, conditioning.lookahead, strict=True):
        np.testing.assert_array_equal(longer[:, :LENGTH], alone)


def test_where_nothing_is_known_the_backward_layer_adds_nothing() -> None:
    checkpoint = tiny_checkpoint()
    weights = {
        name: np.zeros_like(values)
        if name.startswith(("encoder_conv", "encoder_forward"))
        else values
        for name, values in checkpoint.weights.items()
    }
    conditioning = Network(replace(checkpoint, weights=weights)).encode(*give_nothing(music()))
    expected = np.broadcast_to(weights["encoder_norm/beta"], conditioning.encoded.shape)
    np.testing.assert_array_equal(conditioning.encoded, expected)
    assert (conditioning.lookahead.notes == VOCABULARY.unknown).all()
    assert not conditioning.lookahead.until.any()


def test_the_chorales_of_a_batch_do_not_affect_each_other() -> None:
    checkpoint, tokens = tiny_checkpoint(), music()
    together = score(checkpoint, tokens)
    given, conditions = give_some(tokens)
    for row in range(BATCH):
        one = slice(row, row + 1)
        alone = score(checkpoint, tokens[one], given[one], conditions[one])
        np.testing.assert_allclose(together[one], alone, atol=1e-5)


def give_nothing(tokens: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return cells and conditions of a task that gives none: all unknown."""
    given = np.full_like(tokens, VOCABULARY.unknown)
    return given, np.stack([encode_unknown_plan(LENGTH)] * BATCH)


def test_later_steps_change_no_logit_unless_they_are_given() -> None:
    checkpoint, tokens, other = tiny_checkpoint(), music(), music(seed=4)
    changed = tokens.copy()
    changed[:, LAST:] = other[:, LAST:]
    before, after = (score(checkpoint, each, *give_nothing(each)) for each in (tokens, changed))
    np.testing.assert_array_equal(before[:, :LAST], after[:, :LAST])
    assert not np.allclose(before[:, LAST + 1 :], after[:, LAST + 1 :])

    given, conditions = give_nothing(tokens)
    given[:, LAST:, 0] = tokens[:, LAST:, 0]
    conditioned = score(checkpoint, tokens, given, conditions)
    assert not np.allclose(before[:, :LAST], conditioned[:, :LAST])


@pytest.mark.parametrize("order", [(3, 0, 1, 2), (1, 2, 3, 0)])
def test_a_voice_depends_on_those_drawn_before_it_in_the_step_and_on_no_other(
    order: tuple[int, ...],
) -> None:
    checkpoint = tiny_checkpoint(options=replace(OPTIONS, order=order))
    tokens, other = music(), music(seed=4)
    before = score(checkpoint, tokens, *give_nothing(tokens))
    for rank, changed_voice in enumerate(order):
        changed = tokens.copy()
        changed[:, LAST, changed_voice] = (other[:, LAST, changed_voice] + 1) % VOCABULARY.size
        changed[:, LAST, changed_voice] += (
            changed[:, LAST, changed_voice] == tokens[:, LAST, changed_voice]
        )
        after = score(checkpoint, changed, *give_nothing(tokens))
        unaffected, affected = list(order[: rank + 1]), list(order[rank + 1 :])
        np.testing.assert_array_equal(before[:, LAST, unaffected], after[:, LAST, unaffected])
        for voice in affected:
            assert not np.allclose(before[:, LAST, voice], after[:, LAST, voice])


@pytest.mark.parametrize("voice", range(4), ids=VOICES)
@pytest.mark.parametrize("match", range(2), ids=["own", "joint"])
def test_recalled_tokens_gain_the_logits_of_the_table_of_match_lengths(
    match: int, voice: int
) -> None:
    step = 59  # the last of the repeated section
    checkpoint, tokens = without_weights(), music()
    history = build_histories(tokens)
    table = np.zeros((2 * LENGTH_CLASSES, 1), np.float32)
    length = history.match_lengths[0, step, 4 * match + voice]
    assert length > 0
    table[match * LENGTH_CLASSES + length] = 0.5
    name = f"{VOICES[voice]}_agreement/embeddings"
    trusting = replace(checkpoint, weights={**checkpoint.weights, name: table})
    logits = score(trusting, tokens)[0, step]
    expected = np.zeros_like(logits)
    expected[voice, history.recalled[0, step, 4 * match + voice]] = 0.5 * TABLE_SCALE
    np.testing.assert_array_equal(logits, expected)


def test_steps_a_cycle_apart_differ_only_by_their_history() -> None:
    network = Network(tiny_checkpoint())
    given, conditions = give_nothing(music())
    conditioning, conditions = network.encode(given, conditions).at(0), conditions[:, 0]
    history = HistoryTracker(BATCH, VOCABULARY).history()
    states = [
        network.features(
            network.step(network.begin(BATCH), history, number, conditions, conditioning)
        ).state
        for number in (0, 16, 2)  # each of them the first step of a beat
    ]
    np.testing.assert_array_equal(states[0], states[1])
    assert not np.allclose(states[0], states[2])


def test_composing_runs_blas_on_one_thread_and_gives_the_others_back() -> None:
    def threads() -> set[int]:
        return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}

    seen: list[set[int]] = []
    checkpoint = tiny_checkpoint()
    task = task_for_generating(plan_in_phrases(), checkpoint)
    with threadpool_limits(limits=2, user_api="blas"):
        before = threads()
        compose(
            checkpoint,
            [task],
            SamplingOptions(),
            [np.random.default_rng(0)],
            lambda done, total: seen.append(threads()),
        )
        assert threads() == before
    assert seen == [{1}] * (find_final_chord(task.plan) + 1)
    with one_thread():
        assert threads() == {1}
