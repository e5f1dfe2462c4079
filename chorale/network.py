"""The network: note embeddings, Conv1D, LSTM and four heads, in Keras 3 with `keras.ops` only.

    evidence, conditions -> Conv1D -> LSTM forward and backward -> context      (evidence encoder)
    the past, context    -> causal Conv1D -> LSTM, LSTM         -> state        (causal decoder)
    state, context, the step's cells so far -> Dense -> Dense   -> logits       (head, one a voice)

One embedding of note tokens serves evidence, past and cells. A step's voices are drawn in a fixed
order; each head reads all four cells of the step in one set of inputs, whether a cell was drawn
before or given, UNKNOWN otherwise, so that given and drawn notes share the weights.

What is unknown leaves no trace: a step of which nothing is known enters the encoder as zeros, and
the backward layer starts at the last step of which anything is known. So neither padding nor the
length of a chorale shows through the encoder.

Shapes: B chorales, T steps, 4 voices in SATB order, V = vocabulary.size tokens. The LSTMs have
their default arguments and no masks, so that a GPU runs them through cuDNN. Where the options say
so, they are GRUs, for which the same holds, or plain recurrent layers, for which cuDNN is not used.
"""

from typing import Any

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from chorale.architecture import (
    CONDITION_WIDTH,
    HELD_WIDTH,
    INTERVAL_CLASSES,
    INTERVAL_SLOTS,
    INTERVAL_WIDTH,
    STEP_CYCLE,
    SUCCESSION_SCALE,
    SUCCESSIONS,
    decoder_layer,
    interval_classes,
    interval_slots,
    tonic_notes,
)
from chorale.conditions import COLUMNS, KEY, SIZES
from chorale.music import VOICES
from chorale.options import ModelOptions
from chorale.tokens import MAX_HELD_STEPS, Vocabulary

INPUTS = {  # name: shape after batch and time
    "evidence": (len(VOICES),),  # token ids of the cells given, UNKNOWN elsewhere
    "conditions": (len(COLUMNS),),  # what the plan says, see `chorale.conditions`
    "previous": (len(VOICES),),  # token ids of the step before, START at the first step
    "sounding": (len(VOICES),),  # what sounded at the step before, see `chorale.tokens.Memory`
    "held": (len(VOICES),),  # for how many steps it had sounded
    "number": (),  # the number of the step
    "tokens": (len(VOICES),),  # the step itself: each head sees the voices drawn before its own
}


def build_network(options: ModelOptions, vocabulary: Vocabulary) -> keras.Model:
    """The network as a Keras model from a dictionary of INPUTS to logits (B, T, 4, V), float32.

    All inputs are int32, (B, T) followed by their shape in INPUTS. Layers are named: a checkpoint
    holds the weights under these names, and the NumPy runtime reads them by these names.
    """
    inputs = {
        name: keras.Input((None, *shape), dtype="int32", name=name)
        for name, shape in INPUTS.items()
    }
    note = layers.Embedding(vocabulary.input_size, options.embedding, name="note_embedding")
    held = layers.Embedding(MAX_HELD_STEPS + 1, HELD_WIDTH, name="held_embedding")
    counterpoint = _Counterpoint(inputs, vocabulary)
    past = layers.Concatenate()(
        [
            _side_by_side(note(inputs["sounding"])),
            _side_by_side(held(inputs["held"])),
            counterpoint.degrees(inputs["sounding"]),
        ]
    )
    context = _encode(inputs, note, options, vocabulary)
    state = _decode(inputs, _side_by_side(note(inputs["previous"])), past, context, options)
    state = layers.Concatenate()([state, context])
    heads = _heads(inputs, note, past, state, counterpoint, options)
    return keras.Model(inputs, heads, name="chorale")


def _encode(
    inputs: dict[str, Any], note: layers.Embedding, options: ModelOptions, vocabulary: Vocabulary
) -> Any:
    """What is known, before and after each step: (B, T, 2 x encoder_units)."""
    evidence, conditions = inputs["evidence"], inputs["conditions"]
    known = ops.any(ops.not_equal(evidence, vocabulary.unknown), axis=-1) | ops.any(
        conditions > 0, axis=-1
    )
    columns = [
        layers.Embedding(size, CONDITION_WIDTH, name=f"{name}_embedding")(conditions[..., column])
        for column, (name, size) in enumerate(SIZES.items())
    ]
    x = layers.Concatenate()([_side_by_side(note(evidence)), *columns])
    x = layers.Dropout(options.dropout)(x)
    x = x * ops.cast(known, x.dtype)[..., None]
    x = layers.Conv1D(
        options.filters, options.kernel + 1, padding="same", activation="swish", name="encoder_conv"
    )(x)
    forward = _recurrent(options, options.encoder_units, "encoder_forward")(x)
    steps = ops.cumsum(ops.ones_like(known, "int32"), axis=1) - 1  # 0, 1, ... T - 1
    length = ops.max(ops.where(known, steps + 1, 0), axis=1, keepdims=True)
    within = steps < length
    mirrored = ops.where(within, length - 1 - steps, steps)[..., None]
    x = ops.take_along_axis(x, mirrored, axis=1)
    x = _recurrent(options, options.encoder_units, "encoder_backward")(x)
    backward = ops.take_along_axis(x, mirrored, axis=1) * ops.cast(within, x.dtype)[..., None]
    x = layers.Concatenate()([forward, backward])
    x = layers.LayerNormalization(name="encoder_norm")(x)
    return layers.Dropout(options.dropout)(x)


def _decode(
    inputs: dict[str, Any], previous: Any, past: Any, context: Any, options: ModelOptions
) -> Any:
    """The past, and what is known: (B, T, units)."""
    number = layers.Embedding(STEP_CYCLE, CONDITION_WIDTH, name="number_embedding")(
        inputs["number"] % STEP_CYCLE
    )
    x = layers.Concatenate()([previous, past, number])
    x = layers.Dropout(options.dropout)(x)
    x = layers.Conv1D(
        options.filters, options.kernel, padding="causal", activation="swish", name="decoder_conv"
    )(x)
    x = layers.Concatenate()([x, context])
    for layer in range(options.layers):
        y = _recurrent(options, options.units, decoder_layer(options, layer))(x)
        y = layers.Dropout(options.dropout)(y)
        x = y if layer == 0 else x + y
    return x


def _recurrent(options: ModelOptions, units: int, name: str) -> layers.Layer:
    layer = {"lstm": layers.LSTM, "gru": layers.GRU, "rnn": layers.SimpleRNN}[options.cell]
    return layer(units, return_sequences=True, name=name)


def _heads(
    inputs: dict[str, Any],
    note: layers.Embedding,
    past: Any,
    state: Any,
    counterpoint: "_Counterpoint",
    options: ModelOptions,
) -> Any:
    """Logits of the four voices, (B, T, 4, V)."""
    common = layers.Dense(len(VOICES) * options.head_units, name="heads")(state)
    logits: dict[int, Any] = {}
    for rank, voice in enumerate(options.order):
        name, first = VOICES[voice], voice * options.head_units
        drawn = np.isin(np.arange(len(VOICES)), options.order[:rank])
        cells = ops.where(drawn, inputs["tokens"], inputs["evidence"])
        read = [_side_by_side(note(cells)), past, counterpoint.read(voice, cells)]
        x = layers.Dropout(options.dropout)(layers.Concatenate()(read))
        x = layers.Dense(options.head_units, use_bias=False, name=f"{name}_cells")(x)
        x = ops.silu(x + common[..., first : first + options.head_units])
        x = layers.Dropout(options.dropout)(x)
        logits[voice] = (
            layers.Dense(counterpoint.vocabulary.size, name=f"{name}_tokens", dtype="float32")(x)
            + counterpoint.melody(voice, x)
            + counterpoint.harmony(voice, cells, x)
        )
    return ops.stack([logits[voice] for voice in range(len(VOICES))], axis=2)


class _Counterpoint:
    """Intervals between and within voices, and to the tonic: the same in every transposition.

    A head reads them, and adds logits by them: by the interval from the voice's last note (melody),
    by the interval to what each other voice sounds now and to the tonic (harmony), and by the
    succession of intervals with each other voice, a fixed table in which parallels can be learnt.
    The tonic, where the key is known, counts as a fifth voice that never moves.
    """

    def __init__(self, inputs: dict[str, Any], vocabulary: Vocabulary) -> None:
        self.vocabulary, self.sounding = vocabulary, inputs["sounding"]
        self.tonic = ops.take(tonic_notes(vocabulary), inputs["conditions"][..., KEY], axis=0)
        self._slots, self._classes = interval_slots(vocabulary), interval_classes(vocabulary)
        self._slot = layers.Embedding(INTERVAL_SLOTS, INTERVAL_WIDTH, name="slot_embedding")
        self._class = layers.Embedding(INTERVAL_CLASSES, INTERVAL_WIDTH, name="class_embedding")

    def degrees(self, tokens: Any) -> Any:
        """Degrees of the scale on which four voices sound, (B, T, 4 x INTERVAL_WIDTH)."""
        classes = self._look_up(self._classes, self.tonic[..., None], tokens)
        return _side_by_side(self._class(classes))

    def read(self, voice: int, cells: Any) -> Any:
        """What a head reads: how each voice moves now, its degree, its interval to us before.

        Returns:
            (B, T, (4 + 4 + 5) x INTERVAL_WIDTH).
        """
        moves = self._slot(self._look_up(self._slots, self.sounding, cells))
        others = ops.concatenate([self.sounding, self.tonic[..., None]], axis=-1)
        own = self.sounding[..., voice : voice + 1]
        before = self._class(self._look_up(self._classes, others, own))
        degrees = self.degrees(self._now(cells))
        return layers.Concatenate()([_side_by_side(moves), degrees, _side_by_side(before)])

    def melody(self, voice: int, x: Any) -> Any:
        """Logits, (B, T, V), by the interval from the voice's last note."""
        by_slot = _by_interval(INTERVAL_SLOTS, f"{VOICES[voice]}_melody")(x)
        table = self._slots[:, : self.vocabulary.size]
        slots = ops.take(table, self.sounding[..., voice], axis=0)
        return ops.take_along_axis(by_slot, slots, axis=-1)

    def harmony(self, voice: int, cells: Any, x: Any) -> Any:
        """Logits, (B, T, V), by the interval to each other voice now, and to the tonic.

        HOLD has the interval of the note held.
        """
        width = (len(VOICES) + 1) * INTERVAL_CLASSES
        by_class = _by_interval(width, f"{VOICES[voice]}_harmony")(x)
        by_succession = layers.Embedding(
            len(VOICES) * SUCCESSIONS,
            1,
            embeddings_initializer="zeros",
            name=f"{VOICES[voice]}_succession",
            dtype="float32",
        )
        now, own = self._now(cells), self.sounding[..., voice]
        moves = (cells >= self.vocabulary.first_pitch) & ops.not_equal(cells, self.sounding)
        classes = self._candidates(self.tonic, own)
        logits = ops.take_along_axis(by_class, len(VOICES) * INTERVAL_CLASSES + classes, axis=-1)
        for other in range(len(VOICES)):
            if other == voice:
                continue
            classes = self._candidates(now[..., other], own)
            logits += ops.take_along_axis(by_class, other * INTERVAL_CLASSES + classes, axis=-1)
            before = self._look_up(self._classes, self.sounding[..., other], own)
            both_move = moves[..., other, None] & self._strikes
            row = ops.cast(both_move, "int32") * INTERVAL_CLASSES + before[..., None]
            successions = other * SUCCESSIONS + row * INTERVAL_CLASSES + classes
            logits += SUCCESSION_SCALE * by_succession(successions)[..., 0]
        return logits

    @property
    def _strikes(self) -> NDArray[np.bool_]:
        """Tokens that start a note, (V,)."""
        return np.arange(self.vocabulary.size) >= self.vocabulary.first_pitch

    def _now(self, cells: Any) -> Any:
        """What each voice sounds at the step, (B, T, 4)."""
        return ops.where(ops.equal(cells, self.vocabulary.hold), self.sounding, cells)

    def _candidates(self, other: Any, own: Any) -> Any:
        """The interval to what `other` sounds, (B, T), for every token of ours: (B, T, V)."""
        classes = ops.take(self._classes[:, : self.vocabulary.size], other, axis=0)
        hold = np.arange(self.vocabulary.size) == self.vocabulary.hold
        return ops.where(hold, self._look_up(self._classes, other, own)[..., None], classes)

    def _look_up(self, table: NDArray[np.int32], row: Any, column: Any) -> Any:
        return ops.take(table.reshape(-1), row * self.vocabulary.input_size + column, axis=0)


def _by_interval(size: int, name: str) -> layers.Dense:
    return layers.Dense(size, use_bias=False, name=name, dtype="float32")


def _side_by_side(embedded: Any) -> Any:
    """(B, T, 4, E) as (B, T, 4 x E)."""
    *_, voices, width = embedded.shape
    return layers.Reshape((-1, voices * width))(embedded)
