"""The pieces of a listening test: chorales by Bach, and for each one that the network composes."""

from collections.abc import Iterator, Sequence

import numpy as np

from chorale.aliases import Progress
from chorale.composing.jobs.generating import job_for_generating
from chorale.composing.jobs.job import run_job
from chorale.composing.plan_options import PlanOptions
from chorale.errors import OptionError
from chorale.music import REST, Chorale
from chorale.network.checkpoint import Checkpoint
from chorale.options import SamplingOptions

SHORTEST, LONGEST = 6, 12  # bars of a piece


def choose_pieces(chorales: Sequence[Chorale], count: int, seed: int) -> list[Chorale]:
    """Choose chorales of SHORTEST to LONGEST bars whose metre and key are known, at random.

    Raises:
        OptionError: there are fewer.
    """
    suitable = [
        chorale
        for chorale in chorales
        if chorale.plan.metre
        and chorale.plan.key
        and SHORTEST <= chorale.plan.last_bar <= LONGEST
        and (chorale.pitches != REST).all()
    ]
    if len(suitable) < count:
        raise OptionError(
            f"only {len(suitable)} chorales have {SHORTEST} to {LONGEST} bars and a known key; "
            "choose fewer pieces"
        )
    chosen = np.random.default_rng(seed).choice(len(suitable), count, replace=False)
    return [suitable[number] for number in chosen]


def compose_counterparts(
    checkpoint: Checkpoint,
    chorales: Sequence[Chorale],
    seed: int,
    sampling: SamplingOptions,
    progress: Progress,
) -> Iterator[Chorale]:
    """Compose a chorale of the same length, key, metre and pickup for each of some chorales.

    Args:
        checkpoint: the network.
        chorales: chorales whose key and metre are known.
        seed: seed of the first composition; each further one has the next seed, and none is left
            out.
        sampling: how tokens are drawn.
        progress: called with the chorales done and the total.
    """
    for number, chorale in enumerate(chorales):
        progress(number, len(chorales))
        plan = chorale.plan
        assert plan.metre, "only chorales with a metre are chosen"
        options = PlanOptions(
            key=plan.key,
            metre=plan.metre,
            pickup=plan.pickup_steps / plan.metre.steps_per_beat,
        )
        job = job_for_generating(checkpoint, plan.last_bar, options)
        yield next(iter(run_job(checkpoint, job, 1, seed + number, sampling)))
    progress(len(chorales), len(chorales))
