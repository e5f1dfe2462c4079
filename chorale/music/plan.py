"""Plans: metre, key, fermatas, motion and length of a chorale, fixed before it is composed."""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chorale.music.arrays import freeze, runs
from chorale.music.keys import Key
from chorale.music.metres import COMMON_TIME, Metre
from chorale.music.voices import VOICES

MOTION_LEVELS = 5  # 0, the calmest, to 4, the liveliest; see `chorale.analysis.motion`


@dataclass(frozen=True, eq=False)
class Plan:
    """Metre, key, fermatas, motion and length of a chorale, fixed before its notes are composed.

    Metre, key, fermatas and motion are None if unknown; the common JSB files give none of the four.
    Motion is the share of beats in which a voice has a note off the beat, as a level for each voice
    and phrase. Chorales in files and data sets have none; `chorale.analysis.motion` measures it.

    Attributes:
        length_steps: T, at least 1.
        metre: the time signature of the whole chorale.
        pickup_steps: steps before the first downbeat, less than a measure; 0 without a metre.
        early_downbeats: steps, in order, of the downbeats that come before the measure is full, as
            where a refrain follows a verse with a pickup; measures are counted on from each.
        key: the key of the whole chorale.
        fermatas: (T,) bool, true while a fermata holds.
        motion: (T, 4) int8, level of each voice, 0 to MOTION_LEVELS - 1, constant within a phrase;
            None if fermatas are.

    Raises:
        ValueError: the length, the pickup, an early downbeat, the shape of the fermatas, or the
            motion is not allowed.
    """

    length_steps: int
    metre: Metre | None = None
    pickup_steps: int = 0
    key: Key | None = None
    fermatas: NDArray[np.bool_] | None = None
    motion: NDArray[np.int8] | None = None
    early_downbeats: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.length_steps < 1:
            raise ValueError(f"a chorale needs at least 1 step, not {self.length_steps}")
        bar = self.metre.steps_per_bar if self.metre else 1
        if not 0 <= self.pickup_steps < bar:
            raise ValueError(f"pickup_steps must be in [0, {bar}), not {self.pickup_steps}")
        self._check_early_downbeats(bar)
        if self.fermatas is not None:
            fermatas = freeze(self.fermatas, np.bool_)
            if fermatas.shape != (self.length_steps,):
                raise ValueError(f"fermatas {fermatas.shape} must be {(self.length_steps,)}")
            object.__setattr__(self, "fermatas", fermatas)
        if self.motion is not None:
            self._check_motion(self.motion)
            object.__setattr__(self, "motion", freeze(self.motion, np.int8))

    def _check_early_downbeats(self, bar: int) -> None:
        bounds = [self.pickup_steps, *self.early_downbeats, self.length_steps]
        if self.early_downbeats and sorted(set(bounds)) != bounds:
            raise ValueError(
                f"early downbeats {self.early_downbeats} must rise from after the pickup to before "
                "the end"
            )
        if any((after - before) % bar == 0 for before, after in pairwise(bounds[:-1])):
            raise ValueError(f"early downbeats {self.early_downbeats} must come before a full bar")

    def _check_motion(self, motion: NDArray[np.int8]) -> None:
        shape = (self.length_steps, len(VOICES))
        if motion.shape != shape:
            raise ValueError(f"motion {motion.shape} must be {shape}")
        if ((motion < 0) | (motion >= MOTION_LEVELS)).any():
            raise ValueError(f"levels of motion must be 0 to {MOTION_LEVELS - 1}")
        if self.fermatas is None:
            raise ValueError("motion needs fermatas")
        if any((motion[start:end] != motion[start]).any() for start, end in self.phrase_spans):
            raise ValueError("motion must be constant within a phrase")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Plan):
            return NotImplemented
        return (
            self._scalars() == other._scalars()
            and _equal(self.fermatas, other.fermatas)
            and _equal(self.motion, other.motion)
        )

    def __hash__(self) -> int:
        return hash(self._scalars())

    def _scalars(self) -> tuple[object, ...]:
        return self.length_steps, self.metre, self.pickup_steps, self.key, self.early_downbeats

    @cached_property
    def fermata_spans(self) -> tuple[tuple[int, int], ...]:
        """Start and exclusive end of each fermata, in steps; empty if fermatas are unknown."""
        return () if self.fermatas is None else tuple(runs(self.fermatas))

    @property
    def phrase_spans(self) -> list[tuple[int, int]]:
        """Start and exclusive end of each phrase, in steps; empty if fermatas are unknown.

        A phrase is the steps up to and including a fermata; the steps after the last fermata are a
        phrase too.
        """
        if self.fermatas is None:
            return []
        ends = [end for _, end in self.fermata_spans if end < self.length_steps]
        return list(pairwise([0, *ends, self.length_steps]))

    @property
    def counted_metre(self) -> Metre:
        """Metre by which measures are counted: 4/4 if the metre is unknown."""
        return self.metre or COMMON_TIME

    @property
    def bars(self) -> float:
        """Length in measures, pickup included."""
        return self.length_steps / self.counted_metre.steps_per_bar

    @property
    def last_bar(self) -> int:
        """Number of the last measure; the first whole measure is 1, a pickup 0."""
        return self.bar_at(self.length_steps - 1)

    def bar_at(self, step: int) -> int:
        """Return the number of the measure that contains a step."""
        start, number = self._stretch_at(step)
        return number + (step - start) // self.counted_metre.steps_per_bar

    def bar_start(self, number: int) -> int:
        """Return the first step of a measure, given its number; it may lie beyond the end."""
        start, first = max(
            (stretch for stretch in self._stretches if stretch[1] <= number),
            default=self._stretches[0],
        )
        return max(0, start + (number - first) * self.counted_metre.steps_per_bar)

    def step_in_bar(self, step: int) -> int:
        """Return the number of steps from the downbeat of its measure to a step.

        A pickup is the end of a full measure.
        """
        return (step - self._stretch_at(step)[0]) % self.counted_metre.steps_per_bar

    def place(self, step: int) -> str:
        """Return the position of a step in words, such as "bar 3, beat 2.5"."""
        beat = 1 + self.step_in_bar(step) / self.counted_metre.steps_per_beat
        return f"bar {self.bar_at(step)}, beat {beat:g}"

    @cached_property
    def _stretches(self) -> list[tuple[int, int]]:
        """First step and first measure's number of each stretch of measures that are full."""
        stretches = [(self.pickup_steps, 1)]
        for step in self.early_downbeats:
            start, number = stretches[-1]
            stretches.append((step, number - (start - step) // self.counted_metre.steps_per_bar))
        return stretches

    def _stretch_at(self, step: int) -> tuple[int, int]:
        """Return the stretch of measures that contains a step; the first one for a pickup."""
        return self._stretches[bisect_right(self.early_downbeats, step)]


def _equal(one: NDArray[Any] | None, other: NDArray[Any] | None) -> bool:
    """Return whether two arrays are equal, or both None."""
    if one is None or other is None:
        return one is other
    return np.array_equal(one, other)
