"""How phrases and chorales close, where the draw is led more firmly than elsewhere.

Where a phrase closes, the draw is surer: cadences are formulas, and what is bold in the middle of a
phrase is a mistake at its end. Under a fermata a triad in root position is likelier than the
network has it, and the last chord of all is the tonic's where the task says so (`chorale.composing.tasks`): a
network that has gone astray by then would otherwise hold what it came upon.

Shapes: B chorales, T steps, 4 voices in SATB order, V tokens.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from chorale.composing.tasks import OCTAVE, Task
from chorale.music import STEPS_PER_QUARTER, VOICES, Key, Plan
from chorale.network.history import Ids
from chorale.network.tokens import Vocabulary

# Of 128 chorales composed with a guidance of 1, 84 % of the phrases closed on a cadence without it
# and 89 % with it; the same at 4 instead of 2.5, fewer over a half note instead of a quarter.
CLOSE_STEPS = STEPS_PER_QUARTER  # before a fermata, from which on a phrase closes
CLOSE_SURENESS = 2.5  # divides the temperature there

# In nats, against what makes no triad in root position of the first chord under a fermata. Of the
# same chorales' phrases, 2.7 % ended on another chord with it and 5.0 % without; 1.7 % in Bach.
OTHER_CHORD = np.float32(3.0)

# In nats, against other basses, in the last quarter before the last chord, than those of a dominant
# or subdominant chord, semitones above the tonic.
OTHER_APPROACH = np.float32(1.5)
APPROACHES = (2, 5, 7, 11)

FIFTH = 7  # semitones above the root
ANY_THIRD = frozenset({3, 4})
THIRDS = {"major": frozenset({4}), "minor": ANY_THIRD}  # Bach ends minor with either
SILENT, NOT_YET = -1, -2  # in place of a pitch
BASS = VOICES.index("bass")


def sureness(tasks: Sequence[Task], length: int) -> NDArray[np.float64]:
    """What multiplies the logits of each step, (B, T): more than 1 where phrases close."""
    factors = np.ones((len(tasks), length))
    for row, task in enumerate(tasks):
        if task.plan.fermatas is not None:
            held = np.flatnonzero(task.plan.fermatas)
            for before in range(CLOSE_STEPS + 1):
                factors[row, np.maximum(held - before, 0)] = CLOSE_SURENESS
    return factors


def closing(
    logits: NDArray[np.float32],
    task: Task,
    step: int,
    voice: int,
    cells: Ids,
    sounding: Ids,
    vocabulary: Vocabulary,
) -> NDArray[np.float32]:
    """One voice's logits at a step, (V,), led to the chord on which a phrase or a chorale closes.

    Arguments as for `last_chord`. Where a voice has no way into the last chord it is left free.
    """
    if task.close == step and task.plan.key:
        triad = last_chord(task.plan.key, voice, cells, sounding, vocabulary)
        led = np.where(triad, logits, np.float32(-np.inf))
        return led if np.isfinite(led).any() else logits
    if task.close and task.plan.key and task.close - STEPS_PER_QUARTER <= step < task.close:
        return _approached(logits, task.plan.key, voice, sounding, vocabulary)
    if _fermata_starts(task.plan, step):
        triad = phrase_end(voice, cells, sounding, vocabulary)
        return np.where(triad, logits, logits - OTHER_CHORD)
    return logits


def _approached(
    logits: NDArray[np.float32], key: Key, voice: int, sounding: Ids, vocabulary: Vocabulary
) -> NDArray[np.float32]:
    """One voice's logits just before the last chord, (V,), the bass led to a cadence."""
    if voice != BASS:
        return logits
    own = _own(voice, sounding, vocabulary)
    leads = (own >= 0) & np.isin((own - key.tonic) % OCTAVE, APPROACHES)
    return np.where(leads, logits, logits - OTHER_APPROACH)


def _fermata_starts(plan: Plan, step: int) -> bool:
    if plan.fermatas is None or step >= plan.length_steps:
        return False
    return bool(plan.fermatas[step] and not (step and plan.fermatas[step - 1]))


def last_chord(
    key: Key, voice: int, cells: Ids, sounding: Ids, vocabulary: Vocabulary
) -> NDArray[np.bool_]:
    """Tokens by which a voice takes part in the tonic's triad, (V,).

    The chord has one third, the one that another voice has if there is one; the last voice to be
    drawn takes it if no other has.

    Args:
        key: whose tonic it is.
        voice: that is drawn, 0 (soprano) to 3 (bass).
        cells: (4,) tokens of the chord as far as it is there, UNKNOWN elsewhere.
        sounding: (4,) tokens of the notes that sounded before.
        vocabulary: the token table.
    """
    interpret = pitches_of(np.where(cells == vocabulary.hold, sounding, cells), vocabulary)
    own = _own(voice, sounding, vocabulary)
    return _of_triad(key.tonic, THIRDS[key.mode], interpret, own)


def phrase_end(voice: int, cells: Ids, sounding: Ids, vocabulary: Vocabulary) -> NDArray[np.bool_]:
    """Tokens by which a voice takes part in a triad in root position, major or minor, (V,).

    For the bass, those above which what is given can be one. Arguments as for `last_chord`.
    """
    interpret = pitches_of(np.where(cells == vocabulary.hold, sounding, cells), vocabulary)
    own = _own(voice, sounding, vocabulary)
    if voice != BASS:
        root = interpret[BASS]
        return _of_triad(int(root), ANY_THIRD, interpret, own) if root >= 0 else own >= 0
    others = interpret[interpret >= 0]
    fits = [_is_triad({int(pitch - root) % OCTAVE for pitch in others}) for root in range(OCTAVE)]
    return (own >= 0) & np.array(fits)[own % OCTAVE]


def _of_triad(root: int, thirds: frozenset[int], interpret: Ids, own: Ids) -> NDArray[np.bool_]:
    """Which of a voice's own pitches belong to a triad on a root, given what is heard of it."""
    degrees = {int(pitch - root) % OCTAVE for pitch in interpret if pitch >= 0}
    possible = degrees & ANY_THIRD or thirds
    if degrees & ANY_THIRD or (interpret == NOT_YET).sum() > 1:
        possible = possible | {0, FIFTH}
    return (own >= 0) & np.isin((own - root) % OCTAVE, list(possible))


def _is_triad(degrees: set[int]) -> bool:
    """Whether these semitones above a root can be its triad's, fifth or third missing perhaps."""
    return degrees <= {0, 3, FIFTH} or degrees <= {0, 4, FIFTH}


def _own(voice: int, sounding: Ids, vocabulary: Vocabulary) -> Ids:
    """The pitch that a voice would sound by each token, (V,); negative where it sounds none."""
    tokens = np.arange(vocabulary.size)
    return pitches_of(np.where(tokens == vocabulary.hold, sounding[voice], tokens), vocabulary)


def pitches_of(tokens: Ids, vocabulary: Vocabulary) -> Ids:
    """The pitch of each token; NOT_YET for UNKNOWN, SILENT for what is no note."""
    return _pitches(vocabulary)[tokens]


@cache
def _pitches(vocabulary: Vocabulary) -> Ids:
    """The pitch of each input symbol, (V + 2,)."""
    pitches = np.full(vocabulary.input_size, SILENT, np.int32)
    pitches[vocabulary.unknown] = NOT_YET
    notes = np.arange(vocabulary.lowest_pitch, vocabulary.highest_pitch + 1)
    pitches[vocabulary.first_pitch : vocabulary.size] = notes
    return pitches
