"""The network in NumPy, without TensorFlow; logits within 1e-5 of Keras's, relative to the largest.

Composing imports this module and never TensorFlow, whose import alone takes seconds. Shapes: B
chorales, T steps, 4 voices in SATB order, V tokens.

`Network.encode` reads the given notes and the plans of whole chorales. `Network.begin` and
`Network.step` then go through the steps one by one; where something is drawn, `Network.features`
and `Network.logits` return one voice's logits, given the voices drawn before it. `Network.score`
does all steps of known chorales at once.

Twin: `chorale.network.keras_network`, which explains the design.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from chorale.aliases import Floats, Ids, Rows
from chorale.music import VOICES
from chorale.network.architecture import (
    STEP_CYCLE,
    decoder_layer_name,
    tower_layer_name,
    tower_strides,
)
from chorale.network.checkpoint import Checkpoint
from chorale.network.history import History
from chorale.network.lookahead import Lookahead, find_lookahead
from chorale.network.numpy_encoder import Encoder, spread_beats
from chorale.network.numpy_heads import Heads, StepFeatures
from chorale.network.numpy_layers import Convolution, Dense, Recurrent, State, side_by_side


def one_thread() -> threadpool_limits:
    """Return a context in which BLAS runs on one thread.

    The products here are too small to divide: on two cores, BLAS with its default number of threads
    takes up to 100 times as long.
    """
    return threadpool_limits(limits=1, user_api="blas")


class Conditioning(NamedTuple):
    """The part of the network's state that depends on given notes and plan.

    Attributes:
        encoded: (..., n), output of the encoder; n = 0 without an encoder.
        lookahead: the given notes that come next, arrays (..., 8).
    """

    encoded: Floats
    lookahead: Lookahead

    def at(self, step: int) -> "Conditioning":
        """Return the conditioning of one step, arrays (B, ...), from arrays (B, T, ...)."""
        return Conditioning(
            self.encoded[:, step], Lookahead(*(values[:, step] for values in self.lookahead))
        )


@dataclass
class DecoderState:
    """The state of the decoder between two steps of a batch of chorales.

    Attributes:
        window: (B, kernel, width), the last inputs of the causal Conv1D.
        states: state of each recurrent layer, by tower and layer.
        beats: for each tower, the output of its recurrent layers at the current beat, (B, units).
    """

    window: Floats
    states: list[list[State]]
    beats: list[Floats]

    def take(self, rows: Rows) -> None:
        """Go on with some chorales of the batch in place of all."""
        self.window = self.window[rows]
        self.states = [
            [tuple(values[rows] for values in state) for state in layers] for layers in self.states
        ]
        self.beats = [values[rows] for values in self.beats]


class StepInputs(NamedTuple):
    """What the decoder and the conditioning give the heads of a step.

    Attributes:
        states: each tower's state, (..., n).
        common: inputs of the heads of all towers, (..., n).
        history: decoder inputs from earlier steps, arrays (..., n).
        lookahead: the given notes that come next, arrays (..., 8).
        keys: (..., 2), from `Heads.find_keys`.
    """

    states: list[Floats]
    common: list[Floats]
    history: History
    lookahead: Lookahead
    keys: Ids


class Tower:
    """The layers of a tower: a decoder, and the first layer of its heads."""

    def __init__(self, checkpoint: Checkpoint, tower: int) -> None:
        """Find the layers of a tower, counted from 0."""
        options, weights = checkpoint.options, checkpoint.weights
        self.stride = tower_strides(options)[tower]
        self.convolution = Convolution(weights, tower_layer_name(tower, "decoder_conv"))
        names = [decoder_layer_name(options, layer) for layer in range(options.layers)]
        self.recurrent = [
            Recurrent(options.cell, weights, tower_layer_name(tower, name)) for name in names
        ]
        self.heads = Dense(weights, tower_layer_name(tower, "heads"))


class Network:
    """The network of a checkpoint."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.options, self.vocabulary = checkpoint.options, checkpoint.vocabulary
        self._heads = Heads(checkpoint)
        self._encoder = Encoder(checkpoint) if self.options.encoder_units else None
        self._towers = [Tower(checkpoint, tower) for tower in range(self.options.towers)]
        self._width = checkpoint.weights["decoder_conv/kernel"].shape[1]  # of a decoder's inputs

    def encode(self, given: Ids, conditions: Ids) -> Conditioning:
        """Encode given notes and plan.

        Args:
            given: (B, T, 4) tokens of the given cells, UNKNOWN elsewhere.
            conditions: (B, T, columns), see `chorale.network.conditions`.

        Returns:
            Arrays (B, T, ...).
        """
        lookahead = find_lookahead(given, self.vocabulary)
        if self._encoder is None:
            return Conditioning(np.zeros((*given.shape[:2], 0), np.float32), lookahead)
        return Conditioning(self._encoder.encode(given, conditions), lookahead)

    def begin(self, batch: int) -> DecoderState:
        """Return the state of the decoder before the first step of `batch` chorales."""
        window = np.zeros((batch, self.options.kernel, self._width), np.float32)
        states = [[layer.begin(batch) for layer in tower.recurrent] for tower in self._towers]
        return DecoderState(window, states, [tower[0][0] for tower in states])

    def step(
        self,
        decoder: DecoderState,
        history: History,
        number: int,
        conditions: Ids,
        conditioning: Conditioning,
    ) -> StepInputs:
        """Advance by one step, and return that from which `features` computes its heads' inputs.

        Args:
            decoder: the state after the step before; changed in place.
            history: decoder inputs from earlier steps, arrays (B, ...).
            number: the number of the step.
            conditions: (B, columns), conditions of the step.
            conditioning: conditioning of the step, from `encode` and `at`, arrays (B, ...).
        """
        numbers = np.full(len(conditions), number, np.int32)
        keys = self._heads.find_keys(history, conditions)
        x, sounding = self._decoder_inputs(history, numbers, keys)
        known = self._embed_conditioning(conditioning, history)
        decoder.window = np.concatenate([decoder.window[:, 1:], x[:, None]], 1)
        states = []
        for index, (tower, layers) in enumerate(zip(self._towers, decoder.states, strict=True)):
            steps = tower.convolution.apply(decoder.window)
            if number % tower.stride == 0:
                x = np.concatenate([steps[:, 0], known], -1)
                for depth, layer in enumerate(tower.recurrent):
                    layers[depth] = layer.step(x, layers[depth])
                    x = layers[depth][0] if depth == 0 else x + layers[depth][0]
                decoder.beats[index] = x
            beats = decoder.beats[index][:, None]
            states.append(spread_beats(beats, steps, tower.stride)[:, 0])
        return StepInputs(states, [known, sounding], history, conditioning.lookahead, keys)

    def logits(self, voice: int, features: StepFeatures, cells: Ids) -> Floats:
        """Return one voice's logits at a step, see `chorale.network.numpy_heads.Heads.logits`."""
        return self._heads.logits(voice, features, cells)

    def score(self, tokens: Ids, history: History, given: Ids, conditions: Ids) -> Floats:
        """Return the logits of every cell of known chorales, (B, T, 4, V).

        Each cell is conditioned on its history, the voices drawn before it in its step, the given
        notes and the plan.

        Args:
            tokens: (B, T, 4), the chorales.
            history: decoder inputs from earlier steps, arrays (B, T, ...).
            given: (B, T, 4) tokens of the given cells, UNKNOWN elsewhere.
            conditions: (B, T, columns).
        """
        conditioning = self.encode(given, conditions)
        known = self._embed_conditioning(conditioning, history)
        numbers = np.broadcast_to(np.arange(tokens.shape[1], dtype=np.int32), tokens.shape[:2])
        keys = self._heads.find_keys(history, conditions)
        x, sounding = self._decoder_inputs(history, numbers, keys)
        x = np.pad(x, [(0, 0), (self.options.kernel - 1, 0), (0, 0)])
        states = [_decode(x, known, tower) for tower in self._towers]
        inputs = StepInputs(states, [known, sounding], history, conditioning.lookahead, keys)
        features = self.features(inputs)
        logits = []
        for voice in range(len(VOICES)):
            cells, drawn = given.copy(), self.drawn_before(voice)
            cells[..., drawn] = tokens[..., drawn]
            logits.append(self.logits(voice, features, cells))
        return np.stack(logits, axis=-2)

    def drawn_before(self, voice: int) -> list[int]:
        """Return the voices of a step that are drawn before `voice`."""
        return list(self.options.order[: self.options.order.index(voice)])

    def _decoder_inputs(self, history: History, numbers: Ids, keys: Ids) -> tuple[Floats, Floats]:
        """Return the decoder's inputs, and the part of these inputs that the heads read too."""
        lengths = np.concatenate([history.held, history.lengths], -1)
        held = side_by_side(self._heads.embed("held_embedding", lengths))
        past = self._heads.embed_past(keys, history)
        sounding = np.concatenate([self._heads.embed_notes(history.sounding), held, past], -1)
        number = self._heads.embed("number_embedding", numbers % STEP_CYCLE)
        previous = self._heads.embed_notes(history.previous)
        return np.concatenate([previous, sounding, number], -1), sounding

    def _embed_conditioning(self, conditioning: Conditioning, history: History) -> Floats:
        """Return the inputs that decoder and heads take from the conditioning, (..., n)."""
        if self._encoder is None:
            return conditioning.encoded
        coming = self._heads.embed_lookahead(conditioning.lookahead, history)
        return np.concatenate([conditioning.encoded, coming], -1)

    def features(self, inputs: StepInputs) -> StepFeatures:
        """Return the inputs of the heads."""
        hidden = []
        for tower, state in zip(self._towers, inputs.states, strict=True):
            x = tower.heads.apply(np.concatenate([state, *inputs.common], -1))
            hidden.append(x.reshape(*x.shape[:-1], len(VOICES), -1))
        x = np.concatenate(hidden, -1)
        return self._heads.features(x, inputs.history, inputs.lookahead, inputs.keys)


def _decode(x: Floats, known: Floats, tower: Tower) -> Floats:
    """Return the state of a tower's decoder, (B, T, units + step_width(options, stride)).

    Args:
        x: (B, kernel - 1 + T, width), the decoder's inputs, after zeros.
        known: (B, T, n), the inputs from the conditioning.
        tower: the tower's layers.
    """
    steps = tower.convolution.apply(x)
    beats = np.concatenate([steps, known], -1)[:, :: tower.stride]
    for depth, layer in enumerate(tower.recurrent):
        beats = layer.run(beats) if depth == 0 else beats + layer.run(beats)
    return spread_beats(beats, steps, tower.stride)
