"""What the draw is led away from, beside the figures' own counts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chorale.analysis import FIFTH, RANGES, UNISON, crossings, parallels
from chorale.analysis.harmony import BARE, chord_of
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
    discouraged,
)
from chorale.composing.voice_leading import WIDE as WIDE_LEAP
from chorale.music import VOICES, Key, Plan, from_pitches
from chorale.network.conditions import UNKNOWN, key_id
from chorale.network.history import Ids
from chorale.network.tokens import Vocabulary

WIDE = Vocabulary(36, 84)
SOPRANO, ALTO, TENOR, BASS = range(4)
CHORD = (67, 64, 60, 48)  # C major, root position
OPEN = (None, None, None, None)
NO_KEY = np.array([UNKNOWN], np.int32)
C_MAJOR = Key(0, "major")


def tokens(pitches: tuple[int | None, ...]) -> Ids:
    """(1, 4) tokens of notes that start; UNKNOWN for None."""
    of = [WIDE.unknown if pitch is None else WIDE.of_pitch(pitch) for pitch in pitches]
    return np.array([of], np.int32)


def losses(
    voice: int,
    cells: tuple[int | None, ...],
    sounding: tuple[int, ...] = CHORD,
    key: Key | None = None,
) -> dict[int, float]:
    """What each pitch loses, by the pitch."""
    told = np.array([key_id(key) if key else UNKNOWN], np.int32)
    [lost] = discouraged(voice, tokens(cells), tokens(sounding), told, WIDE)
    return {pitch: float(lost[WIDE.of_pitch(pitch)]) for pitch in range(36, 85)}


def loss_of_holding(voice: int, cells: tuple[int | None, ...]) -> float:
    """What holding on loses, from CHORD."""
    return float(discouraged(voice, tokens(cells), tokens(CHORD), NO_KEY, WIDE)[0, WIDE.hold])


def test_a_parallel_octave_or_fifth_loses_and_other_motion_does_not() -> None:
    lost = losses(SOPRANO, (None, None, None, 50))  # the bass goes up by a tone
    assert lost[69] == pytest.approx(PARALLEL)  # a fifth to a fifth
    assert lost[67] == lost[68] == lost[66] == 0.0
    lost = losses(TENOR, (None, None, None, 50))
    assert lost[62] == pytest.approx(PARALLEL)  # an octave to an octave
    assert lost[60] == lost[58] == lost[59] == 0.0


def test_contrary_motion_to_the_same_interval_is_none() -> None:
    lost = losses(SOPRANO, (None, None, None, 43))
    assert lost[74] == pytest.approx(LEAP[SOPRANO])  # up, to a fifth
    assert lost[62] == pytest.approx(LEAP[SOPRANO] + PARALLEL + OVERLAP)  # down, to a fifth


def test_a_direct_fifth_or_octave_of_the_outer_voices_loses_where_the_soprano_leaps() -> None:
    lost = losses(SOPRANO, (None, None, None, 53))
    assert lost[72] == pytest.approx(LEAP[SOPRANO] + PARALLEL)  # not direct: parallel
    lost = losses(SOPRANO, (None, None, None, 55))
    assert lost[71] == pytest.approx(LEAP[SOPRANO])  # a third
    lost = losses(SOPRANO, (None, None, None, 52))
    assert lost[76] == pytest.approx(LEAP[SOPRANO] + DIRECT)  # a fifth to an octave, by a leap
    assert losses(SOPRANO, (None, None, None, 57))[69] == 0.0  # the same by step
    assert losses(BASS, (76, None, None, None))[52] == pytest.approx(LEAP[BASS] + DIRECT)
    assert losses(BASS, (69, None, None, None))[57] == pytest.approx(LEAP[BASS])


def test_the_last_voice_loses_where_all_would_go_the_same_way() -> None:
    lost = losses(TENOR, (69, 65, None, 50))
    assert lost[61] == pytest.approx(TOGETHER)
    assert lost[59] == 0.0
    assert losses(TENOR, (69, None, None, 50))[61] == 0.0  # the alto may go another way


def test_a_note_that_is_held_makes_no_parallel() -> None:
    cells = tokens(OPEN)
    cells[0, BASS] = WIDE.hold
    [lost] = discouraged(SOPRANO, cells, tokens(CHORD), NO_KEY, WIDE)
    assert lost[WIDE.of_pitch(69)] == 0.0
    assert loss_of_holding(SOPRANO, (None, None, None, 50)) == 0.0


def test_a_voice_that_is_given_counts_like_one_that_is_drawn() -> None:
    assert losses(BASS, (69, None, None, None))[50] == pytest.approx(PARALLEL)


def test_crossing_a_neighbour_loses_and_meeting_it_does_not() -> None:
    lost = losses(ALTO, (65, None, 62, None), (67, 64, 59, 48))
    assert lost[66] == pytest.approx(CROSSING)
    assert lost[61] == pytest.approx(CROSSING + LEAP[ALTO])
    assert lost[65] == lost[62] == lost[63] == 0.0


def test_passing_what_a_neighbour_sang_before_loses_a_little() -> None:
    lost = losses(ALTO, OPEN, (67, 66, 60, 48))
    assert lost[68] == pytest.approx(OVERLAP)
    assert lost[67] == 0.0
    assert losses(ALTO, OPEN, (67, 61, 60, 48))[59] == pytest.approx(OVERLAP)


def test_holding_a_note_that_a_neighbour_crosses_loses_too() -> None:
    assert loss_of_holding(ALTO, (62, None, None, None)) == pytest.approx(CROSSING)


def test_more_than_an_octave_between_upper_voices_loses() -> None:
    lost = losses(ALTO, (76, None, None, None))
    assert lost[64] == 0.0
    assert lost[63] == pytest.approx(SPACING)
    assert losses(SOPRANO, (None, 62, None, None))[75] == pytest.approx(SPACING + LEAP[SOPRANO])
    assert losses(TENOR, (None, 72, None, None))[59] == pytest.approx(SPACING)
    assert losses(BASS, (None, None, 62, None))[47] == 0.0


def test_notes_out_of_a_voices_range_lose() -> None:
    nothing = np.full((1, 4), WIDE.start, np.int32)
    for voice, (lowest, highest) in enumerate(RANGES):
        [lost] = discouraged(voice, tokens(OPEN), nothing, NO_KEY, WIDE)
        for pitch in range(36, 85):
            expected = 0.0 if lowest <= pitch <= highest else OUT_OF_RANGE
            assert lost[WIDE.of_pitch(pitch)] == pytest.approx(expected)


def test_leaps_lose_the_more_the_more_awkward_they_are() -> None:
    lost = losses(BASS, OPEN)
    assert lost[50] == lost[46] == 0.0
    assert lost[51] == lost[55] == lost[60] == pytest.approx(LEAP[BASS])
    assert lost[42] == lost[54] == lost[58] == pytest.approx(LEAP[BASS] + AWKWARD)
    assert losses(SOPRANO, OPEN)[79] == pytest.approx(LEAP[SOPRANO])
    assert losses(SOPRANO, OPEN, (62, 62, 60, 48))[75] == pytest.approx(LEAP[SOPRANO] + WIDE_LEAP)


def test_doubling_the_leading_tone_of_the_key_loses() -> None:
    others = (None, 71, None, None)
    assert losses(TENOR, others, key=C_MAJOR)[59] == pytest.approx(LEADING_TONE)
    assert losses(TENOR, others)[59] == 0.0
    assert losses(TENOR, others, key=Key(7, "major"))[59] == 0.0


def test_a_note_that_another_voice_has_just_sung_altered_is_a_false_relation() -> None:
    lost = losses(SOPRANO, OPEN, (74, 64, 55, 48), C_MAJOR)
    assert lost[73] == pytest.approx(FALSE_RELATION)  # C sharp after C
    assert losses(SOPRANO, OPEN, (76, 64, 55, 48), C_MAJOR)[77] == 0.0  # F after E: two letters
    own = losses(SOPRANO, OPEN, (72, 64, 55, 48), C_MAJOR)
    assert own[73] == 0.0  # the voice itself goes from C to C sharp
    together = losses(SOPRANO, (None, None, None, 48), (74, 64, 55, 50), C_MAJOR)
    assert together[73] == pytest.approx(FALSE_RELATION)  # while the bass comes to C


def test_a_seventh_goes_down_by_step_or_is_held() -> None:
    seventh = (71, 65, 62, 55)  # V7, its seventh in the alto
    lost = losses(ALTO, OPEN, seventh)
    assert lost[64] == lost[63] == 0.0
    assert lost[67] == pytest.approx(SEVENTH)
    assert loss_of_holding(ALTO, OPEN) == 0.0


def test_the_last_voice_gives_a_chord_its_third() -> None:
    lost = losses(TENOR, (67, 67, None, 48), (65, 65, 62, 53))
    assert lost[60] == pytest.approx(BARE_FIFTH)
    assert lost[64] == 0.0


def test_two_voices_that_leap_into_a_second_lose_unless_it_is_a_chords() -> None:
    before = (67, 64, 55, 48)
    lost = losses(TENOR, (72, 64, None, 48), before)  # the soprano leaps
    assert lost[62] == pytest.approx(LEAP[TENOR] + CLASH)  # D beside its C
    assert lost[58] == pytest.approx(LEAP[TENOR])  # C, E and B flat are a chord
    assert losses(TENOR, (68, 64, None, 48), before)[62] == pytest.approx(LEAP[TENOR])


def test_before_the_first_note_and_in_silence_there_is_nothing_to_avoid() -> None:
    nothing = np.full((1, 4), WIDE.start, np.int32)
    lost = discouraged(TENOR, tokens((None, None, None, 50)), nothing, NO_KEY, WIDE)
    silent = discouraged(
        TENOR, tokens((None, None, None, 50)), np.full((1, 4), WIDE.rest), NO_KEY, WIDE
    )
    inside = WIDE.of_pitch(60)
    assert lost[0, inside] == silent[0, inside] == lost[0, WIDE.rest] == 0.0


pitches_of_chords = st.tuples(*(st.integers(low, high) for low, high in RANGES))


@given(pitches_of_chords, pitches_of_chords, st.integers(0, 3))
def test_what_loses_is_what_is_counted(
    before: tuple[int, ...], after: tuple[int, ...], voice: int
) -> None:
    """The last voice to be drawn loses for each fault that it takes part in."""
    chorale = from_pitches(np.array([before, after], np.int16), Plan(2))

    def counted(rule: str) -> int:
        """Findings that the voice takes part in, at the second chord."""
        return sum(
            found.rule == rule and found.step == 1 and voice in found.voices
            for found in examine(chorale).findings
        )

    cells: list[int | None] = list(after)
    cells[voice] = None
    lost = losses(voice, tuple(cells), before)[after[voice]]
    leaps = [abs(after[v] - before[v]) > 2 for v in range(4)]
    chord, left = chord_of(after), chord_of(before)
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
    assert lost == pytest.approx(expected, abs=1e-5)


@given(pitches_of_chords, pitches_of_chords)
def test_parallels_and_crossings_are_those_of_the_figures(
    before: tuple[int, ...], after: tuple[int, ...]
) -> None:
    """Where there are some, a voice that was drawn last would have lost for them."""
    chorale = from_pitches(np.array([before, after], np.int16), Plan(2))
    found = sum(parallels(chorale, interval) for interval in (FIFTH, UNISON))
    crossed = bool(crossings(chorale)[1])
    most = 0.0
    for voice in range(len(VOICES)):
        cells = tuple(None if v == voice else pitch for v, pitch in enumerate(after))
        most = max(most, losses(voice, cells, before)[after[voice]])
    assert most >= PARALLEL or not found
    assert most >= CROSSING or not crossed


def test_each_row_of_a_batch_is_judged_by_itself() -> None:
    rows = [((67, 64, 60, 48), (None, None, None, 50)), ((72, 67, 64, 48), (None, None, None, 47))]
    sounding = np.concatenate([tokens(before) for before, _ in rows])
    cells = np.concatenate([tokens(now) for _, now in rows])
    for voice in range(len(VOICES)):
        together = discouraged(voice, cells, sounding, NO_KEY.repeat(2), WIDE)
        for row in range(2):
            alone = discouraged(voice, cells[[row]], sounding[[row]], NO_KEY, WIDE)
            np.testing.assert_array_equal(together[row], alone[0])
