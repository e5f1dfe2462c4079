"""The lookahead, against a walk over the cells, and in Keras as in NumPy."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from chorale.aliases import Ids
from chorale.network.keras_encoder import find_lookahead as keras_find_lookahead
from chorale.network.lookahead import MAX_STEPS_AHEAD, NOTES_AHEAD, Lookahead, find_lookahead
from chorale.network.tokens import Vocabulary

VOCABULARY = Vocabulary()
FIRST, LAST = VOCABULARY.first_pitch, VOCABULARY.size - 1
IDS = [VOCABULARY.rest, VOCABULARY.hold, VOCABULARY.start, FIRST, 40, LAST]


@st.composite
def given_cells(draw: st.DrawFn) -> Ids:
    """Generate given cells, (B, T, 4), here and there."""
    shape = (draw(st.integers(1, 2)), draw(st.integers(1, 90)), 4)
    ids = draw(
        arrays(np.int32, shape, elements=st.sampled_from(IDS), fill=st.just(VOCABULARY.hold))
    )
    known = draw(arrays(np.bool_, shape, fill=st.just(False)))
    return np.where(known, ids, np.int32(VOCABULARY.unknown))


def walk(cells: Ids) -> Lookahead:
    """Find the lookahead note by note."""
    batch, steps, voices = cells.shape
    notes = np.full((batch, steps, NOTES_AHEAD * voices), VOCABULARY.unknown, np.int32)
    until = np.zeros_like(notes)
    for row, step, voice in np.ndindex(batch, steps, voices):
        starts = [
            later
            for later in range(step + 1, steps)
            if VOCABULARY.is_note(cells[row, later, voice])
        ]
        for rank, onset in enumerate(starts[:NOTES_AHEAD]):
            if onset - step <= MAX_STEPS_AHEAD:
                notes[row, step, rank * voices + voice] = cells[row, onset, voice]
                until[row, step, rank * voices + voice] = onset - step
    return Lookahead(notes, until)


@given(given_cells())
def test_the_next_notes_are_those_that_a_walk_finds(cells: Ids) -> None:
    for found, expected in zip(find_lookahead(cells, VOCABULARY), walk(cells), strict=True):
        np.testing.assert_array_equal(found, expected)


@given(given_cells())
def test_keras_finds_the_same_notes(cells: Ids) -> None:
    tensors = keras_find_lookahead(cells, VOCABULARY)
    for found, expected in zip(tensors, find_lookahead(cells, VOCABULARY), strict=True):
        np.testing.assert_array_equal(np.asarray(found), expected)


def test_the_note_of_the_step_itself_is_not_in_the_lookahead() -> None:
    cells = np.full((1, 3, 4), VOCABULARY.unknown, np.int32)
    cells[0, 1, 0] = 40
    assert find_lookahead(cells, VOCABULARY).until[0, :, 0].tolist() == [1, 0, 0]
