"""Metres: time signatures on the grid of steps."""

import re
from dataclasses import dataclass

from chorale.music.voices import STEPS_PER_QUARTER

MAX_BEATS = 99  # beats in a measure


@dataclass(frozen=True)
class Metre:
    """A time signature whose measure is a whole number of steps."""

    numerator: int
    denominator: int

    def __post_init__(self) -> None:
        if not 1 <= self.numerator <= MAX_BEATS or self.denominator not in (1, 2, 4, 8, 16):
            raise ValueError(
                f"metre {self.numerator}/{self.denominator} does not fit the grid; the upper "
                f"number must be from 1 to {MAX_BEATS}, the lower one 1, 2, 4, 8 or 16"
            )

    @classmethod
    def parse(cls, text: str) -> "Metre":
        """Parse the name of a metre, such as "3/4".

        Raises:
            ValueError: the text is not a metre, or the metre does not fit the grid.
        """
        found = re.fullmatch(r"\s*(\d{1,2})\s*/\s*(\d{1,2})\s*", text, re.ASCII)
        if not found:
            raise ValueError(f"{text!r} is not a metre; give one such as 4/4 or 3/4")
        return cls(int(found[1]), int(found[2]))

    @property
    def steps_per_bar(self) -> int:
        """Length of a measure, in steps."""
        return self.numerator * 4 * STEPS_PER_QUARTER // self.denominator

    @property
    def steps_per_beat(self) -> float:
        """Length of the beat that the denominator names, in steps."""
        return 4 * STEPS_PER_QUARTER / self.denominator

    @property
    def name(self) -> str:
        """Name of the metre, such as "3/4"."""
        return f"{self.numerator}/{self.denominator}"


COMMON_TIME = Metre(4, 4)
