"""Jobs that continue an opening in four voices."""

from dataclasses import replace

import numpy as np

from chorale.analysis import measure_motion
from chorale.composing import tasks
from chorale.composing.jobs.checks import (
    check_bars,
    check_pitches,
    require_conditioning,
    require_four_voices,
)
from chorale.composing.jobs.job import Job
from chorale.composing.jobs.planning import describe_plan, resolve_plan
from chorale.composing.jobs.underlay import annotate
from chorale.composing.motion import OPEN, Levels, draw_motion
from chorale.composing.plan_options import PlanOptions
from chorale.composing.plans import draw_plan
from chorale.errors import ReadingError
from chorale.music import VOICES, Plan
from chorale.network.checkpoint import Checkpoint
from chorale.options import ADDED_BARS, MAX_BARS
from chorale.reading import Reading
from chorale.wording import count, join_names


def job_for_continuing(
    checkpoint: Checkpoint, reading: Reading, bars: int | None, plan_options: PlanOptions
) -> Job:
    """Return the job of continuing a four-voice opening to a final cadence.

    Args:
        checkpoint: the network.
        reading: the opening.
        bars: number of bars to add, besides the rest of a bar that the opening leaves unfinished.
            If None, the sum of the requested phrases, or else ADDED_BARS.
        plan_options: parts that replace those of the opening's plan; the phrases are those to add.

    Raises:
        OptionError: the requested phrases do not fill the bars, or the network cannot be
            conditioned.
        ReadingError: the opening does not have four voices, or is too long.
    """
    require_conditioning(checkpoint)
    bars = sum(plan_options.phrases or [ADDED_BARS]) if bars is None else bars
    check_bars(bars)
    require_four_voices(reading, "continue")
    chorale = reading.chorale
    check_pitches(chorale, checkpoint)
    plan, sources = resolve_plan(
        chorale, range(len(VOICES)), reading, replace(plan_options, phrases=None)
    )
    total = plan.last_bar + bars
    if total > MAX_BARS:
        raise ReadingError(
            f"{chorale.source} and {count(bars, 'more bar')} make {total}, and a chorale can have "
            f"at most {MAX_BARS}: shorten the opening or reduce --bars"
        )
    opening = replace(chorale, plan=plan)
    motion = measure_motion(opening)
    near = None if motion is None else motion.mean(axis=0)

    def draw_task(generator: np.random.Generator) -> tasks.Task:
        extended = draw_plan(checkpoint.plans, total, generator, plan_options, plan)
        known = None if motion is None else _extend_motion(motion, extended)
        extended = draw_motion(extended, checkpoint, generator, plan_options.motion, known, near)
        return tasks.task_for_continuing(opening, extended, checkpoint)

    extended = draw_task(
        np.random.default_rng(0)
    ).plan  # raises its errors before anything is composed
    if extended.fermatas is None:
        plan, sources = replace(plan, fermatas=None), replace(sources, fermatas="without a metre")
    return Job(
        draw_task,
        lambda composed: annotate(composed, opening.annotations),
        notices=(
            *reading.notices,
            f"the opening: {describe_plan(plan, sources)}",
            _describe_addition(bars, plan_options),
        ),
        tempo_qpm=reading.facts.tempo_qpm,
        title=reading.facts.title,
        composer=reading.facts.composer,
        music=opening,
    )


def _extend_motion(motion: Levels, extended: Plan) -> Levels:
    """Return the motion of an opening, extended: OPEN in phrases that the opening does not end."""
    levels = np.full((extended.length_steps, len(VOICES)), OPEN, np.int8)
    for start, end in extended.phrase_spans:
        if end <= len(motion):
            levels[start:end] = motion[start:end]
    return levels


def _describe_addition(bars: int, plan_options: PlanOptions) -> str:
    follow = f"{count(bars, 'bar')} follow{'s' if bars == 1 else ''}"
    if plan_options.phrases is None:
        return follow
    lengths = join_names(list(map(str, plan_options.phrases)))
    return f"{follow}, in phrases of {lengths} (as requested)"
