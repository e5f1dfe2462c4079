"""The heads in NumPy: one voice's logits at a step, from what the runtime tells them.

The towers' heads are joined into one, since their logits are averaged: hidden units stand side by
side, and the last layers, which are sums over them, are divided by the number of towers. Layers
and weights are those of `chorale.network` and `chorale.counterpoint`, where they are explained.

Leading axes (...) are those of the batch, (B,) at a step or (B, T) over all steps; 4 voices in SATB
order, V tokens.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from chorale.ahead import Ahead
from chorale.architecture import (
    INTERVAL_CLASSES,
    INTERVAL_SLOTS,
    SUCCESSIONS,
    TABLE_SCALE,
    in_tower,
    interval_classes,
    interval_slots,
)
from chorale.checkpoint import Checkpoint
from chorale.music import VOICES
from chorale.past import Ids, Past
from chorale.recall import LENGTH_CLASSES
from chorale.recurrent import Floats, sigmoid

# by token, slot, class, place recalled and, with an encoder, slot from the note to come
OUTPUTS = ("tokens", "melody", "harmony", "recall")
ENCODERS_OUTPUTS = (*OUTPUTS, "approach")
TABLES = ("distance", "succession", "agreement")


@dataclass(frozen=True)
class StepFeatures:
    """What every head of a step reads.

    Attributes:
        state: (..., 4, towers x head_units), what decoder, context and past tell each head.
        past: what the step comes after, arrays (..., n).
        ahead: what is given next, arrays (..., 8).
        tonic: (...,) a note on the tonic, REST where the key is not known.
    """

    state: Floats
    past: Past
    ahead: Ahead
    tonic: Ids


class Heads:
    """The four heads of a checkpoint, ready to compute."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.vocabulary, towers = checkpoint.vocabulary, checkpoint.options.towers
        kinds = ENCODERS_OUTPUTS if checkpoint.options.encoder_units else OUTPUTS
        self._weights = {**checkpoint.weights, **_joined(checkpoint.weights, towers, kinds)}
        self._slots = interval_slots(self.vocabulary)
        self._classes = interval_classes(self.vocabulary)
        self._strikes = np.arange(self.vocabulary.size) >= self.vocabulary.first_pitch
        # the last layers of a head as one product
        kernels = [[self._weights[f"{name}_{kind}/kernel"] for kind in kinds] for name in VOICES]
        self._outputs = [np.concatenate(parts, axis=1) for parts in kernels]
        self._output_ends = np.cumsum([part.shape[1] for part in kernels[0]])[:-1]

    def logits(self, voice: int, features: StepFeatures, cells: Ids) -> Floats:
        """One voice's logits at a step.

        Args:
            voice: 0 (soprano) to 3 (bass).
            features: from `chorale.runtime.Network.step`.
            cells: (..., 4) tokens of the step: drawn before this voice or given, else UNKNOWN.

        Returns:
            (..., V).
        """
        sounding = features.past.sounding
        name, own = VOICES[voice], sounding[..., voice]
        now = np.where(cells == self.vocabulary.hold, sounding, cells)
        moves = self.embed("slot_embedding", self._slots[sounding, cells])
        others = np.concatenate([sounding, features.tonic[..., None]], -1)
        before = self.embed("class_embedding", self._classes[others, own[..., None]])
        read = [self.notes(cells), side_by_side(moves)]
        read += [self.degrees(features.tonic, now), side_by_side(before)]
        x = np.concatenate(read, -1) @ self._weights[f"{name}_cells/kernel"]
        x = silu(x + features.state[..., voice, :])
        products = np.split(x @ self._outputs[voice], self._output_ends, -1)
        by_token, by_slot, by_class, trust, *by_approach = products
        slots = self._slots[own, : self.vocabulary.size]
        logits = by_token + self._weights[f"{name}_tokens/bias"]
        logits += np.take_along_axis(by_slot, slots, -1)
        logits += self._harmony(voice, by_class, features.tonic, cells, now, sounding)
        if by_approach:
            coming = features.ahead.notes[..., voice, None]
            slots = self._candidates(self._slots, coming, own[..., None])[..., 0, :]
            logits += np.take_along_axis(by_approach[0], slots, -1)
        return logits + self._recalled(voice, trust, features.past)

    def _harmony(
        self, voice: int, by_class: Floats, tonic: Ids, cells: Ids, now: Ids, sounding: Ids
    ) -> Floats:
        """Logits, (..., V), by the interval to the other voices and the tonic, all at once."""
        others = [other for other in range(len(VOICES)) if other != voice]
        own = sounding[..., voice, None]
        heard = np.concatenate([now[..., others], tonic[..., None]], -1)
        classes = self._candidates(self._classes, heard, own)  # (..., 4, V)
        rows = np.array([*others, len(VOICES)])
        places = INTERVAL_CLASSES * rows[:, None] + classes
        flat = places.reshape(*places.shape[:-2], -1)
        logits = np.take_along_axis(by_class, flat, -1).reshape(places.shape).sum(-2)
        moves = (cells >= self.vocabulary.first_pitch) & (cells != sounding)
        both_move = moves[..., others, None] & self._strikes
        before = self._classes[sounding[..., others], own]
        row = both_move * INTERVAL_CLASSES + before[..., None]
        successions = row * INTERVAL_CLASSES + classes[..., : len(others), :]
        successions += SUCCESSIONS * np.array(others)[:, None]
        distances = self._candidates(self._slots, now[..., others], own)
        distances += INTERVAL_SLOTS * np.array(others)[:, None]
        for kind, rows in (("succession", successions), ("distance", distances)):
            table = self._weights[f"{VOICES[voice]}_{kind}/embeddings"][:, 0]
            logits += TABLE_SCALE * table[rows].sum(-2)
        return logits

    def _candidates(self, table: Ids, heard: Ids, own: Ids) -> Ids:
        """The interval to each note heard, (..., n), for every token of ours: (..., n, V)."""
        intervals = table[heard, : self.vocabulary.size]
        intervals[..., self.vocabulary.hold] = table[heard, own]
        return intervals

    def _recalled(self, voice: int, trust: Floats, past: Past) -> Floats:
        """Logits, (..., V), for the tokens that stood at the own and the joint place."""
        table = self._weights[f"{VOICES[voice]}_agreement/embeddings"][:, 0]
        columns = np.array([voice, len(VOICES) + voice])
        lengths = past.agreements[..., columns] + [0, LENGTH_CLASSES]
        is_recalled = past.recalled[..., columns, None] == np.arange(self.vocabulary.size)
        logits: Floats = (is_recalled * (trust + TABLE_SCALE * table[lengths])[..., None]).sum(-2)
        return logits

    def notes(self, ids: Ids) -> Floats:
        """Embeddings of note tokens side by side, (..., n) to (..., n x embedding)."""
        return side_by_side(self.embed("note_embedding", ids))

    def degrees(self, tonic: Ids, tokens: Ids) -> Floats:
        """Degrees of the scale on which four voices sound, (..., 4 x INTERVAL_WIDTH)."""
        return side_by_side(self.embed("class_embedding", self._classes[tonic[..., None], tokens]))

    def coming(self, ahead: Ahead, past: Past) -> Floats:
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


def side_by_side(embedded: Floats) -> Floats:
    """(..., n, E) as (..., n x E)."""
    return embedded.reshape(*embedded.shape[:-2], -1)


def silu(x: Floats) -> Floats:
    """X times its sigmoid."""
    return x * sigmoid(x)
