"""The past of every step, all at once and heard step by step."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import chorales

from chorale.music import Chorale
from chorale.network.history import History, HistoryTracker, Ids, history_of
from chorale.network.recall import RECALLED, recall_of
from chorale.network.tokens import Memory, Vocabulary, encode, remember

VOCABULARY = Vocabulary()
START, UNKNOWN = VOCABULARY.start, VOCABULARY.unknown


def interpret(tokens: Ids) -> History:
    """What a `HistoryTracker` knows before each step of chorales, (B, T, 4): arrays (B, T, ...)."""
    listener, steps = HistoryTracker(len(tokens), VOCABULARY), []
    for step in range(tokens.shape[1]):
        steps.append(listener.past())
        listener.append(tokens[:, step])
    return History(*(np.stack(each, axis=1) for each in zip(*steps, strict=True)))


def assert_same(found: History, expected: History) -> None:
    for name, ours, theirs in zip(History._fields, found, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs, err_msg=name)


def test_a_past_by_hand() -> None:
    # a note, the note held, a rest, the first note once more, and what comes then
    line = np.array([20, 1, 0, 20, 1], np.int32)
    past = history_of(np.repeat(line[:, None], 4, axis=1), VOCABULARY)
    assert past.previous[:, 0].tolist() == [START, 20, 1, 0, 20]
    assert past.sounding[:, 0].tolist() == [START, 20, 20, 0, 20]
    assert past.held[:, 0].tolist() == [0, 1, 2, 1, 1]
    assert past.recalled[:, 0].tolist() == [UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, 1]
    assert past.match_lengths[:, 0].tolist() == [0, 0, 0, 0, 1]


def test_arrays_have_their_declared_shapes_and_type() -> None:
    past = history_of(np.full((5, 4), 7, np.int32), VOCABULARY)
    widths = dict(zip(History._fields, (4, 4, 4, RECALLED, RECALLED), strict=True))
    for name, values in past._asdict().items():
        assert values.shape == (5, widths[name])
        assert values.dtype == np.int32


def test_before_the_first_step_there_is_nothing() -> None:
    past = HistoryTracker(2, VOCABULARY).past()
    assert (past.previous == START).all()
    assert (past.sounding == START).all()
    assert (past.held == 0).all()
    assert (past.recalled == UNKNOWN).all()
    assert (past.match_lengths == 0).all()


@given(chorales())
@settings(deadline=None)
def test_each_step_comes_after_the_step_before_and_what_sounds_then(chorale: Chorale) -> None:
    tokens = encode(chorale, VOCABULARY)
    past = history_of(tokens, VOCABULARY)
    np.testing.assert_array_equal(past.previous[1:], tokens[:-1])
    after = remember(Memory(past.sounding, past.held), tokens, VOCABULARY)
    np.testing.assert_array_equal(past.sounding[1:], after.sounding[:-1])
    np.testing.assert_array_equal(past.held[1:], after.held[:-1])


@given(chorales())
@settings(deadline=None)
def test_what_is_recalled_is_part_of_the_past(chorale: Chorale) -> None:
    tokens = encode(chorale, VOCABULARY)
    past, recall = history_of(tokens, VOCABULARY), recall_of(tokens, VOCABULARY)
    np.testing.assert_array_equal(past.recalled, recall.tokens)
    np.testing.assert_array_equal(past.match_lengths, recall.lengths)


@given(chorales(), chorales())
@settings(deadline=None)
def test_chorales_heard_side_by_side_have_the_past_of_each_alone(
    one: Chorale, other: Chorale
) -> None:
    length = min(one.plan.length_steps, other.plan.length_steps)
    tokens = np.stack([encode(chorale, VOCABULARY)[:length] for chorale in (one, other)])
    together = interpret(tokens)
    for row, alone in enumerate(tokens):
        assert_same(History(*(values[row] for values in together)), history_of(alone, VOCABULARY))


@given(chorales(), st.data())
@settings(deadline=None)
def test_neither_the_present_nor_the_future_is_past(chorale: Chorale, data: st.DataObject) -> None:
    tokens = encode(chorale, VOCABULARY)
    step = data.draw(st.integers(0, len(tokens) - 1))
    other = tokens.copy()
    other[step:] = VOCABULARY.of_pitch(data.draw(st.integers(36, 84)))
    before, after = history_of(tokens, VOCABULARY), history_of(other, VOCABULARY)
    assert_same(History(*(x[: step + 1] for x in after)), History(*(x[: step + 1] for x in before)))


@pytest.mark.parametrize("semitones", [-7, 0, 5])
@given(chorale=chorales(lowest=43, highest=79))
@settings(deadline=None)
def test_transposition_moves_the_notes_of_the_past_and_nothing_else(
    semitones: int, chorale: Chorale
) -> None:
    def moved(ids: Ids) -> Ids:
        note = (ids >= VOCABULARY.first_pitch) & (ids < VOCABULARY.size)
        return np.where(note, ids + semitones, ids).astype(np.int32)

    before = history_of(encode(chorale, VOCABULARY), VOCABULARY)
    after = history_of(encode(chorale.transposed(semitones), VOCABULARY), VOCABULARY)
    notes = {name: moved(getattr(before, name)) for name in ("previous", "sounding", "recalled")}
    assert_same(after, before._replace(**notes))
