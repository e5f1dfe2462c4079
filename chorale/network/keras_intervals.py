"""Intervals in Keras: inputs and logits that transposition does not change.

Shapes: B chorales, T steps, 4 voices in SATB order, V = vocabulary.size tokens. Twin:
`chorale.network.numpy_heads`, which computes all logits of a head together.
"""

from typing import Any

import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from chorale.aliases import Ids
from chorale.music import VOICES
from chorale.network.architecture import (
    HARMONIC_INTERVALS,
    INTERVAL_WIDTH,
    MELODIC_INTERVALS,
    SUCCESSIONS,
    TABLE_SCALE,
    harmonic_interval_ids,
    melodic_interval_ids,
    tonic_notes,
)
from chorale.network.conditions import KEY
from chorale.network.tokens import Vocabulary


class Intervals:
    """Intervals within voices, between voices, and from the tonic.

    A head reads their embeddings. It also gives each token logits that depend on the interval
    which the token would form:
    - melody: with the voice's last note;
    - approach: with the voice's next given note;
    - harmony: with the present note of each other voice, and with the tonic;
    - distance: with the present note of each other voice, octaves included, to learn crossings;
    - succession: with each other voice, the last and the present interval, to learn parallels.
    The first three are computed from the head's hidden units; distance and succession are read from
    tables of weights. The tonic, where the key is known, counts as a fifth voice that never moves.
    """

    def __init__(self, inputs: dict[str, Any], vocabulary: Vocabulary) -> None:
        self.vocabulary, self.sounding = vocabulary, inputs["sounding"]
        self.tonic = ops.take(tonic_notes(vocabulary), inputs["conditions"][..., KEY], axis=0)
        self._melodic = melodic_interval_ids(vocabulary)
        self._harmonic = harmonic_interval_ids(vocabulary)
        self._embed_melodic = layers.Embedding(
            MELODIC_INTERVALS, INTERVAL_WIDTH, name="slot_embedding"
        )
        self._embed_harmonic = layers.Embedding(
            HARMONIC_INTERVALS, INTERVAL_WIDTH, name="class_embedding"
        )

    def embed_degrees(self, tokens: Any) -> Any:
        """Embed the scale degrees of four voices' notes, (B, T, 4 x INTERVAL_WIDTH)."""
        degrees = self._look_up(self._harmonic, self.tonic[..., None], tokens)
        return side_by_side(self._embed_harmonic(degrees))

    def embed_cells(self, voice: int, cells: Any) -> Any:
        """Embed each voice's melodic interval and scale degree, and its last interval to `voice`.

        Returns:
            (B, T, (4 + 4 + 5) x INTERVAL_WIDTH); the last 5 include the tonic's interval.
        """
        moves = self._embed_melodic(self._look_up(self._melodic, self.sounding, cells))
        others = ops.concatenate([self.sounding, self.tonic[..., None]], axis=-1)
        own = self.sounding[..., voice : voice + 1]
        before = self._embed_harmonic(self._look_up(self._harmonic, others, own))
        degrees = self.embed_degrees(self._resolve_holds(cells))
        return layers.Concatenate()([side_by_side(moves), degrees, side_by_side(before)])

    def embed_leaps(self, tokens: Any) -> Any:
        """Embed each voice's intervals from note to note, (B, T, 4 n) to (B, T, 4 n - 4, E)."""
        voices = len(VOICES)
        leaps = self._look_up(self._melodic, tokens[..., :-voices], tokens[..., voices:])
        return self._embed_melodic(leaps)

    def melody_logits(self, voice: int, x: Any, name: str) -> Any:
        """Return each token's logit, (B, T, V), by its interval from the voice's last note.

        Args:
            voice: 0 (soprano) to 3 (bass).
            x: (B, T, head_units), hidden units of the head.
            name: name of the head, the beginning of its layers' names.
        """
        by_interval = logit_layer(MELODIC_INTERVALS, f"{name}_melody")(x)
        table = self._melodic[:, : self.vocabulary.size]
        intervals = ops.take(table, self.sounding[..., voice], axis=0)
        return ops.take_along_axis(by_interval, intervals, axis=-1)

    def approach_logits(self, voice: int, next_note: Any, x: Any, name: str) -> Any:
        """Return each token's logit, (B, T, V), by its interval from the voice's next given note.

        HOLD counts as the note that it holds.

        Args:
            voice: 0 (soprano) to 3 (bass).
            next_note: (B, T), the next given note.
            x: (B, T, head_units), hidden units of the head.
            name: name of the head, the beginning of its layers' names.
        """
        by_interval = logit_layer(MELODIC_INTERVALS, f"{name}_approach")(x)
        intervals = self._candidates(self._melodic, next_note, self.sounding[..., voice])
        return ops.take_along_axis(by_interval, intervals, axis=-1)

    def harmony_logits(self, voice: int, cells: Any, x: Any, name: str) -> Any:
        """Return each token's logit, (B, T, V), by its intervals with the others and the tonic.

        It is the sum of the harmony, distance and succession logits (see the class). HOLD counts as
        the note that it holds.

        Args:
            voice: 0 (soprano) to 3 (bass).
            cells: (B, T, 4) tokens of the step, UNKNOWN where a voice has none yet.
            x: (B, T, head_units), hidden units of the head.
            name: name of the head, the beginning of its layers' names.
        """
        width = (len(VOICES) + 1) * HARMONIC_INTERVALS
        by_interval = logit_layer(width, f"{name}_harmony")(x)
        by_distance = logit_table(len(VOICES) * MELODIC_INTERVALS, f"{name}_distance")
        by_succession = logit_table(len(VOICES) * SUCCESSIONS, f"{name}_succession")
        now, own = self._resolve_holds(cells), self.sounding[..., voice]
        # An UNKNOWN cell counts as a move: the networks that ship were trained so.
        moves = (cells >= self.vocabulary.first_pitch) & ops.not_equal(cells, self.sounding)
        harmonic = self._candidates(self._harmonic, self.tonic, own)
        column = len(VOICES) * HARMONIC_INTERVALS + harmonic
        logits = ops.take_along_axis(by_interval, column, axis=-1)
        for other in range(len(VOICES)):
            if other == voice:
                continue
            harmonic = self._candidates(self._harmonic, now[..., other], own)
            column = other * HARMONIC_INTERVALS + harmonic
            logits += ops.take_along_axis(by_interval, column, axis=-1)
            melodic = self._candidates(self._melodic, now[..., other], own)
            logits += TABLE_SCALE * by_distance(other * MELODIC_INTERVALS + melodic)[..., 0]
            before = self._look_up(self._harmonic, self.sounding[..., other], own)
            both_move = moves[..., other, None] & self._starts_note
            row = ops.cast(both_move, "int32") * HARMONIC_INTERVALS + before[..., None]
            successions = other * SUCCESSIONS + row * HARMONIC_INTERVALS + harmonic
            logits += TABLE_SCALE * by_succession(successions)[..., 0]
        return logits

    @property
    def _starts_note(self) -> NDArray[np.bool_]:
        """Whether each token starts a note, (V,)."""
        return self.vocabulary.is_note(np.arange(self.vocabulary.size))

    def _resolve_holds(self, cells: Any) -> Any:
        """Replace HOLD by the note that it holds, (B, T, 4)."""
        return ops.where(ops.equal(cells, self.vocabulary.hold), self.sounding, cells)

    def _candidates(self, table: Ids, other: Any, own: Any) -> Any:
        """Return the interval from `other` to every token of a voice, (B, T, V).

        Args:
            table: intervals of all pairs of input symbols.
            other: (B, T), the note from which intervals are counted.
            own: (B, T), the note that HOLD would hold.
        """
        intervals = ops.take(table[:, : self.vocabulary.size], other, axis=0)
        hold = np.arange(self.vocabulary.size) == self.vocabulary.hold
        return ops.where(hold, self._look_up(table, other, own)[..., None], intervals)

    def _look_up(self, table: Ids, row: Any, column: Any) -> Any:
        return ops.take(table.reshape(-1), row * self.vocabulary.input_size + column, axis=0)


def logit_table(size: int, name: str) -> layers.Embedding:
    """Return a table of logits, zero at first, which callers multiply by TABLE_SCALE."""
    return layers.Embedding(size, 1, embeddings_initializer="zeros", name=name, dtype="float32")


def logit_layer(size: int, name: str) -> layers.Dense:
    """Return a layer from hidden units to logits, without a bias."""
    return layers.Dense(size, use_bias=False, name=name, dtype="float32")


def side_by_side(embedded: Any) -> Any:
    """Concatenate the embeddings of n voices: (B, T, n, E) to (B, T, n x E)."""
    *_, voices, width = embedded.shape
    return layers.Reshape((-1, voices * width))(embedded)
