"""A job, how it is done, and the simplest of them: a new chorale."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from chorale.composing import tasks
from chorale.composing.compose import Composition, compose
from chorale.composing.form import BAR_FORM_SHARE, draw_form, repeat_length_steps
from chorale.composing.plan_options import ANYTHING, PlanOptions, is_whole
from chorale.composing.plans import draw_plan
from chorale.composing.ranking import Ranked, ranked
from chorale.errors import OptionError
from chorale.music import VOICES, Chorale
from chorale.network.checkpoint import Checkpoint
from chorale.options import SamplingOptions
from chorale.wording import join_names

MAX_BARS = 100
USUAL_BARS = 12  # of a new chorale
MAX_COUNT = 10_000
TRIES = 20  # plans drawn in search of one for a bar form
BATCH = 64  # chorales written at once; memory grows with it, speed hardly above it

Progress = Callable[[int, int], None]  # how much is done, of how much in all


def _as_it_is(chorale: Chorale) -> Chorale:
    return chorale


@dataclass(frozen=True)
class Job:
    """Something to compose, any number of times.

    Attributes:
        task: draws what chance decides before a note is written, such as a plan.
        finish: what becomes of a chorale when it is written.
        remarks: what was decided, one line each.
        tempo_qpm: of the music that was brought, in quarter notes a minute, if it is known.
        title: of the music that was brought, if it has one.
        composer: of it, if the file says who.
    """

    task: Callable[[np.random.Generator], tasks.Task]
    finish: Callable[[Chorale], Chorale] = field(default=_as_it_is)
    remarks: tuple[str, ...] = ()
    tempo_qpm: float | None = None
    title: str | None = None
    composer: str | None = None


def run_job(
    checkpoint: Checkpoint,
    job: Job,
    count: int,
    seed: int,
    sampling: SamplingOptions,
    progress: Progress = lambda done, total: None,
    tell: Callable[[Sequence[Ranked]], None] = lambda ranking: None,
) -> Iterator[Chorale]:
    """Do a job.

    Args:
        checkpoint: the network.
        job: what is to be composed.
        count: how many times.
        seed: of the random generators, one a chorale, so that each is the same whatever `count`.
        sampling: how notes are drawn.
        progress: called with how much is done, of how much in all.
        tell: called before each chorale that was the best of several, with all of these, best
            first.

    Yields:
        The chorales in order, of which BATCH candidates are written at a time. The first candidate
        is what would have been written alone.

    Raises:
        OptionError: the count is not 1 to MAX_COUNT, or the seed below 0.
    """
    if not 1 <= count <= MAX_COUNT:
        raise OptionError(f"count must be 1 to {MAX_COUNT}, not {count}")
    if seed < 0:
        raise OptionError(f"seed must be 0 or more, not {seed}")
    each = sampling.candidates
    size = max(1, BATCH // each)
    for first in range(0, count, size):
        numbers = range(first, min(count, first + size))
        generators = [np.random.default_rng([seed, number]) for number in numbers]
        drawn = [job.task(generator) for generator in generators]
        repeated = [task for task in drawn for _ in range(each)]
        drawing = [one for own in generators for one in (own, *own.spawn(each - 1))]
        part = _part_of(progress, first, len(drawn), count)
        written = compose(checkpoint, repeated, sampling, drawing, part)
        for start in range(0, len(written), each):
            yield job.finish(_best(written[start : start + each], tell))


def _best(candidates: Sequence[Composition], tell: Callable[[Sequence[Ranked]], None]) -> Chorale:
    """The best of the candidates, of which is told if there are several."""
    if len(candidates) == 1:
        return candidates[0].chorale
    ranking = ranked(candidates)
    tell(ranking)
    return candidates[ranking[0].number - 1].chorale


def _part_of(progress: Progress, first: int, size: int, count: int) -> Progress:
    """The progress of a batch as that of the whole: chorales `first` to `first + size`."""
    return lambda done, total: progress(first * total + done * size, count * total)


def generation(checkpoint: Checkpoint, bars: int | None, asked: PlanOptions) -> Job:
    """New chorales, each on a plan of its own.

    Args:
        checkpoint: the network.
        bars: length; if None that of the phrases asked for, or USUAL_BARS.
        asked: what is not left to chance.

    Raises:
        OptionError: the network hears no plan, or what is asked for cannot be.
    """
    if asked != ANYTHING:
        require_conditioning(checkpoint)
    length = sum(asked.phrases or [USUAL_BARS]) if bars is None else bars
    check_bars(length)

    def task(generator: np.random.Generator) -> tasks.Task:
        again = generator.random() < BAR_FORM_SHARE
        plan = draw_plan(checkpoint.plans, length, generator, asked)
        for _ in range(TRIES if again and asked.phrases is None else 0):
            if repeat_length_steps(plan):
                break
            plan = draw_plan(checkpoint.plans, length, generator, asked)
        return tasks.new_chorale(plan, checkpoint, draw_form(plan, again, generator))

    task(np.random.default_rng(0))  # raises before any work
    return Job(task, remarks=_strange(checkpoint, asked))


def _strange(checkpoint: Checkpoint, asked: PlanOptions) -> tuple[str, ...]:
    """A remark if the network has never heard the metre that is asked for."""
    interpret = {plan.metre for plan in checkpoint.plans if plan.metre}
    if asked.metre is None or asked.metre in interpret or not interpret:
        return ()
    names = join_names(sorted(metre.name for metre in interpret))
    return (f"what the network learnt from is in {names}: in {asked.metre.name} expect little",)


def check_bars(bars: int) -> None:
    """Check a number of bars to be written.

    Raises:
        OptionError: it is not 1 to MAX_BARS.
    """
    if not is_whole(bars):
        raise OptionError(f"bars must be a whole number from 1 to {MAX_BARS}, not {bars!r}")
    if not 1 <= bars <= MAX_BARS:
        raise OptionError(f"{bars} bars cannot be written; 1 to {MAX_BARS} can")


def require_conditioning(checkpoint: Checkpoint) -> None:
    """Check that a network can be told anything but the past.

    Raises:
        OptionError: it cannot.
    """
    if not checkpoint.has_conditioning:
        raise OptionError(
            "the model hears neither key, metre and phrases nor notes that are given; use one with "
            "an encoder, trained with evidence, such as the default `bach`"
        )


def voices_named(names: str | Sequence[str]) -> list[str]:
    """The names of voices, a list of them or one with commas, checked, in SATB order.

    Raises:
        OptionError: one is no voice's.
    """
    names = names.split(",") if isinstance(names, str) else names
    if not isinstance(names, Iterable) or not all(isinstance(name, str) for name in names):
        raise OptionError(f"voices must be names, such as alto,tenor, not {names!r}")
    names = [name.strip().lower() for name in names]
    for name in names:
        if name not in VOICES:
            raise OptionError(f"{name!r} is no voice; choose from {', '.join(VOICES)}")
    return [voice for voice in VOICES if voice in names]
