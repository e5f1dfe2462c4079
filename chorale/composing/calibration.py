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

from chorale.aliases import Floats, Ids
from chorale.composing.contexts import MELODIC, OF_DRAW, OF_STEP, Contexts, LineTracker, Steps
from chorale.composing.dissonance import find_dissonances
from chorale.composing.rules import Logits, Moment
from chorale.music import COMMON_TIME, Chorale, Plan
from chorale.network.calibration import FAMILIES, POSITIONS
from chorale.network.history import History, build_history
from chorale.network.tokens import Vocabulary, encode

Counts = dict[str, NDArray[np.float64]]  # by family, of the shape of its table

# of the correction: twelve families correct whether a voice moves, and the sum of their rates must
# stay below 2, beyond which every round overshoots
RATE = 0.13
LARGEST = 2.0  # nats; corrections are limited to this
PRIOR = 20.0  # draws: weight of what Bach and composed chorales share, for contexts that are rare


class Calibration:
    """Rule that adds the corrections of a checkpoint's calibration.

    It follows the voices' lines from step to step, so it must be applied to all steps of a draw,
    from the first; each step has a `History` of its own.
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
        self._history: History | None = None  # of the present step

    def apply(self, logits: Logits, at: Moment) -> Logits:
        """Add the corrections; see `LogitRule.apply`."""
        if at.history is not self._history:
            self._begin_step(at)
        steps, voice = self._steps, at.voice
        rows = self._contexts.rows_of_draw(steps, voice, at.cells)
        melodic = self._corrections[:, voice] + self._of_draw.look_up(rows)
        classes = self._contexts.melodic_classes(steps, voice)
        added: Logits = np.take_along_axis(melodic, classes, -1)
        for name, row, outcomes in self._contexts.others(steps, voice, at.cells):
            added += self._others[name][row[:, None], outcomes]
        return logits + added

    def _begin_step(self, at: Moment) -> None:
        """Find what a new step's draws have in common."""
        if at.step == 0:
            self._lines = LineTracker(len(at.tasks), self._vocabulary)
            self._homes = np.array([find_home(task.plan) for task in at.tasks]).T
        self._lines.append(at.history)
        numbers = np.full(len(at.tasks), at.step, np.int32)
        positions = np.array([find_position(task.plan, at.step) for task in at.tasks])
        dissonances = find_dissonances(at.history, numbers, self._vocabulary)
        tonics, modes = self._homes
        lines = self._lines
        self._steps = Steps(
            at.history, numbers, positions, tonics, modes, dissonances, lines.means, lines.lengths
        )
        self._corrections = self._of_step.look_up(self._contexts.rows_of_step(self._steps))
        self._history = at.history


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
    return (plan.key.tonic, 1 + (plan.key.mode == "minor")) if plan.key else (0, 0)


def find_position(plan: Plan, step: int) -> int:
    """Return a step's position in its bar of 4/4, 0 to 15, or 16 in any other metre."""
    if plan.metre != COMMON_TIME:
        return POSITIONS - 1
    return (step - plan.pickup_steps) % COMMON_TIME.steps_per_bar


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
        steps = Steps(history, numbers, positions, tonic, mode, dissonances, *lines)
        of_step = contexts.rows_of_step(steps)
        sounds = vocabulary.is_note(history.sounding).all(-1) & (tokens != vocabulary.rest).all(-1)
        for number, voice in enumerate(order):
            if voice in given:
                continue
            cells = np.full_like(tokens, vocabulary.unknown)
            drawn = [*given, *order[:number]]
            cells[:, drawn] = tokens[:, drawn]
            chosen = numbers, tokens[:, voice]
            intervals = contexts.melodic_classes(steps, voice)[chosen]
            rows = {name: row[:, voice] for name, row in of_step.items()}
            rows |= contexts.rows_of_draw(steps, voice, cells)
            found = [(name, row, MELODIC[name][intervals]) for name, row in rows.items()]
            others = contexts.others(steps, voice, cells)
            found += [(name, row, each[chosen]) for name, row, each in others]
            for name, row, outcomes in found:
                np.add.at(counts[name], (row[sounds], outcomes[sounds]), 1)
    return counts


def _follow_lines(history: History, vocabulary: Vocabulary) -> tuple[Floats, Ids]:
    """Return means and lengths before each step, (T, 4), see `LineTracker`."""
    lines = LineTracker(1, vocabulary)
    means, lengths = [], []
    for step in range(len(history.held)):
        lines.append(History(*(values[None, step] for values in history)))
        means.append(lines.means[0])
        lengths.append(lines.lengths[0])
    return np.stack(means), np.stack(lengths)


def correct(tables: Mapping[str, Floats], bach: Counts, composed: Counts) -> dict[str, Floats]:
    """Return the tables after a round, from the counts of Bach's and of composed chorales."""
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
        moved = table + RATE * np.log(ratio)
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
