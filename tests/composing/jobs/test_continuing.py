"""Continuing an opening: it is kept, and the new bars follow the plan."""

from dataclasses import replace

import numpy as np
import pytest
from tiny_network import plans_with_motion, tiny_checkpoint
from tunes import HUNDREDTH, reading

from chorale.composing.jobs import Job, job_for_continuing, job_for_rewriting, run_job
from chorale.composing.plan_options import ANY_PLAN, PlanOptions
from chorale.errors import OptionError, ReadingError
from chorale.music import Annotations, Chorale, Key, Metre
from chorale.music.annotations import ChordSymbol, Repeat, Syllable
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


def test_the_opening_is_kept_and_the_requested_bars_follow() -> None:
    whole = run_once(job_for_continuing(CHECKPOINT, HYMN, 3, ANY_PLAN))
    opening = HYMN.chorale
    np.testing.assert_array_equal(whole.pitches[:128], opening.pitches)
    np.testing.assert_array_equal(whole.onsets[:128], opening.onsets)
    assert (whole.plan.length_steps, whole.plan.metre) == (128 + 48, Metre(4, 4))
    assert (whole.plan.pickup_steps, whole.plan.key) == (4, Key(7, "major"))
    assert whole.pitches[-1, 3] % 12 == 7


def test_an_unfinished_bar_is_completed_before_the_requested_bars() -> None:
    short = reading(*([*line[:-1]] for line in LINES), facts=FACTS)
    assert (
        run_once(job_for_continuing(CHECKPOINT, short, 2, ANY_PLAN)).plan.length_steps == 128 + 32
    )


def test_requested_phrases_are_those_after_the_opening() -> None:
    plan_options = PlanOptions(phrases=(2, 1))
    fermatas = run_once(job_for_continuing(CHECKPOINT, HYMN, 3, plan_options)).plan.fermatas
    assert fermatas is not None
    ends = (np.diff(fermatas, append=False) & fermatas).nonzero()[0] + 1
    assert ends[ends > 128].tolist() == [160, 176]
    with pytest.raises(OptionError, match="phrases of 2, 2 make 4 bars, but there are 3 to fill"):
        job_for_continuing(CHECKPOINT, HYMN, 3, PlanOptions(phrases=(2, 2)))


def motions(opening: Reading, plan_options: PlanOptions = ANY_PLAN) -> list[np.ndarray]:
    """Return the motion of 30 continuations of an opening by three bars."""
    job = job_for_continuing(MOVING, opening, 3, plan_options)
    plans = [job.draw_task(np.random.default_rng(seed)).plan for seed in range(30)]
    return [plan.motion for plan in plans if plan.motion is not None]


def test_an_opening_has_its_own_motion_and_the_continuation_that_of_plans_near_it() -> None:
    eighths = reading(*([(p, 2) for p, _ in line for _ in "ab"] for line in LINES), facts=FACTS)
    for opening, own, drawn in [(HYMN, {0}, {0}), (eighths, {4}, {1})]:
        drawn_motions = motions(opening)
        assert len(drawn_motions) == 30
        for motion in drawn_motions:
            assert set(motion[:96].ravel().tolist()) == own
            assert set(motion[-1].tolist()) == drawn  # the last level of the model


def test_a_requested_motion_is_that_of_the_added_phrases() -> None:
    for motion in motions(HYMN, PlanOptions(phrases=(2, 1), motion="lively")):
        assert set(motion[:96].ravel().tolist()) == {0}
        assert set(motion[-1].tolist()) == {1}


def test_several_continuations_of_one_opening_differ() -> None:
    job = job_for_continuing(CHECKPOINT, HYMN, 3, ANY_PLAN)
    first, second = run_job(CHECKPOINT, job, 2, 7, SamplingOptions())
    assert first != second


@pytest.mark.parametrize("lines", [LINES[:1], LINES[:2], LINES[:3]])
def test_fewer_than_four_voices_are_refused(lines: list[list[tuple[int, int]]]) -> None:
    few = reading(*lines)
    with pytest.raises(
        ReadingError, match=r"has only the soprano.* needed to continue it; `chorale har"
    ):
        job_for_continuing(CHECKPOINT, few, 3, ANY_PLAN)
    with pytest.raises(
        ReadingError, match=r"all four voices are needed to rewrite it; `chorale har"
    ):
        job_for_rewriting(CHECKPOINT, few, (1, 2), VOICES, ANY_PLAN)


def test_music_that_is_too_long_is_refused() -> None:
    with pytest.raises(ReadingError, match=r"and 93 more bars make 101, and .* at most 100"):
        job_for_continuing(CHECKPOINT, HYMN, 93, ANY_PLAN)
    long = reading(*(line * 13 for line in LINES), facts=FACTS)
    with pytest.raises(ReadingError, match=r"tune.mid has 104 bars, and at most 100"):
        job_for_rewriting(CHECKPOINT, long, (1, 2), VOICES, ANY_PLAN)


def test_a_pitch_outside_the_vocabulary_is_refused_with_its_place() -> None:
    low = reading(*LINES[:3], [(p - 12, n) for p, n in LINES[3]], facts=FACTS)
    message = r"tune.mid: the bass has B1 in bar 1, beat 2; .* use C2 to C6: transpose the music"
    with pytest.raises(ReadingError, match=message):
        job_for_continuing(CHECKPOINT, low, 2, ANY_PLAN)
    with pytest.raises(ReadingError, match=message):
        job_for_rewriting(CHECKPOINT, low, (1, 2), VOICES, ANY_PLAN)


def test_after_a_pickup_and_whole_bars_the_last_bar_is_shorter_by_the_pickup() -> None:
    longer = reading(*([*line, (line[0][0], 4)] for line in LINES), facts=FACTS)
    whole = run_once(job_for_continuing(CHECKPOINT, longer, 2, ANY_PLAN))
    assert whole.plan.length_steps == 10 * 16
    assert whole.plan.last_bar == 10


def test_the_number_of_bars_defaults_to_that_of_the_phrases_or_to_8() -> None:
    assert (
        run_once(job_for_continuing(CHECKPOINT, HYMN, None, PlanOptions(phrases=(1, 2)))).plan.bars
        == 11
    )
    assert run_once(job_for_continuing(CHECKPOINT, HYMN, None, ANY_PLAN)).plan.bars == 16


def test_the_opening_keeps_its_annotations() -> None:
    written = Annotations(
        (Syllable(0, 0, 1, "All"), Syllable(3, 4, 1, "peo", hyphen=True)),
        chord_symbols=(ChordSymbol(0, ("G", 0)),),
        repeats=(Repeat(0, 64),),
        names=("Cantus", "", "", ""),
    )
    hymn = replace(HYMN, chorale=replace(HYMN.chorale, annotations=written))
    assert run_once(job_for_continuing(CHECKPOINT, hymn, 1, ANY_PLAN)).annotations == written
