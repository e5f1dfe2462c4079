"""Intervals and heads in NumPy: one voice's logits at a step.

The heads of all towers are joined into one head per voice, since their logits are averaged: their
hidden units are concatenated, and the kernels of their last layers are concatenated and divided by
the number of towers. For speed, a head's last layers are fused into one product.

Leading axes (...) are those of the batch, (B,) at a step or (B, T) over all steps; 4 voices in SATB
order, V tokens. Twin: `chorale.network.keras_intervals`, and the heads of
`chorale.network.keras_network`, which explain layers and weights.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from chorale.aliases import Floats, Ids
from chorale.music import VOICES
from chorale.network.architecture import (
    HARMONIC_INTERVALS,
    TABLE_SCALE,
    harmonic_interval_ids,
    melodic_interval_ids,
    tower_layer_name,
)
from chorale.network.checkpoint import Checkpoint
from chorale.network.history import History
from chorale.network.lookahead import Lookahead
from chorale.network.numpy_layers import product, side_by_side, silu
from chorale.network.recall import LENGTH_CLASSES

# The last layers of a head, whose logits depend on the token, the melodic interval, the harmonic
# intervals, the interval from the next given note (with an encoder only), and the recalled tokens.
OUTPUTS = ("tokens", "melody", "harmony", "approach", "recall")
TABLES = ("distance", "succession", "agreement")

# the three other voices for each voice, (4, 3)
OTHERS = np.array([np.delete(np.arange(len(VOICES)), voice) for voice in range(len(VOICES))])


@dataclass(frozen=True)
class StepFeatures:
    """The inputs of all heads at a step that do not depend on the step's cells.

    Attributes:
        state: (..., 4, towers x head_units), each head's hidden units from decoder, conditioning
            and history, before the cells are added.
        history: decoder inputs from earlier steps, arrays (..., n).
        tonic: (...,) a note on the tonic, REST for an unknown key.
        sounds: (..., 4, V), the note that would sound in a voice after each token: for HOLD the
            held note, else the token itself.
        before: (..., 4, 5), harmonic interval from each voice, and from the tonic, to a voice, at
            the step before.
        columns: (..., 4, 2 or 3, V), the columns of a head's fused output to add for each token:
            by the token's interval from the voice's last note, from the tonic, and (with an
            encoder) from the next given note.
    """

    state: Floats
    history: History
    tonic: Ids
    sounds: Ids
    before: Ids
    columns: Ids


class Heads:
    """The four heads of a checkpoint, and the embeddings that they share with the decoder."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.vocabulary, towers = checkpoint.vocabulary, checkpoint.options.towers
        self._has_encoder = checkpoint.options.encoder_units > 0
        kinds = [kind for kind in OUTPUTS if self._has_encoder or kind != "approach"]
        weights = {**checkpoint.weights, **_average_towers(checkpoint.weights, towers, kinds)}
        self._weights = weights
        self._melodic = melodic_interval_ids(self.vocabulary)
        self._harmonic = harmonic_interval_ids(self.vocabulary)
        self._starts_note = self.vocabulary.is_note(np.arange(self.vocabulary.size)) * 1
        # the last layers of each head, fused into one product
        kernels = [[weights[f"{name}_{kind}/kernel"] for kind in kinds] for name in VOICES]
        self._outputs = [np.concatenate(parts, axis=1) for parts in kernels]
        ends = np.cumsum([0, *(part.shape[1] for part in kernels[0])])
        self._first = dict(zip(kinds, ends.tolist(), strict=False))
        self._harmony = self._first["harmony"] + HARMONIC_INTERVALS * OTHERS[..., None]
        self._pairs = [self._pair_logits(voice) for voice in range(len(VOICES))]

    def embed(self, name: str, ids: Ids) -> Floats:
        """Return rows of the embedding of this name, (..., width)."""
        embedded: Floats = self._weights[f"{name}/embeddings"][ids]
        return embedded

    def embed_notes(self, ids: Ids) -> Floats:
        """Embed note tokens side by side, (..., n) to (..., n x embedding)."""
        return side_by_side(self.embed("note_embedding", ids))

    def embed_degrees(self, tonic: Ids, tokens: Ids) -> Floats:
        """Embed the scale degrees of four voices' notes, (..., 4 x INTERVAL_WIDTH)."""
        degrees = self._harmonic[tonic[..., None], tokens]
        return side_by_side(self.embed("class_embedding", degrees))

    def embed_lookahead(self, lookahead: Lookahead, history: History) -> Floats:
        """Embed the next given notes, the leaps that lead to them, and the steps until them.

        Returns:
            Inputs of decoder and heads, (..., n).
        """
        before = np.concatenate([history.sounding, lookahead.notes[..., : -len(VOICES)]], -1)
        leaps = self.embed("slot_embedding", self._melodic[before, lookahead.notes])
        until = self.embed("until_embedding", lookahead.until)
        return np.concatenate(
            [self.embed_notes(lookahead.notes), side_by_side(leaps), side_by_side(until)], -1
        )

    def features(
        self, state: Floats, history: History, lookahead: Lookahead, tonic: Ids
    ) -> StepFeatures:
        """Compute the inputs of every head that do not depend on the step's cells.

        Args:
            state: (..., 4, n), see `StepFeatures`.
            history: decoder inputs from earlier steps, arrays (..., n).
            lookahead: the given notes that come next, arrays (..., 8).
            tonic: (...,) a note on the tonic, REST for an unknown key.
        """
        sounding, size = history.sounding, self.vocabulary.size
        sounds = np.empty((*sounding.shape, size), np.int32)
        sounds[...] = np.arange(size)
        sounds[..., self.vocabulary.hold] = sounding
        others = np.concatenate([sounding, tonic[..., None]], -1)
        before = self._harmonic[others[..., None, :], sounding[..., None]]
        columns = [
            self._first["melody"] + self._melodic[sounding, :size],
            self._first["harmony"]
            + HARMONIC_INTERVALS * len(VOICES)
            + self._harmonic[tonic[..., None, None], sounds],
        ]
        if self._has_encoder:
            coming = lookahead.notes[..., : len(VOICES), None]
            columns.append(self._first["approach"] + self._melodic[coming, sounds])
        return StepFeatures(state, history, tonic, sounds, before, np.stack(columns, -2))

    def logits(self, voice: int, features: StepFeatures, cells: Ids) -> Floats:
        """Return one voice's logits at a step, (..., V).

        Args:
            voice: 0 (soprano) to 3 (bass).
            features: from `chorale.network.numpy_network.Network.step`.
            cells: (..., 4) tokens of the step: drawn before this voice or given, else UNKNOWN.
        """
        name, sounding = VOICES[voice], features.history.sounding
        now = np.where(cells == self.vocabulary.hold, sounding, cells)
        x = self._embed_cells(voice, features, cells, now)
        x = product(x, self._weights[f"{name}_cells/kernel"])
        outputs = product(silu(x + features.state[..., voice, :]), self._outputs[voice])
        present, sounds = now[..., OTHERS[voice], None], features.sounds[..., voice, None, :]
        harmony = self._harmony[voice] + self._harmonic[present, sounds]
        columns = np.concatenate([harmony, features.columns[..., voice, :, :]], -2)
        logits = outputs[..., : self.vocabulary.size] + self._weights[f"{name}_tokens/bias"]
        logits += _take_columns(outputs, columns).sum(-2)
        # An UNKNOWN cell counts as a move: the networks that ship were trained so.
        moves = (cells >= self.vocabulary.first_pitch) & (cells != sounding)
        both_move = moves[..., OTHERS[voice], None] * self._starts_note
        before = features.before[..., voice, OTHERS[voice], None]
        other = np.arange(len(VOICES) - 1)[:, None]
        logits += self._pairs[voice][other, both_move, before, present, sounds].sum(-2)
        trust = outputs[..., self._first["recall"] :]
        return logits + self._recall_logits(voice, trust, features.history)

    def _embed_cells(self, voice: int, features: StepFeatures, cells: Ids, now: Ids) -> Floats:
        """Embed the cells and their intervals, (..., n); `now`: (..., 4), the sounding notes."""
        moves = self.embed("slot_embedding", self._melodic[features.history.sounding, cells])
        before = self.embed("class_embedding", features.before[..., voice, :])
        degrees = self.embed_degrees(features.tonic, now)
        return np.concatenate(
            [self.embed_notes(cells), side_by_side(moves), degrees, side_by_side(before)], -1
        )

    def _pair_logits(self, voice: int) -> Floats:
        """Return the logits by distance and succession of a voice and each of the others.

        Returns:
            (3, 2, harmonic intervals, V + 2, V + 2). The axes: the other voice, whether both
            move, the interval before, the other voice's present note, this voice's present note.
        """
        distance = self._weights[f"{VOICES[voice]}_distance/embeddings"]
        distance = distance.reshape(len(VOICES), 1, 1, -1)[OTHERS[voice]]
        succession = self._weights[f"{VOICES[voice]}_succession/embeddings"]
        succession = succession.reshape(len(VOICES), 2, HARMONIC_INTERVALS, -1)[OTHERS[voice]]
        pairs: Floats = distance[..., self._melodic] + succession[..., self._harmonic]
        pairs *= TABLE_SCALE
        return pairs

    def _recall_logits(self, voice: int, trust: Floats, history: History) -> Floats:
        """Return logits, (..., V), of the tokens recalled by the voice's own and joint matches."""
        table = self._weights[f"{VOICES[voice]}_agreement/embeddings"][:, 0]
        columns = np.array([voice, len(VOICES) + voice])
        lengths = history.match_lengths[..., columns] + [0, LENGTH_CLASSES]
        is_recalled = history.recalled[..., columns, None] == np.arange(self.vocabulary.size)
        logits: Floats = (is_recalled * (trust + TABLE_SCALE * table[lengths])[..., None]).sum(-2)
        return logits


def _average_towers(
    weights: Mapping[str, Floats], towers: int, kinds: Sequence[str]
) -> dict[str, Floats]:
    """Return the weights of one head per voice whose logits are the mean over the towers."""

    def parts(name: str) -> list[Floats]:
        return [weights[tower_layer_name(tower, name)] for tower in range(towers)]

    joined = {}
    for voice in VOICES:
        joined[f"{voice}_cells/kernel"] = np.concatenate(parts(f"{voice}_cells/kernel"), axis=-1)
        for name in (f"{voice}_{kind}/kernel" for kind in kinds):
            joined[name] = np.concatenate(parts(name)) / np.float32(towers)
        added = [f"{voice}_tokens/bias", *(f"{voice}_{kind}/embeddings" for kind in TABLES)]
        joined |= {name: np.mean(parts(name), axis=0, dtype=np.float32) for name in added}
    return joined


def _take_columns(values: Floats, columns: Ids) -> Floats:
    """Take columns, (..., m, V), of values, (..., n)."""
    flat = values.reshape(-1, values.shape[-1])
    first = np.arange(0, flat.size, flat.shape[1]).reshape(*values.shape[:-1], 1, 1)
    return flat.take(columns + first)
