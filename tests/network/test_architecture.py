"""Names and shapes that Keras, checkpoint and NumPy share."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny_network import OPTIONS

from chorale.music import VOICES, Key
from chorale.network.architecture import (
    CHORDS,
    CLASS_BITS,
    HARMONIC_INTERVALS,
    HELD_WIDTH,
    INTERVAL_WIDTH,
    LARGEST_INTERVAL,
    MELODIC_INTERVALS,
    MODULATIONS,
    NO_CLASS,
    chord_ids,
    harmonic_interval_ids,
    melodic_interval_ids,
    modulation_ids,
    pitch_classes,
    tower_strides,
    weight_shapes,
)
from chorale.network.conditions import key_id
from chorale.network.lookahead import LOOKAHEAD_NOTES
from chorale.network.tokens import Vocabulary
from chorale.options import Cell, ModelOptions

VOCABULARY, WIDE = Vocabulary(), Vocabulary(20, 100)
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


@pytest.mark.parametrize(
    ("stride", "towers", "strides"),
    [(4, 1, [4]), (4, 2, [4, 2]), (4, 4, [4, 2, 1, 1]), (1, 2, [1, 1])],
)
def test_each_further_tower_has_half_the_stride(
    stride: int, towers: int, strides: list[int]
) -> None:
    assert tower_strides(replace(OPTIONS, kernel=5, stride=stride, towers=towers)) == strides


def chord_of(*pitches: int) -> int:
    """Return the id of a chord; the first pitch is the bass."""
    classes = pitch_classes(VOCABULARY)[[VOCABULARY.token_of(pitch) for pitch in pitches]]
    return int(chord_ids()[np.bitwise_or.reduce(CLASS_BITS[classes]), classes[0]])


@pytest.mark.parametrize("semitones", range(12))
def test_a_chord_is_the_same_in_every_transposition_and_octave(semitones: int) -> None:
    seventh = np.array([43, 59, 62, 65]) + semitones - 7  # G B D F, in root position
    assert chord_of(*seventh) == chord_of(43, 53, 50, 47)  # the same, whatever the order
    assert chord_of(*seventh) == chord_of(*seventh + 12)


def test_kinds_and_inversions_of_chords_differ() -> None:
    dominant, first_inversion = chord_of(43, 59, 62, 65), chord_of(47, 55, 62, 65)
    minor, triad = chord_of(43, 58, 62, 65), chord_of(43, 59, 62, 67)
    assert len({dominant, first_inversion, minor, triad}) == 4


def test_ids_of_chords_fill_their_range_and_a_missing_bass_has_id_zero() -> None:
    ids = chord_ids()
    assert set(np.unique(ids)) == set(range(CHORDS))
    assert not ids[:, NO_CLASS].any()
    assert (ids[:, :NO_CLASS] > 0).all()
    rest = pitch_classes(VOCABULARY)[VOCABULARY.rest]
    assert rest == NO_CLASS
    assert CLASS_BITS[rest] == 0


def test_the_id_of_two_keys_is_the_same_in_every_transposition() -> None:
    ids = modulation_ids()
    tonics = [Key(tonic, "major") for tonic in range(12)]
    to_dominant = {ids[key_id(key), key_id(key.transposed(7))] for key in tonics}
    assert len(to_dominant) == 1
    assert len(np.unique(ids[1:, 1:])) == MODULATIONS - 1
    assert not ids[0].any()
    assert not ids[:, 0].any()


def test_only_a_network_with_an_encoder_reads_the_lookahead() -> None:
    def lookahead_layers(encoder_units: int) -> set[str]:
        options = replace(OPTIONS, encoder_units=encoder_units, towers=1)
        shapes = weight_shapes(options, Vocabulary())
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
