"""Detectors of figures, forced and free draws, and verdicts of scripts/measure/calibration.py."""

import sys
from collections.abc import Sequence
from pathlib import Path

import calibration
import numpy as np
import pytest
from calibration import count_drawn, plan_parts, split_nats
from calibration_drawing import (
    Setting,
    compose_freely,
    draw_after,
    force,
    full_plan,
    rest_in_silence,
)
from calibration_figures import DETECTORS, count_figures
from calibration_statistics import BACH, DEFAULT, FORCED, FREE, find_verdicts, measure
from calibration_steps import Count, collect_steps
from made_up import made_up_chorale, made_up_corpus
from tiny_network import tiny_checkpoint

from chorale.composing.jobs import job_for_generating, run_job
from chorale.composing.plan_options import ANY_PLAN
from chorale.judging.evaluation import evaluate
from chorale.music import SOPRANO, Chorale, Plan
from chorale.network.conditions import COLUMNS, UNKNOWN
from chorale.network.history import History
from chorale.network.numpy_network import Network
from chorale.network.tokens import Vocabulary, encode
from chorale.options import SamplingOptions

VOCABULARY = Vocabulary()
HELD = ((72, 16),), ((67, 16),), ((64, 16),), ((48, 16),)  # C major, pitches and lengths in steps


def made_of(*voices: Sequence[tuple[int, int]]) -> Chorale:
    """Return a chorale of four voices, each a sequence of pitches and lengths in steps."""
    length = sum(steps for _, steps in voices[0])
    pitches, onsets = np.empty((length, 4), np.int16), np.zeros((length, 4), np.bool_)
    for voice, line in enumerate(voices):
        step = 0
        for pitch, steps in line:
            onsets[step, voice] = True
            pitches[step : step + steps, voice] = pitch
            step += steps
    return Chorale(pitches, onsets, Plan(length))


def counts_of(chorale: Chorale) -> dict[str, Count]:
    steps = collect_steps(chorale)
    return {count.figure: count for detector in DETECTORS for count in detector(steps)}


def places(chorale: Chorale, figure: str) -> list[int]:
    return np.flatnonzero(counts_of(chorale)[figure].hits).tolist()


def with_soprano(*line: tuple[int, int]) -> Chorale:
    return made_of(line, *HELD[1:])


class CertainStepper:
    """A network that is certain of the tokens of chorales."""

    def __init__(self, tokens: Sequence[np.ndarray]) -> None:
        self._tokens, self._step = tokens, -1

    def step(self, history: History) -> None:
        self._step += 1

    def logits(self, voice: int, cells: np.ndarray) -> np.ndarray:
        logits = np.zeros((len(cells), VOCABULARY.size), np.float32)
        for row, tokens in enumerate(self._tokens):
            logits[row, tokens[min(self._step, len(tokens) - 1), voice]] = 100
        return logits


def test_notes_that_alternate_are_found_where_the_fifth_starts():
    chorale = with_soprano((71, 2), (69, 2), (71, 2), (69, 2), (71, 8))
    assert places(chorale, "soprano: five notes B A B A B, per 100 bars") == [8]
    assert places(chorale, "alto: five notes B A B A B, per 100 bars") == []
    hits, chances = counts_of(chorale)["soprano, after B A B A: B, %"][1:]
    assert hits.sum() == chances.sum() == 1
    assert places(chorale, "soprano, after a step down: back by step, %") == [4, 8]
    assert places(chorale, "soprano: neighbour notes off the beat, per 100 beats") == [4, 8]


def test_a_scale_is_found_where_its_fourth_note_starts():
    chorale = with_soprano((67, 4), (69, 4), (71, 4), (72, 4))
    assert places(chorale, "soprano: four notes of a scale, per 100 bars") == [12]


def test_a_passing_note_is_found_where_it_moves_on():
    figure = "soprano: passing notes off the beat, per 100 beats"
    assert places(with_soprano((71, 2), (72, 2), (74, 12)), figure) == [4]
    assert places(with_soprano((71, 4), (72, 4), (74, 8)), figure) == []  # on the beat
    assert places(with_soprano((71, 2), (72, 2), (71, 12)), figure) == []  # a neighbour


def test_neighbour_notes_of_two_voices_are_together_only_if_they_start_together():
    figure = "two voices with a neighbour note together, per 100 beats"
    soprano, alto = ((71, 2), (72, 2), (71, 12)), ((67, 2), (69, 2), (67, 12))
    assert places(made_of(soprano, alto, *HELD[2:]), figure) == [4]
    assert places(made_of(soprano, ((67, 3), (69, 1), (67, 12)), *HELD[2:]), figure) == []


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ((72, 74, 76), "on by step"),
        ((72, 74, 72), "back by step"),
        ((72, 74, 79), "a leap"),
        ((74, 76, 77), None),  # consonant
    ],
)
def test_a_dissonant_note_off_the_beat_is_counted_by_the_way_it_is_left(
    line: tuple[int, ...], kind: str | None
):
    first, off_beat, last = line
    soprano = (first, 2), (off_beat, 2), (last, 12)
    chorale = made_of(soprano, ((67, 16),), ((64, 16),), ((48, 16),))
    for each in ("on by step", "back by step", "a leap"):
        figure = f"upper voices, after a dissonant note off the beat: {each}, %"
        counted = counts_of(chorale)[figure]
        assert np.argwhere(counted.hits).tolist() == ([[4, SOPRANO]] if each == kind else [])
        assert counted.chances.sum() == (kind is not None)


def test_a_suspension_is_found_where_it_resolves():
    figure = "alto: suspensions, per 100 beats"
    bass = (48, 4), (50, 12)
    suspended = made_of(HELD[0], ((60, 8), (59, 8)), HELD[2], bass)
    assert places(suspended, figure) == [8]
    moved = made_of(HELD[0], ((60, 4), (60, 4), (59, 8)), HELD[2], bass)
    assert places(moved, figure) == []  # struck again on the beat
    consonant = made_of(HELD[0], ((60, 8), (59, 8)), HELD[2], ((48, 4), (45, 12)))
    assert places(consonant, figure) == []


def test_a_dominant_seventh_in_first_inversion_is_named_by_its_bass():
    chorale = made_of(((74, 16),), ((67, 16),), ((65, 16),), ((47, 16),))
    hits, chances = counts_of(chorale)["chords on the beat: dominant seventh 6/5, %"][1:]
    assert hits.all()
    assert chances.sum() == 4


def test_a_note_held_over_the_beat_is_counted_at_the_step_that_makes_it_certain():
    chorale = with_soprano((71, 2), (72, 6), (74, 8))
    figure = "notes at the half of a beat that are held "
    assert places(chorale, figure + "over the beat, per 100 bars") == [4]
    assert places(chorale, figure + "for six sixteenths or more, per 100 bars") == [7]
    quarter = with_soprano((71, 2), (72, 4), (74, 2), (76, 8))
    held_on = "quarters at the half of a beat that are held on, %"
    assert [counts_of(each)[held_on].hits.sum() for each in (chorale, quarter)] == [1, 0]
    assert [counts_of(each)[held_on].chances.sum() for each in (chorale, quarter)] == [1, 1]


def test_a_network_that_is_certain_of_the_chorales_has_their_figures():
    chorales = [made_up_chorale(length, seed=length) for length in (37, 64)]
    tokens = [encode(chorale, VOCABULARY) for chorale in chorales]
    generators = [np.random.default_rng(number) for number in range(2)]
    drawn = draw_after(CertainStepper(tokens), (3, 0, 1, 2), tokens, VOCABULARY, 2, generators)
    for row, chorale in enumerate(chorales):
        own = count_figures(collect_steps(chorale))
        forced = count_drawn(chorale, drawn[:, row, : len(tokens[row])], VOCABULARY)
        assert {name: forced[name] for name in own} == {
            name: (2 * hits, 2 * chances) for name, (hits, chances) in own.items()
        }


def test_forced_draws_depend_on_the_seed_and_not_on_other_chorales():
    checkpoint = tiny_checkpoint()
    chorales = [made_up_chorale(length, seed=length) for length in (37, 64)]
    both = dict(force(checkpoint, chorales, plan_known=True, draws=2, seed=5))
    alone = dict(force(checkpoint, chorales[:1], plan_known=True, draws=2, seed=5))
    other = dict(force(checkpoint, chorales, plan_known=True, draws=2, seed=6))
    assert both[0].shape == (2, 37, 4)
    np.testing.assert_array_equal(both[0], alone[0])
    assert (both[1] != other[1]).any()
    assert (both[1][0] != both[1][1]).any()


def test_a_free_draw_with_all_parts_is_the_draw_of_the_package():
    checkpoint = tiny_checkpoint()
    job = job_for_generating(checkpoint, 4, ANY_PLAN)
    every = Setting(guidance=0.9, strictness=1.0, min_p=0.05, playable=True, closes=True, form=True)
    free = compose_freely(checkpoint, job, 3, 1, every)
    assert free == list(run_job(checkpoint, job, 3, 1, SamplingOptions(best_of=1)))
    assert free != compose_freely(checkpoint, job, 3, 1)


def test_holds_in_silence_become_rests_and_others_stay():
    rest, hold, note = VOCABULARY.rest, VOCABULARY.hold, VOCABULARY.token_of(60)
    tokens = np.array(
        [[hold, rest, note, note], [hold, hold, hold, rest], [note, note, rest, hold]]
    )
    expected = [[rest, rest, note, note], [rest, rest, hold, rest], [note, note, rest, rest]]
    assert rest_in_silence(tokens, VOCABULARY).tolist() == expected


def test_the_verdict_names_the_stages_that_make_a_figure_worse():
    values = {  # in percent: Bach, forced, free, default
        "blind": (20, 40, 40, 40),
        "blind, drifts": (20, 40, 60, 60),
        "drifts": (20, 20, 40, 40),
        "bent": (20, 20, 20, 40),
        "blind, mended": (20, 40, 40, 20),
        "right": (20, 20, 20, 20),
    }
    generator = np.random.default_rng(1)

    def column(number: int) -> list[dict[str, tuple[float, float]]]:
        return [
            {name: (each[number] + generator.normal(), 100) for name, each in values.items()}
            for _ in range(30)
        ]

    columns = {
        name: measure(column(number), paired=name in (BACH, FORCED))
        for number, name in enumerate((BACH, FORCED, FREE, DEFAULT))
    }
    assert find_verdicts(columns) == list(values)


def test_the_error_of_a_mean_is_the_usual_one():
    counts = np.random.default_rng(1).normal(20, 3, 50)
    measured = measure([{"figure": (value, 100)} for value in counts])
    np.testing.assert_allclose(measured.errors, counts.std(ddof=1) / np.sqrt(50))


def test_timing_and_pitch_add_up_to_the_likelihood():
    checkpoint, chorale = tiny_checkpoint(), made_up_chorale(40, seed=1)
    unknown = plan_parts(chorale.plan)["unknown"]
    nats = split_nats(Network(checkpoint), chorale, unknown)
    assert nats.min() > -1e-12
    expected = evaluate(checkpoint, [chorale]).nll_per_note
    np.testing.assert_allclose(nats.sum(-1).mean(), expected, rtol=1e-6)


def test_a_part_of_a_plan_has_its_own_columns_alone():
    parts = plan_parts(full_plan(made_up_chorale(40, seed=1)))
    known = {name: (each != UNKNOWN).any(axis=0) for name, each in parts.items()}
    assert not known["unknown"].any()
    assert known["all known"].all()
    assert np.flatnonzero(known["key alone"]).tolist() == [COLUMNS.index("key")]
    assert not known["metre alone"][COLUMNS.index("remaining")]


@pytest.mark.parametrize(
    ("command", "row"),
    [
        ("figures --chorales 2 --count 2 --draws 1 --columns best-of", "| soprano: second, "),
        ("likelihood", "| metre alone | "),
    ],
)
def test_the_script_prints_its_table(
    command: str,
    row: str,
    tiny_model: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setattr(calibration, "load_corpus", lambda name: made_up_corpus())
    monkeypatch.setattr(sys, "argv", ["calibration", *command.split(), "--model", str(tiny_model)])
    calibration.main()
    assert row in capsys.readouterr().out
