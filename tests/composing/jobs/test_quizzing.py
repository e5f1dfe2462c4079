"""The pieces of a listening test: which are chosen, and what is composed beside them."""

from dataclasses import replace

import numpy as np
import pytest
from made_up import made_up_chorale
from tiny_network import tiny_checkpoint

from chorale.composing.jobs.generating import job_for_generating
from chorale.composing.jobs.job import run_job
from chorale.composing.jobs.quizzing import choose_pieces, compose_counterparts
from chorale.composing.plan_options import PlanOptions
from chorale.errors import OptionError
from chorale.music import Chorale, Key, Metre, Plan
from chorale.options import SamplingOptions

SAMPLING = SamplingOptions()


def piece(bars: int, seed: int, key: Key | None = Key(0, "major")) -> Chorale:  # noqa: B008 - frozen
    chorale = made_up_chorale(16 * bars, seed)
    return replace(chorale, plan=Plan(16 * bars, Metre(4, 4), 0, key))


def test_pieces_have_a_known_key_and_six_to_twelve_bars() -> None:
    pieces = [piece(bars, bars) for bars in (5, 6, 9, 12, 13)]
    pieces.append(piece(8, 1, key=None))
    chosen = choose_pieces(pieces, 3, 1)
    assert sorted(each.plan.last_bar for each in chosen) == [6, 9, 12]
    assert choose_pieces(pieces, 3, 1) == chosen


def test_too_few_pieces_are_refused() -> None:
    with pytest.raises(OptionError, match="only 1 chorales have 6 to 12 bars"):
        choose_pieces([piece(8, 1)], 2, 1)


def test_counterparts_are_those_of_consecutive_seeds_in_the_same_key_and_length() -> None:
    checkpoint = tiny_checkpoint()
    pieces = [piece(6, 1), piece(7, 2, Key(9, "minor"))]
    composed = list(
        compose_counterparts(checkpoint, pieces, 40, SAMPLING, lambda done, total: None)
    )
    for number, (one, other) in enumerate(zip(pieces, composed, strict=True)):
        assert other.plan.key == one.plan.key
        assert other.plan.last_bar == one.plan.last_bar
        options = PlanOptions(key=one.plan.key, metre=one.plan.metre, pickup=0)
        job = job_for_generating(checkpoint, one.plan.last_bar, options)
        [again] = run_job(checkpoint, job, 1, 40 + number, SAMPLING)
        assert np.array_equal(again.pitches, other.pitches)
