"""Transposing parts as they sound."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scores import FOUR_FOUR, attributes, note, score, write

from chorale.reading import Reading, read_music
from chorale.reading.musicxml import read_musicxml
from chorale.reading.parts import Part

BACK = "<backup><duration>16</duration></backup>"
SEMITONES = st.integers(-24, 24)


def read(folder: Path, *parts: list[str]) -> Reading:
    return read_music(write(folder, score(*parts)))


def read_parts(folder: Path, *parts: list[str]) -> list[Part]:
    return read_musicxml(write(folder, score(*parts)))


def staff(number: int) -> str:
    return f"<staff>{number}</staff>"


def transpose(chromatic: int, octaves: int = 0, more: str = "", number: str = "") -> str:
    change = f"<octave-change>{octaves}</octave-change>" if octaves else ""
    of_staff = f" number='{number}'" if number else ""
    return f"<transpose{of_staff}>{more}<chromatic>{chromatic}</chromatic>{change}</transpose>"


@given(chromatic=SEMITONES, octaves=st.integers(-2, 2), name=st.sampled_from(["C5", "F#4", "Eb4"]))
def test_a_transposition_without_diatonic_moves_pitches_by_its_semitones(
    tmp_path_factory: pytest.TempPathFactory, chromatic: int, octaves: int, name: str
) -> None:
    folder = tmp_path_factory.mktemp("scores")
    written, sounding = (
        read_parts(folder, [attributes(FOUR_FOUR + more) + note(name)])[0].notes[0].pitch
        for more in ("", transpose(chromatic, octaves))
    )
    assert sounding == written + chromatic + 12 * octaves


def test_a_staff_of_two_voices_is_read_as_it_sounds(tmp_path: Path) -> None:
    lower = transpose(0, -1, "<diatonic>0</diatonic>")
    tenors = attributes(FOUR_FOUR + lower) + note("C6") + BACK + note("G5", voice=2)
    basses = attributes() + note("E4") + BACK + note("C3", voice=2)
    reading = read(tmp_path, [tenors], [basses])
    assert reading.chorale.pitches[0].tolist() == [72, 67, 64, 48]


def test_a_transposition_of_one_staff_leaves_the_others(tmp_path: Path) -> None:
    inside = "<staves>2</staves>" + FOUR_FOUR + transpose(0, -1, number="1")
    measure = (
        attributes(inside) + note("C6", 16, staff(1)) + BACK + note("C3", 16, staff(2), voice=2)
    )
    upper, lower = read_parts(tmp_path, [measure])
    assert (upper.notes[0].pitch, lower.notes[0].pitch) == (72, 48)


def test_a_transposition_holds_until_the_next(tmp_path: Path) -> None:
    first = attributes(FOUR_FOUR + transpose(-2)) + note("D5")
    [part] = read_parts(tmp_path, [first, note("E5"), attributes(transpose(3)) + note("A4")])
    assert [each.pitch for each in part.notes] == [72, 74, 72]


@pytest.mark.parametrize(
    ("written", "semitones", "sounding"),
    [
        (2, -2, 0),
        (1, -7, 0),
        (3, 3, 0),
        (7, -2, 5),
        (6, 6, 0),
        (0, -12, 0),
        (-7, -2, 3),
        (0, 1, -5),
    ],
)
def test_a_key_signature_is_read_as_it_sounds(
    tmp_path: Path, written: int, semitones: int, sounding: int
) -> None:
    inside = f"<key><fifths>{written}</fifths></key>" + FOUR_FOUR + transpose(semitones)
    [part] = read_parts(tmp_path, [attributes(inside) + note("C5")])
    assert part.facts.sharps == sounding


DIATONIC = "<diatonic>{}</diatonic>"


@pytest.mark.parametrize(
    ("semitones", "diatonic", "written", "sounding"),
    [
        (-2, -1, "C5 D5 E5 F#5 Bb4", "Bb4 C5 D5 E5 Ab4"),
        (-2, None, "C5 D5 E5 F#5 Bb4", "Bb4 C5 D5 E5 Ab4"),
        (-3, -2, "C5 Eb5 G5 B5", "A4 C5 E5 G#5"),
        (3, 2, "C5 B4 A4 F#4", "Eb5 D5 C5 A4"),
        (-7, -4, "C5 F5 B4 F#4", "F4 Bb4 E4 B3"),
        (-9, -5, "C5 F5 Bb4", "Eb4 Ab4 Db4"),
        (6, 3, "C5 F#5 B4", "F#5 B#5 E#5"),
        (6, 4, "C5 F5 B4", "Gb5 Cb6 F5"),
        (-12, 0, "B#4 Cb5", "B#3 Cb4"),
        (-2, 0, "C5 D5", "Bb4 C5"),
    ],
    ids=[
        *("B flat", "B flat, without diatonic", "A", "E flat, up", "F", "E flat, down"),
        *("F sharp", "G flat", "an octave", "diatonic is wrong"),
    ],
)
def test_notes_are_spelled_in_the_sounding_key(
    tmp_path: Path, semitones: int, diatonic: int | None, written: str, sounding: str
) -> None:
    more = "" if diatonic is None else DIATONIC.format(diatonic)
    notes = "".join(note(name, 4) for name in written.split())
    reading = read(tmp_path, [attributes(FOUR_FOUR + transpose(semitones, more=more)) + notes])
    spellings = reading.chorale.annotations.spellings
    assert [each.spelling.name for each in spellings] == sounding.split()


def test_notes_are_respelled_with_their_key_signature(tmp_path: Path) -> None:
    key = "<key><fifths>6</fifths></key>"
    inside = key + FOUR_FOUR + transpose(6, more=DIATONIC.format(3))
    reading = read(tmp_path, [attributes(inside) + note("F#4", 8) + note("B4", 8)])
    assert reading.facts.sharps == 0
    names = [each.spelling.name for each in reading.chorale.annotations.spellings]
    assert names == ["C5", "F5"]


def test_chord_symbols_are_read_as_they_sound(tmp_path: Path) -> None:
    symbol = (
        "<harmony><root><root-step>C</root-step></root><kind>major</kind>"
        "<bass><bass-step>E</bass-step></bass></harmony>"
    )
    reading = read(tmp_path, [attributes(FOUR_FOUR + transpose(-2)) + symbol + note("C5")])
    [found] = reading.chorale.annotations.chord_symbols
    assert (found.root, found.bass) == (("B", -1), ("D", 0))
