"""The input pipeline of training: windows of chorales in batches, as a `tf.data.Dataset`.

    arrays of a split -> shuffle -> crop -> transpose -> hide -> pad -> batch -> prefetch

Every random draw is a function of (seed, epoch, chorale), so that a resumed run gets the same
windows. A batch is a dictionary of the network's INPUTS and of `weights`, (B, T, 4) float32: 1 for
a cell to be predicted, 0 for a given cell and for padding.

The given cells are drawn for each window: no cells, the soprano, a random set of voices, all cells
outside a region, random measures, or scattered cells. The plan (metre, fermatas, key, distance to
the end, motion) is withheld from three tenths of the windows, and in part from the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import tensorflow as tf

from chorale.aliases import Ids
from chorale.analysis import measure_motion
from chorale.music import REST, STEPS_PER_QUARTER, VOICES, Chorale
from chorale.network.conditions import (
    COLUMNS,
    KEY,
    MOTION,
    SINCE_DOWNBEAT,
    SIZES,
    UNTIL_DOWNBEAT,
    encode_plan,
)
from chorale.network.history import History, build_history
from chorale.network.tokens import Vocabulary, encode
from chorale.options import TrainingOptions

Batch = dict[str, Any]  # name: tf.Tensor

GIVEN_BAR = 16  # steps of a measure, when measures are given
MAX_SCATTERED = 0.5  # largest share of given cells, when scattered cells are given
WITHHELD = 0.3  # share of windows without a plan
WITHHELD_COLUMN = 0.2  # probability, in the other windows, of withholding a part of the plan

# The part of the plan that a column belongs to, as the number of the part's first column: the metre
# has two columns and motion four, which are withheld together.
PARTS = np.arange(len(COLUMNS))
PARTS[UNTIL_DOWNBEAT] = SINCE_DOWNBEAT
PARTS[MOTION] = MOTION.start


@dataclass(frozen=True)
class SplitArrays:
    """The chorales of a split, one after the other; N steps in all, C chorales.

    Attributes:
        tokens: (N, 4) int32.
        history: decoder inputs from earlier steps, arrays (N, ...).
        conditions: (N, columns) int32, see `chorale.network.conditions`.
        starts: (C + 1,) int32, the first step of each chorale, then N.
        shifts: (C, 2) int32, lowest and highest transposition in semitones, inclusive.
    """

    tokens: Ids
    history: History
    conditions: Ids
    starts: Ids
    shifts: Ids

    def tables(self) -> dict[str, Any]:
        """Return tensors (N, ...) by their names among the network's inputs."""
        named = {"tokens": self.tokens, **self.history._asdict(), "conditions": self.conditions}
        return {name: tf.constant(values) for name, values in named.items()}


def build_arrays(chorales: Sequence[Chorale], vocabulary: Vocabulary, ranges: Ids) -> SplitArrays:
    """Encode chorales for the pipeline.

    Args:
        chorales: the chorales of a split, at least one.
        vocabulary: the token table.
        ranges: (4, 2), lowest and highest pitch of each voice; see `find_ranges`.

    Raises:
        DataError: a pitch is outside the vocabulary.
    """
    encoded = [encode(chorale, vocabulary) for chorale in chorales]
    histories = [build_history(tokens, vocabulary) for tokens in encoded]
    return SplitArrays(
        tokens=np.concatenate(encoded),
        history=History(*map(np.concatenate, zip(*histories, strict=True))),
        conditions=np.concatenate([_encode_conditions(chorale) for chorale in chorales]),
        starts=np.cumsum([0, *map(len, encoded)], dtype=np.int32),
        shifts=np.array([_find_shifts(chorale, ranges) for chorale in chorales], np.int32),
    )


def _encode_conditions(chorale: Chorale) -> Ids:
    """Return the conditions of a chorale's plan, with its measured motion."""
    return encode_plan(replace(chorale.plan, motion=measure_motion(chorale)))


def find_ranges(chorales: Sequence[Chorale]) -> Ids:
    """Return the lowest and highest pitch of each voice in these chorales, (4, 2) int32."""
    pitches = np.concatenate([chorale.pitches for chorale in chorales]).astype(np.int32)
    lowest = np.where(pitches == REST, 127, pitches).min(axis=0)
    highest = pitches.max(axis=0)
    return np.stack([lowest, highest], axis=1)


def training_windows(
    arrays: SplitArrays, vocabulary: Vocabulary, options: TrainingOptions, epoch: int
) -> tf.data.Dataset:
    """Return the batches of an epoch: a window of every chorale, padded to the longest in a batch.

    A chorale longer than window_steps is cropped. The window starts at a downbeat half of the time
    (if the metre is known), else anywhere, always a whole number of quarters from the beginning.
    Windows of about the same length share a batch, so that little of it is padding.
    """
    seeds = np.random.SeedSequence([options.seed, epoch]).spawn(2)
    seed = int(seeds[0].generate_state(1, np.uint32).view(np.int32)[0])
    sampler = _WindowSampler(arrays, arrays.tables(), vocabulary, options)
    order = _draw_order(arrays, options, np.random.default_rng(seeds[1]))
    return (
        tf.data.Dataset.from_tensor_slices(order)
        .map(
            lambda i: sampler.draw_window(i, tf.stack([seed, i])),
            num_parallel_calls=tf.data.AUTOTUNE,
            deterministic=True,
        )
        .padded_batch(options.batch_size, padding_values=_padding_values(vocabulary))
        .prefetch(2)
    )


def _draw_order(
    arrays: SplitArrays, options: TrainingOptions, generator: np.random.Generator
) -> Ids:
    """Draw an epoch's order of chorales: similar lengths within a batch, the batches at random."""
    lengths = np.minimum(np.diff(arrays.starts), options.window_steps)
    by_length = np.argsort(lengths + generator.normal(0, options.window_steps / 10, len(lengths)))
    full, rest = divmod(len(by_length), options.batch_size)
    first = options.batch_size * int(generator.integers(full + 1))
    short = np.s_[first : first + rest]  # the batch that is not full
    batches = np.delete(by_length, short).reshape(full, options.batch_size)
    # the batch that is not full comes last
    order = np.concatenate([generator.permutation(batches).ravel(), by_length[short]])
    return order.astype(np.int32)


def whole_chorales(arrays: SplitArrays, vocabulary: Vocabulary, batch_size: int) -> tf.data.Dataset:
    """Return batches of whole chorales, nothing given, shortest first, padded to the longest.

    The reported likelihoods of a network are measured on these batches.
    """
    lengths = np.diff(arrays.starts)
    tables = arrays.tables()

    def chorale(i: Any) -> Batch:
        first, end = tf.gather(arrays.starts, i), tf.gather(arrays.starts, i + 1)
        cut = {name: table[first:end] for name, table in tables.items()}
        nothing = tf.zeros_like(cut["tokens"], tf.bool)
        cut["conditions"] = tf.zeros_like(cut["conditions"])
        return _make_example(cut, nothing, tf.range(end - first), vocabulary)

    return (
        tf.data.Dataset.from_tensor_slices(np.argsort(lengths, kind="stable"))
        .map(lambda i: chorale(tf.cast(i, tf.int32)))
        .padded_batch(batch_size, padding_values=_padding_values(vocabulary))
        .prefetch(2)
    )


@dataclass(frozen=True)
class _WindowSampler:
    """The random part of the pipeline, which crops, transposes and hides."""

    arrays: SplitArrays
    tables: dict[str, Any]
    vocabulary: Vocabulary
    options: TrainingOptions

    def draw_window(self, chorale: Any, seed: Any) -> Batch:
        """Draw a window of the chorale with this number; `seed`, (2,) int32, fixes the result."""
        length = self.options.window_steps
        seeds = iter(tf.unstack(tf.random.split(seed, 8)))
        first, end = (tf.gather(self.arrays.starts, chorale + k) for k in (0, 1))
        start = self._draw_start(first, end, next(seeds))
        end = tf.minimum(end, start + length)
        cut = {name: table[start:end] for name, table in self.tables.items()}
        lowest, highest = tf.unstack(tf.gather(self.arrays.shifts, chorale))
        shift = tf.random.stateless_uniform([], next(seeds), lowest, highest + 1, tf.int32)
        for name in ("tokens", "previous", "sounding", "earlier", "recalled"):
            cut[name] = transpose_tokens(cut[name], shift, self.vocabulary)
        cut["keys"] = transpose_keys(cut["keys"], shift)
        cut["conditions"] = self._withhold(
            transpose_conditions(cut["conditions"], shift), next(seeds)
        )
        steps = tf.range(start - first, end - first)
        given = self._draw_given(steps, next(seeds))
        return _make_example(cut, given, steps, self.vocabulary)

    def _draw_start(self, first: Any, end: Any, seed: Any) -> Any:
        """Draw the first step of the window, half of the time moved back to a downbeat.

        The draw extends beyond both ends and is clipped, so that beginning and end occur often. The
        window starts a whole number of quarters from the beginning, where the network's beats fall.
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
        """Hide the plan, all of it or part by part."""
        draws = tf.random.stateless_uniform([1 + len(COLUMNS)], seed)
        kept = tf.gather(draws[1:], PARTS) >= WITHHELD_COLUMN
        return conditions * tf.cast(kept & (draws[0] >= WITHHELD), tf.int32)

    def _draw_given(self, steps: Any, seed: Any) -> Any:
        """Draw which cells are given, (length of `steps`, 4) bool."""
        seeds = tf.unstack(tf.random.split(seed, 7))
        length = tf.shape(steps)[0]
        voice = tf.range(len(VOICES))
        voices = tf.random.stateless_uniform([len(VOICES)], seeds[0]) < 0.5
        voices &= ~tf.reduce_all(voices)
        ends = tf.random.stateless_uniform([2], seeds[1], 0, length + 1, tf.int32)
        position = steps - steps[0]
        within = (position >= tf.reduce_min(ends)) & (position < tf.reduce_max(ends))
        bars = tf.random.stateless_uniform([1 + self.options.window_steps], seeds[2]) < 0.5
        in_bar = tf.gather(bars, position // GIVEN_BAR)
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
    """Transpose notes `shift` semitones up; REST, HOLD, START and UNKNOWN stay."""
    return tf.where(vocabulary.is_note(tokens), tokens + shift, tokens)


def transpose_conditions(conditions: Any, shift: Any) -> Any:
    """Transpose the key `shift` semitones up; the other columns stay."""
    is_key = tf.range(len(COLUMNS)) == KEY
    return tf.where(is_key, transpose_keys(conditions, shift), conditions)


def transpose_keys(keys: Any, shift: Any) -> Any:
    """Transpose values of the key column `shift` semitones up; UNKNOWN stays."""
    return tf.where(keys > 0, 1 + (keys - 1 + 2 * shift) % (SIZES["key"] - 1), 0)


def _make_example(cut: Batch, given: Any, steps: Any, vocabulary: Vocabulary) -> Batch:
    return {
        **cut,
        "given": tf.where(given, cut["tokens"], vocabulary.unknown),
        "number": steps,
        "weights": tf.cast(~given, tf.float32),
    }


def _padding_values(vocabulary: Vocabulary) -> dict[str, Any]:
    """Return the values that pad a batch: unknown cells that are not to be predicted."""
    zero = dict.fromkeys(("tokens", *History._fields, "conditions", "number"), 0)
    return {**zero, "given": vocabulary.unknown, "weights": 0.0}


def _find_shifts(chorale: Chorale, ranges: Ids) -> tuple[int, int]:
    """Return the lowest and highest transposition that keep every voice in its range."""
    lowest, highest = find_ranges([chorale]).T
    silent = highest == REST
    down = np.where(silent, -127, ranges[:, 0] - lowest).max()
    up = np.where(silent, 127, ranges[:, 1] - highest).min()
    return int(min(down, 0)), int(max(up, 0))
