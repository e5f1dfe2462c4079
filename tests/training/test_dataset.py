from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf
from made_up import made_up_chorale, made_up_corpus

from chorale.analysis import measure_motion
from chorale.music import REST, Chorale, Key, Plan
from chorale.network.conditions import (
    KEY,
    MOTION,
    SINCE_DOWNBEAT,
    UNTIL_DOWNBEAT,
    encode_plan,
)
from chorale.network.history import build_history
from chorale.network.tokens import Vocabulary, encode
from chorale.options import TrainingOptions
from chorale.training.dataset import (
    SplitArrays,
    _draw_order,
    _WindowSampler,
    build_arrays,
    find_ranges,
    training_windows,
    transpose_conditions,
    transpose_tokens,
    whole_chorales,
)


def repeat(chorale: Chorale) -> Chorale:
    """Return the chorale twice in a row, without its plan."""
    pitches, onsets = np.tile(chorale.pitches, (2, 1)), np.tile(chorale.onsets, (2, 1))
    return Chorale(pitches, onsets, Plan(len(pitches)))


VOCABULARY = Vocabulary()
TRAIN = (*made_up_corpus(train=11).splits["train"], repeat(made_up_chorale(48, 11)))
RANGES = find_ranges(TRAIN)
ARRAYS = build_arrays(TRAIN, VOCABULARY, RANGES)
OPTIONS = TrainingOptions(window_steps=48, batch_size=4, seed=3)
WHOLE = replace(OPTIONS, window_steps=128)  # longer than any of these chorales


def batches(epoch: int, options: TrainingOptions = OPTIONS) -> list[dict[str, np.ndarray]]:
    """Return the batches of an epoch."""
    return list(training_windows(ARRAYS, VOCABULARY, options, epoch).as_numpy_iterator())


def windows(epoch: int, options: TrainingOptions = OPTIONS) -> list[dict[str, np.ndarray]]:
    """Return the single windows of an epoch, padded like their batches."""
    return [
        {name: values[row] for name, values in batch.items()}
        for batch in batches(epoch, options)
        for row in range(len(batch["tokens"]))
    ]


@pytest.fixture(scope="module")
def many() -> list[dict[str, np.ndarray]]:
    """Return the windows of several epochs."""
    return [window for epoch in range(8) for window in windows(epoch)]


def count_steps(window: dict[str, np.ndarray]) -> int:
    """Return the number of steps of a window before its padding."""
    padding = (window["number"] == 0) & (np.arange(len(window["number"])) > 0)
    return int(np.argmax(padding)) if padding.any() else len(padding)


def test_an_epoch_is_the_same_each_time_it_is_made():
    for first, second in zip(windows(5), windows(5), strict=True):
        for name in first:
            np.testing.assert_array_equal(first[name], second[name])


def test_another_epoch_or_seed_draws_other_windows():
    def first_tokens(epoch: int, seed: int) -> np.ndarray:
        windows_drawn = windows(epoch, replace(OPTIONS, seed=seed))
        return np.stack([window["tokens"][:16] for window in windows_drawn])

    first = first_tokens(epoch=5, seed=3)
    assert not np.array_equal(first, first_tokens(epoch=6, seed=3))
    assert not np.array_equal(first, first_tokens(epoch=5, seed=4))


def test_each_epoch_takes_every_chorale_once_in_another_order():
    def lengths(epoch: int) -> list[int]:
        return [count_steps(window) for window in windows(epoch, WHOLE)]

    expected = sorted(chorale.plan.length_steps for chorale in TRAIN)
    assert len(set(expected)) == len(expected)
    assert sorted(lengths(0)) == sorted(lengths(1)) == expected
    assert lengths(0) != lengths(1)


def test_batches_have_the_batch_size_but_the_last():
    for epoch in range(5):
        sizes = [len(batch["tokens"]) for batch in batches(epoch, replace(OPTIONS, batch_size=5))]
        assert sizes == [5, 5, 2]


@pytest.mark.parametrize("options", [OPTIONS, WHOLE])
def test_batches_are_padded_to_the_longest_of_their_windows_and_no_further(options):
    steps = []
    for batch in batches(0, options):
        rows = [{"number": numbers} for numbers in batch["number"]]
        assert batch["number"].shape[1] == max(map(count_steps, rows))
        steps.append(batch["number"].shape[1])
    assert len(set(steps)) > 1


def test_windows_of_similar_length_share_a_batch():
    options = replace(WHOLE, batch_size=3)
    lengths = np.diff(ARRAYS.starts)

    def padding(order: np.ndarray) -> int:
        rows = lengths[order].reshape(-1, options.batch_size)
        return int((rows.max(axis=1, keepdims=True) - rows).sum())

    generator = np.random.default_rng(0)
    by_length = [padding(_draw_order(ARRAYS, options, generator)) for _ in range(50)]
    at_random = [padding(generator.permutation(len(TRAIN))) for _ in range(50)]
    assert np.mean(by_length) < 0.6 * np.mean(at_random)


def test_batches_come_in_any_order_of_length_and_with_changing_members():
    options = replace(WHOLE, batch_size=3)
    generator = np.random.default_rng(0)
    orders = [_draw_order(ARRAYS, options, generator) for _ in range(50)]
    longest = int(np.argmax(np.diff(ARRAYS.starts)))
    places = {int(np.flatnonzero(order == longest)[0]) // 3 for order in orders}
    assert places == {0, 1, 2, 3}
    members = {frozenset(order.reshape(-1, 3)[0].tolist()) for order in orders}
    assert len(members) > 8


@pytest.mark.parametrize("batch_size", [1, 12, 100])
def test_any_size_of_batch_takes_every_chorale_once(batch_size):
    order = _draw_order(ARRAYS, replace(OPTIONS, batch_size=batch_size), np.random.default_rng(0))
    assert sorted(order.tolist()) == list(range(len(TRAIN)))


ENCODED = [encode(chorale, VOCABULARY) for chorale in TRAIN]


def find_source(window: dict[str, np.ndarray]) -> tuple[int, int]:
    """Find the one chorale of which this is a part, and the semitones by which it is higher."""
    first, end = window["number"][0], window["number"][0] + count_steps(window)
    found = []
    for number, whole in enumerate(ENCODED):
        original, tokens = whole[first:end], window["tokens"][: end - first]
        notes = VOCABULARY.is_note(original)
        if len(original) == len(tokens) and notes.any():
            shift = int((tokens - original)[notes][0])
            if np.array_equal(np.where(notes, original + shift, original), tokens):
                found.append((number, shift))
    [source] = found
    return source


def test_every_window_is_a_part_of_one_chorale_transposed(many):
    sources = [find_source(window) for window in many]
    assert {number for number, _ in sources} == set(range(len(TRAIN)))
    assert len({shift for _, shift in sources}) > 3


def test_the_history_of_a_window_is_that_of_the_whole_chorale_transposed(many):
    for window in many:
        number, shift = find_source(window)
        whole = build_history(encode(TRAIN[number].transposed(shift), VOCABULARY), VOCABULARY)
        first, length = window["number"][0], count_steps(window)
        for name, values in whole._asdict().items():
            np.testing.assert_array_equal(
                window[name][:length], values[first : first + length], err_msg=name
            )


def test_a_window_that_starts_late_recalls_what_came_before_it(many):
    late = [window for window in many if window["number"][0] > 0]
    assert late
    for window in late:
        length = count_steps(window)
        alone = build_history(window["tokens"][:length], VOCABULARY).match_lengths[:, :4]
        lengths = window["match_lengths"][:length, :4]  # lengths of each voice's own match
        assert (lengths >= alone).all()
        assert (lengths > alone).any()


def test_transposed_notes_stay_in_their_voices_ranges(many):
    for window in many:
        pitches = VOCABULARY.pitches_of(window["sounding"][: count_steps(window)])
        pitches = np.ma.masked_equal(pitches, REST)
        assert (pitches.min(axis=0) >= RANGES[:, 0]).all()
        assert (pitches.max(axis=0) <= RANGES[:, 1]).all()


def test_the_key_moves_with_the_notes():
    for semitones in (-5, 0, 7):
        levels = np.array([[0, 1, 2, 4]] * 3)
        plan = Plan(3, None, 0, Key(4, "minor"), np.zeros(3, np.bool_), levels)
        moved = transpose_conditions(tf.constant(encode_plan(plan)), semitones).numpy()
        expected = encode_plan(replace(plan, key=Key(4, "minor").transposed(semitones)))
        np.testing.assert_array_equal(moved, expected)
    unknown = encode_plan(Plan(3))
    assert (transpose_conditions(tf.constant(unknown), 3).numpy()[:, KEY] == 0).all()


def test_transposing_moves_notes_and_nothing_else():
    table = np.arange(VOCABULARY.input_size)
    moved = transpose_tokens(tf.constant(table), 2, VOCABULARY).numpy()
    notes = VOCABULARY.is_note(table)
    np.testing.assert_array_equal(moved, np.where(notes, table + 2, table))


def test_given_cells_are_from_the_chorale_and_are_not_to_be_predicted(many):
    for window in many:
        length = count_steps(window)
        given = window["given"] != VOCABULARY.unknown
        np.testing.assert_array_equal(window["given"][given], window["tokens"][given])
        np.testing.assert_array_equal(window["weights"][:length] == 0, given[:length])
        assert (window["weights"][length:] == 0).all()


def test_padding_is_unknown(many):
    padded = [window for window in many if count_steps(window) < OPTIONS.window_steps]
    assert padded
    for window in padded:
        assert (window["given"][count_steps(window) :] == VOCABULARY.unknown).all()
        assert (window["conditions"][count_steps(window) :] == 0).all()


def make_sampler(arrays: SplitArrays, options: TrainingOptions) -> _WindowSampler:
    """Return the random part of the pipeline."""
    return _WindowSampler(arrays, arrays.tables(), VOCABULARY, options)


def test_all_kinds_of_given_cells_are_drawn():
    steps = tf.range(96)
    sampler = make_sampler(ARRAYS, TrainingOptions(window_steps=96))
    drawn = [sampler._draw_given(steps, tf.constant([1, n])).numpy() for n in range(200)]
    nothing = [known for known in drawn if not known.any()]
    assert 0.3 < len(nothing) / len(drawn) < 0.6
    assert any(known[:, 0].all() and not known[:, 1:].any() for known in drawn)
    assert any(known[:, 3].all() and not known.all() for known in drawn)
    assert any(known.mean() > 0.5 and not known.all() and known[0].all() for known in drawn)
    in_bars = [k for k in drawn if set(k.sum(axis=1).tolist()) == {0, 4} and k[:16].std() == 0]
    assert in_bars


def test_conditions_hold_the_motion_of_each_chorale():
    for chorale, first, end in zip(TRAIN, ARRAYS.starts[:-1], ARRAYS.starts[1:], strict=True):
        columns, motion = ARRAYS.conditions[first:end, MOTION], measure_motion(chorale)
        np.testing.assert_array_equal(columns, 0 if motion is None else 1 + motion)
    assert ARRAYS.conditions[:, MOTION].any()


def test_plans_are_withheld_from_three_tenths_of_the_windows_and_metre_and_motion_as_a_whole(many):
    all_conditions = [window["conditions"][: count_steps(window)] for window in many]
    unknown = [conditions for conditions in all_conditions if not conditions.any()]
    assert 0.2 < len(unknown) / len(all_conditions) < 0.45
    for conditions in all_conditions:
        known = (conditions > 0).any(axis=0)
        assert known[SINCE_DOWNBEAT] == known[UNTIL_DOWNBEAT]
        assert len(set(known[MOTION])) == 1


def test_motion_is_withheld_from_some_windows_whose_other_conditions_are_known(many):
    known = np.array([(window["conditions"] > 0).any(axis=0) for window in many])
    with_motion, with_key = known[:, MOTION.start], known[:, KEY]
    assert 0.2 < with_motion.mean() < 0.55
    assert (with_motion & ~with_key).any()
    assert (with_key & ~with_motion).any()


def draw_starts(chorale: Chorale, draws: int = 400) -> np.ndarray:
    """Draw where windows of a chorale start, the second of two chorales."""
    arrays = build_arrays([TRAIN[0], chorale], VOCABULARY, RANGES)
    _, first, end = arrays.starts
    seeds = tf.stack([tf.zeros(draws, tf.int32), tf.range(draws)], axis=1)
    sampler = make_sampler(arrays, OPTIONS)
    start = tf.function(
        lambda seed: sampler._draw_start(tf.constant(first), tf.constant(end), seed)
    )
    return np.array([start(seed).numpy() for seed in seeds]) - first


def test_beginning_and_end_of_a_long_chorale_are_drawn_often():
    starts = draw_starts(made_up_chorale(200, 0))
    last = 200 - OPTIONS.window_steps
    # there are 39 possible starts, at whole quarters
    assert np.mean(starts == 0) > 0.05
    assert np.mean(starts == last) > 0.05
    assert (starts.min(), starts.max()) == (0, last)
    between = starts[(starts > 0) & (starts < last)]
    assert np.histogram(between, bins=4, range=(0, last))[0].min() > 0.15 * len(between)


def test_half_of_the_windows_between_the_ends_start_at_a_downbeat():
    chorale = made_up_chorale(200, 0)
    starts = draw_starts(chorale)
    between = starts[(starts > 0) & (starts < 200 - OPTIONS.window_steps)]
    at_downbeat = encode_plan(chorale.plan)[between, SINCE_DOWNBEAT] == 1
    assert 0.5 < np.mean(at_downbeat) < 0.75  # a quarter of the others too
    unknown = draw_starts(replace(chorale, plan=Plan(200)))
    assert len(np.unique(unknown)) > 30
    assert (starts % 4 == 0).all()  # where the network's beats fall


@pytest.mark.parametrize("length", [1, 20, 48])
def test_a_chorale_no_longer_than_a_window_starts_at_its_beginning(length):
    assert (draw_starts(made_up_chorale(length, 0), draws=50) == 0).all()


def test_the_pipeline_runs_without_python():
    sampler = make_sampler(ARRAYS, OPTIONS)
    graph = (
        tf.function(sampler.draw_window)
        .get_concrete_function(tf.TensorSpec([], tf.int32), tf.TensorSpec([2], tf.int32))
        .graph
    )
    assert not [op.type for op in graph.get_operations() if "PyFunc" in op.type]


def test_whole_chorales_come_once_each_with_nothing_known():
    whole = list(whole_chorales(ARRAYS, VOCABULARY, 5).as_numpy_iterator())
    assert sum(len(batch["tokens"]) for batch in whole) == len(TRAIN)
    assert sum(batch["weights"].sum() for batch in whole) == 4 * len(ARRAYS.tokens)
    for batch in whole:
        assert (batch["given"] == VOCABULARY.unknown).all()
        assert (batch["conditions"] == 0).all()
        assert (batch["number"][:, 0] == 0).all()


def test_whole_chorales_come_with_their_history():
    [batch] = whole_chorales(ARRAYS, VOCABULARY, len(TRAIN)).as_numpy_iterator()
    for row, tokens in enumerate(sorted(ENCODED, key=len)):
        for name, values in build_history(tokens, VOCABULARY)._asdict().items():
            np.testing.assert_array_equal(batch[name][row, : len(tokens)], values, err_msg=name)
            assert (batch[name][row, len(tokens) :] == 0).all()
