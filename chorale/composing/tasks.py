"""Tasks for the one network: what is given of a chorale, and what is left to compose.

    new_chorale     the close
    harmonization   some voices, from beginning to end
    continuation    the beginning, and the close
    region          everything but some voices of some steps

What is given is heard by the network from the first step on (`chorale.network.keras_network`, the encoder), and
stands in the chorale as it was given.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chorale.composing.form import ONE_KEY, Form
from chorale.composing.plans import final_chord_start
from chorale.music import REST, VOICES, Chorale, Plan, notes
from chorale.network.checkpoint import Checkpoint
from chorale.network.history import Ids
from chorale.network.tokens import encode

BASS = VOICES.index("bass")
USUAL_LAST_BASS = 45  # median of the last bass notes in the training split
OCTAVE = 12
TRIAD = {0, 3, 4, 7}  # semitones above the tonic, of a minor or a major chord


@dataclass(frozen=True)
class Task:
    """A chorale to write.

    Attributes:
        plan: of the whole; T steps.
        given: (T, 4) tokens of the cells given, UNKNOWN elsewhere.
        close: the step at which the last chord starts, if that is to be the tonic's triad.
        ended: (T, 4) bool, open cells before which a note that is given has ended, so that it
            cannot be held on; None where there are none.
        form: keys of single phrases, and what comes again.
    """

    plan: Plan
    given: Ids
    close: int | None = None
    ended: NDArray[np.bool_] | None = None
    form: Form = ONE_KEY


def new_chorale(plan: Plan, checkpoint: Checkpoint, form: Form = ONE_KEY) -> Task:
    """The task of writing the notes of a plan, of which only the close is given.

    The last chord is held, and where the key is known the bass comes to it on the tonic: the
    network hears both from the first step on, and leads there. In the training split the last
    chord is held to its end in 93 % of the chorales, and the bass ends on the tonic in 93 %. To a
    network that hears no evidence nothing is given.
    """
    given = np.full((plan.length_steps, len(VOICES)), checkpoint.vocabulary.unknown, np.int32)
    if not checkpoint.has_conditioning:
        return Task(plan, given, form=form)
    close = _give_close(given, plan, final_chord_start(plan), checkpoint)
    return Task(plan, given, close, form=form)


def harmonization(chorale: Chorale, kept: Sequence[int], checkpoint: Checkpoint) -> Task:
    """The task of writing the other voices to those that are kept, 0 (soprano) to 3 (bass).

    Where all of these rest so do the others, and under their last note the last chord is held: on
    the tonic where that note is one of its triad.

    Raises:
        DataError: a kept pitch is outside the network's vocabulary.
    """
    vocabulary, plan = checkpoint.vocabulary, chorale.plan
    own = np.isin(np.arange(len(VOICES)), kept)
    pitches = np.where(own, chorale.pitches, np.int16(REST))
    tune = Chorale(pitches, chorale.onsets & own, plan)
    given = np.where(own, encode(tune, vocabulary), np.int32(vocabulary.unknown))
    last = max((line[-1].onset_step for line in (notes(tune, v) for v in kept) if line), default=0)
    close = _give_close(given, plan, last, checkpoint)
    given[(pitches == REST).all(axis=1)] = vocabulary.rest
    return Task(plan, given, close)


def continuation(opening: Chorale, plan: Plan, checkpoint: Checkpoint) -> Task:
    """The task of going on from an opening to the close of a plan that is longer.

    The opening's notes end where it ends.

    Raises:
        DataError: a pitch is outside the network's vocabulary.
    """
    length = len(opening.pitches)
    given = np.full((plan.length_steps, len(VOICES)), checkpoint.vocabulary.unknown, np.int32)
    given[:length] = encode(opening, checkpoint.vocabulary)
    close = _give_close(given, plan, max(length, final_chord_start(plan)), checkpoint)
    ended = np.zeros(given.shape, np.bool_)
    ended[length] = True
    return Task(plan, given, close, ended)


def region(
    chorale: Chorale, start: int, end: int, voices: Sequence[int], checkpoint: Checkpoint
) -> Task:
    """The task of writing some voices anew from step `start` to before `end`, all else as it is.

    Notes that reach over either edge stay, so that both sides remain what they were.

    Raises:
        DataError: a pitch is outside the network's vocabulary.
    """
    vocabulary = checkpoint.vocabulary
    given = encode(chorale, vocabulary)
    for voice in voices:
        stays = np.zeros(len(given), np.bool_)
        for note in notes(chorale, voice):
            note_end = note.onset_step + note.length_steps
            if note.onset_step < start or note_end > end:
                stays[note.onset_step : note_end] = True
        stays[:start] = stays[end:] = True
        given[~stays, voice] = vocabulary.unknown
    is_open = given == vocabulary.unknown
    ended = is_open.copy()
    ended[1:] &= ~is_open[:-1]
    close = None
    if end == len(given):
        last = max(start, final_chord_start(chorale.plan))
        close = _give_close(given, chorale.plan, last, checkpoint)
    return Task(chorale.plan, given, close, ended)


def _give_close(given: Ids, plan: Plan, last: int, checkpoint: Checkpoint) -> int | None:
    """Hold the last chord, from step `last` on, in the voices open there, the bass on the tonic.

    Returns:
        `last` if the chord can be the tonic's triad, None if the key is not known or another note
        is given.
    """
    vocabulary = checkpoint.vocabulary
    given[last + 1 :, given[last] == vocabulary.unknown] = vocabulary.hold
    if not plan.key:
        return None
    struck = (given[last] >= vocabulary.first_pitch) & (given[last] < vocabulary.size)
    degrees = given[last] - vocabulary.first_pitch + vocabulary.lowest_pitch - plan.key.tonic
    if not set(degrees[struck] % OCTAVE) <= TRIAD:
        return None
    if given[last, BASS] == vocabulary.unknown:
        lowest, highest = checkpoint.ranges[BASS]
        above = given[last][struck] - vocabulary.first_pitch + vocabulary.lowest_pitch
        highest = min([highest, *above])
        tonics = [p for p in range(lowest, highest + 1) if p % OCTAVE == plan.key.tonic]
        if not tonics:
            return None
        pitch = min(tonics, key=lambda tonic: abs(tonic - USUAL_LAST_BASS))
        given[last, BASS] = vocabulary.of_pitch(pitch)
    bass = given[last, BASS]
    on_tonic = bass >= vocabulary.first_pitch and bass < vocabulary.size
    return last if on_tonic and vocabulary.pitch_of(int(bass)) % OCTAVE == plan.key.tonic else None
