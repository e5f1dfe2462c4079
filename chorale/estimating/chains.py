"""The best chain of phrases of a melody under a grid, by dynamic programming."""

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
from chorale.estimating.melodies import (
    Ints,
    Melody,
    classify_lengths,
    classify_returns,
    metrical_positions,
)
from chorale.music import STEPS_PER_QUARTER

Floats = NDArray[np.float64]

LONGEST_PHRASE = 32  # in beats; a longer phrase is as improbable as a phrase with part of a beat

# Chosen on the training split, where they balance precision and recall.
_END_BONUS = 1.0  # added to the score of each phrase end
_SAME_SHARE = 0.1  # share of phrases that copy the length of the phrase before


@cache
def load_tables() -> Mapping[str, Any]:
    """Read the log probabilities; `scripts/build/estimating_tables.py` describes each table."""
    text = resources.files("chorale.estimating").joinpath("tables.json").read_text("utf-8")
    return MappingProxyType(json.loads(text))


@dataclass(frozen=True)
class Chain:
    """A melody divided into phrases.

    Attributes:
        score: log probability of the division, up to a constant.
        ends: index of the last note of each phrase.
    """

    score: float
    ends: tuple[int, ...]


# The best chain for each length of the last phrase: score of the chain, and length of the phrase
# before the last (0 without one).
_Scores = dict[int, tuple[float, int]]


def find_best_chain(melody: Melody, grid: Grid) -> Chain:
    """Find the most probable division of a melody into phrases under a grid."""
    inner, end = _score_notes(melody, grid)
    sums = np.concatenate([[0.0], np.cumsum(inner)]).tolist()
    ends = (end - inner).tolist()
    onsets = melody.onsets.tolist()
    first = np.searchsorted(melody.onsets, melody.onsets - _longest_phrase_steps(grid))
    scores: list[_Scores] = [{0: (0.0, 0)}]  # scores of the chains that end before each note
    best = [_best_of(scores[0])]
    length_scores: dict[int, tuple[float, float]] = {}
    for stop in range(1, len(onsets)):
        found: _Scores = {}
        for start in range(min(int(first[stop]), stop - 1), stop):
            length = onsets[stop] - onsets[start]
            if length not in length_scores:
                length_scores[length] = _score_phrase_length(grid, length)
            score, before = _extend(scores[start], best[start], length, length_scores[length])
            found[length] = (score + sums[stop] - sums[start] + ends[stop - 1], before)
        scores.append(found)
        best.append(_best_of(found))
    score, length = best[-1]
    return Chain(score, tuple(_trace_ends(melody.onsets, scores, length)))


def _extend(
    scores: _Scores, best: tuple[float, int], length: int, length_scores: tuple[float, float]
) -> tuple[float, int]:
    """Return the best score after one more phrase, and the length of the phrase before it.

    Args:
        scores: the chains that can be extended.
        best: score and last phrase length of the best of them.
        length: length of the new phrase.
        length_scores: log probabilities of the new length, from `_score_phrase_length`.
    """
    score, before = best[0] + length_scores[0], best[1]
    if length not in scores:
        return score, before
    same_length = scores[length][0] + length_scores[1]
    return max((score, before), (same_length, length))


def _best_of(scores: _Scores) -> tuple[float, int]:
    """Return the score and the last phrase length of the best chain."""
    return max((score, length) for length, (score, _) in scores.items())


def _longest_phrase_steps(grid: Grid) -> int:
    """Return the length of the longest phrase; halves as beats do not make a breath longer."""
    return LONGEST_PHRASE * min(grid.beat_steps, STEPS_PER_QUARTER)


def _trace_ends(onsets: Ints, scores: Sequence[_Scores], length: int) -> list[int]:
    """Trace the phrase ends back from the last phrase, given the length of that phrase."""
    note_at = {int(step): number for number, step in enumerate(onsets)}
    stop, ends = len(onsets) - 1, []
    while stop:
        ends.append(stop - 1)
        length, stop = scores[stop][length][1], note_at[int(onsets[stop]) - length]
    return ends[::-1]


def _score_notes(melody: Melody, grid: Grid) -> tuple[Floats, Floats]:
    """Compute log probabilities of each note as an inner note and as a phrase end, (N,) each."""
    position = metrical_positions(melody.onsets[:-1], grid)
    length = classify_lengths(melody.lengths, grid)
    tables = load_tables()
    scores = []
    for role in ("inner", "end"):
        score = np.array(tables["lengths"][grid.name][role])[position, length]
        score = score + np.array(tables["steps_to"][role])[melody.steps_to]
        score += np.array(tables["steps_from"][role])[melody.steps_from]
        by_moves = np.array(tables["moves"][role])
        score += sum(by_moves[length, moves] for moves in melody.moves)
        score[:-1] += np.array(tables["returns"][role])[classify_returns(melody.returns[1:])]
        scores.append(score)
    scores[1] += _END_BONUS + np.array(tables["places"][grid.name])[position]
    return scores[0], scores[1]


def _score_phrase_length(grid: Grid, length: int) -> tuple[float, float]:
    """Compute log probabilities of a phrase length, after a different and after an equal length."""
    beats, rest = divmod(length, grid.beat_steps)
    by_beats = load_tables()["phrases"][grid.name]
    share = (1 - _SAME_SHARE) * float(by_beats[0 if rest or beats >= len(by_beats) else beats])
    return log(share), log(share + _SAME_SHARE)
