"""A tiny network for tests, with random untrained weights and without TensorFlow."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chorale.aliases import Floats
from chorale.music import Key, Metre, Plan
from chorale.network.architecture import TABLE_SCALE, weight_shapes
from chorale.network.checkpoint import Checkpoint, save_checkpoint
from chorale.network.critic import critic_shapes
from chorale.network.tokens import Vocabulary
from chorale.options import ModelOptions

OPTIONS = ModelOptions(
    embedding=3,
    filters=5,
    kernel=3,
    stride=2,
    encoder_units=4,
    units=6,
    layers=2,
    head_units=7,
    towers=1,
    dropout=0.3,
    shuffled=0.0,
)
RANGES = np.array([[60, 81], [53, 74], [48, 69], [36, 64]], np.int32)


def tiny_checkpoint(
    seed: int = 1,
    options: ModelOptions = OPTIONS,
    spread: float = 0.5,
    plans: tuple[Plan, ...] | None = None,
) -> Checkpoint:
    """Return a checkpoint with weights that are exact in half precision.

    The weights are normally distributed with a standard deviation of `spread`, those of the tables
    for turns and chords with less, since they are multiplied by TABLE_SCALE.
    """
    generator = np.random.default_rng(seed)
    vocabulary = Vocabulary()
    weights = {
        name: _round_to_half(_spread_of(name, spread) * generator.normal(size=shape))
        for name, shape in weight_shapes(options, vocabulary).items()
    }
    plans = (plan_in_phrases(),) if plans is None else plans
    about: dict[str, Any] = {"data": "made up", "valid_nll": 3.5}
    return Checkpoint(weights, options, vocabulary, RANGES, plans, about)


def _spread_of(name: str, spread: float) -> float:
    return spread / TABLE_SCALE / 4 if "_turn/" in name or "_chords/" in name else spread


def _round_to_half(values: NDArray[np.float64]) -> Floats:
    return values.astype(np.float16).astype(np.float32)


def without_weights() -> Checkpoint:
    """Return a checkpoint of zero weights, for which all tokens are equally likely."""
    checkpoint = tiny_checkpoint()
    zeros = {name: np.zeros_like(values) for name, values in checkpoint.weights.items()}
    return replace(checkpoint, weights=zeros)


def plan_in_phrases() -> Plan:
    """Return a plan of four bars of 4/4 in G major, with a pickup of a beat and two phrases."""
    fermatas = np.zeros(64, np.bool_)
    fermatas[28:32] = fermatas[56:] = True
    return Plan(64, Metre(4, 4), 4, Key(7, "major"), fermatas)


def plans_with_motion(count: int = 8) -> tuple[Plan, ...]:
    """Return plans like `plan_in_phrases`, in order of their motion.

    All voices of plan n have the level n // 2 in the first phrase, and n // 4 in the last.
    """
    plan = plan_in_phrases()
    [(start, end), _] = plan.phrase_spans
    levels = np.zeros((count, plan.length_steps, 4), np.int8)
    levels[:, start:end] = np.arange(count)[:, None, None] // 2
    levels[:, end:] = np.arange(count)[:, None, None] // 4
    return tuple(replace(plan, motion=each) for each in levels)


def saved(checkpoint: Checkpoint, folder: Path) -> Path:
    """Save a checkpoint in a folder, and return the path of its file."""
    path = folder / "tiny.safetensors"
    save_checkpoint(checkpoint, path)
    return path


def tiny_critic(seed: int = 1, spread: float = 0.2) -> dict[str, NDArray[np.float32]]:
    """Return random weights of a critic, exact in half precision."""
    generator = np.random.default_rng(seed)
    return {
        name: _round_to_half(spread * generator.normal(size=shape))
        for name, shape in critic_shapes().items()
    }
