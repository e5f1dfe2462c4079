"""Piano rolls in text, read back from their letters."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import chorales

from chorale.music import REST, Chorale, Key, Metre, Plan, from_pitches
from chorale.music.spelling import spell
from chorale.music.voicings import VOICINGS
from chorale.rendering.pictures.colours import VOICE_COLOURS
from chorale.rendering.pictures.systems import is_bar_start
from chorale.rendering.pictures.terminal_roll import (
    ASCII_GLYPHS,
    GLYPHS,
    RollStyle,
    draw_roll,
    is_encodable,
)

WIDE = RollStyle(
    width=300, colour=False, glyphs=ASCII_GLYPHS
)  # one system for all made-up chorales


@pytest.fixture
def small() -> Chorale:
    """A beat of pickup and a bar and a half of 3/4 in F, a crossing, a unison, a repeated note."""
    pitches = [[70, 65, 62, 58]] * 4 + [[65, 69, 60, 53]] * 12 + [[65, 65, 60, 53]] * 6
    fermatas = np.zeros(22, np.bool_)
    fermatas[12:18] = True
    plan = Plan(22, Metre(3, 4), 4, Key(5, "major"), fermatas)
    chorale = from_pitches(np.array(pitches, np.int16), plan)
    onsets = chorale.onsets.copy()
    onsets[8, 2] = True
    return Chorale(chorale.pitches, onsets, plan)


def plain(
    chorale: Chorale, style: RollStyle = WIDE, start: int = 0, end: int | None = None
) -> list[str]:
    return [line.plain for line in draw_roll(chorale, style, start, end)]


def cells(chorale: Chorale) -> dict[int, str]:
    """The signs of each row without bar lines, a step each, by the pitch that names the row."""
    plan, found = chorale.plan, {}
    pitches = {spell(pitch, plan.key).name: pitch for pitch in range(128)}
    used = [spell(int(pitch), plan.key).name for pitch in chorale.pitches.flat if pitch != REST]
    margin = 1 + max(map(len, used), default=0)
    lines = plain(chorale)
    for line in lines[: lines.index("")]:
        if name := line[:margin].strip():
            lines_before = np.cumsum(
                [is_bar_start(plan, step) for step in range(plan.length_steps)]
            )
            places = margin + np.arange(plan.length_steps) + lines_before
            found[pitches[name]] = "".join(line[place] for place in places)
    return found


@given(chorales())
def test_pitches_and_onsets_are_read_back(chorale: Chorale) -> None:
    found = cells(chorale)
    assert found.keys() == set(chorale.pitches.flat) - {REST}
    for pitch, row in found.items():
        for step, sign in enumerate(row):
            sounding = np.flatnonzero(chorale.pitches[step] == pitch)
            struck = [voice for voice in sounding if chorale.onsets[step, voice]]
            if len(struck) > 1:
                assert sign == str(len(struck))
            elif struck:
                assert sign == "SATB"[struck[0]]
            elif len(sounding) > 1:
                assert sign == "="
            else:
                assert sign in (("-", "satb"[sounding[0]]) if len(sounding) else (" ", "."))


@given(chorales(), st.integers(48, 120), st.booleans())
def test_lines_fit_the_width(chorale: Chorale, width: int, colour: bool) -> None:
    lines = draw_roll(chorale, RollStyle(width, colour))
    assert all(line.cell_len <= width for line in lines)


@given(chorales(), st.integers(1, 60))
def test_the_narrowest_terminal_loses_no_onset(chorale: Chorale, width: int) -> None:
    def struck(width: int) -> int:
        lines = plain(chorale, replace(WIDE, width=width))
        rows = lines[: len(lines) - 1 - lines[::-1].index("")]  # before the legend
        return sum(line.count(letter) for line in rows for letter in "ST")  # no pitch's names

    assert struck(width) == struck(WIDE.width)


@given(chorales())
def test_without_colour_only_numbers_have_a_style_and_all_is_ascii(chorale: Chorale) -> None:
    lines = draw_roll(chorale, WIDE)
    assert all(line.plain.isascii() for line in lines)
    assert {str(line.style) for line in lines} <= {"", "bold"}
    assert not any(str(span.style) for line in lines for span in line.spans)


def test_a_roll_shows_crossings_unisons_repeated_notes_and_fermatas(small: Chorale) -> None:
    rests = "        |            |      |"
    assert plain(small, replace(WIDE, width=80)) == [
        "    0   1            2",
        "                 ^------",
        "Bb4 S---|.   .   .   |.   . |",
        " A4 .   |A-----------|.   . |",
        *[rests] * 3,
        " F4 A---|S------------A=====|",
        *[rests] * 2,
        " D4 T---|.   .   .   |.   . |",
        rests,
        " C4 .   |T---T--------------|",
        rests,
        "Bb3 B---|.   .   .   |.   . |",
        *[rests] * 4,
        " F3 .   |B------------------|",
        "",
        "S soprano  A alto  T tenor  B bass  letter: a note starts, -: it is held",
        "small letter: held from before  number, =: a unison  ^: fermata",
    ]


def test_notes_held_over_a_break_are_named_again_in_small_letters(small: Chorale) -> None:
    lines = plain(small, WIDE, 16, 22)
    assert lines[:3] == ["    2", "     --", " F4 |A=====|"]
    assert " C4 |t-----|" in lines
    assert " F3 |b-----|" in lines


def test_a_voice_that_comes_out_of_a_unison_is_named() -> None:
    pitches = np.array([[60, 60, 48, 48]] * 3 + [[REST, 60, REST, 48]] * 3, np.int16)
    lines = plain(from_pitches(pitches, Plan(6, Metre(4, 4))))
    assert lines[1].startswith("C4 |2==a--")
    assert lines[-3].startswith("C3 |2==b--")


def test_a_bar_broken_in_two_has_its_number_in_brackets(small: Chorale) -> None:
    numbers = [
        line for line in plain(small, RollStyle(12, False, ASCII_GLYPHS)) if line.strip()[:1] == "("
    ]
    assert numbers == ["    (1)"]


def test_voices_have_their_colours_and_a_unison_has_two(small: Chorale) -> None:
    lines = draw_roll(small, RollStyle(80))
    styles = [str(span.style) for line in lines for span in line.spans]
    assert f"{VOICE_COLOURS[0]} on {VOICE_COLOURS[1]}" in styles
    for colour in VOICE_COLOURS:
        assert any(style.endswith(f" on {colour}") for style in styles)


def test_silence_has_only_a_legend() -> None:
    nothing = from_pitches(np.full((16, 4), REST, np.int16), Plan(16))
    lines = plain(nothing)
    assert lines[0].split() == ["1"]
    assert lines[1].strip(" |\N{BOX DRAWINGS LIGHT VERTICAL}\N{BOX DRAWINGS DOUBLE VERTICAL}") == ""
    assert lines[2] == ""
    assert "bars counted in 4/4" in lines[-1]


def test_a_silent_system_among_others_has_no_notes() -> None:
    pitches = np.full((48, 4), REST, np.int16)
    pitches[:16] = pitches[32:] = (67, 64, 60, 48)
    lines = plain(from_pitches(pitches, Plan(48)), RollStyle(24, False, GLYPHS))
    start = next(number for number, line in enumerate(lines) if line.split() == ["2"])
    row = lines[start + 1]
    assert not set(row) - set(" |\N{BOX DRAWINGS LIGHT VERTICAL}")


@pytest.mark.parametrize(
    ("encoding", "encodable"),
    [("utf-8", True), ("ascii", False), ("cp1252", False), ("none", False)],
)
def test_glyphs_are_checked_against_the_encoding(encoding: str, encodable: bool) -> None:
    assert is_encodable(GLYPHS, encoding) == encodable
    assert is_encodable(ASCII_GLYPHS, "ascii")


@pytest.mark.parametrize("name", VOICINGS)
def test_each_voice_of_a_choir_has_a_letter_of_its_own(name: str) -> None:
    voicing = VOICINGS[name]
    pitches = np.full((4, 4), REST, np.int16)
    pitches[:, voicing.voices] = range(60, 60 + len(voicing.parts))
    *_, legend = plain(from_pitches(pitches, Plan(4)), replace(WIDE, voicing=voicing))
    signs = legend.split("  ")[: len(voicing.parts)]
    letters, names = zip(*(sign.split(" ", 1) for sign in signs), strict=True)
    assert names == voicing.names
    assert len(set(letters)) == len(letters)
