"""The shape of the network, wherever it runs: shared by Keras, checkpoint and NumPy runtime.

`chorale.network` builds it in Keras and explains it; this module names its weights and gives the
sizes that are no options.
"""

import numpy as np
from numpy.typing import NDArray

from chorale.conditions import SIZES
from chorale.music import VOICES
from chorale.options import ModelOptions
from chorale.tokens import MAX_HELD_STEPS, Vocabulary

CONDITION_WIDTH = 16  # width of a condition's embedding
HELD_WIDTH = 8  # width of the embedding of how long a note has been held
STEP_CYCLE = 16  # the network reads the number of the step modulo this
LARGEST_INTERVAL = 24  # semitones from a voice's last note; wider leaps count as this


def weight_shapes(options: ModelOptions, vocabulary: Vocabulary) -> dict[str, tuple[int, ...]]:
    """Name and shape of every weight of the network; Keras has the same (a test holds it)."""
    voices, embedding, filters = len(VOICES), options.embedding, options.filters
    cells = voices * embedding
    past = cells + voices * HELD_WIDTH
    context = 2 * options.encoder_units
    shapes: dict[str, tuple[int, ...]] = {
        "note_embedding/embeddings": (vocabulary.input_size, embedding),
        "held_embedding/embeddings": (MAX_HELD_STEPS + 1, HELD_WIDTH),
        "number_embedding/embeddings": (STEP_CYCLE, CONDITION_WIDTH),
        "encoder_norm/gamma": (context,),
        "encoder_norm/beta": (context,),
    }
    for name, size in SIZES.items():
        shapes[f"{name}_embedding/embeddings"] = (size, CONDITION_WIDTH)

    def dense(name: str, rows: tuple[int, ...], columns: int, bias: bool = True) -> None:
        shapes[f"{name}/kernel"] = (*rows, columns)
        if bias:
            shapes[f"{name}/bias"] = (columns,)

    def lstm(name: str, width: int, units: int) -> None:
        dense(f"{name}/lstm_cell", (width,), 4 * units)
        shapes[f"{name}/lstm_cell/recurrent_kernel"] = (units, 4 * units)

    evidence = cells + len(SIZES) * CONDITION_WIDTH
    dense("encoder_conv", (options.kernel + 1, evidence), filters)
    dense("decoder_conv", (options.kernel, cells + past + CONDITION_WIDTH), filters)
    lstm("encoder_forward", filters, options.encoder_units)
    lstm("encoder_backward", filters, options.encoder_units)
    for layer in range(options.layers):
        width = filters + context if layer == 0 else options.units
        lstm(f"decoder_lstm_{layer}", width, options.units)
    dense("heads", (options.units + context,), voices * options.head_units)
    for name in VOICES:
        dense(f"{name}_cells", (cells + past,), options.head_units, bias=False)
        dense(f"{name}_tokens", (options.head_units,), vocabulary.size)
        dense(f"{name}_intervals", (options.head_units,), 2 * LARGEST_INTERVAL + 2, bias=False)
    return shapes


def interval_slots(vocabulary: Vocabulary) -> NDArray[np.int32]:
    """Where each token's interval from the voice's last note stands, (input_size, V) int32.

    Slot 0 serves REST, HOLD and a voice that has no last note; slot 1 + LARGEST_INTERVAL + i the
    note i semitones above the last.
    """
    slots = np.zeros((vocabulary.input_size, vocabulary.size), np.int32)
    pitches = np.arange(vocabulary.first_pitch, vocabulary.size)
    for last in pitches:
        leap = np.clip(pitches - last, -LARGEST_INTERVAL, LARGEST_INTERVAL)
        slots[last, pitches] = 1 + LARGEST_INTERVAL + leap
    return slots
