"""Calibration: corrections of the draw that give composed chorales Bach's frequencies of figures.

A network that is right about each next note, given Bach's notes before it, still drifts from him
when it continues its own. A calibration adds a logit to each token, the sum of one number from each
table of `chorale.network.calibration`, by the token's context and outcome
(`chorale.composing.contexts`). The numbers are fitted by composing again and again
(`chorale.composing.jobs.calibrating`): after each round, every outcome that is rarer in its context
than in Bach's chorales is raised, and every one that is more frequent is lowered,

    correction += rate x log(Bach's share of the outcome / its share in the composed chorales)

This is iterative scaling for a log-linear model of the distribution that is nearest to the network
among those with Bach's frequencies.

Source: J. N. Darroch and D. Ratcliff, "Generalized Iterative Scaling for Log-Linear Models" (1972);
for whole texts and their samples, R. Rosenfeld et al., "Whole-sentence exponential language models"
(2001).
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from chorale.aliases import Floats, Ids, Rows
from chorale.composing.contexts import (
    MELODIC,
    OF_DRAW,
    OF_STEP,
    Contexts,
    Steps,
)
from chorale.composing.dissonance import find_dissonances
from chorale.composing.lines import Lines, LineTracker
from chorale.composing.rules import Logits, Moment
from chorale.music import COMMON_TIME, SOPRANO, STEPS_PER_QUARTER, Chorale, Plan
from chorale.network.calibration import FAMILIES, LARGEST, POSITIONS
from chorale.network.history import History, build_history
from chorale.network.tokens import Vocabulary, encode

Counts = dict[str, NDArray[np.float64]]  # by family, of the shape of its table

# of the correction, for the first half of the rounds, after which it falls to zero. About twenty
# families correct whether a voice moves: with a rate of 0.5 each, every round overshoots more.
RATE = 0.1
# Share of the fitted corrections that is kept. They follow the chance of small counts too, and
# their sums outvote the rules: of 100 chorales, 29 % more findings of `check` than Bach would have
# became 5 % more with 0.7, and classifiers separated them worse from his than with 0.5 or 1.
SHRINKAGE = np.float32(0.7)
PRIOR = 20.0  # draws: weight of what Bach and composed chorales share, for contexts that are rare


class Calibration:
    """Rule that adds the corrections of a checkpoint's calibration.

    It follows the voices' lines, so it must follow all steps of a draw, from the first; each step
    has a `History` of its own.
    """

    def __init__(self, tables: Mapping[str, Floats], vocabulary: Vocabulary) -> None:
        """Prepare the corrections.

        Args:
            tables: by family, of the shapes of `chorale.network.calibration.FAMILIES`.
            vocabulary: the token table.
        """
        self._vocabulary, self._contexts = vocabulary, Contexts(vocabulary)
        self._of_step, self._of_draw = (
            _JoinedTables({name: tables[name] for name in names}) for names in (OF_STEP, OF_DRAW)
        )
        self._others = {name: tables[name] for name in tables if name not in MELODIC}
        self._followed: History | None = None  # of the step that was taken up last
        self._history: History | None = None  # of the step that was drawn last

    def follow(self, at: Moment) -> None:
        """Take up the lines of a step; see `chorale.composing.rules.FollowingRule`."""
        if at.step == 0:
            self._tracker = LineTracker(len(at.tasks), self._vocabulary)
            self._homes = np.array([find_home(task.plan) for task in at.tasks]).T
            closes = [find_closes(task.plan) for task in at.tasks]
            self._closes = np.zeros((len(closes), max(map(len, closes))), np.int32)
            for row, of_task in enumerate(closes):
                self._closes[row, : len(of_task)] = of_task
        self._lines, self._followed = self._tracker.append(at.history), at.history

    def take(self, rows: Rows) -> None:
        """Go on with some chorales of the batch; see `chorale.composing.rules.FollowingRule`."""
        self._tracker.take(rows)

    def apply(self, logits: Logits, at: Moment) -> Logits:
        """Add the corrections; see `LogitRule.apply`."""
        if at.history is not self._followed:
            self.follow(at)
        if at.history is not self._history:
            self._begin_step(at)
        known, voice = self._known, at.voice
        rows, others = self._contexts.of_draw(known, voice, at.cells)
        melodic = self._of_draw.look_up(rows)
        added = self._corrections[:, voice] + _by_class(melodic, known.classes[:, voice])
        for name, row, outcomes in others:
            found = self._look_up(name, row, outcomes)
            added += found if found.ndim == added.ndim else found.sum(1)
        return logits + added

    def _begin_step(self, at: Moment) -> None:
        """Find what a new step's draws have in common."""
        numbers = np.full(len(at.tasks), at.step, np.int32)
        positions = np.array([find_position(task.plan, at.step) for task in at.tasks])
        dissonances = find_dissonances(at.history, numbers, self._vocabulary)
        tonics, modes = self._homes
        steps = Steps(
            at.history,
            self._lines,
            numbers,
            positions,
            tonics,
            modes,
            dissonances,
            closes=self._closes[:, at.step],
            given=(at.cells[:, SOPRANO] != self._vocabulary.unknown).astype(np.int32),
        )
        known = self._known = self._contexts.of_step(steps)
        self._corrections = _by_class(self._of_step.look_up(known.rows), known.classes)
        for name, rows, outcomes in known.others:
            self._corrections += self._look_up(name, rows, outcomes)
        self._history = at.history

    def _look_up(self, name: str, rows: Ids, outcomes: Ids) -> Floats:
        """Return the corrections of outcomes, (..., V), in contexts, (...), of a family."""
        table = self._others[name]
        corrections: Floats = table.take(rows[..., None] * table.shape[1] + outcomes)
        return corrections


def _by_class(melodic: Floats, classes: Ids) -> Floats:
    """Return the correction of each token, (..., V), from those of the classes, (..., classes)."""
    first = np.arange(0, melodic.size, melodic.shape[-1]).reshape(*melodic.shape[:-1], 1)
    of_tokens: Floats = melodic.take(first + classes)  # take_along_axis needs twice the time
    return of_tokens


class _JoinedTables:
    """Melodic tables one below the other, with a column for each class of interval."""

    def __init__(self, tables: Mapping[str, Floats]) -> None:
        parts = [table[:, MELODIC[name]] for name, table in tables.items()]
        sizes = [len(part) for part in parts]
        self._table = np.concatenate(parts)
        self._first = dict(zip(tables, np.cumsum(sizes) - sizes, strict=True))

    def look_up(self, rows: Mapping[str, Ids]) -> Floats:
        """Return the sum of the tables' rows, (..., classes), from a row of each, (...)."""
        joined = np.array([self._first[name] + row for name, row in rows.items()])
        corrections: Floats = self._table[joined].sum(0)
        return corrections


def find_home(plan: Plan) -> tuple[int, int]:
    """Return tonic, 0 to 11, and mode, 1 major or 2 minor, of a plan's key; zeros if unknown."""
    return (plan.key.tonic, 1 + (plan.key.third == "minor")) if plan.key else (0, 0)


def find_position(plan: Plan, step: int) -> int:
    """Return a step's position in its bar of 4/4, 0 to 15, or 16 in any other metre."""
    if plan.metre != COMMON_TIME:
        return POSITIONS - 1
    return (step - plan.pickup_steps) % COMMON_TIME.steps_per_bar


def find_closes(plan: Plan) -> Ids:
    """Return how far the next fermata is from each step, (T,), see `Steps.closes`."""
    closes = np.zeros(plan.length_steps, np.int32)
    if plan.fermatas is None:
        return closes
    under = np.asarray(plan.fermatas, np.bool_)
    first = under & ~np.concatenate([[False], under[:-1]])
    for start in np.flatnonzero(first).tolist():
        for kind, beats in ((4, 2), (3, 1)):
            closes[max(0, start - beats * STEPS_PER_QUARTER) : start] = kind
    closes[under] = 2
    closes[first] = 1
    return closes


# fitting


def count_outcomes(
    chorales: Iterable[Chorale],
    order: Sequence[int],
    vocabulary: Vocabulary,
    given: Sequence[int] = (),
) -> Counts:
    """Count the outcomes of all draws of chorales, by family.

    Args:
        chorales: the chorales; steps at which a voice rests are left out.
        order: the order in which the voices of a step are drawn.
        vocabulary: the token table.
        given: voices that are given, and so not drawn, 0 (soprano) to 3 (bass).

    Raises:
        DataError: a pitch is outside the vocabulary.
    """
    contexts = Contexts(vocabulary)
    counts = {name: np.zeros(shape) for name, shape in FAMILIES.items()}
    for chorale in chorales:
        tokens = encode(chorale, vocabulary)
        history = build_history(tokens, vocabulary)
        numbers = np.arange(len(tokens), dtype=np.int32)
        positions = np.array([find_position(chorale.plan, step) for step in numbers.tolist()])
        tonic, mode = (np.full(len(tokens), value) for value in find_home(chorale.plan))
        dissonances = find_dissonances(history, numbers, vocabulary)
        lines = _follow_lines(history, vocabulary)
        closes, zeros = find_closes(chorale.plan), np.zeros(len(tokens), np.int32)
        under_tune = zeros + (SOPRANO in given)
        steps = Steps(
            history, lines, numbers, positions, tonic, mode, dissonances, closes, under_tune
        )
        known = contexts.of_step(steps)
        sounds = vocabulary.is_note(history.sounding).all(-1) & (tokens != vocabulary.rest).all(-1)
        for number, voice in enumerate(order):
            if voice in given:
                continue
            cells = np.full_like(tokens, vocabulary.unknown)
            drawn = [*given, *order[:number]]
            cells[:, drawn] = tokens[:, drawn]
            token = tokens[:, voice]
            intervals = known.classes[numbers, voice, token]
            rows, others = contexts.of_draw(known, voice, cells)
            rows |= {name: row[:, voice] for name, row in known.rows.items()}
            others += [(name, row[:, voice], each[:, voice]) for name, row, each in known.others]
            found = [(name, row, MELODIC[name][intervals]) for name, row in rows.items()]
            found += [(name, row, each[numbers, ..., token]) for name, row, each in others]
            for name, row, outcomes in found:
                np.add.at(counts[name], (row[sounds], outcomes[sounds]), 1)
    return counts


def _follow_lines(history: History, vocabulary: Vocabulary) -> Lines:
    """Return the lines at each step of a chorale, arrays (T, ...)."""
    tracker = LineTracker(1, vocabulary)
    steps = [
        tracker.append(History(*(values[None, step] for values in history)))
        for step in range(len(history.held))
    ]
    return Lines(*(np.concatenate(arrays) for arrays in zip(*steps, strict=True)))


def correct(
    tables: Mapping[str, Floats], bach: Counts, composed: Counts, rate: float = RATE
) -> dict[str, Floats]:
    """Return the tables after a round, from the counts of Bach's and of composed chorales.

    Args:
        tables: the tables with which the chorales were composed.
        bach: counts by family, of the shapes of the tables.
        composed: the same of the composed chorales.
        rate: factor on the logarithms of the ratios of shares.
    """
    corrected = {}
    for name, table in tables.items():
        pooled = bach[name] + composed[name] + 1e-3
        pooled /= pooled.sum(1, keepdims=True)
        shares = [
            (counts[name] + PRIOR * pooled) / (counts[name].sum(1, keepdims=True) + PRIOR)
            for counts in (bach, composed)
        ]
        # of outcomes that neither has, nothing is known
        ratio = np.where(bach[name] + composed[name] > 0, shares[0] / shares[1], 1)
        moved = table + rate * np.log(ratio)
        corrected[name] = np.clip(moved, -LARGEST, LARGEST).astype(np.float32)
    return corrected


def divergence(bach: Counts, composed: Counts) -> float:
    """Return how far composed chorales are from Bach, in nats per draw and family.

    It is the Kullback-Leibler divergence of the outcomes' shares, by context, weighed by how often
    Bach has the context; chance alone makes it greater than zero.
    """
    total = 0.0
    for name, counts in bach.items():
        own, theirs = (
            (each + 0.5) / (each + 0.5).sum(1, keepdims=True) for each in (counts, composed[name])
        )
        by_context = (own * np.log(own / theirs)).sum(1)
        total += float((counts.sum(1) * by_context).sum() / max(1.0, counts.sum()))
    return total / len(bach)
