"""Melodies as chains of phrases under a grid, the best of them found by dynamic programming."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import log
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chorale.estimating.grids import Grid
from chorale.estimating.melodies import Ints, Melody, length_classes, places, return_classes
from chorale.music import STEPS_PER_QUARTER

Floats = NDArray[np.float64]

LONGEST_PHRASE = 32  # in beats; longer ones are as improbable as those of broken beats

# Both tried out on the training split: they balance precision and recall.
_END_BONUS = 1.0  # what the end of a phrase gets on top
_SAME_SHARE = 0.1  # phrases that are as long as the one before because it was that long


@cache
def tables() -> Mapping[str, Any]:
    """The log probabilities that the script counted; see there."""
    text = resources.files("chorale.estimating").joinpath("tables.json").read_text("utf-8")
    return MappingProxyType(json.loads(text))


@dataclass(frozen=True)
class Chain:
    """Phrases of a melody.

    Attributes:
        score: log probability, up to a constant.
        ends: number of the last note of each phrase.
    """

    score: float
    ends: tuple[int, ...]


# The best chain that ends with a phrase of each length: its score, and the length of the phrase
# before that one; 0 before the first.
_Scores = dict[int, tuple[float, int]]


def best_chain(melody: Melody, grid: Grid) -> Chain:
    """The best phrases of a melody under a grid."""
    inner, end = _note_scores(melody, grid)
    sums = np.concatenate([[0.0], np.cumsum(inner)]).tolist()
    ends = (end - inner).tolist()
    onsets = melody.onsets.tolist()
    first = np.searchsorted(melody.onsets, melody.onsets - _longest_steps(grid))
    scores: list[_Scores] = [{0: (0.0, 0)}]  # of the chains that end before each note
    best = [_best(scores[0])]
    chances: dict[int, tuple[float, float]] = {}  # of a phrase by its length
    for stop in range(1, len(onsets)):
        found: _Scores = {}
        for start in range(min(int(first[stop]), stop - 1), stop):
            length = onsets[stop] - onsets[start]
            if length not in chances:
                chances[length] = _phrase_scores(grid, length)
            score, before = _extended(scores[start], best[start], length, chances[length])
            found[length] = (score + sums[stop] - sums[start] + ends[stop - 1], before)
        scores.append(found)
        best.append(_best(found))
    score, length = best[-1]
    return Chain(score, tuple(_ends(melody.onsets, scores, length)))


def _extended(
    scores: _Scores, best: tuple[float, int], length: int, chances: tuple[float, float]
) -> tuple[float, int]:
    """The best of these chains with a phrase of this length after it: score, last phrase before."""
    score, before = best[0] + chances[0], best[1]
    if length not in scores:
        return score, before
    alike = scores[length][0] + chances[1]
    return max((score, before), (alike, length))


def _best(scores: _Scores) -> tuple[float, int]:
    """Score and last phrase of the best of these chains."""
    return max((score, length) for length, (score, _) in scores.items())


def _longest_steps(grid: Grid) -> int:
    """Of a phrase; a breath does not last longer where beats are halves."""
    return LONGEST_PHRASE * min(grid.beat_steps, STEPS_PER_QUARTER)


def _ends(onsets: Ints, scores: Sequence[_Scores], length: int) -> list[int]:
    """Back through the phrases, the last of which has this length."""
    number_of = {int(step): number for number, step in enumerate(onsets)}
    stop, ends = len(onsets) - 1, []
    while stop:
        ends.append(stop - 1)
        length, stop = scores[stop][length][1], number_of[int(onsets[stop]) - length]
    return ends[::-1]


def _note_scores(melody: Melody, grid: Grid) -> tuple[Floats, Floats]:
    """Log probabilities of each note as an inner note, and as a phrase's end; both (N,)."""
    place = places(melody.onsets[:-1], grid)
    length = length_classes(melody.lengths, grid)
    told = tables()
    scores = []
    for role in ("inner", "end"):
        score = np.array(told["lengths"][grid.name][role])[place, length]
        score = score + np.array(told["steps_to"][role])[melody.steps_to]
        score += np.array(told["steps_from"][role])[melody.steps_from]
        by_moves = np.array(told["moves"][role])
        score += sum(by_moves[length, moves] for moves in melody.moves)
        score[:-1] += np.array(told["returns"][role])[return_classes(melody.returns[1:])]
        scores.append(score)
    scores[1] += _END_BONUS + np.array(told["places"][grid.name])[place]
    return scores[0], scores[1]


def _phrase_scores(grid: Grid, length: int) -> tuple[float, float]:
    """Log probability of a phrase of this length, after one of another and after one of its own."""
    beats, rest = divmod(length, grid.beat_steps)
    by_beats = tables()["phrases"][grid.name]
    chance = (1 - _SAME_SHARE) * float(by_beats[0 if rest or beats >= len(by_beats) else beats])
    return log(chance), log(chance + _SAME_SHARE)
