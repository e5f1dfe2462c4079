"""Tasks: what each gives, and that given notes stand in the composed chorale."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import chorales
from tiny_network import tiny_checkpoint

from chorale.composing.compose import compose
from chorale.composing.form import Form, KeySpan
from chorale.composing.tasks import (
    Task,
    task_for_continuing,
    task_for_generating,
    task_for_harmonizing,
    task_for_rewriting,
)
from chorale.music import REST, Chorale, Key, Metre, Plan, excerpt, from_pitches, notes
from chorale.network.tokens import encode
from chorale.options import SamplingOptions

CHECKPOINT = tiny_checkpoint()
VOCABULARY = CHECKPOINT.vocabulary
HOT = SamplingOptions(temperature=2.0)
VOICES = st.sets(st.integers(0, 3), min_size=1, max_size=3).map(sorted)

quick = settings(max_examples=25, deadline=None)


def compose_task(task: Task, seed: int = 0) -> Chorale:
    [compose_task] = compose(CHECKPOINT, [task], HOT, [np.random.default_rng(seed)])
    return compose_task.chorale


def melody(*pitches: int, each_steps: int = 4, key: Key | None = None) -> Chorale:
    """A soprano alone."""
    line = np.full((len(pitches) * each_steps, 4), REST, np.int16)
    line[:, 0] = np.repeat(pitches, each_steps)
    return from_pitches(line, Plan(len(line), Metre(4, 4), key=key))


@given(chorales(), VOICES, st.integers(0, 99))
@quick
def test_the_voices_to_harmonize_are_kept_note_by_note(
    chorale: Chorale, kept: list[int], seed: int
) -> None:
    harmonized = compose_task(task_for_harmonizing(chorale, kept, CHECKPOINT), seed)
    for voice in kept:
        assert notes(harmonized, voice) == notes(chorale, voice)
    assert harmonized.plan == chorale.plan


@given(chorales(), VOICES)
@quick
def test_all_voices_rest_where_all_kept_voices_rest(chorale: Chorale, kept: list[int]) -> None:
    harmonized = compose_task(task_for_harmonizing(chorale, kept, CHECKPOINT))
    silent = (chorale.pitches[:, kept] == REST).all(axis=1)
    assert (harmonized.pitches[silent] == REST).all()
    others = [voice for voice in range(4) if voice not in kept]
    assert (harmonized.pitches[~silent][:, others] != REST).all()


def test_the_final_chord_is_held_under_the_last_note() -> None:
    harmonized = compose_task(task_for_harmonizing(melody(72, 71, 72, 72), [0], CHECKPOINT))
    assert not harmonized.onsets[13:].any()


@pytest.mark.parametrize(("last", "bass"), [(72, 0), (76, 0), (79, 0), (74, None)])
def test_the_bass_closes_on_the_tonic_under_a_note_of_its_triad(
    last: int, bass: int | None
) -> None:
    task = task_for_harmonizing(melody(72, 71, last, key=Key(0, "major")), [0], CHECKPOINT)
    token = task.given[8, 3]
    assert (None if token == VOCABULARY.unknown else VOCABULARY.pitch_of(token) % 12) == bass


@pytest.mark.parametrize("tonic", range(12))
def test_an_open_soprano_ends_on_the_tonic_nearest_to_where_bach_ends(tonic: int) -> None:
    task = task_for_generating(Plan(16, Metre(4, 4), key=Key(tonic, "major")), CHECKPOINT)
    assert task.close_step is not None
    soprano = VOCABULARY.pitch_of(int(task.given[task.close_step, 0]))
    assert soprano % 12 == tonic
    assert abs(soprano - 67) <= 6
    assert (task.given[task.close_step + 1 :, 0] == VOCABULARY.hold).all()


def test_an_open_soprano_on_the_tonic_stays_above_the_kept_voices() -> None:
    line = np.full((12, 4), REST, np.int16)
    line[:, 1] = 67  # the alto, above the C nearest to where Bach's sopranos end
    kept = from_pitches(line, Plan(12, Metre(4, 4), key=Key(0, "major")))
    task = task_for_harmonizing(kept, [1], CHECKPOINT)
    assert VOCABULARY.pitch_of(int(task.given[0, 0])) == 72


def test_a_bass_on_the_tonic_stays_below_the_tune() -> None:
    task = task_for_harmonizing(melody(50, 49, 38, key=Key(2, "minor")), [0], CHECKPOINT)
    assert VOCABULARY.pitch_of(task.given[8, 3]) == 38


def test_the_last_note_of_a_given_bass_is_kept() -> None:
    tune = replace(melody(48, 50, 52), plan=Plan(12, key=Key(0, "major")))
    low = replace(tune, pitches=tune.pitches[:, ::-1], onsets=tune.onsets[:, ::-1])
    assert VOCABULARY.pitch_of(task_for_harmonizing(low, [3], CHECKPOINT).given[8, 3]) == 52


@given(chorales(), st.integers(1, 30), st.integers(0, 99))
@quick
def test_an_opening_is_kept_and_continued_to_the_end(
    opening: Chorale, more: int, seed: int
) -> None:
    plan = Plan(len(opening.pitches) + more, Metre(4, 4), key=Key(0, "major"))
    whole = compose_task(task_for_continuing(opening, plan, CHECKPOINT), seed)
    length = len(opening.pitches)
    np.testing.assert_array_equal(whole.pitches[:length], opening.pitches)
    np.testing.assert_array_equal(whole.onsets[:length], opening.onsets)
    assert (whole.pitches[length:] != REST).all()


@given(chorales(), VOICES, st.data())
@quick
def test_everything_outside_the_rewritten_region_is_kept(
    chorale: Chorale, voices: list[int], data: st.DataObject
) -> None:
    length = len(chorale.pitches)
    start = data.draw(st.integers(0, length - 1))
    end = data.draw(st.integers(start + 1, length))
    rewritten = compose_task(
        task_for_rewriting(chorale, start, end, voices, CHECKPOINT), data.draw(st.integers(0, 99))
    )
    outside = np.ones((length, 4), np.bool_)
    outside[start:end, voices] = False
    np.testing.assert_array_equal(rewritten.pitches[outside], chorale.pitches[outside])
    np.testing.assert_array_equal(rewritten.onsets[outside], chorale.onsets[outside])


def test_a_note_held_over_the_edge_of_a_region_is_kept_whole() -> None:
    tune = melody(72, 74, 76, 77)
    task = task_for_rewriting(tune, 2, 14, [0], CHECKPOINT)
    opened = (task.given[:, 0] == VOCABULARY.unknown).nonzero()[0]
    assert opened.tolist() == list(range(4, 12))
    np.testing.assert_array_equal(task.given[12:, 0], encode(tune, VOCABULARY)[12:, 0])


@given(chorales(), st.data())
@quick
def test_notes_that_end_at_an_edge_end_there(chorale: Chorale, data: st.DataObject) -> None:
    edge = data.draw(st.integers(1, len(chorale.pitches)))
    plan = Plan(len(chorale.pitches) + 8)
    opening = excerpt(chorale, 0, edge)
    whole = compose_task(
        task_for_continuing(opening, plan, CHECKPOINT), data.draw(st.integers(0, 99))
    )
    other = compose_task(
        task_for_rewriting(chorale, edge - 1, len(chorale.pitches), [0, 1, 2, 3], CHECKPOINT)
    )
    for voice in range(4):
        begun = notes(opening, voice)
        assert notes(whole, voice)[: len(begun)] == begun
        before = [n for n in notes(chorale, voice) if n.onset_step + n.length_steps <= edge - 1]
        assert notes(other, voice)[: len(before)] == before


def test_a_region_at_the_end_gets_a_final_chord() -> None:
    fermatas = np.arange(16) >= 12
    tune = melody(72, 74, 76, 77)
    tune = replace(tune, plan=Plan(16, Metre(4, 4), key=Key(0, "major"), fermatas=fermatas))
    task = task_for_rewriting(tune, 8, 16, [0, 1, 2, 3], CHECKPOINT)
    assert (task.given[13:] == VOCABULARY.hold).all()
    assert VOCABULARY.pitch_of(task.given[12, 3]) % 12 == 0


def test_the_key_at_a_step_is_that_of_the_phrase_or_of_the_plan() -> None:
    home, other = Key(7, "major"), Key(2, "minor")
    given_notes = np.full((12, 4), VOCABULARY.unknown, np.int32)
    task = Task(Plan(12, key=home), given_notes, form=Form((KeySpan(4, 8, other),)))
    expected = {0: home, 3: home, 4: other, 7: other, 8: home}
    assert {step: task.key_at(step) for step in expected} == expected
