"""Which voices stay, how they come into their ranges, and what is said of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_network import tiny_checkpoint
from tunes import HUNDREDTH, Line, reading

from chorale.composing.jobs import Job, harmonization, run_job
from chorale.composing.plan_options import PlanOptions
from chorale.errors import OptionError, ReadingError
from chorale.music import REST, Chorale, Key, Metre, notes
from chorale.options import ModelOptions, SamplingOptions
from chorale.reading import Reading
from chorale.reading.parts import Facts

CHECKPOINT = tiny_checkpoint()
ANY = PlanOptions()
TUNE = reading(HUNDREDTH)


def moved(line: Line, semitones: int) -> Line:
    return [(None if pitch is None else pitch + semitones, length) for pitch, length in line]


def written(job: Job) -> Chorale:
    [chorale] = run_job(CHECKPOINT, job, 1, 7, SamplingOptions(temperature=2.0))
    return chorale


def sung(chorale: Chorale, voice: int) -> Line:
    return [(note.pitch, note.length_steps) for note in notes(chorale, voice)]


def test_a_tune_stays_in_the_soprano_and_gets_three_voices() -> None:
    chorale = written(harmonization(CHECKPOINT, TUNE, ANY))
    assert sung(chorale, 0) == HUNDREDTH
    assert (chorale.pitches != REST).all()


@pytest.mark.parametrize(("voice", "number"), [("alto", 1), ("tenor", 2), ("bass", 3)])
def test_a_tune_is_in_the_voice_that_is_told(voice: str, number: int) -> None:
    low = reading(moved(HUNDREDTH, -12 if number > 1 else 0))
    job = harmonization(CHECKPOINT, low, ANY, voice=voice)
    assert sung(written(job), number) == moved(HUNDREDTH, -12 if number > 1 else 0)


def test_all_voices_of_a_file_stay_but_of_four_the_soprano_alone() -> None:
    bass = moved(HUNDREDTH, -19)
    both = written(harmonization(CHECKPOINT, reading(HUNDREDTH, bass), ANY))
    assert (sung(both, 0), sung(both, 3)) == (HUNDREDTH, bass)
    four = reading(*(moved(HUNDREDTH, shift) for shift in (0, -5, -9, -19)))
    job = harmonization(CHECKPOINT, four, ANY)
    assert any("of which the soprano is kept; --keep" in remark for remark in job.remarks)
    assert sung(written(job), 3) != bass


def test_the_voices_that_are_kept_can_be_chosen() -> None:
    four = reading(*(moved(HUNDREDTH, shift) for shift in (0, -5, -9, -19)))
    chorale = written(harmonization(CHECKPOINT, four, ANY, keep=["alto", "bass"]))
    assert sung(chorale, 1) == moved(HUNDREDTH, -5)
    assert sung(chorale, 3) == moved(HUNDREDTH, -19)
    assert sung(chorale, 0) != HUNDREDTH


@pytest.mark.parametrize(
    ("keep", "voice", "message"),
    [
        (["tenor"], None, "tune.mid has no tenor; it has soprano and bass that can be kept"),
        ([], "alto", "tune.mid has no alto; it has soprano and bass"),
    ],
)
def test_a_voice_that_is_not_there_cannot_be_kept(
    keep: list[str], voice: str | None, message: str
) -> None:
    both = reading(HUNDREDTH, moved(HUNDREDTH, -19))
    with pytest.raises(OptionError, match=message):
        harmonization(CHECKPOINT, both, ANY, keep=keep, voice=voice)


def test_one_voice_at_least_must_be_left_to_write() -> None:
    four = reading(*(moved(HUNDREDTH, shift) for shift in (0, -5, -9, -19)))
    with pytest.raises(OptionError, match="none is left to write; keep up to three"):
        harmonization(CHECKPOINT, four, ANY, keep=["soprano", "alto", "tenor", "bass"])


# Ranges; the soprano of the checkpoint goes from 60 to 81


@pytest.mark.parametrize(
    ("shift", "octaves", "said"),
    [
        (-12, 12, "moved an octave up to fit its range"),
        (24, -24, "moved 2 octaves down to fit its range"),
        (0, 0, None),
    ],
)
def test_a_tune_out_of_range_is_moved_by_octaves(
    shift: int, octaves: int, said: str | None
) -> None:
    job = harmonization(CHECKPOINT, reading(moved(HUNDREDTH, shift)), ANY)
    assert sung(written(job), 0) == moved(HUNDREDTH, shift + octaves)
    assert [r for r in job.remarks if "moved" in r] == ([said] if said else [])


@given(st.integers(-30, 30))
@settings(max_examples=10, deadline=None)
def test_a_tune_transposed_to_fit_comes_back_as_it_was(shift: int) -> None:
    tune = moved(HUNDREDTH, shift)
    job = harmonization(CHECKPOINT, reading(tune), ANY, fit="transpose")
    assert sung(written(job), 0) == tune


def test_a_tune_transposed_to_fit_is_moved_as_little_as_possible() -> None:
    job = harmonization(CHECKPOINT, reading(moved(HUNDREDTH, -3)), ANY, fit="transpose")
    assert "moved 1 semitone up to fit its range, and back" in job.remarks
    task = job.task(np.random.default_rng(0))
    assert task.plan.key == Key(5, "major")  # E major a semitone up


def test_a_tune_that_no_octave_fits_is_refused_with_the_way_out() -> None:
    wide = reading([(59, 4), (66, 4), (78, 4), (59, 4)], facts=Facts(Metre(4, 4), 0))
    with pytest.raises(ReadingError, match=r"no octave of tune.mid .*soprano.*--fit transpose"):
        harmonization(CHECKPOINT, wide, ANY)
    assert harmonization(CHECKPOINT, wide, ANY, fit="transpose")


def test_a_tune_wider_than_its_voice_is_refused_with_both_ranges() -> None:
    message = r"from C4 to D6, 26 semitones; a soprano has 21, C4 to A5: choose another --voice"
    with pytest.raises(ReadingError, match=message):
        harmonization(CHECKPOINT, reading([(60, 4), (86, 4), (62, 4), (60, 4)]), ANY)


def test_voices_that_no_shift_fits_together_are_refused() -> None:
    both = reading([(60, 8), (62, 8)], [(68, 8), (45, 8)])
    message = r"within the range of soprano and bass .*; keep fewer of them"
    with pytest.raises(ReadingError, match=message):
        harmonization(CHECKPOINT, both, ANY)


def test_a_tune_can_be_moved_first_and_its_key_with_it() -> None:
    facts = Facts(Metre(4, 4), 4, 1, "major")
    job = harmonization(CHECKPOINT, reading(HUNDREDTH, facts=facts), ANY, transpose=2)
    chorale = written(job)
    assert sung(chorale, 0) == moved(HUNDREDTH, 2)
    assert chorale.plan.key == Key(9, "major")


def test_a_tune_cannot_leave_the_keyboard() -> None:
    with pytest.raises(OptionError, match="by 24 semitones the music leaves the MIDI range"):
        harmonization(CHECKPOINT, reading(moved(HUNDREDTH, 45)), ANY, transpose=24)


# Length


def test_some_bars_can_be_taken_alone() -> None:
    facts = Facts(Metre(4, 4), 4)
    job = harmonization(CHECKPOINT, reading(HUNDREDTH, facts=facts), ANY, bars=(0, 1))
    assert sung(written(job), 0) == HUNDREDTH[:5]
    job = harmonization(CHECKPOINT, reading(HUNDREDTH, facts=facts), ANY, bars=(2, 3))
    assert sung(written(job), 0) == HUNDREDTH[5:13]


def test_bars_are_those_of_the_metre_and_pickup_that_are_estimated_or_asked_for() -> None:
    job = harmonization(CHECKPOINT, TUNE, ANY, bars=(0, 2))
    assert sung(written(job), 0) == HUNDREDTH[:9]
    assert "a pickup of 1 beat (estimated)" in job.remarks[-1]
    asked = PlanOptions(metre=Metre(3, 4), pickup=0, phrases=(2,))
    chorale = written(harmonization(CHECKPOINT, TUNE, asked, bars=(1, 2)))
    assert sung(chorale, 0) == HUNDREDTH[:6]
    assert chorale.plan.metre == Metre(3, 4)


def test_bars_count_the_rests_before_a_tune() -> None:
    late = reading([(None, 32), *HUNDREDTH[1:]], facts=Facts(Metre(4, 4), 0))
    assert sung(written(harmonization(CHECKPOINT, late, ANY, bars=(3, 4))), 0) == HUNDREDTH[1:9]
    with pytest.raises(OptionError, match="bars 1-2: no note there to harmonise"):
        harmonization(CHECKPOINT, late, ANY, bars=(1, 2))


@pytest.mark.parametrize("bars", [(0, 9), (3, 2), (-1, 4)])
def test_bars_that_are_not_there_are_refused(bars: tuple[int, int]) -> None:
    facts = Facts(Metre(4, 4), 4)
    with pytest.raises(OptionError, match="the music has bars 0 to 8, of which 0 is the pickup"):
        harmonization(CHECKPOINT, reading(HUNDREDTH, facts=facts), ANY, bars=bars)


def test_rests_before_the_tune_are_its_pickup() -> None:
    facts = Facts(Metre(4, 4))
    late = reading([(None, 16 + 12), *HUNDREDTH], facts=facts)
    job = harmonization(CHECKPOINT, late, ANY)
    chorale = written(job)
    assert chorale.plan.pickup_steps == 4
    assert sung(chorale, 0) == HUNDREDTH
    assert "7 quarters of silence before its first note left out" in job.remarks


def test_rests_within_the_tune_are_rests_of_all() -> None:
    breath = [*HUNDREDTH[:7], (71, 3), (None, 1), *HUNDREDTH[8:]]
    chorale = written(harmonization(CHECKPOINT, reading(breath), ANY))
    assert (chorale.pitches == REST).any(axis=1).nonzero()[0].tolist() == [31]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ([(72, 16)], "has one note in a voice .* at least 2: bring a longer one"),
        ([*HUNDREDTH] * 13, "has 104 bars; at most 100 .* such as --bars 1-100"),
    ],
)
def test_a_tune_too_short_or_too_long_is_refused(line: Line, message: str) -> None:
    with pytest.raises(ReadingError, match=f"tune.mid {message}"):
        harmonization(CHECKPOINT, reading(line), ANY)


def test_a_model_that_hears_nothing_is_refused() -> None:
    deaf = tiny_checkpoint(options=ModelOptions(encoder_units=0, units=4, layers=1))
    with pytest.raises(OptionError, match="hears neither key, metre and phrases nor notes"):
        harmonization(deaf, TUNE, ANY)


def test_what_a_reading_remarks_is_told_first() -> None:
    told = Reading(TUNE.chorale, TUNE.voices, TUNE.facts, ("3 notes moved",), "one line")
    remarks = harmonization(CHECKPOINT, told, ANY).remarks
    assert remarks[:2] == ("one line", "3 notes moved")
    remarks = harmonization(CHECKPOINT, told, ANY, voice="alto").remarks
    assert remarks[:2] == ("one line, the alto (as asked)", "3 notes moved")


def test_of_some_bars_pickup_and_phrases_are_told_as_the_file_counts() -> None:
    job = harmonization(CHECKPOINT, TUNE, ANY, bars=(5, 8))
    assert job.remarks[-1] == (
        "bars 5-8 of it: 4/4 (estimated), a pickup of 1 beat (estimated), G major (estimated), "
        "phrases end in bars 6 and 8 (estimated)"
    )
    assert written(job).plan.pickup_steps == 0
    late = reading([(None, 32), *HUNDREDTH[1:]], facts=Facts(Metre(4, 4), 0))
    job = harmonization(CHECKPOINT, late, ANY, bars=(1, 4))
    assert job.remarks[-1].startswith("bars 1-4 of it: 4/4 (the file's), no pickup (the file's)")
    assert job.remarks[-1].endswith("phrases end in bar 4 (estimated)")
    with pytest.raises(ReadingError, match=r"tune\.mid, bar 8 has one note in a voice"):
        harmonization(CHECKPOINT, reading([*HUNDREDTH[:-4], (67, 16)]), ANY, bars=(8, 8))


def test_where_no_octave_fits_the_ranges_are_told() -> None:
    low = reading([(45, 4), (52, 4), (57, 4), (59, 4)])
    message = r"range of tenor as Bach has it \(tenor A2 to B3, where C3 to .* is possible\); use"
    with pytest.raises(ReadingError, match=message):
        harmonization(CHECKPOINT, low, ANY, voice="tenor")
