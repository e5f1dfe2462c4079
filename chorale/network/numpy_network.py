"""The network in NumPy: Keras's logits to 1e-5 of the largest, without TensorFlow.

Composing imports this and never TensorFlow, whose import alone takes seconds. Chorales come batch
first: B chorales, T steps, 4 voices in SATB order, V tokens. The layers and their weights are
those of `chorale.network.keras_network`, where the design is explained.

`Network.context` reads what is known of whole chorales; `Network.begin` and `Network.step` then go
through the steps one by one, and `Network.logits` gives one voice's distribution at a step, given
the voices drawn before it. `Network.score` does all steps of known chorales at once.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from chorale.music import VOICES
from chorale.network.architecture import (
    STEP_CYCLE,
    decoder_layer,
    in_tower,
    tonic_notes,
)
from chorale.network.checkpoint import Checkpoint
from chorale.network.conditions import COLUMNS, KEY, UNKNOWN
from chorale.network.history import History, Ids
from chorale.network.lookahead import Lookahead, lookahead_of
from chorale.network.numpy_heads import Heads, StepFeatures, side_by_side, silu
from chorale.network.numpy_layers import Floats, Recurrent, State, product

NORM_EPSILON = 1e-3  # of Keras's LayerNormalization


def one_thread() -> threadpool_limits:
    """A context in which BLAS runs on one thread: the products here are too small to share.

    Measured on two cores, the default threads take up to 100 times as long.
    """
    return threadpool_limits(limits=1, user_api="blas")


class Conditioning(NamedTuple):
    """What is known of chorales.

    Attributes:
        encoded: (..., n), what the encoder makes of it; n = 0 without an encoder.
        ahead: what is given next, arrays (..., 8).
    """

    encoded: Floats
    ahead: Lookahead

    def at(self, step: int) -> "Conditioning":
        """What is known at a step, arrays (B, ...), from that of whole chorales, (B, T, ...)."""
        return Conditioning(
            self.encoded[:, step], Lookahead(*(values[:, step] for values in self.ahead))
        )


@dataclass
class DecoderState:
    """Where the decoder is in a batch of chorales.

    Attributes:
        window: (B, kernel, width), the last inputs of the causal Conv1D.
        states: of the recurrent layers of each tower.
        beats: (B, units) for each tower, their output at the beat under way.
    """

    window: Floats
    states: list[list[State]]
    beats: list[Floats]


class Network:
    """A checkpoint ready to compute."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.options, self.vocabulary = checkpoint.options, checkpoint.vocabulary
        self._weights, self._heads = checkpoint.weights, Heads(checkpoint)
        self._tonic_notes = tonic_notes(self.vocabulary)
        cell, weights = self.options.cell, self._weights
        if self.options.encoder_units:
            self._forward = Recurrent(cell, weights, "encoder_forward")
            self._backward = Recurrent(cell, weights, "encoder_backward")
        names = [decoder_layer(self.options, layer) for layer in range(self.options.layers)]
        self._decoders = [
            [Recurrent(cell, weights, in_tower(tower, name)) for name in names]
            for tower in range(self.options.towers)
        ]

    def context(self, evidence: Ids, conditions: Ids) -> Conditioning:
        """Encode what is known.

        Args:
            evidence: (B, T, 4) tokens of the cells given, UNKNOWN elsewhere.
            conditions: (B, T, columns), see `chorale.network.conditions`.

        Returns:
            Arrays (B, T, ...).
        """
        ahead = lookahead_of(evidence, self.vocabulary)
        if not self.options.encoder_units:
            return Conditioning(np.zeros((*evidence.shape[:2], 0), np.float32), ahead)
        known = (evidence != self.vocabulary.unknown).any(-1) | (conditions != UNKNOWN).any(-1)
        columns = [
            self._heads.embed(f"{name}_embedding", conditions[..., column])
            for column, name in enumerate(COLUMNS)
        ]
        x = np.concatenate([self._heads.notes(evidence), *columns], -1) * known[..., None]
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
        x = x * self._weights["encoder_norm/gamma"] + self._weights["encoder_norm/beta"]
        return Conditioning(x, ahead)

    def begin(self, batch: int) -> DecoderState:
        """The decoder before the first step of `batch` chorales."""
        width = self._weights["decoder_conv/kernel"].shape[1]
        window = np.zeros((batch, self.options.kernel, width), np.float32)
        states = [[layer.begin(batch) for layer in tower] for tower in self._decoders]
        return DecoderState(window, states, [tower[0][0] for tower in states])

    def step(
        self,
        decoder: DecoderState,
        past: History,
        number: int,
        conditions: Ids,
        context: Conditioning,
    ) -> StepFeatures:
        """Go on by one step; `decoder` is changed.

        Args:
            decoder: where the step before left it.
            past: what the step comes after, arrays (B, ...).
            number: the number of the step.
            conditions: (B, columns), the step's.
            context: the step's part of `context`, arrays (B, ...).
        """
        numbers = np.full(len(conditions), number, np.int32)
        tonic = self._tonic_notes[conditions[..., KEY]]
        x, read = self._decoder_inputs(past, numbers, tonic)
        known = self._known(context, past)
        decoder.window = np.concatenate([decoder.window[:, 1:], x[:, None]], 1)
        features = []
        for tower, states in enumerate(decoder.states):
            steps = self._convolve(in_tower(tower, "decoder_conv"), decoder.window)
            if number % self.options.stride == 0:
                x = np.concatenate([steps[:, 0], known], -1)
                for depth, layer in enumerate(self._decoders[tower]):
                    states[depth] = layer.step(x, states[depth])
                    x = states[depth][0] if depth == 0 else x + states[depth][0]
                decoder.beats[tower] = x
            features.append(self._with_steps(decoder.beats[tower][:, None], steps)[:, 0])
        return self._features(features, [known, read], past, context.ahead, tonic)

    def logits(self, voice: int, features: StepFeatures, cells: Ids) -> Floats:
        """One voice's logits at a step, see `chorale.network.numpy_heads.Heads.logits`."""
        return self._heads.logits(voice, features, cells)

    def score(self, tokens: Ids, past: History, evidence: Ids, conditions: Ids) -> Floats:
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
        known = self._known(context, past)
        numbers = np.broadcast_to(np.arange(tokens.shape[1], dtype=np.int32), tokens.shape[:2])
        tonic = self._tonic_notes[conditions[..., KEY]]
        x, read = self._decoder_inputs(past, numbers, tonic)
        x = np.pad(x, [(0, 0), (self.options.kernel - 1, 0), (0, 0)])
        states = []
        for tower, decoder in enumerate(self._decoders):
            steps = self._convolve(in_tower(tower, "decoder_conv"), x)
            beats = np.concatenate([steps, known], -1)[:, :: self.options.stride]
            for depth, layer in enumerate(decoder):
                beats = layer.run(beats) if depth == 0 else beats + layer.run(beats)
            states.append(self._with_steps(beats, steps))
        features = self._features(states, [known, read], past, context.ahead, tonic)
        logits = []
        for voice in range(len(VOICES)):
            cells, drawn = evidence.copy(), self.drawn_before(voice)
            cells[..., drawn] = tokens[..., drawn]
            logits.append(self.logits(voice, features, cells))
        return np.stack(logits, axis=-2)

    def drawn_before(self, voice: int) -> list[int]:
        """The voices of a step that are drawn before one."""
        return list(self.options.order[: self.options.order.index(voice)])

    def _decoder_inputs(self, past: History, numbers: Ids, tonic: Ids) -> tuple[Floats, Floats]:
        """What the decoder reads, and what part of it the heads read once more."""
        held = side_by_side(self._heads.embed("held_embedding", past.held))
        degrees = self._heads.degrees(tonic, past.sounding)
        read = np.concatenate([self._heads.notes(past.sounding), held, degrees], -1)
        number = self._heads.embed("number_embedding", numbers % STEP_CYCLE)
        return np.concatenate([self._heads.notes(past.previous), read, number], -1), read

    def _known(self, context: Conditioning, past: History) -> Floats:
        """What decoder and heads read of what is known, (..., n); 0 without an encoder."""
        if not self.options.encoder_units:
            return context.encoded
        return np.concatenate([context.encoded, self._heads.coming(context.ahead, past)], -1)

    def _features(
        self, states: list[Floats], told: list[Floats], past: History, ahead: Lookahead, tonic: Ids
    ) -> StepFeatures:
        """What the heads read: of each tower its state, and what all towers are told."""
        interpret = []
        for tower, state in enumerate(states):
            name = in_tower(tower, "heads")
            x = np.concatenate([state, *told], -1)
            x = product(x, self._weights[f"{name}/kernel"]) + self._weights[f"{name}/bias"]
            interpret.append(x.reshape(*x.shape[:-1], len(VOICES), -1))
        return self._heads.features(np.concatenate(interpret, -1), past, ahead, tonic)

    def _with_steps(self, beats: Floats, steps: Floats) -> Floats:
        """Each of `beats`, (B, ceil(T / stride), n), at its steps, beside the steps, (B, T, m)."""
        if self.options.stride == 1:
            return beats
        beats = np.repeat(beats, self.options.stride, axis=1)[:, : steps.shape[1]]
        return np.concatenate([beats, steps], -1)

    def _convolve(self, name: str, x: Floats) -> Floats:
        """Conv1D without padding, and its activation: (B, T, in) to (B, T - k + 1, filters)."""
        kernel = self._weights[f"{name}/kernel"]
        length = x.shape[1] - len(kernel) + 1
        windows = np.concatenate([x[:, tap : tap + length] for tap in range(len(kernel))], -1)
        flat = product(windows.reshape(-1, windows.shape[-1]), kernel.reshape(-1, kernel.shape[-1]))
        return silu(flat.reshape(len(x), length, -1) + self._weights[f"{name}/bias"])
