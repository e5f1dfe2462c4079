"""The notes of one voice as arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chorale.music import REST


@dataclass(frozen=True, eq=False)
class Line:
    """The notes of one voice, each array (n,).

    Attributes:
        pitches: MIDI numbers.
        onsets: first steps.
        ends: exclusive ends, in steps.
    """

    pitches: NDArray[np.int64]
    onsets: NDArray[np.int64]
    ends: NDArray[np.int64]

    @classmethod
    def from_voice(cls, pitches: NDArray[np.int64], onsets: NDArray[np.bool_]) -> "Line":
        """Return the notes of a voice from its pitches or rests, (T,), and its onsets, (T,)."""
        starts = np.flatnonzero(onsets)
        ends = np.r_[np.flatnonzero(onsets | (pitches == REST)), len(pitches)]
        return cls(pitches[starts], starts, ends[np.searchsorted(ends, starts, side="right")])

    def number_at(self, step: int) -> int:
        """Return the number of the last note that starts at or before a step, from 0."""
        return int(np.searchsorted(self.onsets, step, side="right")) - 1
