"""The heads in NumPy: one voice's logits at a step, from what the runtime tells them.

The towers' heads are joined into one, since their logits are averaged: hidden units stand side by
side, and the last layers, which are sums over them, are divided by the number of towers. Layers
and weights are those of `chorale.network.keras_network` and `chorale.network.keras_intervals`, where they are explained.

Leading axes (...) are those of the batch, (B,) at a step or (B, T) over all steps; 4 voices in SATB
order, V tokens.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from chorale.music import VOICES
from chorale.network.architecture import (
    INTERVAL_CLASSES,
    TABLE_SCALE,
    harmonic_interval_ids,
    in_tower,
    melodic_interval_ids,
)
from chorale.network.checkpoint import Checkpoint
from chorale.network.history import History, Ids
from chorale.network.lookahead import Lookahead
from chorale.network.numpy_layers import Floats, product, sigmoid
from chorale.network.recall import LENGTH_CLASSES

# by token, slot, class, slot from the note to come (with an encoder only), and place recalled
OUTPUTS = ("tokens", "melody", "harmony", "approach", "recall")
TABLES = ("distance", "succession", "agreement")

# the three other voices of each, (4, 3)
OTHERS = np.array([np.delete(np.arange(len(VOICES)), voice) for voice in range(len(VOICES))])


@dataclass(frozen=True)
class StepFeatures:
    """What every head of a step reads; it does not depend on the step's cells.

    A token makes its voice sound a note: its own, or for HOLD the one that is held.

    Attributes:
        state: (..., 4, towers x head_units), what decoder, context and past tell each head.
        past: what the step comes after, arrays (..., n).
        tonic: (...,) a note on the tonic, REST where the key is not known.
        sounds: (..., 4, V), the token of the note that each token makes a voice sound.
        before: (..., 4, 5), the class of the interval from each voice, and the tonic, to a voice.
        places: (..., 4, 2 or 3, V), which outputs count for each token of a voice by its intervals
            from the last note, to the tonic, and from the note to come.
    """

    state: Floats
    past: History
    tonic: Ids
    sounds: Ids
    before: Ids
    places: Ids


class Heads:
    """The four heads of a checkpoint, ready to compute."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.vocabulary, towers = checkpoint.vocabulary, checkpoint.options.towers
        self._hears = checkpoint.options.encoder_units > 0
        kinds = [kind for kind in OUTPUTS if self._hears or kind != "approach"]
        weights = {**checkpoint.weights, **_joined(checkpoint.weights, towers, kinds)}
        self._weights = weights
        self._slots = melodic_interval_ids(self.vocabulary)
        self._classes = harmonic_interval_ids(self.vocabulary)
        self._strikes = (np.arange(self.vocabulary.size) >= self.vocabulary.first_pitch) * 1
        # the last layers of a head as one product
        kernels = [[weights[f"{name}_{kind}/kernel"] for kind in kinds] for name in VOICES]
        self._outputs = [np.concatenate(parts, axis=1) for parts in kernels]
        ends = np.cumsum([0, *(part.shape[1] for part in kernels[0])])
        self._first = dict(zip(kinds, ends.tolist(), strict=False))
        self._harmony = self._first["harmony"] + INTERVAL_CLASSES * OTHERS[..., None]
        self._pairs = [self._pairs_of(voice) for voice in range(len(VOICES))]

    def features(self, state: Floats, past: History, ahead: Lookahead, tonic: Ids) -> StepFeatures:
        """What the heads read, from their state, (..., 4, n), the past and what is given next."""
        sounding, size = past.sounding, self.vocabulary.size
        sounds = np.empty((*sounding.shape, size), np.int32)
        sounds[...] = np.arange(size)
        sounds[..., self.vocabulary.hold] = sounding
        others = np.concatenate([sounding, tonic[..., None]], -1)
        before = self._classes[others[..., None, :], sounding[..., None]]
        places = [
            self._first["melody"] + self._slots[sounding, :size],
            self._first["harmony"]
            + INTERVAL_CLASSES * len(VOICES)
            + self._classes[tonic[..., None, None], sounds],
        ]
        if self._hears:
            coming = ahead.notes[..., : len(VOICES), None]
            places.append(self._first["approach"] + self._slots[coming, sounds])
        return StepFeatures(state, past, tonic, sounds, before, np.stack(places, -2))

    def logits(self, voice: int, features: StepFeatures, cells: Ids) -> Floats:
        """One voice's logits at a step.

        Args:
            voice: 0 (soprano) to 3 (bass).
            features: from `chorale.network.numpy_network.Network.step`.
            cells: (..., 4) tokens of the step: drawn before this voice or given, else UNKNOWN.

        Returns:
            (..., V).
        """
        name, sounding = VOICES[voice], features.past.sounding
        now = np.where(cells == self.vocabulary.hold, sounding, cells)
        x = product(self._read(voice, features, cells, now), self._weights[f"{name}_cells/kernel"])
        outputs = product(silu(x + features.state[..., voice, :]), self._outputs[voice])
        interpret, sounds = now[..., OTHERS[voice], None], features.sounds[..., voice, None, :]
        harmony = self._harmony[voice] + self._classes[interpret, sounds]
        places = np.concatenate([harmony, features.places[..., voice, :, :]], -2)
        logits = outputs[..., : self.vocabulary.size] + self._weights[f"{name}_tokens/bias"]
        logits += _at(outputs, places).sum(-2)
        struck = (cells >= self.vocabulary.first_pitch) & (cells != sounding)
        both_move = struck[..., OTHERS[voice], None] * self._strikes
        before = features.before[..., voice, OTHERS[voice], None]
        other = np.arange(len(VOICES) - 1)[:, None]
        logits += self._pairs[voice][other, both_move, before, interpret, sounds].sum(-2)
        return logits + self._recalled(voice, outputs[..., self._first["recall"] :], features.past)

    def _read(self, voice: int, features: StepFeatures, cells: Ids, now: Ids) -> Floats:
        """What a head reads of the cells, (..., n), and of what each voice sounds now."""
        moves = self.embed("slot_embedding", self._slots[features.past.sounding, cells])
        before = self.embed("class_embedding", features.before[..., voice, :])
        degrees = self.degrees(features.tonic, now)
        return np.concatenate(
            [self.notes(cells), side_by_side(moves), degrees, side_by_side(before)], -1
        )

    def _pairs_of(self, voice: int) -> Floats:
        """Logits by what a voice and each of the others do.

        Returns:
            (3, 2, classes, V + 2, V + 2), by the other voice, whether both move, the interval
            before, what the other sounds now and what the voice sounds now.
        """
        distance = self._weights[f"{VOICES[voice]}_distance/embeddings"]
        distance = distance.reshape(len(VOICES), 1, 1, -1)[OTHERS[voice]]
        succession = self._weights[f"{VOICES[voice]}_succession/embeddings"]
        succession = succession.reshape(len(VOICES), 2, INTERVAL_CLASSES, -1)[OTHERS[voice]]
        pairs: Floats = distance[..., self._slots] + succession[..., self._classes]
        pairs *= TABLE_SCALE
        return pairs

    def _recalled(self, voice: int, trust: Floats, past: History) -> Floats:
        """Logits, (..., V), for the tokens that stood at the own and the joint place."""
        table = self._weights[f"{VOICES[voice]}_agreement/embeddings"][:, 0]
        columns = np.array([voice, len(VOICES) + voice])
        lengths = past.match_lengths[..., columns] + [0, LENGTH_CLASSES]
        is_recalled = past.recalled[..., columns, None] == np.arange(self.vocabulary.size)
        logits: Floats = (is_recalled * (trust + TABLE_SCALE * table[lengths])[..., None]).sum(-2)
        return logits

    def notes(self, ids: Ids) -> Floats:
        """Embeddings of note tokens side by side, (..., n) to (..., n x embedding)."""
        return side_by_side(self.embed("note_embedding", ids))

    def degrees(self, tonic: Ids, tokens: Ids) -> Floats:
        """Degrees of the scale on which four voices sound, (..., 4 x INTERVAL_WIDTH)."""
        return side_by_side(self.embed("class_embedding", self._classes[tonic[..., None], tokens]))

    def coming(self, ahead: Lookahead, past: History) -> Floats:
        """What is read of the notes given next, (..., n)."""
        before = np.concatenate([past.sounding, ahead.notes[..., : -len(VOICES)]], -1)
        leaps = self.embed("slot_embedding", self._slots[before, ahead.notes])
        until = self.embed("until_embedding", ahead.until)
        return np.concatenate(
            [self.notes(ahead.notes), side_by_side(leaps), side_by_side(until)], -1
        )

    def embed(self, name: str, ids: Ids) -> Floats:
        """Rows of the table of this name, (..., width)."""
        embedded: Floats = self._weights[f"{name}/embeddings"][ids]
        return embedded


def _joined(weights: Mapping[str, Floats], towers: int, kinds: Sequence[str]) -> dict[str, Floats]:
    """The weights of one head a voice whose logits are the mean of those of all towers."""

    def parts(name: str) -> list[Floats]:
        return [weights[in_tower(tower, name)] for tower in range(towers)]

    joined = {}
    for voice in VOICES:
        joined[f"{voice}_cells/kernel"] = np.concatenate(parts(f"{voice}_cells/kernel"), axis=-1)
        for name in (f"{voice}_{kind}/kernel" for kind in kinds):
            joined[name] = np.concatenate(parts(name)) / np.float32(towers)
        added = [f"{voice}_tokens/bias", *(f"{voice}_{kind}/embeddings" for kind in TABLES)]
        joined |= {name: np.mean(parts(name), axis=0, dtype=np.float32) for name in added}
    return joined


def _at(values: Floats, places: Ids) -> Floats:
    """Values, (..., n), at places, (..., m, V)."""
    flat = values.reshape(-1, values.shape[-1])
    first = np.arange(0, flat.size, flat.shape[1]).reshape(*values.shape[:-1], 1, 1)
    return flat.take(places + first)


def side_by_side(embedded: Floats) -> Floats:
    """(..., n, E) as (..., n x E)."""
    return embedded.reshape(*embedded.shape[:-2], -1)


def silu(x: Floats) -> Floats:
    """X times its sigmoid."""
    return x * sigmoid(x)
