"""Guidance: follow the plan and the given notes more closely than the network does by itself.

The network was trained with and without plan, and with and without given notes. It is run both
ways: the difference between the two distributions shows which tokens the plan and the given notes
make likelier, and guidance enlarges that difference, in log probabilities:

    guided = conditioned + guidance x (conditioned - unconditioned)

The first step is not guided: with a guidance of 0.9, 99 % of new chorales opened on the tonic, and
86 % of Bach's do.

Source: J. Ho and T. Salimans, "Classifier-Free Diffusion Guidance" (2022); for language models,
G. Sanchez et al., "Stay on topic with Classifier-Free Guidance" (2023).

Shapes: B chorales, T steps, 4 voices in SATB order, V tokens.
"""

import numpy as np

from chorale.aliases import Floats, Ids, Rows
from chorale.network.conditions import UNKNOWN
from chorale.network.history import History
from chorale.network.lookahead import Lookahead
from chorale.network.numpy_heads import StepFeatures
from chorale.network.numpy_layers import log_softmax
from chorale.network.numpy_network import Conditioning, Network


class GuidedNetwork:
    """The guided network, which takes a batch of chorales step by step."""

    def __init__(
        self,
        network: Network,
        given: Ids,
        conditions: Ids,
        guidance: float,
        unconditioned: bool = False,
    ) -> None:
        """Encode the plans and the given notes of whole chorales.

        Args:
            network: the trained network.
            given: (B, T, 4) tokens of the given cells, UNKNOWN elsewhere.
            conditions: (B, T, columns), see `chorale.network.conditions`.
            guidance: 0 or more. At 0, or without an encoder, one run of the network is enough.
            unconditioned: whether to compute the attribute `unconditioned` even at a guidance of 0.

        Attributes:
            unconditioned: (B, V) log probabilities for the last call of `logits`, conditioned only
                on earlier steps and on the voices drawn earlier in the step; zeros if they are not
                computed.
        """
        self._network, self._batch = network, len(given)
        has_encoder = network.options.encoder_units > 0  # without one, nothing is conditioned
        self._guidance = guidance if has_encoder else 0.0
        self._runs_twice = has_encoder and (unconditioned or self._guidance > 0)
        self._is_unconditioned = unconditioned and not has_encoder
        self.unconditioned = np.zeros((len(given), network.vocabulary.size), np.float32)
        if self._runs_twice:  # one batch of 2B chorales: the second half has no plan and no notes
            unknown = np.full_like(given, network.vocabulary.unknown)
            given = np.concatenate([given, unknown])
            conditions = np.concatenate([conditions, np.full_like(conditions, UNKNOWN)])
        self._conditions, self._number = conditions, 0
        self._context = _encode_once(network, given, conditions)
        self._decoder = network.begin(len(given))

    def step(self, history: History) -> None:
        """Advance by one step; `history` has its decoder inputs, arrays (B, ...)."""
        if self._runs_twice:
            history = History(*(np.concatenate([values, values]) for values in history))
        now = self._number
        conditions, context = self._conditions[:, now], self._context.at(now)
        self._inputs = self._network.step(self._decoder, history, now, conditions, context)
        self._features: StepFeatures | None = None  # computed when a voice is drawn
        self._number += 1

    def take(self, rows: Rows) -> None:
        """Go on with some chorales of the batch, of equal conditions, in place of all."""
        self._decoder.take(np.concatenate([rows, rows + self._batch]) if self._runs_twice else rows)

    def logits(self, voice: int, cells: Ids) -> Floats:
        """Return one voice's guided logits at this step, (B, V).

        Args:
            voice: 0 (soprano) to 3 (bass).
            cells: (B, 4) tokens of the step: given or drawn before this voice, else UNKNOWN.
        """
        if self._features is None:
            self._features = self._network.features(self._inputs)
        if self._is_unconditioned:
            self.unconditioned = log_softmax(self._network.logits(voice, self._features, cells))
            return self.unconditioned
        if not self._runs_twice:
            return self._network.logits(voice, self._features, cells)
        earlier = np.full_like(cells, self._network.vocabulary.unknown)
        drawn = self._network.drawn_before(voice)
        earlier[:, drawn] = cells[:, drawn]
        both = self._network.logits(voice, self._features, np.concatenate([cells, earlier]))
        both = log_softmax(both)
        conditioned, self.unconditioned = both[: self._batch], both[self._batch :]
        if self._number == 1:
            return conditioned
        guided: Floats = conditioned + self._guidance * (conditioned - self.unconditioned)
        return guided


def _encode_once(network: Network, given: Ids, conditions: Ids) -> Conditioning:
    """Encode plans and given notes; those that are equal, as candidates have them, once."""
    batch = len(given)
    both = np.concatenate([given.reshape(batch, -1), conditions.reshape(batch, -1)], axis=1)
    _, first, rows = np.unique(both, axis=0, return_index=True, return_inverse=True)
    rows = rows.reshape(batch)
    encoded, lookahead = network.encode(given[first], conditions[first])
    return Conditioning(encoded[rows], Lookahead(*(values[rows] for values in lookahead)))
