"""Encode and decode are inverses, on hypothesis's chorales and on hard cases by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import chorales

from chorale.errors import DataError
from chorale.music import REST, VOICES, Chorale, Key, Metre, Plan, from_pitches
from chorale.network.tokens import (
    MAX_HELD_STEPS,
    Vocabulary,
    advance_sounding,
    begin_sounding,
    decode,
    encode,
    track_sounding,
)

VOCABULARY = Vocabulary()
SMALL = Vocabulary(60, 62)  # REST 0, HOLD 1, C 2, C sharp 3, D 4, START 5, UNKNOWN 6
R = REST


def by_hand(
    pitches: list[list[int]], struck: list[tuple[int, int]] | None = None, plan: Plan | None = None
) -> Chorale:
    """Return a chorale from frames; `struck` holds the (step, voice) of repeated notes."""
    held = from_pitches(np.array(pitches, np.int16), plan or Plan(len(pitches)))
    onsets = held.onsets.copy()
    for cell in struck or []:
        onsets[cell] = True
    return Chorale(held.pitches, onsets, held.plan, "by hand")


HARD_CASES = {
    "rests, at the start, within and at the end": by_hand(
        [[R, 60, 60, 60], [62, R, 60, 60], [62, R, R, 60], [62, 60, R, R]]
    ),
    "nothing but rests": by_hand([[R, R, R, R]] * 3),
    "a note repeated at every step": by_hand(
        [[60, 60, 60, 60]] * 3, [(1, 0), (2, 0), (2, 3), (1, 2)]
    ),
    "a note repeated after a rest": by_hand([[60, R, R, R], [R, R, R, R], [60, R, R, R]]),
    "notes of one step": by_hand([[60, 55, 50, 40], [62, 57, 52, 41], [60, 55, 50, 40]]),
    "one step in all": by_hand([[72, 67, 64, 48]]),
    "a pickup": by_hand(
        [[67, 62, 59, 43]] * 4 + [[67, 64, 60, 36]] * 16,
        [(4, 0)],
        Plan(20, Metre(4, 4), 4, Key(0, "major")),
    ),
    "unisons": by_hand([[60, 60, 55, 55], [62, 60, 60, 55]]),
    "crossings": by_hand([[60, 64, 48, 52], [64, 60, 52, 48]]),
    "the ends of the range": by_hand([[36, 84, 36, 84], [84, 36, 84, 36]]),
    "fermatas": by_hand(
        [[72, 67, 64, 48]] * 4, plan=Plan(4, fermatas=np.array([False, True, False, True]))
    ),
    "a note held longer than is counted": by_hand([[60, R, 50, 40]] * 40),
}


@pytest.mark.parametrize("chorale", HARD_CASES.values(), ids=HARD_CASES)
def test_a_hard_case_comes_back_from_its_tokens(chorale: Chorale) -> None:
    tokens = encode(chorale, VOCABULARY)
    assert decode(tokens, chorale.plan, VOCABULARY, chorale.source) == chorale


@given(chorales())
def test_any_chorale_comes_back_from_its_tokens(chorale: Chorale) -> None:
    tokens = encode(chorale, VOCABULARY)
    assert tokens.shape == (chorale.plan.length_steps, 4)
    assert tokens.dtype == np.int32
    assert decode(tokens, chorale.plan, VOCABULARY) == chorale


@given(chorales())
def test_the_tokens_of_what_they_write_are_the_same_tokens(chorale: Chorale) -> None:
    tokens = encode(chorale, VOCABULARY)
    assert np.array_equal(encode(decode(tokens, chorale.plan, VOCABULARY), VOCABULARY), tokens)


@given(st.data())
def test_any_tokens_with_a_note_for_every_hold_come_back(data: st.DataObject) -> None:
    length = data.draw(st.integers(1, 20))
    tokens = np.zeros((length, 4), np.int32)
    for voice in range(4):
        sounds = False
        for step in range(length):
            choices = [0, *([1] if sounds else []), *range(2, VOCABULARY.size)]
            tokens[step, voice] = data.draw(st.sampled_from(choices))
            sounds = tokens[step, voice] != 0
    assert np.array_equal(encode(decode(tokens, Plan(length), VOCABULARY), VOCABULARY), tokens)


def test_the_table_is_as_documented() -> None:
    frames = [[60, 61, 62, R], [60, 61, 60, 62], [R, 61, 60, 62]]
    chorale = by_hand(frames, [(1, 0)])
    assert encode(chorale, SMALL).tolist() == [[2, 3, 4, 0], [2, 1, 2, 4], [0, 1, 1, 1]]
    assert (SMALL.size, SMALL.start, SMALL.unknown, SMALL.input_size) == (5, 5, 6, 7)


@pytest.mark.parametrize("token", range(VOCABULARY.first_pitch, VOCABULARY.size))
def test_every_note_token_comes_back_from_its_pitch(token: int) -> None:
    assert VOCABULARY.token_of(VOCABULARY.pitch_of(token)) == token


def test_notes_are_the_tokens_between_hold_and_start() -> None:
    tokens = np.arange(-1, SMALL.input_size + 1, dtype=np.int32)
    assert tokens[SMALL.is_note(tokens)].tolist() == SMALL.note_tokens.tolist() == [2, 3, 4]
    assert [token for token in tokens.tolist() if SMALL.is_note(token)] == [2, 3, 4]


def test_tokens_that_start_no_note_have_the_pitch_of_a_rest() -> None:
    pitches = SMALL.pitches_of(np.arange(SMALL.input_size, dtype=np.int32))
    assert pitches.tolist() == [R, R, 60, 61, 62, R, R]
    assert pitches.dtype == np.int32


@pytest.mark.parametrize("pitch", range(36, 85))
def test_every_pitch_comes_back_from_its_token(pitch: int) -> None:
    assert VOCABULARY.pitch_of(VOCABULARY.token_of(pitch)) == pitch


@pytest.mark.parametrize("pitch", [35, 85, REST])
def test_a_pitch_outside_the_table_has_no_token(pitch: int) -> None:
    with pytest.raises(DataError, match=f"pitch {pitch} is outside the range 36 to 84"):
        VOCABULARY.token_of(pitch)


@pytest.mark.parametrize("token", [0, 1, 51, 52, -1])
def test_a_token_that_starts_no_note_has_no_pitch(token: int) -> None:
    with pytest.raises(DataError, match=f"token {token} starts no note; notes are 2 to 50"):
        VOCABULARY.pitch_of(token)


@pytest.mark.parametrize("pitch", [35, 85, 0, 127])
def test_a_chorale_that_leaves_the_table_is_refused(pitch: int) -> None:
    chorale = by_hand([[60, 60, 60, 60], [60, pitch, 60, 60]])
    with pytest.raises(DataError, match=f"pitch {pitch} is outside the range 36 to 84"):
        encode(chorale, VOCABULARY)


@pytest.mark.parametrize("token", [-1, 5, 6, 100], ids=["below", "START", "UNKNOWN", "above"])
def test_a_token_outside_the_table_is_refused(token: int) -> None:
    tokens = np.array([[2, 2, 2, 2], [2, 2, token, 2]], np.int32)
    with pytest.raises(DataError, match="some tokens are not in 0 to 4"):
        decode(tokens, Plan(2), SMALL)


def test_a_hold_at_the_first_step_is_refused() -> None:
    tokens = np.array([[2, 1, 2, 2]], np.int32)
    with pytest.raises(DataError, match="HOLD at step 0 in the alto, where no note sounds"):
        decode(tokens, Plan(1), SMALL)


def test_a_hold_after_a_rest_is_refused() -> None:
    tokens = np.array([[2, 2, 2, 2], [1, 1, 1, 0], [1, 1, 1, 1]], np.int32)
    with pytest.raises(DataError, match="HOLD at step 2 in the bass, where no note sounds"):
        decode(tokens, Plan(3), SMALL)


@given(chorales())
def test_without_repeated_notes_every_repetition_is_a_hold(chorale: Chorale) -> None:
    pitches = chorale.pitches
    tokens = encode(from_pitches(pitches, chorale.plan), VOCABULARY)
    goes_on = (pitches[1:] == pitches[:-1]) & (pitches[1:] != REST)
    assert np.array_equal(tokens[1:] == VOCABULARY.hold, goes_on)
    assert (tokens[0] != VOCABULARY.hold).all()


# What sounds after each step


@given(chorales())
def test_the_sounding_notes_are_those_of_the_chorale(chorale: Chorale) -> None:
    notes = track_sounding(encode(chorale, VOCABULARY), VOCABULARY)
    silent = chorale.pitches == REST
    expected = np.where(silent, VOCABULARY.rest, chorale.pitches - 36 + 2)
    assert np.array_equal(notes.sounding, expected)


@given(chorales())
def test_steps_are_counted_from_an_onset_or_from_the_first_step_of_a_rest(chorale: Chorale) -> None:
    notes = track_sounding(encode(chorale, VOCABULARY), VOCABULARY)
    for voice in range(len(VOICES)):
        count = 0
        for step, pitch in enumerate(chorale.pitches[:, voice]):
            falls_silent = pitch == REST and (step == 0 or chorale.pitches[step - 1, voice] != REST)
            count = 1 if chorale.onsets[step, voice] or falls_silent else count + 1
            assert notes.held[step, voice] == min(count, MAX_HELD_STEPS)


@pytest.mark.parametrize("token", [2, 0], ids=["note", "rest"])
def test_steps_are_counted_up_to_a_maximum(token: int) -> None:
    tokens = np.full((MAX_HELD_STEPS + 5, 4), SMALL.hold if token else SMALL.rest, np.int32)
    tokens[0] = token
    held = track_sounding(tokens, SMALL).held
    assert held[:, 0].tolist() == [*range(1, MAX_HELD_STEPS + 1), *[MAX_HELD_STEPS] * 5]


def test_a_repeated_note_is_counted_anew() -> None:
    tokens = np.array([[2, 2, 2, 2], [1, 2, 3, 0], [1, 1, 1, 1]], np.int32)
    notes = track_sounding(tokens, SMALL)
    assert notes.sounding.tolist() == [[2, 2, 2, 2], [2, 2, 3, 0], [2, 2, 3, 0]]
    assert notes.held.tolist() == [[1, 1, 1, 1], [2, 1, 1, 1], [3, 2, 2, 2]]


def test_before_the_first_step_nothing_sounds() -> None:
    notes = begin_sounding(2, SMALL)
    assert notes.sounding.tolist() == [[SMALL.start] * 4] * 2
    assert notes.held.tolist() == [[0] * 4] * 2


def test_a_hold_where_nothing_sounds_is_a_rest() -> None:
    holds = np.full((1, 4), SMALL.hold, np.int32)
    notes = advance_sounding(begin_sounding(1, SMALL), holds, SMALL)
    assert notes.sounding.tolist() == [[SMALL.rest] * 4]
    assert notes.held.tolist() == [[1] * 4]


@given(chorales(), chorales())
def test_a_batch_sounds_like_each_chorale_alone(one: Chorale, other: Chorale) -> None:
    length = min(one.plan.length_steps, other.plan.length_steps)
    both = np.stack([encode(chorale, VOCABULARY)[:length] for chorale in (one, other)])
    notes = begin_sounding(2, VOCABULARY)
    alone = [track_sounding(tokens, VOCABULARY) for tokens in both]
    for step in range(length):
        notes = advance_sounding(notes, both[:, step], VOCABULARY)
        for row in range(2):
            assert np.array_equal(notes.sounding[row], alone[row].sounding[step])
            assert np.array_equal(notes.held[row], alone[row].held[step])


def test_sounding_notes_are_int32_from_the_first_step_on() -> None:
    first = begin_sounding(1, SMALL)
    for notes in (first, advance_sounding(first, np.full((1, 4), SMALL.rest, np.int64), SMALL)):
        assert {notes.sounding.dtype, notes.held.dtype} == {np.dtype(np.int32)}
