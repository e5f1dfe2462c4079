"""What a network composes, whatever its weights: here they are drawn, not trained."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from strategies import chorales, plans
from tiny_network import RANGES, plan_in_phrases, tiny_checkpoint

from chorale.analysis import FIFTH, UNISON, crossings, out_of_range, parallels
from chorale.composing.compose import TUNE_SURENESS, compose
from chorale.composing.form import EVERY_VOICE, SOPRANO_ALONE, Form, KeySpan
from chorale.composing.plans import final_chord_start
from chorale.composing.tasks import Task, new_chorale
from chorale.errors import DataError
from chorale.music import REST, Chorale, Key, Metre, Plan
from chorale.network.conditions import KEY, key_id, nothing_known
from chorale.network.history import History, Ids, history_of
from chorale.network.numpy_network import Network
from chorale.network.tokens import Vocabulary, encode
from chorale.options import SamplingOptions

VOCABULARY = Vocabulary()
CHECKPOINT = tiny_checkpoint()
HOT = SamplingOptions(temperature=3.0)
LENGTHS = (9, 64, 30, 1)


def plan(length: int) -> Plan:
    return Plan(length, Metre(3, 4), min(3, length), Key(2, "minor"))


def run_job(*tasks: Task, seed: int = 0, options: SamplingOptions = HOT) -> list[Chorale]:
    generators = [np.random.default_rng([seed, number]) for number in range(len(tasks))]
    written = compose(CHECKPOINT, tasks, options, generators)
    return [composition.chorale for composition in written]


@given(plans(), st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_a_new_chorale_follows_its_plan_and_holds_its_last_chord(plan: Plan, seed: int) -> None:
    [chorale] = run_job(new_chorale(plan, CHECKPOINT), seed=seed)
    assert chorale.plan == plan
    last = final_chord_start(plan)
    assert not chorale.onsets[last + 1 :].any()
    held = chorale.pitches[last:]
    assert (held == held[0]).all()
    assert (chorale.pitches != REST).all()


def test_a_network_that_hears_no_evidence_is_given_none() -> None:
    deaf = replace(CHECKPOINT, about={"training": {"evidence": 0.0}})
    assert (new_chorale(plan_in_phrases(), deaf).given == VOCABULARY.unknown).all()
    hearing = replace(CHECKPOINT, about={"training": {"evidence": 0.5}})
    deaf = replace(hearing, options=replace(CHECKPOINT.options, encoder_units=0))
    assert (new_chorale(plan_in_phrases(), deaf).given == VOCABULARY.unknown).all()
    assert (new_chorale(plan_in_phrases(), hearing).given != VOCABULARY.unknown).any()


@pytest.mark.parametrize(
    "options", [HOT, SamplingOptions(temperature=100), SamplingOptions(greedy=True)]
)
def test_notes_stay_within_the_ranges_of_their_voices(options: SamplingOptions) -> None:
    tasks = [new_chorale(plan_in_phrases(), CHECKPOINT)] * 8
    pitches = np.stack([chorale.pitches for chorale in run_job(*tasks, options=options)])
    for voice, (lowest, highest) in enumerate(RANGES):
        sounding = pitches[..., voice][pitches[..., voice] != REST]
        assert sounding.min() >= lowest
        assert sounding.max() <= highest
        if options.temperature == 100:  # all but uniform draws reach both ends
            assert (sounding.min(), sounding.max()) == (lowest, highest)


def test_even_a_network_that_wants_nothing_but_holds_writes_none_where_nothing_sounds() -> None:
    weights = dict(CHECKPOINT.weights)
    for voice in ("soprano", "alto", "tenor", "bass"):
        bias = np.zeros(VOCABULARY.size, np.float32)
        bias[VOCABULARY.hold], bias[VOCABULARY.rest] = 60, 30
        weights[f"{voice}_tokens/bias"] = bias
    checkpoint = replace(CHECKPOINT, weights=weights)
    task = new_chorale(Plan(20), CHECKPOINT)
    [written] = compose(checkpoint, [task], SamplingOptions(), [np.random.default_rng(0)])
    chorale = written.chorale
    assert chorale.onsets[0].all()
    assert not chorale.onsets[1:].any()
    assert (chorale.pitches != REST).all()  # however much it wants rests, too


@given(chorales(), st.integers(0, 2**32), st.floats(0, 1))
@settings(max_examples=40, deadline=None)
def test_cells_that_are_given_are_kept_exactly(chorale: Chorale, seed: int, share: float) -> None:
    tokens = encode(chorale, VOCABULARY)
    kept = np.random.default_rng(seed).random(4) < share  # whole voices, which sound as given
    given_cells = np.where(kept, tokens, VOCABULARY.unknown).astype(np.int32)
    [written] = run_job(Task(chorale.plan, given_cells), seed=seed)
    assert np.array_equal(written.pitches[:, kept], chorale.pitches[:, kept])
    assert np.array_equal(written.onsets[:, kept], chorale.onsets[:, kept])


def test_where_everything_is_given_nothing_is_composed() -> None:
    [chorale] = run_job(new_chorale(plan(30), CHECKPOINT))
    [again] = run_job(Task(chorale.plan, encode(chorale, VOCABULARY)), seed=1)
    assert again == chorale


def test_a_beginning_and_an_ending_that_are_given_frame_what_is_composed() -> None:
    [model] = run_job(new_chorale(plan(30), CHECKPOINT))
    tokens = encode(model, VOCABULARY)
    tokens[8:20] = VOCABULARY.unknown
    tokens[20] = [VOCABULARY.of_pitch(pitch) for pitch in (72, 65, 60, 48)]
    tokens[21:] = VOCABULARY.hold
    [first, second] = run_job(Task(model.plan, tokens), Task(model.plan, tokens))
    for chorale in (first, second):
        written = encode(chorale, VOCABULARY)
        assert np.array_equal(written[:8], tokens[:8])
        assert np.array_equal(written[20:], tokens[20:])
    assert first != second


def test_notes_given_outside_the_ranges_are_kept() -> None:
    cells = np.full((4, 4), VOCABULARY.unknown, np.int32)
    cells[:, 0] = VOCABULARY.of_pitch(84)
    [chorale] = run_job(Task(Plan(4), cells))
    assert chorale.pitches[:, 0].tolist() == [84] * 4


def test_a_hold_given_where_a_rest_is_given_before_is_refused() -> None:
    cells = np.full((4, 4), VOCABULARY.unknown, np.int32)
    cells[1:3, 1] = VOCABULARY.rest, VOCABULARY.hold
    with pytest.raises(DataError, match="HOLD at step 2 in the alto, where no note sounds"):
        run_job(Task(Plan(4), cells))


def test_the_same_generators_compose_the_same_chorales() -> None:
    tasks = [new_chorale(plan(length), CHECKPOINT) for length in LENGTHS]
    assert run_job(*tasks) == run_job(*tasks)
    assert run_job(*tasks) != run_job(*tasks, seed=1)


def test_tasks_alike_with_different_generators_differ() -> None:
    different = run_job(*[new_chorale(plan(30), CHECKPOINT)] * 5)
    assert all(one != other for one, other in pairwise(different))


def test_greedy_composing_needs_no_chance() -> None:
    task, greedy = new_chorale(plan(30), CHECKPOINT), SamplingOptions(greedy=True)
    assert run_job(task, seed=0, options=greedy) == run_job(task, seed=1, options=greedy)


@pytest.mark.parametrize("seed", range(3))
def test_the_lower_the_temperature_the_nearer_to_greedy(seed: int) -> None:
    tasks = [new_chorale(plan(30), CHECKPOINT)] * 20
    greedy = run_job(*tasks, seed=seed, options=SamplingOptions(greedy=True))
    shares = [
        float(
            np.mean([one.pitches == other.pitches for one, other in zip(greedy, cold, strict=True)])
        )
        for temperature in (3.0, 1.0, 0.2, 1e-5)
        for cold in [run_job(*tasks, seed=seed, options=SamplingOptions(temperature))]
    ]
    assert shares == sorted(shares)
    assert shares[0] < 0.5
    assert shares[-1] == 1


def test_at_the_highest_temperature_all_that_can_be_written_is_as_likely() -> None:
    """By Pearson's chi-square: within five standard deviations of its mean, the tokens less one."""
    tasks = [new_chorale(Plan(64), CHECKPOINT)] * 100
    hot = SamplingOptions(temperature=1e9)
    tokens = np.stack([encode(each, VOCABULARY)[1:32] for each in run_job(*tasks, options=hot)])
    for voice, (lowest, highest) in enumerate(RANGES):  # all of it, and HOLD
        counts = np.bincount(tokens[..., voice].ravel(), minlength=VOCABULARY.size)
        possible = np.flatnonzero(counts)
        assert len(possible) == highest - lowest + 2
        expected = counts.sum() / len(possible)
        freedom = len(possible) - 1
        chi_square = ((counts[possible] - expected) ** 2 / expected).sum()
        assert abs(chi_square - freedom) < 5 * np.sqrt(2 * freedom)


def test_a_chorale_is_the_same_alone_and_among_others_of_other_lengths() -> None:
    """Nothing of the batch reaches a chorale but rounding.

    A product of matrices may be rounded otherwise in a batch, by one part in ten million, and in
    as many draws one falls so close to an edge that it flips, after which all is different. What
    this test is after, rows mixed up or padding heard, would change every chorale: so it asks for
    all but one to be the same.
    """
    tasks = [new_chorale(plan(length), CHECKPOINT) for length in LENGTHS]
    together = run_job(*tasks)
    alone = [
        compose(CHECKPOINT, [task], HOT, [np.random.default_rng([0, number])])[0].chorale
        for number, task in enumerate(tasks)
    ]
    same = sum(one == other for one, other in zip(alone, together, strict=True))
    assert same >= len(LENGTHS) - 1


def test_where_a_phrase_closes_the_draw_is_surer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chorale.composing.cadences.CLOSE_SURENESS", 1e9)
    fermatas = np.zeros(30, np.bool_)
    fermatas[2:5] = True  # closes from the first step on
    task = Task(Plan(30, fermatas=fermatas), np.full((30, 4), VOCABULARY.unknown, np.int32))
    [likeliest] = run_job(task, options=SamplingOptions(greedy=True))
    several = [run_job(task, seed=seed)[0] for seed in range(5)]
    for one in several:
        np.testing.assert_array_equal(one.pitches[:5], likeliest.pitches[:5])
    assert len({one.pitches[5:].tobytes() for one in several}) == 5


def test_a_strict_draw_has_fewer_parallels_crossings_and_notes_out_of_range() -> None:
    def faults(strictness: float) -> list[int]:
        options = SamplingOptions(temperature=1.0, strictness=strictness)
        tasks = [new_chorale(plan(64), CHECKPOINT)] * 24
        written = run_job(*tasks, options=options)
        return [
            sum(parallels(chorale, FIFTH) + parallels(chorale, UNISON) for chorale in written),
            sum(int(crossings(chorale).sum()) for chorale in written),
            sum(map(out_of_range, written)),
        ]

    free, strict = faults(0), faults(2)
    assert strict[0] < free[0] / 2
    assert strict[1] < free[1]
    assert strict[2] < free[2]


def test_what_was_written_comes_with_its_likelihood_untold() -> None:
    tokens = encode(run_job(new_chorale(plan(30), CHECKPOINT), seed=9)[0], VOCABULARY)
    given_cells = np.where(np.arange(30)[:, None] < 12, VOCABULARY.unknown, tokens)
    tasks = [Task(plan(30), given_cells.astype(np.int32)), new_chorale(plan(17), CHECKPOINT)]
    generators = [np.random.default_rng([0, number]) for number in range(2)]
    network = Network(CHECKPOINT)
    for written in compose(CHECKPOINT, tasks, replace(HOT, best_of=2), generators):
        all_tokens = encode(written.chorale, VOCABULARY)
        length = len(all_tokens)
        past = History(*(values[None] for values in history_of(all_tokens, VOCABULARY)))
        unknown = np.full_like(all_tokens, VOCABULARY.unknown)[None]
        logits = network.score(all_tokens[None], past, unknown, nothing_known(length)[None])[0]
        logs = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
        nats = -np.take_along_axis(logs, all_tokens[..., None], -1).mean()
        assert written.nats_per_note == pytest.approx(nats, abs=1e-4)


def test_what_is_not_compared_is_not_asked_for_its_likelihood() -> None:
    generators = [np.random.default_rng(0)]
    single = replace(HOT, best_of=1)
    [alone] = compose(CHECKPOINT, [new_chorale(plan(9), CHECKPOINT)], single, generators)
    assert np.isnan(alone.nats_per_note)


def test_the_soprano_is_drawn_more_surely(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[int, float]] = []

    def watching(
        logits: NDArray[np.floating],
        options: SamplingOptions,
        generators: Sequence[np.random.Generator],
    ) -> NDArray[np.int32]:
        drawn.append((len(drawn) % 4, float(np.ptp(logits[np.isfinite(logits)]))))
        return np.zeros(len(logits), np.int32) + VOCABULARY.of_pitch(64)

    monkeypatch.setattr("chorale.composing.compose.sample", watching)
    free = replace(HOT, strictness=0, guidance=0)
    run_job(Task(Plan(1), np.full((1, 4), VOCABULARY.unknown, np.int32)), options=free)
    sure = dict(drawn)
    monkeypatch.setattr("chorale.composing.compose.TUNE_SURENESS", 1.0)
    drawn.clear()
    run_job(Task(Plan(1), np.full((1, 4), VOCABULARY.unknown, np.int32)), options=free)
    ratios = [sure[place] / plain for place, plain in drawn]
    place_of_soprano = CHECKPOINT.options.order.index(0)
    assert ratios.pop(place_of_soprano) == pytest.approx(TUNE_SURENESS)
    assert ratios == [1.0, 1.0, 1.0]


def test_an_opening_comes_again_in_the_voices_of_the_form() -> None:
    for voices in (EVERY_VOICE, SOPRANO_ALONE):
        form = Form(repeat_steps=12, repeated_voices=voices)
        [chorale] = run_job(new_chorale(plan(40), CHECKPOINT, form))
        tokens = encode(chorale, VOCABULARY)
        for voice in range(4):
            same = (tokens[:12, voice] == tokens[12:24, voice]).all()
            assert same == (voice in voices)
        assert (tokens[12:24] != tokens[24:36]).any()


def test_a_phrase_in_another_key_is_told_it(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Ids] = []
    context = Network.context

    def listening(self: Network, given: Ids, conditions: Ids) -> Any:
        told.append(conditions)
        return context(self, given, conditions)

    monkeypatch.setattr(Network, "context", listening)
    span = KeySpan(4, 8, Key(7, "major"))
    run_job(new_chorale(plan(12), CHECKPOINT, Form((span,))))
    home, other = key_id(Key(2, "minor")), key_id(Key(7, "major"))
    assert told[0][0, :, KEY].tolist() == [home] * 4 + [other] * 4 + [home] * 4


def test_progress_is_told_after_each_step_of_the_longest() -> None:
    told: list[tuple[int, int]] = []
    tasks = [new_chorale(plan(length), CHECKPOINT) for length in (3, 5)]
    generators = [np.random.default_rng(number) for number in range(2)]
    compose(CHECKPOINT, tasks, HOT, generators, lambda done, total: told.append((done, total)))
    assert told == [(step, 5) for step in range(1, 6)]


def test_of_a_new_chorale_without_a_key_only_the_hold_of_its_last_chord_is_given() -> None:
    fermatas = np.arange(12) >= 8
    task = new_chorale(Plan(12, fermatas=fermatas), CHECKPOINT)
    assert (task.given[:9] == VOCABULARY.unknown).all()
    assert (task.given[9:] == VOCABULARY.hold).all()


def test_a_new_chorale_in_a_key_ends_with_its_tonic_in_the_bass() -> None:
    for tonic in range(12):
        task = new_chorale(replace(plan(30), key=Key(tonic, "minor")), CHECKPOINT)
        last = final_chord_start(task.plan)
        [chorale] = run_job(task)
        assert chorale.pitches[last:, 3].max() == chorale.pitches[last:, 3].min()
        assert chorale.onsets[last, 3]
        assert chorale.pitches[last, 3] % 12 == tonic
        assert 39 <= chorale.pitches[last, 3] <= 50


def test_the_last_bass_note_stays_within_the_range_of_the_model() -> None:
    ranges = CHECKPOINT.ranges.copy()
    ranges[3] = [58, 70]
    high = replace(CHECKPOINT, ranges=ranges)
    task = new_chorale(replace(plan(30), key=Key(7, "major")), high)
    assert VOCABULARY.pitch_of(task.given[final_chord_start(task.plan), 3]) == 67
    ranges[3] = [60, 61]  # no G in it: the network decides
    task = new_chorale(replace(plan(30), key=Key(7, "major")), high)
    assert task.given[final_chord_start(task.plan), 3] == VOCABULARY.unknown
