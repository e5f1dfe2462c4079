"""Windows of chorales as `tf.data`: from arrays to batches, in TensorFlow operations.

    arrays of a split -> shuffle -> transpose -> crop -> hide -> pad -> batch -> prefetch

Every random draw is a function of (seed, epoch, chorale), so that an epoch is the same however
often, and after whatever interruption, it is made. A batch is a dictionary of the network's
INPUTS and of `weights`, (B, T, 4) float32: 1 where the cell is to be predicted, 0 where it was
given or is padding.

What is given, the evidence, is drawn for each window: nothing, the soprano, a random set of
voices, everything but a region, random bars, or scattered cells. What the plan says (metre,
fermatas, key, distance to the end) is withheld altogether from half of the windows, in part from
the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from chorale.conditions import (
    COLUMNS,
    KEY,
    SINCE_DOWNBEAT,
    UNTIL_DOWNBEAT,
    conditions_of,
)
from chorale.music import REST, VOICES, Chorale
from chorale.options import TrainingOptions
from chorale.tokens import Vocabulary, encode, past_of

Batch = dict[str, Any]  # name: tf.Tensor

EVIDENCE_BAR = 16  # steps of a block of evidence
MAX_SCATTERED = 0.5  # share of the cells given where they are scattered, at most
WITHHELD = 0.5  # share of windows that know nothing of the plan
WITHHELD_COLUMN = 0.2  # share of the others from which a kind of knowledge is missing


@dataclass(frozen=True)
class Arrays:
    """The chorales of a split, one after the other; N steps in all, C chorales.

    Attributes:
        tokens, previous, sounding, held: (N, 4) int32: each step, the step before it, and the
            memory before it (`chorale.tokens.Memory`).
        conditions: (N, 5) int32, see `chorale.conditions`.
        starts: (C + 1,) int32, the first step of each chorale, and N.
        shifts: (C, 2) int32, lowest and highest transposition in semitones, inclusive.
    """

    tokens: NDArray[np.int32]
    previous: NDArray[np.int32]
    sounding: NDArray[np.int32]
    held: NDArray[np.int32]
    conditions: NDArray[np.int32]
    starts: NDArray[np.int32]
    shifts: NDArray[np.int32]


def arrays_of(
    chorales: Sequence[Chorale], vocabulary: Vocabulary, ranges: NDArray[np.int32]
) -> Arrays:
    """Lay chorales out for the pipeline.

    Args:
        chorales: at least one.
        vocabulary: the token table.
        ranges: (4, 2), each voice's lowest and highest pitch; see `ranges_of`.

    Raises:
        DataError: a pitch is outside the vocabulary.
    """
    encoded = [encode(chorale, vocabulary) for chorale in chorales]
    previous, memories = zip(*(past_of(tokens, vocabulary) for tokens in encoded), strict=True)
    return Arrays(
        tokens=np.concatenate(encoded),
        previous=np.concatenate(previous),
        sounding=np.concatenate([memory.sounding for memory in memories]),
        held=np.concatenate([memory.held for memory in memories]),
        conditions=np.concatenate([conditions_of(chorale.plan) for chorale in chorales]),
        starts=np.cumsum([0, *map(len, encoded)], dtype=np.int32),
        shifts=np.array([_shifts(chorale, ranges) for chorale in chorales], np.int32),
    )


def ranges_of(chorales: Sequence[Chorale]) -> NDArray[np.int32]:
    """Lowest and highest pitch of each voice over these chorales, (4, 2) int32."""
    pitches = np.concatenate([chorale.pitches for chorale in chorales]).astype(np.int32)
    lowest = np.where(pitches == REST, 127, pitches).min(axis=0)
    highest = pitches.max(axis=0)
    return np.stack([lowest, highest], axis=1)


def training_windows(
    arrays: Arrays, vocabulary: Vocabulary, options: TrainingOptions, epoch: int
) -> tf.data.Dataset:
    """One epoch of batches, every chorale once, each (batch_size, window_steps, ...) but the last.

    A chorale longer than a window is cropped, half of the time at a downbeat where its metre is
    known, else anywhere; a shorter one is padded.
    """
    chorales = len(arrays.starts) - 1
    seed = np.random.SeedSequence([options.seed, epoch]).generate_state(2, np.uint32).view(np.int32)
    order = tf.random.Generator.from_seed(int(seed[0])).uniform([chorales])
    cropper = _Cropper(arrays, vocabulary, options)
    return (
        tf.data.Dataset.from_tensor_slices(tf.argsort(order))
        .map(
            lambda i: cropper.window(i, tf.stack([seed[1], i])),
            num_parallel_calls=tf.data.AUTOTUNE,
            deterministic=True,
        )
        .batch(options.batch_size)
        .prefetch(2)
    )


def whole_chorales(arrays: Arrays, vocabulary: Vocabulary, batch_size: int) -> tf.data.Dataset:
    """Whole chorales of which nothing is known, shortest first, padded to the longest of a batch.

    This is what the likelihoods that we report are measured on.
    """
    lengths = np.diff(arrays.starts)
    tables = {name: tf.constant(getattr(arrays, name)) for name in _TABLES}

    def chorale(i: Any) -> Batch:
        first, end = tf.gather(arrays.starts, i), tf.gather(arrays.starts, i + 1)
        cut = {name: table[first:end] for name, table in tables.items()}
        nothing = tf.zeros_like(cut["tokens"], tf.bool)
        cut["conditions"] = tf.zeros_like(cut["conditions"])
        return _example(cut, nothing, tf.range(end - first), vocabulary)

    return (
        tf.data.Dataset.from_tensor_slices(np.argsort(lengths, kind="stable"))
        .map(lambda i: chorale(tf.cast(i, tf.int32)))
        .padded_batch(batch_size, padding_values=_padding(vocabulary))
        .prefetch(2)
    )


_TABLES = ("tokens", "previous", "sounding", "held", "conditions")


@dataclass(frozen=True)
class _Cropper:
    """Cuts, transposes and hides: the random part of the pipeline, in TensorFlow operations."""

    arrays: Arrays
    vocabulary: Vocabulary
    options: TrainingOptions

    def window(self, chorale: Any, seed: Any) -> Batch:
        """One window of this chorale, (window_steps, ...), a function of `seed`, (2,) int32."""
        length = self.options.window_steps
        seeds = iter(tf.unstack(tf.random.split(seed, 8)))
        first, end = (tf.gather(self.arrays.starts, chorale + k) for k in (0, 1))
        start = self._start(first, end, next(seeds))
        end = tf.minimum(end, start + length)
        cut = {name: tf.constant(getattr(self.arrays, name))[start:end] for name in _TABLES}
        lowest, highest = tf.unstack(tf.gather(self.arrays.shifts, chorale))
        shift = tf.random.stateless_uniform([], next(seeds), lowest, highest + 1, tf.int32)
        for name in ("tokens", "previous", "sounding"):
            cut[name] = transpose_tokens(cut[name], shift, self.vocabulary)
        cut["conditions"] = self._withhold(
            transpose_conditions(cut["conditions"], shift), next(seeds)
        )
        steps = tf.range(start - first, end - first)
        known = self._evidence(steps, next(seeds))
        example = _example(cut, known, steps, self.vocabulary)
        padding = _padding(self.vocabulary)
        for name, values in example.items():
            missing = [[0, length - tf.shape(values)[0]]] + [[0, 0]] * (len(values.shape) - 1)
            padded = tf.pad(values, missing, constant_values=padding[name])
            example[name] = tf.ensure_shape(padded, (length, *values.shape[1:]))
        return example

    def _start(self, first: Any, end: Any, seed: Any) -> Any:
        """Where the window starts: anywhere, or half of the time at the downbeat before."""
        last = tf.maximum(first, end - self.options.window_steps)
        anywhere = tf.random.stateless_uniform([], seed, first, last + 1, tf.int32)
        since = tf.gather(self.arrays.conditions[:, SINCE_DOWNBEAT], anywhere)
        downbeat = tf.maximum(first, anywhere - tf.maximum(since - 1, 0))
        return tf.where(tf.random.stateless_uniform([], seed) < 0.5, downbeat, anywhere)

    def _withhold(self, conditions: Any, seed: Any) -> Any:
        """Hide what the plan says, all of it or kind by kind."""
        draws = tf.random.stateless_uniform([1 + len(COLUMNS)], seed)
        kept = draws[1:] >= WITHHELD_COLUMN
        metre = tf.range(len(COLUMNS)) == UNTIL_DOWNBEAT  # kept or hidden with its other half
        kept = tf.where(metre, kept[SINCE_DOWNBEAT], kept)
        return conditions * tf.cast(kept & (draws[0] >= WITHHELD), tf.int32)

    def _evidence(self, steps: Any, seed: Any) -> Any:
        """Which cells are given, (length of `steps`, 4) bool."""
        seeds = tf.unstack(tf.random.split(seed, 7))
        length = tf.shape(steps)[0]
        voice = tf.range(len(VOICES))
        voices = tf.random.stateless_uniform([len(VOICES)], seeds[0]) < 0.5
        voices &= ~tf.reduce_all(voices)
        ends = tf.random.stateless_uniform([2], seeds[1], 0, length + 1, tf.int32)
        place = steps - steps[0]
        within = (place >= tf.reduce_min(ends)) & (place < tf.reduce_max(ends))
        bars = tf.random.stateless_uniform([1 + self.options.window_steps], seeds[2]) < 0.5
        in_bar = tf.gather(bars, place // EVIDENCE_BAR)
        shape = tf.stack([length, len(VOICES)])
        share = tf.random.stateless_uniform([], seeds[5], maxval=MAX_SCATTERED)
        kinds = [
            tf.zeros(shape, tf.bool),
            tf.broadcast_to(voice == 0, shape),
            tf.broadcast_to(voices, shape),
            ~(within[:, None] & ~voices),
            tf.broadcast_to(in_bar[:, None], shape),
            tf.random.stateless_uniform(shape, seeds[3]) < share,
        ]
        drawn = tf.random.stateless_uniform([], seeds[4], 1, len(kinds), tf.int32)
        some = tf.random.stateless_uniform([], seeds[6]) < self.options.evidence
        return tf.gather(tf.stack(kinds), tf.where(some, drawn, 0))


def transpose_tokens(tokens: Any, shift: Any, vocabulary: Vocabulary) -> Any:
    """Notes `shift` semitones higher; REST, HOLD and the input symbols stay."""
    note = (tokens >= vocabulary.first_pitch) & (tokens < vocabulary.size)
    return tf.where(note, tokens + shift, tokens)


def transpose_conditions(conditions: Any, shift: Any) -> Any:
    """The key `shift` semitones higher; the other columns stay."""
    key = conditions[:, KEY]
    moved = tf.where(key > 0, 1 + (key - 1 + 2 * shift) % 24, 0)
    is_key = tf.range(len(COLUMNS)) == KEY
    return tf.where(is_key, moved[:, None], conditions)


def _example(cut: Batch, known: Any, steps: Any, vocabulary: Vocabulary) -> Batch:
    return {
        "evidence": tf.where(known, cut["tokens"], vocabulary.unknown),
        "conditions": cut["conditions"],
        "previous": cut["previous"],
        "sounding": cut["sounding"],
        "held": cut["held"],
        "number": steps,
        "tokens": cut["tokens"],
        "weights": tf.cast(~known, tf.float32),
    }


def _padding(vocabulary: Vocabulary) -> dict[str, Any]:
    """What fills a batch after the end of a chorale: nothing known, nothing to predict."""
    zero = dict.fromkeys(("conditions", "previous", "sounding", "held", "number", "tokens"), 0)
    return {**zero, "evidence": vocabulary.unknown, "weights": 0.0}


def _shifts(chorale: Chorale, ranges: NDArray[np.int32]) -> tuple[int, int]:
    """Lowest and highest transposition that keeps every voice in its range."""
    lowest, highest = ranges_of([chorale]).T
    silent = highest == REST
    down = np.where(silent, -127, ranges[:, 0] - lowest).max()
    up = np.where(silent, 127, ranges[:, 1] - highest).min()
    return int(min(down, 0)), int(max(up, 0))
