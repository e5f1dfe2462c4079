"""The network: note embeddings, Conv1D, LSTM and four heads, in Keras 3 with `keras.ops` only.

    given notes, conditions -> Conv1D -> LSTM forward and backward -> conditioning       (encoder)
    history -> causal Conv1D; this and conditioning -> LSTM, LSTM -> state               (decoder)
    state, conditioning, history, the step's cells -> Dense -> Dense -> logits     (head per voice)

The conditioning is the output of the encoder and the lookahead, the given notes that come next;
both are in `chorale.network.keras_encoder`.

One embedding of note tokens serves given notes, history and cells. A step's voices are drawn one
after the other. Each head reads all four cells of the step in one set of inputs, whether a cell
was drawn before or given, UNKNOWN otherwise, so that given and drawn notes share the weights. In
training a share of the steps takes its voices in a random order: the heads of the voices drawn
late, which over-fit first, must then do without some of the others.
Recalled tokens (`chorale.network.recall`) are not read by any layer. A head makes them likelier,
by as much as it trusts them.

The recurrent layers go from beat to beat, a beat being `stride` steps: they read the Conv1D's
output at its first step, which covers the steps since the beat before, and the Conv1D alone shows
the heads what has happened since. A memory of 60 beats is learnt sooner than one of 240 steps, the
length of an average chorale, and costs a quarter.

Decoder and heads may exist more than once, as towers that start from different weights, drop
different values and learn each for itself; embeddings and encoder are shared. The mean of their
logits over-fits less than each: an ensemble within one network, trained in one run.

Shapes: B chorales, T steps, 4 voices in SATB order, V = vocabulary.size tokens. The LSTMs have
their default arguments and no masks, so that a GPU runs them through cuDNN. Where the options say
so, they are GRUs, for which the same holds, or plain recurrent layers, for which cuDNN is not used.

Twin: `chorale.network.numpy_network`.
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
    decoder_layer_name,
    tower_layer_name,
)
from chorale.network.conditions import COLUMNS
from chorale.network.keras_encoder import (
    embed_lookahead,
    encode,
    find_lookahead,
    recurrent,
    spread_beats,
)
from chorale.network.keras_intervals import Intervals, logit_layer, logit_table, side_by_side
from chorale.network.lookahead import Lookahead
from chorale.network.recall import LENGTH_CLASSES, RECALLED
from chorale.network.tokens import MAX_HELD_STEPS, Vocabulary
from chorale.options import ModelOptions

INPUTS = {  # name: shape after batch and time
    "given": (len(VOICES),),  # tokens of the given cells, UNKNOWN elsewhere
    "conditions": (len(COLUMNS),),  # see `chorale.network.conditions`
    "previous": (len(VOICES),),  # the history, see `chorale.network.history`
    "sounding": (len(VOICES),),
    "held": (len(VOICES),),
    "recalled": (RECALLED,),
    "match_lengths": (RECALLED,),
    "number": (),  # the number of the step
    "tokens": (len(VOICES),),  # the step itself: each head sees the voices drawn before its own
}


def build_network(options: ModelOptions, vocabulary: Vocabulary) -> keras.Model:
    """Build the network as a Keras model from a dictionary of INPUTS to logits, float32.

    The logits are those of each tower, (B, T, towers, 4, V); `average_towers` combines them.

    All inputs are int32, (B, T) followed by their shape in INPUTS. Layers are named: a checkpoint
    holds the weights under these names, and the NumPy network finds them by these names.
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
    intervals = Intervals(inputs, vocabulary)
    sounding = layers.Concatenate()(
        [
            side_by_side(note(inputs["sounding"])),
            side_by_side(held(inputs["held"])),
            intervals.embed_degrees(inputs["sounding"]),
        ]
    )
    conditioning: list[Any] = []
    lookahead = None
    if options.encoder_units:
        lookahead = find_lookahead(inputs["given"], vocabulary)
        coming = embed_lookahead(lookahead, note, intervals)
        encoded = encode(inputs, note, options, vocabulary)
        conditioning = [encoded, layers.Dropout(options.input_dropout)(coming)]
    number = layers.Embedding(STEP_CYCLE, CONDITION_WIDTH, name="number_embedding")
    number = number(inputs["number"] % STEP_CYCLE)
    x = layers.Concatenate()([side_by_side(note(inputs["previous"])), sounding, number])
    towers = []
    for tower in range(options.towers):
        state = _decode(x, conditioning, options, tower)
        state = [state, *conditioning, layers.Dropout(options.input_dropout)(sounding)]
        state = layers.Concatenate()(state)
        towers.append(_logits(inputs, note, state, intervals, lookahead, options, tower))
    return keras.Model(inputs, ops.stack(towers, axis=2), name="chorale")


def average_towers(logits: Any) -> Any:
    """Return the network's logits, (B, T, 4, V), from its towers', (B, T, towers, 4, V)."""
    return ops.mean(logits, axis=2)


def _decode(x: Any, conditioning: list[Any], options: ModelOptions, tower: int) -> Any:
    """Return the state of a tower's decoder, (B, T, units), or wider where beats have steps."""
    x = layers.Dropout(options.input_dropout)(x)
    name = tower_layer_name(tower, "decoder_conv")
    x = layers.Conv1D(
        options.filters, options.kernel, padding="causal", activation="swish", name=name
    )(x)
    steps = x
    x = layers.Concatenate()([x, *conditioning])[:, :: options.stride]
    for layer in range(options.layers):
        name = tower_layer_name(tower, decoder_layer_name(options, layer))
        y = recurrent(options, options.units, name)(x)
        y = layers.Dropout(options.dropout)(y)
        x = y if layer == 0 else x + y
    return spread_beats(x, layers.Dropout(options.input_dropout)(steps), options.stride)


def _logits(
    inputs: dict[str, Any],
    note: layers.Embedding,
    state: Any,
    intervals: Intervals,
    lookahead: Lookahead | None,
    options: ModelOptions,
    tower: int,
) -> Any:
    """Return the logits of a tower's four heads, (B, T, 4, V)."""
    width = len(VOICES) * options.head_units
    common = layers.Dense(width, name=tower_layer_name(tower, "heads"))(state)
    ranks = _Ranks(options, name=tower_layer_name(tower, "ranks"))(inputs["tokens"])
    logits = []
    for voice in range(len(VOICES)):
        name = tower_layer_name(tower, VOICES[voice])
        first = voice * options.head_units
        drawn = ranks < ranks[..., voice : voice + 1]
        cells = ops.where(drawn, inputs["tokens"], inputs["given"])
        read = [side_by_side(note(cells)), intervals.embed_cells(voice, cells)]
        x = layers.Dropout(options.input_dropout)(layers.Concatenate()(read))
        x = layers.Dense(options.head_units, use_bias=False, name=f"{name}_cells")(x)
        x = ops.silu(x + common[..., first : first + options.head_units])
        x = layers.Dropout(options.dropout)(x)
        tokens = layers.Dense(intervals.vocabulary.size, name=f"{name}_tokens", dtype="float32")
        added = tokens(x) + intervals.melody_logits(voice, x, name)
        added += intervals.harmony_logits(voice, cells, x, name)
        added += _recall_logits(voice, inputs, x, intervals.vocabulary, name)
        if lookahead is not None:
            added += intervals.approach_logits(voice, lookahead.notes[..., voice], x, name)
        logits.append(added)
    return ops.stack(logits, axis=2)


class _Ranks(layers.Layer):  # type: ignore[misc]  # Keras has no types
    """The order of each step's voices, (B, T, 4): one is drawn before those of higher rank.

    It is the usual order, except at `options.shuffled` of the steps in training.
    """

    def __init__(self, options: ModelOptions, name: str) -> None:
        super().__init__(name=name, dtype="float32")
        self.usual = np.argsort(options.order).astype(np.float32)
        self.shuffled = options.shuffled
        self.seed_generator = keras.random.SeedGenerator()

    def call(self, tokens: Any, training: bool = False) -> Any:
        """Return the ranks for `tokens`, (B, T, 4), of which only the shape counts."""
        ranks = ops.zeros_like(tokens, "float32") + self.usual
        if not training:
            return ranks
        lots = keras.random.uniform(ops.shape(ranks), seed=self.seed_generator)
        draws = keras.random.uniform(ops.shape(ranks[..., :1]), seed=self.seed_generator)
        return ops.where(draws < self.shuffled, lots, ranks)


def _recall_logits(
    voice: int, inputs: dict[str, Any], x: Any, vocabulary: Vocabulary, name: str
) -> Any:
    """Return logits, (B, T, V), for the two recalled tokens: of the own and the joint match."""
    trust = logit_layer(2, f"{name}_recall")(x)
    table = logit_table(2 * LENGTH_CLASSES, f"{name}_agreement")
    logits: Any = 0.0
    for match in range(2):
        column = match * len(VOICES) + voice
        by_length = table(match * LENGTH_CLASSES + inputs["match_lengths"][..., column])
        recalled = ops.one_hot(inputs["recalled"][..., column], vocabulary.input_size)
        logits += recalled * (trust[..., match, None] + TABLE_SCALE * by_length)
    return logits[..., : vocabulary.size]
