"""Rules of the draw: what changes a voice's logits before its token is sampled.

Everything but the network that influences a draw is a `LogitRule`: the ranges of the voices, the
penalties on bad voice leading (`chorale.composing.voice_leading`), the cadences
(`chorale.composing.cadences`). `chorale.composing.compose` applies a list of them, in order.

Shapes: B chorales, 4 voices in SATB order, V tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from chorale.aliases import Ids
from chorale.composing.tasks import Task
from chorale.network.checkpoint import Checkpoint
from chorale.network.history import History
from chorale.network.tokens import Vocabulary

Logits = NDArray[np.floating]


@dataclass(frozen=True)
class Moment:
    """The place of a draw: a voice at a step, and what is there already.

    Attributes:
        step: number of the step, from 0.
        voice: the voice to draw, 0 (soprano) to 3 (bass).
        cells: (B, 4) tokens of the step: given or drawn before this voice, else UNKNOWN. The draw
            writes on into this array; a rule that keeps it must copy it.
        history: decoder inputs from earlier steps, arrays (B, ...); `history.sounding`, (B, 4),
            has the tokens of the notes that sounded before.
        conditions: (B, columns) of the step, see `chorale.network.conditions`.
        tasks: the B tasks.
    """

    step: int
    voice: int
    cells: Ids
    history: History
    conditions: Ids
    tasks: Sequence[Task]


class LogitRule(Protocol):
    """An influence on the draw."""

    def apply(self, logits: Logits, at: Moment) -> Logits:
        """Return the logits, (B, V), as this rule changes them, in a new array.

        At least one token of each row must stay above minus infinity.
        """
        ...


class PlayableTokens:
    """Only notes within the voice's range, and HOLD where a note sounds.

    REST is never drawn. Bach's voices rest in 0.8 % of the training split's cells, most of them all
    at once after a fermata; a rest drawn cell by cell is a hole in one voice, not a breath.
    """

    def __init__(self, checkpoint: Checkpoint, ended: NDArray[np.bool_]) -> None:
        """Prepare the masks.

        Args:
            checkpoint: the network, with the ranges of the voices in its training split.
            ended: (B, T, 4), cells before which a given note has ended, so that HOLD is barred.
        """
        self._vocabulary, self._ended = checkpoint.vocabulary, ended
        self._allowed = _allowed_tokens(checkpoint)

    def apply(self, logits: Logits, at: Moment) -> Logits:
        """Bar the tokens that the voice cannot sing; see `LogitRule.apply`."""
        can_hold = ~self._ended[:, at.step, at.voice]
        sounding = at.history.sounding[:, at.voice]
        playable = self._allowed[at.voice] & _holdable(sounding, can_hold, self._vocabulary)
        return np.where(playable, logits, -np.inf)


def _allowed_tokens(checkpoint: Checkpoint) -> NDArray[np.bool_]:
    """Return the tokens that each voice may draw, (4, V): notes within its range, and HOLD."""
    vocabulary = checkpoint.vocabulary
    tokens = np.arange(vocabulary.size, dtype=np.int32)
    pitches = vocabulary.pitches_of(tokens)
    lowest, highest = checkpoint.ranges[:, :1], checkpoint.ranges[:, 1:]
    within: NDArray[np.bool_] = (pitches >= lowest) & (pitches <= highest)
    return within | (tokens == vocabulary.hold)


def _holdable(
    sounding: Ids, can_hold: NDArray[np.bool_], vocabulary: Vocabulary
) -> NDArray[np.bool_]:
    """Return the tokens, (B, V), that make sense after `sounding`, (B,): HOLD needs a note."""
    silent = (sounding == vocabulary.rest) | (sounding == vocabulary.start) | ~can_hold
    return ~silent[:, None] | (np.arange(vocabulary.size) != vocabulary.hold)
