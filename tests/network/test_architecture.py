"""Names and shapes that Keras, checkpoint and NumPy share."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny_network import OPTIONS

from chorale.music import VOICES
from chorale.network.architecture import (
    HARMONIC_INTERVALS,
    HELD_WIDTH,
    INTERVAL_WIDTH,
    LARGEST_INTERVAL,
    MELODIC_INTERVALS,
    harmonic_interval_ids,
    melodic_interval_ids,
    weight_shapes,
)
from chorale.network.lookahead import LOOKAHEAD_NOTES
from chorale.network.tokens import Vocabulary
from chorale.options import Cell, ModelOptions

WIDE = Vocabulary(20, 100)
Table = Callable[[Vocabulary], NDArray[np.int32]]
UNISON = 1 + LARGEST_INTERVAL


def test_melodic_intervals_are_counted_from_the_last_note() -> None:
    intervals = melodic_interval_ids(WIDE)
    last = WIDE.token_of(60)
    for pitch in range(60 - LARGEST_INTERVAL, 61 + LARGEST_INTERVAL):
        assert intervals[last, WIDE.token_of(pitch)] == UNISON + pitch - 60


@pytest.mark.parametrize(("pitch", "interval"), [(20, -24), (35, -24), (85, 24), (100, 24)])
def test_wider_leaps_count_as_the_widest(pitch: int, interval: int) -> None:
    intervals = melodic_interval_ids(WIDE)
    assert intervals[WIDE.token_of(60), WIDE.token_of(pitch)] == UNISON + interval


def test_harmonic_intervals_are_counted_upwards_within_an_octave() -> None:
    intervals = harmonic_interval_ids(WIDE)
    c, e, g, high_c = (WIDE.token_of(pitch) for pitch in (60, 64, 55, 72))
    assert [intervals[c, other] for other in (c, high_c, e, g)] == [1, 1, 1 + 4, 1 + 7]
    assert intervals[e, c] == 1 + 8


@pytest.mark.parametrize("table", [melodic_interval_ids, harmonic_interval_ids])
def test_between_anything_but_two_notes_there_is_no_interval(table: Table) -> None:
    intervals = table(WIDE)
    symbols = [WIDE.rest, WIDE.hold, WIDE.start, WIDE.unknown]
    assert (intervals[symbols] == 0).all()
    assert (intervals[:, symbols] == 0).all()
    notes = intervals[np.ix_(WIDE.note_tokens, WIDE.note_tokens)]
    assert (notes > 0).all()


@pytest.mark.parametrize("table", [melodic_interval_ids, harmonic_interval_ids])
def test_intervals_do_not_change_under_transposition(table: Table) -> None:
    notes = table(WIDE)[np.ix_(WIDE.note_tokens, WIDE.note_tokens)]
    np.testing.assert_array_equal(notes[:-1, :-1], notes[1:, 1:])


@pytest.mark.parametrize(
    ("table", "values"),
    [(melodic_interval_ids, MELODIC_INTERVALS), (harmonic_interval_ids, HARMONIC_INTERVALS)],
)
def test_every_pair_of_symbols_has_one_of_the_declared_ids(table: Table, values: int) -> None:
    intervals = table(WIDE)
    assert intervals.shape == (WIDE.input_size, WIDE.input_size)
    assert intervals.dtype == np.int32
    assert set(np.unique(intervals)) == set(range(values))


def test_a_recurrent_layer_reads_the_layer_below_it() -> None:
    shapes = weight_shapes(replace(OPTIONS, layers=3), Vocabulary())
    lookahead = LOOKAHEAD_NOTES * (OPTIONS.embedding + INTERVAL_WIDTH + HELD_WIDTH)
    units, conditioning = OPTIONS.units, 2 * OPTIONS.encoder_units + OPTIONS.filters + lookahead
    rows = [shapes[f"decoder_lstm_{layer}/lstm_cell/kernel"][0] for layer in range(3)]
    assert rows == [OPTIONS.filters + conditioning, units, units]
    assert "decoder_lstm_3/lstm_cell/kernel" not in shapes


def test_only_a_network_with_an_encoder_reads_the_lookahead() -> None:
    def lookahead_layers(encoder_units: int) -> set[str]:
        shapes = weight_shapes(replace(OPTIONS, encoder_units=encoder_units), Vocabulary())
        names = {name.split("/")[0] for name in shapes}
        return {name for name in names if name == "until_embedding" or "approach" in name}

    assert lookahead_layers(3) == {"until_embedding", *(f"{voice}_approach" for voice in VOICES)}
    assert lookahead_layers(0) == set()


@pytest.mark.parametrize(
    ("cell", "layer", "gates", "bias"),
    [
        ("lstm", "decoder_lstm_0/lstm_cell", 4, (24,)),
        ("gru", "decoder_gru_0/gru_cell", 3, (2, 18)),
        ("rnn", "decoder_rnn_0/simple_rnn_cell", 1, (6,)),
    ],
)
def test_a_cell_is_in_its_weights_names_and_sizes(
    cell: Cell, layer: str, gates: int, bias: tuple[int, ...]
) -> None:
    shapes = weight_shapes(replace(OPTIONS, cell=cell), Vocabulary())
    assert shapes[f"{layer}/recurrent_kernel"] == (OPTIONS.units, gates * OPTIONS.units)
    assert shapes[f"{layer}/bias"] == bias


def test_every_option_of_size_changes_a_shape() -> None:
    plain = weight_shapes(OPTIONS, Vocabulary())
    others = {"embedding_range", "stride", "dropout", "input_dropout", "shuffled", "order", "cell"}
    sizes = ModelOptions.__dataclass_fields__.keys() - others
    for name in sizes:
        more = replace(OPTIONS, **{name: getattr(OPTIONS, name) + 1})
        assert weight_shapes(more, Vocabulary()) != plain
    assert weight_shapes(OPTIONS, Vocabulary(37, 84)) != plain
