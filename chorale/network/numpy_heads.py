"""Intervals and heads in NumPy: one voice's logits at a step.

The heads of all towers are joined into one head per voice, since their logits are averaged: their
hidden units are concatenated, and the kernels of their last layers are concatenated and divided by
the number of towers. Each tower weighs the columns of its own table of chords, so these kernels are
joined as blocks. For speed, a head's last layers are fused into one product.

Leading axes (...) are those of the batch, (B,) at a step or (B, T) over all steps; 4 voices in SATB
order, V tokens. Twin: `chorale.network.keras_intervals`, and the heads of
`chorale.network.keras_network`, which explain layers and weights.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from chorale.aliases import Floats, Ids
from chorale.music import BASS, VOICES
from chorale.network.architecture import (
    CLASS_BITS,
    HARMONIC_INTERVALS,
    TABLE_SCALE,
    TONICS,
    chord_ids,
    harmonic_interval_ids,
    melodic_interval_ids,
    modulation_ids,
    pitch_classes,
    tonic_notes,
    tower_layer_name,
)
from chorale.network.checkpoint import Checkpoint
from chorale.network.conditions import KEY
from chorale.network.history import History
from chorale.network.lookahead import Lookahead
from chorale.network.numpy_layers import Kernel, side_by_side, silu
from chorale.network.recall import LENGTH_CLASSES

# The last layers of a head, whose logits depend on the token, the melodic interval, the harmonic
# intervals, the interval from the next given note (with an encoder only), the chord, and the
# recalled tokens.
OUTPUTS = ("tokens", "melody", "harmony", "approach", "chord", "recall")
TABLES = ("distance", "succession", "turn", "agreement")

# the three other voices for each voice, (4, 3)
OTHERS = np.array([np.delete(np.arange(len(VOICES)), voice) for voice in range(len(VOICES))])


@dataclass(frozen=True)
class StepFeatures:
    """The inputs of all heads at a step that do not depend on the step's cells.

    Attributes:
        state: (..., 4, towers x head_units), each head's hidden units from decoder, conditioning
            and history, before the cells are added.
        history: decoder inputs from earlier steps, arrays (..., n).
        tonics: (..., 2), notes on the tonics, REST for an unknown key.
        sounds: (..., 4, V), the note that would sound in a voice after each token: for HOLD the
            held note, else the token itself.
        classes: (..., 4, V), the pitch classes of these notes, NO_CLASS where there is no note.
        before: (..., 4, 6), harmonic interval from each voice, and from the tonics, to a voice, at
            the step before.
        columns: (..., 4, 3 or 4, V), the columns of a head's fused output to add for each token:
            by the token's interval from the voice's last note, from the tonics, and (with an
            encoder) from the next given note.
        turns: (..., 4, V), logits of each token by the interval that it forms and the one before.
    """

    state: Floats
    history: History
    tonics: Ids
    sounds: Ids
    classes: Ids
    before: Ids
    columns: Ids
    turns: Floats


class Heads:
    """The four heads of a checkpoint, and the embeddings that they share with the decoder."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.vocabulary, towers = checkpoint.vocabulary, checkpoint.options.towers
        self._has_encoder = checkpoint.options.encoder_units > 0
        kinds = [kind for kind in OUTPUTS if self._has_encoder or kind != "approach"]
        weights = {**checkpoint.weights, **_join_towers(checkpoint.weights, towers, kinds)}
        self._weights = weights
        self._melodic = melodic_interval_ids(self.vocabulary)
        self._harmonic = harmonic_interval_ids(self.vocabulary)
        self._starts_note = self.vocabulary.is_note(np.arange(self.vocabulary.size)) * 1
        # the last layers of each head, fused into one product
        kernels = [[weights[f"{name}_{kind}/kernel"] for kind in kinds] for name in VOICES]
        self._outputs = [Kernel(np.concatenate(parts, axis=1)) for parts in kernels]
        self._cells = [Kernel(weights[f"{name}_cells/kernel"]) for name in VOICES]
        self._token_biases = [weights[f"{name}_tokens/bias"] for name in VOICES]
        ends = np.cumsum([0, *(part.shape[1] for part in kernels[0])])
        self._first = dict(zip(kinds, ends.tolist(), strict=False))
        self._harmony = self._first["harmony"] + HARMONIC_INTERVALS * OTHERS[..., None]
        self._pairs = [self._pair_logits(voice) for voice in range(len(VOICES))]
        self._turns = np.stack([weights[f"{name}_turn/embeddings"] for name in VOICES])
        self._turns *= TABLE_SCALE
        self._tonic_notes, self._modulations = tonic_notes(self.vocabulary), modulation_ids()
        self._class, self._chords = pitch_classes(self.vocabulary), chord_ids()
        self._chord_tables = [TABLE_SCALE * weights[f"{name}_chords/embeddings"] for name in VOICES]

    def embed(self, name: str, ids: Ids) -> Floats:
        """Return rows of the embedding of this name, (..., width)."""
        embedded: Floats = self._weights[f"{name}/embeddings"][ids]
        return embedded

    def embed_notes(self, ids: Ids) -> Floats:
        """Embed note tokens side by side, (..., n) to (..., n x embedding)."""
        return side_by_side(self.embed("note_embedding", ids))

    def find_keys(self, history: History, conditions: Ids) -> Ids:
        """Return the keys of the piece and of the last steps, (..., 2), as in the key column.

        The key of the piece is that of the plan, or where it is unknown that of the past.
        """
        planned, keys = conditions[..., KEY], history.keys
        home = np.where(planned > 0, planned, keys[..., 0])
        return np.stack([home, keys[..., 1]], -1)

    def embed_past(self, keys: Ids, history: History) -> Floats:
        """Embed what sounds and how it was reached, (..., n).

        Args:
            keys: (..., 2), from `find_keys`.
            history: decoder inputs from earlier steps, arrays (..., n).
        """
        notes = np.concatenate([history.sounding, history.earlier], -1)
        voices = len(VOICES)
        moves = self._melodic[notes[..., voices:], notes[..., :-voices]]
        return np.concatenate(
            [
                self.embed_degrees(self._tonic_notes[keys], history.sounding),
                side_by_side(self.embed("slot_embedding", moves)),
                self.embed("chord_embedding", self._chord(history.sounding)),
                self.embed("modulation_embedding", self._modulations[keys[..., 0], keys[..., 1]]),
            ],
            -1,
        )

    def embed_degrees(self, tonics: Ids, tokens: Ids) -> Floats:
        """Embed the scale degrees of four voices' notes, (..., TONICS x 4 x INTERVAL_WIDTH)."""
        degrees = self._harmonic[tonics[..., None], tokens[..., None, :]]
        embedded = self.embed("class_embedding", degrees)
        return embedded.reshape(*tokens.shape[:-1], -1)

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
        self, state: Floats, history: History, lookahead: Lookahead, keys: Ids
    ) -> StepFeatures:
        """Compute the inputs of every head that do not depend on the step's cells.

        Args:
            state: (..., 4, n), see `StepFeatures`.
            history: decoder inputs from earlier steps, arrays (..., n).
            lookahead: the given notes that come next, arrays (..., 8).
            keys: (..., 2), from `find_keys`.
        """
        tonics = self._tonic_notes[keys]
        sounding, size = history.sounding, self.vocabulary.size
        sounds = np.empty((*sounding.shape, size), np.int32)
        sounds[...] = np.arange(size)
        sounds[..., self.vocabulary.hold] = sounding
        others = np.concatenate([sounding, tonics], -1)
        before = self._harmonic[others[..., None, :], sounding[..., None]]
        melodic = self._melodic[sounding, :size]
        columns = [self._first["melody"] + melodic]
        for tonic in range(TONICS):
            first = self._first["harmony"] + HARMONIC_INTERVALS * (len(VOICES) + tonic)
            columns.append(first + self._harmonic[tonics[..., tonic, None, None], sounds])
        if self._has_encoder:
            coming = lookahead.notes[..., : len(VOICES), None]
            columns.append(self._first["approach"] + self._melodic[coming, sounds])
        last = self._melodic[history.earlier[..., : len(VOICES)], sounding]
        turns: Floats = self._turns[np.arange(len(VOICES))[:, None], last[..., None], melodic]
        classes = self._class[sounds]
        stacked = np.stack(columns, -2)
        return StepFeatures(state, history, tonics, sounds, classes, before, stacked, turns)

    def logits(self, voice: int, features: StepFeatures, cells: Ids) -> Floats:
        """Return one voice's logits at a step, (..., V).

        Args:
            voice: 0 (soprano) to 3 (bass).
            features: from `chorale.network.numpy_network.Network.step`.
            cells: (..., 4) tokens of the step: drawn before this voice or given, else UNKNOWN.
        """
        sounding = features.history.sounding
        now = np.where(cells == self.vocabulary.hold, sounding, cells)
        x = self._cells[voice].multiply(self._embed_cells(voice, features, cells, now))
        outputs = self._outputs[voice].multiply(silu(x + features.state[..., voice, :]))
        present, sounds = now[..., OTHERS[voice], None], features.sounds[..., voice, None, :]
        harmony = self._harmony[voice] + self._harmonic[present, sounds]
        columns = np.concatenate([harmony, features.columns[..., voice, :, :]], -2)
        logits = outputs[..., : self.vocabulary.size] + self._token_biases[voice]
        logits += _take_columns(outputs, columns).sum(-2)
        # An UNKNOWN cell counts as a move: the networks that ship were trained so.
        moves = (cells >= self.vocabulary.first_pitch) & (cells != sounding)
        both_move = moves[..., OTHERS[voice], None] * self._starts_note
        before = features.before[..., voice, OTHERS[voice], None]
        other = np.arange(len(VOICES) - 1)[:, None]
        logits += self._pairs[voice][other, both_move, before, present, sounds].sum(-2)
        logits += features.turns[..., voice, :]
        weights = outputs[..., self._first["chord"] : self._first["recall"]]
        logits += self._chord_logits(voice, weights, now, features.classes[..., voice, :])
        trust = outputs[..., self._first["recall"] :]
        return logits + self._recall_logits(voice, trust, features.history)

    def _embed_cells(self, voice: int, features: StepFeatures, cells: Ids, now: Ids) -> Floats:
        """Embed the cells and their intervals, (..., n); `now`: (..., 4), the sounding notes."""
        moves = self.embed("slot_embedding", self._melodic[features.history.sounding, cells])
        before = self.embed("class_embedding", features.before[..., voice, :])
        degrees = self.embed_degrees(features.tonics, now)
        chord = self.embed("chord_embedding", self._chord(now))
        read = [self.embed_notes(cells), side_by_side(moves), degrees, side_by_side(before), chord]
        return np.concatenate(read, -1)

    def _chord(self, notes: Ids) -> Ids:
        """Return the id of the set of pitch classes above the bass, (...,), of (..., 4) notes."""
        classes = self._class[notes]
        chord: Ids = self._chords[self._union(classes), classes[..., BASS]]
        return chord

    def _union(self, classes: Ids) -> Ids:
        """Return sets of pitch classes, (...,), from the classes, (..., n)."""
        union: Ids = np.bitwise_or.reduce(CLASS_BITS[classes], axis=-1)
        return union

    def _chord_logits(self, voice: int, weights: Floats, now: Ids, classes: Ids) -> Floats:
        """Return each token's logit, (..., V), by the chord that it would complete.

        Args:
            voice: 0 (soprano) to 3 (bass).
            weights: (..., towers x CHORD_COLUMNS), weights of the table's columns, without bias.
            now: (..., 4), the present notes.
            classes: (..., V), the pitch class that the voice would sound after each token.
        """
        present = self._class[now]
        sets = self._union(present[..., OTHERS[voice]])[..., None] | CLASS_BITS  # by class
        bass = np.arange(len(CLASS_BITS)) if voice == BASS else present[..., BASS, None]
        table = self._chord_tables[voice][self._chords[sets, bass]]
        weights = weights + self._weights[f"{VOICES[voice]}_chord/bias"]
        by_class = (table @ weights[..., None])[..., 0]
        return np.take_along_axis(by_class, classes, -1)

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


def _join_towers(
    weights: Mapping[str, Floats], towers: int, kinds: Sequence[str]
) -> dict[str, Floats]:
    """Return the weights of one head per voice whose logits are the mean over the towers."""

    def parts(name: str) -> list[Floats]:
        return [weights[tower_layer_name(tower, name)] for tower in range(towers)]

    joined = {}
    for voice in VOICES:
        joined[f"{voice}_cells/kernel"] = np.concatenate(parts(f"{voice}_cells/kernel"), axis=-1)
        for name in (f"{voice}_{kind}/kernel" for kind in kinds if kind != "chord"):
            joined[name] = np.concatenate(parts(name)) / np.float32(towers)
        joined[f"{voice}_chord/kernel"] = _join_blocks(parts(f"{voice}_chord/kernel"))
        joined[f"{voice}_chord/bias"] = np.concatenate(parts(f"{voice}_chord/bias"))
        tables = np.concatenate(parts(f"{voice}_chords/embeddings"), axis=-1)
        joined[f"{voice}_chords/embeddings"] = tables / np.float32(towers)
        added = [f"{voice}_tokens/bias", *(f"{voice}_{kind}/embeddings" for kind in TABLES)]
        joined |= {name: np.mean(parts(name), axis=0, dtype=np.float32) for name in added}
    return joined


def _join_blocks(blocks: Sequence[Floats]) -> Floats:
    """Return a matrix with these blocks on its diagonal, and zeros elsewhere."""
    rows, columns = np.sum([block.shape for block in blocks], axis=0)
    joined = np.zeros((rows, columns), np.float32)
    row = column = 0
    for block in blocks:
        joined[row : row + len(block), column : column + block.shape[1]] = block
        row, column = row + len(block), column + block.shape[1]
    return joined


def _take_columns(values: Floats, columns: Ids) -> Floats:
    """Take columns, (..., m, V), of values, (..., n)."""
    flat = values.reshape(-1, values.shape[-1])
    first = np.arange(0, flat.size, flat.shape[1]).reshape(*values.shape[:-1], 1, 1)
    return flat.take(columns + first)
