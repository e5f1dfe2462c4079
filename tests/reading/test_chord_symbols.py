"""Chord symbols."""

import pytest
from scores import element

from chorale.music.annotations import ChordSymbol
from chorale.reading.chord_symbols import read_chord_symbols


def read(inside: str) -> list[ChordSymbol]:
    return list(read_chord_symbols(element(f"<harmony>{inside}</harmony>"), 4))


def root(step: str, alter: int = 0, of: str = "root") -> str:
    return f"<{of}><{of}-step>{step}</{of}-step><{of}-alter>{alter}</{of}-alter></{of}>"


def degree(kind: str, value: int, alter: int) -> str:
    return (
        f"<degree><degree-value>{value}</degree-value><degree-alter>{alter}</degree-alter>"
        f"<degree-type>{kind}</degree-type></degree>"
    )


def test_a_chord_has_a_root_a_kind_a_bass_and_degrees() -> None:
    text = root("F", 1) + "<kind text='m7'>minor-seventh</kind>" + root("E", of="bass")
    text += degree("alter", 5, -1) + degree("add", 9, 0) + degree("subtract", 3, 0)
    degrees = (("alter", 5, -1), ("add", 9, 0), ("subtract", 3, 0))
    assert read(text) == [ChordSymbol(4, ("F", 1), "minor-seventh", "m7", ("E", 0), degrees)]


@pytest.mark.parametrize(
    ("attribute", "text"), [("", None), (" text=''", ""), (" text='maj7'", "maj7")]
)
def test_the_printed_kind_may_be_missing_or_empty(attribute: str, text: str | None) -> None:
    [symbol] = read(root("B", -1) + f"<kind{attribute}>major-seventh</kind>")
    assert (symbol.root, symbol.kind, symbol.text) == (("B", -1), "major-seventh", text)


@pytest.mark.parametrize("first", ["", root("C")])
def test_no_chord_has_no_root(first: str) -> None:
    assert read(f"{first}<kind text='N.C.'>none</kind>") == [ChordSymbol(4, None, "none", "N.C.")]


def test_one_element_may_have_several_chords() -> None:
    two = root("C") + "<kind>major</kind>" + root("G") + "<kind>dominant</kind>"
    assert [(each.root, each.kind) for each in read(two)] == [
        (("C", 0), "major"),
        (("G", 0), "dominant"),
    ]


@pytest.mark.parametrize(
    "inside",
    ["<function>V</function><kind>major</kind>", root("H") + "<kind>major</kind>", root("")],
)
def test_a_chord_without_the_letter_of_a_root_is_left_out(inside: str) -> None:
    assert read(inside) == []


def test_degrees_out_of_range_are_left_out() -> None:
    strange = degree("add", 1_000, 0) + degree("add", 7, 0).replace("7", "7" * 5000)
    strange += degree("move", 5, 0) + degree("add", 6, 0)
    assert read(root("C") + "<kind>major</kind>" + strange)[0].degrees == (("add", 6, 0),)


@pytest.mark.parametrize("name", ["root", "bass"])
def test_a_chord_with_a_triple_sharp_is_not_read(name: str) -> None:
    root = "<root><root-step>C</root-step></root>" if name == "bass" else ""
    altered = f"<{name}><{name}-step>C</{name}-step><{name}-alter>3</{name}-alter></{name}>"
    harmony = element(f"<harmony>{root}<kind>major</kind>{altered}</harmony>")
    assert list(read_chord_symbols(harmony, 0)) == []
