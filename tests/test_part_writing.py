"""What the draw is led away from, beside the figures' own counts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chorale.analysis import FIFTH, RANGES, UNISON, crossings, parallels
from chorale.music import VOICES, Plan, from_pitches
from chorale.part_writing import CROSSING, OUT_OF_RANGE, PARALLEL, discouraged
from chorale.past import Ids
from chorale.tokens import Vocabulary

WIDE = Vocabulary(36, 84)
SOPRANO, ALTO, TENOR, BASS = range(4)
CHORD = (67, 64, 60, 48)  # C major, root position


def tokens(pitches: tuple[int | None, ...]) -> Ids:
    """(1, 4) tokens of notes that start; UNKNOWN for None."""
    of = [WIDE.unknown if pitch is None else WIDE.of_pitch(pitch) for pitch in pitches]
    return np.array([of], np.int32)


def losses(voice: int, cells: Ids, sounding: tuple[int, ...] = CHORD) -> dict[int, float]:
    """What each pitch loses, by the pitch."""
    [lost] = discouraged(voice, cells, tokens(sounding), WIDE)
    return {pitch: float(lost[WIDE.of_pitch(pitch)]) for pitch in range(48, 80)}


def test_a_parallel_octave_or_fifth_loses_and_other_motion_does_not() -> None:
    lost = losses(SOPRANO, tokens((None, None, None, 50)))  # the bass goes up by a tone
    assert lost[69] == PARALLEL  # a fifth to a fifth
    assert lost[67] == lost[65] == lost[70] == 0.0
    lost = losses(TENOR, tokens((None, None, None, 50)))
    assert lost[62] == PARALLEL  # an octave to an octave
    assert lost[60] == lost[57] == lost[64] == 0.0


def test_contrary_motion_to_the_same_interval_is_none() -> None:
    lost = losses(SOPRANO, tokens((None, None, None, 43)))
    assert lost[50] == pytest.approx(OUT_OF_RANGE + PARALLEL)  # down, a fifth to a fifth
    assert lost[74] == 0.0  # up, to a fifth


def test_a_note_that_is_held_makes_no_parallel() -> None:
    cells = tokens((None, None, None, None))
    cells[0, BASS] = WIDE.hold
    assert losses(SOPRANO, cells)[69] == 0.0
    moving = discouraged(SOPRANO, tokens((None, None, None, 50)), tokens(CHORD), WIDE)
    assert moving[0, WIDE.hold] == 0.0


def test_a_voice_that_is_given_counts_like_one_that_is_drawn() -> None:
    lost = losses(BASS, tokens((69, None, None, None)))
    assert lost[50] == PARALLEL


def test_crossing_a_neighbour_loses_and_meeting_it_does_not() -> None:
    lost = losses(ALTO, tokens((65, None, 62, None)), (67, 64, 59, 48))
    assert lost[66] == lost[61] == pytest.approx(CROSSING)
    assert lost[65] == lost[62] == lost[63] == 0.0


def test_holding_a_note_that_a_neighbour_crosses_loses_too() -> None:
    [lost] = discouraged(ALTO, tokens((62, None, None, None)), tokens(CHORD), WIDE)
    assert lost[WIDE.hold] == pytest.approx(CROSSING)


def test_notes_out_of_a_voices_range_lose() -> None:
    for voice, (lowest, highest) in enumerate(RANGES):
        lost = losses(voice, tokens((None,) * 4))
        for pitch, nats in lost.items():
            assert nats == (0.0 if lowest <= pitch <= highest else OUT_OF_RANGE)


def test_before_the_first_note_and_in_silence_there_is_nothing_to_avoid() -> None:
    nothing = np.full((1, 4), WIDE.start, np.int32)
    lost = discouraged(TENOR, tokens((None, None, None, 50)), nothing, WIDE)
    silent = discouraged(TENOR, tokens((None, None, None, 50)), np.full((1, 4), WIDE.rest), WIDE)
    inside = WIDE.of_pitch(60)
    assert lost[0, inside] == silent[0, inside] == lost[0, WIDE.rest] == 0.0


pitches_of_chords = st.tuples(*(st.integers(low, high) for low, high in RANGES))


@given(pitches_of_chords, pitches_of_chords, st.integers(0, 3))
def test_what_loses_is_what_the_figures_count(
    before: tuple[int, ...], after: tuple[int, ...], voice: int
) -> None:
    """The last voice to be drawn loses for each parallel and crossing that it takes part in."""

    def counted(chords: list[tuple[int, ...]]) -> tuple[int, int]:
        chorale = from_pitches(np.array(chords, np.int16), Plan(2))
        found = sum(parallels(chorale, interval) for interval in (FIFTH, UNISON))
        return found, int(crossings(chorale)[1])

    cells = tokens(after)
    cells[0, voice] = WIDE.unknown
    [lost] = discouraged(voice, cells, tokens(before), WIDE)
    nats = float(lost[WIDE.of_pitch(after[voice])])
    still = tuple(
        b if other == voice else a for other, (b, a) in enumerate(zip(before, after, strict=True))
    )
    own_parallels = counted([before, after])[0] - counted([before, still])[0]
    above, below = after[:voice][-1:], after[voice + 1 :][:1]
    crossed = any(note < after[voice] for note in above) or any(n > after[voice] for n in below)
    assert nats == pytest.approx(own_parallels * PARALLEL + crossed * CROSSING)
    assert not crossed or counted([before, after])[1]


def test_each_row_of_a_batch_is_judged_by_itself() -> None:
    rows = [((67, 64, 60, 48), (None, None, None, 50)), ((72, 67, 64, 48), (None, None, None, 47))]
    sounding = np.concatenate([tokens(before) for before, _ in rows])
    cells = np.concatenate([tokens(now) for _, now in rows])
    for voice in range(len(VOICES)):
        together = discouraged(voice, cells, sounding, WIDE)
        for row in range(2):
            alone = discouraged(voice, cells[[row]], sounding[[row]], WIDE)
            np.testing.assert_array_equal(together[row], alone[0])
