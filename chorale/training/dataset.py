"""Windows of chorales as `tf.data`: from arrays to batches, in TensorFlow operations.

    arrays of a split -> shuffle -> crop -> transpose -> hide -> pad -> batch -> prefetch

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

from chorale.music import REST, STEPS_PER_QUARTER, VOICES, Chorale
from chorale.network.conditions import (
    COLUMNS,
    KEY,
    SINCE_DOWNBEAT,
    UNTIL_DOWNBEAT,
    conditions_of,
)
from chorale.network.history import History, history_of
from chorale.network.tokens import Vocabulary, encode
from chorale.options import TrainingOptions

Batch = dict[str, Any]  # name: tf.Tensor

EVIDENCE_BAR = 16  # steps of a block of evidence
MAX_SCATTERED = 0.5  # share of the cells given where they are scattered, at most
WITHHELD = 0.5  # share of windows that know nothing of the plan
WITHHELD_COLUMN = 0.2  # share of the others from which a kind of knowledge is missing


@dataclass(frozen=True)
class SplitArrays:
    """The chorales of a split, one after the other; N steps in all, C chorales.

    Attributes:
        tokens: (N, 4) int32, each step.
        past: what each step comes after, arrays (N, ...).
        conditions: (N, 5) int32, see `chorale.network.conditions`.
        starts: (C + 1,) int32, the first step of each chorale, and N.
        shifts: (C, 2) int32, lowest and highest transposition in semitones, inclusive.
    """

    tokens: NDArray[np.int32]
    past: History
    conditions: NDArray[np.int32]
    starts: NDArray[np.int32]
    shifts: NDArray[np.int32]

    def tables(self) -> dict[str, Any]:
        """What there is of each step, by its name among the network's inputs: (N, ...)."""
        named = {"tokens": self.tokens, **self.past._asdict(), "conditions": self.conditions}
        return {name: tf.constant(values) for name, values in named.items()}


def arrays_of(
    chorales: Sequence[Chorale], vocabulary: Vocabulary, ranges: NDArray[np.int32]
) -> SplitArrays:
    """Lay chorales out for the pipeline.

    Args:
        chorales: at least one.
        vocabulary: the token table.
        ranges: (4, 2), each voice's lowest and highest pitch; see `ranges_of`.

    Raises:
        DataError: a pitch is outside the vocabulary.
    """
    encoded = [encode(chorale, vocabulary) for chorale in chorales]
    pasts = [history_of(tokens, vocabulary) for tokens in encoded]
    return SplitArrays(
        tokens=np.concatenate(encoded),
        past=History(*map(np.concatenate, zip(*pasts, strict=True))),
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
    arrays: SplitArrays, vocabulary: Vocabulary, options: TrainingOptions, epoch: int
) -> tf.data.Dataset:
    """One epoch of batches, every chorale once, each padded to the longest of its windows.

    A chorale longer than window_steps is cropped, half of the time at a downbeat where its metre
    is known, else anywhere, always at a whole number of quarters from its beginning. Windows of
    about the same length share a batch, so that little of it is padding.
    """
    seeds = np.random.SeedSequence([options.seed, epoch]).spawn(2)
    seed = int(seeds[0].generate_state(1, np.uint32).view(np.int32)[0])
    cropper = _WindowSampler(arrays, arrays.tables(), vocabulary, options)
    return (
        tf.data.Dataset.from_tensor_slices(_order(arrays, options, np.random.default_rng(seeds[1])))
        .map(
            lambda i: cropper.window(i, tf.stack([seed, i])),
            num_parallel_calls=tf.data.AUTOTUNE,
            deterministic=True,
        )
        .padded_batch(options.batch_size, padding_values=_padding(vocabulary))
        .prefetch(2)
    )


def _order(
    arrays: SplitArrays, options: TrainingOptions, generator: np.random.Generator
) -> NDArray[np.int32]:
    """The chorales of an epoch: about alike in length within a batch, the batches at random."""
    lengths = np.minimum(np.diff(arrays.starts), options.window_steps)
    alike = np.argsort(lengths + generator.normal(0, options.window_steps / 10, len(lengths)))
    full, rest = divmod(len(alike), options.batch_size)
    first = options.batch_size * int(generator.integers(full + 1))
    short = np.s_[first : first + rest]  # any of them can be the one that is not full
    batches = np.delete(alike, short).reshape(full, options.batch_size)
    order = np.concatenate([generator.permutation(batches).ravel(), alike[short]])  # it comes last
    return order.astype(np.int32)


def whole_chorales(arrays: SplitArrays, vocabulary: Vocabulary, batch_size: int) -> tf.data.Dataset:
    """Whole chorales of which nothing is known, shortest first, padded to the longest of a batch.

    This is what the likelihoods that we report are measured on.
    """
    lengths = np.diff(arrays.starts)
    tables = arrays.tables()

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


@dataclass(frozen=True)
class _WindowSampler:
    """Cuts, transposes and hides: the random part of the pipeline, in TensorFlow operations."""

    arrays: SplitArrays
    tables: dict[str, Any]
    vocabulary: Vocabulary
    options: TrainingOptions

    def window(self, chorale: Any, seed: Any) -> Batch:
        """One window of this chorale, a function of `seed`, (2,) int32."""
        length = self.options.window_steps
        seeds = iter(tf.unstack(tf.random.split(seed, 8)))
        first, end = (tf.gather(self.arrays.starts, chorale + k) for k in (0, 1))
        start = self._start(first, end, next(seeds))
        end = tf.minimum(end, start + length)
        cut = {name: table[start:end] for name, table in self.tables.items()}
        lowest, highest = tf.unstack(tf.gather(self.arrays.shifts, chorale))
        shift = tf.random.stateless_uniform([], next(seeds), lowest, highest + 1, tf.int32)
        for name in ("tokens", "previous", "sounding", "recalled"):
            cut[name] = transpose_tokens(cut[name], shift, self.vocabulary)
        cut["conditions"] = self._withhold(
            transpose_conditions(cut["conditions"], shift), next(seeds)
        )
        steps = tf.range(start - first, end - first)
        known = self._evidence(steps, next(seeds))
        return _example(cut, known, steps, self.vocabulary)

    def _start(self, first: Any, end: Any, seed: Any) -> Any:
        """Where the window starts: anywhere, or half of the time at the downbeat before.

        Drawn beyond both ends and brought back, so that beginning and end are seen often; and at a
        whole number of quarters from the beginning, where the network's beats fall as well.
        """
        seeds = tf.unstack(tf.random.split(seed, 2))
        length = self.options.window_steps
        quarters = tf.maximum(0, end - first - length + STEPS_PER_QUARTER - 1) // STEPS_PER_QUARTER
        last = first + quarters * STEPS_PER_QUARTER
        drawn = tf.random.stateless_uniform(
            [], seeds[0], first - length // 4, last + length // 4 + 1, tf.int32
        )
        anywhere = tf.clip_by_value(drawn, first, last)
        since = tf.gather(self.arrays.conditions[:, SINCE_DOWNBEAT], anywhere)
        downbeat = tf.maximum(first, anywhere - tf.maximum(since - 1, 0))
        at_end = tf.equal(anywhere, last)
        at_downbeat = ~at_end & (tf.random.stateless_uniform([], seeds[1]) < 0.5)
        start = tf.where(at_downbeat, downbeat, anywhere)
        return start - (start - first) % STEPS_PER_QUARTER

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
        **cut,
        "evidence": tf.where(known, cut["tokens"], vocabulary.unknown),
        "number": steps,
        "weights": tf.cast(~known, tf.float32),
    }


def _padding(vocabulary: Vocabulary) -> dict[str, Any]:
    """What fills a batch after the end of a chorale: nothing known, nothing to predict."""
    zero = dict.fromkeys(("tokens", *History._fields, "conditions", "number"), 0)
    return {**zero, "evidence": vocabulary.unknown, "weights": 0.0}


def _shifts(chorale: Chorale, ranges: NDArray[np.int32]) -> tuple[int, int]:
    """Lowest and highest transposition that keeps every voice in its range."""
    lowest, highest = ranges_of([chorale]).T
    silent = highest == REST
    down = np.where(silent, -127, ranges[:, 0] - lowest).max()
    up = np.where(silent, 127, ranges[:, 1] - highest).min()
    return int(min(down, 0)), int(max(up, 0))
