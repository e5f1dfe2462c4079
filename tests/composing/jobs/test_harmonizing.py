"""Harmonizing: which voices are kept, how they come into their ranges, and the notices."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_network import plans_with_motion, tiny_checkpoint
from tunes import HUNDREDTH, Line, reading

from chorale.composing.jobs import Job, job_for_harmonizing, run_job
from chorale.composing.jobs.checks import place_in_satb
from chorale.composing.plan_options import ANY_PLAN, PlanOptions
from chorale.errors import OptionError, ReadingError
from chorale.music import REST, Annotations, Chorale, Key, Metre, notes
from chorale.music.annotations import (
    ChordSymbol,
    Ending,
    Mark,
    Repeat,
    SpelledNote,
    Syllable,
)
from chorale.music.spelling import spell
from chorale.music.voicings import VOICINGS
from chorale.network.checkpoint import Checkpoint
from chorale.options import ModelOptions, SamplingOptions
from chorale.reading import Reading
from chorale.reading.facts import Facts

CHECKPOINT = tiny_checkpoint()
MOVING = tiny_checkpoint(plans=plans_with_motion())
TUNE = reading(HUNDREDTH)


def transposed(line: Line, semitones: int) -> Line:
    return [(None if pitch is None else pitch + semitones, length) for pitch, length in line]


def run_once(job: Job, checkpoint: Checkpoint = CHECKPOINT) -> Chorale:
    [chorale] = run_job(checkpoint, job, 1, 7, SamplingOptions(temperature=2.0))
    return chorale


def line_of(chorale: Chorale, voice: int) -> Line:
    return [(note.pitch, note.length_steps) for note in notes(chorale, voice)]


def test_a_tune_is_kept_in_the_soprano_and_gets_three_voices() -> None:
    chorale = run_once(job_for_harmonizing(CHECKPOINT, TUNE, ANY_PLAN))
    assert line_of(chorale, 0) == HUNDREDTH
    assert (chorale.pitches != REST).all()


@pytest.mark.parametrize(("voice", "number"), [("alto", 1), ("tenor", 2), ("bass", 3)])
def test_a_tune_is_put_into_the_requested_voice(voice: str, number: int) -> None:
    low = reading(transposed(HUNDREDTH, -12 if number > 1 else 0))
    job = job_for_harmonizing(CHECKPOINT, low, ANY_PLAN, voice=voice)
    assert line_of(run_once(job), number) == transposed(HUNDREDTH, -12 if number > 1 else 0)


def test_all_voices_of_a_file_are_kept_but_of_four_only_the_soprano() -> None:
    bass = transposed(HUNDREDTH, -19)
    both = run_once(job_for_harmonizing(CHECKPOINT, reading(HUNDREDTH, bass), ANY_PLAN))
    assert (line_of(both, 0), line_of(both, 3)) == (HUNDREDTH, bass)
    four = reading(*(transposed(HUNDREDTH, shift) for shift in (0, -5, -9, -19)))
    job = job_for_harmonizing(CHECKPOINT, four, ANY_PLAN)
    assert any("of which the soprano is kept; --keep" in each for each in job.notices)
    assert line_of(run_once(job), 3) != bass


def test_the_voices_to_keep_can_be_chosen() -> None:
    four = reading(*(transposed(HUNDREDTH, shift) for shift in (0, -5, -9, -19)))
    chorale = run_once(job_for_harmonizing(CHECKPOINT, four, ANY_PLAN, keep=["alto", "bass"]))
    assert line_of(chorale, 1) == transposed(HUNDREDTH, -5)
    assert line_of(chorale, 3) == transposed(HUNDREDTH, -19)
    assert line_of(chorale, 0) != HUNDREDTH


@pytest.mark.parametrize(
    ("keep", "voice", "message"),
    [
        (["tenor"], None, "tune.mid has no tenor; it has only the soprano and bass"),
        ([], "alto", "tune.mid has no alto; it has only the soprano and bass"),
    ],
)
def test_keeping_a_voice_that_the_music_lacks_is_refused(
    keep: list[str], voice: str | None, message: str
) -> None:
    both = reading(HUNDREDTH, transposed(HUNDREDTH, -19))
    with pytest.raises(OptionError, match=message):
        job_for_harmonizing(CHECKPOINT, both, ANY_PLAN, keep=keep, voice=voice)


def test_keeping_all_four_voices_is_refused() -> None:
    four = reading(*(transposed(HUNDREDTH, shift) for shift in (0, -5, -9, -19)))
    with pytest.raises(OptionError, match="which leaves none to write; keep up to three"):
        job_for_harmonizing(CHECKPOINT, four, ANY_PLAN, keep=["soprano", "alto", "tenor", "bass"])


# Ranges; the soprano of the checkpoint goes from 60 to 81


@pytest.mark.parametrize(
    ("shift", "octaves", "notice"),
    [
        (-12, 12, "moved an octave up to fit its range"),
        (24, -24, "moved 2 octaves down to fit its range"),
        (0, 0, None),
    ],
)
def test_a_tune_outside_its_range_is_moved_by_octaves(
    shift: int, octaves: int, notice: str | None
) -> None:
    job = job_for_harmonizing(CHECKPOINT, reading(transposed(HUNDREDTH, shift)), ANY_PLAN)
    assert line_of(run_once(job), 0) == transposed(HUNDREDTH, shift + octaves)
    assert [each for each in job.notices if "moved" in each] == ([notice] if notice else [])


@given(st.integers(-30, 30))
@settings(max_examples=10, deadline=None)
def test_a_tune_transposed_to_fit_is_transposed_back(shift: int) -> None:
    tune = transposed(HUNDREDTH, shift)
    job = job_for_harmonizing(CHECKPOINT, reading(tune), ANY_PLAN, fit="transpose")
    assert line_of(run_once(job), 0) == tune


def test_a_tune_is_transposed_to_fit_by_as_little_as_possible() -> None:
    job = job_for_harmonizing(
        CHECKPOINT, reading(transposed(HUNDREDTH, -3)), ANY_PLAN, fit="transpose"
    )
    assert "moved 1 semitone up to fit its range, and back" in job.notices
    task = job.draw_task(np.random.default_rng(0))
    assert task.plan.key == Key(5, "major")  # E major a semitone up


def test_a_tune_that_fits_in_no_octave_is_refused_with_a_remedy() -> None:
    wide = reading([(59, 4), (66, 4), (78, 4), (59, 4)], facts=Facts(Metre(4, 4), 0))
    with pytest.raises(
        ReadingError,
        match=r"tune.mid is within Bach's ranges in no octave .*soprano.*; use --fit transpose",
    ):
        job_for_harmonizing(CHECKPOINT, wide, ANY_PLAN)
    assert job_for_harmonizing(CHECKPOINT, wide, ANY_PLAN, fit="transpose")


def test_a_tune_wider_than_its_voice_is_refused_with_both_ranges() -> None:
    message = r"from C4 to D6, 26 semitones; Bach's has 21, C4 to A5: choose another --voice"
    with pytest.raises(ReadingError, match=message):
        job_for_harmonizing(CHECKPOINT, reading([(60, 4), (86, 4), (62, 4), (60, 4)]), ANY_PLAN)


def test_voices_that_fit_together_by_no_shift_are_refused() -> None:
    both = reading([(60, 8), (62, 8)], [(68, 8), (45, 8)])
    message = r"in no octave \(soprano .*; bass .*\); keep fewer voices"
    with pytest.raises(ReadingError, match=message):
        job_for_harmonizing(CHECKPOINT, both, ANY_PLAN)


def test_a_tune_can_be_transposed_first_and_its_key_with_it() -> None:
    facts = Facts(Metre(4, 4), 4, 1, "major")
    job = job_for_harmonizing(CHECKPOINT, reading(HUNDREDTH, facts=facts), ANY_PLAN, transpose=2)
    chorale = run_once(job)
    assert line_of(chorale, 0) == transposed(HUNDREDTH, 2)
    assert chorale.plan.key == Key(9, "major")


def test_a_transposition_beyond_the_midi_range_is_refused() -> None:
    with pytest.raises(OptionError, match="by 24 semitones the music leaves the MIDI range"):
        job_for_harmonizing(CHECKPOINT, reading(transposed(HUNDREDTH, 45)), ANY_PLAN, transpose=24)


# Length


def test_some_bars_can_be_harmonized_alone() -> None:
    facts = Facts(Metre(4, 4), 4)
    job = job_for_harmonizing(CHECKPOINT, reading(HUNDREDTH, facts=facts), ANY_PLAN, bars=(0, 1))
    assert line_of(run_once(job), 0) == HUNDREDTH[:5]
    job = job_for_harmonizing(CHECKPOINT, reading(HUNDREDTH, facts=facts), ANY_PLAN, bars=(2, 3))
    assert line_of(run_once(job), 0) == HUNDREDTH[5:13]


def test_bars_are_numbered_by_the_estimated_or_requested_metre_and_pickup() -> None:
    job = job_for_harmonizing(CHECKPOINT, TUNE, ANY_PLAN, bars=(0, 2))
    assert line_of(run_once(job), 0) == HUNDREDTH[:9]
    assert "a pickup of 1 beat (estimated)" in job.notices[-1]
    plan_options = PlanOptions(metre=Metre(3, 4), pickup=0, phrases=(2,))
    chorale = run_once(job_for_harmonizing(CHECKPOINT, TUNE, plan_options, bars=(1, 2)))
    assert line_of(chorale, 0) == HUNDREDTH[:6]
    assert chorale.plan.metre == Metre(3, 4)


def test_bar_numbers_include_the_rests_before_a_tune() -> None:
    late = reading([(None, 32), *HUNDREDTH[1:]], facts=Facts(Metre(4, 4), 0))
    assert (
        line_of(run_once(job_for_harmonizing(CHECKPOINT, late, ANY_PLAN, bars=(3, 4))), 0)
        == HUNDREDTH[1:9]
    )
    with pytest.raises(OptionError, match="no note to harmonize in bars 1-2"):
        job_for_harmonizing(CHECKPOINT, late, ANY_PLAN, bars=(1, 2))


@pytest.mark.parametrize("bars", [(0, 9), (3, 2), (-1, 4)])
def test_bars_that_the_music_lacks_are_refused(bars: tuple[int, int]) -> None:
    facts = Facts(Metre(4, 4), 4)
    with pytest.raises(OptionError, match="the music has bars 0 to 8, of which 0 is the pickup"):
        job_for_harmonizing(CHECKPOINT, reading(HUNDREDTH, facts=facts), ANY_PLAN, bars=bars)


def test_rests_before_the_tune_leave_its_pickup() -> None:
    facts = Facts(Metre(4, 4))
    late = reading([(None, 16 + 12), *HUNDREDTH], facts=facts)
    job = job_for_harmonizing(CHECKPOINT, late, ANY_PLAN)
    chorale = run_once(job)
    assert chorale.plan.pickup_steps == 4
    assert line_of(chorale, 0) == HUNDREDTH
    assert "7 quarters of silence before the first note left out" in job.notices


def test_all_voices_rest_where_the_tune_rests() -> None:
    breath = [*HUNDREDTH[:7], (71, 3), (None, 1), *HUNDREDTH[8:]]
    chorale = run_once(job_for_harmonizing(CHECKPOINT, reading(breath), ANY_PLAN))
    assert (chorale.pitches == REST).any(axis=1).nonzero()[0].tolist() == [31]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ([(72, 16)], "has only 1 note in a voice .* at least 2 are needed"),
        ([*HUNDREDTH] * 13, "has 104 bars, and at most 100 .* such as --bars 1-100"),
    ],
)
def test_a_tune_too_short_or_too_long_is_refused(line: Line, message: str) -> None:
    with pytest.raises(ReadingError, match=f"tune.mid {message}"):
        job_for_harmonizing(CHECKPOINT, reading(line), ANY_PLAN)


HALVES = [(pitch, 2) for pitch, length in HUNDREDTH for _ in range(length // 2)]


def test_the_kept_voice_has_its_own_motion_and_the_others_that_of_plans_near_it() -> None:
    for line, kept, drawn in [(HUNDREDTH, {0}, {0}), (HALVES, {4}, {3})]:
        job = job_for_harmonizing(MOVING, reading(line), PlanOptions(phrases=(4, 4)))
        plans = [job.draw_task(np.random.default_rng(seed)).plan for seed in range(30)]
        motions = [plan.motion for plan in plans if plan.motion is not None]
        assert len(motions) == 30
        first = np.stack([motion[0] for motion in motions])
        assert set(first[:, 0].tolist()) == kept
        assert set(first[:, 1:].ravel().tolist()) == drawn


def test_the_new_voices_have_the_requested_motion() -> None:
    job = job_for_harmonizing(MOVING, TUNE, PlanOptions(phrases=(4, 4), motion="lively"))
    chorale = run_once(job, MOVING)
    assert chorale.plan.motion is not None
    assert chorale.plan.motion[0].tolist() == [0, 3, 3, 3]
    assert line_of(chorale, 0) == HUNDREDTH
    with pytest.raises(OptionError, match="trained without phrases, so it cannot take a motion"):
        job_for_harmonizing(CHECKPOINT, TUNE, PlanOptions(motion="lively"))


def test_the_motion_of_a_harmonization_depends_on_the_seed_alone() -> None:
    job = job_for_harmonizing(MOVING, reading(HALVES), PlanOptions(phrases=(4, 4)))
    first, second = run_once(job, MOVING), run_once(job, MOVING)
    assert first == second
    assert first.plan.motion is not None


def test_a_model_without_a_conditioning_encoder_is_refused() -> None:
    without_encoder = tiny_checkpoint(options=ModelOptions(encoder_units=0, units=4, layers=1))
    with pytest.raises(OptionError, match="no conditioning encoder, so it cannot take a key"):
        job_for_harmonizing(without_encoder, TUNE, ANY_PLAN)


def test_notices_of_the_reading_come_first() -> None:
    noticed = Reading(TUNE.chorale, TUNE.voices, TUNE.facts, ("3 notes moved",), "one line")
    notices = job_for_harmonizing(CHECKPOINT, noticed, ANY_PLAN).notices
    assert notices[:2] == ("one line", "3 notes moved")
    notices = job_for_harmonizing(CHECKPOINT, noticed, ANY_PLAN, voice="alto").notices
    assert notices[:2] == ("one line, read as alto (as requested)", "3 notes moved")


def test_notices_of_some_bars_number_them_as_the_file_does() -> None:
    job = job_for_harmonizing(CHECKPOINT, TUNE, ANY_PLAN, bars=(5, 8))
    assert job.notices[-1] == (
        "bars 5-8 of it: 4/4 (estimated), a pickup of 1 beat (estimated), G major (estimated), "
        "phrases end in bars 6 and 8 (estimated)"
    )
    assert run_once(job).plan.pickup_steps == 0
    late = reading([(None, 32), *HUNDREDTH[1:]], facts=Facts(Metre(4, 4), 0))
    job = job_for_harmonizing(CHECKPOINT, late, ANY_PLAN, bars=(1, 4))
    assert job.notices[-1].startswith(
        "bars 1-4 of it: 4/4 (from the file), no pickup (from the file)"
    )
    assert job.notices[-1].endswith("phrases end in bar 4 (estimated)")
    with pytest.raises(ReadingError, match=r"tune\.mid, bar 8, has only 1 note in a voice"):
        job_for_harmonizing(CHECKPOINT, reading([*HUNDREDTH[:-4], (67, 16)]), ANY_PLAN, bars=(8, 8))


def test_a_tune_that_fits_in_no_octave_is_refused_with_its_range_and_bachs() -> None:
    low = reading([(45, 4), (52, 4), (57, 4), (59, 4)])
    message = r"in no octave \(tenor A2 to B3, Bach's C3 to A4\); use --fit transpose"
    with pytest.raises(ReadingError, match=message):
        job_for_harmonizing(CHECKPOINT, low, ANY_PLAN, voice="tenor")


def test_each_setting_draws_keys_of_its_phrases() -> None:
    job = job_for_harmonizing(CHECKPOINT, TUNE, PlanOptions(key=Key(7, "major")))
    drawn = [job.draw_task(np.random.default_rng(seed)) for seed in range(10)]
    assert len({task.form for task in drawn}) > 1
    assert all(span.key != Key(7, "major") for task in drawn for span in task.form.keys)
    assert job.draw_task(np.random.default_rng(3)).form == drawn[3].form


def test_a_setting_of_an_inner_voice_stays_in_one_key() -> None:
    job = job_for_harmonizing(CHECKPOINT, TUNE, ANY_PLAN, voice="alto")
    assert not any(job.draw_task(np.random.default_rng(seed)).form.keys for seed in range(5))


# Annotations


def hymn(annotations: Annotations, *lines: Line) -> Reading:
    one = reading(*(lines or [HUNDREDTH]), facts=Facts(Metre(4, 4), 4, 1, "major"))
    return replace(one, chorale=replace(one.chorale, annotations=annotations))


def words_under(line: Line, voice: int = 0) -> tuple[Syllable, ...]:
    starts = np.cumsum([0, *(length for _, length in line)])
    return tuple(
        Syllable(voice, int(start), 1, f"s{number}", hyphen=number % 2 == 0)
        for number, (start, (pitch, _)) in enumerate(zip(starts, line, strict=False))
        if pitch is not None
    )


def test_a_setting_has_the_words_and_the_form_of_its_tune() -> None:
    written = Annotations(
        words_under(HUNDREDTH),
        chord_symbols=(ChordSymbol(0, ("G", 0)),),
        repeats=(Repeat(0, 64),),
        endings=(Ending(48, 64, (1,)),),
        marks=(Mark("tempo", 0, "Andante"), Mark("fine", 128)),
        names=("Canto", "", "", ""),
    )
    job = job_for_harmonizing(CHECKPOINT, hymn(written), ANY_PLAN)
    setting = run_once(job)
    kept = setting.annotations
    assert kept.syllables[0] == written.syllables[0]
    assert tuple(one for one in kept.syllables if one.voice == 0) == written.syllables
    assert {one.voice for one in kept.syllables} == {0, 1, 2, 3}
    assert replace(kept, syllables=written.syllables) == written
    assert "1 chord symbol followed; --ignore-chords ignores them" in job.notices


def test_annotations_follow_a_tune_to_its_voice_key_and_octave() -> None:
    written = Annotations(
        words_under(HUNDREDTH),
        chord_symbols=(ChordSymbol(0, ("G", 0)),),
        spellings=(SpelledNote(0, 8, spell(66, Key(7, "major"))),),
        names=("Tenore", "", "", ""),
    )
    job = job_for_harmonizing(
        CHECKPOINT, hymn(written), ANY_PLAN, voice="tenor", transpose=-2, fit="octaves"
    )
    kept = run_once(job).annotations
    assert [one.text for one in kept.syllables if one.voice == 2] == [
        one.text for one in written.syllables
    ]
    assert kept.chord_symbols == (ChordSymbol(0, ("F", 0)),)
    [spelled] = kept.spellings
    assert (spelled.voice, spelled.spelling.name) == (2, "E3")
    assert kept.names == ("", "", "Tenore", "")


def test_a_setting_has_no_name_that_is_not_that_of_a_voice() -> None:
    job = job_for_harmonizing(CHECKPOINT, hymn(Annotations(names=("Melody", "", "", ""))), ANY_PLAN)
    assert not any(run_once(job).annotations.names)


def test_annotations_of_a_setting_that_is_moved_back_are_moved_back() -> None:
    high = transposed(HUNDREDTH, 9)
    written = Annotations(
        chord_symbols=(ChordSymbol(0, ("G", 0)),),
        spellings=(SpelledNote(0, 0, spell(76, Key(7, "major"))),),
    )
    job = job_for_harmonizing(CHECKPOINT, hymn(written, high), ANY_PLAN, fit="transpose")
    assert any("and back" in notice for notice in job.notices)
    assert run_once(job).annotations == written


def test_annotations_of_other_voices_are_left_out_with_a_count() -> None:
    lines = [transposed(HUNDREDTH, shift) for shift in (0, -5, -9, -19)]
    written = Annotations(
        (*words_under(HUNDREDTH), *words_under(HUNDREDTH, 3)),
        marks=(Mark("breath", 32, voice=1), Mark("breath", 32)),
    )
    job = job_for_harmonizing(CHECKPOINT, hymn(written, *lines), ANY_PLAN)
    assert "left out with the other voices: 32 syllables and 1 breath mark" in job.notices
    assert run_once(job).annotations.marks == (Mark("breath", 32),)


def test_a_repeat_that_begins_in_the_silence_before_the_tune_begins_with_it() -> None:
    line = [(None, 12), *HUNDREDTH]
    written = Annotations(
        chord_symbols=tuple(ChordSymbol(step, ("G", 0)) for step in (0, 4, 8, 16)),
        repeats=(Repeat(0, 140),),
    )
    job = job_for_harmonizing(CHECKPOINT, hymn(written, line), ANY_PLAN)
    assert "left out with the silence around the tune: 2 chord symbols" in job.notices
    kept = run_once(job).annotations
    assert kept.repeats == (Repeat(0, 128),)
    assert [one.step for one in kept.chord_symbols] == [0, 4]


def test_a_repeat_beyond_the_harmonized_bars_is_left_out_with_a_count() -> None:
    written = Annotations(repeats=(Repeat(4, 36), Repeat(36, 128)))
    job = job_for_harmonizing(CHECKPOINT, hymn(written), ANY_PLAN, bars=(1, 4))
    assert "1 repeat beyond these bars left out" in job.notices
    assert run_once(job).annotations.repeats == (Repeat(0, 32),)


def test_the_voices_of_a_smaller_choir_are_kept_at_their_places_in_satb() -> None:
    low = transposed(HUNDREDTH, -5)
    for names, places in ((("Soprano", "Alto"), (0, 1)), (("Soprano", "Alto", "Bass"), (0, 1, 3))):
        lines = [HUNDREDTH, low, transposed(HUNDREDTH, -19)][: len(names)]
        chorale = run_once(job_for_harmonizing(CHECKPOINT, reading(*lines, names=names), ANY_PLAN))
        assert [line_of(chorale, place) for place in places] == lines
        assert (chorale.pitches != REST).all()


def test_tenor_and_bass_are_placed_under_two_new_voices() -> None:
    lines = [transposed(HUNDREDTH, -9), transposed(HUNDREDTH, -21)]
    men = place_in_satb(reading(*lines, names=("Tenor", "Bass")))
    assert (men.voices, men.voicing.name) == (("tenor", "bass"), "SATB")
    assert [line_of(men.chorale, voice) for voice in (0, 1, 2, 3)] == [[], [], *lines]


@pytest.mark.parametrize(
    "names",
    [("S1", "S2", "A"), ("S1", "S2", "A1", "A2"), ("Tenor 1", "Tenor 2", "Bariton", "Bass")],
)
def test_voices_that_satb_lacks_cannot_be_harmonized(names: tuple[str, ...]) -> None:
    music = reading(*[HUNDREDTH] * len(names), names=names)
    with pytest.raises(ReadingError, match=r"tune.mid is for \w+ \(.*; `chorale harmonize` takes"):
        job_for_harmonizing(CHECKPOINT, music, ANY_PLAN)


# Other choirs


@pytest.mark.parametrize("name", [name for name in VOICINGS if name != "SATB"])
def test_a_choir_has_the_tune_in_its_top_voice_and_sings_within_its_ranges(name: str) -> None:
    voicing = VOICINGS[name]
    job = job_for_harmonizing(CHECKPOINT, TUNE, ANY_PLAN, voicing=voicing)
    chorale = run_once(job)
    down = -12 if name in ("TTBB", "TB") else 0
    assert line_of(chorale, 0) == transposed(HUNDREDTH, down)
    for part in voicing.parts:
        sounding = chorale.pitches[:, part.voice]
        assert part.range[0] <= sounding.min() <= sounding.max() <= part.range[1]
    moved = [notice for notice in job.notices if "moved" in notice]
    assert moved == (["moved an octave down to fit the range of " + top(name)] if down else [])


def top(name: str) -> str:
    return VOICINGS[name].parts[0].name


def test_a_choir_sings_a_tune_transposed_to_fit_in_the_new_key() -> None:
    low = reading(transposed(HUNDREDTH, -12))
    job = job_for_harmonizing(CHECKPOINT, low, ANY_PLAN, fit="transpose", voicing=VOICINGS["SSA"])
    chorale = run_once(job)
    assert line_of(chorale, 0) == transposed(HUNDREDTH, -2)  # its lowest note is D
    assert chorale.plan.key == Key(5, "major")
    assert "moved 10 semitones up, to F major, to fit the range of soprano 1" in job.notices


def test_notes_of_the_tune_outside_the_range_of_a_choir_are_counted() -> None:
    wide = reading([(50, 4), (66, 4), (70, 4), (50, 4)], facts=Facts(Metre(4, 4), 0))
    job = job_for_harmonizing(CHECKPOINT, wide, ANY_PLAN, voicing=VOICINGS["TB"])
    notice = "1 note of the tune is outside the range of tenor; --fit transpose may fit it"
    assert notice in job.notices
    job = job_for_harmonizing(CHECKPOINT, wide, ANY_PLAN, fit="transpose", voicing=VOICINGS["TB"])
    assert not [notice for notice in job.notices if "outside" in notice]


def test_a_tune_named_for_another_voice_becomes_the_top_voice() -> None:
    named = reading(transposed(HUNDREDTH, -12), names=["Tenor"])
    chorale = run_once(job_for_harmonizing(CHECKPOINT, named, ANY_PLAN, voicing=VOICINGS["TTBB"]))
    assert line_of(chorale, 0) == transposed(HUNDREDTH, -12)


def test_of_several_voices_a_choir_keeps_the_top_one() -> None:
    both = reading(HUNDREDTH, transposed(HUNDREDTH, -19))
    job = job_for_harmonizing(CHECKPOINT, both, ANY_PLAN, voicing=VOICINGS["SA"])
    chorale = run_once(job)
    assert line_of(chorale, 0) == HUNDREDTH
    assert line_of(chorale, 3) != transposed(HUNDREDTH, -19)
    assert "of its voices the soprano is kept, as the tune" in job.notices


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"keep": ["soprano"]}, "--keep is for SATB alone: with --voicing SSA the tune is"),
        ({"voice": "alto"}, "--voice alto is for SATB alone: with --voicing SSA the tune is"),
    ],
)
def test_a_choir_lets_no_other_voice_sing_the_tune(options: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        job_for_harmonizing(CHECKPOINT, TUNE, ANY_PLAN, voicing=VOICINGS["SSA"], **options)


def test_rests_of_kept_voices_are_filled_on_request_and_their_notes_stay() -> None:
    half: Line = [*transposed(HUNDREDTH[:8], -19), (None, sum(n for _, n in HUNDREDTH[8:]))]
    job = job_for_harmonizing(CHECKPOINT, reading(HUNDREDTH, half), ANY_PLAN, fill=True)
    chorale = run_once(job)
    assert line_of(chorale, 0) == HUNDREDTH
    assert line_of(chorale, 3)[:8] == transposed(HUNDREDTH[:8], -19)
    assert (chorale.pitches != REST).all()


def test_four_voices_with_rests_can_be_filled_and_without_rests_not() -> None:
    lines = [transposed(HUNDREDTH, shift) for shift in (0, -5, -9, -19)]
    with_rest = [*lines[:3], [*lines[3][:4], (None, 4), *lines[3][5:]]]
    chorale = run_once(job_for_harmonizing(CHECKPOINT, reading(*with_rest), ANY_PLAN, fill=True))
    assert [line_of(chorale, voice) for voice in range(3)] == lines[:3]
    assert (chorale.pitches != REST).all()
    with pytest.raises(ReadingError, match="no rest to fill"):
        job_for_harmonizing(CHECKPOINT, reading(*lines), ANY_PLAN, fill=True)


def test_the_dynamics_of_a_tune_are_those_of_all_voices_of_its_setting() -> None:
    marks = (Mark("dynamic", 0, "p", voice=0), Mark("breath", 16, voice=0))
    job = job_for_harmonizing(CHECKPOINT, hymn(Annotations(marks=marks)), ANY_PLAN)
    assert run_once(job).annotations.marks == (Mark("dynamic", 0, "p"), marks[1])


def test_a_setting_for_another_choir_has_the_names_of_its_voices() -> None:
    tune = hymn(Annotations(names=("Canto", "", "", "")))
    job = job_for_harmonizing(CHECKPOINT, tune, ANY_PLAN, voicing=VOICINGS["TTBB"])
    assert not any(run_once(job).annotations.names)
