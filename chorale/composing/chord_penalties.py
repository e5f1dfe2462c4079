"""Penalties on notes that a given chord does not have, for `chorale.composing.given_chords`.

Shapes: V tokens, 4 voices in SATB order.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chorale.aliases import Floats, Ids
from chorale.analysis import RANGES
from chorale.composing.pitches import NOT_DRAWN
from chorale.composing.voice_leading import PERFECT, RESOLVING
from chorale.music import BASS, OCTAVE, Key
from chorale.music.required_chords import RequiredChord

# In nats. The first three are above the sum of the penalties that a note of the chord can have; the
# others leave the choice to the network.
OUTSIDE_CHORD = np.float32(60.0)  # notes outside the chord on a beat, or reached by leap off it
MISSING_NOTE = np.float32(40.0)  # other notes where only as many voices are open as notes missing
BELOW_BASS = np.float32(40.0)  # notes below the bass of a chord whose inversion is given
EMBELLISHING = np.float32(1.5)  # notes outside the chord off the beat
CHROMATIC = np.float32(4.0)  # added if they are not in the scale of the key
DOUBLING = np.float32(8.0)  # a seventh, or the third of a dominant seventh, in a second voice
UNRESOLVED = np.float32(8.0)  # motion of a seventh or suspension other than staying or down by step
PARALLELS, CONTRARY = np.float32(8.0), np.float32(4.0)  # fifths and octaves one after the other
WIDE_LEAP = np.float32(4.0)  # leaps of a seventh, or of more than an octave
CROSSED = np.float32(4.0)  # notes beyond those of the neighbouring voices
OUTSIDE_RANGE = np.float32(3.0)  # notes outside the textbook range of the voice
LEAVING_BY_LEAP = np.float32(8.0)  # a leap from a note outside the chord
SEVENTHS = (10, 11)  # semitones
STEP = 2  # semitones of the largest step
LEADING_TONE = 11  # semitones above the tonic


@dataclass(frozen=True)
class DrawnVoice:
    """A voice to draw, and what sounds beside it.

    Attributes:
        voice: 0 (soprano) to 3 (bass).
        present: (4,) pitches of the step so far; negative without a note.
        own: (V,) pitch that each token would make the voice sound; negative without one.
        before: pitch that the voice had at the step before; negative without one.
        begins: whether a chord begins.
    """

    voice: int
    present: Ids
    own: Ids
    before: int
    begins: bool

    @property
    def others(self) -> set[int]:
        """Pitch classes of the other voices so far."""
        beside = np.delete(self.present, self.voice)
        return {int(pitch) % OCTAVE for pitch in beside if pitch >= 0}

    @property
    def open_voices(self) -> int:
        """Number of the voices that are not drawn yet, this one included."""
        return 1 + int((np.delete(self.present, self.voice) == NOT_DRAWN).sum())


def required_penalty(
    chord: RequiredChord, place: DrawnVoice, before: RequiredChord | None
) -> Floats:
    """Return the penalty of each token where the notes of a chord are required, (V,).

    Args:
        chord: the chord.
        place: the voice to draw.
        before: the chord that was given at the step before, if any.
    """
    own, classes = place.own, place.own % OCTAVE
    sounds, penalty = own >= 0, np.zeros(len(own), np.float32)
    allowed = chord.tones
    if place.voice == BASS and chord.bass is not None:
        allowed = frozenset({chord.bass} if place.begins else {chord.bass, *chord.needed})
    penalty[sounds & ~np.isin(classes, list(allowed & chord.tones))] += OUTSIDE_CHORD
    lowest = int(place.present[BASS])
    if place.voice != BASS and chord.bass is not None and lowest >= 0:
        penalty[sounds & (own < lowest)] += BELOW_BASS
    missing = list_forced(chord, place)
    if missing:
        penalty[sounds & ~np.isin(classes, missing)] += MISSING_NOTE
    penalty[sounds & np.isin(classes, list(chord.single & place.others))] += DOUBLING
    if before and place.before >= 0:
        moves = own - place.before
        if place.before % OCTAVE not in before.tones:
            penalty[sounds & (np.abs(moves) > STEP)] += LEAVING_BY_LEAP
        if place.begins and place.before % OCTAVE in before.falling:
            penalty[sounds & ~np.isin(moves, RESOLVING)] += UNRESOLVED
    return penalty


def list_forced(chord: RequiredChord, place: DrawnVoice) -> list[int]:
    """List the missing notes of a chord if a voice must take one of them; else none.

    It must if no more voices are open than notes are missing.
    """
    if place.voice == BASS and place.begins:
        return []
    missing = [each for each in chord.needed if each not in place.others]
    if place.voice != BASS and place.present[BASS] == NOT_DRAWN and chord.bass is not None:
        missing = [chord.bass, *(each for each in missing if each != chord.bass)]
    missing = missing[: place.open_voices]
    return missing if len(missing) == place.open_voices else []


def leading_penalty(place: DrawnVoice, earlier: Ids) -> Floats:
    """Return penalties on bad voice leading, (V,), besides those of `VoiceLeading`.

    Where a chord leaves few notes to choose from, those alone are too small: with them, the share
    of parallels in settings with given chords was twice that of free ones.

    Args:
        place: the voice to draw.
        earlier: (4,) pitches at the step before; negative without a note.
    """
    own, penalty = place.own, np.zeros(len(place.own), np.float32)
    sounds, moves = own >= 0, np.abs(own - place.before)
    lowest, highest = RANGES[place.voice]
    penalty[sounds & ((own < lowest) | (own > highest))] += OUTSIDE_RANGE
    if place.before >= 0:
        penalty[sounds & (np.isin(moves, SEVENTHS) | (moves > OCTAVE))] += WIDE_LEAP
    for side, other in ((1, place.voice - 1), (-1, place.voice + 1)):
        if 0 <= other < len(place.present) and place.present[other] >= 0:
            penalty[sounds & (side * (own - place.present[other]) > 0)] += CROSSED
    same, contrary = find_parallels(place, earlier)
    penalty[same] += PARALLELS
    penalty[contrary] += CONTRARY
    return penalty


def find_parallels(place: DrawnVoice, earlier: Ids) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the tokens that make fifths or octaves follow fifths or octaves, (V,) each.

    The arguments are those of `leading_penalty`.

    Returns:
        Those in the same direction as another voice, and those in the other.
    """
    own, before = place.own, place.before
    same, contrary = np.zeros(len(own), np.bool_), np.zeros(len(own), np.bool_)
    for voice, (now, then) in enumerate(zip(place.present, earlier, strict=True)):
        if voice == place.voice or min(now, then, before) < 0 or now == then:
            continue
        interval = abs(int(then) - before) % OCTAVE
        if interval in PERFECT:
            again = (own >= 0) & (own != before) & (np.abs(own - now) % OCTAVE == interval)
            together = np.sign(own - before) == np.sign(now - then)
            same |= again & together
            contrary |= again & ~together
    return same, contrary


def passing_penalty(chord: RequiredChord, place: DrawnVoice, following: RequiredChord) -> Floats:
    """Return the penalty of each token between the beats, (V,).

    Args:
        chord: the chord.
        place: the voice to draw.
        following: the chord of the next beat.
    """
    own, before = place.own, place.before
    sounds, penalty = own >= 0, np.zeros(len(own), np.float32)
    moves = sounds & ~np.isin(own % OCTAVE, list(chord.tones)) & (own != before)
    near = [(tone + step) % OCTAVE for tone in following.tones for step in (-2, -1, 0, 1, 2)]
    by_step = (before >= 0) & (np.abs(own - before) <= STEP) & np.isin(own % OCTAVE, near)
    penalty[moves & by_step] += EMBELLISHING
    penalty[moves & ~by_step] += OUTSIDE_CHORD
    if before >= 0 and before % OCTAVE not in chord.tones:
        penalty[sounds & (np.abs(own - before) > STEP)] += LEAVING_BY_LEAP
    return penalty


def chromatic_penalty(chord: RequiredChord, own: Ids, key: Key) -> Floats:
    """Return the penalty of each token that is neither in the chord nor in the scale, (V,)."""
    diatonic = {*chord.tones, *key.scale}
    if key.third == "minor":
        diatonic.add((key.tonic + LEADING_TONE) % OCTAVE)
    outside = (own >= 0) & ~np.isin(own % OCTAVE, list(diatonic))
    return np.asarray(CHROMATIC * outside, np.float32)
