"""Cadences in the draw: where phrases close, and on which chord a chorale closes."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import keys
from tiny_network import plan_in_phrases, tiny_checkpoint

from chorale.analysis import ending
from chorale.composing.cadences import (
    APPROACHES,
    OTHER_APPROACH,
    OTHER_CHORD,
    OTHER_DOMINANT,
    bias_toward_cadence,
    closing_degrees,
    final_chord_tokens,
    phrase_end_tokens,
)
from chorale.composing.compose import compose
from chorale.composing.form import PLAIN_FORM, Form, KeySpan
from chorale.composing.tasks import Task, task_for_generating
from chorale.music import Key, Plan
from chorale.options import SamplingOptions

CHECKPOINT = tiny_checkpoint()
VOCABULARY = CHECKPOINT.vocabulary
C_MAJOR, C_MINOR = Key(0, "major"), Key(0, "minor")
UNKNOWN, HOLD, REST = VOCABULARY.unknown, VOCABULARY.hold, VOCABULARY.rest


def tokens(*pitches: int | None) -> np.ndarray:
    return np.array([UNKNOWN if p is None else VOCABULARY.token_of(p) for p in pitches], np.int32)


def allowed_degrees(key: Key, voice: int, cells: np.ndarray, sounding: np.ndarray) -> set[int]:
    """Notes that may be struck, in semitones above the tonic."""
    found = np.flatnonzero(final_chord_tokens(key, voice, cells, sounding, VOCABULARY))
    struck = found[found >= VOCABULARY.first_pitch]
    return {(VOCABULARY.pitch_of(int(token)) - key.tonic) % 12 for token in struck}


SILENT = np.full(4, REST, np.int32)


@pytest.mark.parametrize(
    ("key", "there", "voice", "possible"),
    [
        (C_MAJOR, (None, None, None, 48), 0, {0, 4, 7}),
        (C_MINOR, (None, None, None, 48), 0, {0, 3, 4, 7}),
        (C_MINOR, (75, None, None, 48), 1, {0, 3, 7}),  # one third in a chord
        (C_MINOR, (76, None, None, 48), 2, {0, 4, 7}),
        (C_MAJOR, (75, None, None, 48), 1, {0, 3, 7}),  # the third of the given voice
        (C_MAJOR, (72, 67, None, 48), 2, {4}),  # the last voice takes the third
        (C_MINOR, (72, 67, None, 48), 2, {3, 4}),
        (C_MAJOR, (72, 64, None, 48), 2, {0, 4, 7}),
    ],
)
def test_a_voice_may_sing_the_notes_of_the_triad_that_it_still_needs(
    key: Key, there: tuple[int | None, ...], voice: int, possible: set[int]
) -> None:
    assert allowed_degrees(key, voice, tokens(*there), SILENT) == possible


@pytest.mark.parametrize(("pitch", "holds"), [(67, True), (72, True), (62, False), (63, False)])
def test_a_note_of_the_triad_may_be_held(pitch: int, holds: bool) -> None:
    sounding = tokens(72, pitch, 64, 48)
    cells = np.array([HOLD, UNKNOWN, UNKNOWN, HOLD], np.int32)
    assert final_chord_tokens(C_MAJOR, 1, cells, sounding, VOCABULARY)[HOLD] == holds


def test_a_held_note_counts_as_part_of_the_chord() -> None:
    cells = np.array([HOLD, UNKNOWN, UNKNOWN, HOLD], np.int32)
    assert allowed_degrees(C_MINOR, 1, cells, tokens(75, 67, 60, 48)) == {0, 3, 7}


def test_rests_and_holding_silence_are_never_part_of_the_chord() -> None:
    found = final_chord_tokens(C_MAJOR, 1, tokens(None, None, None, 48), SILENT, VOCABULARY)
    assert not found[REST]
    assert not found[HOLD]


@given(keys(), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_a_chorale_in_any_key_ends_on_its_tonic_whatever_the_weights(key: Key, seed: int) -> None:
    task = task_for_generating(replace(plan_in_phrases(), key=key), CHECKPOINT)
    assert task.close_step is not None
    hot = SamplingOptions(temperature=50)
    [composition] = compose(CHECKPOINT, [task], hot, [np.random.default_rng(seed)])
    chorale = composition.chorale
    assert ending(chorale, key).on_tonic


def test_the_final_chord_is_free_without_a_key() -> None:
    assert task_for_generating(replace(plan_in_phrases(), key=None), CHECKPOINT).close_step is None


def test_every_possible_final_chord_is_a_triad() -> None:
    for soprano, alto in product((72, 76, 79), (64, 67, 60)):
        cells = tokens(soprano, alto, None, 48)
        for degree in allowed_degrees(C_MAJOR, 2, cells, SILENT):
            assert {soprano % 12, alto % 12, degree, 0} in ({0, 4}, {0, 4, 7})


# Under an inner fermata


def allowed_under_a_fermata(voice: int, *there: int | None) -> set[int]:
    """Pitch classes that a voice may strike under an inner fermata."""
    found = np.flatnonzero(phrase_end_tokens(voice, tokens(*there), SILENT, VOCABULARY))
    return {VOCABULARY.pitch_of(int(token)) % 12 for token in found if token > HOLD}


@pytest.mark.parametrize(
    ("voice", "there", "possible"),
    [
        (3, (None, None, None, None), set(range(12))),
        (3, (72, None, None, None), {0, 5, 8, 9}),  # C is the root, the fifth or a third
        (3, (72, 64, None, None), {0, 9}),
        (3, (72, 66, None, None), set()),
        (0, (None, None, None, 55), {7, 10, 11, 2}),
        (1, (71, None, None, 55), {7, 11, 2}),
        (2, (67, 62, None, 55), {10, 11}),  # the third
    ],
)
def test_the_chord_under_a_fermata_is_a_triad_in_root_position(
    voice: int, there: tuple[int | None, ...], possible: set[int]
) -> None:
    assert allowed_under_a_fermata(voice, *there) == possible


def bias_at(task: Task, step: int, voice: int) -> np.ndarray:
    """The bias of a voice over a bass on C, from even logits."""
    even = np.zeros(VOCABULARY.size, np.float32)
    cells = tokens(None, None, None, None if voice == 3 else 48)
    return bias_toward_cadence(even, task, step, voice, cells, SILENT, VOCABULARY)


def task_with_fermata(key: Key | None = C_MAJOR, form: Form = PLAIN_FORM) -> Task:
    """A task of 16 steps with a fermata from step 12 on, and nothing given."""
    plan = Plan(16, key=key, fermatas=np.arange(16) >= 12)
    return Task(plan, np.full((16, 4), UNKNOWN, np.int32), form=form)


def classes_of(chosen: np.ndarray) -> set[int]:
    """Pitch classes of the struck notes among tokens, (V,) bool."""
    return {VOCABULARY.pitch_of(int(token)) % 12 for token in np.flatnonzero(chosen) if token > 1}


def test_other_chords_get_a_penalty_at_the_first_step_of_a_fermata_only() -> None:
    task = task_with_fermata()
    assert set(bias_at(task, 12, 0)) == {0, -OTHER_CHORD}
    assert all((bias_at(task, step, 0) == 0).all() for step in (4, 7, 11, 13, 15))


IN_D_MINOR = Form((KeySpan(4, 16, Key(2, "minor")),))


@pytest.mark.parametrize(
    ("form", "soprano", "closes"),
    [
        (PLAIN_FORM, None, {0, 7}),
        (PLAIN_FORM, 67, {0, 7}),
        (PLAIN_FORM, 72, {0}),
        (PLAIN_FORM, 64, {0}),
        (PLAIN_FORM, 62, {7}),
        (PLAIN_FORM, 71, {7}),
        (IN_D_MINOR, None, {2}),  # the dominant would not show the key
        (IN_D_MINOR, 69, {2}),
        (IN_D_MINOR, 64, {9}),
    ],
)
def test_a_bass_under_a_fermata_is_drawn_to_the_tonic_or_the_dominant_of_the_phrase(
    form: Form, soprano: int | None, closes: set[int]
) -> None:
    task = task_with_fermata(form=form)
    task.given[12] = tokens(soprano, None, None, None)
    key = task.key_at(12)
    assert key
    degrees = closing_degrees(task, key, 12, VOCABULARY)
    assert {(key.tonic + degree) % 12 for degree in degrees} == closes
    bias = bias_at(task, 12, 3)
    assert classes_of(bias == 0) == closes


def test_without_a_key_any_triad_may_close_a_phrase() -> None:
    bias = bias_at(task_with_fermata(None), 12, 3)
    assert classes_of(bias == 0) == set(range(12))


@pytest.mark.parametrize(
    ("soprano", "near"),
    [(72, True), (64, True), (63, True), (67, True), (None, True), (62, False), (71, False)],
)
def test_before_a_close_on_the_tonic_the_bass_is_drawn_to_dominant_and_subdominant_chords(
    soprano: int | None, near: bool
) -> None:
    task = task_with_fermata()
    task.given[12] = tokens(soprano, None, None, None)
    for step in (8, 11):
        bias = bias_at(task, step, 3)
        assert classes_of(bias == 0) == (set(APPROACHES) if near else set(range(12)))
    assert (bias_at(task, 7, 3) == 0).all()


@pytest.mark.parametrize("bass", [50, 53, 55, 59])
@pytest.mark.parametrize("step", [8, 9, 10, 11])
def test_the_voices_above_an_approach_are_drawn_to_the_notes_of_its_chord(
    bass: int, step: int
) -> None:
    task, sounding = task_with_fermata(), tokens(None, 60, None, None)
    even = np.zeros(VOCABULARY.size, np.float32)
    cells = tokens(None, None, None, bass)
    bias = bias_toward_cadence(even, task, step, 1, cells, sounding, VOCABULARY)
    assert classes_of(bias == 0) == APPROACHES[bass % 12]
    in_chord = 0 in APPROACHES[bass % 12]
    may_hold = in_chord or step < 10  # as a suspension, which resolves in the last eighth
    assert bias[HOLD] == (0 if may_hold else -OTHER_APPROACH)


@pytest.mark.parametrize(("bass", "leads"), [(55, {71, 74}), (50, {71}), (53, {72, 74})])
def test_before_the_final_chord_the_soprano_is_drawn_to_notes_a_step_from_its_last(
    bass: int, leads: set[int]
) -> None:
    given = np.full((8, 4), UNKNOWN, np.int32)
    given[4] = tokens(72, None, None, 48)
    task = Task(Plan(8, key=C_MAJOR), given, close_step=4)
    even, cells = np.zeros(VOCABULARY.size, np.float32), tokens(None, None, None, bass)
    sounding = tokens(69, None, None, None)
    bias = bias_toward_cadence(even, task, 2, 0, cells, sounding, VOCABULARY)
    struck = {VOCABULARY.pitch_of(int(token)) for token in np.flatnonzero(bias == 0)}
    assert struck == leads  # of the chord, and not in octaves with the bass
    alto = bias_toward_cadence(even, task, 2, 1, cells, sounding, VOCABULARY)
    assert (alto == 0).sum() > len(leads)


def test_before_the_final_chord_the_bass_is_drawn_to_the_dominant() -> None:
    given = np.full((8, 4), UNKNOWN, np.int32)
    given[4] = tokens(72, None, None, 48)
    task = Task(Plan(8, key=C_MAJOR), given, close_step=4)
    even, cells = np.zeros(VOCABULARY.size, np.float32), tokens(None, None, None, None)
    bias = bias_toward_cadence(even, task, 2, 3, cells, tokens(69, 64, 57, 57), VOCABULARY)
    assert classes_of(bias == 0) == {7}
    assert classes_of(bias == -OTHER_DOMINANT) == set(APPROACHES) - {7}


def test_above_another_bass_note_no_voice_is_drawn_to_a_chord() -> None:
    assert (bias_at(task_with_fermata(), 10, 1) == 0).all()


def test_a_voice_that_cannot_reach_the_final_chord_is_left_free() -> None:
    fermatas = np.arange(8) >= 4
    plan = Plan(8, key=C_MAJOR, fermatas=fermatas)
    task = Task(plan, np.zeros((8, 4), np.int32), close_step=4)
    only_d = np.full(VOCABULARY.size, -np.inf, np.float32)
    only_d[VOCABULARY.token_of(62)] = 1
    cells = tokens(None, None, None, 48)
    np.testing.assert_array_equal(
        bias_toward_cadence(only_d, task, 4, 1, cells, SILENT, VOCABULARY), only_d
    )
