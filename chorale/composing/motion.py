"""Motion of a plan, in Bach's manner: phrase by phrase that of one of his plans.

A plan's motion (`chorale.analysis.motion`) is drawn as a whole, so that it is coherent within a
piece and varies from phrase to phrase as Bach's does. The model is a plan of the training split in
the same metre. Each phrase takes the levels of the model's phrase with the same number, and the
last phrase those of the model's last; if the model has too few phrases, its inner phrases repeat.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from chorale.analysis import measure_motion
from chorale.errors import OptionError
from chorale.music import VOICES, Chorale, Plan
from chorale.network.checkpoint import Checkpoint
from chorale.options import Motion

Levels = NDArray[np.int8]
Means = NDArray[np.float64]  # mean levels of the voices

OPEN = -1  # in place of a level that is to be drawn
NEAREST = 0.25  # share of the plans, the nearest ones, from which the rest of a motion is drawn
# For each request, the shares of the plans, in order of motion, between which the model is drawn:
# the calmest quarter, the middle half, the liveliest quarter.
REQUESTS: Mapping[Motion, tuple[float, float]] = MappingProxyType(
    {"calm": (0, 0.25), "usual": (0.25, 0.75), "lively": (0.75, 1)}
)


def draw_motion(
    plan: Plan,
    checkpoint: Checkpoint,
    generator: np.random.Generator,
    requested: Motion | None = None,
    known: Levels | None = None,
    near: Means | None = None,
) -> Plan:
    """Return a plan with motion, drawn from the plans of the training split.

    The model is drawn from the plans in the same metre, or from all plans if there are none. A
    request narrows them down by the mean level of the voices with open levels; without a request,
    the plans nearest to the known levels are taken. The result has no motion if the plan or the
    training split has no phrases, or if the network cannot be conditioned.

    Args:
        plan: the plan of the whole chorale, without motion.
        checkpoint: the network, and the plans of its training split.
        generator: the only source of chance, used only if a level is open.
        requested: how lively the drawn levels are.
        known: (T, 4), the known levels, OPEN elsewhere; None if none are known.
        near: (4,), mean level of each voice near which to draw, NaN for any; if None, the mean of
            the known levels.

    Raises:
        OptionError: a motion is requested, but the plan or the training split has no phrases.
    """
    models = _find_models(plan, checkpoint)
    if plan.fermatas is None or not models:
        if requested:
            raise _request_error(bool(models))
        return plan
    levels = np.full((plan.length_steps, len(VOICES)), OPEN, np.int8) if known is None else known
    is_open = levels == OPEN
    if is_open.any():
        means = np.stack([_motion_of(model).mean(axis=0) for model in models])
        if requested:
            chosen = _choose_requested(means[:, is_open.any(axis=0)].mean(axis=1), requested)
        else:
            chosen = _choose_near(means, _mean_known(levels) if near is None else near)
        model = models[int(chosen[generator.integers(len(chosen))])]
        levels = np.where(is_open, _fit_motion(model, plan), levels)
    return replace(plan, motion=levels)


def repeat_motion(plan: Plan, repeat_steps: int) -> Plan:
    """Return a plan in which the repeat of the opening has the motion of the opening.

    Args:
        plan: a plan whose phrases repeat after `repeat_steps`.
        repeat_steps: length of the opening in steps; 0 without a repeat.
    """
    if plan.motion is None or not repeat_steps:
        return plan
    levels = plan.motion.copy()
    levels[repeat_steps : 2 * repeat_steps] = levels[:repeat_steps]
    return replace(plan, motion=levels)


def measure_voices(chorale: Chorale, voices: Sequence[int]) -> Levels | None:
    """Measure the motion of some voices, 0 (soprano) to 3 (bass).

    Returns:
        (T, 4) int8, OPEN in the other voices; None if fermatas are unknown.
    """
    motion = measure_motion(chorale)
    own = np.isin(np.arange(len(VOICES)), voices)
    return None if motion is None else np.where(own, motion, np.int8(OPEN))


def _find_models(plan: Plan, checkpoint: Checkpoint) -> list[Plan]:
    """Return the plans from which the motion of a plan can be drawn."""
    if not checkpoint.has_conditioning:
        return []
    plans = [other for other in checkpoint.plans if other.motion is not None]
    return [other for other in plans if other.metre == plan.metre] or plans


def _request_error(trained: bool) -> OptionError:
    if trained:
        return OptionError(
            "a motion needs phrases, and music without a metre has none; add --metre or --phrases"
        )
    return OptionError(
        "this model was trained without phrases, so it cannot take a motion; leave out --motion, "
        "or use another model, such as the default `bach`"
    )


def _choose_requested(means: Means, requested: Motion) -> NDArray[np.int64]:
    """Return the numbers of the plans that fit a request, at least one, by mean level, (P,)."""
    low, high = REQUESTS[requested]
    first, end = int(low * len(means)), int(np.ceil(high * len(means)))
    return np.argsort(means, kind="stable")[first:end]


def _choose_near(means: Means, near: Means) -> NDArray[np.int64]:
    """Return the numbers of the plans, whose means are (P, 4), that are nearest to `near`.

    If `near` is NaN in all voices, all plans are.
    """
    if np.isnan(near).all():
        return np.arange(len(means))
    distances = np.nansum(np.abs(means - near), axis=1)
    return np.argsort(distances, kind="stable")[: int(np.ceil(NEAREST * len(means)))]


def _mean_known(levels: Levels) -> Means:
    """Return the mean known level of each voice, (4,), NaN for a voice without one."""
    is_known = levels != OPEN
    steps = is_known.sum(axis=0)
    total = np.where(is_known, levels, 0).sum(axis=0)
    return np.where(steps > 0, total / np.maximum(1, steps), np.nan)


def _fit_motion(model: Plan, plan: Plan) -> Levels:
    """Return the motion of a model, fitted to the phrases of a plan, (T, 4)."""
    each = [_motion_of(model)[start] for start, _ in model.phrase_spans]
    inner = each[:-1] or each
    spans = plan.phrase_spans
    phrases = [inner[number % len(inner)] for number in range(len(spans) - 1)] + each[-1:]
    return np.repeat(phrases, [end - start for start, end in spans], axis=0)


def _motion_of(plan: Plan) -> Levels:
    assert plan.motion is not None
    return plan.motion
