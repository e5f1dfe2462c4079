"""Strings, pitches, note values and names of variables in LilyPond's notation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chorale.music import Key
from chorale.music.spelling import Spelling
from chorale.rendering.score.lilypond.syntax import (
    block,
    comment,
    key_signature,
    note_value,
    pitch,
    quote,
    quote_syllable,
    variable,
)


def unquote(string: str) -> str:
    """Read a string as LilyPond does."""
    assert string[0] == string[-1] == '"'
    read, letters = "", iter(string[1:-1])
    for letter in letters:
        assert letter != '"'  # it would end the string
        read += next(letters) if letter == "\\" else letter
    return read


@given(st.text())
def test_a_quoted_text_is_one_string_on_one_line(text: str) -> None:
    quoted = quote(text)
    assert len(quoted.splitlines()) == 1
    quoted.encode()
    if text.isprintable():
        assert unquote(quoted) == " ".join(text.split())


def test_quotes_and_backslashes_are_escaped() -> None:
    assert quote('a "b" \\c\n%{ d') == '"a \\"b\\" \\\\c %{ d"'


@pytest.mark.parametrize("text", ["Gl\u00f6ck", "\u2019tis", "o'er", "Lord,", "Amen!", "\u97f3"])
def test_a_plain_syllable_needs_no_quotes(text: str) -> None:
    assert quote_syllable(text) == text


@pytest.mark.parametrize(
    "text", ["a4", "_", "--", "a b", "%", "\\x", "{", "#1", "a|", "=", "", "."]
)
def test_a_syllable_of_other_signs_is_quoted(text: str) -> None:
    assert unquote(quote_syllable(text)) == text


def test_a_tilde_in_a_syllable_is_no_tie() -> None:
    assert quote_syllable("day~") == '\\markup \\concat { "day~" }'


@given(st.text())
def test_a_comment_is_one_line(text: str) -> None:
    written = comment(text)
    assert written.startswith("%")
    assert written[1:2] in ("", " ")  # and not "%{", which opens a comment of many lines
    assert len(written.splitlines()) == 1


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        (Spelling("C", 0, 4), "c'"),
        (Spelling("B", 0, 2), "b,"),
        (Spelling("A", -1, 3), "aes"),
        (Spelling("E", -2, 5), "eeses''"),
        (Spelling("F", 2, 1), "fisis,,"),
    ],
)
def test_pitches_are_absolute(spelling: Spelling, name: str) -> None:
    assert pitch(spelling) == name


@pytest.mark.parametrize(
    ("key", "command"),
    [
        ("C", "\\key c \\major"),
        ("F# minor", "\\key fis \\minor"),
        ("Bb", "\\key bes \\major"),
        ("Db", "\\key des \\major"),
        ("Eb minor", "\\key dis \\minor"),
        ("B", "\\key b \\major"),
        ("D dorian", "\\key d \\dorian"),
        ("F# phrygian", "\\key fis \\phrygian"),
        ("Bb lydian", "\\key bes \\lydian"),
        ("G mixolydian", "\\key g \\mixolydian"),
    ],
)
def test_keys_are_those_of_the_signature(key: str, command: str) -> None:
    parsed = Key.parse(key)
    assert key_signature(parsed.sharps, parsed.mode) == command


def test_a_key_that_a_file_spells_with_flats_keeps_them() -> None:
    assert key_signature(-6, "major") == "\\key ges \\major"


@pytest.mark.parametrize(
    ("steps", "value"), [(16, "1"), (24, "1."), (3, "8."), (1, "16"), (5, "16*5"), (20, "4*5")]
)
def test_any_length_is_a_note_value_or_a_multiple(steps: int, value: str) -> None:
    assert note_value(steps) == value


def test_names_of_variables_have_letters_only() -> None:
    assert variable("soprano", "verse 12") == "sopranoVerseOneTwo"
    assert variable("soprano 2") == "sopranoTwo"


def test_blocks_are_indented() -> None:
    assert list(block("{", ["a", ""], "}")) == ["{", "  a", "", "}"]
