"""How likely a network finds the notes of a chorale, as a roll in the terminal and in a score.

The roll is that of `chorale.rendering.pictures.terminal_roll`, but that colours tell not voices but likelihood. A
note has the colour of its onset, and a step for which it is held another one if that is less likely
still. Without colours a sign stands where something is less than likely, and small letters of the
voices stand where notes are held. In a unison the least likely of the voices is shown. In a score a
note has the colour of its onset.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from chorale.judging.explaining import LEVELS, Explanation, level_of
from chorale.music import REST, VOICES, Chorale
from chorale.rendering.pictures.colours import LEVEL_COLOURS, LEVEL_INKS
from chorale.rendering.pictures.terminal_roll import LETTERS, Look, Roll, styled
from chorale.rendering.render_options import Colours

if TYPE_CHECKING:
    from rich.text import Text

SIGNS = ("", "~", "?", "!")  # by level, without colours; likely is the letter


def likelihood_roll(
    chorale: Chorale, explanation: Explanation, look: Look, start: int = 0, end: int | None = None
) -> "list[Text]":
    """The lines of a roll that tells how likely each note is, the legend last.

    Args:
        chorale: four voices.
        explanation: of it.
        look: how it is drawn; its colours are those of LEVELS.
        start: the first step that is drawn.
        end: the step before which it ends; None draws all.
    """
    roll = _LikelihoodRoll(chorale, explanation, look)
    return roll.lines(start, chorale.plan.length_steps if end is None else end)


def score_colours(explanation: Explanation) -> Colours:
    """The colours of a score by how likely each note is."""
    struck = [note for note in explanation.notes if note.pitch != REST]
    notes = tuple(
        tuple(LEVEL_COLOURS[level_of(note.probability)] for note in struck if note.voice == voice)
        for voice in range(len(VOICES))
    )
    return Colours(notes, tuple(zip(levels_told(), LEVEL_COLOURS, strict=True)))


def levels_told() -> list[str]:
    """What levels mean, such as "unlikely (under 10%)"."""
    names, bounds = list(LEVELS), list(LEVELS.values())
    below = [
        f"{name} (under {100 * bound:g}%)" for name, bound in zip(names[1:], bounds, strict=False)
    ]
    return [names[0], *below]


class _LikelihoodRoll(Roll):
    """A roll by likelihood."""

    def __init__(self, chorale: Chorale, explanation: Explanation, look: Look) -> None:
        super().__init__(chorale, look)
        self._colour, self._grounds = look.colour, look.colours
        self._levels = np.vectorize(level_of)(np.exp(-explanation.nats))
        for note in explanation.notes if look.colour else ():
            steps = slice(note.onset_step, note.onset_step + note.length_steps)
            levels = self._levels[steps, note.voice]
            levels[:] = np.maximum(levels, level_of(note.probability))

    def onset(self, step: int, voices: Sequence[int]) -> "Text":
        """A note that starts."""
        voice = self._least_likely(step, voices)
        return self._sign(step, voice, LETTERS[voice])

    def held(self, step: int, voices: Sequence[int]) -> "Text":
        """A note that is held: its colour, or a small letter."""
        voice = self._least_likely(step, voices)
        return self._sign(step, voice, " " if self._colour else LETTERS[voice].lower())

    def entering(self, step: int, voice: int) -> "Text":
        """A note that is held from before."""
        return self._sign(step, voice, LETTERS[voice].lower())

    def signs(self, heard: Sequence[int]) -> "list[Text]":
        """What the signs mean: the levels, then the letters."""
        levels = [
            styled("").append_text(self._leveled(level, "S")).append(f" {told}")
            for level, told in enumerate(levels_told())
        ]
        letters = [styled(f"{LETTERS[voice]} {VOICES[voice]}") for voice in heard]
        held = "its colour" if self._colour else "small letter"
        return [*levels, *letters, styled(f"letter: a note starts, {held}: it is held")]

    def _least_likely(self, step: int, voices: Sequence[int]) -> int:
        return max(voices, key=lambda voice: int(self._levels[step, voice]))

    def _sign(self, step: int, voice: int, letter: str) -> "Text":
        return self._leveled(int(self._levels[step, voice]), letter)

    def _leveled(self, level: int, letter: str) -> "Text":
        """A letter in the colour of a level, or the level's sign."""
        if not self._colour:
            return styled(SIGNS[level] or letter)
        return styled(letter, f"bold {LEVEL_INKS[level]} on {self._grounds[level]}")
