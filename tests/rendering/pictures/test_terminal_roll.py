"""Piano rolls in text, read back from their letters."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import chorales

from chorale.music import REST, Chorale, Key, Metre, Plan, from_pitches
from chorale.music.spelling import spelled
from chorale.rendering.pictures.colours import VOICE_COLOURS
from chorale.rendering.pictures.systems import begins_bar
from chorale.rendering.pictures.terminal_roll import GLYPHS, PLAIN_GLYPHS, Look, legible, text_roll

WIDE = Look(width=300, colour=False, glyphs=PLAIN_GLYPHS)  # one system for all made-up chorales


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


def plain(chorale: Chorale, look: Look = WIDE, start: int = 0, end: int | None = None) -> list[str]:
    return [line.plain for line in text_roll(chorale, look, start, end)]


def cells(chorale: Chorale) -> dict[int, str]:
    """What stands at each step, by the pitch whose name is beside it; bar lines left out."""
    plan, found = chorale.plan, {}
    pitches = {spelled(pitch, plan.key).name: pitch for pitch in range(128)}
    used = [spelled(int(pitch), plan.key).name for pitch in chorale.pitches.flat if pitch != REST]
    margin = 1 + max(map(len, used), default=0)
    lines = plain(chorale)
    for line in lines[: lines.index("")]:
        if name := line[:margin].strip():
            lines_before = np.cumsum([begins_bar(plan, step) for step in range(plan.length_steps)])
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
    lines = text_roll(chorale, Look(width, colour))
    assert all(line.cell_len <= width for line in lines)


@given(chorales(), st.integers(1, 60))
def test_the_narrowest_terminal_loses_no_onset(chorale: Chorale, width: int) -> None:
    def struck(width: int) -> int:
        lines = plain(chorale, replace(WIDE, width=width))
        rows = lines[: len(lines) - 1 - lines[::-1].index("")]  # before the legend
        return sum(line.count(letter) for line in rows for letter in "ST")  # no pitch's names

    assert struck(width) == struck(WIDE.width)


@given(chorales())
def test_without_colour_nothing_has_a_style_but_numbers_and_all_is_ascii(chorale: Chorale) -> None:
    lines = text_roll(chorale, WIDE)
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


def test_what_is_held_over_a_break_is_named_again_in_small_letters(small: Chorale) -> None:
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
        line for line in plain(small, Look(12, False, PLAIN_GLYPHS)) if line.strip()[:1] == "("
    ]
    assert numbers == ["    (1)"]


def test_colours_tell_the_voices_and_a_unison_has_two(small: Chorale) -> None:
    lines = text_roll(small, Look(80))
    styles = [str(span.style) for line in lines for span in line.spans]
    assert f"{VOICE_COLOURS[0]} on {VOICE_COLOURS[1]}" in styles
    for colour in VOICE_COLOURS:
        assert any(style.endswith(f" on {colour}") for style in styles)


def test_silence_has_a_legend_alone() -> None:
    nothing = from_pitches(np.full((16, 4), REST, np.int16), Plan(16))
    lines = plain(nothing)
    assert lines[0].split() == ["1"]
    assert lines[1].strip(" |\N{BOX DRAWINGS LIGHT VERTICAL}\N{BOX DRAWINGS DOUBLE VERTICAL}") == ""
    assert lines[2] == ""
    assert "bars counted in 4/4" in lines[-1]


def test_a_silent_system_among_others_has_no_notes() -> None:
    pitches = np.full((48, 4), REST, np.int16)
    pitches[:16] = pitches[32:] = (67, 64, 60, 48)
    lines = plain(from_pitches(pitches, Plan(48)), Look(24, False, GLYPHS))
    start = next(number for number, line in enumerate(lines) if line.split() == ["2"])
    row = lines[start + 1]
    assert not set(row) - set(" |\N{BOX DRAWINGS LIGHT VERTICAL}")


@pytest.mark.parametrize(
    ("encoding", "known"), [("utf-8", True), ("ascii", False), ("cp1252", False), ("none", False)]
)
def test_signs_are_drawn_where_the_encoding_has_them(encoding: str, known: bool) -> None:
    assert legible(GLYPHS, encoding) == known
    assert legible(PLAIN_GLYPHS, "ascii")
