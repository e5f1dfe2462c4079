"""Jobs, and how they are run."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from chorale.aliases import Progress
from chorale.composing import tasks
from chorale.composing.compose import Composition, compose
from chorale.composing.ranking import MIN_COMPARED, RankedCandidate, rank
from chorale.composing.rules import LogitRule
from chorale.errors import OptionError
from chorale.music import Chorale
from chorale.network.checkpoint import Checkpoint
from chorale.options import MAX_COUNT, SamplingOptions

BATCH = 64  # candidates composed at once; a larger batch takes more memory and is hardly faster

Report = Callable[[Sequence[RankedCandidate]], None]


def _return_unchanged(chorale: Chorale) -> Chorale:
    return chorale


@dataclass(frozen=True)
class Job:
    """A request, ready to be composed any number of times.

    Attributes:
        draw_task: function that draws a task, for instance one with a plan drawn by chance.
        finish: function that turns a composed chorale into the result.
        notices: decisions to report, one line each.
        tempo_qpm: tempo of the input music in quarter notes a minute, if known.
        title: title of the input music, if it has one.
        composer: composer of the input music, if the file names one.
        music: input music that the result keeps, with its annotations.
    """

    draw_task: Callable[[np.random.Generator], tasks.Task]
    finish: Callable[[Chorale], Chorale] = field(default=_return_unchanged)
    notices: tuple[str, ...] = ()
    tempo_qpm: float | None = None
    title: str | None = None
    composer: str | None = None
    music: Chorale | None = None


def run_job(
    checkpoint: Checkpoint,
    job: Job,
    count: int,
    seed: int,
    sampling: SamplingOptions,
    progress: Progress = lambda done, total: None,
    report: Report | None = None,
    rules: Sequence[LogitRule] = (),
    first_alone: bool = False,
) -> Iterator[Chorale]:
    """Compose the chorales of a job, BATCH candidates at a time.

    Args:
        checkpoint: the network.
        job: what to compose.
        count: number of chorales, 1 to MAX_COUNT.
        seed: seed of the random generators, 0 or more. Each chorale has a generator of its own, so
            that the first chorales do not depend on `count`.
        sampling: how tokens are drawn.
        progress: called with the steps done and the total.
        report: called with the ranked candidates of a chorale, best first, before that chorale is
            yielded; not called if there is only one candidate.
        rules: further rules of the draw, see `chorale.composing.compose.compose`.
        first_alone: whether to compose the first chorale before the others, so that it is there
            sooner; all together need more time then.

    Yields:
        The chorales in order. Without a critic, the first candidate of each is the chorale that
        would be composed if there were no other candidates.

    Raises:
        OptionError: the count is not 1 to MAX_COUNT, or the seed is negative.
    """
    if not 1 <= count <= MAX_COUNT:
        raise OptionError(f"count must be 1 to {MAX_COUNT}, not {count}")
    if seed < 0:
        raise OptionError(f"seed must be 0 or more, not {seed}")
    candidates = sampling.candidates
    likelihoods = candidates >= MIN_COMPARED and not checkpoint.critic
    likelihoods |= candidates > 1 and report is not None
    for numbers in _split_into_batches(count, max(1, BATCH // candidates), first_alone):
        generators = [np.random.default_rng([seed, number]) for number in numbers]
        drawn = [job.draw_task(generator) for generator in generators]
        repeated = [task for task in drawn for _ in range(candidates)]
        spawned = [each for own in generators for each in (own, *own.spawn(candidates - 1))]
        batch_progress = _scale_progress(progress, numbers.start, len(drawn), count)
        composed = compose(
            checkpoint, repeated, sampling, spawned, batch_progress, rules, likelihoods, candidates
        )
        for start in range(0, len(composed), candidates):
            yield job.finish(_choose_best(composed[start : start + candidates], report))


def _split_into_batches(count: int, size: int, first_alone: bool) -> list[range]:
    """Split the numbers from 0 up to `count` into batches of at most `size`."""
    starts = range(int(first_alone), count, size)
    batches = [range(start, min(count, start + size)) for start in starts]
    return [range(1), *batches] if first_alone else batches


def _choose_best(candidates: Sequence[Composition], report: Report | None) -> Chorale:
    """Return the best candidate's chorale; if there are several candidates, report the ranking."""
    if len(candidates) == 1:
        return candidates[0].chorale
    ranking = rank(candidates)
    if report:
        report(ranking)
    return candidates[ranking[0].number - 1].chorale


def _scale_progress(progress: Progress, first: int, size: int, count: int) -> Progress:
    """Return the progress callback of a batch of `size` chorales, the first numbered `first`."""
    return lambda done, total: progress(first * total + done * size, count * total)
