"""The network: note embeddings, Conv1D, LSTM and four heads, in Keras 3 with `keras.ops` only.

    evidence, conditions -> Conv1D -> LSTM forward and backward -> context      (evidence encoder)
    the past -> causal Conv1D; this and context -> LSTM, LSTM   -> state        (causal decoder)
    state, context, the past, the step's cells -> Dense -> Dense -> logits      (head, one a voice)

Encoder and what is told of the notes given next are in `chorale.network.keras_encoder`; both are the context.

One embedding of note tokens serves evidence, past and cells. A step's voices are drawn one after
the other; each head reads all four cells of the step in one set of inputs, whether a cell was drawn
before or given, UNKNOWN otherwise, so that given and drawn notes share the weights. In training a
share of the steps takes its voices in a random order: the heads of the voices drawn late, which
over-fit first, must then do without some of the others.
What is recalled of the past (`chorale.network.recall`) is read by nothing, but likelier by as much as a
head trusts it.

The recurrent layers go from beat to beat, a beat being `stride` steps: they read the Conv1D's
output at its first step, which saw the steps since the beat before, and the Conv1D alone tells
the heads what has happened since. A memory of 60 beats is learnt sooner than one of 240 steps, the
length of an average chorale, and costs a quarter.

Decoder and heads may exist more than once, as towers that start from different weights, drop
different values and learn each for itself; embeddings and encoder are shared. The mean of their
logits over-fits less than each: an ensemble within one network, trained in one run.

Shapes: B chorales, T steps, 4 voices in SATB order, V = vocabulary.size tokens. The LSTMs have
their default arguments and no masks, so that a GPU runs them through cuDNN. Where the options say
so, they are GRUs, for which the same holds, or plain recurrent layers, for which cuDNN is not used.
"""

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from chorale.music import VOICES
from chorale.network.architecture import (
    CONDITION_WIDTH,
    HELD_WIDTH,
    STEP_CYCLE,
    TABLE_SCALE,
    decoder_layer,
    in_tower,
)
from chorale.network.conditions import COLUMNS
from chorale.network.keras_encoder import encode, lookahead_of, read_ahead, recurrent, with_steps
from chorale.network.keras_intervals import Counterpoint, logit_layer, logit_table, side_by_side
from chorale.network.lookahead import Lookahead
from chorale.network.recall import LENGTH_CLASSES, RECALLED
from chorale.network.tokens import MAX_HELD_STEPS, Vocabulary
from chorale.options import ModelOptions

INPUTS = {  # name: shape after batch and time
    "evidence": (len(VOICES),),  # token ids of the cells given, UNKNOWN elsewhere
    "conditions": (len(COLUMNS),),  # what the plan says, see `chorale.network.conditions`
    "previous": (len(VOICES),),  # token ids of the step before, START at the first step
    "sounding": (
        len(VOICES),
    ),  # what sounded at the step before, see `chorale.network.tokens.Memory`
    "held": (len(VOICES),),  # for how many steps it had sounded
    "recalled": (RECALLED,),  # what stood at earlier places like this, see `chorale.network.recall`
    "agreements": (RECALLED,),  # for how long they are like this
    "number": (),  # the number of the step
    "tokens": (len(VOICES),),  # the step itself: each head sees the voices drawn before its own
}


def build_network(options: ModelOptions, vocabulary: Vocabulary) -> keras.Model:
    """The network as a Keras model from a dictionary of INPUTS to logits, float32.

    The logits are (B, T, towers, 4, V), those of each tower; `pooled` has them together.

    All inputs are int32, (B, T) followed by their shape in INPUTS. Layers are named: a checkpoint
    holds the weights under these names, and the NumPy runtime reads them by these names.
    """
    inputs = {
        name: keras.Input((None, *shape), dtype="int32", name=name)
        for name, shape in INPUTS.items()
    }
    note = layers.Embedding(
        vocabulary.input_size,
        options.embedding,
        embeddings_initializer=keras.initializers.RandomUniform(
            -options.embedding_range, options.embedding_range
        ),
        name="note_embedding",
    )
    held = layers.Embedding(MAX_HELD_STEPS + 1, HELD_WIDTH, name="held_embedding")
    counterpoint = Counterpoint(inputs, vocabulary)
    past = layers.Concatenate()(
        [
            side_by_side(note(inputs["sounding"])),
            side_by_side(held(inputs["held"])),
            counterpoint.degrees(inputs["sounding"]),
        ]
    )
    context: list[Any] = []
    ahead = None
    if options.encoder_units:
        ahead = lookahead_of(inputs["evidence"], vocabulary)
        told = read_ahead(ahead, note, counterpoint)
        encoded = encode(inputs, note, options, vocabulary)
        context = [encoded, layers.Dropout(options.input_dropout)(told)]
    number = layers.Embedding(STEP_CYCLE, CONDITION_WIDTH, name="number_embedding")
    number = number(inputs["number"] % STEP_CYCLE)
    read = layers.Concatenate()([side_by_side(note(inputs["previous"])), past, number])
    towers = []
    for tower in range(options.towers):
        state = _decode(read, context, options, tower)
        state = [state, *context, layers.Dropout(options.input_dropout)(past)]
        state = layers.Concatenate()(state)
        towers.append(_heads(inputs, note, state, counterpoint, ahead, options, tower))
    return keras.Model(inputs, ops.stack(towers, axis=2), name="chorale")


def pooled(logits: Any) -> Any:
    """The logits of a network, (B, T, 4, V), from those of its towers, (B, T, towers, 4, V)."""
    return ops.mean(logits, axis=2)


def _decode(read: Any, context: list[Any], options: ModelOptions, tower: int) -> Any:
    """The past, and what is known: (B, T, units), and filters more where beats have steps."""
    x = layers.Dropout(options.input_dropout)(read)
    name = in_tower(tower, "decoder_conv")
    x = layers.Conv1D(
        options.filters, options.kernel, padding="causal", activation="swish", name=name
    )(x)
    steps = x
    x = layers.Concatenate()([x, *context])[:, :: options.stride]
    for layer in range(options.layers):
        name = in_tower(tower, decoder_layer(options, layer))
        y = recurrent(options, options.units, name)(x)
        y = layers.Dropout(options.dropout)(y)
        x = y if layer == 0 else x + y
    return with_steps(x, layers.Dropout(options.input_dropout)(steps), options)


def _heads(
    inputs: dict[str, Any],
    note: layers.Embedding,
    state: Any,
    counterpoint: Counterpoint,
    ahead: Lookahead | None,
    options: ModelOptions,
    tower: int,
) -> Any:
    """Logits of the four voices, (B, T, 4, V)."""
    width = len(VOICES) * options.head_units
    common = layers.Dense(width, name=in_tower(tower, "heads"))(state)
    ranks = _Ranks(options, name=in_tower(tower, "ranks"))(inputs["tokens"])
    logits = []
    for voice in range(len(VOICES)):
        name = in_tower(tower, VOICES[voice])
        first = voice * options.head_units
        drawn = ranks < ranks[..., voice : voice + 1]
        cells = ops.where(drawn, inputs["tokens"], inputs["evidence"])
        read = [side_by_side(note(cells)), counterpoint.read(voice, cells)]
        x = layers.Dropout(options.input_dropout)(layers.Concatenate()(read))
        x = layers.Dense(options.head_units, use_bias=False, name=f"{name}_cells")(x)
        x = ops.silu(x + common[..., first : first + options.head_units])
        x = layers.Dropout(options.dropout)(x)
        tokens = layers.Dense(counterpoint.vocabulary.size, name=f"{name}_tokens", dtype="float32")
        added = tokens(x) + counterpoint.melody(voice, x, name)
        added += counterpoint.harmony(voice, cells, x, name)
        added += _recalled(voice, inputs, x, counterpoint.vocabulary, name)
        if ahead is not None:
            added += counterpoint.approach(voice, ahead.notes[..., voice], x, name)
        logits.append(added)
    return ops.stack(logits, axis=2)


class _Ranks(layers.Layer):  # type: ignore[misc]  # Keras has no types
    """The order of each step's voices, (B, T, 4): one is drawn before those of higher rank.

    The usual order, but for `options.shuffled` of the steps in training.
    """

    def __init__(self, options: ModelOptions, name: str) -> None:
        super().__init__(name=name, dtype="float32")
        self.usual = np.argsort(options.order).astype(np.float32)
        self.shuffled = options.shuffled
        self.seed_generator = keras.random.SeedGenerator()

    def call(self, tokens: Any, training: bool = False) -> Any:
        """The ranks for `tokens`, (B, T, 4), which give the shape alone."""
        ranks = ops.zeros_like(tokens, "float32") + self.usual
        if not training:
            return ranks
        lots = keras.random.uniform(ops.shape(ranks), seed=self.seed_generator)
        draws = keras.random.uniform(ops.shape(ranks[..., :1]), seed=self.seed_generator)
        return ops.where(draws < self.shuffled, lots, ranks)


def _recalled(voice: int, inputs: dict[str, Any], x: Any, vocabulary: Vocabulary, name: str) -> Any:
    """Logits, (B, T, V), for the two tokens that are recalled: at the own and the joint place."""
    trust = logit_layer(2, f"{name}_recall")(x)
    table = logit_table(2 * LENGTH_CLASSES, f"{name}_agreement")
    logits: Any = 0.0
    for place in range(2):
        column = place * len(VOICES) + voice
        by_length = table(place * LENGTH_CLASSES + inputs["agreements"][..., column])
        recalled = ops.one_hot(inputs["recalled"][..., column], vocabulary.input_size)
        logits += recalled * (trust[..., place, None] + TABLE_SCALE * by_length)
    return logits[..., : vocabulary.size]
