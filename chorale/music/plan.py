"""Plans: everything that can be said of a chorale before a note is written."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chorale.music.arrays import frozen, runs
from chorale.music.keys import Key
from chorale.music.metres import COMMON_TIME, Metre


@dataclass(frozen=True, eq=False)
class Plan:
    """Everything that can be said of a chorale before a note is written.

    Metre, key and fermatas may be unknown, which is None: the common JSB files have none of them.

    Attributes:
        length_steps: T, at least 1.
        metre: the time signature of the whole chorale.
        pickup_steps: steps before the first downbeat, less than a bar; 0 where metre is None.
        key: the key of the whole chorale.
        fermatas: (T,) bool, true while a fermata holds.
    """

    length_steps: int
    metre: Metre | None = None
    pickup_steps: int = 0
    key: Key | None = None
    fermatas: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        if self.length_steps < 1:
            raise ValueError(f"a chorale of {self.length_steps} steps; at least 1 is needed")
        bar = self.metre.steps_per_bar if self.metre else 1
        if not 0 <= self.pickup_steps < bar:
            raise ValueError(f"a pickup of {self.pickup_steps} steps in a bar of {bar}")
        if self.fermatas is not None:
            fermatas = frozen(self.fermatas, np.bool_)
            if fermatas.shape != (self.length_steps,):
                raise ValueError(f"fermatas of shape {fermatas.shape}, T = {self.length_steps}")
            object.__setattr__(self, "fermatas", fermatas)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Plan):
            return NotImplemented
        if (self.fermatas is None) != (other.fermatas is None):
            return False
        same_fermatas = self.fermatas is None or np.array_equal(self.fermatas, other.fermatas)  # type: ignore[arg-type]  # both are arrays or both None
        return same_fermatas and self._scalars() == other._scalars()

    def __hash__(self) -> int:
        return hash(self._scalars())

    def _scalars(self) -> tuple[object, ...]:
        return self.length_steps, self.metre, self.pickup_steps, self.key

    @property
    def fermata_spans(self) -> list[tuple[int, int]]:
        """First step of each fermata, and of what follows it; none where they are unknown."""
        return [] if self.fermatas is None else runs(self.fermatas)

    @property
    def counted_metre(self) -> Metre:
        """The metre that measures are counted by: 4/4 where it is unknown."""
        return self.metre or COMMON_TIME

    @property
    def bars(self) -> float:
        """Length in measures, pickup included; in 4/4 where the metre is unknown."""
        return self.length_steps / self.counted_metre.steps_per_bar

    @property
    def last_bar(self) -> int:
        """Number of the last measure, as scores count: the first whole one is 1, a pickup 0."""
        return self.bar_at(self.length_steps - 1)

    def bar_at(self, step: int) -> int:
        """Number of the measure that a step is in; in 4/4 where the metre is unknown."""
        return 1 + (step - self.pickup_steps) // self.counted_metre.steps_per_bar

    def bar_start(self, number: int) -> int:
        """First step of a measure by its number, which may lie beyond the end."""
        return max(0, self.pickup_steps + (number - 1) * self.counted_metre.steps_per_bar)

    def place(self, step: int) -> str:
        """Where a step is, as musicians say it: "bar 3, beat 2.5"."""
        place = (step - self.pickup_steps) % self.counted_metre.steps_per_bar
        beat = 1 + place / self.counted_metre.steps_per_beat
        return f"bar {self.bar_at(step)}, beat {beat:g}"
