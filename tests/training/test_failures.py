"""A run that fails stops with one line, and what was written before is complete and usable."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from made_up import SMALL_MODEL, Watcher, made_up_chorale, made_up_corpus

from chorale.analysis import measure_motion
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
from chorale.training.run import Outcome, Run, begin_run
from chorale.training.state import TrainingState
from chorale.training.trainer import Measurement, Trainer

VOCABULARY = Vocabulary()
OPTIONS = TrainingOptions(epochs=3, batch_size=3, window_steps=32, learning_rate=8e-3)
NAN, INFINITY = float("nan"), float("inf")
SHAPES = weight_shapes(SMALL_MODEL, VOCABULARY)
FIRST = next(iter(SHAPES))


class FakeTrainer:
    """A trainer that trains nothing: a test sets the metrics of its epochs.

    Attributes:
        losses: function from an epoch's number to the losses of its updates.
        nlls: function from an epoch's number to its validation NLL.
        spoil: function that changes the weights of an epoch, or raises.
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

    def measure(self, batches: Any) -> Measurement:
        return Measurement(self.nlls(self.epoch), 0.5, 0.5)

    def averaged_weights(self) -> dict[str, np.ndarray]:
        weights = {name: np.full(shape, 0.1, np.float32) for name, shape in self.shapes.items()}
        self.spoil(self.epoch, weights)
        return weights

    def arrays(self) -> dict[str, np.ndarray]:
        return {**self.averaged_weights(), "iterations": np.array(self.epoch)}

    def restore(self, arrays: dict[str, np.ndarray]) -> None:
        self.epoch = int(arrays["iterations"])


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> type[FakeTrainer]:
    """Replace the trainer by a class whose epochs a test sets."""

    class TrainerOfTest(FakeTrainer):
        pass

    monkeypatch.setattr(running, "Trainer", TrainerOfTest)
    monkeypatch.setattr(running, "save_curves", lambda history, title, path: None)
    return TrainerOfTest


def train(
    output: Path,
    options: TrainingOptions = OPTIONS,
    state: TrainingState | None = None,
    corpus: Corpus | None = None,
    log: Path | None = None,
) -> Outcome:
    """Run a training."""
    corpus = corpus or made_up_corpus()
    state = state or begin_run(
        "made-up", corpus.fingerprint, SMALL_MODEL, options, command="a test"
    )
    return Run(corpus, state, output, log).train(Watcher())


def spoil_by(value: float) -> Callable[[int, dict[str, Any]], None]:
    """Return a function that puts a value into the weights of the second epoch."""

    def spoil(epoch: int, weights: dict[str, Any]) -> None:
        if epoch == 1:
            weights[FIRST].flat[3] = value

    return spoil


@pytest.mark.parametrize(
    ("epochs", "fault"),
    [
        ({"losses": lambda epoch: [2.0, [2.0, NAN][epoch]]}, "the loss is nan"),
        ({"losses": lambda epoch: [2.0, [2.0, INFINITY][epoch]]}, "the loss is inf"),
        ({"losses": lambda epoch: [2.0, [2.0, 1e6][epoch]]}, "the loss is 5e+05 nats per note"),
        ({"nlls": lambda epoch: [2.0, NAN][epoch]}, "the validation NLL is nan nats per note"),
        (
            {"nlls": lambda epoch: [2.0, 12.0][epoch]},
            "NLL is 12 nats per note; guessing has 3.9",
        ),
        ({"spoil": spoil_by(NAN)}, "some weights are not finite"),
        ({"spoil": spoil_by(-INFINITY)}, "some weights are not finite"),
        ({"spoil": spoil_by(-2 * LARGEST_HALF)}, "a weight is beyond 65504"),
    ],
)
def test_an_epoch_that_diverges_is_reported_and_nothing_of_it_is_kept(
    fake, tmp_path, epochs, fault
):
    output = tmp_path / "my model.safetensors"
    train(output, replace(OPTIONS, epochs=1))
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    state = TrainingState.load(state_path(output))
    state = replace(state, training=OPTIONS)
    for name, function in epochs.items():
        setattr(fake, name, staticmethod(function))
    with pytest.raises(TrainingError) as caught:
        train(output, state=state)
    message = str(caught.value)
    assert message.startswith("training diverged in epoch 2: ")
    assert fault in message
    assert f"{output} has the best network so far, of epoch 1" in message
    assert f"chorale train --resume --learning-rate 0.002 -o '{output}'" in message
    assert "\n" not in message
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_first_epoch_that_diverges_leaves_nothing(fake, tmp_path):
    fake.losses = staticmethod(lambda epoch: [NAN])
    with pytest.raises(TrainingError, match=r"nothing of this run is kept.*--learning-rate 0\.002"):
        train(tmp_path / "model.safetensors")
    assert not list(tmp_path.iterdir())


def test_over_fitting_is_not_divergence(fake, tmp_path):
    fake.nlls = staticmethod(lambda epoch: [1.0, 6.0, 11.0][epoch])
    assert train(tmp_path / "model.safetensors").best.epoch == 1


def test_a_run_that_diverged_resumes_at_a_lower_rate(fake, tmp_path):
    output = tmp_path / "model.safetensors"
    fake.nlls = staticmethod(lambda epoch: [2.0, NAN, 1.5][epoch])
    with pytest.raises(TrainingError, match="diverged in epoch 2"):
        train(output)
    state = TrainingState.load(state_path(output))
    with pytest.raises(
        TrainingError, match="diverged in epoch 2"
    ):  # since the options are the same
        train(output, state=state)
    state = TrainingState.load(state_path(output))
    fake.nlls = staticmethod(lambda epoch: 2.0 - epoch / 10)
    outcome = train(output, state=state.at_learning_rate(0.002, "by hand"))
    assert (outcome.ended, outcome.best.epoch) == ("complete", 3)
    about = load_checkpoint(output).about
    assert about["command"] == "a test; after epoch 1: by hand"
    assert about["training"]["learning_rate"] == 0.002


@pytest.mark.parametrize("field", ["history", "arrays"])
def test_a_state_that_is_not_finite_is_not_resumed(fake, tmp_path, field):
    output = tmp_path / "model.safetensors"
    train(output, replace(OPTIONS, epochs=1))
    state = TrainingState.load(state_path(output))
    spoiled: Any = (replace(state.history[0], valid_nll=NAN),)
    if field == "arrays":
        spoiled = {**state.arrays, FIRST: np.full(SHAPES[FIRST], NAN, np.float32)}
    replace(state, **{field: spoiled}).save(state_path(output))
    with pytest.raises(TrainingError, match=r"cannot resume.*values are not finite.*--force"):
        train(output, state=TrainingState.load(state_path(output)))


def test_a_run_whose_best_network_is_missing_is_not_resumed(fake, tmp_path):
    output = tmp_path / "model.safetensors"
    train(output, replace(OPTIONS, epochs=1))
    state = TrainingState.load(state_path(output))
    whole = output.read_bytes()
    for content in (None, b"", whole[:-9]):
        output.unlink(missing_ok=True)
        if content is not None:
            output.write_bytes(content)
        with pytest.raises(TrainingError, match="so far, is missing or damaged"):
            train(output, state=state)


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
def test_a_run_is_not_resumed_beside_the_network_of_another(fake, tmp_path, change):
    output = tmp_path / "model.safetensors"
    train(output, replace(OPTIONS, epochs=1))
    save_checkpoint(change(load_checkpoint(output)), output)
    with pytest.raises(TrainingError, match="does not belong to the run of"):
        train(output, state=TrainingState.load(state_path(output)))


def test_a_run_resumes_if_its_last_checkpoint_was_written_without_its_state(fake, tmp_path):
    output = tmp_path / "model.safetensors"
    train(output, replace(OPTIONS, epochs=1))
    state = TrainingState.load(state_path(output))
    train(output, state=replace(state, training=replace(OPTIONS, epochs=2)))  # writes a better one
    outcome = train(output, state=replace(state, training=OPTIONS))
    assert (outcome.ended, len(outcome.history)) == ("complete", 3)


def test_a_run_resumes_after_an_epoch_that_was_repeated_and_came_out_worse(fake, tmp_path):
    output = tmp_path / "model.safetensors"
    fake.nlls = staticmethod(lambda epoch: [2.0, 1.0, 3.0][epoch])
    train(output, replace(OPTIONS, epochs=1))
    state = TrainingState.load(state_path(output))
    train(output, state=replace(state, training=replace(OPTIONS, epochs=2)))  # writes a better one
    fake.nlls = staticmethod(lambda epoch: [2.0, 2.5, 3.0][epoch])  # a GPU may give other figures
    train(output, state=replace(state, training=replace(OPTIONS, epochs=2)))
    assert load_checkpoint(output).about["epoch"] == 2
    again = TrainingState.load(state_path(output))
    assert len(train(output, state=replace(again, training=OPTIONS)).history) == 3


def test_a_checkpoint_has_no_more_plans_than_can_be_read(fake, tmp_path, monkeypatch):
    monkeypatch.setattr(running, "MAX_PLANS", 2)
    output = tmp_path / "model.safetensors"
    train(output, replace(OPTIONS, epochs=1), corpus=made_up_corpus(train=5))
    assert len(load_checkpoint(output).plans) == 2


def test_the_plans_of_a_checkpoint_have_the_motion_of_their_chorales(fake, tmp_path):
    output = tmp_path / "model.safetensors"
    corpus = made_up_corpus(train=3)
    train(output, replace(OPTIONS, epochs=1), corpus=corpus)
    chorales = corpus.splits["train"]
    assert load_checkpoint(output).plans == tuple(
        replace(chorale.plan, motion=measure_motion(chorale)) for chorale in chorales
    )


def fail_with(error: Exception) -> Callable[[int], list[float]]:
    """Return a function that raises in the second epoch."""

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
def test_exhausted_memory_is_reported_and_the_best_network_is_kept(fake, tmp_path, error):
    fake.losses = staticmethod(fail_with(error))
    output = tmp_path / "model.safetensors"
    with pytest.raises(TrainingError) as caught:
        train(output)
    assert str(caught.value) == (
        f"memory ran out in epoch 2; {output} has the best network so far; "
        f"to continue: chorale train --resume -o {output}"
    )
    assert load_checkpoint(output).about["epoch"] == 1
    fake.losses = staticmethod(FakeTrainer.losses)
    assert train(output, state=TrainingState.load(state_path(output))).ended == "complete"


def test_too_little_memory_from_the_start_is_reported_with_what_needs_less(monkeypatch, tmp_path):
    def build(*_: Any) -> None:
        raise tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor")

    monkeypatch.setattr(running, "Trainer", build)
    with pytest.raises(TrainingError, match=r"ran out in epoch 1; train a smaller.*--batch-size"):
        train(tmp_path / "model.safetensors")
    assert not list(tmp_path.iterdir())


def test_other_errors_of_tensorflow_are_not_taken_for_exhausted_memory(fake, tmp_path):
    fake.losses = staticmethod(fail_with(tf.errors.InvalidArgumentError(None, None, "a bug")))
    with pytest.raises(tf.errors.InvalidArgumentError):
        train(tmp_path / "model.safetensors")


LARGE = ModelOptions(units=3000, layers=2, towers=1)


def test_a_network_larger_than_the_memory_is_refused_before_it_is_built(monkeypatch, tmp_path):
    monkeypatch.setattr("os.sysconf", {"SC_PHYS_PAGES": 5 * 10**5, "SC_PAGE_SIZE": 4096}.get)
    corpus = made_up_corpus()
    state = begin_run("made-up", corpus.fingerprint, LARGE, OPTIONS)
    with pytest.raises(TrainingError, match=r"needs \d+ GB or more.* this machine has 2 GB"):
        Run(corpus, state, tmp_path / "model.safetensors")


def test_where_the_system_does_not_report_its_memory_nothing_is_refused(monkeypatch):
    monkeypatch.delattr("os.sysconf", raising=False)
    failures.check_memory(begin_run("made-up", "", LARGE, OPTIONS), VOCABULARY)


def test_a_network_whose_files_would_be_too_large_to_read_is_refused(monkeypatch):
    monkeypatch.delattr("os.sysconf", raising=False)
    state = begin_run("made-up", "", ModelOptions(units=8192, layers=16), OPTIONS)
    with pytest.raises(TrainingError, match="too large to be read again: the most are 200 million"):
        failures.check_memory(state, VOCABULARY)


def test_a_full_disk_under_tensorboards_logs_is_not_exhausted_memory(fake, tmp_path, monkeypatch):
    def full(*_: Any, **__: Any) -> None:
        raise tf.errors.ResourceExhaustedError(None, None, "No space left on device")

    monkeypatch.setattr(tf.summary, "scalar", full)
    with pytest.raises(OutputError, match="cannot write TensorBoard's logs"):
        train(tmp_path / "model.safetensors", log=tmp_path / "log")


def build_shallow(model: ModelOptions, vocabulary: Vocabulary) -> keras.Model:
    """Build a network of one layer, whose update is quickly traced."""
    inputs = {
        name: keras.Input((None, *shape), dtype="int32", name=name)
        for name, shape in INPUTS.items()
    }
    logits = keras.layers.Embedding(vocabulary.input_size, vocabulary.size)(inputs["previous"])
    return keras.Model(inputs, keras.ops.expand_dims(logits, 2))


def shallow_trainer(
    model: ModelOptions, options: TrainingOptions, vocabulary: Vocabulary, split: SplitArrays
) -> Trainer:
    """Return a real trainer with a network of one layer."""
    return Trainer(model, options, vocabulary, split, build_shallow)


def test_weights_spoiled_by_the_last_update_alone_are_found(monkeypatch, tmp_path):
    monkeypatch.setattr(running, "Trainer", shallow_trainer)
    corpus = made_up_corpus()
    state = begin_run("made-up", corpus.fingerprint, SMALL_MODEL, OPTIONS)
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
def test_training_works_on_very_little_data(monkeypatch, tmp_path, lengths, batch_size):
    monkeypatch.setattr(running, "Trainer", shallow_trainer)
    chorales = tuple(made_up_chorale(length, seed) for seed, length in enumerate(lengths))
    splits = {"train": chorales, "valid": (made_up_chorale(lengths[0], 99),), "test": ()}
    options = replace(OPTIONS, epochs=2, batch_size=batch_size)
    outcome = train(tmp_path / "model.safetensors", options, corpus=Corpus("made-up", splits))
    assert outcome.ended == "complete"
    assert all(np.isfinite([epoch.loss, epoch.valid_nll]).all() for epoch in outcome.history)


def test_the_command_reports_divergence_in_one_line_and_resumes_at_a_lower_rate(
    fake, tmp_path, run
):
    folder, output = tmp_path / "music", tmp_path / "mine.safetensors"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.mid").write_bytes(midi_bytes(made_up_chorale(24, number)))
    fake.nlls = staticmethod(lambda epoch: [2.0, NAN][epoch])
    arguments = ["--data", str(folder), "-o", str(output), "--units", "4", "--epochs", "2"]
    ended = run("train", *arguments)
    assert (ended.status, ended.err.count("\n")) == (1, 1)
    assert ended.err.startswith("chorale: training diverged in epoch 2: the validation NLL is nan")
    assert ended.err.endswith(f": chorale train --resume --learning-rate 0.0005 -o {output}\n")
    fake.nlls = staticmethod(lambda epoch: 1.9)
    ended = run("train", "--resume", "--learning-rate", "0.0005", "-o", str(output))
    assert (ended.status, ended.err) == (0, "")
    assert "complete after 2 epochs" in ended.out
    about = load_checkpoint(output).about
    assert "; after epoch 1: chorale train --resume --learning-rate 0.0005" in about["command"]
    assert (about["epoch"], about["training"]["learning_rate"]) == (2, 0.0005)
