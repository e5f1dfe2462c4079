"""The networks of the ladder: the steps of a course, and our network without one of its ideas.

Each is built from `ModelOptions` and a `Vocabulary` and reads the same dictionary of INPUTS as our
network, so that one trainer trains them all. Each has a layer named "heads", and another for each
further tower, whose output is all that the heads know of other steps. Sampling relies on this: from
that output on, each step can be computed alone.
"""

from collections.abc import Callable, Sequence
from fnmatch import fnmatch
from typing import Any

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from chorale.music import VOICES
from chorale.network.history import History
from chorale.network.keras_encoder import RECURRENT
from chorale.network.keras_network import INPUTS, build_network
from chorale.network.tokens import Vocabulary
from chorale.options import ModelOptions

Build = Callable[[ModelOptions, Vocabulary], keras.Model]
Forget = Callable[[History, Vocabulary], History]


def simple_network(
    options: ModelOptions,
    vocabulary: Vocabulary,
    *,
    dilations: Sequence[int] = (),
    recurrent: bool = True,
    embeds: bool = True,
) -> keras.Model:
    """Build a network that reads only the step before, and predicts the voices in turn.

    Args:
        options: sizes, dropout, the cell and how many layers of it, the order of the voices.
        vocabulary: the token table.
        dilations: dilations of the causal Conv1D layers, in their order.
        recurrent: whether recurrent layers follow.
        embeds: whether tokens are embedded; else they are one-hot.

    Returns:
        A model from a dictionary of INPUTS to logits, (B, T, 1, 4, V).
    """
    inputs = {
        name: keras.Input((None, *shape), dtype="int32", name=name)
        for name, shape in INPUTS.items()
    }
    limit = options.embedding_range
    start = keras.initializers.RandomUniform(-limit, limit)
    embedding = layers.Embedding(
        vocabulary.input_size, options.embedding, embeddings_initializer=start
    )

    def read(tokens: Any) -> Any:
        x = embedding(tokens) if embeds else ops.one_hot(tokens, vocabulary.input_size)
        x = layers.Reshape((-1, len(VOICES) * x.shape[-1]))(x)  # the four voices side by side
        return layers.Dropout(options.input_dropout)(x)

    x = read(inputs["previous"])
    for dilation in dilations:
        x = layers.Conv1D(
            options.filters,
            options.kernel,
            padding="causal",
            dilation_rate=dilation,
            activation="swish",
        )(x)
    for _ in range(options.layers if recurrent else 0):
        x = RECURRENT[options.cell](options.units, return_sequences=True)(x)
        x = layers.Dropout(options.dropout)(x)
    common = layers.Dense(len(VOICES) * options.head_units, name="heads")(x)

    logits: dict[int, Any] = {}
    for rank, voice in enumerate(options.order):
        drawn = np.isin(np.arange(len(VOICES)), options.order[:rank])
        cells = read(ops.where(drawn, inputs["tokens"], vocabulary.unknown))
        x = layers.Dense(options.head_units, use_bias=False)(cells)
        first = voice * options.head_units
        x = ops.silu(x + common[..., first : first + options.head_units])
        x = layers.Dropout(options.dropout)(x)
        logits[voice] = layers.Dense(vocabulary.size)(x)
    together = ops.stack([logits[voice] for voice in range(len(VOICES))], axis=2)
    return keras.Model(inputs, together[:, :, None])  # one tower


def without_layers(*layer_names: str) -> Build:
    """Return a function that builds our network with the weights of these layers fixed at zero.

    Where the output of a layer is added or embedded, zero weights remove it exactly.

    Args:
        layer_names: names or patterns, such as "*_melody".
    """

    def build(options: ModelOptions, vocabulary: Vocabulary) -> keras.Model:
        network = build_network(options, vocabulary)
        for pattern in layer_names:
            for layer in find_layers(network, pattern):
                layer.set_weights([np.zeros_like(values) for values in layer.get_weights()])
                layer.trainable = False
        return network

    return build


def find_layers(network: keras.Model, pattern: str) -> list[layers.Layer]:
    """Return the layers whose names match a pattern, at least one."""
    found = [layer for layer in network.layers if fnmatch(layer.name, pattern)]
    assert found, f"no layer is named {pattern}"
    return found


def head_states(network: keras.Model) -> dict[str, Any]:
    """Return the tensors in which the heads read all other steps, by name."""
    states = [layer.output for layer in find_layers(network, "*heads")]
    return {state.name: state for state in states}


def without_recall(history: History, vocabulary: Vocabulary) -> History:
    """Return the history without matches: no recalled tokens, match lengths of 0."""
    return history._replace(
        recalled=np.full_like(history.recalled, vocabulary.unknown),
        match_lengths=np.zeros_like(history.match_lengths),
    )


def without_direction(history: History, vocabulary: Vocabulary) -> History:
    """Return the history without the notes before the sounding ones."""
    return history._replace(
        earlier=np.full_like(history.earlier, vocabulary.start),
        lengths=np.zeros_like(history.lengths),
    )


def without_key(history: History, vocabulary: Vocabulary) -> History:
    """Return the history without the keys of the past."""
    return history._replace(keys=np.zeros_like(history.keys))


def count_tokens(
    tokens: NDArray[np.int32], sounding: NDArray[np.int32], vocabulary: Vocabulary
) -> NDArray[np.float32]:
    """Compute the log-probability of each token after the state of its voice, (input_size, 4, V).

    There are three states: a note, silence, and the start of the chorale. Add-one smoothing.

    Args:
        tokens: (N, 4).
        sounding: (N, 4), the note or rest that sounded at the step before.
        vocabulary: the token table.
    """
    kinds = np.full(vocabulary.input_size, 2)
    kinds[vocabulary.rest], kinds[vocabulary.start] = 0, 1
    counts = np.ones((3, len(VOICES), vocabulary.size))
    np.add.at(counts, (kinds[sounding], np.arange(len(VOICES)), tokens), 1)
    return np.log(counts / counts.sum(-1, keepdims=True))[kinds].astype(np.float32)
