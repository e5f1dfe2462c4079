"""Copying: the longest run of a chorale that stands in other chorales, note for note.

A run is a number of steps in which all four voices sound as in a run of another chorale, moved up
or down by any interval, and change at the same steps. Notes struck again count as held.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chorale.music import REST, Chorale

_SILENT = 99  # in place of an interval from, to or with a rest


class Sources:
    """Chorales in which runs are looked for."""

    def __init__(self, chorales: Sequence[Chorale]) -> None:
        """Take the chorales, in any order; no run goes from one to the next."""
        self._moves = [_moves(chorale) for chorale in chorales]
        self._runs: dict[int, set[int]] = {}  # hashes of all runs by their length in moves

    def longest_copy(self, chorale: Chorale) -> int:
        """Steps of the chorale's longest run that stands in one of these; 0 if no two steps do."""
        moves = _moves(chorale)
        known, beyond = 0, len(moves) + 1
        while beyond - known > 1:  # what holds of a run holds of its parts
            length = (known + beyond) // 2
            if self._of(length).isdisjoint(_hashes(moves, length)):
                beyond = length
            else:
                known = length
        return known + 1 if known else 0

    def _of(self, length: int) -> set[int]:
        if length not in self._runs:
            self._runs[length] = {run for each in self._moves for run in _hashes(each, length)}
        return self._runs[length]


def _moves(chorale: Chorale) -> NDArray[np.int8]:
    """From each step to the next how voices move, and how far apart they come to be, (T - 1, 7)."""
    pitches = chorale.pitches
    rests = pitches == REST
    melodic = np.where(rests[1:] | rests[:-1], _SILENT, pitches[1:] - pitches[:-1])
    harmonic = np.where(rests[1:, 1:] | rests[1:, :-1], _SILENT, pitches[1:, :-1] - pitches[1:, 1:])
    return np.concatenate([melodic, harmonic], axis=1).astype(np.int8)


def _hashes(moves: NDArray[np.int8], length: int) -> set[int]:
    """A number for each run of so many moves; equal runs have equal ones."""
    content, width = moves.tobytes(), moves.shape[1]
    ends = range(length * width, len(content) + 1, width)
    return {hash(content[end - length * width : end]) for end in ends}
