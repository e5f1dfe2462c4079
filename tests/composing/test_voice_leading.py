"""Penalties on bad voice leading, compared with the counts of `analysis` and `checking`."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chorale.aliases import Ids
from chorale.analysis import FIFTH, RANGES, UNISON, crossings, parallels
from chorale.analysis.harmony import BARE, identify_chord
from chorale.checking import examine
from chorale.composing.voice_leading import (
    AWKWARD,
    BARE_FIFTH,
    CLASH,
    CROSSING,
    DIRECT,
    FALSE_RELATION,
    LEADING_TONE,
    LEAP,
    OUT_OF_RANGE,
    OVERLAP,
    PARALLEL,
    SEVENTH,
    SPACING,
    TOGETHER,
    voice_leading_penalty,
)
from chorale.composing.voice_leading import WIDE as WIDE_LEAP
from chorale.music import VOICES, Key, Plan, from_pitches
from chorale.network.conditions import UNKNOWN, key_id
from chorale.network.tokens import Vocabulary

WIDE = Vocabulary(36, 84)
SOPRANO, ALTO, TENOR, BASS = range(4)
CHORD = (67, 64, 60, 48)  # C major, root position
OPEN = (None, None, None, None)
NO_KEY = np.array([UNKNOWN], np.int32)
C_MAJOR = Key(0, "major")


def tokens(pitches: tuple[int | None, ...]) -> Ids:
    """(1, 4) tokens of notes that start; UNKNOWN for None."""
    of = [WIDE.unknown if pitch is None else WIDE.token_of(pitch) for pitch in pitches]
    return np.array([of], np.int32)


def penalties(
    voice: int,
    cells: tuple[int | None, ...],
    sounding: tuple[int, ...] = CHORD,
    key: Key | None = None,
) -> dict[int, float]:
    """Penalty of each pitch."""
    keys = np.array([key_id(key) if key else UNKNOWN], np.int32)
    [penalty] = voice_leading_penalty(voice, tokens(cells), tokens(sounding), keys, WIDE)
    return {pitch: float(penalty[WIDE.token_of(pitch)]) for pitch in range(36, 85)}


def penalty_of_holding(voice: int, cells: tuple[int | None, ...]) -> float:
    """Penalty of holding a note of CHORD."""
    return float(
        voice_leading_penalty(voice, tokens(cells), tokens(CHORD), NO_KEY, WIDE)[0, WIDE.hold]
    )


def test_parallel_octaves_and_fifths_get_a_penalty_and_other_motion_does_not() -> None:
    penalty = penalties(SOPRANO, (None, None, None, 50))  # the bass goes up by a tone
    assert penalty[69] == pytest.approx(PARALLEL)  # a fifth to a fifth
    assert penalty[67] == penalty[68] == penalty[66] == 0.0
    penalty = penalties(TENOR, (None, None, None, 50))
    assert penalty[62] == pytest.approx(PARALLEL)  # an octave to an octave
    assert penalty[60] == penalty[58] == penalty[59] == 0.0


def test_contrary_motion_to_the_same_interval_is_no_parallel() -> None:
    penalty = penalties(SOPRANO, (None, None, None, 43))
    assert penalty[74] == pytest.approx(LEAP[SOPRANO])  # up, to a fifth
    assert penalty[62] == pytest.approx(LEAP[SOPRANO] + PARALLEL + OVERLAP)  # down, to a fifth


def test_direct_fifths_and_octaves_get_a_penalty_where_the_soprano_leaps() -> None:
    penalty = penalties(SOPRANO, (None, None, None, 53))
    assert penalty[72] == pytest.approx(LEAP[SOPRANO] + PARALLEL)  # not direct: parallel
    penalty = penalties(SOPRANO, (None, None, None, 55))
    assert penalty[71] == pytest.approx(LEAP[SOPRANO])  # a third
    penalty = penalties(SOPRANO, (None, None, None, 52))
    assert penalty[76] == pytest.approx(LEAP[SOPRANO] + DIRECT)  # a fifth to an octave, by a leap
    assert penalties(SOPRANO, (None, None, None, 57))[69] == 0.0  # the same by step
    assert penalties(BASS, (76, None, None, None))[52] == pytest.approx(LEAP[BASS] + DIRECT)
    assert penalties(BASS, (69, None, None, None))[57] == pytest.approx(LEAP[BASS])


def test_the_last_voice_gets_a_penalty_for_moving_the_way_of_all_others() -> None:
    penalty = penalties(TENOR, (69, 65, None, 50))
    assert penalty[61] == pytest.approx(TOGETHER)
    assert penalty[59] == 0.0
    assert penalties(TENOR, (69, None, None, 50))[61] == 0.0  # the alto may go another way


def test_a_note_that_is_held_makes_no_parallel() -> None:
    cells = tokens(OPEN)
    cells[0, BASS] = WIDE.hold
    [penalty] = voice_leading_penalty(SOPRANO, cells, tokens(CHORD), NO_KEY, WIDE)
    assert penalty[WIDE.token_of(69)] == 0.0
    assert penalty_of_holding(SOPRANO, (None, None, None, 50)) == 0.0


def test_a_given_voice_counts_like_a_drawn_one() -> None:
    assert penalties(BASS, (69, None, None, None))[50] == pytest.approx(PARALLEL)


def test_crossing_a_neighbour_gets_a_penalty_and_meeting_it_does_not() -> None:
    penalty = penalties(ALTO, (65, None, 62, None), (67, 64, 59, 48))
    assert penalty[66] == pytest.approx(CROSSING)
    assert penalty[61] == pytest.approx(CROSSING + LEAP[ALTO])
    assert penalty[65] == penalty[62] == penalty[63] == 0.0


def test_overlap_with_a_neighbour_gets_a_small_penalty() -> None:
    penalty = penalties(ALTO, OPEN, (67, 66, 60, 48))
    assert penalty[68] == pytest.approx(OVERLAP)
    assert penalty[67] == 0.0
    assert penalties(ALTO, OPEN, (67, 61, 60, 48))[59] == pytest.approx(OVERLAP)


def test_holding_a_note_that_a_neighbour_crosses_gets_a_penalty() -> None:
    assert penalty_of_holding(ALTO, (62, None, None, None)) == pytest.approx(CROSSING)


def test_more_than_an_octave_between_upper_voices_gets_a_penalty() -> None:
    penalty = penalties(ALTO, (76, None, None, None))
    assert penalty[64] == 0.0
    assert penalty[63] == pytest.approx(SPACING)
    assert penalties(SOPRANO, (None, 62, None, None))[75] == pytest.approx(SPACING + LEAP[SOPRANO])
    assert penalties(TENOR, (None, 72, None, None))[59] == pytest.approx(SPACING)
    assert penalties(BASS, (None, None, 62, None))[47] == 0.0


def test_notes_outside_the_range_of_a_voice_get_a_penalty() -> None:
    nothing = np.full((1, 4), WIDE.start, np.int32)
    for voice, (lowest, highest) in enumerate(RANGES):
        [penalty] = voice_leading_penalty(voice, tokens(OPEN), nothing, NO_KEY, WIDE)
        for pitch in range(36, 85):
            expected = 0.0 if lowest <= pitch <= highest else OUT_OF_RANGE
            assert penalty[WIDE.token_of(pitch)] == pytest.approx(expected)


def test_the_penalty_on_a_leap_grows_with_its_awkwardness() -> None:
    penalty = penalties(BASS, OPEN)
    assert penalty[50] == penalty[46] == 0.0
    assert penalty[51] == penalty[55] == penalty[60] == pytest.approx(LEAP[BASS])
    assert penalty[42] == penalty[54] == penalty[58] == pytest.approx(LEAP[BASS] + AWKWARD)
    assert penalties(SOPRANO, OPEN)[79] == pytest.approx(LEAP[SOPRANO])
    assert penalties(SOPRANO, OPEN, (62, 62, 60, 48))[75] == pytest.approx(
        LEAP[SOPRANO] + WIDE_LEAP
    )


def test_doubling_the_leading_tone_of_the_key_gets_a_penalty() -> None:
    others = (None, 71, None, None)
    assert penalties(TENOR, others, key=C_MAJOR)[59] == pytest.approx(LEADING_TONE)
    assert penalties(TENOR, others)[59] == 0.0
    assert penalties(TENOR, others, key=Key(7, "major"))[59] == 0.0


def test_a_note_that_another_voice_has_just_sung_altered_is_a_false_relation() -> None:
    penalty = penalties(SOPRANO, OPEN, (74, 64, 55, 48), C_MAJOR)
    assert penalty[73] == pytest.approx(FALSE_RELATION)  # C sharp after C
    assert penalties(SOPRANO, OPEN, (76, 64, 55, 48), C_MAJOR)[77] == 0.0  # F after E: two letters
    own = penalties(SOPRANO, OPEN, (72, 64, 55, 48), C_MAJOR)
    assert own[73] == 0.0  # the voice itself goes from C to C sharp
    together = penalties(SOPRANO, (None, None, None, 48), (74, 64, 55, 50), C_MAJOR)
    assert together[73] == pytest.approx(FALSE_RELATION)  # while the bass comes to C


def test_a_seventh_that_neither_falls_by_step_nor_is_held_gets_a_penalty() -> None:
    seventh = (71, 65, 62, 55)  # V7, its seventh in the alto
    penalty = penalties(ALTO, OPEN, seventh)
    assert penalty[64] == penalty[63] == 0.0
    assert penalty[67] == pytest.approx(SEVENTH)
    assert penalty_of_holding(ALTO, OPEN) == 0.0


def test_the_last_voice_gets_a_penalty_for_a_bare_fifth() -> None:
    penalty = penalties(TENOR, (67, 67, None, 48), (65, 65, 62, 53))
    assert penalty[60] == pytest.approx(BARE_FIFTH)
    assert penalty[64] == 0.0


def test_two_leaps_into_a_second_get_a_penalty_unless_it_belongs_to_a_chord() -> None:
    before = (67, 64, 55, 48)
    penalty = penalties(TENOR, (72, 64, None, 48), before)  # the soprano leaps
    assert penalty[62] == pytest.approx(LEAP[TENOR] + CLASH)  # D beside its C
    assert penalty[58] == pytest.approx(LEAP[TENOR])  # C, E and B flat are a chord
    assert penalties(TENOR, (68, 64, None, 48), before)[62] == pytest.approx(LEAP[TENOR])


def test_there_is_no_penalty_before_the_first_note_and_after_silence() -> None:
    nothing = np.full((1, 4), WIDE.start, np.int32)
    penalty = voice_leading_penalty(TENOR, tokens((None, None, None, 50)), nothing, NO_KEY, WIDE)
    silent = voice_leading_penalty(
        TENOR, tokens((None, None, None, 50)), np.full((1, 4), WIDE.rest), NO_KEY, WIDE
    )
    inside = WIDE.token_of(60)
    assert penalty[0, inside] == silent[0, inside] == penalty[0, WIDE.rest] == 0.0


pitches_of_chords = st.tuples(*(st.integers(low, high) for low, high in RANGES))


@given(pitches_of_chords, pitches_of_chords, st.integers(0, 3))
def test_the_penalty_is_that_of_the_findings(
    before: tuple[int, ...], after: tuple[int, ...], voice: int
) -> None:
    """The last voice drawn gets a penalty for each fault that it takes part in."""
    chorale = from_pitches(np.array([before, after], np.int16), Plan(2))

    def counted(rule: str) -> int:
        """Findings that the voice takes part in, at the second chord."""
        return sum(
            found.rule == rule and found.step == 1 and voice in found.voices
            for found in examine(chorale).findings
        )

    cells: list[int | None] = list(after)
    cells[voice] = None
    penalty = penalties(voice, tuple(cells), before)[after[voice]]
    leaps = [abs(after[v] - before[v]) > 2 for v in range(4)]
    chord, left = identify_chord(after), identify_chord(before)
    clashes = [
        leaps[v] and (after[voice] - after[v]) % 12 in (1, 2, 10, 11)
        for v in range(4)
        if v != voice and leaps[voice] and chord is None
    ]
    seventh = left is not None and left.seventh == before[voice] % 12
    neighbours = [v for v in (voice - 1, voice + 1) if 0 <= v < len(VOICES)]
    crossed = any((after[v] - after[voice]) * (voice - v) < 0 for v in neighbours)
    over = sum((before[v] - after[voice]) * (voice - v) < 0 for v in neighbours)
    leap = abs(after[voice] - before[voice])
    ways = set(np.sign(np.subtract(after, before)).tolist())
    apart = [
        abs(after[voice] - after[v]) > 12 and after[min(v, voice)] > after[max(v, voice)]
        for v in neighbours
        if BASS not in (v, voice)
    ]
    expected = (
        PARALLEL * (counted("parallel fifths") + counted("parallel octaves"))
        + DIRECT * (counted("direct fifths") + counted("direct octaves"))
        + TOGETHER * (len(ways) == 1 and 0 not in ways)
        + CROSSING * crossed
        + OVERLAP * over
        + SPACING * sum(apart)
        + LEAP[voice] * (leap > 2)
        + AWKWARD * (leap in (6, 10, 11))
        + WIDE_LEAP * (leap > 12)
        + SEVENTH * (seventh and before[voice] - after[voice] not in (0, 1, 2))
        + BARE_FIFTH * (chord is not None and chord.kind == BARE)
        + CLASH * sum(clashes)
    )
    assert penalty == pytest.approx(expected, abs=1e-5)


@given(pitches_of_chords, pitches_of_chords)
def test_parallels_and_crossings_in_the_figures_get_a_penalty(
    before: tuple[int, ...], after: tuple[int, ...]
) -> None:
    """Where there are any, some voice gets a penalty if it is drawn last."""
    chorale = from_pitches(np.array([before, after], np.int16), Plan(2))
    found = sum(parallels(chorale, interval) for interval in (FIFTH, UNISON))
    crossed = bool(crossings(chorale)[1])
    most = 0.0
    for voice in range(len(VOICES)):
        cells = tuple(None if v == voice else pitch for v, pitch in enumerate(after))
        most = max(most, penalties(voice, cells, before)[after[voice]])
    assert most >= PARALLEL or not found
    assert most >= CROSSING or not crossed


def test_each_row_of_a_batch_gets_its_own_penalty() -> None:
    rows = [((67, 64, 60, 48), (None, None, None, 50)), ((72, 67, 64, 48), (None, None, None, 47))]
    sounding = np.concatenate([tokens(before) for before, _ in rows])
    cells = np.concatenate([tokens(now) for _, now in rows])
    for voice in range(len(VOICES)):
        together = voice_leading_penalty(voice, cells, sounding, NO_KEY.repeat(2), WIDE)
        for row in range(2):
            alone = voice_leading_penalty(voice, cells[[row]], sounding[[row]], NO_KEY, WIDE)
            np.testing.assert_array_equal(together[row], alone[0])
