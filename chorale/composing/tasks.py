"""Tasks: a plan, the notes that are given, and the cells that are left to compose.

                    given
    generating      the final chord, as far as it is certain
    harmonizing     some voices, from beginning to end
    continuing      the opening, and the final chord
    rewriting       everything but some voices of some steps

The network is conditioned on all given notes from the first step on, and the composed chorale has
them unchanged.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chorale.aliases import Ids
from chorale.composing.form import PLAIN_FORM, Form
from chorale.composing.plans import find_final_chord
from chorale.music import BASS, OCTAVE, REST, SOPRANO, VOICES, Chorale, Key, Plan, notes
from chorale.music.required_chords import ChordSpan, RequiredChord
from chorale.network.checkpoint import Checkpoint
from chorale.network.tokens import encode

# medians of the final notes in the training split
USUAL_FINAL_BASS = 45
USUAL_FINAL_SOPRANO = 67
TRIAD = {0, 3, 4, 7}  # semitones above the tonic, of a minor or a major chord


@dataclass(frozen=True)
class Task:
    """A chorale to compose.

    Attributes:
        plan: the plan of the whole chorale, of T steps.
        given: (T, 4) tokens of the given cells, UNKNOWN elsewhere.
        close_step: the step at which the final chord starts, if that chord must be the tonic triad.
        ended: (T, 4) bool, the open cells right after the end of a given note, where HOLD would
            lengthen that note; None if there are no such cells.
        form: keys of single phrases, and the repeat of the opening.
        chords: chords that are given, in order of time; the harmony is open where there is none.
    """

    plan: Plan
    given: Ids
    close_step: int | None = None
    ended: NDArray[np.bool_] | None = None
    form: Form = PLAIN_FORM
    chords: tuple[ChordSpan, ...] = ()

    def ends_given_note(self, step: int, voice: int) -> bool:
        """Return whether a given note ends just before an open cell, see `ended`."""
        if self.ended is None or step >= len(self.ended):
            return False
        return bool(self.ended[step, voice])

    def key_at(self, step: int) -> Key | None:
        """Return the key at a step: that of the phrase, or of the plan."""
        spans = (span for span in self.form.keys if span.start <= step < span.end)
        return next((span.key for span in spans), self.plan.key)


def task_for_generating(
    plan: Plan,
    checkpoint: Checkpoint,
    form: Form = PLAIN_FORM,
    chords: Sequence[ChordSpan] = (),
) -> Task:
    """Return the task of composing a new chorale on a plan.

    Only the final chord is given, in part: it is held to the end, and if the plan has a key, bass
    and soprano have the tonic. The network is conditioned on this from the first step on, so the
    music leads there. In the training split 93 % of the chorales hold their final chord to the end,
    in 93 % the bass ends on the tonic, and in 90 % the soprano. A network that cannot be
    conditioned on notes is given no notes.
    """
    given = np.full((plan.length_steps, len(VOICES)), checkpoint.vocabulary.unknown, np.int32)
    if not checkpoint.has_conditioning:
        return Task(plan, given, form=form)
    close_step = _give_final_chord(given, plan, find_final_chord(plan), checkpoint, chords)
    return Task(plan, given, close_step, form=form, chords=tuple(chords))


def task_for_harmonizing(
    chorale: Chorale,
    kept: Sequence[int],
    checkpoint: Checkpoint,
    fill: bool = False,
    chords: Sequence[ChordSpan] = (),
) -> Task:
    """Return the task of composing the other voices to the kept ones, 0 (soprano) to 3 (bass).

    Where all kept voices rest, the others rest too. The final chord is held under the last kept
    note, with the tonic in the bass if that note belongs to the tonic triad.

    Args:
        chorale: the chorale.
        kept: voices to keep.
        checkpoint: the network.
        fill: whether to compose the rests of the kept voices too; no voice rests then.
        chords: chords that are given.

    Raises:
        DataError: a kept pitch is outside the network's vocabulary.
    """
    vocabulary, plan = checkpoint.vocabulary, chorale.plan
    own = np.isin(np.arange(len(VOICES)), kept)
    pitches = np.where(own, chorale.pitches, np.int16(REST))
    tune = Chorale(pitches, chorale.onsets & own, plan)
    given = np.where(own, encode(tune, vocabulary), np.int32(vocabulary.unknown))
    last = max((line[-1].onset_step for line in (notes(tune, v) for v in kept) if line), default=0)
    if fill:
        given[pitches == REST] = vocabulary.unknown
        ended = _find_ends(given, vocabulary.unknown)
        last = max(last, find_final_chord(plan))
        close_step = _give_final_chord(given, plan, last, checkpoint, chords)
        return Task(plan, given, close_step, ended, chords=tuple(chords))
    close_step = _give_final_chord(given, plan, last, checkpoint, chords)
    given[(pitches == REST).all(axis=1)] = vocabulary.rest
    return Task(plan, given, close_step, chords=tuple(chords))


def task_for_continuing(opening: Chorale, plan: Plan, checkpoint: Checkpoint) -> Task:
    """Return the task of continuing an opening to the end of a longer plan.

    No note of the opening is held into the continuation.

    Raises:
        DataError: a pitch is outside the network's vocabulary.
    """
    length = len(opening.pitches)
    given = np.full((plan.length_steps, len(VOICES)), checkpoint.vocabulary.unknown, np.int32)
    given[:length] = encode(opening, checkpoint.vocabulary)
    final_chord = max(length, find_final_chord(plan))
    close_step = _give_final_chord(given, plan, final_chord, checkpoint)
    ended = np.zeros(given.shape, np.bool_)
    ended[length] = True
    return Task(plan, given, close_step, ended)


def task_for_rewriting(
    chorale: Chorale,
    start: int,
    end: int,
    voices: Sequence[int],
    checkpoint: Checkpoint,
    locked: Collection[tuple[int, int]] = (),
) -> Task:
    """Return the task of rewriting some voices, 0 to 3, from step `start` up to `end` (exclusive).

    Notes that cross either edge stay, so that the music on both sides is unchanged.

    Args:
        chorale: the chorale.
        start: first step to rewrite.
        end: exclusive end.
        voices: voices to rewrite.
        checkpoint: the network.
        locked: voices and steps whose notes and rests stay too.

    Raises:
        DataError: a pitch is outside the network's vocabulary.
    """
    vocabulary = checkpoint.vocabulary
    given = encode(chorale, vocabulary)
    for voice in voices:
        stays = np.zeros(len(given), np.bool_)
        for note in notes(chorale, voice):
            note_end = note.onset_step + note.length_steps
            span = range(note.onset_step, note_end)
            is_locked = any((voice, step) in locked for step in span)
            if note.onset_step < start or note_end > end or is_locked:
                stays[note.onset_step : note_end] = True
        rests = [
            step for own, step in locked if own == voice and given[step, voice] == vocabulary.rest
        ]
        stays[rests] = True
        stays[:start] = stays[end:] = True
        given[~stays, voice] = vocabulary.unknown
    ended = _find_ends(given, vocabulary.unknown)
    close_step = None
    if end == len(given):
        final_chord = max(start, find_final_chord(chorale.plan))
        close_step = _give_final_chord(given, chorale.plan, final_chord, checkpoint)
    return Task(chorale.plan, given, close_step, ended)


def _find_ends(given: Ids, unknown: int) -> NDArray[np.bool_]:
    """Return the open cells right after a given cell, (T, 4)."""
    is_open = given == unknown
    ended = is_open.copy()
    ended[1:] &= ~is_open[:-1]
    return ended


def _give_final_chord(
    given: Ids,
    plan: Plan,
    step: int,
    checkpoint: Checkpoint,
    chords: Sequence[ChordSpan] = (),
) -> int | None:
    """Hold the final chord from its first step on in the open voices.

    An open bass and soprano are given the tonic, unless another final chord is given; if chords
    change after `step`, nothing is held.

    Args:
        given: (T, 4) given tokens, changed in place.
        plan: the plan of the whole chorale.
        step: the first step of the final chord.
        checkpoint: the network, with its vocabulary and the ranges of the voices.
        chords: chords that are given.

    Returns:
        `step`, or None if the chord cannot be the tonic triad: the key is unknown, a given note is
        not in the triad, or no tonic is within the range of the bass.
    """
    vocabulary = checkpoint.vocabulary
    final = [span.chord for span in chords if span.end > step]
    if len(final) > 1:
        return None
    given[step + 1 :, given[step] == vocabulary.unknown] = vocabulary.hold
    if not plan.key or not all(_is_tonic_triad(chord, plan.key) for chord in final):
        return None
    struck = vocabulary.pitches_of(given[step])
    struck = struck[struck != REST]
    if not set((struck - plan.key.tonic) % OCTAVE) <= TRIAD:
        return None
    if given[step, BASS] == vocabulary.unknown:
        lowest, highest = checkpoint.ranges[BASS]
        pitch = _find_tonic(plan.key, lowest, min([highest, *struck]), USUAL_FINAL_BASS)
        if pitch is None:
            return None
        given[step, BASS] = vocabulary.token_of(pitch)
    if given[step, SOPRANO] == vocabulary.unknown:
        lowest, highest = checkpoint.ranges[SOPRANO]
        pitch = _find_tonic(plan.key, max([lowest, *struck]), highest, USUAL_FINAL_SOPRANO)
        if pitch is not None:
            given[step, SOPRANO] = vocabulary.token_of(pitch)
    bass = vocabulary.pitches_of(given[step])[BASS]
    return step if bass != REST and bass % OCTAVE == plan.key.tonic else None


def _is_tonic_triad(chord: RequiredChord, key: Key) -> bool:
    """Return whether a chord is the tonic triad of a key in root position, major or minor."""
    degrees = {(tone - key.tonic) % OCTAVE for tone in chord.tones}
    return chord.bass == key.tonic and degrees <= TRIAD


def _find_tonic(key: Key, lowest: int, highest: int, usual: int) -> int | None:
    """Return the tonic's pitch from `lowest` to `highest` that is nearest to `usual`, if any."""
    tonics = [pitch for pitch in range(lowest, highest + 1) if pitch % OCTAVE == key.tonic]
    return min(tonics, key=lambda pitch: abs(pitch - usual), default=None)
