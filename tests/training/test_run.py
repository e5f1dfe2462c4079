import csv
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from made_up import SMALL_MODEL, Watcher, made_up_corpus

from chorale.corpus.corpus import Corpus
from chorale.errors import OptionError, TrainingError
from chorale.judging.evaluation import count_seen_in_training, evaluate
from chorale.music import digest
from chorale.network.checkpoint import load_checkpoint
from chorale.network.keras_network import average_towers
from chorale.network.tokens import Vocabulary
from chorale.options import ModelOptions, TrainingOptions
from chorale.training import device
from chorale.training.dataset import build_arrays, find_ranges, training_windows
from chorale.training.paths import history_path, state_path
from chorale.training.run import Outcome, Run, begin_run
from chorale.training.state import TrainingState
from chorale.training.trainer import Measurement, Trainer

VOCABULARY = Vocabulary()
OPTIONS = TrainingOptions(epochs=4, batch_size=3, window_steps=32, learning_rate=5e-3, seed=7)


def run(
    output: Path,
    options: TrainingOptions = OPTIONS,
    state: TrainingState | None = None,
    watcher: Watcher | None = None,
    corpus: Corpus | None = None,
    log: Path | None = None,
) -> Outcome:
    """Run a small training."""
    corpus = corpus or made_up_corpus()
    state = state or begin_run(
        "made-up", corpus.fingerprint, SMALL_MODEL, options, command="a test"
    )
    return Run(corpus, state, output, log).train(watcher or Watcher())


def make_trainer(options: TrainingOptions = OPTIONS, model: ModelOptions = SMALL_MODEL) -> Trainer:
    """Return a trainer on made-up chorales."""
    train = made_up_corpus().splits["train"]
    return Trainer(model, options, VOCABULARY, build_arrays(train, VOCABULARY, find_ranges(train)))


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Return everything that changes in training, from a state file."""
    return dict(TrainingState.load(path).arrays)


def without_time(outcome: Outcome) -> list[object]:
    """Return the history without its seconds."""
    return [replace(epoch, seconds=0.0) for epoch in outcome.history]


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome, Watcher]:
    """Return the folder, the outcome and the watcher of an uninterrupted run of four epochs."""
    folder, watcher = tmp_path_factory.mktemp("straight"), Watcher()
    return folder, run(folder / "model.safetensors", watcher=watcher, log=folder / "log"), watcher


def assert_same_run(
    folder: Path, outcome: Outcome, straight: tuple[Path, Outcome, Watcher]
) -> None:
    expected = read_arrays(straight[0] / "model.state.safetensors")
    found = read_arrays(folder / "model.state.safetensors")
    assert found.keys() == expected.keys()
    for name in expected:
        np.testing.assert_array_equal(found[name], expected[name], err_msg=name)
    assert without_time(outcome) == without_time(straight[1])
    ours, theirs = ((f / "model.safetensors") for f in (folder, straight[0]))
    assert load_checkpoint(ours).fingerprint == load_checkpoint(theirs).fingerprint


def test_training_lowers_the_loss_and_the_validation_nll(straight):
    history = straight[1].history
    assert history[-1].loss < history[0].loss
    assert history[-1].valid_nll < history[0].valid_nll
    assert history[-1].valid_nll < np.log(VOCABULARY.size)


def test_ctrl_c_keeps_the_best_so_far_and_can_be_resumed_exactly(straight, tmp_path):
    def interrupt(done: int) -> None:
        if done == 6:
            raise KeyboardInterrupt

    outcome = run(tmp_path / "model.safetensors", watcher=Watcher(interrupt))
    assert outcome.ended == "interrupted"
    assert len(outcome.history) == 2
    assert load_checkpoint(tmp_path / "model.safetensors").about["epoch"] == outcome.best.epoch
    state = TrainingState.load(tmp_path / "model.state.safetensors")
    outcome = run(tmp_path / "model.safetensors", state=state)
    assert outcome.ended == "complete"
    assert_same_run(tmp_path, outcome, straight)


@pytest.mark.parametrize("write", [2, 6, 8])  # two epochs write four files each
def test_a_run_that_ends_at_any_of_its_writes_can_be_resumed(
    no_updates, write, tmp_path, monkeypatch
):
    replace_file, written = Path.replace, []

    def stop_at_one(self: Path, target: Path) -> Path:
        written.append(target.name)
        if len(written) == write:
            raise KeyboardInterrupt
        return replace_file(self, target)

    nlls = iter([2.0, 1.0])
    monkeypatch.setattr(Trainer, "measure", lambda self, _: Measurement(next(nlls), 0.5, 0.5))
    monkeypatch.setattr(Path, "replace", stop_at_one)
    options, output = replace(OPTIONS, epochs=2), tmp_path / "model.safetensors"
    done = (write - 1) // 4
    if done:
        assert (
            len(run(output, options).history) == done
        )  # an epoch that is not written is not reported
    else:
        with pytest.raises(KeyboardInterrupt):
            run(output, options)
    monkeypatch.setattr(Path, "replace", replace_file)
    nlls = iter([2.0, 1.0][done:])
    state = TrainingState.load(state_path(output)) if done else None
    assert len(state.history if state else ()) == done
    assert len(run(output, options, state=state).history) == 2
    assert load_checkpoint(output).about["epoch"] == 2
    with history_path(output).open() as file:
        assert len(list(csv.DictReader(file))) == 2
    assert len(list(tmp_path.iterdir())) == 4


@pytest.fixture
def no_updates(monkeypatch):
    """Replace epochs by single updates that train nothing."""

    def run_epoch(self, epoch, on_update):
        on_update(0, 1.0)
        return 1.0

    def measure(self, batches):
        return Measurement(2.0, 0.5, 0.5)

    monkeypatch.setattr(Trainer, "run_epoch", run_epoch)
    monkeypatch.setattr(Trainer, "measure", measure)


def test_ctrl_c_in_the_first_epoch_leaves_nothing(no_updates, tmp_path):
    def interrupt(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "model.safetensors", watcher=Watcher(interrupt))
    assert not list(tmp_path.iterdir())


def test_the_state_holds_the_random_state_of_dropout(straight):
    names = read_arrays(straight[0] / "model.state.safetensors")
    assert [name for name in names if "seed_generator" in name]


def test_the_checkpoint_is_the_averaged_network_of_the_best_epoch(straight):
    folder, outcome, _ = straight
    checkpoint = load_checkpoint(folder / "model.safetensors")
    found = evaluate(checkpoint, made_up_corpus().splits["valid"])
    # half precision and another implementation: the same to three figures
    assert found.nll_per_note == pytest.approx(outcome.best.valid_nll, rel=2e-3)
    assert found.accuracy == pytest.approx(outcome.best.valid_accuracy, abs=0.01)
    assert checkpoint.about["epoch"] == outcome.best.epoch


def test_the_checkpoint_records_how_it_was_made(straight):
    about = load_checkpoint(straight[0] / "model.safetensors").about
    assert about["data"] == "made-up"
    assert about["command"] == "a test"
    assert about["split"] == "train"
    assert about["training"]["seed"] == OPTIONS.seed
    splits = made_up_corpus().splits
    assert about["chorales"] == [digest(chorale) for chorale in splits["train"]]
    seen = {
        split: count_seen_in_training(about, "made-up", split, splits[split]) for split in splits
    }
    assert seen == {"train": 6, "valid": 0, "test": 0}


def test_history_and_curves_lie_beside_the_checkpoint(straight):
    folder, outcome, _ = straight
    with (folder / "model.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["valid_nll"]) for row in rows] == [e.valid_nll for e in outcome.history]
    assert (folder / "model.png").read_bytes().startswith(b"\x89PNG")
    assert {path.name for path in folder.iterdir()} == {
        "model.safetensors",
        "model.state.safetensors",
        "model.csv",
        "model.png",
        "log",
    }


def test_every_epoch_is_logged_for_tensorboard(straight):
    (events,) = (straight[0] / "log").iterdir()
    summaries = [
        value.tag
        for event in tf.compat.v1.train.summary_iterator(str(events))
        for value in event.summary.value
    ]
    assert summaries.count("valid_nll") == len(straight[1].history)


def test_the_observer_receives_every_update_and_epoch(straight):
    _, outcome, watcher = straight
    assert [done for done, _, _ in watcher.updates] == list(range(1, 9))
    assert {total for _, total, _ in watcher.updates} == {8}
    assert [epoch for epoch, _ in watcher.epochs] == list(outcome.history)
    best = [epoch.valid_nll for epoch, is_best in watcher.epochs if is_best]
    assert best == sorted(best, reverse=True)


def test_training_stops_early_when_validation_no_longer_improves(no_updates, tmp_path, monkeypatch):
    measured = iter([3.0, 2.0, 2.5, 2.1, 2.2])
    monkeypatch.setattr(Trainer, "measure", lambda self, _: Measurement(next(measured), 0.5, 0.5))
    options = replace(OPTIONS, epochs=9, patience=2)
    outcome = run(tmp_path / "model.safetensors", options)
    assert outcome.ended == "stopped early"
    assert [epoch.valid_nll for epoch in outcome.history] == [3.0, 2.0, 2.5, 2.1]
    assert outcome.best.epoch == 2
    assert load_checkpoint(tmp_path / "model.safetensors").about["epoch"] == 2


@pytest.mark.parametrize("split", ["train", "valid"])
def test_an_empty_split_cannot_be_trained_on(split, tmp_path):
    corpus = made_up_corpus()
    corpus = replace(corpus, splits={**corpus.splits, split: ()})
    with pytest.raises(TrainingError, match=f"the {split} split of made-up is empty"):
        run(tmp_path / "model.safetensors", corpus=corpus)


def test_a_run_cannot_be_resumed_on_other_data(straight, tmp_path):
    state = TrainingState.load(straight[0] / "model.state.safetensors")
    with pytest.raises(TrainingError, match="has changed since the run began"):
        run(tmp_path / "model.safetensors", state=state, corpus=made_up_corpus(train=5))


def test_there_must_be_a_state_to_resume_from(tmp_path):
    message = "nothing to resume: .* after its first epoch; begin without --resume"
    with pytest.raises(TrainingError, match=message):
        TrainingState.load(tmp_path / "no.state.safetensors")


@pytest.mark.parametrize("length", [0, 7, 100, 4000])
def test_a_damaged_state_is_refused(straight, tmp_path, length):
    whole = (straight[0] / "model.state.safetensors").read_bytes()
    path = tmp_path / "model.state.safetensors"
    path.write_bytes(whole[:length])
    with pytest.raises(TrainingError, match="cannot resume from"):
        TrainingState.load(path)


def test_a_checkpoint_is_not_a_state(straight):
    with pytest.raises(TrainingError, match="cannot resume from"):
        TrainingState.load(straight[0] / "model.safetensors")


def test_a_state_of_another_network_is_refused(straight):
    other = make_trainer(model=replace(SMALL_MODEL, units=20))
    state = TrainingState.load(straight[0] / "model.state.safetensors")
    with pytest.raises(TrainingError, match="another version"):
        other.restore(state.arrays)


def test_the_state_lies_beside_the_checkpoint():
    assert state_path(Path("a/b.safetensors")) == Path("a/b.state.safetensors")


def test_the_learning_rate_warms_up_and_falls():
    options = replace(OPTIONS, epochs=50, learning_rate=0.004, warmup=0.1)
    schedule = make_trainer(options)._make_schedule()
    rates = [float(schedule(update)) for update in range(100)]
    assert rates[0] == 0
    assert max(rates) == pytest.approx(0.004)
    assert rates.index(max(rates)) == 10
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[-1] < 0.0001


def test_the_options_reach_the_optimiser():
    options = replace(OPTIONS, weight_decay=0.03, clip_norm=0.7)
    optimizer = make_trainer(options).optimizer
    assert isinstance(optimizer, keras.optimizers.AdamW)
    assert optimizer.weight_decay == 0.03
    assert optimizer.global_clipnorm == 0.7


def run_updates(options: TrainingOptions, updates: int) -> tuple[Trainer, float]:
    """Run updates on one batch, without a graph or dropout: the trainer, and the last loss."""
    ours = make_trainer(options, replace(SMALL_MODEL, dropout=0.0, input_dropout=0.0, shuffled=0.0))
    batch = next(iter(training_windows(ours.split, VOCABULARY, options, 0)))
    for _ in range(updates):
        nll, cells = ours._update_eagerly(batch)
    return ours, float(nll / cells)


def test_a_huge_gradient_is_clipped():
    def momentum(clip_norm: float) -> float:
        ours, _ = run_updates(replace(OPTIONS, clip_norm=clip_norm), 1)
        return max(
            float(np.abs(values).max())
            for name, values in ours.arrays().items()
            if name.endswith("_momentum")
        )

    assert 0 < momentum(1e-3) < 0.1 * momentum(1e6)


def test_a_cell_counts_the_same_however_many_a_batch_has():
    def momenta(weight: float) -> dict[str, np.ndarray]:
        ours = make_trainer(
            replace(OPTIONS, clip_norm=1e9),
            replace(SMALL_MODEL, dropout=0.0, input_dropout=0.0, shuffled=0.0),
        )
        batch = next(iter(training_windows(ours.split, VOCABULARY, OPTIONS, 0)))
        ours._update_eagerly({**batch, "weights": weight * batch["weights"]})
        arrays = ours.arrays()
        return {name: arrays[name] for name in arrays if name.endswith("_momentum")}

    whole, half = momenta(1.0), momenta(0.5)
    assert max(np.abs(values).max() for values in whole.values()) > 0
    for name, values in whole.items():
        np.testing.assert_allclose(half[name], values / 2, rtol=1e-4, atol=1e-7)


def test_each_tower_learns_to_predict_alone():
    still = replace(SMALL_MODEL, towers=2, dropout=0.0, input_dropout=0.0, shuffled=0.0)
    ours = make_trainer(model=still)
    batch = next(iter(training_windows(ours.split, VOCABULARY, OPTIONS, 0)))
    inputs = {name: values for name, values in batch.items() if name != "weights"}
    towers = ours.network(inputs)

    def nll(logits: tf.Tensor) -> float:
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(batch["tokens"], logits)
        return float(tf.reduce_sum(each * batch["weights"]))

    alone = [nll(towers[:, :, tower]) for tower in range(2)]
    together = nll(average_towers(towers))
    assert together < np.mean(alone) * (1 - 1e-5)
    found, cells = ours._update_eagerly(batch)
    assert float(found) == pytest.approx(np.mean(alone), rel=1e-6)
    measured = ours.measure([batch])  # of the averaged network, which the first update's rate of 0
    assert measured.nll == pytest.approx(together / float(cells), rel=1e-5)  # left as it was


def test_a_network_without_an_encoder_cannot_be_trained_with_given_notes():
    without_encoder = replace(SMALL_MODEL, encoder_units=0)
    with pytest.raises(OptionError, match="train with --evidence 0"):
        begin_run("made-up", "", without_encoder, OPTIONS)
    begin_run("made-up", "", without_encoder, replace(OPTIONS, evidence=0.0))


def test_the_average_follows_the_network(straight):
    ours = make_trainer()
    ours.restore(read_arrays(straight[0] / "model.state.safetensors"))
    variables, averages = ours.network.trainable_variables, ours.averaged.trainable_variables
    far = [np.abs(v.numpy() - a.numpy()).max() for v, a in zip(variables, averages, strict=True)]
    assert 0 < max(far) < 0.1


def test_mixed_precision_changes_the_loss_no_more_than_noise():
    losses = {}
    for precision in ("float32", "mixed"):
        device.choose_precision(precision)
        try:
            ours, losses[precision] = run_updates(OPTIONS, 4)
        finally:
            device.choose_precision("float32")
        assert isinstance(ours.optimizer, keras.optimizers.LossScaleOptimizer) == (
            precision == "mixed"
        )
        assert all(np.isfinite(values).all() for values in ours.arrays().values())
    assert losses["mixed"] == pytest.approx(losses["float32"], rel=1e-3)


def test_without_a_gpu_requesting_one_is_an_error_and_auto_gives_the_reason(monkeypatch):
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [])
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(Path, "exists", lambda self: False)
    assert device.choose_device("auto") == "CPU (no NVIDIA GPU found)"
    with pytest.raises(TrainingError, match="no GPU can be used: no NVIDIA GPU found"):
        device.choose_device("gpu")


def test_a_gpu_that_cannot_be_used_is_explained(monkeypatch):
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [])
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/nvidia-smi")
    monkeypatch.setattr(tf.test, "is_built_with_cuda", lambda: True)
    assert "its CUDA libraries did not load" in device.choose_device("auto")
    monkeypatch.setattr(tf.test, "is_built_with_cuda", lambda: False)
    assert "built without CUDA" in device.choose_device("auto")


def test_tensorflow_starts_in_silence_and_by_no_settings_but_ours(tmp_path):
    import subprocess

    code = (
        "from chorale.training.quiet_import import import_tensorflow; import_tensorflow(); "
        "import keras; print(keras.backend.backend(), keras.config.floatx())"
    )
    (tmp_path / ".keras").mkdir()
    (tmp_path / ".keras" / "keras.json").write_text('{"backend": "jax", "floatx": "float64"}')
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "KERAS_BACKEND": "torch"}
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    assert (result.stdout, result.stderr) == ("tensorflow float32\n", "")
