"""Guidance: what is asked for is followed more closely than the network follows it by itself.

The network was trained with the plan known and not known, with notes given and not. Asked twice,
told and untold, it tells what the plan and the notes given make likelier, and guidance goes on in
that direction, in log probabilities:

    guided = told + guidance x (told - untold)

Source: J. Ho and T. Salimans, "Classifier-Free Diffusion Guidance" (2022); for language models,
G. Sanchez et al., "Stay on topic with Classifier-Free Guidance" (2023).

Shapes: B chorales, T steps, 4 voices in SATB order, V tokens.
"""

import numpy as np

from chorale.network.conditions import UNKNOWN
from chorale.network.history import History, Ids
from chorale.network.numpy_layers import Floats
from chorale.network.numpy_network import Network


class GuidedNetwork:
    """A network that goes through chorales step by step, guided by what is known of them."""

    def __init__(
        self,
        network: Network,
        given: Ids,
        conditions: Ids,
        guidance: float,
        untold: bool = False,
    ) -> None:
        """Read what is known of the whole chorales.

        Args:
            network: the trained network.
            given: (B, T, 4) tokens of the cells given, UNKNOWN elsewhere.
            conditions: (B, T, columns), see `chorale.network.conditions`.
            guidance: 0 or more; with 0, and without an encoder, the network is asked once.
            untold: ask it untold in any case, for `expected`.
        """
        self._network, self._batch = network, len(given)
        self._guidance = guidance if network.options.encoder_units else 0.0
        hears = network.options.encoder_units > 0  # else told and untold are the same
        self._twice = hears and (untold or self._guidance > 0)
        self._once_for_both = untold and not hears
        self.expected = np.zeros((len(given), network.vocabulary.size), np.float32)
        if self._twice:  # as twice as many chorales, of the second half of which nothing is told
            unknown = np.full_like(given, network.vocabulary.unknown)
            given = np.concatenate([given, unknown])
            conditions = np.concatenate([conditions, np.full_like(conditions, UNKNOWN)])
        self._conditions, self._number = conditions, 0
        self._context = network.context(given, conditions)
        self._decoder = network.begin(len(given))

    def step(self, past: History) -> None:
        """Go on by one step, which comes after `past`, arrays (B, ...)."""
        if self._twice:
            past = History(*(np.concatenate([values, values]) for values in past))
        now = self._number
        conditions, context = self._conditions[:, now], self._context.at(now)
        self._features = self._network.step(self._decoder, past, now, conditions, context)
        self._number += 1

    def logits(self, voice: int, cells: Ids) -> Floats:
        """One voice's logits at this step, (B, V).

        Where the network is asked twice, `expected` is then what it finds likely untold, in log
        probabilities, (B, V): from the past and the voices drawn before, though these be given.

        Args:
            voice: 0 (soprano) to 3 (bass).
            cells: (B, 4) tokens of the step: drawn before this voice or given, else UNKNOWN.
        """
        if self._once_for_both:
            alone = self._network.logits(voice, self._features, cells)
            self.expected = _log_probabilities(alone)
            return self.expected
        if not self._twice:
            return self._network.logits(voice, self._features, cells)
        untold = np.full_like(cells, self._network.vocabulary.unknown)
        drawn = self._network.drawn_before(voice)
        untold[:, drawn] = cells[:, drawn]
        both = self._network.logits(voice, self._features, np.concatenate([cells, untold]))
        both = _log_probabilities(both)
        with_it, self.expected = both[: self._batch], both[self._batch :]
        guided: Floats = with_it + self._guidance * (with_it - self.expected)
        return guided


def _log_probabilities(logits: Floats) -> Floats:
    """(..., V)."""
    below = logits - logits.max(-1, keepdims=True)
    return np.asarray(below - np.log(np.exp(below).sum(-1, keepdims=True)), np.float32)
