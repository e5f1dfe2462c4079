import numpy as np
import pytest
import tensorflow as tf
from small import made_up_corpus

from chorale.conditions import KEY, SINCE_DOWNBEAT, UNTIL_DOWNBEAT, conditions_of
from chorale.dataset import (
    _Cropper,
    arrays_of,
    ranges_of,
    training_windows,
    transpose_conditions,
    transpose_tokens,
    whole_chorales,
)
from chorale.music import Key, Plan
from chorale.options import TrainingOptions
from chorale.tokens import Memory, Vocabulary, encode, remember

VOCABULARY = Vocabulary()
TRAIN = made_up_corpus(train=12).splits["train"]
RANGES = ranges_of(TRAIN)
ARRAYS = arrays_of(TRAIN, VOCABULARY, RANGES)
OPTIONS = TrainingOptions(window_steps=48, batch_size=4, seed=3)


def windows(epoch: int, options: TrainingOptions = OPTIONS) -> list[dict[str, np.ndarray]]:
    """Single windows of an epoch."""
    batches = training_windows(ARRAYS, VOCABULARY, options, epoch).as_numpy_iterator()
    return [
        {name: values[row] for name, values in batch.items()}
        for batch in batches
        for row in range(len(batch["tokens"]))
    ]


@pytest.fixture(scope="module")
def many() -> list[dict[str, np.ndarray]]:
    """The windows of several epochs."""
    return [window for epoch in range(8) for window in windows(epoch)]


def length_of(window: dict[str, np.ndarray]) -> int:
    """Steps of a window before its padding."""
    padding = (window["number"] == 0) & (np.arange(len(window["number"])) > 0)
    return int(np.argmax(padding)) if padding.any() else len(padding)


def test_an_epoch_is_the_same_each_time_it_is_made():
    for first, second in zip(windows(5), windows(5), strict=True):
        for name in first:
            np.testing.assert_array_equal(first[name], second[name])


def test_another_epoch_or_seed_draws_other_windows():
    first = np.stack([window["tokens"] for window in windows(5)])
    other_epoch = np.stack([window["tokens"] for window in windows(6)])
    other_seed = np.stack(
        [w["tokens"] for w in windows(5, TrainingOptions(window_steps=48, batch_size=4, seed=4))]
    )
    assert not np.array_equal(first, other_epoch)
    assert not np.array_equal(first, other_seed)


def test_each_epoch_takes_every_chorale_once_in_another_order():
    def lengths(epoch: int) -> list[int]:
        options = TrainingOptions(window_steps=128, batch_size=4)
        return [length_of(window) for window in windows(epoch, options)]

    expected = sorted(chorale.plan.length_steps for chorale in TRAIN)
    assert sorted(lengths(0)) == sorted(lengths(1)) == expected
    assert lengths(0) != lengths(1)


def test_batches_have_the_batch_size_but_the_last():
    options = TrainingOptions(window_steps=48, batch_size=5)
    sizes = [len(b["tokens"]) for b in training_windows(ARRAYS, VOCABULARY, options, 0)]
    assert sizes == [5, 5, 2]


def test_every_window_is_a_stretch_of_one_chorale_transposed(many):
    whole = [encode(chorale, VOCABULARY) for chorale in TRAIN]

    def shift_to(original: np.ndarray, window: np.ndarray) -> set[int]:
        notes = original >= VOCABULARY.first_pitch
        if not np.array_equal(np.where(notes, -1, original), np.where(notes, -1, window)):
            return set()
        return set((window - original)[notes].tolist()) or {0}

    shifts = set()
    for window in many:
        length, first = length_of(window), window["number"][0]
        found = [
            shift_to(tokens[first : first + length], window["tokens"][:length])
            for tokens in whole
            if len(tokens) >= first + length
        ]
        assert any(len(found_shifts) == 1 for found_shifts in found)
        shifts |= set.union(*found)
    assert len(shifts) > 3


def test_transposed_notes_stay_in_their_voices_ranges(many):
    for window in many:
        notes = np.ma.masked_less(window["sounding"][: length_of(window)], VOCABULARY.first_pitch)
        notes = np.ma.masked_greater_equal(notes, VOCABULARY.size)
        pitches = notes - VOCABULARY.first_pitch + VOCABULARY.lowest_pitch
        assert (pitches.min(axis=0) >= RANGES[:, 0]).all()
        assert (pitches.max(axis=0) <= RANGES[:, 1]).all()


def test_the_key_moves_with_the_notes():
    for semitones in (-5, 0, 7):
        plan = Plan(3, key=Key(4, "minor"))
        moved = transpose_conditions(tf.constant(conditions_of(plan)), semitones).numpy()
        expected = conditions_of(Plan(3, key=Key(4, "minor").transposed(semitones)))
        np.testing.assert_array_equal(moved, expected)
    unknown = conditions_of(Plan(3))
    assert (transpose_conditions(tf.constant(unknown), 3).numpy()[:, KEY] == 0).all()


def test_transposing_moves_notes_and_nothing_else():
    table = np.arange(VOCABULARY.input_size)
    moved = transpose_tokens(tf.constant(table), 2, VOCABULARY).numpy()
    notes = (table >= VOCABULARY.first_pitch) & (table < VOCABULARY.size)
    np.testing.assert_array_equal(moved, np.where(notes, table + 2, table))


def test_what_is_given_is_the_music_and_is_not_to_be_predicted(many):
    for window in many:
        length = length_of(window)
        given = window["evidence"] != VOCABULARY.unknown
        np.testing.assert_array_equal(window["evidence"][given], window["tokens"][given])
        np.testing.assert_array_equal(window["weights"][:length] == 0, given[:length])
        assert (window["weights"][length:] == 0).all()


def test_padding_knows_nothing(many):
    padded = [window for window in many if length_of(window) < OPTIONS.window_steps]
    assert padded
    for window in padded:
        assert (window["evidence"][length_of(window) :] == VOCABULARY.unknown).all()
        assert (window["conditions"][length_of(window) :] == 0).all()


def test_all_kinds_of_evidence_are_drawn():
    steps = tf.range(96)
    cropper = _Cropper(ARRAYS, VOCABULARY, TrainingOptions(window_steps=96))
    drawn = [cropper._evidence(steps, tf.constant([1, n])).numpy() for n in range(200)]
    nothing = [known for known in drawn if not known.any()]
    assert 0.3 < len(nothing) / len(drawn) < 0.6
    assert any(known[:, 0].all() and not known[:, 1:].any() for known in drawn)
    assert any(known[:, 3].all() and not known.all() for known in drawn)
    assert any(known.mean() > 0.5 and not known.all() and known[0].all() for known in drawn)
    in_bars = [k for k in drawn if set(k.sum(axis=1).tolist()) == {0, 4} and k[:16].std() == 0]
    assert in_bars


def test_the_past_of_each_step_is_the_step_before(many):
    for window in many:
        length = length_of(window)
        np.testing.assert_array_equal(window["previous"][1:length], window["tokens"][: length - 1])
        memory = Memory(window["sounding"][:-1], window["held"][:-1])
        after = remember(memory, window["tokens"][:-1], VOCABULARY)
        np.testing.assert_array_equal(window["sounding"][1:length], after.sounding[: length - 1])
        np.testing.assert_array_equal(window["held"][1:length], after.held[: length - 1])
        if window["number"][0] == 0:
            assert (window["previous"][0] == VOCABULARY.start).all()


def test_plans_are_withheld_from_half_of_the_windows_and_metre_goes_as_one(many):
    told = [window["conditions"][: length_of(window)] for window in many]
    blind = [conditions for conditions in told if not conditions.any()]
    assert 0.35 < len(blind) / len(told) < 0.7
    for conditions in told:
        known = (conditions > 0).any(axis=0)
        assert known[SINCE_DOWNBEAT] == known[UNTIL_DOWNBEAT]


def test_many_windows_start_at_a_downbeat(many):
    cropped = [
        w["conditions"][0, SINCE_DOWNBEAT]
        for w in many
        if w["number"][0] > 0 and w["conditions"][0, SINCE_DOWNBEAT] > 0
    ]
    assert 0.3 < np.mean(np.array(cropped) == 1) < 0.95


def test_the_pipeline_calls_no_python_for_an_example():
    cropper = _Cropper(ARRAYS, VOCABULARY, OPTIONS)
    graph = (
        tf.function(cropper.window)
        .get_concrete_function(tf.TensorSpec([], tf.int32), tf.TensorSpec([2], tf.int32))
        .graph
    )
    assert not [op.type for op in graph.get_operations() if "PyFunc" in op.type]


def test_whole_chorales_come_once_each_with_nothing_known():
    batches = list(whole_chorales(ARRAYS, VOCABULARY, 5).as_numpy_iterator())
    assert sum(len(batch["tokens"]) for batch in batches) == len(TRAIN)
    assert sum(batch["weights"].sum() for batch in batches) == 4 * len(ARRAYS.tokens)
    for batch in batches:
        assert (batch["evidence"] == VOCABULARY.unknown).all()
        assert (batch["conditions"] == 0).all()
        assert (batch["number"][:, 0] == 0).all()
