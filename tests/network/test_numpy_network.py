"""The NumPy network step by step, against itself all at once; Keras's side is in test_network."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from threadpoolctl import threadpool_info, threadpool_limits
from tiny_network import OPTIONS, plan_in_phrases, tiny_checkpoint, without_weights

from chorale.composing.compose import compose
from chorale.composing.tasks import new_chorale
from chorale.music import VOICES
from chorale.network.architecture import TABLE_SCALE
from chorale.network.checkpoint import Checkpoint
from chorale.network.conditions import conditions_of, nothing_known
from chorale.network.history import History, HistoryTracker, history_of
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
    """(BATCH, LENGTH, 4) tokens, rests and holds and notes alike common, a section repeated."""
    generator = np.random.default_rng(seed)
    tokens = generator.integers(2, VOCABULARY.size, (BATCH, LENGTH, 4))
    kinds = generator.integers(0, 6, tokens.shape)
    tokens = np.where(kinds < 2, kinds, tokens)
    tokens[:, 44:60] = tokens[:, 4:20]
    return tokens.astype(np.int32)


def pasts_of(tokens: NDArray[np.int32]) -> History:
    """What each step of each chorale comes after, arrays (BATCH, LENGTH, ...)."""
    pasts = [history_of(each, VOCABULARY) for each in tokens]
    return History(*map(np.stack, zip(*pasts, strict=True)))


def known_of(tokens: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Evidence and conditions: the first chorale's soprano and plan, a few cells of the second."""
    evidence = np.full_like(tokens, VOCABULARY.unknown)
    evidence[0, :, 0] = tokens[0, :, 0]
    evidence[1, 20:24] = tokens[1, 20:24]
    conditions = np.stack([conditions_of(plan_in_phrases()), nothing_known(LENGTH)])
    return evidence, conditions


def score(
    checkpoint: Checkpoint, tokens: NDArray[np.int32], *known: NDArray[np.int32]
) -> NDArray[np.float32]:
    evidence, conditions = known or known_of(tokens)
    return Network(checkpoint).score(tokens, pasts_of(tokens), evidence, conditions)


@pytest.mark.parametrize("options", SIZES)
def test_step_by_step_gives_the_logits_of_all_at_once(options: Any) -> None:
    checkpoint, tokens = tiny_checkpoint(options=options), music()
    network = Network(checkpoint)
    evidence, conditions = known_of(tokens)
    context = network.context(evidence, conditions)
    decoder, listener, stepwise = network.begin(BATCH), HistoryTracker(BATCH, VOCABULARY), []
    for step in range(LENGTH):
        past = listener.past()
        features = network.step(decoder, past, step, conditions[:, step], context.at(step))
        cells, logits = evidence[:, step].copy(), [np.zeros(0)] * 4
        for voice in options.order:
            logits[voice] = network.logits(voice, features, cells)
            cells[:, voice] = tokens[:, step, voice]
        stepwise.append(np.stack(logits, 1))
        listener.append(tokens[:, step])
    whole = score(checkpoint, tokens)
    assert whole.shape == (BATCH, LENGTH, 4, VOCABULARY.size)
    assert np.ptp(whole) > 0.1  # there is something to agree on
    tolerance = 1e-6 * np.abs(whole).max()
    np.testing.assert_allclose(np.stack(stepwise, 1), whole, rtol=0, atol=tolerance)


@pytest.mark.parametrize(("kernel", "stride"), [(5, 4), (2, 2), (2, 1)])
def test_the_narrowest_convolution_still_hears_all_that_is_given(kernel: int, stride: int) -> None:
    options = replace(OPTIONS, kernel=kernel, stride=stride)
    network = Network(tiny_checkpoint(options=options))
    nothing_given = np.full((1, 40, 4), VOCABULARY.unknown, np.int32)
    for step in range(28, 32):
        given = nothing_given.copy()
        given[0, step, 1] = VOCABULARY.of_pitch(60)
        before, after = (
            network.context(evidence, nothing_known(40)[None]).encoded
            for evidence in (nothing_given, given)
        )
        assert (before != after).any(axis=-1)[0, : step + 1].all()


def test_unknown_steps_appended_change_nothing() -> None:
    network, tokens = Network(tiny_checkpoint()), music()
    evidence, conditions = known_of(tokens)
    context = network.context(evidence, conditions)
    more = [(0, 0), (0, 37), (0, 0)]
    padded = network.context(
        np.pad(evidence, more, constant_values=VOCABULARY.unknown), np.pad(conditions, more)
    )
    np.testing.assert_allclose(padded.encoded[:, :LENGTH], context.encoded, atol=1e-6)
    for longer, alone in zip(padded.ahead, context.ahead, strict=True):
        np.testing.assert_array_equal(longer[:, :LENGTH], alone)


def test_where_nothing_is_known_nothing_is_heard_from_the_end() -> None:
    checkpoint = tiny_checkpoint()
    weights = {
        name: np.zeros_like(values)
        if name.startswith(("encoder_conv", "encoder_forward"))
        else values
        for name, values in checkpoint.weights.items()
    }
    context = Network(replace(checkpoint, weights=weights)).context(*nothing(music()))
    silence = np.broadcast_to(weights["encoder_norm/beta"], context.encoded.shape)
    np.testing.assert_array_equal(context.encoded, silence)
    assert (context.ahead.notes == VOCABULARY.unknown).all()
    assert not context.ahead.until.any()


def test_chorales_do_not_hear_each_other() -> None:
    checkpoint, tokens = tiny_checkpoint(), music()
    together = score(checkpoint, tokens)
    evidence, conditions = known_of(tokens)
    for row in range(BATCH):
        one = slice(row, row + 1)
        alone = score(checkpoint, tokens[one], evidence[one], conditions[one])
        np.testing.assert_allclose(together[one], alone, atol=1e-5)


def nothing(tokens: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    evidence = np.full_like(tokens, VOCABULARY.unknown)
    return evidence, np.stack([nothing_known(LENGTH)] * BATCH)


def test_the_future_is_not_heard_unless_it_is_given() -> None:
    checkpoint, tokens, other = tiny_checkpoint(), music(), music(seed=4)
    changed = tokens.copy()
    changed[:, LAST:] = other[:, LAST:]
    before, after = (score(checkpoint, each, *nothing(each)) for each in (tokens, changed))
    np.testing.assert_array_equal(before[:, :LAST], after[:, :LAST])
    assert not np.allclose(before[:, LAST + 1 :], after[:, LAST + 1 :])

    evidence, conditions = nothing(tokens)
    evidence[:, LAST:, 0] = tokens[:, LAST:, 0]
    given = score(checkpoint, tokens, evidence, conditions)
    assert not np.allclose(before[:, :LAST], given[:, :LAST])


@pytest.mark.parametrize("order", [(3, 0, 1, 2), (1, 2, 3, 0)])
def test_a_voice_hears_those_drawn_before_it_in_the_step_and_no_other(
    order: tuple[int, ...],
) -> None:
    checkpoint = tiny_checkpoint(options=replace(OPTIONS, order=order))
    tokens, other = music(), music(seed=4)
    before = score(checkpoint, tokens, *nothing(tokens))
    for rank, changed_voice in enumerate(order):
        changed = tokens.copy()
        changed[:, LAST, changed_voice] = (other[:, LAST, changed_voice] + 1) % VOCABULARY.size
        changed[:, LAST, changed_voice] += (
            changed[:, LAST, changed_voice] == tokens[:, LAST, changed_voice]
        )
        after = score(checkpoint, changed, *nothing(tokens))
        deaf, hearing = list(order[: rank + 1]), list(order[rank + 1 :])
        np.testing.assert_array_equal(before[:, LAST, deaf], after[:, LAST, deaf])
        for voice in hearing:
            assert not np.allclose(before[:, LAST, voice], after[:, LAST, voice])


@pytest.mark.parametrize("voice", range(4), ids=VOICES)
@pytest.mark.parametrize("place", range(2), ids=["own", "joint"])
def test_what_is_recalled_is_as_likely_as_the_table_of_agreements_says(
    place: int, voice: int
) -> None:
    step = 59  # the last of the section repeated
    checkpoint, tokens = without_weights(), music()
    past = pasts_of(tokens)
    table = np.zeros((2 * LENGTH_CLASSES, 1), np.float32)
    agreement = past.match_lengths[0, step, 4 * place + voice]
    assert agreement > 0
    table[place * LENGTH_CLASSES + agreement] = 0.5
    name = f"{VOICES[voice]}_agreement/embeddings"
    told = replace(checkpoint, weights={**checkpoint.weights, name: table})
    logits = score(told, tokens)[0, step]
    expected = np.zeros_like(logits)
    expected[voice, past.recalled[0, step, 4 * place + voice]] = 0.5 * TABLE_SCALE
    np.testing.assert_array_equal(logits, expected)


def test_steps_a_cycle_apart_are_told_apart_by_nothing_but_the_past() -> None:
    network = Network(tiny_checkpoint())
    evidence, conditions = nothing(music())
    context, conditions = network.context(evidence, conditions).at(0), conditions[:, 0]
    past = HistoryTracker(BATCH, VOCABULARY).past()
    states = [
        network.step(network.begin(BATCH), past, number, conditions, context).state
        for number in (0, 16, 2)  # at each of them the recurrent layers go on
    ]
    np.testing.assert_array_equal(states[0], states[1])
    assert not np.allclose(states[0], states[2])


def test_composing_runs_blas_on_one_thread_and_gives_the_others_back() -> None:
    def threads() -> set[int]:
        return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}

    seen: list[set[int]] = []
    checkpoint = tiny_checkpoint()
    task = new_chorale(plan_in_phrases(), checkpoint)
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
    assert seen == [{1}] * LENGTH
    with one_thread():
        assert threads() == {1}
