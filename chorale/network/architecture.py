"""Names and shapes of the network's weights, shared by Keras, checkpoint and NumPy.

`chorale.network.keras_network` explains the design. This module also holds the fixed sizes, which
no option changes.
"""

from typing import NamedTuple

import numpy as np

from chorale.aliases import Ids
from chorale.music import OCTAVE, VOICES
from chorale.network.conditions import SIZES
from chorale.network.lookahead import LOOKAHEAD_NOTES, NOT_WITHIN_REACH
from chorale.network.recall import LENGTH_CLASSES
from chorale.network.tokens import MAX_HELD_STEPS, Vocabulary
from chorale.options import Cell, ModelOptions

CONDITION_WIDTH = 16  # width of the embedding of a condition
HELD_WIDTH = 8  # width of the embedding of how many steps a note has been held
STEP_CYCLE = 16  # the network reads the number of the step modulo this
LARGEST_INTERVAL = 24  # semitones; wider intervals, melodic or between voices, count as this
MELODIC_INTERVALS = 2 + 2 * LARGEST_INTERVAL  # number of ids, see `melodic_interval_ids`
HARMONIC_INTERVALS = 1 + OCTAVE  # number of ids, see `harmonic_interval_ids`
INTERVAL_WIDTH = 8  # width of the embedding of an interval
# number of ids: do both voices move (2 values), the last harmonic interval, the present one
SUCCESSIONS = 2 * HARMONIC_INTERVALS**2
TABLE_SCALE = 8.0  # factor on logits from tables, so that they can grow large in few updates


class CellShape(NamedTuple):
    """Name and size of a recurrent cell.

    Attributes:
        name: Keras's name of the cell, which is part of its weights' names.
        gates: number of gates, each with one product per unit.
        states: number of arrays kept from step to step, (B, units) each.
    """

    name: str
    gates: int
    states: int


CELLS: dict[Cell, CellShape] = {
    "lstm": CellShape("lstm_cell", gates=4, states=2),
    "gru": CellShape("gru_cell", gates=3, states=1),
    "rnn": CellShape("simple_rnn_cell", gates=1, states=1),
}


def weight_shapes(options: ModelOptions, vocabulary: Vocabulary) -> dict[str, tuple[int, ...]]:
    """Return the shape of every weight by its name; a test compares it with Keras."""
    voices, embedding, filters = len(VOICES), options.embedding, options.filters
    cells = voices * embedding
    sounding = cells + voices * (HELD_WIDTH + INTERVAL_WIDTH)
    intervals = (3 * voices + 1) * INTERVAL_WIDTH
    conditioning = conditioning_width(options)
    shapes: dict[str, tuple[int, ...]] = {
        "note_embedding/embeddings": (vocabulary.input_size, embedding),
        "held_embedding/embeddings": (MAX_HELD_STEPS + 1, HELD_WIDTH),
        "number_embedding/embeddings": (STEP_CYCLE, CONDITION_WIDTH),
        "slot_embedding/embeddings": (MELODIC_INTERVALS, INTERVAL_WIDTH),
        "class_embedding/embeddings": (HARMONIC_INTERVALS, INTERVAL_WIDTH),
    }

    def dense(name: str, rows: tuple[int, ...], columns: int, bias: bool = True) -> None:
        shapes[f"{name}/kernel"] = (*rows, columns)
        if bias:
            shapes[f"{name}/bias"] = (columns,)

    def recurrent(name: str, width: int, units: int) -> None:
        cell = CELLS[options.cell]
        name, columns = f"{name}/{cell.name}", cell.gates * units
        dense(name, (width,), columns)
        shapes[f"{name}/recurrent_kernel"] = (units, columns)
        if options.cell == "gru":  # one bias for the inputs, one for the state
            shapes[f"{name}/bias"] = (2, columns)

    if options.encoder_units:
        for name, size in SIZES.items():
            shapes[f"{name}_embedding/embeddings"] = (size, CONDITION_WIDTH)
        inputs = cells + len(SIZES) * CONDITION_WIDTH
        dense("encoder_conv", (options.kernel + 1, inputs), filters)
        recurrent("encoder_forward", filters, options.encoder_units)
        recurrent("encoder_backward", filters, options.encoder_units)
        encoded = conditioning - _lookahead_width(options)
        shapes |= {f"encoder_norm/{name}": (encoded,) for name in ("gamma", "beta")}
        shapes["until_embedding/embeddings"] = (NOT_WITHIN_REACH, HELD_WIDTH)
    for tower in range(options.towers):
        name = tower_layer_name(tower, "decoder_conv")
        dense(name, (options.kernel, cells + sounding + CONDITION_WIDTH), filters)
        for layer in range(options.layers):
            width = filters + conditioning if layer == 0 else options.units
            name = tower_layer_name(tower, decoder_layer_name(options, layer))
            recurrent(name, width, options.units)
        width = options.units + step_width(options) + conditioning + sounding
        dense(tower_layer_name(tower, "heads"), (width,), voices * options.head_units)
        for voice in VOICES:
            name = tower_layer_name(tower, voice)
            dense(f"{name}_cells", (cells + intervals,), options.head_units, bias=False)
            dense(f"{name}_tokens", (options.head_units,), vocabulary.size)
            dense(f"{name}_melody", (options.head_units,), MELODIC_INTERVALS, bias=False)
            harmony = (voices + 1) * HARMONIC_INTERVALS
            dense(f"{name}_harmony", (options.head_units,), harmony, bias=False)
            if options.encoder_units:
                dense(f"{name}_approach", (options.head_units,), MELODIC_INTERVALS, bias=False)
            dense(f"{name}_recall", (options.head_units,), 2, bias=False)
            shapes[f"{name}_distance/embeddings"] = (voices * MELODIC_INTERVALS, 1)
            shapes[f"{name}_succession/embeddings"] = (voices * SUCCESSIONS, 1)
            shapes[f"{name}_agreement/embeddings"] = (2 * LENGTH_CLASSES, 1)
    return shapes


def conditioning_width(options: ModelOptions) -> int:
    """Return the width of the conditioning at a step, 0 without an encoder."""
    if not options.encoder_units:
        return 0
    return 2 * options.encoder_units + step_width(options) + _lookahead_width(options)


def _lookahead_width(options: ModelOptions) -> int:
    """Return the part of this width that the lookahead takes, see `chorale.network.lookahead`."""
    return LOOKAHEAD_NOTES * (options.embedding + INTERVAL_WIDTH + HELD_WIDTH)


def step_width(options: ModelOptions) -> int:
    """Return the width of the Conv1D output that `spread_beats` appends; 0 at a stride of 1."""
    return options.filters if options.stride > 1 else 0


def tower_layer_name(tower: int, name: str) -> str:
    """Return the name of a layer in a tower, counted from 0; the first tower's names are plain."""
    return f"tower{tower}_{name}" if tower else name


def decoder_layer_name(options: ModelOptions, layer: int) -> str:
    """Return the name of a recurrent layer of the decoder, counted from 0."""
    return f"decoder_{options.cell}_{layer}"


def melodic_interval_ids(vocabulary: Vocabulary) -> Ids:
    """Return the directed interval of two input symbols, (input_size, input_size) int32.

    Row: the symbol that sounds. Column: the symbol that follows it, or that sounds in another
    voice. 1 + LARGEST_INTERVAL + i stands for i semitones up, 0 for a pair that has no interval
    because one symbol is not a note.
    """
    notes = vocabulary.note_tokens
    leaps = np.clip(notes - notes[:, None], -LARGEST_INTERVAL, LARGEST_INTERVAL)
    intervals = np.zeros((vocabulary.input_size, vocabulary.input_size), np.int32)
    intervals[np.ix_(notes, notes)] = 1 + LARGEST_INTERVAL + leaps
    return intervals


def harmonic_interval_ids(vocabulary: Vocabulary) -> Ids:
    """Return the harmonic interval of two input symbols, (input_size, input_size) int32.

    1 + i stands for i semitones, modulo 12, from the row's note up to the column's note, 0 for a
    pair that has no interval because one symbol is not a note.
    """
    notes = vocabulary.note_tokens
    intervals = np.zeros((vocabulary.input_size, vocabulary.input_size), np.int32)
    intervals[np.ix_(notes, notes)] = 1 + (notes - notes[:, None]) % OCTAVE
    return intervals


def tonic_notes(vocabulary: Vocabulary) -> Ids:
    """Return a note on the tonic for each value of the key's column, REST for an unknown key."""
    notes = np.full(SIZES["key"], vocabulary.rest, np.int32)
    for key in range(1, SIZES["key"]):
        notes[key] = vocabulary.token_of(60 + (key - 1) // 2)
    return notes
