"""Harmony given to the setting of a tune: by a line, by symbols or by figures."""

from dataclasses import replace

import numpy as np
import pytest
from tiny_network import without_weights
from tunes import HUNDREDTH, reading

from chorale.composing.given_chords import is_kept
from chorale.composing.jobs import job_for_harmonizing, run_job
from chorale.composing.jobs.given_harmony import find_harmony
from chorale.composing.plan_options import ANY_PLAN, PlanOptions
from chorale.errors import OptionError
from chorale.music import BASS, REST, SOPRANO, Annotations, Chorale, Key, Metre, Plan, from_pitches
from chorale.music.annotations import BassFigure, BassFigures, ChordSymbol
from chorale.options import SamplingOptions
from chorale.reading import Reading
from chorale.reading.facts import Facts

CHECKPOINT = without_weights()
COMMON = PlanOptions.parse(key="G", metre="4/4", pickup=1)


def tune(*pitches: int, voice: int = SOPRANO, annotations: Annotations = Annotations()) -> Chorale:  # noqa: B008 - frozen
    """A tune of quarters in C major."""
    grid = np.full((4 * len(pitches), 4), REST, np.int16)
    grid[:, voice] = np.repeat(pitches, 4)
    plan = Plan(len(grid), Metre(4, 4), 0, Key.parse("C"), np.arange(len(grid)) >= len(grid) - 4)
    return replace(from_pitches(grid, plan), annotations=annotations)


def symbols(*roots: str) -> Annotations:
    return Annotations(
        chord_symbols=tuple(ChordSymbol(8 * number, (root, 0)) for number, root in enumerate(roots))
    )


def test_chord_symbols_of_the_file_are_followed_until_the_next_one() -> None:
    found = find_harmony(tune(72, 72, 71, 71, 72, 72, annotations=symbols("C", "G", "C")), [0])
    assert [(s.start, s.end, s.chord.name) for s in found.chords] == [
        (0, 8, "C"), (8, 16, "G"), (16, 24, "C"),
    ]  # fmt: skip
    assert found.notices == ("3 chord symbols followed; --ignore-chords ignores them",)


def test_ignored_symbols_are_printed_and_not_followed() -> None:
    line = tune(72, 72, annotations=symbols("C"))
    found = find_harmony(line, [0], ignore=True)
    assert (found.chords, found.symbols) == ((), line.annotations.chord_symbols)
    assert found.notices == ("1 chord symbol kept, not followed",)


def test_symbols_without_notes_leave_the_harmony_open_and_are_reported() -> None:
    written = Annotations(
        chord_symbols=(
            ChordSymbol(0, ("C", 0)),
            ChordSymbol(4, None, "none", "N.C."),
            ChordSymbol(8, ("E", 0), "Tristan"),
        )
    )
    found = find_harmony(tune(72, 72, 72, annotations=written), [0])
    assert [(s.start, s.end) for s in found.chords] == [(0, 4)]
    assert found.notices[1] == (
        "1 chord symbol of unknown kind not followed (bar 1, beat 3: E Tristan)"
    )


def test_a_line_of_chords_replaces_those_of_the_file_and_is_printed() -> None:
    found = find_harmony(tune(72, 74, 76, 77, annotations=symbols("F")), [0], "C G7 C")
    assert [s.chord.name for s in found.chords] == ["C", "G7", "C"]
    assert [symbol.step for symbol in found.symbols] == [0, 4, 8]
    assert found.notices == (
        "1 chord symbol of the file replaced by --chords",
        "the chords end in bar 1, beat 4; the rest is free",
    )


def test_chords_are_written_for_the_tune_of_the_file_and_move_with_it() -> None:
    line = replace(tune(74, 74), plan=replace(tune(74, 74).plan, key=Key.parse("D")))
    found = find_harmony(line, [0], "C I", transposed=2)
    assert [s.chord.root for s in found.chords] == [2, 2]
    assert [symbol.root for symbol in found.symbols] == [("D", 0), ("D", 0)]


def test_chords_that_given_notes_contradict_are_reported_with_their_places() -> None:
    found = find_harmony(tune(72, 74, 76, 77), [0], "C C F:2")
    assert found.notices[-1] == (
        "1 chord contradicted by given notes (bar 1, beat 2: C, soprano D5)"
    )
    bass = find_harmony(tune(48, 50, voice=BASS), [BASS], "C C")
    assert "bass D3" in bass.notices[-1]


def test_a_kept_bass_decides_the_inversion() -> None:
    found = find_harmony(tune(52, 47, voice=BASS), [BASS], "C G7")
    assert [s.chord.bass for s in found.chords] == [4, 11]


def test_figures_are_followed_under_a_kept_bass_alone() -> None:
    figures = (
        BassFigures(4, (BassFigure(6), BassFigure(5))),
        BassFigures(12, (BassFigure(4),)),
        BassFigures(14, (BassFigure(3),)),
    )
    line = tune(48, 47, 48, 55, 48, voice=BASS, annotations=Annotations(bass_figures=figures))
    found = find_harmony(line, [BASS])
    assert [(s.start, s.end, set(s.chord.tones)) for s in found.chords] == [
        (0, 4, {0, 4, 7}),
        (4, 8, {11, 2, 5, 7}),
        (8, 12, {0, 4, 7}),
        (12, 14, {7, 0, 2}),
        (14, 16, {7, 11, 2}),
        (16, 20, {0, 4, 7}),
    ]
    assert found.notices[0].startswith("3 bass figures followed")
    assert find_harmony(line, [BASS], ignore=True).chords == ()


def test_an_unfigured_note_off_the_beat_passes_under_the_chord_before() -> None:
    grid = np.full((12, 4), REST, np.int16)
    grid[:, BASS] = [48] * 2 + [50] * 2 + [52] * 4 + [48] * 4
    plan = Plan(12, Metre(4, 4), 0, Key.parse("C"))
    figures = Annotations(bass_figures=(BassFigures(4, (BassFigure(6),)),))
    line = replace(from_pitches(grid, plan), annotations=figures)
    assert [(s.start, s.end) for s in find_harmony(line, [BASS]).chords] == [
        (0, 4), (4, 8), (8, 12),
    ]  # fmt: skip


def test_a_job_keeps_a_line_of_chords_and_prints_it() -> None:
    text = "G | G:2 Em:2 | G:2 D | N.C."
    job = job_for_harmonizing(CHECKPOINT, reading(HUNDREDTH), COMMON, chords=text)
    [setting] = run_job(CHECKPOINT, job, 1, 1, SamplingOptions(best_of=1))
    assert [symbol.root for symbol in setting.annotations.chord_symbols][:3] == [
        ("G", 0), ("G", 0), ("E", 0),
    ]  # fmt: skip
    line = find_harmony(replace(setting, annotations=Annotations()), [SOPRANO], text)
    assert all(is_kept(setting.pitches, span, span.start) for span in line.chords[:2])
    assert any("the chords end in" in notice for notice in job.notices)


def test_a_figured_bass_keeps_its_figures() -> None:
    line = [(48, 4), (47, 4), (48, 8)]
    figures = Annotations(bass_figures=(BassFigures(4, (BassFigure(6),)),))
    read: Reading = reading(line, names=["Bass"], facts=Facts(Metre(4, 4), 0, 0, "major"))
    read = replace(read, chorale=replace(read.chorale, annotations=figures))
    job = job_for_harmonizing(CHECKPOINT, read, ANY_PLAN, voice="bass")
    [setting] = run_job(CHECKPOINT, job, 1, 1, SamplingOptions(best_of=1))
    assert setting.annotations.bass_figures == figures.bass_figures
    assert set(setting.pitches[4] % 12) <= {11, 2, 7}


def test_keys_of_phrases_are_requested_for_a_tune() -> None:
    keys = [Key.parse("G"), Key.parse("D")]
    options = replace(COMMON, key=None, phrases=(4, 4))
    job = job_for_harmonizing(CHECKPOINT, reading(HUNDREDTH), options, keys=keys)
    drawn = job.draw_task(np.random.default_rng(1))
    assert drawn.plan.key == Key.parse("D")
    assert [span.key for span in drawn.form.keys] == [Key.parse("G")]
    with pytest.raises(OptionError, match="3 keys for 2 phrases"):
        job_for_harmonizing(CHECKPOINT, reading(HUNDREDTH), options, keys=[*keys, keys[0]])


def test_chords_cannot_be_given_and_ignored() -> None:
    with pytest.raises(OptionError, match="--chords gives chords and --ignore-chords"):
        find_harmony(tune(72, 72), [0], "C", ignore=True)
