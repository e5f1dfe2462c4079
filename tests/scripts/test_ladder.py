"""The ladder of scripts/ladder: every rung climbs, and each differs from ours as its name says."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from made_up import SMALL_MODEL, made_up_chorale, made_up_corpus
from places import ROOT

from chorale.corpus.corpus import Corpus
from chorale.music import REST, Plan, from_pitches
from chorale.network.history import HistoryTracker, history_of
from chorale.network.keras_network import build_network, pooled
from chorale.network.tokens import Vocabulary, encode
from chorale.options import ModelOptions
from chorale.training.dataset import training_windows
from chorale.training.trainer import Measure

FOLDER = ROOT / "scripts" / "ladder"
sys.path.insert(0, str(FOLDER))

import climbing  # noqa: E402 - scripts are no package
import handson  # noqa: E402 - as above
import networks  # noqa: E402 - as above
from rungs import RUNGS, Rung  # noqa: E402 - as above

VOCABULARY = Vocabulary()
TINY = replace(SMALL_MODEL, filters=4, encoder_units=0, units=4, head_units=6)
BY_NAME = {rung.name: rung for rung in RUNGS}
# one rung for each network that is built: what else differs does not need training to be seen
BUILT = {(rung.build, *rung.model.items()): rung for rung in RUNGS if rung.climb == "trained"}


def tiny_corpus() -> Corpus:
    """Five made-up chorales of 6 to 10 steps, three to train on."""
    chorales = [made_up_chorale(6 + number, number) for number in range(5)]
    splits = {"train": chorales[:3], "valid": chorales[3:4], "test": chorales[4:]}
    return Corpus("tiny", {name: tuple(split) for name, split in splits.items()})


SETTING = climbing.Setting(tiny_corpus(), epochs=2, model=TINY, samples=2, sample_steps=3)


@pytest.fixture
def eager() -> Iterator[None]:
    """Functions run as they stand: a few updates take less time than their graphs."""
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


def network_of(name: str, options: ModelOptions = TINY) -> Any:
    """A rung's network before training."""
    rung = BY_NAME[name]
    return rung.build(replace(options, **rung.model), VOCABULARY)


def example(seed: int = 0) -> dict[str, np.ndarray]:
    """A batch of one chorale, nothing given."""
    tokens = encode(made_up_chorale(12, seed), VOCABULARY)
    inputs = {
        **history_of(tokens, VOCABULARY)._asdict(),
        "tokens": tokens,
        "evidence": np.full_like(tokens, VOCABULARY.unknown),
        "conditions": np.zeros((len(tokens), 5), np.int32),
        "number": np.arange(len(tokens), dtype=np.int32),
    }
    return {name: values[None] for name, values in inputs.items()}


def test_every_rung_has_a_name_and_a_lesson_of_its_own():
    assert len({rung.name for rung in RUNGS}) == len({rung.lesson for rung in RUNGS}) == len(RUNGS)


@pytest.mark.filterwarnings("ignore:Even though the `tf.config")
@pytest.mark.parametrize("rung", BUILT.values(), ids=lambda rung: rung.name)
def test_every_rung_builds_updates_its_weights_and_measures(rung: Rung, eager):
    trainer = climbing.trainer_for(rung, SETTING)
    assert trainer.updates_per_epoch == 1
    before = [v.numpy() for v in trainer.averaged.trainable_variables]
    for epoch in range(2):  # the schedule's first rate is none
        assert np.isfinite(trainer.run_epoch(epoch, lambda update, loss: None))
    after = [v.numpy() for v in trainer.averaged.trainable_variables]
    assert any((x != y).any() for x, y in zip(before, after, strict=True))
    measured = trainer.measure(climbing.measured_batches(rung, SETTING, "valid"))
    assert np.log(VOCABULARY.size) / 2 < measured.nll < 2 * np.log(VOCABULARY.size)


@pytest.mark.filterwarnings("ignore:Even though the `tf.config")
@pytest.mark.parametrize("name", ["copy the last step", "ours, for every task"])
def test_a_rung_is_climbed_to_a_line_of_the_results(name: str, eager):
    lines: list[str] = []
    result = climbing.climb(BY_NAME[name], SETTING, lines.append)
    again = json.loads(json.dumps(asdict(result)))
    assert again["name"] == name
    assert len(lines) == len(again["curve"]) == again["epochs"]
    assert 0 < again["test"]["nll"] < 2 * np.log(VOCABULARY.size)
    assert bool(again["apart"]) == (name == "ours, for every task")


def test_the_table_of_tokens_is_a_distribution_of_the_training_split():
    train = climbing.arrays_for(BY_NAME["copy the last step"], SETTING, "train")
    table = networks.table_of_tokens(train.tokens, train.past.sounding, VOCABULARY)
    np.testing.assert_allclose(np.exp(table).sum(-1), 1, rtol=1e-5)
    note, start = VOCABULARY.first_pitch, VOCABULARY.start
    assert (table[note].argmax(-1) == VOCABULARY.hold).all()
    assert (table[start, :, VOCABULARY.hold] < table[note, :, VOCABULARY.hold]).all()


@pytest.mark.parametrize("name", ["LSTM", "Conv1D and LSTM, no embeddings", "Conv1D only"])
def test_a_simple_network_hears_the_past_and_the_voices_drawn_before(name: str):
    network, inputs = network_of(name), example()
    before = pooled(network(inputs)).numpy()
    step, order = 6, TINY.order
    changed = {key: values.copy() for key, values in inputs.items()}
    changed["tokens"][:, step, order[1]] += 1
    changed["previous"][:, step + 1, order[1]] += 1
    differs = np.abs(pooled(network(changed)).numpy() - before).max(axis=(0, 3)) > 0  # (T, 4)
    assert not differs[:step].any()
    assert [differs[step, voice] for voice in order] == [False, False, True, True]
    assert differs[step + 1 :].any()


def test_no_embeddings_means_none():
    plain = network_of("Conv1D and LSTM, no embeddings")
    assert not [layer for layer in plain.layers if "embedding" in layer.name]
    assert [layer for layer in network_of("Conv1D and LSTM").layers if "embedding" in layer.name]


@pytest.mark.parametrize(
    ("name", "patterns"),
    [
        ("ours, no melody logits", ["_melody"]),
        ("ours, no harmony logits", ["_harmony", "_distance", "_succession"]),
        ("ours, no interval inputs", ["slot_embedding", "class_embedding"]),
    ],
)
def test_frozen_layers_are_zero_and_the_others_train(name: str, patterns: list[str]):
    network = network_of(name)
    removed = [w for w in network.weights if any(p in w.path for p in patterns)]
    assert removed
    assert all((w.numpy() == 0).all() for w in removed)
    trained = {w.path for w in network.trainable_variables}
    whole = {w.path for w in build_network(TINY, VOCABULARY).trainable_variables}
    assert whole - trained == {w.path for w in removed}


def test_without_harmony_logits_the_interval_to_other_voices_adds_nothing():
    # with interval inputs and embeddings gone too, nothing is left that tells a cell's token
    tables = ("note_embedding", "slot_embedding", "class_embedding")
    gone = ("*_harmony", "*_distance", "*_succession", *tables)
    network, inputs = networks.less(*gone)(TINY, VOCABULARY), example()
    changed = {**inputs, "tokens": inputs["tokens"] + 1}
    np.testing.assert_array_equal(pooled(network(changed)).numpy(), pooled(network(inputs)).numpy())
    with_harmony = networks.less(*tables)(TINY, VOCABULARY)
    assert np.abs(with_harmony(changed).numpy() - with_harmony(inputs).numpy()).max() > 1e-4


def test_without_recall_every_past_looks_like_one_that_repeats_nothing():
    rung = BY_NAME["ours, no recall"]
    arrays = climbing.arrays_for(rung, SETTING, "train")
    options = climbing.PROTOCOL
    for batch in training_windows(arrays, VOCABULARY, options, 0):
        within = batch["weights"].numpy()[..., 0] > 0
        assert (batch["recalled"].numpy()[within] == VOCABULARY.unknown).all()
        assert not batch["agreements"].numpy().any()
    listener = HistoryTracker(1, VOCABULARY)
    for step in example()["tokens"][0]:
        listener.append(step[None])
        listener.append(step[None])  # everything twice: there is something to recall
    told = climbing._unwritten(listener.past(), 24, rung, VOCABULARY)
    assert (listener.past().match_lengths > 0).any()
    assert (told["recalled"] == VOCABULARY.unknown).all()
    assert not told["agreements"].any()


def test_without_transposition_every_window_is_as_written():
    setting = replace(SETTING, corpus=made_up_corpus())
    arrays = climbing.arrays_for(BY_NAME["ours, no transposition"], setting, "train")
    assert not arrays.shifts.any()
    assert climbing.arrays_for(BY_NAME["our network"], setting, "train").shifts.any()


@pytest.mark.filterwarnings("ignore:Even though the `tf.config")
@pytest.mark.parametrize("name", ["our network", "ours, two towers"])
def test_what_is_sampled_in_halves_is_what_the_whole_network_says(name, eager):
    network, inputs = network_of(name), example()
    states = networks.heads_states(network)
    assert len(states) == 1 + (name == "ours, two towers")
    found = keras.Model(network.input, states)(inputs)
    heads = keras.Model({**network.input, **states}, network.output)
    last = {name: np.asarray(values)[:, -1:] for name, values in {**inputs, **found}.items()}
    found = pooled(heads(last))
    np.testing.assert_allclose(found.numpy(), pooled(network(inputs)).numpy()[:, -1:], atol=1e-5)


def test_the_notebook_reads_a_chorale_as_one_sequence_of_notes():
    pitches = np.array([[REST, 60, 55, 36], [81, 60, 55, 36]], np.int16)
    chorale = from_pitches(pitches, Plan(2))
    assert handson.values_of(chorale).tolist() == [0, 25, 20, 1, 46, 25, 20, 1]


def test_the_notebooks_windows_are_33_steps_every_16_and_never_cross_a_chorale():
    chorales = [made_up_chorale(33 + 16 + 15, 1), made_up_chorale(32, 2), made_up_chorale(33, 3)]
    found = handson.windows(chorales)
    assert found.shape == (3, 4 * 33)
    values = handson.values_of(chorales[0])
    np.testing.assert_array_equal(found[1], values[4 * 16 : 4 * (16 + 33)])
    np.testing.assert_array_equal(found[2], handson.values_of(chorales[2]))


def test_the_notebooks_network_has_its_size():
    network = handson.build()
    assert network.count_params() == 396_810
    assert network(np.zeros((2, 131), np.int32)).shape == (2, 131, 47)


def test_the_notebooks_measure_is_over_all_notes_of_whole_chorales():
    chorales = [made_up_chorale(9, 1), made_up_chorale(12, 2)]

    def knows_the_note_before(values: np.ndarray) -> np.ndarray:
        chances = np.full((*values.shape, handson.VALUES), 0.5 / (handson.VALUES - 1))
        np.put_along_axis(chances, values[..., None], 0.5, axis=-1)
        return chances

    found = handson.measure(knows_the_note_before, chorales)
    notes = [handson.values_of(chorale) for chorale in chorales]
    right = sum((each[1:] == each[:-1]).sum() for each in notes)
    total = sum(map(len, notes))
    missed = total - right - len(chorales)
    expected = np.log(47) * 2 - right * np.log(0.5) - missed * np.log(0.5 / 46)
    assert found.nll == pytest.approx(expected / total)
    assert isinstance(found, Measure)


@pytest.mark.filterwarnings("ignore:Even though the `tf.config")
def test_the_notebooks_network_is_climbed_in_its_own_regime(monkeypatch, eager):
    monkeypatch.setattr(handson, "EPOCHS", 1)
    long = tuple(made_up_chorale(33, seed) for seed in range(2))
    corpus = Corpus("tiny", {"train": long, "valid": long, "test": long})
    result = climbing.climb(BY_NAME["the notebook's network"], replace(SETTING, corpus=corpus))
    assert result.epochs == len(result.curve) == 1
    assert set(result.apart) == {"loss on its own windows", "accuracy on its own windows"}
