"""The network in NumPy: the same numbers as Keras to 1e-5, without TensorFlow.

Composing imports this and never TensorFlow, whose import alone takes seconds. Chorales come batch
first: B chorales, T steps, 4 voices in SATB order, V tokens. The layers and their weights are
those of `chorale.network`, where the design is explained.

`Network.context` reads what is known of whole chorales; `Network.begin` and `Network.step` then go
through the steps one by one, and `Network.logits` gives one voice's distribution at a step, given
the voices drawn before it. `Network.score` does all steps of known chorales at once.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from chorale.architecture import (
    INTERVAL_CLASSES,
    INTERVAL_SLOTS,
    STEP_CYCLE,
    SUCCESSION_SCALE,
    SUCCESSIONS,
    decoder_layer,
    interval_classes,
    interval_slots,
    tonic_notes,
)
from chorale.checkpoint import Checkpoint
from chorale.conditions import COLUMNS, KEY, UNKNOWN
from chorale.music import VOICES
from chorale.recurrent import Floats, Recurrent, State, sigmoid
from chorale.tokens import Memory

Ids = NDArray[np.int32]

NORM_EPSILON = 1e-3  # of Keras's LayerNormalization


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
        states: of the recurrent layers.
    """

    window: Floats
    states: list[State]


@dataclass(frozen=True)
class StepFeatures:
    """What every head of a step reads.

    Attributes:
        state: (B, 4, head_units), what decoder and context tell each head.
        past: (B, width), what sounded at the step before.
        tonic: (B,) a note on the tonic, REST where the key is unknown.
    """

    state: Floats
    past: Floats
    tonic: Ids


class Network:
    """A checkpoint ready to compute."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.options, self.vocabulary = checkpoint.options, checkpoint.vocabulary
        self._weights = dict(checkpoint.weights)
        self._slots = interval_slots(self.vocabulary)
        self._classes = interval_classes(self.vocabulary)
        self._tonics = tonic_notes(self.vocabulary)
        self._strikes = np.arange(self.vocabulary.size) >= self.vocabulary.first_pitch
        cell, weights = self.options.cell, self._weights
        self._forward = Recurrent(cell, weights, "encoder_forward")
        self._backward = Recurrent(cell, weights, "encoder_backward")
        self._decoder = [
            Recurrent(cell, weights, decoder_layer(self.options, layer))
            for layer in range(self.options.layers)
        ]
        # the three last layers of a head as one product: by token, by slot, by class
        self._output_ends = [self.vocabulary.size, self.vocabulary.size + INTERVAL_SLOTS]
        kinds = ("tokens", "melody", "harmony")
        self._outputs = [
            np.concatenate([self._weights[f"{name}_{kind}/kernel"] for kind in kinds], axis=1)
            for name in VOICES
        ]

    def context(self, evidence: Ids, conditions: Ids) -> Floats:
        """Encode what is known.

        Args:
            evidence: (B, T, 4) tokens of the cells given, UNKNOWN elsewhere.
            conditions: (B, T, columns), see `chorale.conditions`.

        Returns:
            (B, T, 2 x encoder_units).
        """
        known = (evidence != self.vocabulary.unknown).any(-1) | (conditions != UNKNOWN).any(-1)
        columns = [
            self._embed(f"{name}_embedding", conditions[..., column])
            for column, name in enumerate(COLUMNS)
        ]
        x = np.concatenate([self._notes(evidence), *columns], -1) * known[..., None]
        side = self.options.kernel // 2
        x = np.pad(x, [(0, 0), (side, self.options.kernel - side), (0, 0)])
        x = self._convolve("encoder_conv", x)
        forward = self._forward.run(x)
        steps = np.arange(known.shape[1])
        length = np.where(known, steps + 1, 0).max(axis=1, keepdims=True)
        within = steps < length
        mirrored = np.where(within, length - 1 - steps, steps)[..., None]
        x = self._backward.run(np.take_along_axis(x, mirrored, 1))
        backward = np.take_along_axis(x, mirrored, 1) * within[..., None]
        x = np.concatenate([forward, backward], -1)
        x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + NORM_EPSILON)
        return x * self._weights["encoder_norm/gamma"] + self._weights["encoder_norm/beta"]

    def begin(self, batch: int) -> Decoder:
        """The decoder before the first step of `batch` chorales."""
        width = self._weights["decoder_conv/kernel"].shape[1]
        window = np.zeros((batch, self.options.kernel, width), np.float32)
        return Decoder(window, [layer.begin(batch) for layer in self._decoder])

    def step(
        self,
        decoder: Decoder,
        previous: Ids,
        memory: Memory,
        number: int,
        conditions: Ids,
        context: Floats,
    ) -> StepFeatures:
        """Go on by one step; `decoder` is changed.

        Args:
            decoder: where the step before left it.
            previous: (B, 4) tokens of the step before, START at the first step.
            memory: what sounded at the step before, arrays (B, 4).
            number: the number of the step.
            conditions: (B, columns), the step's.
            context: (B, 2 x encoder_units), the step's part of `context`.
        """
        numbers = np.full(len(previous), number, np.int32)
        tonic = self._tonics[conditions[:, KEY]]
        x, past = self._decoder_inputs(previous, memory, numbers, tonic)
        decoder.window = np.concatenate([decoder.window[:, 1:], x[:, None]], 1)
        x = self._convolve("decoder_conv", decoder.window)[:, 0]
        x = np.concatenate([x, context], -1)
        for depth, layer in enumerate(self._decoder):
            decoder.states[depth] = layer.step(x, decoder.states[depth])
            y = decoder.states[depth][0]
            x = y if depth == 0 else x + y
        return self._features(x, context, past, tonic)

    def logits(self, voice: int, features: StepFeatures, cells: Ids, sounding: Ids) -> Floats:
        """One voice's logits at a step.

        Args:
            voice: 0 (soprano) to 3 (bass).
            features: from `step`.
            cells: (..., 4) tokens of the step: drawn before this voice or given, else UNKNOWN.
            sounding: (..., 4), what sounded at the step before.

        Returns:
            (..., V).
        """
        name, own = VOICES[voice], sounding[..., voice]
        now = np.where(cells == self.vocabulary.hold, sounding, cells)
        moves = self._embed("slot_embedding", self._slots[sounding, cells])
        others = np.concatenate([sounding, features.tonic[..., None]], -1)
        before = self._embed("class_embedding", self._classes[others, own[..., None]])
        read = [self._notes(cells), features.past, _side_by_side(moves)]
        read += [self._degrees(features.tonic, now), _side_by_side(before)]
        x = self._dense(f"{name}_cells", np.concatenate(read, -1))
        x = _silu(x + features.state[..., voice, :])
        by_token, by_slot, by_class = np.split(x @ self._outputs[voice], self._output_ends, -1)
        slots = self._slots[own, : self.vocabulary.size]
        logits = by_token + self._weights[f"{name}_tokens/bias"]
        logits += np.take_along_axis(by_slot, slots, -1)
        return logits + self._harmony(voice, by_class, features.tonic, cells, now, sounding)

    def _harmony(
        self, voice: int, by_class: Floats, tonic: Ids, cells: Ids, now: Ids, sounding: Ids
    ) -> Floats:
        """Logits, (..., V), by the interval to the other voices and the tonic, all at once."""
        others = [other for other in range(len(VOICES)) if other != voice]
        own = sounding[..., voice, None]
        heard = np.concatenate([now[..., others], tonic[..., None]], -1)
        classes = self._classes[heard, : self.vocabulary.size]  # (..., 4, V)
        classes[..., self.vocabulary.hold] = self._classes[heard, own]
        places = INTERVAL_CLASSES * np.array([*others, len(VOICES)])[:, None] + classes
        flat = places.reshape(*places.shape[:-2], -1)
        logits = np.take_along_axis(by_class, flat, -1).reshape(places.shape).sum(-2)
        moves = (cells >= self.vocabulary.first_pitch) & (cells != sounding)
        both_move = moves[..., others, None] & self._strikes
        before = self._classes[sounding[..., others], own]
        rows = both_move * INTERVAL_CLASSES + before[..., None]
        successions = rows * INTERVAL_CLASSES + classes[..., :-1, :]
        successions += SUCCESSIONS * np.array(others)[:, None]
        table = self._weights[f"{VOICES[voice]}_succession/embeddings"][:, 0]
        return logits + SUCCESSION_SCALE * table[successions].sum(-2)

    def score(
        self, tokens: Ids, previous: Ids, memory: Memory, evidence: Ids, conditions: Ids
    ) -> Floats:
        """Logits of every cell of known chorales, each given the past and what is given.

        Args:
            tokens: (B, T, 4), the chorales.
            previous: (B, T, 4), the tokens of the step before each step.
            memory: what sounded before each step, arrays (B, T, 4).
            evidence: (B, T, 4) tokens of the cells given, UNKNOWN elsewhere.
            conditions: (B, T, columns).

        Returns:
            (B, T, 4, V).
        """
        context = self.context(evidence, conditions)
        numbers = np.broadcast_to(np.arange(tokens.shape[1], dtype=np.int32), tokens.shape[:2])
        tonic = self._tonics[conditions[..., KEY]]
        x, past = self._decoder_inputs(previous, memory, numbers, tonic)
        x = np.pad(x, [(0, 0), (self.options.kernel - 1, 0), (0, 0)])
        x = np.concatenate([self._convolve("decoder_conv", x), context], -1)
        for depth, layer in enumerate(self._decoder):
            y = layer.run(x)
            x = y if depth == 0 else x + y
        features = self._features(x, context, past, tonic)
        logits = []
        for voice in range(len(VOICES)):
            drawn = np.isin(np.arange(len(VOICES)), self.options.order[: self._rank(voice)])
            cells = np.where(drawn, tokens, evidence)
            logits.append(self.logits(voice, features, cells, memory.sounding))
        return np.stack(logits, axis=-2)

    def _rank(self, voice: int) -> int:
        return self.options.order.index(voice)

    def _decoder_inputs(
        self, previous: Ids, memory: Memory, numbers: Ids, tonic: Ids
    ) -> tuple[Floats, Floats]:
        held = _side_by_side(self._embed("held_embedding", memory.held))
        degrees = self._degrees(tonic, memory.sounding)
        past = np.concatenate([self._notes(memory.sounding), held, degrees], -1)
        number = self._embed("number_embedding", numbers % STEP_CYCLE)
        return np.concatenate([self._notes(previous), past, number], -1), past

    def _features(self, x: Floats, context: Floats, past: Floats, tonic: Ids) -> StepFeatures:
        state = self._dense("heads", np.concatenate([x, context], -1))
        return StepFeatures(state.reshape(*state.shape[:-1], len(VOICES), -1), past, tonic)

    def _degrees(self, tonic: Ids, tokens: Ids) -> Floats:
        classes = self._classes[tonic[..., None], tokens]
        return _side_by_side(self._embed("class_embedding", classes))

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


def _side_by_side(embedded: Floats) -> Floats:
    """(..., 4, E) as (..., 4 x E)."""
    return embedded.reshape(*embedded.shape[:-2], -1)


def _silu(x: Floats) -> Floats:
    return x * sigmoid(x)
