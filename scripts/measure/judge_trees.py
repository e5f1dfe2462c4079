"""Boosted trees that compare the figures of windows, and the figures that they use most."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from judge_figures import MEASURE, FigureTable
from judge_scores import Scorer, area_under_curve
from judge_windows import WINDOW_BARS
from numpy.typing import NDArray
from sklearn.ensemble import GradientBoostingClassifier

TREES = 300
DEPTH = 3
SHARE_OF_WINDOWS = 0.7  # drawn for each tree
FITS = 5  # whose gains are averaged
PER_BARS = 100


@dataclass(frozen=True)
class SeparatingFigure:
    """A figure by which trees separate Bach's windows from others.

    Attributes:
        name: name of the figure.
        bach: its mean in Bach's windows: per PER_BARS bars, or per window if it is a measure.
        ours: the same in the other windows.
        auc: area under the ROC curve of this figure alone, over windows, 0.5 to 1.
    """

    name: str
    bach: float
    ours: float
    auc: float

    @property
    def cells(self) -> list[str]:
        """Cells of the figure's row."""
        return [self.name, f"{self.bach:.1f}", f"{self.ours:.1f}", f"{self.auc:.2f}"]


def tree_scorer(values: NDArray[np.float32], seed: int) -> Scorer:
    """Return the scorer that trains trees on figures, (W, F)."""

    def score(
        train: NDArray[np.int64], is_ours: NDArray[np.bool_], test: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Train on some windows and return the logits of others."""
        trees = boosted_trees(seed).fit(values[train], is_ours[train])
        return np.asarray(trees.decision_function(values[test]), np.float64)

    return score


def boosted_trees(seed: int) -> GradientBoostingClassifier:
    """Return untrained trees, each split of which considers a random few of the figures."""
    return GradientBoostingClassifier(
        n_estimators=TREES,
        max_depth=DEPTH,
        subsample=SHARE_OF_WINDOWS,
        max_features="sqrt",
        random_state=seed,
    )


def separating_figures(
    table: FigureTable, is_ours: NDArray[np.bool_], count: int, seed: int
) -> Iterator[SeparatingFigure]:
    """Yield the figures from which trees gain most, those of the highest AUC first.

    Args:
        table: the figures of W windows.
        is_ours: (W,) whether a window is composed.
        count: number of the figures.
        seed: seed of the trees.
    """
    chosen = most_gain(table.values, is_ours, seed)[:count]
    found = [describe_figure(table, column, is_ours) for column in chosen]
    yield from sorted(found, key=lambda figure: -figure.auc)


def most_gain(values: NDArray[np.float32], is_ours: NDArray[np.bool_], seed: int) -> Sequence[int]:
    """Return the columns of figures, (W, F), in order of the gain of trees, the highest first."""
    gains = np.zeros(values.shape[1])
    for number in range(FITS):
        gains += boosted_trees(seed + number).fit(values, is_ours).feature_importances_
    return np.argsort(-gains, kind="stable").tolist()


def describe_figure(
    table: FigureTable, column: int, is_ours: NDArray[np.bool_]
) -> SeparatingFigure:
    """Return means and AUC of the figure of a column."""
    name = table.names[column]
    bach, ours = (table.values[side, column].astype(float) for side in (~is_ours, is_ours))
    per = 1.0 if name.endswith(MEASURE) else PER_BARS / WINDOW_BARS
    auc = area_under_curve(bach, ours)
    return SeparatingFigure(
        name, per * float(bach.mean()), per * float(ours.mean()), max(auc, 1 - auc)
    )
