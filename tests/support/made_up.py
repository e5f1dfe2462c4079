"""Made-up chorales, a corpus of them, and a small model to train on it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from chorale.corpus.corpus import Corpus
from chorale.music import Chorale, Key, Metre, Plan
from chorale.options import ModelOptions

SMALL_MODEL = ModelOptions(
    embedding=8,
    filters=12,
    kernel=5,
    stride=2,
    encoder_units=6,
    units=16,
    layers=2,
    head_units=10,
    towers=1,
    dropout=0.2,
    shuffled=0.0,
)


def made_up_chorale(length_steps: int, seed: int) -> Chorale:
    """Return four voices that walk at random in their ranges, with held and repeated notes."""
    generator = np.random.default_rng(seed)
    pitches = np.empty((length_steps, 4), np.int16)
    onsets = np.zeros((length_steps, 4), np.bool_)
    now = np.array([67, 62, 57, 48]) + generator.integers(-3, 4, 4)
    for step in range(length_steps):
        strikes = (generator.random(4) < 0.4) | (step == 0)
        now = np.where(strikes, now + generator.integers(-2, 3, 4), now)
        now = np.clip(now, [60, 55, 48, 40], [79, 74, 67, 60])
        strikes |= step > 0 and now != pitches[max(0, step - 1)]
        pitches[step], onsets[step] = now, strikes
    fermatas = np.zeros(length_steps, np.bool_)
    fermatas[-4:] = True
    key = Key(int(generator.integers(12)), "minor" if seed % 2 else "major")
    return Chorale(
        pitches, onsets, Plan(length_steps, Metre(4, 4), 4, key, fermatas), f"no. {seed}"
    )


def made_up_corpus(train: int = 6, valid: int = 2, name: str = "made-up") -> Corpus:
    """Return a corpus of made-up chorales of different lengths, one of them in the test split."""
    chorales = [made_up_chorale(20 + 7 * number, number) for number in range(train + valid + 1)]
    splits = {
        "train": tuple(chorales[:train]),
        "valid": tuple(chorales[train : train + valid]),
        "test": tuple(chorales[train + valid :]),
    }
    return Corpus(name, splits)


class Watcher:
    """An observer of a run that records it, and calls a function at each update."""

    def __init__(self, at_update: Callable[[int], None] = lambda done: None) -> None:
        self.epochs: list[Any] = []
        self.updates: list[tuple[int, int, float]] = []
        self._at_update = at_update

    def update(self, done: int, total: int, loss: float) -> None:
        self.updates.append((done, total, loss))
        self._at_update(done)

    def epoch(self, epoch: Any, best: bool) -> None:
        self.epochs.append((epoch, best))
