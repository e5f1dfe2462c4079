import os
import subprocess
import sys
from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest
from keras_checkpoint import checkpoint_of
from made_up import SMALL_MODEL
from places import ROOT

from chorale.models import find, list_models
from chorale.network.architecture import weight_shapes
from chorale.network.checkpoint import Checkpoint, load_checkpoint
from chorale.network.conditions import KEY, SIZES
from chorale.network.history import History
from chorale.network.keras_network import INPUTS, _Ranks, average_towers, build_network
from chorale.network.numpy_network import Network
from chorale.network.recall import LENGTH_CLASSES, RECALLED
from chorale.network.tokens import EARLIER_NOTES, MAX_HELD_STEPS, Vocabulary
from chorale.network.tonality import KEYS_OF_PAST
from chorale.options import ModelOptions

VOCABULARY = Vocabulary()


def random_inputs(batch: int = 3, steps: int = 40, seed: int = 0) -> dict[str, np.ndarray]:
    """Return inputs of every kind: most cells unknown, some given, the last ten steps unknown."""
    generator = np.random.default_rng(seed)
    shape = (batch, steps, 4)

    def tokens(size: int) -> np.ndarray:
        return generator.integers(0, size, shape)

    known = generator.random(shape) < 0.2
    known[:, -10:] = False
    columns = [generator.integers(0, size, shape[:2]) for size in SIZES.values()]
    conditions = np.stack(columns, -1) * (generator.random((batch, steps, 1)) < 0.3)
    conditions[:, -10:] = 0
    recalled = np.concatenate([tokens(VOCABULARY.size + 1), tokens(VOCABULARY.size + 1)], -1)
    recalled[recalled == VOCABULARY.size] = VOCABULARY.unknown
    inputs = {
        "given": np.where(known, tokens(VOCABULARY.size), VOCABULARY.unknown),
        "conditions": conditions,
        "previous": tokens(VOCABULARY.size + 1),
        "sounding": tokens(VOCABULARY.size + 1),
        "held": tokens(MAX_HELD_STEPS + 1),
        "earlier": np.concatenate([tokens(VOCABULARY.size + 1) for _ in range(EARLIER_NOTES)], -1),
        "lengths": tokens(MAX_HELD_STEPS + 1),
        "keys": generator.integers(0, SIZES["key"], (batch, steps, KEYS_OF_PAST)),
        "recalled": recalled,
        "match_lengths": generator.integers(0, LENGTH_CLASSES, (batch, steps, RECALLED)),
        "number": np.broadcast_to(np.arange(steps), shape[:2]),
        "tokens": tokens(VOCABULARY.size),
    }
    assert {name: values.shape[2:] for name, values in inputs.items()} == INPUTS
    return {name: values.astype(np.int32) for name, values in inputs.items()}


def numpy_logits(checkpoint: Checkpoint, inputs: dict[str, np.ndarray]) -> np.ndarray:
    """Return the logits of the NumPy network."""
    return Network(checkpoint).score(
        inputs["tokens"],
        History(*(inputs[name] for name in History._fields)),
        inputs["given"],
        inputs["conditions"],
    )


def run(network: keras.Model, inputs: dict[str, np.ndarray]) -> np.ndarray:
    """Return the logits of a Keras network, averaged over its towers."""
    return average_towers(network(inputs)).numpy()


def with_random_weights(options: ModelOptions) -> keras.Model:
    """Return a network with random weights, including biases."""
    keras.utils.set_random_seed(1)
    network = build_network(options, VOCABULARY)
    generator = np.random.default_rng(1)
    for variable in network.trainable_variables:
        noise = generator.normal(0, 0.1, variable.shape)
        variable.assign(variable.numpy() + noise.astype(np.float32))
    return network


@pytest.fixture(scope="module")
def network() -> keras.Model:
    """A small network."""
    return with_random_weights(SMALL_MODEL)


@pytest.mark.parametrize(
    "options",
    [
        SMALL_MODEL,
        ModelOptions(layers=1),
        ModelOptions(kernel=3, stride=2),
        replace(SMALL_MODEL, cell="gru"),
        replace(SMALL_MODEL, cell="rnn"),
        replace(SMALL_MODEL, towers=3),
        replace(SMALL_MODEL, encoder_units=0, towers=2),
    ],
)
def test_keras_has_the_weights_that_the_architecture_names(options):
    network = build_network(options, VOCABULARY)
    shapes = {v.path: tuple(v.shape) for v in network.trainable_variables}
    assert shapes == weight_shapes(options, VOCABULARY)


@pytest.mark.parametrize("limit", [0.05, 2.0])
def test_note_embeddings_start_within_the_range_of_the_options(limit):
    keras.utils.set_random_seed(1)
    made = build_network(replace(SMALL_MODEL, embedding_range=limit), VOCABULARY)
    largest = np.abs(made.get_layer("note_embedding").embeddings.numpy()).max()
    assert 0.95 * limit < largest <= limit


def test_numpy_and_keras_agree_on_random_weights(network):
    inputs = random_inputs()
    expected = run(network, inputs)
    found = numpy_logits(checkpoint_of(network, SMALL_MODEL), inputs)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)


def test_in_training_a_share_of_the_steps_draws_its_voices_in_random_order():
    usual = np.argsort(SMALL_MODEL.order)
    tokens = np.zeros((8, 500, 4), np.int32)
    ranks = _Ranks(replace(SMALL_MODEL, shuffled=0.3), name="ranks")
    assert (ranks(tokens).numpy() == usual).all()
    drawn = ranks(tokens, training=True).numpy()
    usually = (drawn == usual).all(axis=-1)
    assert 0.65 < usually.mean() < 0.75
    firsts = drawn[~usually].argmin(axis=-1)
    assert (np.bincount(firsts, minlength=4) / len(firsts)).min() > 0.2
    again = ranks(tokens, training=True).numpy()
    assert (again != drawn).any()


def test_no_voice_depends_on_itself_or_one_drawn_after_it_even_in_shuffled_steps():
    network = with_random_weights(
        replace(SMALL_MODEL, shuffled=1.0, dropout=0.0, input_dropout=0.0)
    )
    ranks = network.get_layer("ranks")
    inputs = random_inputs()
    inputs["given"][:] = VOCABULARY.unknown
    state = ranks.seed_generator.state.numpy()
    before = average_towers(network(inputs, training=True)).numpy()
    ranks.seed_generator.state.assign(state)
    drawn = ranks(inputs["tokens"], training=True).numpy()
    for voice in range(4):
        changed = {**inputs, "tokens": inputs["tokens"].copy()}
        changed["tokens"][..., voice] = (changed["tokens"][..., voice] + 1) % VOCABULARY.size
        ranks.seed_generator.state.assign(state)
        affected = (average_towers(network(changed, training=True)).numpy() != before).any(axis=-1)
        assert (affected == (drawn > drawn[..., voice, None])).mean() > 0.999
        assert not (affected & (drawn <= drawn[..., voice, None])).any()


@pytest.mark.parametrize("cell", ["gru", "rnn"])
def test_numpy_and_keras_agree_on_cells_other_than_lstms(cell):
    options = replace(SMALL_MODEL, cell=cell)
    network, inputs = with_random_weights(options), random_inputs()
    found = numpy_logits(checkpoint_of(network, options), inputs)
    np.testing.assert_allclose(found, run(network, inputs), rtol=0, atol=1e-5)


@pytest.mark.parametrize("encoder_units", [0, SMALL_MODEL.encoder_units])
def test_numpy_and_keras_agree_on_several_towers_whose_logits_are_averaged(encoder_units):
    options = replace(SMALL_MODEL, towers=3, encoder_units=encoder_units)
    network, inputs = with_random_weights(options), random_inputs()
    towers = network(inputs).numpy()
    assert towers.shape[2] == 3
    assert np.abs(towers[:, :, 0] - towers[:, :, 1]).max() > 0.01
    np.testing.assert_allclose(average_towers(towers), towers.mean(axis=2), rtol=0, atol=1e-6)
    found = numpy_logits(checkpoint_of(network, options), inputs)
    np.testing.assert_allclose(found, towers.mean(axis=2), rtol=0, atol=1e-5)


def test_without_an_encoder_the_logits_depend_on_the_history_alone():
    network = with_random_weights(replace(SMALL_MODEL, encoder_units=0))
    inputs = random_inputs()
    inputs["conditions"][..., KEY] = 0  # a known key acts as a further voice
    inputs["given"][:] = VOCABULARY.unknown  # and given cells as drawn ones
    changed = {**inputs, "conditions": inputs["conditions"].copy()}
    changed["conditions"][..., :KEY] += 1
    np.testing.assert_array_equal(average_towers(network(changed)), average_towers(network(inputs)))


@pytest.mark.parametrize("stride", [1, 4])
def test_numpy_and_keras_agree_at_any_stride(stride):
    options = replace(SMALL_MODEL, stride=stride)
    network, inputs = with_random_weights(options), random_inputs(steps=39)  # no whole beats
    found = numpy_logits(checkpoint_of(network, options), inputs)
    np.testing.assert_allclose(found, run(network, inputs), rtol=0, atol=1e-5)


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (2, 3, 1, 0)])
def test_numpy_and_keras_agree_on_any_order_of_voices(order):
    options = replace(SMALL_MODEL, kernel=3, layers=3, order=order)
    network, inputs = with_random_weights(options), random_inputs(seed=2)
    found = numpy_logits(checkpoint_of(network, options), inputs)
    np.testing.assert_allclose(found, run(network, inputs), rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", list_models())
def test_numpy_and_keras_agree_on_the_weights_that_ship(name):
    checkpoint = load_checkpoint(find(name))
    network = build_network(checkpoint.options, checkpoint.vocabulary)
    for variable in network.trainable_variables:
        variable.assign(checkpoint.weights[variable.path])
    inputs = random_inputs(batch=2)
    expected = run(network, inputs)
    scale = np.abs(expected).max()  # logits of a trained network reach tens
    found = numpy_logits(checkpoint, inputs)
    np.testing.assert_allclose(found / scale, expected / scale, rtol=0, atol=1e-5)


def test_unknown_steps_after_the_end_change_nothing(network):
    inputs = random_inputs()
    padded = {
        name: np.pad(
            values,
            [(0, 0), (0, 23)] + [(0, 0)] * (values.ndim - 2),
            constant_values=VOCABULARY.unknown if name == "given" else 0,
        )
        for name, values in inputs.items()
    }
    np.testing.assert_allclose(
        run(network, padded)[:, :40], run(network, inputs), rtol=0, atol=1e-5
    )


def hide_conditions(inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the inputs without given notes and plan."""
    unknown = np.full_like(inputs["given"], VOCABULARY.unknown)
    return {**inputs, "given": unknown, "conditions": np.zeros_like(inputs["conditions"])}


@pytest.mark.parametrize(("stride", "step"), [(1, 20), (2, 20), (2, 21), (4, 20), (4, 22), (4, 23)])
def test_no_logit_depends_on_its_own_note_or_a_later_one(stride, step):
    network = with_random_weights(replace(SMALL_MODEL, stride=stride))
    inputs = hide_conditions(random_inputs())
    before = run(network, inputs)
    changed = {name: values.copy() for name, values in inputs.items()}
    order = SMALL_MODEL.order
    rank = 1
    voice = order[rank]
    changed["tokens"][:, step, voice] = (changed["tokens"][:, step, voice] + 5) % VOCABULARY.size
    for name in ("previous", "sounding"):
        changed[name][:, step + 1, voice] = changed["tokens"][:, step, voice]
    after = run(network, changed)
    np.testing.assert_array_equal(after[:, :step], before[:, :step])
    for earlier in order[: rank + 1]:
        np.testing.assert_array_equal(after[:, step, earlier], before[:, step, earlier])
    for later in order[rank + 1 :]:
        assert np.abs(after[:, step, later] - before[:, step, later]).max() > 1e-3
    assert np.abs(after[:, step + 1] - before[:, step + 1]).max() > 1e-3


@pytest.mark.parametrize("name", ["recalled", "match_lengths"])
def test_what_is_recalled_at_a_step_changes_the_logits_of_this_step_alone(network, name):
    inputs, step = random_inputs(), 20
    changed = {**inputs, name: inputs[name].copy()}
    changed[name][:, step] = (changed[name][:, step] + 1) % LENGTH_CLASSES
    difference = np.abs(run(network, changed) - run(network, inputs)).max(axis=(0, 3))
    assert (difference[step] > 1e-3).all()
    assert (np.delete(difference, step, axis=0) == 0).all()


def test_a_later_given_note_changes_the_logits_before_it(network):
    inputs = hide_conditions(random_inputs())
    given = {**inputs, "given": inputs["given"].copy()}
    given["given"][:, 30, 0] = VOCABULARY.token_of(67)
    difference = np.abs(run(network, given) - run(network, inputs))
    assert difference[:, 25].max() > 1e-4


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_lstms_and_grus_have_the_arguments_that_cudnn_needs(cell):
    # cuDNN runs them with exactly these arguments and without a mask
    network = build_network(replace(SMALL_MODEL, cell=cell), VOCABULARY)
    kind = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU}[cell]
    recurrent = [layer for layer in network.layers if isinstance(layer, kind)]
    assert len(recurrent) == 2 + SMALL_MODEL.layers
    for layer in recurrent:
        assert layer.activation is keras.activations.tanh
        assert layer.recurrent_activation is keras.activations.sigmoid
        assert layer.use_bias
        assert layer.recurrent_dropout == 0
        assert not layer.unroll
        assert layer.use_cudnn == "auto"
        assert cell == "lstm" or layer.reset_after
        assert not layer.supports_masking or layer.compute_mask(None, None) is None


def test_mixed_precision_changes_the_logits_no_more_than_rounding():
    inputs = random_inputs()
    keras.utils.set_random_seed(1)
    full = build_network(SMALL_MODEL, VOCABULARY)
    keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        mixed = build_network(SMALL_MODEL, VOCABULARY)
    finally:
        keras.mixed_precision.set_global_policy("float32")
    mixed.set_weights(full.get_weights())
    logits = mixed(inputs)
    assert logits.dtype == "float32"
    assert mixed.get_layer("encoder_conv").compute_dtype == "float16"
    np.testing.assert_allclose(logits.numpy(), full(inputs).numpy(), rtol=0, atol=0.02)


def test_the_same_network_runs_under_another_backend(network, tmp_path):
    inputs: dict[str, Any] = random_inputs()
    np.savez(tmp_path / "inputs.npz", **inputs)
    np.savez(tmp_path / "weights.npz", *[v.numpy() for v in network.trainable_variables])
    script = ROOT / "tests" / "support" / "jax_backend.py"
    environment = {**os.environ, "KERAS_BACKEND": "jax", "TF_CPP_MIN_LOG_LEVEL": "3"}
    subprocess.run([sys.executable, str(script), str(tmp_path)], env=environment, check=True)
    logits = np.load(tmp_path / "logits.npy")
    np.testing.assert_allclose(logits, run(network, inputs), rtol=0, atol=1e-4)
