"""Run a rung: train it under the budget, measure it, and sample from it."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import keras
import notebook_network
import numpy as np
import tensorflow as tf
from networks import count_tokens, head_states
from rungs import Rung

from chorale.analysis import figures
from chorale.composing.sampling import sample
from chorale.corpus import Corpus
from chorale.music import VOICES, Chorale, Plan
from chorale.network.conditions import encode_unknown_plan
from chorale.network.history import History, HistoryTracker
from chorale.network.keras_network import average_towers
from chorale.network.tokens import Vocabulary, decode
from chorale.options import ModelOptions, SamplingOptions, TrainingOptions
from chorale.rendering.sound.midi import midi_bytes
from chorale.training.dataset import Batch, SplitArrays, build_arrays, find_ranges, whole_chorales
from chorale.training.trainer import Measurement, Trainer, measure

PROTOCOL = TrainingOptions(batch_size=8, evidence=0.0)
# As `jsb` was trained, but of a size for short runs and with less dropout, since these end before
# they overfit; no encoder, since nothing is given.
SHORT_RUNS = ModelOptions(
    embedding_range=1.0,
    filters=128,
    kernel=8,
    stride=4,
    encoder_units=0,
    units=256,
    layers=2,
    head_units=128,
    towers=1,
    dropout=0.3,
    input_dropout=0.2,
    shuffled=0.3,
)
MEASURING_BATCH = 16
SOPRANO = VOICES.index("soprano")
ORDER = ModelOptions().order

Curve = list[tuple[float, float]]  # minutes of training, validation NLL
Notify = Callable[[str], None]


@dataclass(frozen=True)
class Setting:
    """Settings that all rungs share.

    Attributes:
        corpus: the canonical split of the JSB chorales.
        epochs: epochs of training for each rung.
        model: model options, of which a rung may change some.
        samples: number of chorales that each rung samples.
        sample_steps: length of each sample.
        kept: folder for the samples as MIDI files, in a folder named after the rung; None: they
            are not kept.
    """

    corpus: Corpus
    epochs: int = 12
    model: ModelOptions = SHORT_RUNS
    samples: int = 20
    sample_steps: int = 128
    kept: Path | None = None


@dataclass(frozen=True)
class Result:
    """The result of a rung.

    Attributes:
        name: the rung's name.
        lesson: the rung's lesson.
        budget: epochs of the budget.
        parameters: number of trained weights.
        epochs: epochs that were run; the notebook's network has its own number.
        seconds_per_epoch: median time of training, without measuring.
        valid, test: figures of the protocol, of the best validation epoch, in nats per note.
        fifths, octaves: parallels per 1,000 changes of chord in the samples; None without samples
            or changes.
        curve: minutes of training and validation NLL after each epoch.
        apart: figures that are not of the protocol, by name.
    """

    name: str
    lesson: str
    budget: int
    parameters: int
    epochs: int
    seconds_per_epoch: float | None
    valid: dict[str, float]
    test: dict[str, float]
    fifths: float | None
    octaves: float | None
    curve: Curve
    apart: dict[str, float]


def run_rung(rung: Rung, setting: Setting, notify: Notify = lambda line: None) -> Result:
    """Train, measure and sample one rung; call `notify` with a line after each epoch."""
    methods = {"counted": _count, "trained": _train, "notebook": _train_notebook}
    return methods[rung.method](rung, setting, notify)


def arrays_for(rung: Rung, setting: Setting, split: str) -> SplitArrays:
    """Return a split as the rung reads it."""
    vocabulary, splits = Vocabulary(), setting.corpus.splits
    arrays = build_arrays(splits[split], vocabulary, find_ranges(splits["train"]))
    if not rung.transposes:
        arrays = replace(arrays, shifts=np.zeros_like(arrays.shifts))
    if rung.forgets:
        arrays = replace(arrays, history=rung.forgets(arrays.history, vocabulary))
    return arrays


# training by the protocol


def _train(rung: Rung, setting: Setting, notify: Notify) -> Result:
    """Train for the epochs of the budget, and measure the best of them."""
    trainer = trainer_for(rung, setting)
    valid, test = (measured_batches(rung, setting, split) for split in ("valid", "test"))
    best_nll, best = np.inf, trainer.averaged.get_weights()
    seconds: list[float] = []
    curve: Curve = []
    for epoch in range(setting.epochs):
        started = perf_counter()
        loss = trainer.run_epoch(epoch, lambda update, loss: None)
        seconds.append(perf_counter() - started)
        nll = trainer.measure(valid).nll
        notify(f"epoch {epoch + 1} of {setting.epochs}: {loss:.3f}, validation {nll:.4f}")
        if not np.isfinite(nll):
            break  # diverged; the best epoch so far counts
        curve.append((sum(seconds) / 60, nll))
        if nll < best_nll:
            best_nll, best = nll, trainer.averaged.get_weights()
    trainer.averaged.set_weights(best)
    return Result(
        name=rung.name,
        lesson=rung.lesson,
        budget=setting.epochs,
        parameters=_size(trainer.network.trainable_variables),
        epochs=len(seconds),
        seconds_per_epoch=float(np.median(seconds)),
        valid=asdict(trainer.measure(valid)),
        test=asdict(trainer.measure(test)),
        **_parallels(sample_chorales(trainer.averaged, rung, setting), rung, setting),
        curve=curve,
        apart=_measure_harmonizing(trainer, test) if trainer.options.evidence else {},
    )


def trainer_for(rung: Rung, setting: Setting) -> Trainer:
    """Return the package's trainer with the rung's network, options and chorales."""
    return Trainer(
        replace(setting.model, **rung.model),
        replace(PROTOCOL, epochs=setting.epochs, **rung.training),
        Vocabulary(),
        arrays_for(rung, setting, "train"),
        rung.build,
    )


def measured_batches(rung: Rung, setting: Setting, split: str) -> tf.data.Dataset:
    """Return batches of whole chorales of a split, with nothing given."""
    return whole_chorales(arrays_for(rung, setting, split), Vocabulary(), MEASURING_BATCH)


def _measure_harmonizing(trainer: Trainer, batches: tf.data.Dataset) -> dict[str, float]:
    """Measure the NLL of alto, tenor and bass, with the soprano given and with nothing given."""
    other = np.arange(len(VOICES)) != SOPRANO

    def lower_voices(batch: Batch) -> Batch:
        return {**batch, "weights": batch["weights"] * other}

    def give_soprano(batch: Batch) -> Batch:
        is_given = ~other & (batch["weights"] > 0)  # the padding has no weight
        given = tf.where(is_given, batch["tokens"], batch["given"])
        return {**lower_voices(batch), "given": given}

    return {
        "lower voices, soprano given": trainer.measure(batches.map(give_soprano)).nll,
        "lower voices, nothing given": trainer.measure(batches.map(lower_voices)).nll,
    }


# sampling


def sample_chorales(network: keras.Model, rung: Rung, setting: Setting) -> list[Chorale]:
    """Sample chorales at temperature 1.0 in one batch, with nothing given.

    At each step the network runs once over all steps so far; then its heads, which read other steps
    only through the layer "heads", draw one voice after the other. A HOLD after silence is never
    drawn, since it means nothing.
    """
    vocabulary, count = Vocabulary(), setting.samples
    states = head_states(network)
    state = tf.function(keras.Model(network.input, states), reduce_retracing=True)
    heads = tf.function(keras.Model({**network.input, **states}, network.output))
    generators = [np.random.default_rng([PROTOCOL.seed, number]) for number in range(count)]
    tracker, steps = HistoryTracker(count, vocabulary), []
    for number in range(setting.sample_steps):
        history = tracker.history()
        steps.append(_step_inputs(history, number, rung, vocabulary))
        so_far = {name: np.stack([step[name] for step in steps], 1) for name in steps[0]}
        state_now = {name: np.asarray(values)[:, -1:] for name, values in state(so_far).items()}
        cells = steps[-1]["tokens"]
        silent = (history.sounding == vocabulary.rest) | (history.sounding == vocabulary.start)
        for voice in ORDER:
            now = {name: values[:, None] for name, values in steps[-1].items()}
            logits = np.array(average_towers(heads({**now, **state_now}))[:, 0, voice])
            logits[silent[:, voice], vocabulary.hold] = -np.inf
            cells[:, voice] = sample(logits, SamplingOptions(min_p=0), generators)
        tracker.append(cells)
    tokens = np.stack([step["tokens"] for step in steps], axis=1)
    return [decode(each, Plan(setting.sample_steps), vocabulary) for each in tokens]


def _step_inputs(
    history: History, number: int, rung: Rung, vocabulary: Vocabulary
) -> dict[str, Any]:
    """Return the network's inputs at a step without tokens, arrays (B, ...) int32."""
    if rung.forgets:
        history = rung.forgets(history, vocabulary)
    count = len(history.previous)
    return {
        **history._asdict(),
        "given": np.full_like(history.previous, vocabulary.unknown),
        "conditions": np.repeat(encode_unknown_plan(1), count, axis=0),
        "number": np.full(count, number, np.int32),
        "tokens": np.zeros_like(history.previous),
    }


def _parallels(written: Sequence[Chorale], rung: Rung, setting: Setting) -> dict[str, float | None]:
    """Count the parallels in the samples, and write them if they are to be kept."""
    if setting.kept:
        folder = setting.kept / rung.name
        folder.mkdir(parents=True, exist_ok=True)
        for number, chorale in enumerate(written, start=1):
            (folder / f"{number}.mid").write_bytes(midi_bytes(chorale))
    found = figures(written)
    changes = found.change_share > 0  # without changes there is no share of them
    return {
        "fifths": found.parallel_fifths if changes else None,
        "octaves": found.parallel_octaves if changes else None,
    }


def _size(weights: Sequence[Any]) -> int:
    return sum(int(np.prod(weight.shape)) for weight in weights)


# other methods


def _count(rung: Rung, setting: Setting, notify: Notify) -> Result:
    """Count the tokens of the training split, and predict by the counts."""
    vocabulary, train = Vocabulary(), arrays_for(rung, setting, "train")
    table = count_tokens(train.tokens, train.history.sounding, vocabulary)

    def forward(inputs: Batch) -> Any:
        return table[inputs["sounding"], np.arange(len(VOICES))][:, :, None]

    def measure_split(split: str) -> Measurement:
        return measure(forward, measured_batches(rung, setting, split), vocabulary)

    return Result(
        name=rung.name,
        lesson=rung.lesson,
        budget=setting.epochs,
        parameters=0,
        epochs=0,
        seconds_per_epoch=None,
        valid=asdict(measure_split("valid")),
        test=asdict(measure_split("test")),
        fifths=None,
        octaves=None,
        curve=[],
        apart={},
    )


def _train_notebook(rung: Rung, setting: Setting, notify: Notify) -> Result:
    """Train the notebook's network as the notebook does, whatever the budget."""
    keras.utils.set_random_seed(PROTOCOL.seed)
    splits = setting.corpus.splits
    network = notebook_network.build_notebook_network()
    forward = tf.function(network, reduce_retracing=True)
    seconds: list[float] = []
    curve: Curve = []
    started = perf_counter()

    def after_epoch(epoch: int) -> None:
        nonlocal started
        seconds.append(perf_counter() - started)
        nll = notebook_network.measure(forward, splits["valid"]).nll
        curve.append((sum(seconds) / 60, nll))
        notify(f"epoch {epoch + 1} of {notebook_network.EPOCHS}: validation {nll:.4f}")
        started = perf_counter()

    notebook_network.train(network, splits["train"], after_epoch)
    loss, accuracy = notebook_network.evaluate_windows(network, splits["test"])
    begun = [splits["train"][i % len(splits["train"])] for i in range(setting.samples)]
    written = notebook_network.sample_chorales(forward, begun, setting.sample_steps, PROTOCOL.seed)
    return Result(
        name=rung.name,
        lesson=rung.lesson,
        budget=setting.epochs,
        parameters=_size(network.trainable_variables),
        epochs=len(seconds),
        seconds_per_epoch=float(np.median(seconds)),
        valid=asdict(notebook_network.measure(forward, splits["valid"])),
        test=asdict(notebook_network.measure(forward, splits["test"])),
        **_parallels(written, rung, setting),
        curve=curve,
        apart={"loss on its own windows": loss, "accuracy on its own windows": accuracy},
    )
