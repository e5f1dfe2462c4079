"""Climbing a rung: training under the budget, measuring, and looking at what it writes."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import handson
import keras
import numpy as np
import tensorflow as tf
from networks import heads_states, table_of_tokens
from rungs import Rung

from chorale.analysis import figures
from chorale.composing.sampling import sample
from chorale.corpus import Corpus
from chorale.music import VOICES, Chorale, Plan
from chorale.network.conditions import nothing_known
from chorale.network.history import History, HistoryTracker
from chorale.network.keras_network import pooled
from chorale.network.tokens import Vocabulary, decode
from chorale.options import ModelOptions, SamplingOptions, TrainingOptions
from chorale.rendering.sound.midi import midi_bytes
from chorale.training.dataset import Batch, SplitArrays, arrays_of, ranges_of, whole_chorales
from chorale.training.trainer import Measure, Trainer, measure

PROTOCOL = TrainingOptions(batch_size=8, evidence=0.0)
# as `jsb` was trained, but of a size for short runs, and less of it dropped: over-fitting comes
# later than they last; nothing is given, so nothing encodes it
SHORT_RUNS = ModelOptions(
    embedding_range=1.0,
    filters=128,
    kernel=8,
    stride=4,
    encoder_units=0,
    units=256,
    head_units=128,
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
    """What all rungs share.

    Attributes:
        corpus: the canonical split of the JSB chorales.
        epochs: of training, for each rung.
        model: sizes that a rung may change.
        samples, sample_steps: how many chorales each rung writes, and how long.
        kept: folder in which they are kept as MIDI files, in one of the rung's name; None: nowhere.
    """

    corpus: Corpus
    epochs: int = 12
    model: ModelOptions = SHORT_RUNS
    samples: int = 20
    sample_steps: int = 128
    kept: Path | None = None


@dataclass(frozen=True)
class Result:
    """What a rung came to; nats a note, seconds, and `Figures` per 1,000 changes of chord.

    Attributes:
        name: the rung's.
        lesson: the rung's.
        budget: epochs that it was given.
        parameters: how many weights were trained.
        epochs: how many there were; the notebook has its own number.
        seconds_per_epoch: of training, the median, measuring left out.
        valid, test: by the protocol, of the best validation epoch.
        fifths, octaves: parallels in its samples; None where there are none.
        curve: minutes of training and validation NLL after each epoch.
        apart: other figures by name, not of the protocol.
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


def climb(rung: Rung, setting: Setting, notify: Notify = lambda line: None) -> Result:
    """Train, measure and sample one rung; `notify` gets a line after each epoch."""
    ways = {"copied": _copied, "trained": _trained, "notebook": _notebook}
    return ways[rung.climb](rung, setting, notify)


def arrays_for(rung: Rung, setting: Setting, split: str) -> SplitArrays:
    """A split as the rung sees it."""
    vocabulary, splits = Vocabulary(), setting.corpus.splits
    arrays = arrays_of(splits[split], vocabulary, ranges_of(splits["train"]))
    if not rung.transposes:
        arrays = replace(arrays, shifts=np.zeros_like(arrays.shifts))
    if rung.forgets:
        arrays = replace(arrays, past=rung.forgets(arrays.past, vocabulary))
    return arrays


# a network in training


def _trained(rung: Rung, setting: Setting, notify: Notify) -> Result:
    """As the protocol has it: the budget's epochs, the best of them kept."""
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
            break  # diverged: what was best before is what there is
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
        apart=_harmonising(trainer, test) if trainer.options.evidence else {},
    )


def trainer_for(rung: Rung, setting: Setting) -> Trainer:
    """The package's trainer, on the rung's network, options and chorales."""
    return Trainer(
        replace(setting.model, **rung.model),
        replace(PROTOCOL, epochs=setting.epochs, **rung.training),
        Vocabulary(),
        arrays_for(rung, setting, "train"),
        rung.build,
    )


def measured_batches(rung: Rung, setting: Setting, split: str) -> tf.data.Dataset:
    """Whole chorales of a split, nothing given."""
    return whole_chorales(arrays_for(rung, setting, split), Vocabulary(), MEASURING_BATCH)


def _harmonising(trainer: Trainer, batches: tf.data.Dataset) -> dict[str, float]:
    """NLL of alto, tenor and bass, the soprano given whole and not; the same notes both times."""
    other = np.arange(len(VOICES)) != SOPRANO

    def unmeasured(batch: Batch) -> Batch:
        return {**batch, "weights": batch["weights"] * other}

    def given(batch: Batch) -> Batch:
        told = ~other & (batch["weights"] > 0)  # in the chorale, not in the padding after it
        evidence = tf.where(told, batch["tokens"], batch["evidence"])
        return {**unmeasured(batch), "evidence": evidence}

    return {
        "lower voices, soprano given": trainer.measure(batches.map(given)).nll,
        "lower voices, nothing given": trainer.measure(batches.map(unmeasured)).nll,
    }


# a network that writes


def sample_chorales(network: keras.Model, rung: Rung, setting: Setting) -> list[Chorale]:
    """Chorales at temperature 1.0, of which nothing is given, all as one batch.

    At each step the network runs once over all steps so far; then its heads, which hear no other
    step but through the layer "heads", draw one voice after the other. A HOLD where nothing sounds
    cannot be written and is not drawn.
    """
    vocabulary, count = Vocabulary(), setting.samples
    states = heads_states(network)
    state = tf.function(keras.Model(network.input, states), reduce_retracing=True)
    heads = tf.function(keras.Model({**network.input, **states}, network.output))
    generators = [np.random.default_rng([PROTOCOL.seed, number]) for number in range(count)]
    listener, steps = HistoryTracker(count, vocabulary), []
    for number in range(setting.sample_steps):
        past = listener.past()
        steps.append(_unwritten(past, number, rung, vocabulary))
        so_far = {name: np.stack([step[name] for step in steps], 1) for name in steps[0]}
        state_now = {name: np.asarray(values)[:, -1:] for name, values in state(so_far).items()}
        cells = steps[-1]["tokens"]
        silent = (past.sounding == vocabulary.rest) | (past.sounding == vocabulary.start)
        for voice in ORDER:
            now = {name: values[:, None] for name, values in steps[-1].items()}
            logits = np.array(pooled(heads({**now, **state_now}))[:, 0, voice])
            logits[silent[:, voice], vocabulary.hold] = -np.inf
            cells[:, voice] = sample(logits, SamplingOptions(temperature=1.0), generators)
        listener.append(cells)
    tokens = np.stack([step["tokens"] for step in steps], axis=1)
    return [decode(each, Plan(setting.sample_steps), vocabulary) for each in tokens]


def _unwritten(past: History, number: int, rung: Rung, vocabulary: Vocabulary) -> dict[str, Any]:
    """The network's inputs at a step that is to be written, arrays (B, ...) int32."""
    if rung.forgets:
        past = rung.forgets(past, vocabulary)
    count = len(past.previous)
    return {
        **past._asdict(),
        "evidence": np.full_like(past.previous, vocabulary.unknown),
        "conditions": np.repeat(nothing_known(1), count, axis=0),
        "number": np.full(count, number, np.int32),
        "tokens": np.zeros_like(past.previous),
    }


def _parallels(written: Sequence[Chorale], rung: Rung, setting: Setting) -> dict[str, float | None]:
    """Parallels in what a rung wrote, which is kept if it is to be."""
    if setting.kept:
        folder = setting.kept / rung.name
        folder.mkdir(parents=True, exist_ok=True)
        for number, chorale in enumerate(written, start=1):
            (folder / f"{number}.mid").write_bytes(midi_bytes(chorale))
    found = figures(written)
    changes = found.change_share > 0  # without any, a share of them is none
    return {
        "fifths": found.parallel_fifths if changes else None,
        "octaves": found.parallel_octaves if changes else None,
    }


def _size(weights: Sequence[Any]) -> int:
    return sum(int(np.prod(weight.shape)) for weight in weights)


# the two that are trained otherwise, or not at all


def _copied(rung: Rung, setting: Setting, notify: Notify) -> Result:
    """Shares of the training split's tokens, HOLD the largest by far, in a table."""
    vocabulary, train = Vocabulary(), arrays_for(rung, setting, "train")
    table = table_of_tokens(train.tokens, train.past.sounding, vocabulary)

    def forward(inputs: Batch) -> Any:
        return table[inputs["sounding"], np.arange(len(VOICES))][:, :, None]

    def measured(split: str) -> Measure:
        return measure(forward, measured_batches(rung, setting, split), vocabulary)

    return Result(
        name=rung.name,
        lesson=rung.lesson,
        budget=setting.epochs,
        parameters=0,
        epochs=0,
        seconds_per_epoch=None,
        valid=asdict(measured("valid")),
        test=asdict(measured("test")),
        fifths=None,
        octaves=None,
        curve=[],
        apart={},
    )


def _notebook(rung: Rung, setting: Setting, notify: Notify) -> Result:
    """In the notebook's own regime, whatever the budget, its last epoch kept."""
    keras.utils.set_random_seed(PROTOCOL.seed)
    splits = setting.corpus.splits
    network = handson.build()
    forward = tf.function(network, reduce_retracing=True)
    seconds: list[float] = []
    curve: Curve = []
    started = perf_counter()

    def after_epoch(epoch: int) -> None:
        nonlocal started
        seconds.append(perf_counter() - started)
        nll = handson.measure(forward, splits["valid"]).nll
        curve.append((sum(seconds) / 60, nll))
        notify(f"epoch {epoch + 1} of {handson.EPOCHS}: validation {nll:.4f}")
        started = perf_counter()

    handson.train(network, splits["train"], after_epoch)
    loss, accuracy = handson.published_figures(network, splits["test"])
    begun = [splits["train"][i % len(splits["train"])] for i in range(setting.samples)]
    written = handson.sample_chorales(forward, begun, setting.sample_steps, PROTOCOL.seed)
    return Result(
        name=rung.name,
        lesson=rung.lesson,
        budget=setting.epochs,
        parameters=_size(network.trainable_variables),
        epochs=len(seconds),
        seconds_per_epoch=float(np.median(seconds)),
        valid=asdict(handson.measure(forward, splits["valid"])),
        test=asdict(handson.measure(forward, splits["test"])),
        **_parallels(written, rung, setting),
        curve=curve,
        apart={"loss on its own windows": loss, "accuracy on its own windows": accuracy},
    )
