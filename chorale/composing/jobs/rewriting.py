"""Jobs that rewrite some bars of some voices."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from chorale.analysis import measure_motion
from chorale.composing import tasks
from chorale.composing.jobs.checks import check_pitches, require_conditioning, require_four_voices
from chorale.composing.jobs.job import Job
from chorale.composing.jobs.locks import Lock, find_locked_steps
from chorale.composing.jobs.planning import (
    Bars,
    describe_bars,
    describe_plan,
    find_steps,
    resolve_plan,
)
from chorale.composing.jobs.underlay import annotate_rewriting
from chorale.composing.motion import OPEN, Levels, draw_motion
from chorale.composing.plan_options import PlanOptions
from chorale.errors import OptionError, ReadingError
from chorale.music import VOICES, Plan
from chorale.network.checkpoint import Checkpoint
from chorale.options import MAX_BARS
from chorale.reading import Reading
from chorale.wording import join_names


def job_for_rewriting(
    checkpoint: Checkpoint,
    reading: Reading,
    bars: Bars,
    voices: Sequence[str],
    plan_options: PlanOptions,
    locks: Sequence[Lock] = (),
) -> Job:
    """Return the job of rewriting some bars of some voices of a chorale.

    Args:
        checkpoint: the network.
        reading: the chorale.
        bars: the first and the last bar to rewrite.
        voices: names of the voices to rewrite, at least one.
        plan_options: parts that replace those of the chorale's plan.
        locks: notes that stay as they are.

    Raises:
        OptionError: the chorale does not have the bars or a lock's place, no voice is named, or
            the network cannot be conditioned.
        ReadingError: the chorale does not have four voices, is too long, or every note that could
            be rewritten is held over an edge of the bars.
    """
    require_conditioning(checkpoint)
    if not voices:
        raise OptionError(f"no voice to rewrite; choose from {', '.join(VOICES)}")
    require_four_voices(reading, "rewrite")
    chorale = reading.chorale
    check_pitches(chorale, checkpoint)
    if chorale.plan.bars > MAX_BARS:
        raise ReadingError(
            f"{chorale.source} has {chorale.plan.bars:.0f} bars, and at most {MAX_BARS} can be "
            "used at once: shorten the music"
        )
    plan, sources = resolve_plan(chorale, range(len(VOICES)), reading, plan_options)
    chorale = replace(chorale, plan=plan)
    start, end = find_steps(plan, bars)
    numbers = [VOICES.index(name) for name in voices]
    locked = set(find_locked_steps(locks, plan))
    task = tasks.task_for_rewriting(chorale, start, end, numbers, checkpoint, locked)
    if not (task.given == checkpoint.vocabulary.unknown).any():
        raise ReadingError(
            f"nothing to rewrite in {describe_bars(bars)}: every note of the {join_names(voices)} "
            f"is {'locked, or ' if locks else ''}held over the first or last barline; choose "
            "more --bars"
        )
    motion = measure_motion(chorale)
    if plan_options.motion and motion is not None:
        motion = _open_phrases(motion, plan, start, end, numbers)

    def draw_task(generator: np.random.Generator) -> tasks.Task:
        with_motion = draw_motion(plan, checkpoint, generator, plan_options.motion, motion)
        return replace(task, plan=with_motion)

    draw_task(np.random.default_rng(0))  # raises OptionError before anything is composed
    return Job(
        draw_task,
        lambda new: annotate_rewriting(new, chorale.annotations, start, end, numbers),
        notices=(*reading.notices, describe_plan(plan, sources)),
        tempo_qpm=reading.facts.tempo_qpm,
        title=reading.facts.title,
        composer=reading.facts.composer,
        music=chorale,
    )


def _open_phrases(
    motion: Levels, plan: Plan, start: int, end: int, voices: Sequence[int]
) -> Levels:
    """Return a motion, (T, 4), that is OPEN in some voices of the phrases with steps in a range."""
    opened = motion.copy()
    for phrase_start, phrase_end in plan.phrase_spans:
        if phrase_start < end and start < phrase_end:
            opened[phrase_start:phrase_end, voices] = OPEN
    return opened
