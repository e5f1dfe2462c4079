"""Rules of the draw, which change a voice's logits before its token is sampled.

Every influence on a draw besides the network is a `LogitRule`: the ranges of the voices, the
penalties on bad voice leading (`chorale.composing.voice_leading`), the cadences
(`chorale.composing.cadences`), the calibration (`chorale.composing.calibration`).
`chorale.composing.compose` applies them in order.

Shapes: B chorales, 4 voices in SATB order, V tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from chorale.aliases import Ids, Rows
from chorale.composing.tasks import Task
from chorale.errors import OptionError
from chorale.network.checkpoint import Checkpoint
from chorale.network.history import History
from chorale.network.tokens import Vocabulary

Logits = NDArray[np.floating]


@dataclass(frozen=True)
class Moment:
    """The moment of a draw: a step, a voice, and the state of the batch just before the draw.

    Attributes:
        step: number of the step, from 0.
        voice: the voice to draw, 0 (soprano) to 3 (bass).
        cells: (B, 4) tokens of the step: given or drawn before this voice, else UNKNOWN. Later
            draws change this array, so a rule that keeps it must copy it.
        history: decoder inputs from earlier steps, arrays (B, ...); `history.sounding`, (B, 4),
            has the tokens of the notes that sounded at the step before.
        conditions: (B, columns), the plan at the step, see `chorale.network.conditions`.
        tasks: the B tasks.
    """

    step: int
    voice: int
    cells: Ids
    history: History
    conditions: Ids
    tasks: Sequence[Task]


class LogitRule(Protocol):
    """An influence on the draw; a cell that is given in all tasks of a batch is not drawn."""

    def apply(self, logits: Logits, at: Moment) -> Logits:
        """Return the changed logits, (B, V), in a new array.

        Each row must keep at least one token above minus infinity.
        """
        ...


@runtime_checkable
class FollowingRule(Protocol):
    """A rule that follows the music from step to step, whether or not anything is drawn there."""

    def follow(self, at: Moment) -> None:
        """Take up a step, before the first of its draws; `at.voice` is the first voice."""
        ...

    def take(self, rows: Rows) -> None:
        """Go on, after a step, with the music of `rows`, (B,), instead of the B chorales.

        One of several candidates goes on in place of the others; their tasks are equal.
        """
        ...


def apply_rules(rules: Sequence[LogitRule], logits: Logits, at: Moment) -> Logits:
    """Apply rules to the logits, (B, V), in order.

    Raises:
        OptionError: a rule returns another shape, or the rules leave a row without a token to draw.
    """
    shape = logits.shape
    for rule in rules:
        logits = rule.apply(logits, at)
        if np.shape(logits) != shape:
            raise OptionError(
                f"the rule {type(rule).__name__} must return logits of shape {shape}, "
                f"not {np.shape(logits)}"
            )
    if not np.isfinite(logits.max(-1)).all():
        raise OptionError("the rules must leave each voice a token with finite logits")
    return logits


class PlayableTokens:
    """Rule that allows only notes within the voice's range, and HOLD where a note sounds.

    REST is never drawn. Bach's voices rest in 0.8 % of the training split's cells, most of them all
    at once after a fermata; a rest drawn cell by cell is a hole in one voice, not a breath.
    """

    def __init__(self, checkpoint: Checkpoint) -> None:
        """Prepare the masks, from the ranges of the voices in the training split."""
        self._vocabulary = checkpoint.vocabulary
        self._allowed = allowed_tokens(checkpoint)

    def apply(self, logits: Logits, at: Moment) -> Logits:
        """Exclude all other tokens; see `LogitRule.apply`."""
        can_hold = np.array([not task.ends_given_note(at.step, at.voice) for task in at.tasks])
        sounding = at.history.sounding[:, at.voice]
        playable = self._allowed[at.voice] & _allowed_after(sounding, can_hold, self._vocabulary)
        return np.where(playable, logits, -np.inf)


def allowed_tokens(checkpoint: Checkpoint) -> NDArray[np.bool_]:
    """Return which tokens each voice may have, (4, V) bool: notes within its range, and HOLD."""
    vocabulary = checkpoint.vocabulary
    tokens = np.arange(vocabulary.size, dtype=np.int32)
    pitches = vocabulary.pitches_of(tokens)
    lowest, highest = checkpoint.ranges[:, :1], checkpoint.ranges[:, 1:]
    within: NDArray[np.bool_] = (pitches >= lowest) & (pitches <= highest)
    return within | (tokens == vocabulary.hold)


def _allowed_after(
    sounding: Ids, can_hold: NDArray[np.bool_], vocabulary: Vocabulary
) -> NDArray[np.bool_]:
    """Return which tokens can follow, (B, V) bool: all, except HOLD where no note can be held.

    Args:
        sounding: (B,) tokens of the voice's notes at the step before.
        can_hold: (B,) bool, whether a sounding note may be held.
        vocabulary: the token table.
    """
    silent = (sounding == vocabulary.rest) | (sounding == vocabulary.start) | ~can_hold
    return ~silent[:, None] | (np.arange(vocabulary.size) != vocabulary.hold)
