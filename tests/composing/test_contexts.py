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
    Family,
    Steps,
    chord_kinds,
)
from chorale.composing.dissonance import find_dissonances
from chorale.composing.lines import FORGOTTEN, Lines
from chorale.music import BASS, SOPRANO, TENOR, Chorale
from chorale.network.architecture import chord_ids
from chorale.network.calibration import (
    ACTIVITY,
    CLOSES,
    FAMILIES,
    POSITIONS,
    ROLES,
    RUNS,
    TESSITURA,
)
from chorale.network.history import build_history
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
        known = CONTEXTS.of_step(self.steps)
        rows = {name: row[:, self.voice] for name, row in known.rows.items()}
        return rows | CONTEXTS.of_draw(known, self.voice, self.cells)[0]

    @property
    def classes(self) -> Ids:
        """Class of the interval of each token."""
        return CONTEXTS.of_step(self.steps).classes[:, self.voice]

    @property
    def others(self) -> list[Family]:
        """Contexts and outcomes of the other families, those of pairs once for each pair."""
        known = CONTEXTS.of_step(self.steps)
        found = [
            (name, row[:, self.voice], each[:, self.voice]) for name, row, each in known.others
        ]
        for name, rows, outcomes in CONTEXTS.of_draw(known, self.voice, self.cells)[1]:
            if rows.ndim == 1:
                found.append((name, rows, outcomes))
            else:
                found += [(name, rows[:, k], outcomes[:, k]) for k in range(rows.shape[1])]
        return found


def draws_of(
    tokens: Ids,
    voice: int,
    drawn: list[int],
    mode: int = 1,
    position: int | None = None,
    given_soprano: int = 0,
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
    lines = Lines(
        means=np.full(cells.shape, 60, np.float32),
        lengths=np.zeros((*cells.shape, 2), np.int32),
        activity=numbers % ACTIVITY,
        runs=np.zeros_like(cells) + RUNS // 2,
        silence=np.arange(length * 13, dtype=np.int32).reshape(length, 13) % FORGOTTEN + 1,
        own_silence=np.full((*cells.shape, VOCABULARY.input_size), 9, np.int32),
    )
    steps = Steps(
        history,
        lines,
        numbers,
        positions,
        zeros,
        zeros + mode,
        dissonances,
        closes=numbers % CLOSES,
        given=zeros + given_soprano,
    )
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
        for mode, position, given_soprano in ((0, POSITIONS - 1, 0), (2, 15, 1)):
            drawn = list(ORDER[:number])
            draws = draws_of(tokens, voice, drawn, mode, position, given_soprano)
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
    assert found["line"] == found["passing"] == found["close"] == found["run"] == [moves]
    assert found["pitch"] == [3 if pitch else 0]  # 9 to 32 steps ago
    assert found["beat"] == found["activity"] == [goes_on]
    assert found["motion"] == [direction]
    assert found["degree"] == found["melody"] == [pitch % 12 if pitch else 12]
    assert found["bass"] == [(pitch or 72) % 12]


@pytest.mark.parametrize(
    ("pitch", "struck", "held"), [(76, 0, 0), (74, 3, 2), (71, 3, 2), (66, 1, 1), (65, 1, 1)]
)
def test_a_soprano_is_dissonant_with_the_bass_most_if_both_start(pitch, struck, held):
    for bass, level in ((48, struck), (0, held)):
        draws = draws_of(tokens_of(C_MAJOR, (72, 67, 64, bass)), SOPRANO, [BASS])
        assert outcomes_at(draws, 1, pitch)["dissonance"][0] // 6 == level


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


def test_a_voice_moves_together_with_another() -> None:
    tokens = tokens_of((72, 67, 64, 48), (74, 67, 65, 48), (76, 67, 67, 48), (76, 67, 67, 48))
    draws = draws_of(tokens, TENOR, [SOPRANO])
    [row] = [row for name, row, _ in draws.others if name == "together"]
    up, same = 4, 3
    assert (row % 36)[1:].tolist() == [up * 6 + 0, up * 6 + up, same * 6 + up]
    assert outcomes_at(draws, 2, 67)["together"] == [up]


def test_the_chord_is_known_when_the_last_voice_is_drawn() -> None:
    tokens = tokens_of(C_MAJOR, C_MAJOR)
    draws = draws_of(tokens, TENOR, [SOPRANO, 1, BASS])
    major, minor = (outcomes_at(draws, 1, pitch)["chord"] for pitch in (64, 63))
    assert major != minor
    assert outcomes_at(draws, 1, 61)["chord"] == [0]
    assert "chord" not in outcomes_at(draws_of(tokens, 1, [SOPRANO, BASS]), 1, 64)


def test_sonorities_are_sets_above_the_bass_by_the_number_of_voices_that_start() -> None:
    tokens = tokens_of(C_MAJOR, (72, 67, 0, 48), (74, 69, 0, 50))
    alto, tenor = (draws_of(tokens, v, [SOPRANO, 1, BASS][: v + 2]) for v in (1, TENOR))
    assert outcomes_at(tenor, 1, 0)["sonority"] == outcomes_at(tenor, 1, 76)["sonority"]
    assert outcomes_at(tenor, 1, 64) != outcomes_at(tenor, 1, 63)
    fifth = outcomes_at(alto, 1, 67)["sonority"]
    assert outcomes_at(alto, 2, 69)["sonority"] == fifth
    assert outcomes_at(tenor, 1, 60)["sonority"] == fifth
    rows = {name: row for name, row, _ in tenor.others}
    assert rows["sonority"].tolist() == [(TENOR * 3 + place) * 4 + 3 for place in (0, 2, 1)]


def test_the_bass_goes_on_from_its_degree_and_chord() -> None:
    tokens = tokens_of(C_MAJOR, (74, 67, 65, 59), (0, 0, 0, 0))
    draws = draws_of(tokens, BASS, [])
    [row] = [row for name, row, _ in draws.others if name == "progression"]
    tonic, dominant = (
        chord_kinds()[chord_ids()[sum(1 << pitch for pitch in pitches), pitches[0]]]
        for pitches in ((0, 4, 7), (11, 2, 5, 7))
    )
    row_of = lambda degree, kind: ((1 * 13 + degree) * 43 + kind) * 2 + 1  # noqa: E731 - in major
    assert row[1:].tolist() == [row_of(0, tonic), row_of(11, dominant)]
    assert outcomes_at(draws, 2, 48)["progression"] == [0]
    assert outcomes_at(draws, 2, 0)["progression"] == [12]


def test_every_voice_has_another_role_where_the_soprano_is_given() -> None:
    tokens = tokens_of(C_MAJOR, C_MAJOR)
    for voice, drawn in ((BASS, [SOPRANO]), (1, [SOPRANO, BASS]), (TENOR, [SOPRANO, 1, BASS])):
        plain, under = (draws_of(tokens, voice, drawn, given_soprano=g) for g in (0, 1))
        assert plain.classes.tolist() == under.classes.tolist()
        pairs = [(name, plain.rows[name], under.rows[name]) for name in plain.rows]
        pairs += [(a[0], a[1], b[1]) for a, b in zip(plain.others, under.others, strict=True)]
        for name, row, other in pairs:
            half = FAMILIES[name][0] // 2
            np.testing.assert_array_equal(row + half, other, err_msg=name)
            assert (row < half).all()
    assert ROLES == 8


def test_voices_that_started_since_the_beat_are_known() -> None:
    steps = [C_MAJOR, (0, 0, 0, 0), (74, 0, 65, 0), (0, 0, 0, 0), (0, 0, 0, 50), (0, 0, 0, 0)]
    row = draws_of(tokens_of(*steps), TENOR, []).rows["beat"]
    everyone, soprano_and_tenor, bass = 15, 1 + 4, 8
    assert (row % 16).tolist() == [0, everyone, everyone, everyone, soprano_and_tenor, bass]


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


def test_the_ground_is_the_degree_of_the_bass_by_metre_and_fermata() -> None:
    draws = draws_of(tokens_of(C_MAJOR, (74, 67, 65, 59), (0, 0, 0, 0)), BASS, [])
    [row] = [row for name, row, _ in draws.others if name == "ground"]
    assert row.tolist() == [(17 + step) * 5 + step for step in range(3)]
    assert outcomes_at(draws, 2, 0)["ground"] == [11]
    assert outcomes_at(draws, 2, 55)["ground"] == [7]


def test_the_recency_of_a_note_is_that_of_its_pitch_class() -> None:
    draws = draws_of(tokens_of(C_MAJOR, C_MAJOR), SOPRANO, [BASS])
    silence = draws.steps.lines.silence[1]
    classes = [
        1 + int(np.searchsorted([1, 4, 16, 32, 64], silence[VOCABULARY.token_of(p) % 12]))
        for p in (72, 75)
    ]
    assert [outcomes_at(draws, 1, pitch)["recency"] for pitch in (72, 75, 0)] == [
        [classes[0]],
        [classes[1]],
        [0],
    ]
    assert classes[0] != classes[1]


def test_histories_of_rests_are_read() -> None:
    tokens = np.full((8, 4), VOCABULARY.rest, np.int32)
    draws = draws_of(tokens, SOPRANO, [BASS])
    assert (draws.classes[:, HOLD] == 0).all()
    assert (draws.rows["tessitura"] == TESSITURA // 2).all()
