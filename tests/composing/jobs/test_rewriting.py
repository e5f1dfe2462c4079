"""Rewriting bars: everything else is kept."""

from dataclasses import replace

import numpy as np
import pytest
from tiny_network import plans_with_motion, tiny_checkpoint
from tunes import HUNDREDTH, reading

from chorale.analysis import measure_motion
from chorale.composing.jobs import Job, job_for_rewriting, run_job
from chorale.composing.jobs.locks import Lock
from chorale.composing.plan_options import ANY_PLAN, PlanOptions
from chorale.errors import OptionError, ReadingError
from chorale.music import REST, Annotations, Chorale, Metre
from chorale.music.annotations import Repeat, SpelledNote, Syllable
from chorale.music.spelling import spell
from chorale.options import SamplingOptions
from chorale.reading import Reading
from chorale.reading.facts import Facts

CHECKPOINT = tiny_checkpoint()
MOVING = tiny_checkpoint(plans=plans_with_motion())
VOICES = ("soprano", "alto", "tenor", "bass")
FACTS = Facts(Metre(4, 4), 4, 1, "major")
LINES = [[(p - s, n) for p, n in HUNDREDTH if p] for s in (0, 5, 9, 19)]
HYMN = reading(*LINES, facts=FACTS)


def run_once(job: Job) -> Chorale:
    [chorale] = run_job(CHECKPOINT, job, 1, 7, SamplingOptions(temperature=2.0))
    return chorale


def with_plan(hymn: Reading, chorale: Chorale) -> Chorale:
    """Return the music of a reading with the plan of a chorale."""
    return replace(hymn.chorale, plan=chorale.plan)


def test_only_the_chosen_bars_of_the_chosen_voices_change() -> None:
    chorale = run_once(job_for_rewriting(CHECKPOINT, HYMN, (3, 4), ["alto", "tenor"], ANY_PLAN))
    changed = chorale.pitches != HYMN.chorale.pitches
    assert changed[36:68, 1:3].any(axis=0).all()
    changed[36:68, 1:3] = False
    assert not changed.any()


def test_a_whole_chorale_can_be_rewritten() -> None:
    chorale = run_once(job_for_rewriting(CHECKPOINT, HYMN, (0, 8), VOICES, ANY_PLAN))
    assert (chorale.pitches != HYMN.chorale.pitches).any(axis=0).all()


def test_rewritten_bars_have_the_motion_that_they_had() -> None:
    eighths = reading(*([(p, 2) for p, _ in line for _ in "ab"] for line in LINES), facts=FACTS)
    for hymn, level in [(HYMN, 0), (eighths, 4)]:
        job = job_for_rewriting(MOVING, hymn, (3, 4), ["alto"], ANY_PLAN)
        [chorale] = run_job(MOVING, job, 1, 7, SamplingOptions())
        assert chorale.plan.motion is not None
        assert (chorale.plan.motion == level).all()
        np.testing.assert_array_equal(chorale.plan.motion, measure_motion(with_plan(hymn, chorale)))


def test_a_requested_motion_is_that_of_the_rewritten_voices_in_phrases_with_rewritten_bars() -> (
    None
):
    plan_options = PlanOptions(phrases=(2, 2, 4), motion="lively")
    job = job_for_rewriting(MOVING, HYMN, (3, 3), ["alto", "bass"], plan_options)
    motion = job.draw_task(np.random.default_rng(0)).plan.motion
    assert motion is not None
    assert motion[[0, 32, 63, 64]].tolist() == [[0] * 4, [0, 3, 0, 3], [0, 3, 0, 3], [0] * 4]


def test_bars_that_the_music_lacks_are_refused() -> None:
    with pytest.raises(OptionError, match="no bars 9-12: the music has bars 0 to 8"):
        job_for_rewriting(CHECKPOINT, HYMN, (9, 12), VOICES, ANY_PLAN)


def test_bars_whose_notes_are_all_held_over_the_edges_are_refused() -> None:
    held = reading(*([(line[0][0], 64)] for line in LINES), facts=FACTS)
    with pytest.raises(
        ReadingError, match=r"nothing to rewrite in bars 2-3: .* of the alto is held"
    ):
        job_for_rewriting(CHECKPOINT, held, (2, 3), ["alto"], ANY_PLAN)


def test_rewritten_music_keeps_its_annotations_and_spells_new_notes_anew() -> None:
    steps = [int(step) for step in np.flatnonzero(HYMN.chorale.onsets[:, 1])]
    written = Annotations(
        tuple(Syllable(1, step, 1, "a") for step in steps),
        repeats=(Repeat(0, 64),),
        spellings=tuple(
            SpelledNote(1, step, spell(int(HYMN.chorale.pitches[step, 1]), None)) for step in steps
        ),
    )
    hymn = replace(HYMN, chorale=replace(HYMN.chorale, annotations=written))
    chorale = run_once(job_for_rewriting(CHECKPOINT, hymn, (3, 4), ["alto"], ANY_PLAN))
    kept = chorale.annotations
    assert kept.repeats == written.repeats
    assert all(chorale.onsets[one.step, 1] for one in kept.syllables)
    assert sum(one.text.count("a") for one in kept.syllables) == len(steps)
    assert 0 < len(kept.spellings) < len(steps)
    for one in kept.spellings:
        assert chorale.pitches[one.step, 1] == one.spelling.pitch


def test_locked_notes_stay_and_the_others_of_the_bars_change() -> None:
    locks = [Lock(1, 3), Lock(2, 4, 2)]
    chorale = run_once(
        job_for_rewriting(CHECKPOINT, HYMN, (3, 4), ["alto", "tenor"], ANY_PLAN, locks)
    )
    changed = chorale.pitches != HYMN.chorale.pitches
    assert not changed[36:52, 1].any()
    assert not changed[56:60, 2].any()
    assert changed[36:68, 1:3].any(axis=0).all()
    assert (chorale.onsets[36:52, 1] == HYMN.chorale.onsets[36:52, 1]).all()


def test_bars_in_which_every_note_is_locked_are_refused() -> None:
    with pytest.raises(ReadingError, match="is locked, or held over"):
        job_for_rewriting(CHECKPOINT, HYMN, (3, 3), ["alto"], ANY_PLAN, [Lock(1, 3)])


def test_locked_rests_stay() -> None:
    pitches, onsets = HYMN.chorale.pitches.copy(), HYMN.chorale.onsets.copy()
    pitches[36:44, 1], onsets[36:44, 1], onsets[44, 1] = REST, False, True
    hymn = replace(HYMN, chorale=replace(HYMN.chorale, pitches=pitches, onsets=onsets))
    locks = [Lock(1, 3, 1 + step / 4) for step in range(8)]
    kept, filled = (
        run_once(job_for_rewriting(CHECKPOINT, hymn, (3, 3), ["alto"], ANY_PLAN, own))
        for own in (locks, [])
    )
    assert (kept.pitches[36:44, 1] == REST).all()
    assert (filled.pitches[36:44, 1] != REST).all()
