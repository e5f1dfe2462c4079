"""Likelihoods by published protocols, of scripts/measure/likelihood_protocols.py."""

import numpy as np
import pytest
from likelihood_protocols import (
    ORDERS,
    add_same_pitch,
    draw_orders,
    find_means,
    mean_over_orders,
    measure,
    per_token,
    protocol_rows,
    read_steps,
    score_pitches,
)
from made_up import made_up_chorale
from tiny_network import tiny_checkpoint, without_weights

from chorale.music import REST, Plan, from_pitches
from chorale.network.checkpoint import Checkpoint
from chorale.network.conditions import encode_unknown_plan
from chorale.network.history import History, build_history
from chorale.network.numpy_layers import log_softmax
from chorale.network.numpy_network import Network
from chorale.network.tokens import Vocabulary, encode

VOCABULARY = Vocabulary()
TOKENS = encode(made_up_chorale(24, 1), VOCABULARY)
LAST = len(TOKENS) - 1
SATB = np.tile(np.arange(4, dtype=np.int32), (len(TOKENS), 1))


def score_last(tokens: np.ndarray, own: bool) -> np.ndarray:
    """Return the scores of the last step, in SATB order, by the features of TOKENS."""
    network = Network(tiny_checkpoint())
    return score_pitches(network, read_steps(network, TOKENS), tokens, SATB, own)[LAST]


def named(checkpoint: Checkpoint, tokens: np.ndarray) -> list[np.ndarray]:
    """Return the nats of each protocol, in the order of the table."""
    return list(measure(Network(checkpoint), tokens, np.random.default_rng(0)).values())


# arithmetic


def test_the_probability_of_a_pitch_is_that_of_its_hold_and_of_its_repetition():
    logs = np.log([[0.1, 0.2, 0.3, 0.4], [0.1, 0.2, 0.3, 0.4]])
    sounds = np.array([[0, 2, 2, 3], [0, 0, 2, 3]], np.int32)  # of REST, HOLD and two notes
    for token, expected in ([1, 1], [0.5, 0.3]), ([2, 0], [0.5, 0.3]), ([3, 2], [0.4, 0.3]):
        tokens = np.array(token, np.int32)
        assert np.exp(add_same_pitch(logs, sounds, tokens)) == pytest.approx(expected)


def test_the_mean_over_orders_is_of_probabilities_and_not_of_logarithms():
    logs = np.log([[0.5, 0.2], [0.1, 0.2]])
    assert np.exp(mean_over_orders(logs)) == pytest.approx([0.3, 0.2])


def test_tokens_of_tonicnet_are_five_a_step():
    assert per_token(np.ones((3, 4))).mean() == pytest.approx(12 / 15)


def test_the_pooled_mean_weights_units_equally_and_the_other_mean_chorales():
    assert find_means([np.ones((1, 4)), np.full((3, 4), 5.0)]) == pytest.approx((4, 3))


def test_each_step_has_an_order_of_its_own():
    orders = draw_orders(200, np.random.default_rng(0))
    assert (np.sort(orders, axis=1) == np.arange(4)).all()
    assert len(np.unique(orders, axis=0)) == 24


# scores


def test_the_scores_in_the_order_of_the_network_are_those_of_its_logits_for_the_whole_chorale():
    network = Network(tiny_checkpoint(spread=0.2))
    features = read_steps(network, TOKENS)
    history = History(*(values[None] for values in build_history(TOKENS, VOCABULARY)))
    nothing = np.full_like(TOKENS, VOCABULARY.unknown)[None]
    logits = network.score(TOKENS[None], history, nothing, encode_unknown_plan(len(TOKENS))[None])
    logs = log_softmax(logits[0].astype(np.float64))
    order = np.broadcast_to(network.options.order, TOKENS.shape)
    scores = score_pitches(network, features, TOKENS, order)
    for voice in range(4):
        same = (logs[:, voice], features.sounds[:, voice], TOKENS[:, voice])
        assert scores[:, voice] == pytest.approx(add_same_pitch(*same), rel=1e-4)


def test_a_repeated_note_and_a_held_one_have_the_same_score():
    held = TOKENS.copy()
    held[LAST, 0] = VOCABULARY.hold
    repeated = held.copy()
    sounding = held[held[:, 0] != VOCABULARY.hold, 0][-1]
    repeated[LAST, 0] = sounding
    assert score_last(held, False)[0] == score_last(repeated, False)[0]


@pytest.mark.parametrize("own", [False, True])
def test_a_voice_is_predicted_from_the_true_voices_before_it_or_from_the_networks_own(own):
    changed = TOKENS.copy()
    changed[LAST, 0] = VOCABULARY.rest
    before, after = score_last(TOKENS, own), score_last(changed, own)
    assert before[0] != after[0]
    assert np.array_equal(before[1:], after[1:]) is own


def test_a_voice_is_not_predicted_from_the_voices_after_it():
    changed = TOKENS.copy()
    changed[LAST, 3] = VOCABULARY.rest
    for own in (False, True):
        before, after = score_last(TOKENS, own), score_last(changed, own)
        assert np.array_equal(before[:3], after[:3])


# protocols


def test_a_network_of_zeros_has_the_likelihood_of_a_uniform_draw_by_every_protocol():
    moving = np.random.default_rng(0).permuted(np.arange(48, 72)).reshape(6, 4).astype(np.int16)
    tokens = encode(from_pitches(moving, Plan(6)), VOCABULARY)
    uniform = np.log(VOCABULARY.size)
    pitches, per_five, notes, frames = named(without_weights(), tokens)
    for nats in (pitches, notes):
        assert nats == pytest.approx(np.full((6, 4), uniform))
    assert per_five.mean() == pytest.approx(uniform * 4 / 5)
    assert frames == pytest.approx(np.full(6, 4 * uniform))


def test_a_silent_voice_counts_as_0_nats_for_coconet_alone():
    sung = np.full((4, 4), 60, np.int16)
    sung[:, 2] = REST
    tokens = encode(from_pitches(sung, Plan(4)), VOCABULARY)
    pitches, per_five, notes, frames = named(without_weights(), tokens)
    uniform = np.log(VOCABULARY.size)
    assert (pitches > 0).all()
    assert (per_five > 0).all()
    assert not notes[:, 2].any()
    assert (notes[:, [0, 1, 3]] > 0).all()
    assert frames[0] == pytest.approx(3 * uniform)


def test_a_frame_is_averaged_over_orders_as_a_whole():
    checkpoint = tiny_checkpoint()
    network, generator = Network(checkpoint), np.random.default_rng(0)
    features = read_steps(network, TOKENS)
    orders = [draw_orders(len(TOKENS), generator) for _ in range(ORDERS)]
    scores = [score_pitches(network, features, TOKENS, order, True) for order in orders]
    expected = -np.log(np.mean(np.exp(np.sum(scores, axis=-1)), axis=0))
    assert named(checkpoint, TOKENS)[-1] == pytest.approx(expected)


def test_the_rows_of_the_same_network_and_chorales_are_the_same():
    chorales = [made_up_chorale(length, length) for length in (9, 20)]
    first, second = (list(protocol_rows(tiny_checkpoint(), chorales)) for _ in range(2))
    assert first == second
    assert [len(row) for row in first] == [3] * 4
