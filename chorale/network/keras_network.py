"""The network: note embeddings, Conv1D, LSTM and four heads, in Keras 3 with `keras.ops` only.

    given notes, conditions -> Conv1D -> LSTM forward and backward -> conditioning       (encoder)
    history -> causal Conv1D; its output, conditioning -> LSTM, LSTM -> state            (decoder)
    state, conditioning, history, the step's cells -> Dense -> Dense -> logits     (head per voice)

The conditioning joins the output of the encoder and the lookahead, which is the next given notes;
both are computed in `chorale.network.keras_encoder`.

The history has what a musician sees in the score: where each voice came from, the chord, and the
key. A recurrent layer alone infers these badly.

Given notes, history and cells share one embedding of note tokens. A step's voices are drawn one
after the other. Each head reads all four cells of the step: a given or already drawn cell as its
token, any other cell as UNKNOWN. So given and drawn notes share the same weights. In training, the
voices of a share of the steps are drawn in a random order: the heads of the voices usually drawn
last over-fit first, and must then do without some of the other voices.
No layer reads the recalled tokens (`chorale.network.recall`). Each head adds to their logits, by an
amount that it computes from its hidden units and the length of the match.

The recurrent layers advance every `stride` steps (further towers in half as many). They read the
Conv1D's output at the first of these steps, which covers the steps before. At the others, the heads
see what is new through the Conv1D alone. A memory of 60 beats is learnt sooner than one of 240
steps, the length of an average chorale, and costs a quarter of the time.

Decoder and heads may exist more than once, as towers that share embeddings and encoder. Each tower
starts from its own random weights, has its own dropout, its own loss, and half the stride of the
tower before. The mean of the towers' logits over-fits less than each tower: an ensemble within one
network, trained in one run.

Shapes: B chorales, T steps, 4 voices in SATB order, V = vocabulary.size tokens. The LSTMs have
their default arguments and no masks, so that a GPU runs them through cuDNN. The option `cell` may
replace them by GRUs, which cuDNN runs too, or by plain recurrent layers, which it does not.

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
    tower_strides,
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
from chorale.network.tokens import EARLIER_NOTES, MAX_HELD_STEPS, Vocabulary
from chorale.network.tonality import KEYS_OF_PAST
from chorale.options import ModelOptions

INPUTS = {  # name: shape after batch and time
    "given": (len(VOICES),),  # tokens of the given cells, UNKNOWN elsewhere
    "conditions": (len(COLUMNS),),  # see `chorale.network.conditions`
    "previous": (len(VOICES),),  # the history, see `chorale.network.history`
    "sounding": (len(VOICES),),
    "held": (len(VOICES),),
    "earlier": (EARLIER_NOTES * len(VOICES),),
    "lengths": (len(VOICES),),
    "keys": (KEYS_OF_PAST,),
    "recalled": (RECALLED,),
    "match_lengths": (RECALLED,),
    "number": (),  # the number of the step
    "tokens": (len(VOICES),),  # tokens of the step: each head sees the voices drawn before its own
}


def build_network(options: ModelOptions, vocabulary: Vocabulary) -> keras.Model:
    """Build the network as a Keras model from a dictionary of INPUTS to logits, float32.

    The model returns each tower's logits, (B, T, towers, 4, V); `average_towers` combines them.

    All inputs are int32, of shape (B, T) followed by their shape in INPUTS. The layer names are
    fixed: checkpoints and the NumPy network find the weights by them.
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
            side_by_side(held(ops.concatenate([inputs["held"], inputs["lengths"]], axis=-1))),
            intervals.embed_past(),
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
    for tower, stride in enumerate(tower_strides(options)):
        state = _decode(x, conditioning, options, tower, stride)
        state = [state, *conditioning, layers.Dropout(options.input_dropout)(sounding)]
        state = layers.Concatenate()(state)
        towers.append(_compute_logits(inputs, note, state, intervals, lookahead, options, tower))
    return keras.Model(inputs, ops.stack(towers, axis=2), name="chorale")


def average_towers(logits: Any) -> Any:
    """Return the mean of the towers' logits, from (B, T, towers, 4, V) to (B, T, 4, V)."""
    return ops.mean(logits, axis=2)


def _decode(x: Any, conditioning: list[Any], options: ModelOptions, tower: int, stride: int) -> Any:
    """Return the state of a tower's decoder, (B, T, units + step_width(options, stride))."""
    x = layers.Dropout(options.input_dropout)(x)
    name = tower_layer_name(tower, "decoder_conv")
    x = layers.Conv1D(
        options.filters, options.kernel, padding="causal", activation="swish", name=name
    )(x)
    steps = x
    x = layers.Concatenate()([x, *conditioning])[:, ::stride]
    for layer in range(options.layers):
        name = tower_layer_name(tower, decoder_layer_name(options, layer))
        y = recurrent(options, options.units, name)(x)
        y = layers.Dropout(options.dropout)(y)
        x = y if layer == 0 else x + y
    return spread_beats(x, layers.Dropout(options.input_dropout)(steps), stride)


def _compute_logits(
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
    """The rank of each voice in the order of drawing, (B, T, 4), lowest first.

    The order is `options.order`; in training, a share `options.shuffled` of the steps has a random
    order instead.
    """

    def __init__(self, options: ModelOptions, name: str) -> None:
        super().__init__(name=name, dtype="float32")
        self.usual = np.argsort(options.order).astype(np.float32)
        self.shuffled = options.shuffled
        self.seed_generator = keras.random.SeedGenerator()

    def call(self, tokens: Any, training: bool = False) -> Any:
        """Return the ranks for `tokens`, (B, T, 4); only the shape of `tokens` matters."""
        ranks = ops.zeros_like(tokens, "float32") + self.usual
        if not training:
            return ranks
        random_ranks = keras.random.uniform(ops.shape(ranks), seed=self.seed_generator)
        chances = keras.random.uniform(ops.shape(ranks[..., :1]), seed=self.seed_generator)
        return ops.where(chances < self.shuffled, random_ranks, ranks)


def _recall_logits(
    voice: int, inputs: dict[str, Any], x: Any, vocabulary: Vocabulary, name: str
) -> Any:
    """Return logits, (B, T, V), of the tokens recalled by the voice's own and the joint match."""
    trust = logit_layer(2, f"{name}_recall")(x)
    table = logit_table(2 * LENGTH_CLASSES, f"{name}_agreement")
    logits: Any = 0.0
    for match in range(2):
        column = match * len(VOICES) + voice
        by_length = table(match * LENGTH_CLASSES + inputs["match_lengths"][..., column])
        recalled = ops.one_hot(inputs["recalled"][..., column], vocabulary.input_size)
        logits += recalled * (trust[..., match, None] + TABLE_SCALE * by_length)
    return logits[..., : vocabulary.size]
