"""Metres: time signatures on the grid of steps."""

import re
from dataclasses import dataclass

from chorale.music.voices import STEPS_PER_QUARTER

MAX_BEATS = 99  # of a measure


@dataclass(frozen=True)
class Metre:
    """A time signature whose measure is a whole number of steps."""

    numerator: int
    denominator: int

    def __post_init__(self) -> None:
        if not 1 <= self.numerator <= MAX_BEATS or self.denominator not in (1, 2, 4, 8, 16):
            raise ValueError(f"metre {self.numerator}/{self.denominator} does not fit the grid")

    @classmethod
    def parse(cls, text: str) -> "Metre":
        """The metre of a name such as "3/4".

        Raises:
            ValueError: it is none, or does not fit the grid.
        """
        found = re.fullmatch(r"\s*(\d{1,2})\s*/\s*(\d{1,2})\s*", text, re.ASCII)
        if not found:
            raise ValueError(f"{text!r} is no metre such as 4/4 or 3/4")
        return cls(int(found[1]), int(found[2]))

    @property
    def steps_per_bar(self) -> int:
        """Length of a measure in steps."""
        return self.numerator * 4 * STEPS_PER_QUARTER // self.denominator

    @property
    def steps_per_beat(self) -> float:
        """Length of a beat, of which the numerator counts how many make a measure, in steps."""
        return 4 * STEPS_PER_QUARTER / self.denominator

    @property
    def name(self) -> str:
        """Such as "3/4"."""
        return f"{self.numerator}/{self.denominator}"


COMMON_TIME = Metre(4, 4)
