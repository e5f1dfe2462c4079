"""The encoder in Keras: given notes and plan as vectors at each step, and the lookahead.

Steps with neither given notes nor conditions enter the encoder as zeros, and the backward layer
starts at the last beat that has either. So the encoder reveals neither padding nor the length of a
chorale.

Shapes: B chorales, T steps, 4 voices in SATB order. Twin: `chorale.network.numpy_encoder`, whose
lookahead is in `chorale.network.lookahead`.
"""

from typing import Any

from keras import layers, ops

from chorale.network.architecture import CONDITION_WIDTH, HELD_WIDTH
from chorale.network.conditions import SIZES
from chorale.network.keras_intervals import Intervals, side_by_side
from chorale.network.lookahead import MAX_STEPS_AHEAD, NOT_WITHIN_REACH, NOTES_AHEAD, Lookahead
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
    """Encode given notes and plan, (B, T, n); each step reads what comes before and after it."""
    given, conditions = inputs["given"], inputs["conditions"]
    known = ops.any(ops.not_equal(given, vocabulary.unknown), axis=-1) | ops.any(
        conditions > 0, axis=-1
    )
    columns = [
        layers.Embedding(size, CONDITION_WIDTH, name=f"{name}_embedding")(conditions[..., column])
        for column, (name, size) in enumerate(SIZES.items())
    ]
    x = layers.Concatenate()([side_by_side(note(given)), *columns])
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
    x = spread_beats(both, x, options.stride)
    x = layers.LayerNormalization(name="encoder_norm")(x)
    return layers.Dropout(options.input_dropout)(x)


def recurrent(options: ModelOptions, units: int, name: str) -> layers.Layer:
    """Return a recurrent layer, with cells of the kind `options.cell`."""
    return RECURRENT[options.cell](units, return_sequences=True, name=name)


def _mirror(known: Any, stride: int) -> tuple[Any, Any]:
    """Return the order of beats that reverses all beats up to the last known one.

    Args:
        known: (B, T) bool, whether a step has a given note or a condition.
        stride: steps per beat.

    Returns:
        The beat to take at each position, (B, beats, 1) int32, and whether this beat is among the
        reversed ones, (B, beats, 1) bool. The beats after the last known one keep their positions.
    """
    numbers = _numbers(known)
    length = ops.max(ops.where(known, numbers // stride + 1, 0), axis=1, keepdims=True)
    beats = numbers[:, ::stride] // stride
    within = beats < length
    return ops.where(within, length - 1 - beats, beats)[..., None], within[..., None]


def spread_beats(beats: Any, steps: Any, stride: int) -> Any:
    """Repeat each beat's vector at its steps, and join the vectors of the steps.

    Beats are (B, ceil(T / stride), n), steps (B, T, m).

    Where every step is a beat, the steps are left out, since the recurrent layers read them all.
    """
    if stride == 1:
        return beats
    numbers = (_numbers(steps[..., 0]) // stride)[..., None]
    return layers.Concatenate()([ops.take_along_axis(beats, numbers, axis=1), steps])


def _numbers(steps: Any) -> Any:
    """Return 0, 1, ... T - 1 for each of B rows, from any values (B, T)."""
    return ops.cumsum(ops.ones_like(steps, "int32"), axis=1) - 1


def find_lookahead(given: Any, vocabulary: Vocabulary) -> Lookahead:
    """Find the given notes that come after each step, tensors (B, T, 8).

    Twin: `chorale.network.lookahead.find_lookahead`, which explains the arguments.
    """
    starts = vocabulary.is_note(given)
    until = ops.where(starts, 0, NOT_WITHIN_REACH)  # the step's own note counts
    span = 1
    while span <= MAX_STEPS_AHEAD:  # each pass doubles the reach, up to MAX_STEPS_AHEAD
        until = ops.minimum(until, _later(until, span) + span)
        span *= 2
    after = ops.minimum(_later(until, 1) + 1, NOT_WITHIN_REACH)
    numbers = _numbers(given[..., 0])[..., None]
    last = ops.max(numbers, axis=1, keepdims=True)
    found = [after]
    for _ in range(1, NOTES_AHEAD):
        further = ops.take_along_axis(after, ops.minimum(numbers + found[-1], last), axis=1)
        found.append(ops.minimum(found[-1] + further, NOT_WITHIN_REACH))
    distances = ops.concatenate(found, axis=-1)
    near = distances < NOT_WITHIN_REACH
    onsets = ops.minimum(numbers + distances, last)
    notes = ops.take_along_axis(ops.concatenate([given] * NOTES_AHEAD, axis=-1), onsets, axis=1)
    return Lookahead(ops.where(near, notes, vocabulary.unknown), ops.where(near, distances, 0))


def _later(values: Any, steps: int) -> Any:
    """Return `values`, (B, T, n), shifted `steps` earlier; NOT_WITHIN_REACH beyond the end."""
    padding = ((0, 0), (0, steps), (0, 0))
    return ops.pad(values, padding, constant_values=NOT_WITHIN_REACH)[:, steps:]


def embed_lookahead(lookahead: Lookahead, note: layers.Embedding, intervals: Intervals) -> Any:
    """Embed the next given notes, the leaps that lead to them, and the steps until them.

    Returns:
        Inputs of decoder and heads, (B, T, n).
    """
    until = layers.Embedding(NOT_WITHIN_REACH, HELD_WIDTH, name="until_embedding")(lookahead.until)
    leaps = intervals.embed_leaps(ops.concatenate([intervals.sounding, lookahead.notes], axis=-1))
    read = [side_by_side(note(lookahead.notes)), side_by_side(leaps), side_by_side(until)]
    return layers.Concatenate()(read)
