"""Copying: the longest passage that a chorale shares note for note with other chorales.

A passage is shared if both chorales have the same pitches in all four voices at each of its steps,
in any transposition. Repeated notes count as one held note.

Passages are compared by their moves. A move is the change from one step to the next, described by
its intervals, so a passage of n steps has n - 1 moves.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chorale.music import REST, Chorale

_NO_INTERVAL = 99  # in place of an interval with a rest


class CopyFinder:
    """Finder of the passages that a chorale shares with a collection of chorales."""

    def __init__(self, chorales: Sequence[Chorale]) -> None:
        """Index the collection; the order of `chorales` does not matter."""
        self._moves = [_compute_moves(chorale) for chorale in chorales]
        self._passages: dict[int, set[int]] = {}  # hashes of passages, by length in moves

    def longest_copy(self, chorale: Chorale) -> int:
        """Return the length of the longest shared passage, in steps; 0 if under 2 steps."""
        moves = _compute_moves(chorale)
        shared, too_long = 0, len(moves) + 1
        while too_long - shared > 1:  # bisection, since parts of a shared passage are shared too
            length = (shared + too_long) // 2
            if self._hash_collection(length).isdisjoint(_hash_passages(moves, length)):
                too_long = length
            else:
                shared = length
        return shared + 1 if shared else 0

    def _hash_collection(self, length: int) -> set[int]:
        """Return the hashes of the collection's passages of `length` moves, each in one chorale."""
        if length not in self._passages:
            found = {passage for each in self._moves for passage in _hash_passages(each, length)}
            self._passages[length] = found
        return self._passages[length]


def _compute_moves(chorale: Chorale) -> NDArray[np.int8]:
    """Return the moves of a chorale, (T - 1, 7), in semitones.

    A move has the melodic intervals of the four voices, then the three harmonic intervals between
    neighbouring voices at the later step.
    """
    pitches = chorale.pitches
    rests = pitches == REST
    melodic = np.where(rests[1:] | rests[:-1], _NO_INTERVAL, pitches[1:] - pitches[:-1])
    upper, lower = pitches[1:, :-1], pitches[1:, 1:]
    harmonic = np.where(rests[1:, 1:] | rests[1:, :-1], _NO_INTERVAL, upper - lower)
    return np.concatenate([melodic, harmonic], axis=1).astype(np.int8)


def _hash_passages(moves: NDArray[np.int8], length: int) -> set[int]:
    """Return the hashes of all passages of `length` moves."""
    content, width = moves.tobytes(), moves.shape[1]
    ends = range(length * width, len(content) + 1, width)
    return {hash(content[end - length * width : end]) for end in ends}
