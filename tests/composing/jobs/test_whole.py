"""Chorales carried on and rewritten: what was brought stays, what is new fits the plan."""

import numpy as np
import pytest
from tiny_network import tiny_checkpoint
from tunes import HUNDREDTH, reading

from chorale.composing.jobs import Job, continuation, rewriting, run_job
from chorale.composing.plan_options import PlanOptions
from chorale.errors import OptionError, ReadingError
from chorale.music import Chorale, Key, Metre
from chorale.options import SamplingOptions
from chorale.reading.parts import Facts

CHECKPOINT = tiny_checkpoint()
ANY = PlanOptions()
VOICES = ("soprano", "alto", "tenor", "bass")
FACTS = Facts(Metre(4, 4), 4, 1, "major")
LINES = [[(p - s, n) for p, n in HUNDREDTH if p] for s in (0, 5, 9, 19)]
HYMN = reading(*LINES, facts=FACTS)


def written(job: Job) -> Chorale:
    [chorale] = run_job(CHECKPOINT, job, 1, 7, SamplingOptions(temperature=2.0))
    return chorale


def test_an_opening_stays_and_so_many_bars_come_after_it() -> None:
    whole = written(continuation(CHECKPOINT, HYMN, 3, ANY))
    opening = HYMN.chorale
    np.testing.assert_array_equal(whole.pitches[:128], opening.pitches)
    np.testing.assert_array_equal(whole.onsets[:128], opening.onsets)
    assert (whole.plan.length_steps, whole.plan.metre) == (128 + 48, Metre(4, 4))
    assert (whole.plan.pickup_steps, whole.plan.key) == (4, Key(7, "major"))
    assert whole.pitches[-1, 3] % 12 == 7


def test_a_bar_begun_is_filled_up_besides() -> None:
    short = reading(*([*line[:-1]] for line in LINES), facts=FACTS)
    assert written(continuation(CHECKPOINT, short, 2, ANY)).plan.length_steps == 128 + 32


def test_phrases_asked_for_are_those_that_come() -> None:
    asked = PlanOptions(phrases=(2, 1))
    fermatas = written(continuation(CHECKPOINT, HYMN, 3, asked)).plan.fermatas
    assert fermatas is not None
    ends = (np.diff(fermatas, append=False) & fermatas).nonzero()[0] + 1
    assert ends[ends > 128].tolist() == [160, 176]
    with pytest.raises(OptionError, match="phrases of 2, 2 bars make 4, not the 3"):
        continuation(CHECKPOINT, HYMN, 3, PlanOptions(phrases=(2, 2)))


def test_different_numbers_go_on_differently() -> None:
    job = continuation(CHECKPOINT, HYMN, 3, ANY)
    first, second = run_job(CHECKPOINT, job, 2, 7, SamplingOptions())
    assert first != second


@pytest.mark.parametrize("lines", [LINES[:1], LINES[:2], LINES[:3]])
def test_four_voices_are_needed(lines: list[list[tuple[int, int]]]) -> None:
    few = reading(*lines)
    with pytest.raises(ReadingError, match=r"alone; four voices are needed to continue it: "):
        continuation(CHECKPOINT, few, 3, ANY)
    with pytest.raises(ReadingError, match=r"four voices are needed to rewrite it: `chorale har"):
        rewriting(CHECKPOINT, few, (1, 2), VOICES, ANY)


def test_too_long_is_refused() -> None:
    with pytest.raises(ReadingError, match="and 93 bars make 101; at most 100"):
        continuation(CHECKPOINT, HYMN, 93, ANY)
    long = reading(*(line * 13 for line in LINES), facts=FACTS)
    with pytest.raises(ReadingError, match=r"tune.mid has 104 bars; at most 100"):
        rewriting(CHECKPOINT, long, (1, 2), VOICES, ANY)


def test_a_pitch_that_the_network_does_not_know_is_placed() -> None:
    low = reading(*LINES[:3], [(p - 12, n) for p, n in LINES[3]], facts=FACTS)
    message = r"tune.mid: bar 1, beat 2 of the bass has B1; .* knows C2 to C6: transpose the music"
    with pytest.raises(ReadingError, match=message):
        continuation(CHECKPOINT, low, 2, ANY)
    with pytest.raises(ReadingError, match=message):
        rewriting(CHECKPOINT, low, (1, 2), VOICES, ANY)


def test_only_the_region_is_new() -> None:
    chorale = written(rewriting(CHECKPOINT, HYMN, (3, 4), ["alto", "tenor"], ANY))
    changed = chorale.pitches != HYMN.chorale.pitches
    assert changed[36:68, 1:3].any(axis=0).all()
    changed[36:68, 1:3] = False
    assert not changed.any()


def test_all_of_it_can_be_rewritten() -> None:
    chorale = written(rewriting(CHECKPOINT, HYMN, (0, 8), VOICES, ANY))
    assert (chorale.pitches != HYMN.chorale.pitches).any(axis=0).all()


def test_bars_that_are_not_there_are_refused() -> None:
    with pytest.raises(OptionError, match="no bars 9-12: the music has bars 0 to 8"):
        rewriting(CHECKPOINT, HYMN, (9, 12), VOICES, ANY)


def test_where_all_is_held_over_the_edges_nothing_can_be_rewritten() -> None:
    held = reading(*([(line[0][0], 64)] for line in LINES), facts=FACTS)
    with pytest.raises(ReadingError, match=r"nothing can be rewritten in bars 2-3: .* of alto"):
        rewriting(CHECKPOINT, held, (2, 3), ["alto"], ANY)


def test_after_a_pickup_and_whole_bars_the_last_bar_is_shorter_by_the_pickup() -> None:
    longer = reading(*([*line, (line[0][0], 4)] for line in LINES), facts=FACTS)
    whole = written(continuation(CHECKPOINT, longer, 2, ANY))
    assert whole.plan.length_steps == 10 * 16
    assert whole.plan.last_bar == 10


def test_without_a_number_of_bars_the_phrases_tell_it() -> None:
    assert (
        written(continuation(CHECKPOINT, HYMN, None, PlanOptions(phrases=(1, 2)))).plan.bars == 11
    )
    assert written(continuation(CHECKPOINT, HYMN, None, ANY)).plan.bars == 16
