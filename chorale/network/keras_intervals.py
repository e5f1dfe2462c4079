"""Counterpoint, in Keras: what the network hears of intervals, the same in every transposition.

Shapes: B chorales, T steps, 4 voices in SATB order, V = vocabulary.size tokens.
"""

from typing import Any

import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from chorale.music import VOICES
from chorale.network.architecture import (
    INTERVAL_CLASSES,
    INTERVAL_SLOTS,
    INTERVAL_WIDTH,
    SUCCESSIONS,
    TABLE_SCALE,
    harmonic_interval_ids,
    melodic_interval_ids,
    tonic_notes,
)
from chorale.network.conditions import KEY
from chorale.network.tokens import Vocabulary


class Counterpoint:
    """Intervals between and within voices, and to the tonic: the same in every transposition.

    A head reads them, and adds logits by them: by the interval from the voice's last note (melody),
    by the interval to what each other voice sounds now and to the tonic (harmony), and, in fixed
    tables, by the distance to each other voice now, in which crossings can be learnt, and by the
    succession of intervals with it, in which parallels can.
    The tonic, where the key is known, counts as a fifth voice that never moves.
    """

    def __init__(self, inputs: dict[str, Any], vocabulary: Vocabulary) -> None:
        self.vocabulary, self.sounding = vocabulary, inputs["sounding"]
        self.tonic = ops.take(tonic_notes(vocabulary), inputs["conditions"][..., KEY], axis=0)
        self._slots, self._classes = (
            melodic_interval_ids(vocabulary),
            harmonic_interval_ids(vocabulary),
        )
        self._slot = layers.Embedding(INTERVAL_SLOTS, INTERVAL_WIDTH, name="slot_embedding")
        self._class = layers.Embedding(INTERVAL_CLASSES, INTERVAL_WIDTH, name="class_embedding")

    def degrees(self, tokens: Any) -> Any:
        """Degrees of the scale on which four voices sound, (B, T, 4 x INTERVAL_WIDTH)."""
        classes = self._look_up(self._classes, self.tonic[..., None], tokens)
        return side_by_side(self._class(classes))

    def read(self, voice: int, cells: Any) -> Any:
        """What a head reads: how each voice moves now, its degree, its interval to us before.

        Returns:
            (B, T, (4 + 4 + 5) x INTERVAL_WIDTH).
        """
        moves = self._slot(self._look_up(self._slots, self.sounding, cells))
        others = ops.concatenate([self.sounding, self.tonic[..., None]], axis=-1)
        own = self.sounding[..., voice : voice + 1]
        before = self._class(self._look_up(self._classes, others, own))
        degrees = self.degrees(self._now(cells))
        return layers.Concatenate()([side_by_side(moves), degrees, side_by_side(before)])

    def leaps(self, tokens: Any) -> Any:
        """Embedded intervals of each voice from note to note, (B, T, 4 n) to (B, T, 4 n - 4, E)."""
        voices = len(VOICES)
        return self._slot(self._look_up(self._slots, tokens[..., :-voices], tokens[..., voices:]))

    def melody(self, voice: int, x: Any, name: str) -> Any:
        """Logits, (B, T, V), by the interval from the voice's last note; `name` is the head's."""
        by_slot = logit_layer(INTERVAL_SLOTS, f"{name}_melody")(x)
        table = self._slots[:, : self.vocabulary.size]
        slots = ops.take(table, self.sounding[..., voice], axis=0)
        return ops.take_along_axis(by_slot, slots, axis=-1)

    def approach(self, voice: int, coming: Any, x: Any, name: str) -> Any:
        """Logits, (B, T, V), by the interval from the note to come, (B, T); `name` is the head's.

        HOLD has the interval of the note held.
        """
        by_slot = logit_layer(INTERVAL_SLOTS, f"{name}_approach")(x)
        slots = self._candidates(self._slots, coming, self.sounding[..., voice])
        return ops.take_along_axis(by_slot, slots, axis=-1)

    def harmony(self, voice: int, cells: Any, x: Any, name: str) -> Any:
        """Logits, (B, T, V), by the interval to each other voice now, and to the tonic.

        HOLD has the interval of the note held; `name` is the head's.
        """
        width = (len(VOICES) + 1) * INTERVAL_CLASSES
        by_class = logit_layer(width, f"{name}_harmony")(x)
        by_distance = logit_table(len(VOICES) * INTERVAL_SLOTS, f"{name}_distance")
        by_succession = logit_table(len(VOICES) * SUCCESSIONS, f"{name}_succession")
        now, own = self._now(cells), self.sounding[..., voice]
        moves = (cells >= self.vocabulary.first_pitch) & ops.not_equal(cells, self.sounding)
        classes = self._candidates(self._classes, self.tonic, own)
        logits = ops.take_along_axis(by_class, len(VOICES) * INTERVAL_CLASSES + classes, axis=-1)
        for other in range(len(VOICES)):
            if other == voice:
                continue
            classes = self._candidates(self._classes, now[..., other], own)
            logits += ops.take_along_axis(by_class, other * INTERVAL_CLASSES + classes, axis=-1)
            slots = self._candidates(self._slots, now[..., other], own)
            logits += TABLE_SCALE * by_distance(other * INTERVAL_SLOTS + slots)[..., 0]
            before = self._look_up(self._classes, self.sounding[..., other], own)
            both_move = moves[..., other, None] & self._strikes
            row = ops.cast(both_move, "int32") * INTERVAL_CLASSES + before[..., None]
            successions = other * SUCCESSIONS + row * INTERVAL_CLASSES + classes
            logits += TABLE_SCALE * by_succession(successions)[..., 0]
        return logits

    @property
    def _strikes(self) -> NDArray[np.bool_]:
        """Tokens that start a note, (V,)."""
        return np.arange(self.vocabulary.size) >= self.vocabulary.first_pitch

    def _now(self, cells: Any) -> Any:
        """What each voice sounds at the step, (B, T, 4)."""
        return ops.where(ops.equal(cells, self.vocabulary.hold), self.sounding, cells)

    def _candidates(self, table: NDArray[np.int32], other: Any, own: Any) -> Any:
        """The interval to what `other` sounds, (B, T), for every token of ours: (B, T, V)."""
        intervals = ops.take(table[:, : self.vocabulary.size], other, axis=0)
        hold = np.arange(self.vocabulary.size) == self.vocabulary.hold
        return ops.where(hold, self._look_up(table, other, own)[..., None], intervals)

    def _look_up(self, table: NDArray[np.int32], row: Any, column: Any) -> Any:
        return ops.take(table.reshape(-1), row * self.vocabulary.input_size + column, axis=0)


def logit_table(size: int, name: str) -> layers.Embedding:
    """A table of logits that starts empty; times TABLE_SCALE."""
    return layers.Embedding(size, 1, embeddings_initializer="zeros", name=name, dtype="float32")


def logit_layer(size: int, name: str) -> layers.Dense:
    """Logits out of hidden units, without a bias."""
    return layers.Dense(size, use_bias=False, name=name, dtype="float32")


def side_by_side(embedded: Any) -> Any:
    """(B, T, n, E) as (B, T, n x E)."""
    *_, voices, width = embedded.shape
    return layers.Reshape((-1, voices * width))(embedded)
