"""The rungs of scripts/ladder: each trains, and differs from ours as its name says."""

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

import keras
import networks
import notebook_network
import numpy as np
import pytest
import running
import tensorflow as tf
from made_up import SMALL_MODEL, made_up_chorale, made_up_corpus
from rungs import RUNGS, Rung

from chorale.corpus.corpus import Corpus
from chorale.music import REST, Plan, from_pitches
from chorale.network.conditions import COLUMNS
from chorale.network.history import HistoryTracker, build_history
from chorale.network.keras_network import average_towers, build_network
from chorale.network.tokens import Vocabulary, encode
from chorale.options import ModelOptions
from chorale.training.dataset import training_windows
from chorale.training.trainer import Measurement

VOCABULARY = Vocabulary()
TINY = replace(SMALL_MODEL, filters=4, encoder_units=0, units=4, head_units=6)
BY_NAME = {rung.name: rung for rung in RUNGS}
# One rung for each network: the other differences can be tested without training.
BUILT = {(rung.build, *rung.model.items()): rung for rung in RUNGS if rung.method == "trained"}


def tiny_corpus() -> Corpus:
    """Return five made-up chorales of 6 to 10 steps, three of them for training."""
    chorales = [made_up_chorale(6 + number, number) for number in range(5)]
    splits = {"train": chorales[:3], "valid": chorales[3:4], "test": chorales[4:]}
    return Corpus("tiny", {name: tuple(split) for name, split in splits.items()})


SETTING = running.Setting(tiny_corpus(), epochs=2, model=TINY, samples=2, sample_steps=3)


@pytest.fixture
def eager() -> Iterator[None]:
    """Run functions eagerly: tracing them takes longer than a few updates."""
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


def network_of(name: str, options: ModelOptions = TINY) -> Any:
    """Return a rung's network before training."""
    rung = BY_NAME[name]
    return rung.build(replace(options, **rung.model), VOCABULARY)


def example(seed: int = 0) -> dict[str, np.ndarray]:
    """Return a batch of one chorale with nothing given."""
    tokens = encode(made_up_chorale(12, seed), VOCABULARY)
    inputs = {
        **build_history(tokens, VOCABULARY)._asdict(),
        "tokens": tokens,
        "given": np.full_like(tokens, VOCABULARY.unknown),
        "conditions": np.zeros((len(tokens), len(COLUMNS)), np.int32),
        "number": np.arange(len(tokens), dtype=np.int32),
    }
    return {name: values[None] for name, values in inputs.items()}


def test_every_rung_has_its_own_name_and_lesson():
    assert len({rung.name for rung in RUNGS}) == len({rung.lesson for rung in RUNGS}) == len(RUNGS)


@pytest.mark.filterwarnings("ignore:Even though the `tf.config")
@pytest.mark.parametrize("rung", BUILT.values(), ids=lambda rung: rung.name)
def test_every_network_can_be_trained_and_measured(rung: Rung, eager):
    trainer = running.trainer_for(rung, SETTING)
    assert trainer.updates_per_epoch == 1
    before = [v.numpy() for v in trainer.averaged.trainable_variables]
    for epoch in range(2):  # the schedule starts at a rate of 0
        assert np.isfinite(trainer.run_epoch(epoch, lambda update, loss: None))
    after = [v.numpy() for v in trainer.averaged.trainable_variables]
    assert any((x != y).any() for x, y in zip(before, after, strict=True))
    measured = trainer.measure(running.measured_batches(rung, SETTING, "valid"))
    assert np.log(VOCABULARY.size) / 2 < measured.nll < 2 * np.log(VOCABULARY.size)


@pytest.mark.filterwarnings("ignore:Even though the `tf.config")
@pytest.mark.parametrize("name", ["copy the last step", "ours, for every task"])
def test_the_result_of_a_rung_can_be_written_as_json(name: str, eager):
    lines: list[str] = []
    result = running.run_rung(BY_NAME[name], SETTING, lines.append)
    again = json.loads(json.dumps(asdict(result)))
    assert again["name"] == name
    assert len(lines) == len(again["curve"]) == again["epochs"]
    assert 0 < again["test"]["nll"] < 2 * np.log(VOCABULARY.size)
    assert bool(again["apart"]) == (name == "ours, for every task")


def test_counted_tokens_are_distributions_of_the_training_split():
    train = running.arrays_for(BY_NAME["copy the last step"], SETTING, "train")
    table = networks.count_tokens(train.tokens, train.history.sounding, VOCABULARY)
    np.testing.assert_allclose(np.exp(table).sum(-1), 1, rtol=1e-5)
    note, start = VOCABULARY.first_pitch, VOCABULARY.start
    assert (table[note].argmax(-1) == VOCABULARY.hold).all()
    assert (table[start, :, VOCABULARY.hold] < table[note, :, VOCABULARY.hold]).all()


@pytest.mark.parametrize("name", ["LSTM", "Conv1D and LSTM, no embeddings", "Conv1D only"])
def test_a_simple_network_reads_only_the_past_and_the_voices_drawn_before(name: str):
    network, inputs = network_of(name), example()
    before = average_towers(network(inputs)).numpy()
    step, order = 6, TINY.order
    changed = {key: values.copy() for key, values in inputs.items()}
    changed["tokens"][:, step, order[1]] += 1
    changed["previous"][:, step + 1, order[1]] += 1
    differs = (
        np.abs(average_towers(network(changed)).numpy() - before).max(axis=(0, 3)) > 0
    )  # (T, 4)
    assert not differs[:step].any()
    assert [differs[step, voice] for voice in order] == [False, False, True, True]
    assert differs[step + 1 :].any()


def test_the_rung_without_embeddings_has_none():
    plain = network_of("Conv1D and LSTM, no embeddings")
    assert not [layer for layer in plain.layers if "embedding" in layer.name]
    assert [layer for layer in network_of("Conv1D and LSTM").layers if "embedding" in layer.name]


@pytest.mark.parametrize(
    ("name", "patterns"),
    [
        ("ours, no direction", ["_turn"]),
        ("ours, no chords", ["chord_embedding", "_chords"]),
        ("ours, no melody logits", ["_melody", "_turn"]),
        ("ours, no harmony logits", ["_harmony", "_distance", "_succession", "_chords"]),
        ("ours, no interval inputs", ["slot_embedding", "class_embedding"]),
    ],
)
def test_removed_layers_stay_zero_and_the_others_train(name: str, patterns: list[str]):
    network = network_of(name)
    removed = [w for w in network.weights if any(p in w.path for p in patterns)]
    assert removed
    assert all((w.numpy() == 0).all() for w in removed)
    trained = {w.path for w in network.trainable_variables}
    whole = {w.path for w in build_network(TINY, VOCABULARY).trainable_variables}
    assert whole - trained == {w.path for w in removed}


def test_without_harmony_logits_the_intervals_to_other_voices_have_no_effect():
    # without interval inputs and embeddings nothing else depends on the token of a cell
    tables = ("note_embedding", "slot_embedding", "class_embedding", "chord_embedding")
    removed = ("*_harmony", "*_distance", "*_succession", "*_chords", *tables)
    network, inputs = networks.without_layers(*removed)(TINY, VOCABULARY), example()
    changed = {**inputs, "tokens": inputs["tokens"] + 1}
    np.testing.assert_array_equal(
        average_towers(network(changed)).numpy(), average_towers(network(inputs)).numpy()
    )
    with_harmony = networks.without_layers(*tables)(TINY, VOCABULARY)
    assert np.abs(with_harmony(changed).numpy() - with_harmony(inputs).numpy()).max() > 1e-4


def test_without_recall_no_history_has_a_match():
    rung = BY_NAME["ours, no recall"]
    arrays = running.arrays_for(rung, SETTING, "train")
    options = running.PROTOCOL
    for batch in training_windows(arrays, VOCABULARY, options, 0):
        within = batch["weights"].numpy()[..., 0] > 0
        assert (batch["recalled"].numpy()[within] == VOCABULARY.unknown).all()
        assert not batch["match_lengths"].numpy().any()
    tracker = HistoryTracker(1, VOCABULARY)
    for step in example()["tokens"][0]:
        tracker.append(step[None])
        tracker.append(step[None])  # everything twice, so that there is a match
    inputs = running._step_inputs(tracker.history(), 24, rung, VOCABULARY)
    assert (tracker.history().match_lengths > 0).any()
    assert (inputs["recalled"] == VOCABULARY.unknown).all()
    assert not inputs["match_lengths"].any()


def test_without_direction_no_history_has_earlier_notes():
    arrays = running.arrays_for(BY_NAME["ours, no direction"], SETTING, "train")
    assert (arrays.history.earlier == VOCABULARY.start).all()
    assert not arrays.history.lengths.any()
    assert (running.arrays_for(BY_NAME["our network"], SETTING, "train").history.lengths > 0).any()


def test_without_key_no_history_has_one():
    assert not running.arrays_for(BY_NAME["ours, no key"], SETTING, "train").history.keys.any()
    assert running.arrays_for(BY_NAME["our network"], SETTING, "train").history.keys.any()


def test_without_transposition_all_shifts_are_zero():
    setting = replace(SETTING, corpus=made_up_corpus())
    arrays = running.arrays_for(BY_NAME["ours, no transposition"], setting, "train")
    assert not arrays.shifts.any()
    assert running.arrays_for(BY_NAME["our network"], setting, "train").shifts.any()


@pytest.mark.filterwarnings("ignore:Even though the `tf.config")
@pytest.mark.parametrize("name", ["our network", "ours, two towers"])
def test_the_heads_alone_give_the_logits_of_the_whole_network(name, eager):
    network, inputs = network_of(name), example()
    states = networks.head_states(network)
    assert len(states) == 1 + (name == "ours, two towers")
    found = keras.Model(network.input, states)(inputs)
    heads = keras.Model({**network.input, **states}, network.output)
    last = {name: np.asarray(values)[:, -1:] for name, values in {**inputs, **found}.items()}
    found = average_towers(heads(last))
    np.testing.assert_allclose(
        found.numpy(), average_towers(network(inputs)).numpy()[:, -1:], atol=1e-5
    )


def test_the_notebook_reads_a_chorale_as_one_sequence():
    pitches = np.array([[REST, 60, 55, 36], [81, 60, 55, 36]], np.int16)
    chorale = from_pitches(pitches, Plan(2))
    assert notebook_network.to_values(chorale).tolist() == [0, 25, 20, 1, 46, 25, 20, 1]


def test_the_notebooks_windows_are_33_steps_long_and_16_apart_within_a_chorale():
    chorales = [made_up_chorale(33 + 16 + 15, 1), made_up_chorale(32, 2), made_up_chorale(33, 3)]
    found = notebook_network.cut_windows(chorales)
    assert found.shape == (3, 4 * 33)
    values = notebook_network.to_values(chorales[0])
    np.testing.assert_array_equal(found[1], values[4 * 16 : 4 * (16 + 33)])
    np.testing.assert_array_equal(found[2], notebook_network.to_values(chorales[2]))


def test_the_notebooks_network_has_the_published_size():
    network = notebook_network.build_notebook_network()
    assert network.count_params() == 396_810
    assert network(np.zeros((2, 131), np.int32)).shape == (2, 131, 47)


def test_the_notebooks_network_is_measured_over_all_notes_of_whole_chorales():
    chorales = [made_up_chorale(9, 1), made_up_chorale(12, 2)]

    def repeat_the_last_value(values: np.ndarray) -> np.ndarray:
        probabilities = np.full(
            (*values.shape, notebook_network.VALUES), 0.5 / (notebook_network.VALUES - 1)
        )
        np.put_along_axis(probabilities, values[..., None], 0.5, axis=-1)
        return probabilities

    found = notebook_network.measure(repeat_the_last_value, chorales)
    notes = [notebook_network.to_values(chorale) for chorale in chorales]
    right = sum((each[1:] == each[:-1]).sum() for each in notes)
    total = sum(map(len, notes))
    missed = total - right - len(chorales)
    expected = np.log(47) * 2 - right * np.log(0.5) - missed * np.log(0.5 / 46)
    assert found.nll == pytest.approx(expected / total)
    assert isinstance(found, Measurement)


@pytest.mark.filterwarnings("ignore:Even though the `tf.config")
def test_the_notebooks_network_is_trained_for_its_own_number_of_epochs(monkeypatch, eager):
    monkeypatch.setattr(notebook_network, "EPOCHS", 1)
    long = tuple(made_up_chorale(33, seed) for seed in range(2))
    corpus = Corpus("tiny", {"train": long, "valid": long, "test": long})
    result = running.run_rung(BY_NAME["the notebook's network"], replace(SETTING, corpus=corpus))
    assert result.epochs == len(result.curve) == 1
    assert set(result.apart) == {"loss on its own windows", "accuracy on its own windows"}
