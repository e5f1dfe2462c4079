"""What is given and known, in Keras: the encoder of the whole, and the notes given next.

What is unknown leaves no trace: a step of which nothing is known enters the encoder as zeros, and
the backward layer starts at the last step of which anything is known. So neither padding nor the
length of a chorale shows through the encoder.

Shapes: B chorales, T steps, 4 voices in SATB order.
"""

from typing import Any

from keras import layers, ops

from chorale.network.architecture import CONDITION_WIDTH, HELD_WIDTH
from chorale.network.conditions import SIZES
from chorale.network.keras_intervals import Counterpoint, side_by_side
from chorale.network.lookahead import (
    MAX_STEPS_AHEAD,
    NOT_WITHIN_REACH,
    NOTES_AHEAD,
    Lookahead,
    starts_note,
)
from chorale.network.tokens import Vocabulary
from chorale.options import Cell, ModelOptions

RECURRENT: dict[Cell, type[layers.Layer]] = {
    "lstm": layers.LSTM,
    "gru": layers.GRU,
    "rnn": layers.SimpleRNN,
}


def encode(
    inputs: dict[str, Any], note: layers.Embedding, options: ModelOptions, vocabulary: Vocabulary
) -> Any:
    """What is known, before and after each step, as the encoder hears it: (B, T, n)."""
    evidence, conditions = inputs["evidence"], inputs["conditions"]
    known = ops.any(ops.not_equal(evidence, vocabulary.unknown), axis=-1) | ops.any(
        conditions > 0, axis=-1
    )
    columns = [
        layers.Embedding(size, CONDITION_WIDTH, name=f"{name}_embedding")(conditions[..., column])
        for column, (name, size) in enumerate(SIZES.items())
    ]
    x = layers.Concatenate()([side_by_side(note(evidence)), *columns])
    x = layers.Dropout(options.input_dropout)(x)
    x = x * ops.cast(known, x.dtype)[..., None]
    x = layers.Conv1D(
        options.filters, options.kernel + 1, padding="same", activation="swish", name="encoder_conv"
    )(x)
    beats = x[:, :: options.stride]
    forward = recurrent(options, options.encoder_units, "encoder_forward")(beats)
    mirror, within = _mirror(known, options.stride)
    beats = ops.take_along_axis(beats, mirror, axis=1)
    backward = recurrent(options, options.encoder_units, "encoder_backward")(beats)
    backward = ops.take_along_axis(backward, mirror, axis=1) * ops.cast(within, x.dtype)
    both = layers.Concatenate()([forward, backward])
    x = with_steps(both, x, options)
    x = layers.LayerNormalization(name="encoder_norm")(x)
    return layers.Dropout(options.input_dropout)(x)


def with_steps(beats: Any, steps: Any, options: ModelOptions) -> Any:
    """Each of `beats`, (B, ceil(T / stride), n), at all of its steps, and the steps: (B, T, m).

    Where every step is a beat, what is read from beat to beat is all.
    """
    if options.stride == 1:
        return beats
    numbers = (_numbers(steps[..., 0]) // options.stride)[..., None]
    return layers.Concatenate()([ops.take_along_axis(beats, numbers, axis=1), steps])


def _numbers(steps: Any) -> Any:
    """0, 1, ... T - 1 for each of B rows of something, (B, T)."""
    return ops.cumsum(ops.ones_like(steps, "int32"), axis=1) - 1


def _mirror(known: Any, stride: int) -> tuple[Any, Any]:
    """How to turn beats around, the last of which anything is known first.

    Args:
        known: (B, T) bool, whether anything is known of a step.
        stride: steps of a beat.

    Returns:
        The beat that comes in each place, (B, beats, 1) int32, and whether it is one of those up
        to the last known, (B, beats, 1) bool; the others stay where they are.
    """
    numbers = _numbers(known)
    length = ops.max(ops.where(known, numbers // stride + 1, 0), axis=1, keepdims=True)
    beats = numbers[:, ::stride] // stride
    within = beats < length
    return ops.where(within, length - 1 - beats, beats)[..., None], within[..., None]


def recurrent(options: ModelOptions, units: int, name: str) -> layers.Layer:
    """A recurrent layer of the cells that the options ask for."""
    return RECURRENT[options.cell](units, return_sequences=True, name=name)


def lookahead_of(evidence: Any, vocabulary: Vocabulary) -> Lookahead:
    """What is given after each step, as `chorale.network.lookahead.lookahead_of` has it, of Keras arrays."""
    until = ops.where(
        starts_note(evidence, vocabulary), 0, NOT_WITHIN_REACH
    )  # the step's own note counts
    span = 1
    while span <= MAX_STEPS_AHEAD:  # the spans double, so that together they reach far enough
        until = ops.minimum(until, _later(until, span) + span)
        span *= 2
    after = ops.minimum(_later(until, 1) + 1, NOT_WITHIN_REACH)
    numbers = _numbers(evidence[..., 0])[..., None]
    last = ops.max(numbers, axis=1, keepdims=True)
    found = [after]
    for _ in range(1, NOTES_AHEAD):
        further = ops.take_along_axis(after, ops.minimum(numbers + found[-1], last), axis=1)
        found.append(ops.minimum(found[-1] + further, NOT_WITHIN_REACH))
    distances = ops.concatenate(found, axis=-1)
    near = distances < NOT_WITHIN_REACH
    places = ops.minimum(numbers + distances, last)
    notes = ops.take_along_axis(ops.concatenate([evidence] * NOTES_AHEAD, axis=-1), places, axis=1)
    return Lookahead(ops.where(near, notes, vocabulary.unknown), ops.where(near, distances, 0))


def read_ahead(ahead: Lookahead, note: layers.Embedding, counterpoint: Counterpoint) -> Any:
    """What decoder and heads read of it: notes, how each voice gets there, in how many steps.

    Returns:
        (B, T, n).
    """
    until = layers.Embedding(NOT_WITHIN_REACH, HELD_WIDTH, name="until_embedding")(ahead.until)
    leaps = counterpoint.leaps(ops.concatenate([counterpoint.sounding, ahead.notes], axis=-1))
    read = [side_by_side(note(ahead.notes)), side_by_side(leaps), side_by_side(until)]
    return layers.Concatenate()(read)


def _later(values: Any, steps: int) -> Any:
    """What stands so many steps later, FAR beyond the end; (B, T, n)."""
    return ops.pad(values, ((0, 0), (0, steps), (0, 0)), constant_values=NOT_WITHIN_REACH)[
        :, steps:
    ]
