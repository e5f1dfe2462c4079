"""What a network composes to be calibrated: the fitting, round by round, and examples for a critic.

Both compose new chorales and harmonize sopranos of Bach's, with the default options and one
candidate each.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from chorale.aliases import Floats, Progress
from chorale.composing.calibration import (
    RATE,
    SHRINKAGE,
    Counts,
    correct,
    count_outcomes,
    divergence,
)
from chorale.composing.compose import compose
from chorale.composing.form import draw_phrase_keys
from chorale.composing.jobs.checks import require_conditioning
from chorale.composing.jobs.generating import job_for_generating
from chorale.composing.jobs.job import BATCH, run_job
from chorale.composing.motion import draw_motion, measure_voices
from chorale.composing.plan_options import ANY_PLAN
from chorale.composing.tasks import Task, task_for_harmonizing
from chorale.music import SOPRANO, Chorale
from chorale.network.calibration import FAMILIES
from chorale.network.checkpoint import Checkpoint
from chorale.options import SamplingOptions

BARS = 16  # of each composed chorale


@dataclass(frozen=True)
class Round:
    """A round of the fitting.

    Attributes:
        tables: the corrected tables, by family, as a checkpoint has them: shrunk.
        divergence: how far the chorales composed before the correction were from Bach.
    """

    tables: Mapping[str, Floats]
    divergence: float


def calibrate(
    checkpoint: Checkpoint,
    chorales: Sequence[Chorale],
    tunes: Sequence[Chorale],
    rounds: int,
    count: int,
    seed: int,
    progress: Progress = lambda done, total: None,
) -> Iterator[Round]:
    """Fit a calibration; the checkpoint's own, if it has one, is where the fitting begins.

    Args:
        checkpoint: the network.
        chorales: Bach's chorales, those of the network's training split.
        tunes: more of his chorales, whose sopranos are harmonized in each round, since the network
            knows those of the training split by heart; those without fermatas and key are left out.
        rounds: number of rounds.
        count: chorales composed in each round, with the default options and one candidate each.
        seed: seed of the first round's draws.
        progress: called with the steps of a round done, and their total.

    Yields:
        Each round, after its correction.

    Raises:
        OptionError: the network cannot be conditioned on a plan.
        DataError: a pitch is outside the network's vocabulary.
    """
    require_conditioning(checkpoint)
    vocabulary, order = checkpoint.vocabulary, checkpoint.options.order
    tunes = _select_tunes(tunes)
    every = [*chorales, *tunes]
    bach = _add(
        count_outcomes(every, order, vocabulary),
        count_outcomes(every, order, vocabulary, [SOPRANO]),
    )
    zeros = {name: np.zeros(shape, np.float32) for name, shape in FAMILIES.items()}
    tables: Mapping[str, Floats] = _scale(checkpoint.calibration or zeros, 1 / SHRINKAGE)
    for number in range(1, rounds + 1):
        calibrated = replace(checkpoint, calibration=tables)
        chance = seed + number - 1
        new, settings = _compose(calibrated, count, tunes, chance, progress)
        composed = _add(
            count_outcomes(new, order, vocabulary),
            count_outcomes(settings, order, vocabulary, [SOPRANO]),
        )
        rate = RATE * min(1.0, 2 * (1 - (number - 1) / rounds))
        tables = correct(tables, bach, composed, rate)
        yield Round(_scale(tables, SHRINKAGE), divergence(bach, composed))


def compose_examples(
    checkpoint: Checkpoint,
    tunes: Sequence[Chorale],
    count: int,
    seed: int,
    progress: Progress = lambda done, total: None,
) -> list[Chorale]:
    """Return music of the network's own for a critic: new chorales, and settings of sopranos.

    Args:
        checkpoint: the network, with the calibration that it will compose with.
        tunes: Bach's chorales, whose sopranos are harmonized; those without fermatas and key are
            left out.
        count: number of new chorales.
        seed: seed of the draws.
        progress: called with the steps done, and their total.

    Raises:
        OptionError: the network cannot be conditioned on a plan.
        DataError: a pitch is outside the network's vocabulary.
    """
    require_conditioning(checkpoint)
    new, settings = _compose(checkpoint, count, _select_tunes(tunes), seed, progress)
    return [*new, *settings]


def _select_tunes(tunes: Sequence[Chorale]) -> list[Chorale]:
    """Return the chorales that can be harmonized, in order of length, to be composed together."""
    known = [each for each in tunes if each.plan.fermatas is not None and each.plan.key]
    return sorted(known, key=lambda each: len(each.pitches))


def _compose(
    checkpoint: Checkpoint, count: int, tunes: Sequence[Chorale], seed: int, progress: Progress
) -> tuple[Iterator[Chorale], Iterator[Chorale]]:
    """Return new chorales, and settings of the sopranos of others."""
    options = SamplingOptions(best_of=1)
    job = job_for_generating(checkpoint, BARS, ANY_PLAN)
    of_new, of_tunes = _share_progress(progress, [count, len(tunes)])
    new = run_job(checkpoint, job, count, seed, options, of_new)
    return new, _harmonize(checkpoint, tunes, seed, options, of_tunes)


def _scale(tables: Mapping[str, Floats], factor: np.float32) -> dict[str, Floats]:
    return {name: factor * table for name, table in tables.items()}


def _add(counts: Counts, more: Counts) -> Counts:
    return {name: values + more[name] for name, values in counts.items()}


def _share_progress(progress: Progress, parts: Sequence[int]) -> list[Progress]:
    """Return a progress for each of successive parts, which are weighed by these numbers."""

    def of_part(before: int, size: int) -> Progress:
        return lambda done, total: progress(before * total + size * done, sum(parts) * total)

    return [of_part(sum(parts[:number]), size) for number, size in enumerate(parts)]


def _harmonize(
    checkpoint: Checkpoint,
    tunes: Sequence[Chorale],
    seed: int,
    options: SamplingOptions,
    progress: Progress = lambda done, total: None,
) -> Iterator[Chorale]:
    """Yield a setting of the soprano of each chorale, on the chorale's own plan."""
    for first in range(0, len(tunes), BATCH):
        batch = tunes[first : first + BATCH]
        generators = [np.random.default_rng([seed, first + row]) for row in range(len(batch))]
        tasks = [
            _task_for_setting(tune, checkpoint, generator)
            for tune, generator in zip(batch, generators, strict=True)
        ]
        yield from (each.chorale for each in compose(checkpoint, tasks, options, generators))
        progress(first + len(batch), len(tunes))


def _task_for_setting(
    tune: Chorale, checkpoint: Checkpoint, generator: np.random.Generator
) -> Task:
    """Return the task of harmonizing a chorale's soprano, as `harmonize` does."""
    kept = [SOPRANO]
    unset = replace(tune, plan=replace(tune.plan, motion=None))
    task = task_for_harmonizing(unset, kept, checkpoint)
    plan = draw_motion(unset.plan, checkpoint, generator, None, measure_voices(unset, kept))
    return replace(task, plan=plan, form=draw_phrase_keys(unset, kept, generator))
