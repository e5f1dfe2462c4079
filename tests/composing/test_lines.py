"""Lines of the voices by hand: means, lengths, runs of steps, and what sounded when."""

import numpy as np
import pytest

from chorale.aliases import Ids
from chorale.composing.lines import Lines, LineTracker
from chorale.music import SOPRANO
from chorale.network.history import HistoryTracker
from chorale.network.tokens import Vocabulary

VOCABULARY = Vocabulary()
HOLD = VOCABULARY.hold
C_MAJOR = (72, 67, 64, 48)


def tokens_of(*steps: tuple[int, int, int, int]) -> Ids:
    """Return tokens of steps by pitch, 0 for HOLD."""
    return np.array(
        [[VOCABULARY.token_of(pitch) if pitch else HOLD for pitch in step] for step in steps],
        np.int32,
    )


def track_lines(tokens: Ids) -> Lines:
    """Return the lines of a chorale after its last step."""
    lines, tracker = LineTracker(1, VOCABULARY), HistoryTracker(1, VOCABULARY)
    found = lines.append(tracker.history())
    for step in tokens:
        tracker.append(step[None])
        found = lines.append(tracker.history())
    return found


def test_the_mean_pitch_follows_half_way_in_two_bars_and_skips_rests() -> None:
    notes = np.repeat(tokens_of((81, 65, 59, 52)), 32, axis=0)
    means = track_lines(notes).means
    assert means[0, 0] == pytest.approx((71 + 81) / 2, abs=0.01)
    rests = np.full((4, 4), VOCABULARY.rest, np.int32)
    np.testing.assert_array_equal(track_lines(np.concatenate([notes, rests])).means, means)


def test_lengths_of_two_earlier_notes_are_known() -> None:
    # notes of 3, 2 and 1 steps, then the present one
    held = [(72, 67, 64, 48), (0, 0, 0, 0), (0, 0, 0, 0), (74, 0, 0, 0), (0, 0, 0, 0)]
    lines = track_lines(tokens_of(*held, (72, 0, 0, 0), (74, 0, 0, 0), (0, 0, 0, 0)))
    assert lines.lengths.tolist() == [[[2, 3], [0, 0], [0, 0], [0, 0]]]


def test_silence_counts_from_the_step_before() -> None:
    lines = track_lines(tokens_of(C_MAJOR, (74, 67, 65, 59), (0, 0, 0, 0)))
    classes = [VOCABULARY.token_of(pitch) % 12 for pitch in range(60, 72)]
    assert lines.silence[0, classes].tolist() == [3, 129, 1, 129, 3, 1, 129, 1, 129, 129, 129, 1]


def test_the_pitches_of_a_voice_are_remembered() -> None:
    lines = track_lines(tokens_of(C_MAJOR, (74, 67, 65, 59), (0, 0, 0, 0)))
    soprano = [VOCABULARY.token_of(pitch) for pitch in (72, 74, 67)]
    assert lines.own_silence[0, SOPRANO, soprano].tolist() == [3, 1, 129]


@pytest.mark.parametrize(
    ("pitches", "run"),
    [
        ([72], 0),
        ([72, 74], 1),
        ([72, 74, 76, 77], 3),
        ([77, 76, 74], -2),
        ([72, 74, 72], -1),
        ([72, 74, 79], 0),
        ([72, 74, 74], 0),
        ([64, 65, 67, 69, 71, 72, 74, 76], 6),
        ([72, 74, 0, 0], 1),
    ],
)
def test_steps_in_a_row_are_counted(pitches, run):
    lines = track_lines(tokens_of(*((pitch, 67, 64, 48) for pitch in pitches)))
    assert lines.runs[0, SOPRANO] == run


def test_beats_with_a_note_off_the_beat_are_remembered() -> None:
    still, moves = (0, 0, 0, 0), (0, 0, 65, 0)
    calm, lively = [still] * 4, [still, still, moves, still]
    beats = [[C_MAJOR, still, still, still], lively, calm, lively, lively]
    steps = [step for beat in beats for step in beat]
    activity = [int(track_lines(tokens_of(*steps[:n])).activity[0]) for n in range(1, 21)]
    assert activity[3::4] == [0b00, 0b010, 0b100, 0b1010, 0b0110]
    assert activity[4:9] == [0, 0, 1, 1 * 2, 0b10]
