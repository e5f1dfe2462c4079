"""Cross-validated scores of pieces, and how well they separate two sets.

The folds keep all windows of a piece together, and all pieces of one tune. Each window is scored by
a classifier that was trained on the other folds; a piece's score is the mean of its windows'. The
area under the ROC curve (AUC) is the share of the pairs of pieces, one of Bach's and one of ours,
in which ours has the higher score: 0.5 if nothing separates them, 1 if all are separated.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from judge_windows import Piece, group_by_tune
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

FOLDS = 5
RESAMPLES = 2000
INTERVAL = 0.95

# Trains on some windows and scores others; higher scores are more like ours.
#
# Args: numbers of the training windows; (W,) bool, whether each window is ours; numbers of the
# windows to score. Returns the scores of these.
Scorer = Callable[[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int64]], NDArray[np.float64]]


@dataclass(frozen=True)
class Separation:
    """How well two sets of pieces are separated.

    Attributes:
        auc: area under the ROC curve over pieces.
        low: lower bound of its interval of 95 %, from resampled pieces.
        high: upper bound.
    """

    auc: float
    low: float
    high: float


def label_windows(
    bach: Sequence[Piece], ours: Sequence[Piece]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the number of each window's piece and whether it is ours, (W,), Bach's first."""
    counts = [len(piece.windows) for piece in (*bach, *ours)]
    piece_of_window = np.repeat(np.arange(len(counts)), counts)
    return piece_of_window, piece_of_window >= len(bach)


def score_pieces(
    bach: Sequence[Piece], ours: Sequence[Piece], scorer: Scorer, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the cross-validated scores of Bach's pieces and of ours."""
    piece_of_window, is_ours = label_windows(bach, ours)
    groups = group_by_tune([*bach, *ours])[piece_of_window]
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    scores = np.zeros(len(is_ours))
    for train, test in folds.split(np.zeros((len(is_ours), 1)), is_ours, groups):
        scores[test] = scorer(train, is_ours, test)
    of_pieces = np.bincount(piece_of_window, scores) / np.bincount(piece_of_window)
    return of_pieces[: len(bach)], of_pieces[len(bach) :]


def measure_separation(
    bach: NDArray[np.float64], ours: NDArray[np.float64], seed: int
) -> Separation:
    """Return the AUC of the scores of pieces, with a bootstrap interval over the pieces."""
    generator = np.random.default_rng(seed)
    resampled = [
        area_under_curve(generator.choice(bach, len(bach)), generator.choice(ours, len(ours)))
        for _ in range(RESAMPLES)
    ]
    outside = (1 - INTERVAL) / 2
    low, high = np.quantile(resampled, [outside, 1 - outside])
    return Separation(area_under_curve(bach, ours), float(low), float(high))


def area_under_curve(bach: NDArray[np.float64], ours: NDArray[np.float64]) -> float:
    """Return the share of the pairs in which our value is higher; equal values count half."""
    in_order = np.sort(bach)
    below, not_above = (np.searchsorted(in_order, ours, side) for side in ("left", "right"))
    return float((below + not_above).mean() / (2 * len(bach)))
