"""Intervals in Keras: inputs and logits that transposition does not change.

Shapes: B chorales, T steps, 4 voices in SATB order, V = vocabulary.size tokens. Twin:
`chorale.network.numpy_heads`, which computes all logits of a head together.
"""

from typing import Any

import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from chorale.aliases import Ids
from chorale.music import BASS, VOICES
from chorale.network.architecture import (
    CHORD_COLUMNS,
    CHORD_WIDTH,
    CHORDS,
    CLASS_BITS,
    CONDITION_WIDTH,
    HARMONIC_INTERVALS,
    INTERVAL_WIDTH,
    MELODIC_INTERVALS,
    MODULATIONS,
    SUCCESSIONS,
    TABLE_SCALE,
    TONICS,
    chord_ids,
    harmonic_interval_ids,
    melodic_interval_ids,
    modulation_ids,
    pitch_classes,
    tonic_notes,
)
from chorale.network.conditions import KEY, SIZES
from chorale.network.tokens import Vocabulary


class Intervals:
    """Intervals within voices, between voices, and from the tonic; chords.

    A head reads their embeddings. It also gives each token logits that depend on the interval
    which the token would form:
    - melody: with the voice's last note;
    - turn: with the voice's last note, and the interval before, to learn where a line leads;
    - approach: with the voice's next given note;
    - harmony: with the present note of each other voice, and with the tonics;
    - distance: with the present note of each other voice, octaves included, to learn crossings;
    - succession: with each other voice, the last and the present interval, to learn parallels;
    - chord: with all present notes together, as a set of pitch classes above the bass, to tell a
      dominant seventh from a minor one.
    Melody, approach and harmony are computed from the head's hidden units; turn, distance and
    succession are read from tables of weights; the chord's are read from a table and weighed by the
    head. There are two tonics, further voices that never move: that of the plan, or where its key
    is unknown that of the past, and that of the last steps (`chorale.network.tonality`).
    """

    def __init__(self, inputs: dict[str, Any], vocabulary: Vocabulary) -> None:
        self.vocabulary, self.sounding = vocabulary, inputs["sounding"]
        self._earlier = inputs["earlier"]
        planned, keys = inputs["conditions"][..., KEY], inputs["keys"]
        home = ops.where(planned > 0, planned, keys[..., 0])
        self._modulation = ops.take(
            modulation_ids().reshape(-1), home * SIZES["key"] + keys[..., 1], axis=0
        )
        both = ops.stack([home, keys[..., 1]], axis=-1)
        self.tonics = ops.take(tonic_notes(vocabulary), both, axis=0)
        self._melodic = melodic_interval_ids(vocabulary)
        self._harmonic = harmonic_interval_ids(vocabulary)
        self._class = pitch_classes(vocabulary)
        self._chords = chord_ids().reshape(-1)
        self._embed_melodic = layers.Embedding(
            MELODIC_INTERVALS, INTERVAL_WIDTH, name="slot_embedding"
        )
        self._embed_harmonic = layers.Embedding(
            HARMONIC_INTERVALS, INTERVAL_WIDTH, name="class_embedding"
        )
        self._embed_chord = layers.Embedding(CHORDS, CHORD_WIDTH, name="chord_embedding")
        self._embed_modulation = layers.Embedding(
            MODULATIONS, CONDITION_WIDTH, name="modulation_embedding"
        )

    def embed_past(self) -> Any:
        """Embed what sounds and how it was reached, (B, T, n).

        These are the scale degrees of the sounding notes, each voice's last intervals, the chord,
        and how the key of the last steps lies to that of the piece.
        """
        notes = ops.concatenate([self.sounding, self._earlier], axis=-1)
        voices = len(VOICES)
        moves = self._look_up(self._melodic, notes[..., voices:], notes[..., :-voices])
        return layers.Concatenate()(
            [
                self.embed_degrees(self.sounding),
                side_by_side(self._embed_melodic(moves)),
                self._embed_chord(self._chord(self.sounding)),
                self._embed_modulation(self._modulation),
            ]
        )

    def embed_degrees(self, tokens: Any) -> Any:
        """Embed the scale degrees of four voices' notes, (B, T, TONICS x 4 x INTERVAL_WIDTH)."""
        degrees = [
            self._look_up(self._harmonic, self.tonics[..., tonic : tonic + 1], tokens)
            for tonic in range(TONICS)
        ]
        return side_by_side(self._embed_harmonic(ops.concatenate(degrees, axis=-1)))

    def embed_cells(self, voice: int, cells: Any) -> Any:
        """Embed each voice's melodic interval and degrees, its last interval to `voice`, the chord.

        Returns:
            (B, T, n).
        """
        moves = self._embed_melodic(self._look_up(self._melodic, self.sounding, cells))
        others = ops.concatenate([self.sounding, self.tonics], axis=-1)
        own = self.sounding[..., voice : voice + 1]
        before = self._embed_harmonic(self._look_up(self._harmonic, others, own))
        now = self._resolve_holds(cells)
        chord = self._embed_chord(self._chord(now))
        read = [side_by_side(moves), self.embed_degrees(now), side_by_side(before), chord]
        return layers.Concatenate()(read)

    def embed_leaps(self, tokens: Any) -> Any:
        """Embed each voice's intervals from note to note, (B, T, 4 n) to (B, T, 4 n - 4, E)."""
        voices = len(VOICES)
        leaps = self._look_up(self._melodic, tokens[..., :-voices], tokens[..., voices:])
        return self._embed_melodic(leaps)

    def melody_logits(self, voice: int, x: Any, name: str) -> Any:
        """Return each token's logit, (B, T, V), by its interval from the voice's last note.

        It is the sum of the melody and turn logits (see the class).

        Args:
            voice: 0 (soprano) to 3 (bass).
            x: (B, T, head_units), hidden units of the head.
            name: name of the head, the beginning of its layers' names.
        """
        by_interval = logit_layer(MELODIC_INTERVALS, f"{name}_melody")(x)
        table = self._melodic[:, : self.vocabulary.size]
        intervals = ops.take(table, self.sounding[..., voice], axis=0)
        by_turn = logit_table(MELODIC_INTERVALS, f"{name}_turn", MELODIC_INTERVALS)
        last = self._look_up(self._melodic, self._earlier[..., voice], self.sounding[..., voice])
        by_interval += TABLE_SCALE * by_turn(last)
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
        """Return each token's logit, (B, T, V), by its intervals with the others and the tonics.

        It is the sum of the harmony, distance, succession and chord logits (see the class). HOLD
        counts as the note that it holds.

        Args:
            voice: 0 (soprano) to 3 (bass).
            cells: (B, T, 4) tokens of the step, UNKNOWN where a voice has none yet.
            x: (B, T, head_units), hidden units of the head.
            name: name of the head, the beginning of its layers' names.
        """
        width = (len(VOICES) + TONICS) * HARMONIC_INTERVALS
        by_interval = logit_layer(width, f"{name}_harmony")(x)
        by_distance = logit_table(len(VOICES) * MELODIC_INTERVALS, f"{name}_distance")
        by_succession = logit_table(len(VOICES) * SUCCESSIONS, f"{name}_succession")
        now, own = self._resolve_holds(cells), self.sounding[..., voice]
        # An UNKNOWN cell counts as a move: the networks that ship were trained so.
        moves = (cells >= self.vocabulary.first_pitch) & ops.not_equal(cells, self.sounding)
        logits = self._chord_logits(voice, now, x, name)
        for tonic in range(TONICS):
            harmonic = self._candidates(self._harmonic, self.tonics[..., tonic], own)
            column = (len(VOICES) + tonic) * HARMONIC_INTERVALS + harmonic
            logits += ops.take_along_axis(by_interval, column, axis=-1)
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

    def _chord_logits(self, voice: int, now: Any, x: Any, name: str) -> Any:
        """Return each token's logit, (B, T, V), by the chord that it would complete.

        Tokens of one pitch class complete the same chord, so the logits are computed by class.
        `now`: (B, T, 4), the present notes; the other arguments are those of `harmony_logits`.
        """
        present = ops.take(self._class, now, axis=0)
        others = [other for other in range(len(VOICES)) if other != voice]
        bits = ops.take(CLASS_BITS, present, axis=0)
        sets = CLASS_BITS
        for other in others:
            sets = ops.bitwise_or(sets, bits[..., other, None])  # (B, T, 13), by the token's class
        bass = np.arange(len(CLASS_BITS)) if voice == BASS else present[..., BASS:]
        chords = ops.take(self._chords, sets * len(CLASS_BITS) + bass, axis=0)
        table = logit_table(CHORDS, f"{name}_chords", CHORD_COLUMNS)(chords)
        weights = layers.Dense(CHORD_COLUMNS, name=f"{name}_chord", dtype="float32")(x)
        by_class = TABLE_SCALE * ops.sum(table * weights[..., None, :], axis=-1)
        classes = ops.take(self._class, self._sounds(voice), axis=0)
        return ops.take_along_axis(by_class, classes, axis=-1)

    def _sounds(self, voice: int) -> Any:
        """Return the note that a voice would sound after each token, (B, T, V)."""
        tokens = np.arange(self.vocabulary.size)
        own = self.sounding[..., voice, None]
        return ops.where(tokens == self.vocabulary.hold, own, tokens)

    def _chord(self, notes: Any) -> Any:
        """Return the id of the set of pitch classes above the bass, (B, T), of (B, T, 4) notes."""
        classes = ops.take(self._class, notes, axis=0)
        bits = ops.take(CLASS_BITS, classes, axis=0)
        upper = ops.bitwise_or(bits[..., 0], bits[..., 1])
        lower = ops.bitwise_or(bits[..., 2], bits[..., 3])
        sets = ops.bitwise_or(upper, lower)
        return ops.take(self._chords, sets * len(CLASS_BITS) + classes[..., BASS], axis=0)

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


def logit_table(size: int, name: str, columns: int = 1) -> layers.Embedding:
    """Return a table of logits, zero at first, which callers multiply by TABLE_SCALE."""
    return layers.Embedding(
        size, columns, embeddings_initializer="zeros", name=name, dtype="float32"
    )


def logit_layer(size: int, name: str) -> layers.Dense:
    """Return a layer from hidden units to logits, without a bias."""
    return layers.Dense(size, use_bias=False, name=name, dtype="float32")


def side_by_side(embedded: Any) -> Any:
    """Concatenate the embeddings of n voices: (B, T, n, E) to (B, T, n x E)."""
    *_, voices, width = embedded.shape
    return layers.Reshape((-1, voices * width))(embedded)
