"""The notes that are given next: as a walk over the cells has them, and Keras like NumPy."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from chorale.network.keras_encoder import lookahead_of as keras_ahead_of
from chorale.network.lookahead import MAX_STEPS_AHEAD, NOTES_AHEAD, Lookahead, lookahead_of
from chorale.network.tokens import Vocabulary

VOCABULARY = Vocabulary()
FIRST, LAST = VOCABULARY.first_pitch, VOCABULARY.size - 1
IDS = [VOCABULARY.rest, VOCABULARY.hold, VOCABULARY.start, FIRST, 40, LAST]


@st.composite
def evidences(draw: st.DrawFn) -> NDArray[np.int32]:
    """Cells given here and there, (B, T, 4)."""
    shape = (draw(st.integers(1, 2)), draw(st.integers(1, 90)), 4)
    ids = draw(
        arrays(np.int32, shape, elements=st.sampled_from(IDS), fill=st.just(VOCABULARY.hold))
    )
    known = draw(arrays(np.bool_, shape, fill=st.just(False)))
    return np.where(known, ids, np.int32(VOCABULARY.unknown))


def walked(evidence: NDArray[np.int32]) -> Lookahead:
    """The same, found note by note."""
    batch, steps, voices = evidence.shape
    notes = np.full((batch, steps, NOTES_AHEAD * voices), VOCABULARY.unknown, np.int32)
    until = np.zeros_like(notes)
    for row, step, voice in np.ndindex(batch, steps, voices):
        starts = [
            later
            for later in range(step + 1, steps)
            if VOCABULARY.first_pitch <= evidence[row, later, voice] < VOCABULARY.size
        ]
        for rank, place in enumerate(starts[:NOTES_AHEAD]):
            if place - step <= MAX_STEPS_AHEAD:
                notes[row, step, rank * voices + voice] = evidence[row, place, voice]
                until[row, step, rank * voices + voice] = place - step
    return Lookahead(notes, until)


@given(evidences())
def test_the_next_notes_are_those_that_a_walk_finds(evidence: NDArray[np.int32]) -> None:
    for found, expected in zip(lookahead_of(evidence, VOCABULARY), walked(evidence), strict=True):
        np.testing.assert_array_equal(found, expected)


@given(evidences())
def test_keras_finds_the_same_notes(evidence: NDArray[np.int32]) -> None:
    told = keras_ahead_of(evidence, VOCABULARY)
    for found, expected in zip(told, lookahead_of(evidence, VOCABULARY), strict=True):
        np.testing.assert_array_equal(np.asarray(found), expected)


def test_the_note_of_the_step_itself_is_not_ahead() -> None:
    evidence = np.full((1, 3, 4), VOCABULARY.unknown, np.int32)
    evidence[0, 1, 0] = 40
    assert lookahead_of(evidence, VOCABULARY).until[0, :, 0].tolist() == [1, 0, 0]
