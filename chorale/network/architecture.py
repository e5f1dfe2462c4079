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
from chorale.network.tokens import EARLIER_NOTES, MAX_HELD_STEPS, Vocabulary
from chorale.network.tonality import KEYS_OF_PAST
from chorale.options import Cell, ModelOptions

CONDITION_WIDTH = 16  # width of the embedding of a condition
HELD_WIDTH = 8  # width of the embedding of how many steps a note has been held
STEP_CYCLE = 16  # the network reads the number of the step modulo this
LARGEST_INTERVAL = 24  # semitones; wider intervals, melodic or between voices, count as this
MELODIC_INTERVALS = 2 + 2 * LARGEST_INTERVAL  # number of ids, see `melodic_interval_ids`
HARMONIC_INTERVALS = 1 + OCTAVE  # number of ids, see `harmonic_interval_ids`
INTERVAL_WIDTH = 8  # width of the embedding of an interval
# the tonics of the plan (where the key is known, else of the past) and of the last steps
TONICS = KEYS_OF_PAST
# number of ids: do both voices move (2 values), the last harmonic interval, the present one
SUCCESSIONS = 2 * HARMONIC_INTERVALS**2
NO_CLASS = OCTAVE  # stands for a pitch class where there is no note
CLASS_BITS = np.array([*(1 << np.arange(OCTAVE)), 0], np.int32)  # of each pitch class in a set
CHORDS = 1 + 2 ** (OCTAVE - 1)  # number of ids: sets of pitch classes above a bass note, 0 for none
CHORD_WIDTH = 16  # width of the embedding of a chord
CHORD_COLUMNS = 8  # logits for each chord, which a head weighs
MODULATIONS = 1 + 4 * OCTAVE  # number of ids: two modes, and the interval between two tonics
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
    past = EARLIER_NOTES * INTERVAL_WIDTH + HELD_WIDTH  # each voice's notes before the sounding one
    sounding = cells + voices * (HELD_WIDTH + TONICS * INTERVAL_WIDTH + past)
    sounding += CHORD_WIDTH + CONDITION_WIDTH
    intervals = ((2 + TONICS) * voices + TONICS) * INTERVAL_WIDTH
    conditioning = conditioning_width(options)
    shapes: dict[str, tuple[int, ...]] = {
        "note_embedding/embeddings": (vocabulary.input_size, embedding),
        "held_embedding/embeddings": (MAX_HELD_STEPS + 1, HELD_WIDTH),
        "number_embedding/embeddings": (STEP_CYCLE, CONDITION_WIDTH),
        "slot_embedding/embeddings": (MELODIC_INTERVALS, INTERVAL_WIDTH),
        "class_embedding/embeddings": (HARMONIC_INTERVALS, INTERVAL_WIDTH),
        "chord_embedding/embeddings": (CHORDS, CHORD_WIDTH),
        "modulation_embedding/embeddings": (MODULATIONS, CONDITION_WIDTH),
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
        encoded = conditioning_width(options) - _lookahead_width(options)
        shapes |= {f"encoder_norm/{name}": (encoded,) for name in ("gamma", "beta")}
        shapes["until_embedding/embeddings"] = (NOT_WITHIN_REACH, HELD_WIDTH)
    for tower, stride in enumerate(tower_strides(options)):
        name = tower_layer_name(tower, "decoder_conv")
        dense(name, (options.kernel, cells + sounding + CONDITION_WIDTH), filters)
        for layer in range(options.layers):
            width = filters + conditioning if layer == 0 else options.units
            name = tower_layer_name(tower, decoder_layer_name(options, layer))
            recurrent(name, width, options.units)
        width = options.units + step_width(options, stride) + conditioning + sounding
        dense(tower_layer_name(tower, "heads"), (width,), voices * options.head_units)
        for voice in VOICES:
            name = tower_layer_name(tower, voice)
            width = cells + intervals + CHORD_WIDTH
            dense(f"{name}_cells", (width,), options.head_units, bias=False)
            dense(f"{name}_tokens", (options.head_units,), vocabulary.size)
            dense(f"{name}_melody", (options.head_units,), MELODIC_INTERVALS, bias=False)
            harmony = (voices + TONICS) * HARMONIC_INTERVALS
            dense(f"{name}_harmony", (options.head_units,), harmony, bias=False)
            if options.encoder_units:
                dense(f"{name}_approach", (options.head_units,), MELODIC_INTERVALS, bias=False)
            dense(f"{name}_chord", (options.head_units,), CHORD_COLUMNS)
            dense(f"{name}_recall", (options.head_units,), 2, bias=False)
            shapes[f"{name}_distance/embeddings"] = (voices * MELODIC_INTERVALS, 1)
            shapes[f"{name}_succession/embeddings"] = (voices * SUCCESSIONS, 1)
            shapes[f"{name}_turn/embeddings"] = (MELODIC_INTERVALS, MELODIC_INTERVALS)
            shapes[f"{name}_chords/embeddings"] = (CHORDS, CHORD_COLUMNS)
            shapes[f"{name}_agreement/embeddings"] = (2 * LENGTH_CLASSES, 1)
    return shapes


def conditioning_width(options: ModelOptions) -> int:
    """Return the width of the conditioning at a step, 0 without an encoder."""
    if not options.encoder_units:
        return 0
    encoded = 2 * options.encoder_units + step_width(options, options.stride)
    return encoded + _lookahead_width(options)


def _lookahead_width(options: ModelOptions) -> int:
    """Return the part of this width that the lookahead takes, see `chorale.network.lookahead`."""
    return LOOKAHEAD_NOTES * (options.embedding + INTERVAL_WIDTH + HELD_WIDTH)


def step_width(options: ModelOptions, stride: int) -> int:
    """Return the width of the Conv1D output that `spread_beats` appends; 0 at a stride of 1."""
    return options.filters if stride > 1 else 0


def tower_strides(options: ModelOptions) -> list[int]:
    """Return each tower's stride: that of the first, then half of the one before, at least 1.

    Towers that differ over-fit differently, which is meant to make their mean better.
    """
    return [max(1, options.stride >> tower) for tower in range(options.towers)]


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


def pitch_classes(vocabulary: Vocabulary) -> Ids:
    """Return the pitch class of each input symbol, (input_size,) int32, NO_CLASS without a note.

    Classes count from the class of the vocabulary's token 0, which is no note.
    """
    symbols = np.arange(vocabulary.input_size, dtype=np.int32)
    classes = np.where(vocabulary.is_note(symbols), symbols % OCTAVE, NO_CLASS)
    return classes.astype(np.int32)


def chord_ids() -> Ids:
    """Return the ids of chords, (4096, 13) int32.

    A chord is the set of pitch classes above the bass, the same in every transposition.
    Row: a set of pitch classes, the sum of their CLASS_BITS, with the bass or without. Column: the
    class of the bass; NO_CLASS gives id 0.
    """
    sets, classes = np.arange(1 << OCTAVE)[:, None], np.arange(OCTAVE)
    chords = np.zeros((1 << OCTAVE, OCTAVE + 1), np.int32)
    for bass in range(OCTAVE):
        above = (sets >> classes & 1) << (classes - bass) % OCTAVE
        # the bass is in every set, so that its bit need not count
        chords[:, bass] = 1 + (np.bitwise_or.reduce(above, axis=1) >> 1)
    return chords


def tonic_notes(vocabulary: Vocabulary) -> Ids:
    """Return a note on the tonic for each value of the key's column, REST for an unknown key."""
    notes = np.full(SIZES["key"], vocabulary.rest, np.int32)
    for key in range(1, SIZES["key"]):
        notes[key] = vocabulary.token_of(60 + (key - 1) // 2)
    return notes


def modulation_ids() -> Ids:
    """Return the id of a pair of keys, (25, 25) int32, 0 if one is unknown.

    Row: the key of the piece. Column: the key of the last steps. Both have the values of the key's
    column. The id depends on the two modes and on the interval from one tonic to the other.
    """
    keys = np.arange(SIZES["key"])
    tonics, minor = (keys - 1) // 2, (keys - 1) % 2
    intervals = (tonics - tonics[:, None]) % OCTAVE
    ids = 1 + 4 * intervals + 2 * minor[:, None] + minor
    return np.where((keys > 0) & (keys[:, None] > 0), ids, 0).astype(np.int32)
