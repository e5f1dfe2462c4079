"""Copying: the longest passage that a chorale shares note for note with other chorales.

A passage is shared if all four voices sound the same pitches at the same steps, transposed by any
interval. Notes struck again count as held.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chorale.music import REST, Chorale

_SILENT = 99  # in place of an interval that involves a rest


class CopyFinder:
    """Search for passages that a chorale shares with a collection."""

    def __init__(self, chorales: Sequence[Chorale]) -> None:
        """Index the chorales of the collection, in any order; no passage spans two of them."""
        self._moves = [_moves(chorale) for chorale in chorales]
        self._passages: dict[int, set[int]] = {}  # hashes by length in moves

    def longest_copy(self, chorale: Chorale) -> int:
        """Return the length of the longest shared passage, in steps; 0 if there is none of two."""
        moves = _moves(chorale)
        shared, too_long = 0, len(moves) + 1
        while too_long - shared > 1:  # bisection: every part of a shared passage is shared
            length = (shared + too_long) // 2
            if self._passages_of(length).isdisjoint(_hashes(moves, length)):
                too_long = length
            else:
                shared = length
        return shared + 1 if shared else 0

    def _passages_of(self, length: int) -> set[int]:
        if length not in self._passages:
            found = {passage for each in self._moves for passage in _hashes(each, length)}
            self._passages[length] = found
        return self._passages[length]


def _moves(chorale: Chorale) -> NDArray[np.int8]:
    """Return each step's melodic and harmonic intervals, from the second step on, (T - 1, 7)."""
    pitches = chorale.pitches
    rests = pitches == REST
    melodic = np.where(rests[1:] | rests[:-1], _SILENT, pitches[1:] - pitches[:-1])
    harmonic = np.where(rests[1:, 1:] | rests[1:, :-1], _SILENT, pitches[1:, :-1] - pitches[1:, 1:])
    return np.concatenate([melodic, harmonic], axis=1).astype(np.int8)


def _hashes(moves: NDArray[np.int8], length: int) -> set[int]:
    """Return the hashes of all passages of `length` moves."""
    content, width = moves.tobytes(), moves.shape[1]
    ends = range(length * width, len(content) + 1, width)
    return {hash(content[end - length * width : end]) for end in ends}
