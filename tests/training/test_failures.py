"""Training that goes wrong stops with one line, and what was good before is whole and usable."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from made_up import SMALL_MODEL, Watcher, made_up_chorale, made_up_corpus

from chorale.corpus.corpus import Corpus
from chorale.errors import OutputError, TrainingError
from chorale.network.architecture import weight_shapes
from chorale.network.checkpoint import load_checkpoint, save_checkpoint
from chorale.network.keras_network import INPUTS
from chorale.network.tokens import Vocabulary
from chorale.options import ModelOptions, TrainingOptions
from chorale.rendering.sound.midi import midi_bytes
from chorale.training import failures
from chorale.training import run as running
from chorale.training.dataset import SplitArrays
from chorale.training.failures import LARGEST_HALF
from chorale.training.paths import state_path
from chorale.training.run import Outcome, Run, begin
from chorale.training.state import TrainingState
from chorale.training.trainer import Measure, Trainer

VOCABULARY = Vocabulary()
OPTIONS = TrainingOptions(epochs=3, batch_size=3, window_steps=32, learning_rate=8e-3)
NAN, INFINITY = float("nan"), float("inf")
SHAPES = weight_shapes(SMALL_MODEL, VOCABULARY)
FIRST = next(iter(SHAPES))


class Made:
    """A trainer that trains nothing: its epochs come to what a test says.

    Attributes:
        losses: of the updates of each epoch in turn.
        nlls: the validation NLL of each epoch.
        spoil: changes the weights of the epoch of this number, or raises.
    """

    updates_per_epoch = 2
    learning_rate = 0.001
    losses: Callable[[int], list[float]] = staticmethod(lambda epoch: [2.0, 1.5])
    nlls: Callable[[int], float] = staticmethod(lambda epoch: 2.0 - epoch / 10)
    spoil: Callable[[int, dict[str, Any]], None] = staticmethod(lambda epoch, weights: None)

    def __init__(self, model: ModelOptions, *_: Any) -> None:
        self.epoch = -1
        self.shapes = weight_shapes(model, VOCABULARY)
        self.network = SimpleNamespace(count_params=lambda: 1)

    def run_epoch(self, epoch: int, on_update: Callable[[int, float], None]) -> float:
        self.epoch = epoch
        for number, loss in enumerate(self.losses(epoch)):
            on_update(number, loss)
        return float(np.mean(self.losses(epoch)))

    def measure(self, batches: Any) -> Measure:
        return Measure(self.nlls(self.epoch), 0.5, 0.5)

    def averaged_weights(self) -> dict[str, np.ndarray]:
        weights = {name: np.full(shape, 0.1, np.float32) for name, shape in self.shapes.items()}
        self.spoil(self.epoch, weights)
        return weights

    def arrays(self) -> dict[str, np.ndarray]:
        return {**self.averaged_weights(), "iterations": np.array(self.epoch)}

    def restore(self, arrays: dict[str, np.ndarray]) -> None:
        self.epoch = int(arrays["iterations"])


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> type[Made]:
    """A class of trainers in place of the real one, whose epochs the test decides."""

    class OfTest(Made):
        pass

    monkeypatch.setattr(running, "Trainer", OfTest)
    monkeypatch.setattr(running, "save_curves", lambda history, title, path: None)
    return OfTest


@pytest.fixture
def command(run: Callable[..., Any]) -> Callable[..., Any]:
    """Runs a command as it is given; `run` is this module's own."""
    return partial(run, seeded=False)


def run(
    output: Path,
    options: TrainingOptions = OPTIONS,
    state: TrainingState | None = None,
    corpus: Corpus | None = None,
    log: Path | None = None,
) -> Outcome:
    """A run of training."""
    corpus = corpus or made_up_corpus()
    state = state or begin("made-up", corpus.fingerprint, SMALL_MODEL, options, command="a test")
    return Run(corpus, state, output, log).train(Watcher())


def spoiled_by(value: float) -> Callable[[int, dict[str, Any]], None]:
    """Puts one value into the weights of the second epoch."""

    def spoil(epoch: int, weights: dict[str, Any]) -> None:
        if epoch == 1:
            weights[FIRST].flat[3] = value

    return spoil


@pytest.mark.parametrize(
    ("how", "fault"),
    [
        ({"losses": lambda epoch: [2.0, [2.0, NAN][epoch]]}, "the loss is nan"),
        ({"losses": lambda epoch: [2.0, [2.0, INFINITY][epoch]]}, "the loss is inf"),
        ({"losses": lambda epoch: [2.0, [2.0, 1e6][epoch]]}, "the loss is 5e+05 nats a note"),
        ({"nlls": lambda epoch: [2.0, NAN][epoch]}, "the validation NLL is nan nats a note"),
        (
            {"nlls": lambda epoch: [2.0, 12.0][epoch]},
            "NLL is 12 nats a note, where a guess has 3.9",
        ),
        ({"spoil": spoiled_by(NAN)}, "some weights are not finite"),
        ({"spoil": spoiled_by(-INFINITY)}, "some weights are not finite"),
        ({"spoil": spoiled_by(-2 * LARGEST_HALF)}, "a weight is beyond 65504"),
    ],
)
def test_an_epoch_that_diverges_is_told_and_nothing_of_it_is_kept(made, tmp_path, how, fault):
    output = tmp_path / "my model.safetensors"
    run(output, replace(OPTIONS, epochs=1))
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    state = TrainingState.load(state_path(output))
    state = replace(state, training=OPTIONS)
    for name, what in how.items():
        setattr(made, name, staticmethod(what))
    with pytest.raises(TrainingError) as caught:
        run(output, state=state)
    message = str(caught.value)
    assert message.startswith("training diverged in epoch 2: ")
    assert fault in message
    assert f"{output} has the best network so far, of epoch 1" in message
    assert f"chorale train --resume --learning-rate 0.002 -o '{output}'" in message
    assert "\n" not in message
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_first_epoch_that_diverges_leaves_nothing(made, tmp_path):
    made.losses = staticmethod(lambda epoch: [NAN])
    with pytest.raises(TrainingError, match=r"nothing of this run is kept.*--learning-rate 0\.002"):
        run(tmp_path / "model.safetensors")
    assert not list(tmp_path.iterdir())


def test_over_fitting_is_no_divergence(made, tmp_path):
    made.nlls = staticmethod(lambda epoch: [1.0, 6.0, 11.0][epoch])
    assert run(tmp_path / "model.safetensors").best.epoch == 1


def test_a_run_that_diverged_goes_on_from_before_at_a_lower_rate(made, tmp_path):
    output = tmp_path / "model.safetensors"
    made.nlls = staticmethod(lambda epoch: [2.0, NAN, 1.5][epoch])
    with pytest.raises(TrainingError, match="diverged in epoch 2"):
        run(output)
    state = TrainingState.load(state_path(output))
    with pytest.raises(TrainingError, match="diverged in epoch 2"):  # as the options are the same
        run(output, state=state)
    state = TrainingState.load(state_path(output))
    made.nlls = staticmethod(lambda epoch: 2.0 - epoch / 10)
    outcome = run(output, state=state.at_learning_rate(0.002, "by hand"))
    assert (outcome.ended, outcome.best.epoch) == ("complete", 3)
    about = load_checkpoint(output).about
    assert about["command"] == "a test; after epoch 1: by hand"
    assert about["training"]["learning_rate"] == 0.002


@pytest.mark.parametrize("field", ["history", "arrays"])
def test_a_state_that_is_not_finite_is_not_resumed(made, tmp_path, field):
    output = tmp_path / "model.safetensors"
    run(output, replace(OPTIONS, epochs=1))
    state = TrainingState.load(state_path(output))
    spoiled: Any = (replace(state.history[0], valid_nll=NAN),)
    if field == "arrays":
        spoiled = {**state.arrays, FIRST: np.full(SHAPES[FIRST], NAN, np.float32)}
    replace(state, **{field: spoiled}).save(state_path(output))
    with pytest.raises(TrainingError, match=r"cannot resume.*not all.*finite.*--force"):
        run(output, state=TrainingState.load(state_path(output)))


def test_a_run_whose_best_network_is_gone_is_not_resumed(made, tmp_path):
    output = tmp_path / "model.safetensors"
    run(output, replace(OPTIONS, epochs=1))
    state = TrainingState.load(state_path(output))
    whole = output.read_bytes()
    for content in (None, b"", whole[:-9]):
        output.unlink(missing_ok=True)
        if content is not None:
            output.write_bytes(content)
        with pytest.raises(TrainingError, match="so far, is missing or damaged"):
            run(output, state=state)


@pytest.mark.parametrize(
    "change",
    [
        lambda best: replace(best, about={**best.about, "fingerprint": "another"}),
        lambda best: replace(best, about={**best.about, "epoch": 3}),
        lambda best: replace(best, about={**best.about, "figures": {"valid_nll": 0.3}}),
        lambda best: replace(best, options=replace(best.options, input_dropout=0.25)),
    ],
    ids=["other data", "another epoch's", "another NLL", "other options"],
)
def test_a_run_is_not_resumed_beside_another_runs_network(made, tmp_path, change):
    output = tmp_path / "model.safetensors"
    run(output, replace(OPTIONS, epochs=1))
    save_checkpoint(change(load_checkpoint(output)), output)
    with pytest.raises(TrainingError, match="is not of the run of"):
        run(output, state=TrainingState.load(state_path(output)))


def test_a_run_is_resumed_whose_last_checkpoint_was_written_without_its_state(made, tmp_path):
    output = tmp_path / "model.safetensors"
    run(output, replace(OPTIONS, epochs=1))
    state = TrainingState.load(state_path(output))
    run(output, state=replace(state, training=replace(OPTIONS, epochs=2)))  # writes a better one
    outcome = run(output, state=replace(state, training=OPTIONS))
    assert (outcome.ended, len(outcome.history)) == ("complete", 3)


def test_an_epoch_that_is_done_anew_and_is_worse_leaves_a_run_that_goes_on(made, tmp_path):
    output = tmp_path / "model.safetensors"
    made.nlls = staticmethod(lambda epoch: [2.0, 1.0, 3.0][epoch])
    run(output, replace(OPTIONS, epochs=1))
    state = TrainingState.load(state_path(output))
    run(output, state=replace(state, training=replace(OPTIONS, epochs=2)))  # writes a better one
    made.nlls = staticmethod(lambda epoch: [2.0, 2.5, 3.0][epoch])  # as on a GPU
    run(output, state=replace(state, training=replace(OPTIONS, epochs=2)))
    assert load_checkpoint(output).about["epoch"] == 2
    again = TrainingState.load(state_path(output))
    assert len(run(output, state=replace(again, training=OPTIONS)).history) == 3


def test_of_a_large_data_set_a_checkpoint_has_as_many_plans_as_are_read(
    made, tmp_path, monkeypatch
):
    monkeypatch.setattr(running, "MAX_PLANS", 2)
    output = tmp_path / "model.safetensors"
    run(output, replace(OPTIONS, epochs=1), corpus=made_up_corpus(train=5))
    assert len(load_checkpoint(output).plans) == 2


def broken(error: Exception) -> Callable[[int], list[float]]:
    """Fails in the second epoch."""

    def losses(epoch: int) -> list[float]:
        if epoch:
            raise error
        return [1.0]

    return losses


@pytest.mark.parametrize(
    "error",
    [
        MemoryError("std::bad_alloc"),
        tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor"),
        tf.errors.InternalError(None, None, "Dst tensor is not initialized."),
        tf.errors.InternalError(None, None, "cuMemAlloc: CUDA_ERROR_OUT_OF_MEMORY"),
    ],
)
def test_memory_that_runs_out_is_told_and_the_best_is_kept(made, tmp_path, error):
    made.losses = staticmethod(broken(error))
    output = tmp_path / "model.safetensors"
    with pytest.raises(TrainingError) as caught:
        run(output)
    assert str(caught.value) == (
        f"memory ran out in epoch 2; {output} has the best network so far; "
        f"to go on: chorale train --resume -o {output}"
    )
    assert load_checkpoint(output).about["epoch"] == 1
    made.losses = staticmethod(Made.losses)
    assert run(output, state=TrainingState.load(state_path(output))).ended == "complete"


def test_memory_that_does_not_suffice_at_all_is_told_with_what_needs_less(monkeypatch, tmp_path):
    def build(*_: Any) -> None:
        raise tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor")

    monkeypatch.setattr(running, "Trainer", build)
    with pytest.raises(TrainingError, match=r"ran out in epoch 1; train a smaller.*--batch-size"):
        run(tmp_path / "model.safetensors")
    assert not list(tmp_path.iterdir())


def test_a_fault_of_our_own_is_not_taken_for_a_lack_of_memory(made, tmp_path):
    made.losses = staticmethod(broken(tf.errors.InvalidArgumentError(None, None, "a bug")))
    with pytest.raises(tf.errors.InvalidArgumentError):
        run(tmp_path / "model.safetensors")


LARGE = ModelOptions(units=3000, layers=2)


def test_a_network_larger_than_this_machines_memory_is_refused_unbuilt(monkeypatch, tmp_path):
    monkeypatch.setattr("os.sysconf", {"SC_PHYS_PAGES": 5 * 10**5, "SC_PAGE_SIZE": 4096}.get)
    corpus = made_up_corpus()
    state = begin("made-up", corpus.fingerprint, LARGE, OPTIONS)
    with pytest.raises(TrainingError, match=r"needs \d+ GB or more.* this machine has 2 GB"):
        Run(corpus, state, tmp_path / "model.safetensors")


def test_where_the_system_does_not_tell_its_memory_nothing_is_refused(monkeypatch):
    monkeypatch.delattr("os.sysconf", raising=False)
    failures.check_memory(begin("made-up", "", LARGE, OPTIONS), VOCABULARY)


def test_a_network_whose_files_would_not_be_read_again_is_refused(monkeypatch):
    monkeypatch.delattr("os.sysconf", raising=False)
    state = begin("made-up", "", ModelOptions(units=8192, layers=16), OPTIONS)
    with pytest.raises(TrainingError, match="too large to be read again: 200 million are the most"):
        failures.check_memory(state, VOCABULARY)


def test_a_full_disk_under_tensorboards_logs_is_no_lack_of_memory(made, tmp_path, monkeypatch):
    def full(*_: Any, **__: Any) -> None:
        raise tf.errors.ResourceExhaustedError(None, None, "No space left on device")

    monkeypatch.setattr(tf.summary, "scalar", full)
    with pytest.raises(OutputError, match="cannot write TensorBoard's logs"):
        run(tmp_path / "model.safetensors", log=tmp_path / "log")


def shallow(model: ModelOptions, vocabulary: Vocabulary) -> keras.Model:
    """A network of one layer, whose update is traced at once, in place of the real one."""
    inputs = {
        name: keras.Input((None, *shape), dtype="int32", name=name)
        for name, shape in INPUTS.items()
    }
    logits = keras.layers.Embedding(vocabulary.input_size, vocabulary.size)(inputs["previous"])
    return keras.Model(inputs, keras.ops.expand_dims(logits, 2))


def shallow_trainer(
    model: ModelOptions, options: TrainingOptions, vocabulary: Vocabulary, split: SplitArrays
) -> Trainer:
    """The real trainer with such a network."""
    return Trainer(model, options, vocabulary, split, shallow)


def test_weights_spoiled_by_the_last_update_alone_are_found(monkeypatch, tmp_path):
    monkeypatch.setattr(running, "Trainer", shallow_trainer)
    corpus = made_up_corpus()
    state = begin("made-up", corpus.fingerprint, SMALL_MODEL, OPTIONS)
    ours = Run(corpus, state, tmp_path / "model.safetensors")
    run_epoch = ours.trainer.run_epoch

    def spoiled(epoch: int, on_update: Callable[[int, float], None]) -> float:
        loss = run_epoch(epoch, on_update)
        table = ours.trainer.averaged.trainable_variables[0]
        table.assign(np.full(table.shape, NAN))
        return loss

    ours.trainer.run_epoch = spoiled  # type: ignore[method-assign]
    with pytest.raises(TrainingError, match="diverged in epoch 1: the validation NLL is nan"):
        ours.train(Watcher())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("lengths", "batch_size"),
    [([1], 16), ([1, 300, 17], 2)],
    ids=["one chorale of one step", "more than a window"],
)
def test_the_least_data_are_trained_on(monkeypatch, tmp_path, lengths, batch_size):
    monkeypatch.setattr(running, "Trainer", shallow_trainer)
    chorales = tuple(made_up_chorale(length, seed) for seed, length in enumerate(lengths))
    splits = {"train": chorales, "valid": (made_up_chorale(lengths[0], 99),), "test": ()}
    options = replace(OPTIONS, epochs=2, batch_size=batch_size)
    outcome = run(tmp_path / "model.safetensors", options, corpus=Corpus("made-up", splits))
    assert outcome.ended == "complete"
    assert all(np.isfinite([epoch.loss, epoch.valid_nll]).all() for epoch in outcome.history)


def test_the_command_tells_in_one_line_and_goes_on_at_a_lower_rate(made, tmp_path, command):
    folder, output = tmp_path / "music", tmp_path / "mine.safetensors"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.mid").write_bytes(midi_bytes(made_up_chorale(24, number)))
    made.nlls = staticmethod(lambda epoch: [2.0, NAN][epoch])
    words = ["--data", str(folder), "-o", str(output), "--units", "4", "--epochs", "2"]
    ended = command("train", *words)
    assert (ended.status, ended.err.count("\n")) == (1, 1)
    assert ended.err.startswith("chorale: training diverged in epoch 2: the validation NLL is nan")
    assert ended.err.endswith(f": chorale train --resume --learning-rate 0.0005 -o {output}\n")
    made.nlls = staticmethod(lambda epoch: 1.9)
    ended = command("train", "--resume", "--learning-rate", "0.0005", "-o", str(output))
    assert (ended.status, ended.err) == (0, "")
    assert "complete after 2 epochs" in ended.out
    about = load_checkpoint(output).about
    assert "; after epoch 1: chorale train --resume --learning-rate 0.0005" in about["command"]
    assert (about["epoch"], about["training"]["learning_rate"]) == (2, 0.0005)
