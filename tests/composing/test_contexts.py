"""Contexts and outcomes by hand, within their tables, and free of transposition."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from strategies import chorales

from chorale.aliases import Ids
from chorale.analysis.harmony import identify_chord
from chorale.composing.contexts import (
    MELODIC,
    Contexts,
    LineTracker,
    Steps,
    chord_kinds,
)
from chorale.composing.dissonance import find_dissonances
from chorale.music import BASS, SOPRANO, TENOR, Chorale
from chorale.network.architecture import chord_ids
from chorale.network.calibration import FAMILIES, POSITIONS
from chorale.network.history import HistoryTracker, build_history
from chorale.network.tokens import Vocabulary, encode

VOCABULARY = Vocabulary()
CONTEXTS = Contexts(VOCABULARY)
HOLD, UNKNOWN = VOCABULARY.hold, VOCABULARY.unknown
ORDER = (BASS, SOPRANO, 1, TENOR)
C_MAJOR = (72, 67, 64, 48)


@dataclass(frozen=True)
class Draws:
    """The draws of a voice at every step of a chorale."""

    steps: Steps
    voice: int
    cells: Ids

    @property
    def rows(self) -> dict[str, Ids]:
        """Contexts in the melodic families."""
        of_step = CONTEXTS.rows_of_step(self.steps)
        rows = {name: row[:, self.voice] for name, row in of_step.items()}
        return rows | CONTEXTS.rows_of_draw(self.steps, self.voice, self.cells)

    @property
    def classes(self) -> Ids:
        """Class of the interval of each token."""
        return CONTEXTS.melodic_classes(self.steps, self.voice)

    @property
    def others(self) -> list[tuple[str, Ids, Ids]]:
        """Contexts and outcomes of the other families."""
        return list(CONTEXTS.others(self.steps, self.voice, self.cells))


def draws_of(
    tokens: Ids, voice: int, drawn: list[int], mode: int = 1, position: int | None = None
) -> Draws:
    """Return the draws of a voice at every step of a chorale with the tonic C."""
    length = len(tokens)
    cells = np.full_like(tokens, UNKNOWN)
    cells[:, drawn] = tokens[:, drawn]
    numbers = np.arange(length, dtype=np.int32)
    positions = numbers % 16 if position is None else np.full(length, position)
    zeros = np.zeros(length, np.int32)
    history = build_history(tokens, VOCABULARY)
    dissonances = find_dissonances(history, numbers, VOCABULARY)
    means = np.tile(LineTracker(1, VOCABULARY).means, (length, 1))
    lengths = np.zeros_like(cells)
    steps = Steps(history, numbers, positions, zeros, zeros + mode, dissonances, means, lengths)
    return Draws(steps, voice, cells)


def tokens_of(*steps: tuple[int, int, int, int]) -> Ids:
    """Return tokens of steps by pitch, 0 for HOLD."""
    return np.array(
        [[VOCABULARY.token_of(pitch) if pitch else HOLD for pitch in step] for step in steps],
        np.int32,
    )


def outcomes_at(draws: Draws, step: int, pitch: int) -> dict[str, list[int]]:
    """Return the outcomes of a pitch, 0 for HOLD, at a step, by family."""
    token = VOCABULARY.token_of(pitch) if pitch else HOLD
    interval = draws.classes[step, token]
    found = {name: [int(columns[interval])] for name, columns in MELODIC.items()}
    for name, _, outcomes in draws.others:
        found.setdefault(name, []).append(int(outcomes[step, token]))
    return found


@given(chorales())
@settings(max_examples=20)
def test_every_context_and_outcome_is_in_its_table(chorale: Chorale) -> None:
    tokens = encode(chorale, VOCABULARY)
    for number, voice in enumerate(ORDER):
        for mode, position in ((0, POSITIONS - 1), (2, 15)):
            draws = draws_of(tokens, voice, list(ORDER[:number]), mode, position)
            rows = draws.rows
            assert list(rows) == list(MELODIC)
            for name, row in rows.items():
                contexts, outcomes = FAMILIES[name]
                assert ((row >= 0) & (row < contexts)).all(), name
                assert (MELODIC[name] < outcomes).all(), name
                assert len(MELODIC[name]) > draws.classes.max()
            for name, row, found in draws.others:
                contexts, outcomes = FAMILIES[name]
                assert ((row >= 0) & (row < contexts)).all(), name
                assert ((found >= 0) & (found < outcomes)).all(), name
                assert found.shape == (len(tokens), VOCABULARY.size)


@pytest.mark.parametrize(
    ("pitch", "goes_on", "moves", "direction"),
    [(0, 0, 0, 0), (72, 1, 3, 0), (74, 2, 4, 1), (71, 2, 2, 2), (76, 2, 5, 1), (64, 2, 1, 2)],
)
def test_how_a_soprano_goes_on(pitch, goes_on, moves, direction):
    draws = draws_of(tokens_of(C_MAJOR, C_MAJOR), SOPRANO, [BASS])
    found = outcomes_at(draws, 1, pitch)
    assert found["rhythm"] == found["texture"] == found["lengths"] == [goes_on]
    assert found["resolution"] == found["register"] == found["tessitura"] == [moves]
    assert found["line"] == found["passing"] == [moves]
    assert found["motion"] == [direction]
    assert found["degree"] == [pitch % 12 if pitch else 12]
    assert found["bass"] == [(pitch or 72) % 12]


@pytest.mark.parametrize(("pitch", "strength"), [(76, 0), (74, 2), (71, 2), (66, 1), (65, 1)])
def test_a_soprano_is_dissonant_with_the_bass(pitch, strength):
    draws = draws_of(tokens_of(C_MAJOR, C_MAJOR), SOPRANO, [BASS])
    assert outcomes_at(draws, 1, pitch)["dissonance"][0] // 6 == strength


def test_a_fourth_above_another_voice_than_the_bass_is_consonant() -> None:
    tokens = tokens_of((72, 67, 60, 48), (72, 67, 60, 48))
    draws = draws_of(tokens, SOPRANO, [1])
    assert outcomes_at(draws, 1, 72)["dissonance"][0] // 6 == 0


def test_the_bass_is_dissonant_with_a_given_fourth_above_it() -> None:
    draws = draws_of(tokens_of(C_MAJOR, C_MAJOR), BASS, [SOPRANO])
    assert outcomes_at(draws, 1, 55)["dissonance"][0] // 6 == 1  # C is a fourth above G
    assert outcomes_at(draws, 1, 53)["dissonance"][0] // 6 == 0  # and a fifth above F


def test_spacing_and_succession_of_soprano_and_bass() -> None:
    tokens = tokens_of((67, 60, 55, 48), (69, 60, 57, 50))
    draws = draws_of(tokens, SOPRANO, [BASS])
    found = outcomes_at(draws, 1, 69)  # parallel fifths
    assert found["spacing"] == [1 + 19 + 5]
    assert found["succession"] == [(1 + 7) * 2 + 1]
    [row] = [row for name, row, _ in draws.others if name == "succession"]
    assert row[1] % 26 == (1 + 7) * 2 + 1  # from a fifth; the bass moves


def test_the_chord_is_known_when_the_last_voice_is_drawn() -> None:
    tokens = tokens_of(C_MAJOR, C_MAJOR)
    draws = draws_of(tokens, TENOR, [SOPRANO, 1, BASS])
    major, minor = (outcomes_at(draws, 1, pitch)["chord"] for pitch in (64, 63))
    assert major != minor
    assert outcomes_at(draws, 1, 61)["chord"] == [0]
    assert "chord" not in outcomes_at(draws_of(tokens, 1, [SOPRANO, BASS]), 1, 64)


def test_chords_have_the_kinds_that_the_analysis_names() -> None:
    ids, kinds = chord_ids(), chord_kinds()
    named: dict[int, tuple[str, int, int]] = {}
    for above in range(0, 4096, 2):
        pitches = [48, *(48 + i for i in range(1, 12) if above >> i & 1)]
        chord = identify_chord(pitches)
        kind = kinds[ids[above | 1, 0]]
        assert (kind == 0) == (chord is None), pitches
        if chord is not None:
            name = (chord.kind, (chord.bass - chord.root) % 12, len(pitches))
            assert named.setdefault(kind, name) == name or chord.kind == "augmented"
    assert len(named) > 30


@given(chorales())
@settings(max_examples=10)
def test_all_but_register_degree_and_tessitura_is_the_same_in_every_transposition(
    chorale: Chorale,
) -> None:
    tokens = encode(chorale, VOCABULARY)
    is_note = VOCABULARY.is_note(tokens)
    moved = np.where(is_note, tokens + 1, tokens)
    if not VOCABULARY.is_note(moved[is_note]).all():
        return
    for number, voice in enumerate(ORDER):
        rows = [draws_of(each, voice, list(ORDER[:number])).rows for each in (tokens, moved)]
        for name in rows[0]:
            if name not in ("register", "tessitura"):
                np.testing.assert_array_equal(rows[0][name], rows[1][name], err_msg=name)


def track_lines(tokens: Ids) -> LineTracker:
    """Return the lines of a chorale after its last step."""
    lines, tracker = LineTracker(1, VOCABULARY), HistoryTracker(1, VOCABULARY)
    for step in tokens:
        tracker.append(step[None])
        lines.append(tracker.history())
    return lines


def test_the_mean_pitch_follows_half_way_in_two_bars_and_skips_rests() -> None:
    notes = np.repeat(tokens_of((81, 65, 59, 52)), 32, axis=0)
    means = track_lines(notes).means
    assert means[0, 0] == pytest.approx((71 + 81) / 2, abs=0.01)
    rests = np.full((4, 4), VOCABULARY.rest, np.int32)
    np.testing.assert_array_equal(track_lines(np.concatenate([notes, rests])).means, means)


def test_the_length_of_the_last_note_but_two_is_known() -> None:
    # notes of 3, 2 and 1 steps, then the present one
    held = [(72, 67, 64, 48), (0, 0, 0, 0), (0, 0, 0, 0), (74, 0, 0, 0), (0, 0, 0, 0)]
    lines = track_lines(tokens_of(*held, (72, 0, 0, 0), (74, 0, 0, 0), (0, 0, 0, 0)))
    assert lines.lengths.tolist() == [[2, 0, 0, 0]]


def test_histories_of_rests_are_read() -> None:
    tokens = np.full((8, 4), VOCABULARY.rest, np.int32)
    draws = draws_of(tokens, SOPRANO, [BASS])
    assert (draws.classes[:, HOLD] == 0).all()
    assert (draws.rows["tessitura"] == FAMILIES["tessitura"][0] // 8).all()
