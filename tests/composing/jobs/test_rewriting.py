"""Rewriting bars: everything else is kept."""

import pytest
from tiny_network import tiny_checkpoint
from tunes import HUNDREDTH, reading

from chorale.composing.jobs import Job, job_for_rewriting, run_job
from chorale.composing.plan_options import ANY_PLAN
from chorale.errors import OptionError, ReadingError
from chorale.music import Chorale, Metre
from chorale.options import SamplingOptions
from chorale.reading.parts import Facts

CHECKPOINT = tiny_checkpoint()
VOICES = ("soprano", "alto", "tenor", "bass")
FACTS = Facts(Metre(4, 4), 4, 1, "major")
LINES = [[(p - s, n) for p, n in HUNDREDTH if p] for s in (0, 5, 9, 19)]
HYMN = reading(*LINES, facts=FACTS)


def run_once(job: Job) -> Chorale:
    [chorale] = run_job(CHECKPOINT, job, 1, 7, SamplingOptions(temperature=2.0))
    return chorale


def test_only_the_chosen_bars_of_the_chosen_voices_change() -> None:
    chorale = run_once(job_for_rewriting(CHECKPOINT, HYMN, (3, 4), ["alto", "tenor"], ANY_PLAN))
    changed = chorale.pitches != HYMN.chorale.pitches
    assert changed[36:68, 1:3].any(axis=0).all()
    changed[36:68, 1:3] = False
    assert not changed.any()


def test_a_whole_chorale_can_be_rewritten() -> None:
    chorale = run_once(job_for_rewriting(CHECKPOINT, HYMN, (0, 8), VOICES, ANY_PLAN))
    assert (chorale.pitches != HYMN.chorale.pitches).any(axis=0).all()


def test_bars_that_the_music_lacks_are_refused() -> None:
    with pytest.raises(OptionError, match="no bars 9-12: the music has bars 0 to 8"):
        job_for_rewriting(CHECKPOINT, HYMN, (9, 12), VOICES, ANY_PLAN)


def test_bars_whose_notes_are_all_held_over_the_edges_are_refused() -> None:
    held = reading(*([(line[0][0], 64)] for line in LINES), facts=FACTS)
    with pytest.raises(
        ReadingError, match=r"nothing to rewrite in bars 2-3: .* of the alto is held"
    ):
        job_for_rewriting(CHECKPOINT, held, (2, 3), ["alto"], ANY_PLAN)
