"""Jobs for new chorales."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from chorale.composing import tasks
from chorale.composing.arranging import arrange, choose_transposition
from chorale.composing.form import (
    BAR_FORM_SHARE,
    draw_form,
    find_repeat_steps,
    request_phrase_keys,
)
from chorale.composing.jobs.checks import check_bars, require_conditioning
from chorale.composing.jobs.job import Job
from chorale.composing.jobs.progressions import Progression, draw_plan_for_keys
from chorale.composing.motion import draw_motion, repeat_motion
from chorale.composing.plan_options import ANY_PLAN, PlanOptions
from chorale.composing.plans import draw_plan
from chorale.errors import OptionError
from chorale.music import Annotations, Chorale, Key
from chorale.music.voicings import SATB, Voicing
from chorale.network.checkpoint import Checkpoint
from chorale.options import NEW_BARS
from chorale.wording import join_names

MAX_REDRAWS = 20  # for a plan that does not allow the repeat of bar form


def job_for_generating(
    checkpoint: Checkpoint,
    bars: int | None,
    plan_options: PlanOptions,
    voicing: Voicing = SATB,
    progression: str | None = None,
    keys: Sequence[Key] = (),
) -> Job:
    """Return the job of composing new chorales, each with its own plan.

    Args:
        checkpoint: the network.
        bars: length in bars; if None, the sum of the requested phrases, or else NEW_BARS.
        plan_options: the parts of the plans that are fixed; the others are drawn.
        voicing: the choir. For another than SATB, a key that is not fixed is the one that suits it.
        progression: a line of chords to keep, see `chorale.composing.chord_texts`.
        keys: a key for each phrase, the last of which is that of the chorale; if empty, they are
            drawn.

    Raises:
        OptionError: the network cannot be conditioned on a plan, or the requests contradict each
            other.
    """
    if plan_options != ANY_PLAN or progression is not None or keys:
        require_conditioning(checkpoint)
    if keys and plan_options.key not in (None, keys[-1]):
        raise OptionError(
            f"the last phrase is in {keys[-1].name}, which is the key of the chorale; leave out "
            "--key"
        )
    if progression is not None:
        return _job_for_progression(
            checkpoint, Progression(progression, bars, plan_options, keys), plan_options, voicing
        )
    length = sum(plan_options.phrases or [NEW_BARS]) if bars is None else bars
    check_bars(length)

    def draw_task(generator: np.random.Generator) -> tasks.Task:
        if keys:
            requested = length if bars is not None or plan_options.phrases is not None else None
            plan = draw_plan_for_keys(checkpoint, requested, plan_options, keys, generator)
            form = request_phrase_keys(plan, keys)
            plan = draw_motion(plan, checkpoint, generator, plan_options.motion)
            return tasks.task_for_generating(plan, checkpoint, form)
        repeat = generator.random() < BAR_FORM_SHARE
        plan = draw_plan(checkpoint.plans, length, generator, plan_options)
        for _ in range(MAX_REDRAWS if repeat and plan_options.phrases is None else 0):
            if find_repeat_steps(plan):
                break
            plan = draw_plan(checkpoint.plans, length, generator, plan_options)
        form = draw_form(plan, repeat, generator)
        plan = draw_motion(plan, checkpoint, generator, plan_options.motion)
        return tasks.task_for_generating(repeat_motion(plan, form.repeat_steps), checkpoint, form)

    draw_task(np.random.default_rng(0))  # raises OptionError before anything is composed

    def finish(composed: Chorale) -> Chorale:
        keep_key = plan_options.key is not None or bool(keys)
        semitones = choose_transposition(composed, voicing, keep_key=keep_key)
        return arrange(composed.transposed(semitones), voicing)

    return Job(draw_task, finish, _warn_of_new_metre(checkpoint, plan_options))


def _job_for_progression(
    checkpoint: Checkpoint, progression: Progression, plan_options: PlanOptions, voicing: Voicing
) -> Job:
    """Return the job of composing a progression, whose chord symbols are printed."""

    def draw_task(generator: np.random.Generator) -> tasks.Task:
        return progression.draw(checkpoint, generator)

    draw_task(np.random.default_rng(0))  # raises OptionError before anything is composed

    def finish(composed: Chorale) -> Chorale:
        symbols = progression.write_symbols(composed.plan)
        written = replace(composed, annotations=Annotations(chord_symbols=symbols))
        semitones = choose_transposition(written, voicing, keep_key=progression.fixes_key)
        return arrange(written.transposed(semitones), voicing)

    notices = (*progression.notices, *_warn_of_new_metre(checkpoint, plan_options))
    return Job(draw_task, finish, notices)


def _warn_of_new_metre(checkpoint: Checkpoint, plan_options: PlanOptions) -> tuple[str, ...]:
    """Return a notice if the requested metre does not occur in the training split."""
    metre, metres = plan_options.metre, {plan.metre for plan in checkpoint.plans if plan.metre}
    if metre is None or metre in metres or not metres:
        return ()
    names = join_names(sorted(known.name for known in metres))
    return (f"the network was trained on {names} alone: do not expect much in {metre.name}",)
