"""Frequencies of figures with their standard errors, and the stage at which they go wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

BACH, FORCED, FREE, DEFAULT = "Bach", "forced, plan known", "free", "default"
VERDICTS = {FORCED: "blind", FREE: "drifts", DEFAULT: "bent"}
NOISE = 2.0  # standard errors

Counts = Mapping[str, tuple[float, float]]  # hits and chances of each figure
Table = NDArray[np.float64]


@dataclass(frozen=True)
class Measured:
    """The figures of some chorales.

    Attributes:
        names: the F figures.
        counts: (chorales, F, 2), hits and chances of each chorale.
        paired: whether the chorales are Bach's, one by one.
    """

    names: tuple[str, ...]
    counts: Table
    paired: bool = False

    @cached_property
    def values(self) -> Table:
        """100 times the hits over the chances, pooled, (F,); nan without chances."""
        return _divide(self.counts.sum(axis=0))

    @cached_property
    def leave_one_out(self) -> Table:
        """The values without each chorale in turn, (chorales, F)."""
        return _divide(self.counts.sum(axis=0) - self.counts)

    @cached_property
    def errors(self) -> Table:
        """Standard errors of the values, (F,), at least one hit, for figures that are rare."""
        return np.fmax(_jackknife(self.leave_one_out), self._one_hit)

    @cached_property
    def _one_hit(self) -> Table:
        return _divide(np.stack([np.ones(len(self.names)), self.counts[..., 1].sum(axis=0)], -1))

    def error_from(self, other: "Measured") -> Table:
        """Return the standard errors of the difference of two sets' values, (F,)."""
        if self.paired and other.paired:
            error = _jackknife(self.leave_one_out - other.leave_one_out)
            return np.fmax(error, np.fmax(self._one_hit, other._one_hit))
        return np.hypot(self.errors, other.errors)

    def differs_from(self, other: "Measured") -> NDArray[np.bool_]:
        """Return which values differ by more than the noise, (F,); none that is not a number."""
        return np.abs(self.values - other.values) > NOISE * self.error_from(other)


def _divide(counts: Table) -> Table:
    """Return 100 times hits over chances, (...,), from (..., 2)."""
    chances = np.where(counts[..., 1] > 0, counts[..., 1], np.nan)
    return 100 * counts[..., 0] / chances


def _jackknife(values: Table) -> Table:
    """Return the standard errors of F values from the values without each of n chorales, (n, F).

    Source: B. Efron and C. Stein, "The jackknife estimate of variance" (1981).
    """
    spread = ((values - values.mean(axis=0)) ** 2).mean(axis=0)
    return np.sqrt((len(values) - 1) * spread)


def measure(rows: Iterable[Counts], paired: bool = False) -> Measured:
    """Gather the counts of chorales, each of which has every figure."""
    rows = list(rows)
    counts = np.array([list(row.values()) for row in rows], float)
    return Measured(tuple(rows[0]), counts, paired)


def find_verdicts(columns: Mapping[str, Measured]) -> list[str]:
    """Return the verdict of each figure, see `calibration`, from the columns by their names."""
    bach = columns[BACH]
    words: list[list[str]] = [[] for _ in bach.names]
    before = bach
    for stage, verdict in VERDICTS.items():
        now = columns[stage]
        distances = [np.abs(each.values - bach.values) for each in (before, now)]
        farther = now.differs_from(before) & (distances[1] > distances[0])
        worse = now.differs_from(bach) & (farther | ~before.differs_from(bach))
        for number in np.flatnonzero(worse):
            words[number].append(verdict)
        before = now
    mended = ~before.differs_from(bach)
    return [
        ", ".join([*each, "mended"] if each and is_mended else each) or "right"
        for each, is_mended in zip(words, mended, strict=True)
    ]
