"""Given chords in the draw: what is required is kept, by a network without preferences too."""

from dataclasses import replace

import numpy as np
import pytest
from tiny_network import without_weights

from chorale.composing.chord_penalties import (
    BELOW_BASS,
    MISSING_NOTE,
    OUTSIDE_CHORD,
    OUTSIDE_RANGE,
    UNRESOLVED,
    WIDE_LEAP,
    DrawnVoice,
    find_parallels,
    leading_penalty,
    list_forced,
    passing_penalty,
    required_penalty,
)
from chorale.composing.chord_texts import parse_chords, place_chords
from chorale.composing.compose import _rules, compose
from chorale.composing.given_chords import GivenChords, beat_steps, is_kept, is_strict
from chorale.composing.pitches import NOT_DRAWN, candidate_pitches
from chorale.composing.tasks import Task, task_for_generating, task_for_harmonizing
from chorale.music import ALTO, BASS, REST, SOPRANO, TENOR, Chorale, Key, Metre, Plan, from_pitches
from chorale.music.annotations import ChordSymbol
from chorale.music.required_chords import ChordSpan, RequiredChord, require_symbol
from chorale.options import SamplingOptions

CHECKPOINT = without_weights()
VOCABULARY = CHECKPOINT.vocabulary
HOME = Key.parse("C")


def require(symbol: ChordSymbol) -> RequiredChord:
    chord = require_symbol(symbol)
    assert chord
    return chord


C_MAJOR = require(ChordSymbol(0, ("C", 0)))
SEVENTH = require(ChordSymbol(0, ("G", 0), "dominant"))


def spans(text: str, key: Key = HOME) -> list[ChordSpan]:
    placed = place_chords(parse_chords(text, key), Metre(4, 4), 0)
    return [span for one in placed if (span := one.require(key))]


def task(text: str, key: Key = HOME) -> Task:
    chords = spans(text, key)
    fermatas = np.arange(chords[-1].end) >= chords[-1].start
    plan = Plan(chords[-1].end, Metre(4, 4), 0, key, fermatas)
    return task_for_generating(plan, CHECKPOINT, chords=chords)


def kept_share(chorale: Chorale, chords: list[ChordSpan]) -> float:
    strict = [
        is_kept(chorale.pitches, span, step)
        for span in chords
        for step in range(span.start, span.end)
        if is_strict(chorale.plan, span, step)
    ]
    return float(np.mean(strict))


@pytest.mark.parametrize(
    "text",
    [
        "I vi IV V | I",
        "I6 V43 I V65 | vi ii65 I64 V7 | I:4",
        "C Am F G7/B | C/E Dm7 G7sus4 G7 | Am:4",
        "I V/V:2 V | viio7 i6 N6 Ger65 | V:2 I:2",
    ],
)
def test_a_network_without_preferences_keeps_a_progression(text: str) -> None:
    asked = task(text)
    generators = [np.random.default_rng(seed) for seed in range(4)]
    composed = compose(CHECKPOINT, [asked] * 4, SamplingOptions(best_of=1), generators)
    for each in composed:
        assert kept_share(each.chorale, list(asked.chords)) == 1


def test_a_given_tune_keeps_its_notes_and_the_others_take_the_chord() -> None:
    line = [72, 74, 76, 74, 72, 71, 72, 72]
    pitches = np.full((32, 4), REST, np.int16)
    pitches[:, SOPRANO] = np.repeat(line, 4)
    tune = from_pitches(pitches, Plan(32, Metre(4, 4), 0, HOME, np.arange(32) >= 28))
    chords = spans("C:2 Am F Dm G C:2")
    asked = task_for_harmonizing(tune, [SOPRANO], CHECKPOINT, chords=chords)
    [made] = compose(CHECKPOINT, [asked], SamplingOptions(best_of=1), [np.random.default_rng(1)])
    np.testing.assert_array_equal(made.chorale.pitches[:, SOPRANO], pitches[:, SOPRANO])
    for span in chords:
        below = {int(pitch) % 12 for pitch in made.chorale.pitches[span.start, 1:]}
        assert below <= span.chord.tones
        assert made.chorale.pitches[span.start, BASS] % 12 == span.chord.bass


def test_the_rule_is_there_only_for_tasks_with_chords() -> None:
    open_task = task_for_generating(Plan(16, key=HOME), CHECKPOINT)
    options = SamplingOptions()
    assert not any(isinstance(r, GivenChords) for r in _rules(CHECKPOINT, [open_task], options))
    both = [open_task, task("I V | I")]
    assert any(isinstance(r, GivenChords) for r in _rules(CHECKPOINT, both, options))


def test_tasks_without_chords_are_composed_as_without_the_rule() -> None:
    plan = Plan(32, Metre(4, 4), 0, HOME, np.arange(32) >= 28)
    free, options = task_for_generating(plan, CHECKPOINT), SamplingOptions(best_of=1)
    [alone] = compose(CHECKPOINT, [free], options, [np.random.default_rng(1)])
    generators = [np.random.default_rng(1), np.random.default_rng(2)]
    beside, _ = compose(CHECKPOINT, [free, task("I V | I")], options, generators)
    assert beside.chorale == alone.chorale


@pytest.mark.parametrize(("last", "ends"), [("I", True), ("V", False), ("I6", False)])
def test_a_last_chord_other_than_the_tonic_is_not_replaced_by_it(last: str, ends: bool) -> None:
    asked = task(f"I V | {last}")
    assert (asked.close_step is not None) == ends
    assert (asked.given[16, BASS] != VOCABULARY.unknown) == ends


def place(voice: int, *pitches: int, before: int = REST, begins: bool = True) -> DrawnVoice:
    """A voice to draw beside pitches in SATB order; NOT_DRAWN for open voices, itself included."""
    sounding = VOCABULARY.rest if before == REST else VOCABULARY.token_of(before)
    own = candidate_pitches(np.array([sounding]), VOCABULARY)[0]
    return DrawnVoice(voice, np.array(pitches), own, before, begins)


def penalized(penalty: np.ndarray, least: np.float32) -> set[int]:
    """Pitch classes of which every struck note has at least a penalty."""
    struck = range(VOCABULARY.first_pitch, VOCABULARY.size)
    allowed = {VOCABULARY.pitch_of(t) % 12 for t in struck if penalty[t] < least}
    return set(range(12)) - allowed


OPEN = NOT_DRAWN


def test_the_bass_is_the_chords_own_where_it_begins_and_may_move_later() -> None:
    begins = required_penalty(C_MAJOR, place(BASS, OPEN, OPEN, OPEN, OPEN), None)
    assert penalized(begins, OUTSIDE_CHORD) == set(range(1, 12))
    later = required_penalty(C_MAJOR, place(BASS, OPEN, OPEN, OPEN, OPEN, begins=False), None)
    assert set(range(12)) - penalized(later, OUTSIDE_CHORD) == {0, 4}


@pytest.mark.parametrize(
    ("present", "voice", "chord", "forced"),
    [
        ((72, OPEN, OPEN, 48), ALTO, C_MAJOR, []),  # the tenor can still take the third
        ((72, 67, OPEN, 48), TENOR, C_MAJOR, [4]),
        ((76, 67, OPEN, 48), TENOR, C_MAJOR, []),
        ((74, OPEN, OPEN, 43), ALTO, SEVENTH, [11, 5]),
        ((77, OPEN, OPEN, 43), ALTO, SEVENTH, []),
        ((77, 67, OPEN, 43), TENOR, SEVENTH, [11]),
        ((72, 67, 64, OPEN), BASS, C_MAJOR, []),
    ],
)
def test_the_last_open_voices_take_what_is_missing(
    present: tuple[int, ...], voice: int, chord: RequiredChord, forced: list[int]
) -> None:
    there = place(voice, *present)
    assert list_forced(chord, there) == forced
    if forced:
        penalty = required_penalty(chord, there, None)
        assert set(range(12)) - penalized(penalty, MISSING_NOTE) == set(forced)


def test_no_voice_goes_below_the_bass_of_a_chord_and_changes_its_inversion() -> None:
    there = place(TENOR, 72, 67, OPEN, 55)
    penalty = required_penalty(C_MAJOR, there, None)
    assert penalty[(there.own >= 0) & (there.own < 55)].min() >= BELOW_BASS
    assert penalty[there.own == 64].max() < BELOW_BASS
    pitches = np.array([[72, 67, 52, 60]])
    assert not is_kept(pitches, ChordSpan(0, 4, C_MAJOR), 0)


def test_a_seventh_stays_or_falls_by_step_into_the_next_chord() -> None:
    there = place(ALTO, 72, OPEN, OPEN, 48, before=65)
    penalty = required_penalty(C_MAJOR, there, SEVENTH)
    own = there.own
    assert penalty[own == 64].max() < UNRESOLVED
    assert penalty[own == 67].min() >= UNRESOLVED


def test_a_passing_note_leaves_and_reaches_the_chords_by_step() -> None:
    there = place(SOPRANO, OPEN, 67, 64, 48, before=72, begins=False)
    penalty, own = passing_penalty(C_MAJOR, there, SEVENTH), there.own
    assert penalty[own == 74].max() < OUTSIDE_CHORD
    assert penalty[own == 76].max() == 0
    assert penalty[own == 77].min() == OUTSIDE_CHORD


def test_parallels_with_voices_already_drawn_are_found() -> None:
    there = place(SOPRANO, OPEN, OPEN, OPEN, 50, before=72)
    same, contrary = find_parallels(there, np.array([72, 67, 64, 48]))
    assert set(there.own[same]) == {74}
    assert set(there.own[contrary]) == {38, 50, 62}


def test_a_bad_melodic_step_is_penalized_where_a_chord_is_required() -> None:
    there = place(BASS, 72, 67, 64, OPEN, before=50)
    penalty = leading_penalty(there, np.array([72, 67, 65, 50]))
    assert penalty[there.own == 60].max() == WIDE_LEAP
    assert penalty[there.own == 48].max() == 0
    assert penalty[there.own == 38].max() == OUTSIDE_RANGE


@pytest.mark.parametrize(
    ("metre", "beat"), [(Metre(4, 4), 4), (Metre(3, 4), 4), (Metre(6, 8), 6), (Metre(2, 2), 4)]
)
def test_notes_are_required_on_quarters_or_dotted_quarters(metre: Metre, beat: int) -> None:
    plan = Plan(metre.steps_per_bar, metre)
    assert beat_steps(plan) == beat
    span = ChordSpan(2, metre.steps_per_bar, C_MAJOR)
    strict = [step for step in range(2, metre.steps_per_bar) if is_strict(plan, span, step)]
    assert strict == [2, *range(beat, metre.steps_per_bar, beat)]


@pytest.mark.parametrize(
    ("pitches", "kept"),
    [
        ((72, 67, 64, 48), True),
        ((72, 67, 60, 48), False),  # no third
        ((72, 67, 64, 52), False),  # another bass
        ((74, 67, 64, 48), False),  # a note outside
    ],
)
def test_a_chord_is_kept_with_its_bass_its_third_and_no_other_note(
    pitches: tuple[int, ...], kept: bool
) -> None:
    span = ChordSpan(0, 4, C_MAJOR)
    assert is_kept(np.array([pitches] * 4, np.int16), span, 0) == kept
    assert is_kept(np.array([pitches] * 4, np.int16), replace(span, chord=SEVENTH), 0) is False
