"""A chorale as a piano roll in text, for terminals.

Time runs to the right, a column per step, and pitch upwards, a row per semitone. The letter of
a voice marks the start of a note; the hold continues in colour or, without colours, as a line.
A small letter names the voice of a note that started earlier: at the beginning of a system, or
where the note comes out of a unison. A number counts the voices that strike the same pitch
together. Bar lines have columns of their own, and held notes pass through them. Both letters and
background are coloured, so that a roll reads alike on dark and on light terminals.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from chorale.music import REST, Chorale, Plan
from chorale.music.spelling import spell
from chorale.music.voicings import SATB, Voicing
from chorale.rendering.pictures.colours import VOICE_COLOURS, VOICE_INKS
from chorale.rendering.pictures.systems import System, break_into_systems, is_bar_start

if TYPE_CHECKING:
    from rich.text import Text

NO_PITCH = -2  # pitch of the only row of a silent system; neither MIDI number nor REST
MIN_COLUMNS = 8  # narrowest row, even in a narrower terminal
# Letters of voices; a second voice has that of its other name: mezzo-soprano, contralto, lead. So
# has the first bass, the baritone, where there is a second one.
OTHER_LETTERS = {"soprano 2": "M", "alto 2": "C", "tenor 2": "L", "bass 1": "R"}
FAINT = "bright_black"


class Glyphs(NamedTuple):
    """Characters that draw a roll, one for each meaning."""

    bar: str
    end: str
    hold: str
    unison: str
    halves: str  # upper half in one colour, lower half in another: two held voices
    beat: str
    fermata: str
    fermata_line: str  # duration of a fermata


GLYPHS = Glyphs("│", "║", "─", "═", "▀", "·", "𝄐", "─")
ASCII_GLYPHS = Glyphs("|", "|", "-", "=", "=", ".", "^", "-")  # for encodings that lack GLYPHS


@dataclass(frozen=True)
class RollStyle:
    """How a roll is drawn.

    Attributes:
        width: columns of the terminal.
        colour: whether the roll is coloured.
        glyphs: GLYPHS or ASCII_GLYPHS.
        colours: backgrounds of notes, by voice (SATB) or by level of a likelihood roll.
        voicing: the choir, which gives the voices their names and letters.
    """

    width: int = 100
    colour: bool = True
    glyphs: Glyphs = GLYPHS
    colours: Sequence[str] = VOICE_COLOURS
    voicing: Voicing = SATB


def draw_roll(
    chorale: Chorale, style: RollStyle, start: int = 0, end: int | None = None
) -> "list[Text]":
    """Draw a piano roll.

    Args:
        chorale: the music; silent voices are left out of the legend.
        style: how the roll is drawn.
        start: first step that is drawn.
        end: exclusive end; None for the end of the music.

    Returns:
        The lines, the legend last.
    """
    return Roll(chorale, style).draw(start, chorale.plan.length_steps if end is None else end)


def is_encodable(glyphs: Glyphs, encoding: str) -> bool:
    """Whether an encoding has all characters of some glyphs."""
    try:
        "".join(glyphs).encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


class Roll:
    """A piano roll of a chorale, coloured by voice.

    Subclasses that colour notes by other criteria override `draw_onset`, `draw_hold`, `draw_entry`
    and `list_signs`.
    """

    def __init__(self, chorale: Chorale, style: RollStyle) -> None:
        self._chorale, self._plan, self._style = chorale, chorale.plan, style
        self._names = {
            int(pitch): spell(int(pitch), chorale.plan.key).name
            for pitch in np.unique(chorale.pitches[chorale.pitches != REST])
        }
        self._margin = 1 + max(map(len, self._names.values()), default=0)
        self.columns = max(MIN_COLUMNS, style.width - self._margin - 1)  # a bar line closes it

    def draw(self, start: int, end: int) -> "list[Text]":
        """Draw the lines for the steps from `start` up to `end` (exclusive), the legend last."""
        rows = break_into_systems(self._plan, start, end, self.columns, columns_per_bar_line=1)
        return [line for row in rows for line in self._draw_system(row)] + self._legend(start, end)

    def draw_onset(self, step: int, voices: Sequence[int]) -> "Text":
        """Draw the start of a note, in one voice or several."""
        sign = self.letter(voices[0]) if len(voices) == 1 else str(len(voices))
        return self._draw_cell(sign, voices[0])

    def draw_hold(self, step: int, voices: Sequence[int]) -> "Text":
        """Draw a step of a note that is held, in one voice or several."""
        glyphs, colours = self._style.glyphs, self._style.colours
        if not self._style.colour:
            return style_text(glyphs.hold if len(voices) == 1 else glyphs.unison)
        if len(voices) == 1:
            return self._draw_cell(" ", voices[0])
        return style_text(glyphs.halves, f"{colours[voices[0]]} on {colours[voices[-1]]}")

    def draw_entry(self, step: int, voice: int) -> "Text":
        """Draw the first step of a held note that appears alone in this system."""
        return self._draw_cell(self.letter(voice).lower(), voice)

    def list_signs(self, sounding: Sequence[int]) -> "list[Text]":
        """List the meanings of the signs for notes, for the voices that sound."""
        items = [
            style_text("")
            .append_text(self._draw_cell(self.letter(voice), voice))
            .append(f" {self._style.voicing.part_at(voice).name}")
            for voice in sounding
        ]
        glyphs, colour = self._style.glyphs, self._style.colour
        held = "its colour" if colour else glyphs.hold
        texts = [f"letter: a note starts, {held}: it is held", "small letter: held from before"]
        if len(sounding) > 1:
            texts.append(f"number, {glyphs.halves if colour else glyphs.unison}: a unison")
        return items + [style_text(text) for text in texts]

    def letter(self, voice: int) -> str:
        """Return the letter of a voice."""
        name = self._style.voicing.part_at(voice).name
        return OTHER_LETTERS.get(name, name[0].upper())

    def _draw_system(self, system: System) -> "Iterator[Text]":
        """Yield the lines of a system, with an empty one at its end."""
        columns = list(_list_columns(self._plan, system))
        yield style_text(" " * self._margin + _number_bars(self._plan, system, columns), "bold")
        if marks := self._draw_fermatas(columns):
            yield style_text(" " * self._margin + marks)
        sounding = {int(pitch) for pitch in self._chorale.pitches[slice(*system)].flat} - {REST}
        rows = range(max(sounding), min(sounding) - 1, -1) if sounding else [NO_PITCH]
        for pitch in rows:
            yield self._draw_row(pitch, system, columns, used=pitch in sounding)
        yield style_text("")

    def _legend(self, start: int, end: int) -> "list[Text]":
        """Return the legend, in lines of the terminal's width."""
        sounding = np.flatnonzero((self._chorale.pitches[start:end] != REST).any(0))
        items = self.list_signs([int(voice) for voice in sounding])
        texts = []
        if self._plan.fermatas is not None and self._plan.fermatas[start:end].any():
            texts.append(f"{self._style.glyphs.fermata}: fermata")
        if not self._plan.metre:
            texts.append("bars counted in 4/4")
        return _wrap_items([*items, *map(style_text, texts)], self._style.width)

    def _draw_fermatas(self, columns: "Sequence[_Column]") -> str:
        """Return the line of fermatas; empty if the system has none."""
        fermatas, glyphs, line = self._plan.fermatas, self._style.glyphs, ""
        if fermatas is None:
            return ""
        for step, is_line in columns:
            holds = step < len(fermatas) and bool(fermatas[step])
            begun = step > 0 and bool(fermatas[step - 1])
            if is_line:
                line += glyphs.fermata_line if holds and begun and line[-1:].strip() else " "
            elif holds:
                line += glyphs.fermata_line if begun else glyphs.fermata
            else:
                line += " "
        return line.rstrip()

    def _draw_row(
        self, pitch: int, system: System, columns: "Sequence[_Column]", used: bool
    ) -> "Text":
        """Draw the row of a pitch; `used` if it sounds in the system."""
        name = self._names[pitch] if used else ""
        row = style_text(f"{name:>{self._margin - 1}} ")
        for step, is_line in columns:
            row.append_text(
                self._draw_bar_line(pitch, step, system)
                if is_line
                else self._draw_step(pitch, step, system, used)
            )
        return row

    def _draw_step(self, pitch: int, step: int, system: System, used: bool) -> "Text":
        """Draw a pitch at a step."""
        voices = self._voices_at(pitch, step)
        if not voices:
            beat = self._plan.counted_metre.steps_per_beat
            on_beat = used and (step - self._plan.pickup_steps) % beat == 0
            return self._draw_faint(self._style.glyphs.beat if on_beat else " ")
        struck = [voice for voice in voices if self._chorale.onsets[step, voice]]
        if struck:
            return self.draw_onset(step, struck)
        continues = step > system.start and self._voices_at(pitch, step - 1) == voices
        if continues or len(voices) > 1:
            return self.draw_hold(step, voices)
        return self.draw_entry(step, voices[0])

    def _draw_bar_line(self, pitch: int, step: int, system: System) -> "Text":
        """Draw a pitch at the bar line before a step; notes that are held pass through it."""
        glyphs = self._style.glyphs
        if step < self._plan.length_steps and system.start < step < system.end:
            voices = self._voices_at(pitch, step)
            held = [voice for voice in voices if not self._chorale.onsets[step, voice]]
            if held:
                return self.draw_hold(step, held)
        return self._draw_faint(glyphs.end if step == self._plan.length_steps else glyphs.bar)

    def _voices_at(self, pitch: int, step: int) -> list[int]:
        """Return the voices that sound a pitch at a step."""
        return [int(v) for v in np.flatnonzero(self._chorale.pitches[step] == pitch)]

    def _draw_cell(self, sign: str, voice: int) -> "Text":
        style = f"bold {VOICE_INKS[voice]} on {self._style.colours[voice]}"
        return style_text(sign, style if self._style.colour else "")

    def _draw_faint(self, sign: str) -> "Text":
        return style_text(sign, FAINT if self._style.colour and sign != " " else "")


def style_text(text: str, style: str = "") -> "Text":
    """Return a text in one of rich's styles."""
    from rich.text import Text

    return Text(text, style=style)


class _Column(NamedTuple):
    """A step, or the bar line before it."""

    step: int
    is_line: bool


def _list_columns(plan: Plan, system: System) -> Iterator[_Column]:
    """Yield the columns of a system; a bar line closes it if a measure or the music ends there."""
    for step in range(system.start, system.end):
        if is_bar_start(plan, step):
            yield _Column(step, True)
        yield _Column(step, False)
    if system.end == plan.length_steps or is_bar_start(plan, system.end):
        yield _Column(system.end, True)


def _number_bars(plan: Plan, system: System, columns: Sequence[_Column]) -> str:
    """Return the line of bar numbers; a measure that began in an earlier system is in brackets."""
    line = ""
    for place, (step, is_line) in enumerate(columns):
        number = str(plan.bar_at(step))
        if place == 0 and not is_line and step > 0:
            line = f"({number})"
        elif (place == 0 or (is_line and step < system.end)) and place >= len(line) + bool(line):
            line = line.ljust(place) + number
    return line


def _wrap_items(items: "Sequence[Text]", width: int) -> "list[Text]":
    """Set items side by side, two spaces apart, in as many lines as they need."""
    lines = [items[0].copy()]
    for item in items[1:]:
        if lines[-1].cell_len + 2 + item.cell_len > width:
            lines.append(item.copy())
        else:
            lines[-1].append("  ").append_text(item)
    return lines
