"""A chorale as a piano roll in text, for terminals.

Time runs to the right, a column a step, and pitch upwards, a row a semitone. A letter of its voice
stands where a note starts; where it is held its colour goes on or, without colours, a line. A small
letter names a voice that was struck earlier: at the beginning of a row, or where it comes out of a
unison. A number is how many voices strike the same pitch together. Bar lines have columns of their
own, and held notes pass through them. Colours are of both ink and ground, so that they read alike
on dark and on light terminals.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from chorale.music import REST, STEPS_PER_QUARTER, VOICES, Chorale, Plan
from chorale.music.spelling import spelled
from chorale.rendering.pictures.colours import INKS, VOICE_COLOURS
from chorale.rendering.pictures.systems import System, begins_bar, systems

if TYPE_CHECKING:
    from rich.text import Text

NOTHING = -2  # a pitch that no voice has, nor a silent one: the row of a silent system
LEAST_COLUMNS = 8  # of a row, however narrow the terminal
LETTERS = "SATB"
FAINT = "bright_black"


class Glyphs(NamedTuple):
    """What is drawn with, one character each."""

    bar: str
    end: str
    hold: str
    unison: str
    halves: str  # upper half in ink, lower half in ground: two held voices in colour
    beat: str
    fermata: str
    goes_on: str  # a fermata


GLYPHS = Glyphs("│", "║", "─", "═", "▀", "·", "𝄐", "─")
PLAIN_GLYPHS = Glyphs("|", "|", "-", "=", "=", ".", "^", "-")  # for encodings that have no others


@dataclass(frozen=True)
class Look:
    """How a roll is drawn.

    Attributes:
        width: columns of the terminal.
        colour: whether voices have colours.
        glyphs: GLYPHS, or PLAIN_GLYPHS.
        colours: of the voices, in SATB order.
    """

    width: int = 100
    colour: bool = True
    glyphs: Glyphs = GLYPHS
    colours: Sequence[str] = VOICE_COLOURS


def text_roll(chorale: Chorale, look: Look, start: int = 0, end: int | None = None) -> "list[Text]":
    """The lines of a piano roll, the legend last.

    Args:
        chorale: at least one voice of it sounds.
        look: how it is drawn.
        start: the first step that is drawn.
        end: the step before which it ends; None draws all.
    """
    return Roll(chorale, look).lines(start, chorale.plan.length_steps if end is None else end)


def legible(glyphs: Glyphs, encoding: str) -> bool:
    """Whether an encoding has these glyphs."""
    try:
        "".join(glyphs).encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


class Roll:
    """A chorale, and how it is drawn; `onset`, `held`, `entering` and `signs` can be others."""

    def __init__(self, chorale: Chorale, look: Look) -> None:
        self._chorale, self._plan, self._look = chorale, chorale.plan, look
        self._names = {
            int(pitch): spelled(int(pitch), chorale.plan.key).name
            for pitch in np.unique(chorale.pitches[chorale.pitches != REST])
        }
        self._margin = 1 + max(map(len, self._names.values()), default=0)
        self.columns = max(LEAST_COLUMNS, look.width - self._margin - 1)  # a bar line closes it

    def lines(self, start: int, end: int) -> "list[Text]":
        """The lines for the steps from `start` to before `end`, the legend last."""
        rows = systems(self._plan, start, end, self.columns, columns_per_bar_line=1)
        return [line for row in rows for line in self._system(row)] + self._legend(start, end)

    def _system(self, system: System) -> "Iterator[Text]":
        """The lines of one system, with an empty one at its end."""
        columns = list(_columns(self._plan, system))
        yield styled(" " * self._margin + _numbers(self._plan, system, columns), "bold")
        if marks := self._fermatas(columns):
            yield styled(" " * self._margin + marks)
        sounding = {int(pitch) for pitch in self._chorale.pitches[slice(*system)].flat} - {REST}
        rows = range(max(sounding), min(sounding) - 1, -1) if sounding else [NOTHING]
        for pitch in rows:
            yield self._row(pitch, system, columns, used=pitch in sounding)
        yield styled("")

    def _legend(self, start: int, end: int) -> "list[Text]":
        """What letters and colours mean, in lines of the terminal's width."""
        glyphs = self._look.glyphs
        heard = np.flatnonzero((self._chorale.pitches[start:end] != REST).any(0))
        items = self.signs([int(voice) for voice in heard])
        told = []
        if self._plan.fermatas is not None and self._plan.fermatas[start:end].any():
            told.append(f"{glyphs.fermata}: fermata")
        if not self._plan.metre:
            told.append("bars counted in 4/4")
        return _flowed([*items, *map(styled, told)], self._look.width)

    def signs(self, heard: Sequence[int]) -> "list[Text]":
        """What the signs of notes mean, of the voices that are heard."""
        items = [
            styled("").append_text(self._cell(LETTERS[v], v)).append(f" {VOICES[v]}") for v in heard
        ]
        glyphs, colour = self._look.glyphs, self._look.colour
        held = "its colour" if colour else glyphs.hold
        told = [f"letter: a note starts, {held}: it is held", "small letter: held from before"]
        if len(heard) > 1:
            told.append(f"number, {glyphs.halves if colour else glyphs.unison}: a unison")
        return items + [styled(text) for text in told]

    def _fermatas(self, columns: "Sequence[_Column]") -> str:
        """The line of fermatas; empty if there are none."""
        fermatas, glyphs, line = self._plan.fermatas, self._look.glyphs, ""
        if fermatas is None:
            return ""
        for step, is_line in columns:
            holds = step < len(fermatas) and bool(fermatas[step])
            begun = step > 0 and bool(fermatas[step - 1])
            if is_line:
                line += glyphs.goes_on if holds and begun and line[-1:].strip() else " "
            elif holds:
                line += glyphs.goes_on if begun else glyphs.fermata
            else:
                line += " "
        return line.rstrip()

    def _row(self, pitch: int, system: System, columns: "Sequence[_Column]", used: bool) -> "Text":
        """A semitone's row."""
        name = self._names[pitch] if used else ""
        row = styled(f"{name:>{self._margin - 1}} ")
        for step, is_line in columns:
            row.append_text(
                self._bar_line(pitch, step, system)
                if is_line
                else self._step(pitch, step, system, used)
            )
        return row

    def _step(self, pitch: int, step: int, system: System, used: bool) -> "Text":
        """A pitch at a step."""
        voices = self._voices(pitch, step)
        if not voices:
            beat = self._plan.metre.steps_per_beat if self._plan.metre else STEPS_PER_QUARTER
            on_beat = used and (step - self._plan.pickup_steps) % beat == 0
            return self._faint(self._look.glyphs.beat if on_beat else " ")
        struck = [voice for voice in voices if self._chorale.onsets[step, voice]]
        if struck:
            return self.onset(step, struck)
        known = step > system.start and self._voices(pitch, step - 1) == voices
        if known or len(voices) > 1:
            return self.held(step, voices)
        return self.entering(step, voices[0])

    def onset(self, step: int, voices: Sequence[int]) -> "Text":
        """A note that starts, in several voices perhaps."""
        sign = LETTERS[voices[0]] if len(voices) == 1 else str(len(voices))
        return self._cell(sign, voices[0])

    def entering(self, step: int, voice: int) -> "Text":
        """A note that is held from a step before, and is not seen there by itself."""
        return self._cell(LETTERS[voice].lower(), voice)

    def _bar_line(self, pitch: int, step: int, system: System) -> "Text":
        """A pitch at the line before a step, through which notes pass that are held."""
        glyphs = self._look.glyphs
        if step < self._plan.length_steps and system.start < step < system.end:
            voices = self._voices(pitch, step)
            held = [voice for voice in voices if not self._chorale.onsets[step, voice]]
            if held:
                return self.held(step, held)
        return self._faint(glyphs.end if step == self._plan.length_steps else glyphs.bar)

    def _voices(self, pitch: int, step: int) -> list[int]:
        """The voices that sound a pitch."""
        return [int(v) for v in np.flatnonzero(self._chorale.pitches[step] == pitch)]

    def held(self, step: int, voices: Sequence[int]) -> "Text":
        """A note that is held, in several voices perhaps."""
        glyphs, colours = self._look.glyphs, self._look.colours
        if not self._look.colour:
            return styled(glyphs.hold if len(voices) == 1 else glyphs.unison)
        if len(voices) == 1:
            return self._cell(" ", voices[0])
        return styled(glyphs.halves, f"{colours[voices[0]]} on {colours[voices[-1]]}")

    def _cell(self, sign: str, voice: int) -> "Text":
        style = f"bold {INKS[voice]} on {self._look.colours[voice]}"
        return styled(sign, style if self._look.colour else "")

    def _faint(self, sign: str) -> "Text":
        return styled(sign, FAINT if self._look.colour and sign != " " else "")


def styled(sign: str, style: str = "") -> "Text":
    """A sign in a style."""
    from rich.text import Text

    return Text(sign, style=style)


class _Column(NamedTuple):
    """A step, or the bar line before it."""

    step: int
    is_line: bool


def _columns(plan: Plan, system: System) -> Iterator[_Column]:
    """The columns of a system; the last one is the line that closes it."""
    for step in range(system.start, system.end):
        if begins_bar(plan, step):
            yield _Column(step, True)
        yield _Column(step, False)
    if system.end == plan.length_steps or begins_bar(plan, system.end):
        yield _Column(system.end, True)


def _numbers(plan: Plan, system: System, columns: Sequence[_Column]) -> str:
    """Numbers of the bars above their lines; in brackets where a bar goes on from before."""
    line = ""
    for place, (step, is_line) in enumerate(columns):
        number = str(plan.bar_at(step))
        if place == 0 and not is_line and step > 0:
            line = f"({number})"
        elif (place == 0 or (is_line and step < system.end)) and place >= len(line) + bool(line):
            line = line.ljust(place) + number
    return line


def _flowed(items: "Sequence[Text]", width: int) -> "list[Text]":
    """Items side by side, two blanks apart, in as many lines as they take."""
    lines = [items[0].copy()]
    for item in items[1:]:
        if lines[-1].cell_len + 2 + item.cell_len > width:
            lines.append(item.copy())
        else:
            lines[-1].append("  ").append_text(item)
    return lines
