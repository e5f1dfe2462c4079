"""The network in NumPy: Keras's logits to 1e-5 of the largest, without TensorFlow.

Composing imports this and never TensorFlow, whose import alone takes seconds. Chorales come batch
first: B chorales, T steps, 4 voices in SATB order, V tokens. The layers and their weights are
those of `chorale.network`, where the design is explained.

`Network.context` reads what is known of whole chorales; `Network.begin` and `Network.step` then go
through the steps one by one, and `Network.logits` gives one voice's distribution at a step, given
the voices drawn before it. `Network.score` does all steps of known chorales at once.
"""

from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from chorale.architecture import (
    INTERVAL_CLASSES,
    INTERVAL_SLOTS,
    STEP_CYCLE,
    SUCCESSIONS,
    TABLE_SCALE,
    decoder_layer,
    in_tower,
    interval_classes,
    interval_slots,
    tonic_notes,
)
from chorale.checkpoint import Checkpoint
from chorale.conditions import COLUMNS, KEY, UNKNOWN
from chorale.music import VOICES
from chorale.past import Ids, Past
from chorale.recall import LENGTH_CLASSES
from chorale.recurrent import Floats, Recurrent, State, sigmoid

NORM_EPSILON = 1e-3  # of Keras's LayerNormalization
HEAD_OUTPUTS = ("tokens", "melody", "harmony", "recall")  # by token, slot, class, place recalled


def one_thread() -> threadpool_limits:
    """A context in which BLAS runs on one thread: the products here are too small to share.

    Measured on two cores, the default threads take up to 100 times as long.
    """
    return threadpool_limits(limits=1, user_api="blas")


@dataclass
class Decoder:
    """Where the decoder is in a batch of chorales.

    Attributes:
        window: (B, kernel, width), the last inputs of the causal Conv1D.
        states: of the recurrent layers of each tower.
        beats: (B, units) for each tower, their output at the beat under way.
    """

    window: Floats
    states: list[list[State]]
    beats: list[Floats]


@dataclass(frozen=True)
class StepFeatures:
    """What every head of a step reads.

    Attributes:
        state: (..., 4, towers x head_units), what decoder, context and past tell each head.
        past: what the step comes after, arrays (..., n).
        tonic: (...,) a note on the tonic, REST where the key is not known.
    """

    state: Floats
    past: Past
    tonic: Ids


class Network:
    """A checkpoint ready to compute."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.options, self.vocabulary = checkpoint.options, checkpoint.vocabulary
        self._weights = {**checkpoint.weights, **_joined(checkpoint)}
        self._slots = interval_slots(self.vocabulary)
        self._classes = interval_classes(self.vocabulary)
        self._tonic_notes = tonic_notes(self.vocabulary)
        self._strikes = np.arange(self.vocabulary.size) >= self.vocabulary.first_pitch
        cell, weights = self.options.cell, self._weights
        if self.options.encoder_units:
            self._forward = Recurrent(cell, weights, "encoder_forward")
            self._backward = Recurrent(cell, weights, "encoder_backward")
        names = [decoder_layer(self.options, layer) for layer in range(self.options.layers)]
        self._decoders = [
            [Recurrent(cell, weights, in_tower(tower, name)) for name in names]
            for tower in range(self.options.towers)
        ]
        # the last layers of a head as one product
        kernels = [[weights[f"{name}_{kind}/kernel"] for kind in HEAD_OUTPUTS] for name in VOICES]
        self._outputs = [np.concatenate(parts, axis=1) for parts in kernels]
        self._output_ends = np.cumsum([part.shape[1] for part in kernels[0]])[:-1]

    def context(self, evidence: Ids, conditions: Ids) -> Floats:
        """Encode what is known.

        Args:
            evidence: (B, T, 4) tokens of the cells given, UNKNOWN elsewhere.
            conditions: (B, T, columns), see `chorale.conditions`.

        Returns:
            (B, T, n), n as `chorale.architecture.context_width` has it, 0 without an encoder.
        """
        if not self.options.encoder_units:
            return np.zeros((*evidence.shape[:2], 0), np.float32)
        known = (evidence != self.vocabulary.unknown).any(-1) | (conditions != UNKNOWN).any(-1)
        columns = [
            self._embed(f"{name}_embedding", conditions[..., column])
            for column, name in enumerate(COLUMNS)
        ]
        x = np.concatenate([self._notes(evidence), *columns], -1) * known[..., None]
        side = self.options.kernel // 2
        x = np.pad(x, [(0, 0), (side, self.options.kernel - side), (0, 0)])
        x = self._convolve("encoder_conv", x)
        stride = self.options.stride
        beats = x[:, ::stride]
        forward = self._forward.run(beats)
        numbers = np.arange(known.shape[1])
        length = np.where(known, numbers // stride + 1, 0).max(axis=1, keepdims=True)
        numbers = np.arange(beats.shape[1])
        within = numbers < length
        mirror = np.where(within, length - 1 - numbers, numbers)[..., None]
        backward = self._backward.run(np.take_along_axis(beats, mirror, 1))
        backward = np.take_along_axis(backward, mirror, 1) * within[..., None]
        x = self._with_steps(np.concatenate([forward, backward], -1), x)
        x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + NORM_EPSILON)
        return x * self._weights["encoder_norm/gamma"] + self._weights["encoder_norm/beta"]

    def begin(self, batch: int) -> Decoder:
        """The decoder before the first step of `batch` chorales."""
        width = self._weights["decoder_conv/kernel"].shape[1]
        window = np.zeros((batch, self.options.kernel, width), np.float32)
        states = [[layer.begin(batch) for layer in tower] for tower in self._decoders]
        return Decoder(window, states, [tower[0][0] for tower in states])

    def step(
        self,
        decoder: Decoder,
        past: Past,
        number: int,
        conditions: Ids,
        context: Floats,
    ) -> StepFeatures:
        """Go on by one step; `decoder` is changed.

        Args:
            decoder: where the step before left it.
            past: what the step comes after, arrays (B, ...).
            number: the number of the step.
            conditions: (B, columns), the step's.
            context: (B, n), the step's part of `context`.
        """
        numbers = np.full(len(conditions), number, np.int32)
        tonic = self._tonic_notes[conditions[..., KEY]]
        x, read = self._decoder_inputs(past, numbers, tonic)
        decoder.window = np.concatenate([decoder.window[:, 1:], x[:, None]], 1)
        steps = self._by_tower(self._convolve("decoder_conv", decoder.window)[:, 0])
        if number % self.options.stride == 0:
            for tower, states in enumerate(decoder.states):
                x = np.concatenate([steps[tower], context], -1)
                for depth, layer in enumerate(self._decoders[tower]):
                    states[depth] = layer.step(x, states[depth])
                    x = states[depth][0] if depth == 0 else x + states[depth][0]
                decoder.beats[tower] = x
        states = [
            self._with_steps(beat[:, None], now[:, None])[:, 0]
            for beat, now in zip(decoder.beats, steps, strict=True)
        ]
        return self._features(states, [context, read], past, tonic)

    def logits(self, voice: int, features: StepFeatures, cells: Ids) -> Floats:
        """One voice's logits at a step.

        Args:
            voice: 0 (soprano) to 3 (bass).
            features: from `step`.
            cells: (..., 4) tokens of the step: drawn before this voice or given, else UNKNOWN.

        Returns:
            (..., V).
        """
        sounding = features.past.sounding
        name, own = VOICES[voice], sounding[..., voice]
        now = np.where(cells == self.vocabulary.hold, sounding, cells)
        moves = self._embed("slot_embedding", self._slots[sounding, cells])
        others = np.concatenate([sounding, features.tonic[..., None]], -1)
        before = self._embed("class_embedding", self._classes[others, own[..., None]])
        read = [self._notes(cells), _side_by_side(moves)]
        read += [self._degrees(features.tonic, now), _side_by_side(before)]
        x = self._dense(f"{name}_cells", np.concatenate(read, -1))
        x = _silu(x + features.state[..., voice, :])
        products = np.split(x @ self._outputs[voice], self._output_ends, -1)
        by_token, by_slot, by_class, trust = products
        slots = self._slots[own, : self.vocabulary.size]
        logits = by_token + self._weights[f"{name}_tokens/bias"]
        logits += np.take_along_axis(by_slot, slots, -1)
        logits += self._harmony(voice, by_class, features.tonic, cells, now, sounding)
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

    def score(self, tokens: Ids, past: Past, evidence: Ids, conditions: Ids) -> Floats:
        """Logits of every cell of known chorales, each given the past and what is given.

        Args:
            tokens: (B, T, 4), the chorales.
            past: what each step comes after, arrays (B, T, ...).
            evidence: (B, T, 4) tokens of the cells given, UNKNOWN elsewhere.
            conditions: (B, T, columns).

        Returns:
            (B, T, 4, V).
        """
        context = self.context(evidence, conditions)
        numbers = np.broadcast_to(np.arange(tokens.shape[1], dtype=np.int32), tokens.shape[:2])
        tonic = self._tonic_notes[conditions[..., KEY]]
        x, read = self._decoder_inputs(past, numbers, tonic)
        x = np.pad(x, [(0, 0), (self.options.kernel - 1, 0), (0, 0)])
        steps, states = self._by_tower(self._convolve("decoder_conv", x)), []
        for tower, decoder in enumerate(self._decoders):
            x = np.concatenate([steps[tower], context], -1)[:, :: self.options.stride]
            for depth, layer in enumerate(decoder):
                x = layer.run(x) if depth == 0 else x + layer.run(x)
            states.append(self._with_steps(x, steps[tower]))
        features = self._features(states, [context, read], past, tonic)
        logits = []
        for voice in range(len(VOICES)):
            drawn = np.isin(np.arange(len(VOICES)), self.options.order[: self._rank(voice)])
            cells = np.where(drawn, tokens, evidence)
            logits.append(self.logits(voice, features, cells))
        return np.stack(logits, axis=-2)

    def _rank(self, voice: int) -> int:
        return self.options.order.index(voice)

    def _decoder_inputs(self, past: Past, numbers: Ids, tonic: Ids) -> tuple[Floats, Floats]:
        """What the decoder reads, and what part of it the heads read once more."""
        held = _side_by_side(self._embed("held_embedding", past.held))
        degrees = self._degrees(tonic, past.sounding)
        read = np.concatenate([self._notes(past.sounding), held, degrees], -1)
        number = self._embed("number_embedding", numbers % STEP_CYCLE)
        return np.concatenate([self._notes(past.previous), read, number], -1), read

    def _by_tower(self, steps: Floats) -> list[Floats]:
        return np.split(steps, self.options.towers, axis=-1)

    def _features(
        self,
        states: list[Floats],
        told: list[Floats],
        past: Past,
        tonic: Ids,
    ) -> StepFeatures:
        """What the heads read: of each tower its state, and what all towers are told."""
        heard = []
        for tower, state in enumerate(states):
            x = self._dense(in_tower(tower, "heads"), np.concatenate([state, *told], -1))
            heard.append(x.reshape(*x.shape[:-1], len(VOICES), -1))
        return StepFeatures(np.concatenate(heard, -1), past, tonic)

    def _with_steps(self, beats: Floats, steps: Floats) -> Floats:
        """Each of `beats`, (B, ceil(T / stride), n), at its steps, beside the steps, (B, T, m)."""
        if self.options.stride == 1:
            return beats
        beats = np.repeat(beats, self.options.stride, axis=1)[:, : steps.shape[1]]
        return np.concatenate([beats, steps], -1)

    def _degrees(self, tonic: Ids, tokens: Ids) -> Floats:
        return _side_by_side(
            self._embed("class_embedding", self._classes[tonic[..., None], tokens])
        )

    def _embed(self, name: str, ids: Ids) -> Floats:
        embedded: Floats = self._weights[f"{name}/embeddings"][ids]
        return embedded

    def _notes(self, ids: Ids) -> Floats:
        return _side_by_side(self._embed("note_embedding", ids))

    def _dense(self, name: str, x: Floats) -> Floats:
        product: Floats = x @ self._weights[f"{name}/kernel"]
        bias = self._weights.get(f"{name}/bias")
        return product if bias is None else product + bias

    def _convolve(self, name: str, x: Floats) -> Floats:
        """Conv1D without padding, and its activation: (B, T, in) to (B, T - k + 1, filters)."""
        kernel = self._weights[f"{name}/kernel"]
        length = x.shape[1] - len(kernel) + 1
        windows = np.concatenate([x[:, tap : tap + length] for tap in range(len(kernel))], -1)
        product = windows @ kernel.reshape(-1, kernel.shape[-1])
        return _silu(product + self._weights[f"{name}/bias"])


def _joined(checkpoint: Checkpoint) -> dict[str, Floats]:
    """The towers as one where that is the same: their Conv1D, and their heads.

    Hidden units stand side by side; logits, which are sums over them, are divided by the towers.
    """

    def parts(name: str) -> list[Floats]:
        towers = range(checkpoint.options.towers)
        return [checkpoint.weights[in_tower(tower, name)] for tower in towers]

    def mean(name: str) -> Floats:
        return np.asarray(np.mean(parts(name), axis=0, dtype=np.float32))

    conv = [f"decoder_conv/{part}" for part in ("kernel", "bias")]
    wide = [*conv, *(f"{name}_cells/kernel" for name in VOICES)]
    joined = {name: np.concatenate(parts(name), axis=-1) for name in wide}
    for voice in VOICES:
        for name in (f"{voice}_{kind}/kernel" for kind in HEAD_OUTPUTS):
            joined[name] = np.concatenate(parts(name)) / np.float32(checkpoint.options.towers)
        tables = [f"{voice}_{kind}/embeddings" for kind in ("distance", "succession", "agreement")]
        joined |= {name: mean(name) for name in (f"{voice}_tokens/bias", *tables)}
    return joined


def _side_by_side(embedded: Floats) -> Floats:
    """(..., n, E) as (..., n x E)."""
    return embedded.reshape(*embedded.shape[:-2], -1)


def _silu(x: Floats) -> Floats:
    return x * sigmoid(x)
