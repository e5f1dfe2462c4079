"""How likely a network finds the notes of a chorale, as a terminal roll and as score colours.

The roll is that of `chorale.rendering.pictures.terminal_roll`, but its colours show likelihood
instead of voices. A note has the colour of its onset; a step of it that is less likely still has
its own colour. Without colours, a sign replaces the letter where something is less than likely, and
small letters of the voices stand where notes are held. In a unison the least likely voice is shown.
In a score a note has the colour of its onset.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from chorale.judging.explaining import LEVELS, Explanation, find_level
from chorale.music import REST, VOICES, Chorale
from chorale.rendering.pictures.colours import LEVEL_COLOURS, LEVEL_INKS
from chorale.rendering.pictures.terminal_roll import Roll, RollStyle, style_text
from chorale.rendering.render_options import ScoreColours

if TYPE_CHECKING:
    from rich.text import Text

LEVEL_SIGNS = ("", "~", "?", "!")  # without colours; where a note is likely its letter stands


def draw_likelihood_roll(
    chorale: Chorale,
    explanation: Explanation,
    style: RollStyle,
    start: int = 0,
    end: int | None = None,
) -> "list[Text]":
    """Draw a roll that shows how likely each note is.

    Args:
        chorale: four voices.
        explanation: explanation of the chorale.
        style: how the roll is drawn; its colours are those of LEVELS.
        start: first step that is drawn.
        end: exclusive end; None draws all.

    Returns:
        The lines, the legend last.
    """
    roll = _LikelihoodRoll(chorale, explanation, style)
    return roll.draw(start, chorale.plan.length_steps if end is None else end)


def colour_score(explanation: Explanation) -> ScoreColours:
    """Choose the colours of a score's notes by how likely each is."""
    struck = [note for note in explanation.notes if note.pitch != REST]
    notes = tuple(
        tuple(LEVEL_COLOURS[find_level(note.probability)] for note in struck if note.voice == voice)
        for voice in range(len(VOICES))
    )
    return ScoreColours(notes, tuple(zip(describe_levels(), LEVEL_COLOURS, strict=True)))


def describe_levels() -> list[str]:
    """Return the meaning of each level, such as "unlikely (under 10%)"."""
    names, bounds = list(LEVELS), list(LEVELS.values())
    below = [
        f"{name} (under {100 * bound:g}%)" for name, bound in zip(names[1:], bounds, strict=False)
    ]
    return [names[0], *below]


class _LikelihoodRoll(Roll):
    """A roll coloured by likelihood."""

    def __init__(self, chorale: Chorale, explanation: Explanation, style: RollStyle) -> None:
        super().__init__(chorale, style)
        self._coloured, self._backgrounds = style.colour, style.colours
        self._levels = np.vectorize(find_level)(np.exp(-explanation.nats))
        for note in explanation.notes if style.colour else ():
            steps = slice(note.onset_step, note.onset_step + note.length_steps)
            levels = self._levels[steps, note.voice]
            levels[:] = np.maximum(levels, find_level(note.probability))

    def draw_onset(self, step: int, voices: Sequence[int]) -> "Text":
        """Draw the start of a note."""
        voice = self._least_likely(step, voices)
        return self._draw_level_at(step, voice, self.letter(voice))

    def draw_hold(self, step: int, voices: Sequence[int]) -> "Text":
        """Draw a step of a note that is held: its colour, or a small letter."""
        voice = self._least_likely(step, voices)
        return self._draw_level_at(
            step, voice, " " if self._coloured else self.letter(voice).lower()
        )

    def draw_entry(self, step: int, voice: int) -> "Text":
        """Draw the first step of a held note that appears alone in this system."""
        return self._draw_level_at(step, voice, self.letter(voice).lower())

    def list_signs(self, sounding: Sequence[int]) -> "list[Text]":
        """List the meanings of the signs: the levels, then the letters."""
        levels = [
            style_text("").append_text(self._draw_level(level, "S")).append(f" {text}")
            for level, text in enumerate(describe_levels())
        ]
        letters = [style_text(f"{self.letter(voice)} {VOICES[voice]}") for voice in sounding]
        held = "its colour" if self._coloured else "small letter"
        return [*levels, *letters, style_text(f"letter: a note starts, {held}: it is held")]

    def _least_likely(self, step: int, voices: Sequence[int]) -> int:
        return max(voices, key=lambda voice: int(self._levels[step, voice]))

    def _draw_level_at(self, step: int, voice: int, letter: str) -> "Text":
        return self._draw_level(int(self._levels[step, voice]), letter)

    def _draw_level(self, level: int, letter: str) -> "Text":
        """Draw a letter in the colour of a level or, without colours, the sign of the level."""
        if not self._coloured:
            return style_text(LEVEL_SIGNS[level] or letter)
        return style_text(letter, f"bold {LEVEL_INKS[level]} on {self._backgrounds[level]}")
