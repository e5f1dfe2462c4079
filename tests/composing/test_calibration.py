"""Corrections of the draw: what is added, what is counted, and that fitting closes the distance."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import pytest
from made_up import made_up_chorale
from numpy.typing import NDArray
from tiny_network import tiny_checkpoint, without_weights

from chorale.composing.calibration import (
    Calibration,
    correct,
    count_outcomes,
    divergence,
    find_closes,
    find_home,
    find_position,
)
from chorale.composing.compose import compose
from chorale.composing.jobs import calibrating, job_for_generating, run_job
from chorale.composing.plan_options import ANY_PLAN
from chorale.composing.rules import Moment
from chorale.composing.tasks import Task
from chorale.music import BASS, REST, SOPRANO, Chorale, Key, Metre, Plan
from chorale.network.calibration import FAMILIES, LARGEST
from chorale.network.conditions import COLUMNS
from chorale.network.history import History, HistoryTracker, build_history
from chorale.network.tokens import Vocabulary, encode
from chorale.options import SamplingOptions

VOCABULARY = Vocabulary()
ORDER = (3, 0, 1, 2)
CHORALE = made_up_chorale(48, 3)
CALM = 2.0  # nats for holding a note


def random_tables(seed: int = 0) -> dict[str, np.ndarray]:
    """Return tables of random corrections."""
    generator = np.random.default_rng(seed)
    return {
        name: generator.normal(size=shape).astype(np.float32) for name, shape in FAMILIES.items()
    }


def tables_of_holding(correction: float) -> dict[str, np.ndarray]:
    """Return tables that correct the outcome "holds" of the family of lengths, and no other."""
    tables = {name: np.zeros(shape, np.float32) for name, shape in FAMILIES.items()}
    tables["lengths"][:, 0] = correction
    return tables


def added_to(
    music: Chorale, tables: dict[str, np.ndarray], given: Sequence[int] = ()
) -> NDArray[np.float64]:
    """Return the corrections of a chorale's own tokens, (T, 4), zeros where a voice is given."""
    tokens = encode(music, VOCABULARY)
    history = build_history(tokens, VOCABULARY)
    rule = Calibration(tables, VOCABULARY)
    task = Task(music.plan, np.full_like(tokens, VOCABULARY.unknown))
    added = np.zeros(tokens.shape)
    for step, cells in enumerate(tokens):
        drawn = np.full((1, 4), VOCABULARY.unknown, np.int32)
        drawn[:, list(given)] = cells[list(given)]
        before = History(*(values[None, step] for values in history))
        for voice in ORDER:
            if voice in given:
                continue
            conditions = np.zeros((1, len(COLUMNS)), np.int32)
            at = Moment(step, voice, drawn, before, conditions, [task])
            logits = rule.apply(np.zeros((1, VOCABULARY.size), np.float32), at)
            added[step, voice] = logits[0, cells[voice]]
            drawn[:, voice] = cells[voice]
    return added


def with_a_rest(music: Chorale) -> Chorale:
    """Return a chorale whose alto rests for a beat."""
    pitches, onsets = music.pitches.copy(), music.onsets.copy()
    pitches[20:24, 1], onsets[20:24, 1], onsets[24, 1] = REST, False, True
    return replace(music, pitches=pitches, onsets=onsets)


@pytest.mark.parametrize("given", [[], [SOPRANO], [SOPRANO, BASS]])
@pytest.mark.parametrize(
    "music",
    [
        CHORALE,
        with_a_rest(CHORALE),
        replace(CHORALE, plan=replace(CHORALE.plan, key=None)),
        replace(CHORALE, plan=replace(CHORALE.plan, metre=Metre(3, 4))),
    ],
)
def test_the_rule_adds_what_is_counted(music, given):
    tables = random_tables()
    counts = count_outcomes([music], ORDER, VOCABULARY, given)
    expected = sum(float((counts[name] * tables[name]).sum()) for name in FAMILIES)
    sounds = (music.pitches != REST).all(-1)
    counted = sounds & np.concatenate([[False], sounds[:-1]])
    assert added_to(music, tables, given)[counted].sum() == pytest.approx(expected, rel=1e-4)


def test_a_rule_that_has_been_used_begins_anew_at_the_first_step() -> None:
    rule = Calibration(random_tables(), VOCABULARY)
    logits = []
    for batch in (1, 2):
        tracker = HistoryTracker(batch, VOCABULARY)
        task = Task(CHORALE.plan, np.full((48, 4), VOCABULARY.unknown, np.int32))
        cells = np.full((batch, 4), VOCABULARY.unknown, np.int32)
        conditions = np.zeros((batch, len(COLUMNS)), np.int32)
        at = Moment(0, BASS, cells, tracker.history(), conditions, [task] * batch)
        logits.append(rule.apply(np.zeros((batch, VOCABULARY.size), np.float32), at))
    np.testing.assert_array_equal(logits[0][0], logits[1][1])


def test_outcomes_that_never_occur_are_not_corrected() -> None:
    few, many = np.array([[100.0, 100.0, 0.0]]), np.array([[200.0, 200.0, 0.0]])
    table = {"rhythm": np.zeros((1, 3), np.float32)}
    [corrected] = correct(table, {"rhythm": few}, {"rhythm": many})["rhythm"]
    assert corrected[2] == 0
    assert corrected == pytest.approx(0, abs=1e-5)


def test_what_is_given_in_one_chorale_does_not_change_another() -> None:
    plain = without_weights()
    checkpoint = replace(plain, calibration=random_tables())
    plan = plain.plans[0]
    open_cells = np.full((plan.length_steps, 4), VOCABULARY.unknown, np.int32)
    with_soprano = open_cells.copy()
    with_soprano[:, SOPRANO] = VOCABULARY.hold
    with_soprano[0, SOPRANO] = VOCABULARY.token_of(67)
    alone, together = (
        compose(
            checkpoint,
            [Task(plan, cells) for cells in given],
            SamplingOptions(best_of=1),
            [np.random.default_rng(number) for number in range(len(given))],
        )[0].chorale
        for given in ([open_cells], [open_cells, with_soprano])
    )
    np.testing.assert_array_equal(alone.pitches, together.pitches)


def test_every_draw_counts_once_in_a_family_of_single_voices() -> None:
    counts = count_outcomes([CHORALE], ORDER, VOCABULARY)
    draws = (len(CHORALE.pitches) - 1) * 4  # no voice sounds before the first step
    for name in ("rhythm", "turn", "dissonance", "degree"):
        assert counts[name].sum() == draws
    assert counts["bass"].sum() == 3 / 4 * draws
    assert counts["chord"].sum() == draws / 4
    assert counts["succession"].sum() == (0 + 1 + 2 + 3) / 4 * draws


def test_rests_are_not_counted() -> None:
    counts = count_outcomes([with_a_rest(CHORALE)], ORDER, VOCABULARY)
    # neither the steps of the rest nor the one after it
    assert counts["rhythm"].sum() == (len(CHORALE.pitches) - 1 - 5) * 4


def test_a_correction_moves_shares_towards_bach() -> None:
    lively = count_outcomes([made_up_chorale(48, 3)], ORDER, VOCABULARY)
    onsets = np.zeros_like(CHORALE.onsets)
    onsets[0] = True
    held = replace(CHORALE, onsets=onsets, pitches=np.tile(CHORALE.pitches[:1], (48, 1)))
    calm = count_outcomes([held], ORDER, VOCABULARY)
    zeros = {name: np.zeros(shape, np.float32) for name, shape in FAMILIES.items()}
    tables = correct(zeros, lively, calm)
    in_both = (lively["lengths"].sum(1) > 0) & (calm["lengths"].sum(1) > 0)
    assert (tables["lengths"][in_both, 0] <= 0).all()
    assert (tables["lengths"][in_both, 0] < 0).any()
    in_one = (lively["lengths"].sum(1) > 0) & ~in_both
    assert in_one.any()
    assert abs(tables["lengths"][in_one]).max() < 0.05
    same = correct(zeros, lively, lively)
    assert all((table == 0).all() for table in same.values())


def test_corrections_are_limited() -> None:
    counts = count_outcomes([CHORALE], ORDER, VOCABULARY)
    others = count_outcomes([made_up_chorale(64, 9)], ORDER, VOCABULARY)
    many = {name: 1000 * values for name, values in others.items()}
    tables = {name: np.zeros(shape, np.float32) for name, shape in FAMILIES.items()}
    for _ in range(50):
        tables = correct(tables, counts, many)
    assert max(abs(table).max() for table in tables.values()) == LARGEST
    assert all(table.dtype == np.float32 for table in tables.values())


def test_the_divergence_of_equal_counts_is_zero() -> None:
    counts = count_outcomes([CHORALE], ORDER, VOCABULARY)
    others = count_outcomes([made_up_chorale(64, 9)], ORDER, VOCABULARY)
    assert divergence(counts, counts) == 0
    assert divergence(counts, others) > 0


@pytest.mark.parametrize(
    ("metre", "step", "position"),
    [(Metre(4, 4), 0, 12), (Metre(4, 4), 4, 0), (Metre(3, 4), 4, 16), (None, 4, 16)],
)
def test_positions_are_those_of_common_time(metre, step, position):
    assert find_position(Plan(32, metre, 4 if metre else 0), step) == position


def test_the_next_fermata_is_near_for_two_beats() -> None:
    fermatas = np.zeros(24, np.bool_)
    fermatas[12:16] = True
    closes = find_closes(Plan(24, fermatas=fermatas))
    assert closes.tolist() == [0] * 4 + [4] * 4 + [3] * 4 + [1, 2, 2, 2] + [0] * 8
    assert find_closes(Plan(24)).tolist() == [0] * 24


def test_a_fermata_that_follows_another_at_once_is_near_under_it_too() -> None:
    fermatas = np.array([False, True, True, False, True, True])
    assert find_closes(Plan(6, fermatas=fermatas)).tolist() == [3, 1, 2, 3, 1, 2]


def test_the_home_key_is_that_of_the_plan() -> None:
    assert find_home(Plan(16, key=Key(7, "minor"))) == (7, 2)
    assert find_home(Plan(16, key=Key(0, "major"))) == (0, 1)
    assert find_home(Plan(16)) == (0, 0)


def test_a_calibrated_checkpoint_composes_otherwise() -> None:
    plain = without_weights()
    plan = plain.plans[0]
    shares = []
    for correction in (CALM, 0.0, -CALM):
        checkpoint = replace(plain, calibration=tables_of_holding(correction))
        given = np.full((plan.length_steps, 4), plain.vocabulary.unknown, np.int32)
        tasks = [Task(plan, given)] * 8
        generators = [np.random.default_rng(seed) for seed in range(8)]
        composed = compose(checkpoint, tasks, SamplingOptions(best_of=1), generators)
        shares.append(np.mean([each.chorale.onsets.mean() for each in composed]))
    assert shares[0] < shares[1] < shares[2]


def test_fitting_comes_nearer_to_what_was_composed_with_a_calibration() -> None:
    plain = without_weights()
    target = replace(plain, calibration=tables_of_holding(CALM))
    job = job_for_generating(target, 16, ANY_PLAN)
    bach = list(run_job(target, job, 12, 5, SamplingOptions(best_of=1)))
    rounds = list(calibrating.calibrate(plain, bach, [], rounds=6, count=4, seed=1))
    assert rounds[-1].divergence < 0.8 * rounds[0].divergence
    tables = rounds[-1].tables
    used = count_outcomes(bach, ORDER, plain.vocabulary)["lengths"].sum(1) > 40
    assert tables["lengths"][used, 0].mean() > 0.05 > tables["lengths"][used, 2].mean()


def test_fitting_goes_on_from_the_calibration_of_the_checkpoint() -> None:
    checkpoint = replace(tiny_checkpoint(), calibration=random_tables())
    [found] = calibrating.calibrate(checkpoint, [CHORALE], [], rounds=1, count=1, seed=1)
    unused = count_outcomes([CHORALE], ORDER, VOCABULARY)["spacing"].sum(1) == 0
    own = cast(dict[str, np.ndarray], checkpoint.calibration)["spacing"]
    assert (found.tables["spacing"][unused] == np.clip(own[unused], -LARGEST, LARGEST)).any()


def test_progress_covers_new_chorales_and_tunes() -> None:
    seen: list[float] = []
    checkpoint, tunes = tiny_checkpoint(), [CHORALE, made_up_chorale(64, 4)]
    fitting = calibrating.calibrate(
        checkpoint, [CHORALE], tunes, 1, 2, 1, lambda done, total: seen.append(done / total)
    )
    next(fitting)
    assert seen == sorted(seen)
    assert 0 < seen[0] < 0.1
    assert seen[-2] == 0.5  # all new chorales, and none of the tunes
    assert seen[-1] == 1


def test_given_voices_are_known_from_the_first_draw_and_not_counted() -> None:
    counts = count_outcomes([CHORALE], ORDER, VOCABULARY, [SOPRANO])
    every = count_outcomes([CHORALE], ORDER, VOCABULARY)
    for name in ("rhythm", "degree", "turn"):
        new, under_soprano = np.split(counts[name], 2)
        assert new.sum() == 0
        of_soprano = np.arange(len(new)) < len(new) // 4
        assert under_soprano[of_soprano].sum() == 0
        np.testing.assert_array_equal(
            under_soprano[~of_soprano], every[name][: len(new)][~of_soprano]
        )
    draws = len(CHORALE.pitches) - 1
    assert counts["succession"].sum() == (1 + 2 + 3) * draws


def test_tunes_are_harmonized_with_their_own_soprano_and_plan() -> None:
    tunes = [CHORALE, made_up_chorale(64, 4)]
    settings = list(calibrating._harmonize(tiny_checkpoint(), tunes, 1, SamplingOptions(best_of=1)))
    for tune, setting in zip(tunes, settings, strict=True):
        np.testing.assert_array_equal(setting.pitches[:, SOPRANO], tune.pitches[:, SOPRANO])
        assert (setting.pitches != tune.pitches).any()
        assert setting.plan.key == tune.plan.key


def test_fitting_harmonizes_the_tunes_too() -> None:
    with_tunes, without = (
        next(calibrating.calibrate(tiny_checkpoint(), [CHORALE], tunes, 1, 1, 1))
        for tunes in ([CHORALE], [])
    )
    assert any((with_tunes.tables[name] != without.tables[name]).any() for name in FAMILIES)
