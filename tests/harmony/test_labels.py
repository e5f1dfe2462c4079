"""Labels of an analysis: numerals, figures and chord symbols."""

import pytest
from lines import from_lines

from chorale.harmony import analyze_harmony, label_harmony
from chorale.music import Chorale, Key
from chorale.music.annotations import BassFigure, BassFigures, ChordSymbol

C_MAJOR, A_MINOR = Key(0, "major"), Key(9, "minor")


def suspended() -> Chorale:
    """I ii V4-3 I in C major, the suspension in the soprano."""
    lines = ("C5:4 C5:8 B4:4 C5:8", "E4:4 A4:4 G4:8 E4:8", "G4:4 D4:4 D4:8 G3:8")
    return from_lines(*lines, "C3:4 F3:4 G3:8 C3:8", key=C_MAJOR)


def test_numerals_have_keys_where_they_begin_and_cadences_where_phrases_end() -> None:
    labelled = label_harmony(suspended(), analyze_harmony(suspended(), C_MAJOR), "roman")
    labels = labelled.annotations.harmony_labels
    assert [(label.step, str(label.numeral)) for label in labels] == [
        (0, "I"),
        (4, "ii65"),
        (8, "V"),
        (16, "I"),
    ]
    assert [label.key for label in labels] == [C_MAJOR, None, None, None]
    assert [label.cadence for label in labels] == ["", "", "", "PAC"]


def test_figures_are_those_of_the_inversion_and_of_suspensions() -> None:
    labelled = label_harmony(suspended(), analyze_harmony(suspended(), C_MAJOR), "figured")
    assert labelled.annotations.bass_figures == (
        BassFigures(4, (BassFigure(6), BassFigure(5))),
        BassFigures(8, (BassFigure(4),)),
        BassFigures(12, (BassFigure(3),)),
    )


@pytest.mark.parametrize(
    ("chords", "figures"),
    [
        (("A4:8 G#4:8", "E4:8 E4:8", "C4:8 B3:8", "A3:8 E3:8"), {8: [(3, 1)]}),  # leading tone
        (("A4:8 B4:8", "E4:8 G#4:8", "C4:8 D4:8", "A3:8 B3:8"), {8: [(6, 1)]}),
        (("A4:8 B4:8", "E4:8 E4:8", "C4:8 G#4:8", "A3:8 D3:8"), {8: [(4, 1), (2, 0)]}),
    ],
)
def test_figures_have_the_alterations_that_the_signature_lacks(chords, figures) -> None:
    chorale = from_lines(*chords, key=A_MINOR)
    labelled = label_harmony(chorale, analyze_harmony(chorale, A_MINOR), "figured")
    found = {
        one.step: [(figure.number, figure.alter) for figure in one.figures]
        for one in labelled.annotations.bass_figures
    }
    assert found == figures


def test_chord_symbols_name_root_kind_and_bass() -> None:
    lines = ("C5:4 A4:4 B4:4 C5:4", "G4:4 F4:4 F4:4 E4:4", "E4:4 D4:4 D4:4 C4:4")
    chorale = from_lines(*lines, "C3:4 F3:4 G3:4 C3:4", key=C_MAJOR)
    symbols = label_harmony(chorale, analyze_harmony(chorale, C_MAJOR), "lead")
    assert symbols.annotations.chord_symbols == (
        ChordSymbol(0, ("C", 0), "major"),
        ChordSymbol(4, ("D", 0), "minor", None, ("F", 0)),
        ChordSymbol(8, ("G", 0), "dominant"),
        ChordSymbol(12, ("C", 0), "major"),
    )
    assert not symbols.annotations.harmony_labels


@pytest.mark.parametrize("symbols", ["roman", "figured", "lead"])
def test_the_notes_stay(symbols) -> None:
    chorale = suspended()
    assert label_harmony(chorale, analyze_harmony(chorale), symbols) == chorale
