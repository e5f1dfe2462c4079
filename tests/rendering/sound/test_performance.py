"""When notes sound: properties of all chorales, and small chorales worked out by hand."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import chorales

from chorale.errors import OptionError
from chorale.music import REST, VOICES, Chorale, Metre, Plan, from_pitches, notes
from chorale.rendering.sound.performance import (
    BREATH_QUARTERS,
    FERMATA_ADDS_QUARTERS,
    FERMATA_HOLD,
    GAP_S,
    LAST_ADDS_QUARTERS,
    LAST_HOLD,
    RITARDANDO,
    PlayedNote,
    perform,
)

QUARTER_S = 0.75  # at a tempo of 80
TEMPOS = st.floats(20, 300)


def quarters(count: int, fermatas: list[int] | None = None, metre: Metre | None = None) -> Chorale:
    """Four voices that change pitch each quarter, with fermatas on some quarters, from 0."""
    pitches = np.repeat(60 + np.arange(count) % 2, 4)[:, np.newaxis] + [12, 7, 4, 0]
    held = None if fermatas is None else np.repeat(np.isin(np.arange(count), fermatas), 4)
    return from_pitches(pitches.astype(np.int16), Plan(4 * count, metre, fermatas=held))


def soprano(chorale: Chorale, tempo_qpm: float = 80.0) -> list[PlayedNote]:
    return [note for note in perform(chorale, tempo_qpm).notes if note.voice == 0]


def lengths(chorale: Chorale) -> list[float]:
    """Lengths of the soprano's notes, in quarters at the tempo."""
    return [(note.end_s - note.start_s) / QUARTER_S for note in soprano(chorale)]


@given(chorales(), TEMPOS)
def test_every_note_is_played_once_in_order(chorale: Chorale, tempo: float) -> None:
    played = perform(chorale, tempo).notes
    for voice in range(len(VOICES)):
        written = [note.pitch for note in notes(chorale, voice)]
        assert [note.pitch for note in played if note.voice == voice] == written
    starts = [(note.start_s, note.voice) for note in played]
    assert starts == sorted(starts)


@given(chorales(), TEMPOS)
def test_notes_of_a_voice_do_not_overlap(chorale: Chorale, tempo: float) -> None:
    performance = perform(chorale, tempo)
    for voice in range(len(VOICES)):
        line = [note for note in performance.notes if note.voice == voice]
        assert all(0 <= note.start_s < note.end_s <= performance.length_s for note in line)
        assert all(first.end_s <= second.start_s for first, second in pairwise(line))
        repeated = (pair for pair in pairwise(line) if pair[0].pitch == pair[1].pitch)
        assert all(first.end_s < second.start_s for first, second in repeated)


@given(chorales(), TEMPOS)
def test_notes_written_together_start_together(chorale: Chorale, tempo: float) -> None:
    played = perform(chorale, tempo).notes
    times: dict[int, float] = {}
    for voice in range(len(VOICES)):
        line = [note.start_s for note in played if note.voice == voice]
        for written, start in zip(notes(chorale, voice), line, strict=True):
            assert times.setdefault(written.onset_step, start) == start
    in_order = [times[step] for step in sorted(times)]
    assert all(first < second for first, second in pairwise(in_order))


@given(chorales(), TEMPOS)
def test_nothing_is_played_faster_than_written(chorale: Chorale, tempo: float) -> None:
    step_s = 60 / tempo / 4
    performance = perform(chorale, tempo)
    assert performance.length_s >= chorale.plan.length_steps * step_s * (1 - 1e-9)
    plain = replace(chorale, plan=replace(chorale.plan, fermatas=None))
    last_onset = max((note.start_s for note in perform(plain, tempo).notes), default=0.0)
    assert last_onset <= 1 + chorale.plan.length_steps * step_s / RITARDANDO


@given(chorales(), st.floats(20, 150))
def test_twice_the_tempo_takes_half_the_time_except_for_breaths_and_gaps(
    chorale: Chorale, tempo: float
) -> None:
    chorale = replace(chorale, plan=replace(chorale.plan, fermatas=None))
    slow, fast = perform(chorale, tempo), perform(chorale, 2 * tempo)
    assert slow.length_s == pytest.approx(2 * fast.length_s)


def test_a_chorale_is_even_until_it_eases_into_its_last_chord() -> None:
    *even, first, second, third, fourth, last = lengths(quarters(12))
    assert even == pytest.approx([1] * 7)
    assert 1 < first < second < third < fourth < 1 / RITARDANDO
    assert last == pytest.approx(LAST_HOLD)


def test_the_ritardando_is_as_long_as_a_bar() -> None:
    for metre, count in ((Metre(3, 4), 3), (Metre(2, 4), 2), (None, 4)):
        eased = [length for length in lengths(quarters(12, [], metre))[:-1] if length > 1.0001]
        assert len(eased) == count


def test_a_fermata_holds_its_chord_and_is_followed_by_a_breath() -> None:
    chorale = quarters(16, [3, 15])
    assert lengths(chorale)[:5] == pytest.approx([1, 1, 1, FERMATA_HOLD, 1])
    line = soprano(chorale)
    assert line[4].start_s - line[3].end_s == pytest.approx(BREATH_QUARTERS * QUARTER_S)
    assert line[3].start_s == line[2].end_s


def test_the_last_fermata_is_held_longest_and_nothing_follows_it() -> None:
    chorale = quarters(16, [3, 15])
    assert lengths(chorale)[-1] == pytest.approx(LAST_HOLD)
    assert perform(chorale, 80).length_s == soprano(chorale)[-1].end_s


def test_a_long_fermata_adds_at_most_a_fixed_length() -> None:
    held = quarters(16, [2, 3, 4, 13, 14, 15])
    played = lengths(held)
    assert sum(played[2:5]) == pytest.approx(3 + FERMATA_ADDS_QUARTERS)
    assert sum(played[13:]) == pytest.approx(3 + LAST_ADDS_QUARTERS)
    assert played[2] < played[3] < played[4]
    assert played[13] < played[14] < played[15]


def test_a_note_that_is_held_beyond_a_fermata_sounds_through_the_breath() -> None:
    chorale = quarters(8, [3])
    pitches = chorale.pitches.copy()
    pitches[12:20, 3] = 48
    tied = from_pitches(pitches, chorale.plan)
    bass = next(note for note in perform(tied, 80).notes if note.pitch == 48)
    upper = [note for note in perform(tied, 80).notes if note.voice == 0]
    assert bass.start_s == upper[3].start_s
    assert bass.end_s == upper[4].end_s


def test_a_repeated_note_is_struck_again_after_a_gap_and_others_are_legato() -> None:
    chorale = quarters(8)
    pitches, onsets = chorale.pitches.copy(), chorale.onsets.copy()
    pitches[4:8, 0] = pitches[3, 0]
    onsets[4, 0] = True
    onsets[8, 0] = True
    line = soprano(Chorale(pitches, onsets, chorale.plan))
    assert line[1].start_s - line[0].end_s == pytest.approx(GAP_S)
    assert line[3].start_s == line[2].end_s


def test_a_gap_leaves_most_of_a_short_note() -> None:
    pitches, onsets = np.full((4, 4), 60, np.int16), np.ones((4, 4), np.bool_)
    first, second, *_ = soprano(Chorale(pitches, onsets, Plan(4)), 300)
    assert 0 < second.start_s - first.end_s < first.end_s - first.start_s


@pytest.mark.parametrize("fermatas", [None, [False], [True]])
def test_a_single_step_is_held_as_a_last_chord(fermatas: list[bool] | None) -> None:
    held = None if fermatas is None else np.array(fermatas)
    chorale = from_pitches(np.array([[72, 67, 64, 48]], np.int16), Plan(1, fermatas=held))
    performance = perform(chorale, 60)
    assert performance.length_s == pytest.approx(LAST_HOLD / 4)
    assert {(note.start_s, note.end_s) for note in performance.notes} == {(0, LAST_HOLD / 4)}


def test_rests_last_as_long_as_written() -> None:
    chorale = from_pitches(np.full((16, 4), REST, np.int16), Plan(16))
    assert perform(chorale, 60).notes == ()
    assert perform(chorale, 60).length_s == pytest.approx(4)


def test_rests_at_the_end_follow_the_last_chord() -> None:
    chorale = quarters(8, [5])
    pitches = chorale.pitches.copy()
    pitches[24:] = REST
    silent_end = from_pitches(pitches, chorale.plan)
    assert lengths(silent_end)[-1] == pytest.approx(LAST_HOLD)
    assert perform(silent_end, 80).length_s == pytest.approx(
        soprano(silent_end)[-1].end_s + 2 * QUARTER_S
    )


@pytest.mark.parametrize("tempo", [19.9, 300.1, float("nan")])
def test_a_tempo_outside_its_range_is_refused(tempo: float) -> None:
    with pytest.raises(OptionError, match="tempo must be 20 to 300"):
        perform(quarters(2), tempo)
