"""The shape of the network, wherever it runs: shared by Keras, checkpoint and NumPy runtime.

`chorale.network.keras_network` builds it in Keras and explains it; this module names its weights and gives the
sizes that are no options.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chorale.music import VOICES
from chorale.network.conditions import SIZES
from chorale.network.lookahead import LOOKAHEAD_NOTES, NOT_WITHIN_REACH
from chorale.network.recall import LENGTH_CLASSES
from chorale.network.tokens import MAX_HELD_STEPS, Vocabulary
from chorale.options import Cell, ModelOptions

OCTAVE = 12  # semitones
CONDITION_WIDTH = 16  # width of a condition's embedding
HELD_WIDTH = 8  # width of the embedding of how long a note has been held
STEP_CYCLE = 16  # the network reads the number of the step modulo this
LARGEST_INTERVAL = 24  # semitones; wider leaps, and wider distances of voices, count as this
INTERVAL_SLOTS = (
    2 + 2 * LARGEST_INTERVAL
)  # values of a directed interval, see `melodic_interval_ids`
INTERVAL_CLASSES = 1 + OCTAVE  # values of a harmonic interval, see `harmonic_interval_ids`
INTERVAL_WIDTH = 8  # width of an interval's embedding
SUCCESSIONS = 2 * INTERVAL_CLASSES**2  # both voices move or not; interval before; interval now
TABLE_SCALE = 8.0  # of logits out of a table, which must grow large in few updates


class CellShape(NamedTuple):
    """What a recurrent cell keeps.

    Attributes:
        name: Keras's, under which a layer holds the cell's weights.
        gates: products of each unit.
        states: arrays kept from step to step, (B, units) each.
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
    """Name and shape of every weight of the network; Keras has the same (a test holds it)."""
    voices, embedding, filters = len(VOICES), options.embedding, options.filters
    cells = voices * embedding
    past = cells + voices * (HELD_WIDTH + INTERVAL_WIDTH)
    counterpoint = (3 * voices + 1) * INTERVAL_WIDTH
    context = context_width(options)
    shapes: dict[str, tuple[int, ...]] = {
        "note_embedding/embeddings": (vocabulary.input_size, embedding),
        "held_embedding/embeddings": (MAX_HELD_STEPS + 1, HELD_WIDTH),
        "number_embedding/embeddings": (STEP_CYCLE, CONDITION_WIDTH),
        "slot_embedding/embeddings": (INTERVAL_SLOTS, INTERVAL_WIDTH),
        "class_embedding/embeddings": (INTERVAL_CLASSES, INTERVAL_WIDTH),
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
        if options.cell == "gru":  # of its inputs and of its state
            shapes[f"{name}/bias"] = (2, columns)

    if options.encoder_units:
        for name, size in SIZES.items():
            shapes[f"{name}_embedding/embeddings"] = (size, CONDITION_WIDTH)
        evidence = cells + len(SIZES) * CONDITION_WIDTH
        dense("encoder_conv", (options.kernel + 1, evidence), filters)
        recurrent("encoder_forward", filters, options.encoder_units)
        recurrent("encoder_backward", filters, options.encoder_units)
        encoded = context - _ahead_width(options)
        shapes |= {f"encoder_norm/{name}": (encoded,) for name in ("gamma", "beta")}
        shapes["until_embedding/embeddings"] = (NOT_WITHIN_REACH, HELD_WIDTH)
    for tower in range(options.towers):
        name = in_tower(tower, "decoder_conv")
        dense(name, (options.kernel, cells + past + CONDITION_WIDTH), filters)
        for layer in range(options.layers):
            width = filters + context if layer == 0 else options.units
            name = in_tower(tower, decoder_layer(options, layer))
            recurrent(name, width, options.units)
        width = options.units + step_width(options) + context + past
        dense(in_tower(tower, "heads"), (width,), voices * options.head_units)
        for voice in VOICES:
            name = in_tower(tower, voice)
            dense(f"{name}_cells", (cells + counterpoint,), options.head_units, bias=False)
            dense(f"{name}_tokens", (options.head_units,), vocabulary.size)
            dense(f"{name}_melody", (options.head_units,), INTERVAL_SLOTS, bias=False)
            harmony = (voices + 1) * INTERVAL_CLASSES
            dense(f"{name}_harmony", (options.head_units,), harmony, bias=False)
            if options.encoder_units:
                dense(f"{name}_approach", (options.head_units,), INTERVAL_SLOTS, bias=False)
            dense(f"{name}_recall", (options.head_units,), 2, bias=False)
            shapes[f"{name}_distance/embeddings"] = (voices * INTERVAL_SLOTS, 1)
            shapes[f"{name}_succession/embeddings"] = (voices * SUCCESSIONS, 1)
            shapes[f"{name}_agreement/embeddings"] = (2 * LENGTH_CLASSES, 1)
    return shapes


def context_width(options: ModelOptions) -> int:
    """How many values tell what is known at a step: none without an encoder."""
    if not options.encoder_units:
        return 0
    return 2 * options.encoder_units + step_width(options) + _ahead_width(options)


def _ahead_width(options: ModelOptions) -> int:
    """How many values of them tell what is given next, see `chorale.network.lookahead`."""
    return LOOKAHEAD_NOTES * (options.embedding + INTERVAL_WIDTH + HELD_WIDTH)


def step_width(options: ModelOptions) -> int:
    """How many values a Conv1D tells the heads directly: none if every step is a beat."""
    return options.filters if options.stride > 1 else 0


def in_tower(tower: int, name: str) -> str:
    """Name of a layer of a tower, counted from 0: the first one's layers have plain names."""
    return f"tower{tower}_{name}" if tower else name


def decoder_layer(options: ModelOptions, layer: int) -> str:
    """Name of a recurrent layer of the decoder, counted from 0."""
    return f"decoder_{options.cell}_{layer}"


def melodic_interval_ids(vocabulary: Vocabulary) -> NDArray[np.int32]:
    """The directed interval from one input symbol to another, (input_size, input_size) int32.

    Row: what sounds. Column: what follows it, or sounds in another voice. 1 + LARGEST_INTERVAL + i
    stands for i semitones up, 0 for no interval, where one of the two is no note.
    """
    notes = np.arange(vocabulary.first_pitch, vocabulary.size)
    leaps = np.clip(notes - notes[:, None], -LARGEST_INTERVAL, LARGEST_INTERVAL)
    slots = np.zeros((vocabulary.input_size, vocabulary.input_size), np.int32)
    slots[np.ix_(notes, notes)] = 1 + LARGEST_INTERVAL + leaps
    return slots


def harmonic_interval_ids(vocabulary: Vocabulary) -> NDArray[np.int32]:
    """The harmonic interval of two input symbols, (input_size, input_size) int32.

    1 + i stands for i semitones, modulo 12, from the row's note up to the column's; 0 for no
    interval, where one of the two is no note.
    """
    notes = np.arange(vocabulary.first_pitch, vocabulary.size)
    classes = np.zeros((vocabulary.input_size, vocabulary.input_size), np.int32)
    classes[np.ix_(notes, notes)] = 1 + (notes - notes[:, None]) % OCTAVE
    return classes


def tonic_notes(vocabulary: Vocabulary) -> NDArray[np.int32]:
    """A note on the tonic for each value of the key's column, REST where the key is unknown."""
    notes = np.full(SIZES["key"], vocabulary.rest, np.int32)
    for key in range(1, SIZES["key"]):
        notes[key] = vocabulary.of_pitch(60 + (key - 1) // 2)
    return notes
