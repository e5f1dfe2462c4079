"""Identification of chords: root, kind and bass of the notes that sound together.

A chord is identified by its pitch classes alone, whatever its doubling and spacing. Triads and
dominant sevenths may lack their fifth. Notes that fit no kind, such as those of a suspension, are
not a chord (None).
"""

from collections.abc import Iterable
from functools import cache

from chorale.music import OCTAVE, REST
from chorale.music.chords import BARE, KINDS, Chord

__all__ = ["BARE", "INCOMPLETE", "KINDS", "Chord", "identify_chord", "identify_ninth"]

# Chords without their fifth; the kind is that of the complete chord.
INCOMPLETE = (("major", (0, 4)), ("minor", (0, 3)), ("dominant seventh", (0, 4, 10)))
NINTHS = ({0, 4, 10, 1}, {0, 4, 10, 2})  # dominant ninths, minor and major, without their fifth


def identify_chord(pitches: Iterable[int]) -> Chord | None:
    """Return the chord of pitches that sound together, or None if they are not a chord.

    If several roots fit (augmented triads, diminished sevenths), the bass is the root; a complete
    chord is preferred to an incomplete one.

    Args:
        pitches: MIDI numbers or REST, in any order.
    """
    sounding = [int(pitch) for pitch in pitches if pitch != REST]
    if not sounding:
        return None
    return _match_kind(frozenset(pitch % OCTAVE for pitch in sounding), min(sounding) % OCTAVE)


def identify_ninth(pitches: Iterable[int]) -> Chord | None:
    """Return the dominant seventh of a dominant ninth with its root in the bass, or None.

    Four voices leave out the fifth of a ninth chord, so that it has root, third, seventh and ninth.
    """
    sounding = [int(pitch) for pitch in pitches if pitch != REST]
    bass = min(sounding, default=0)
    degrees = {(pitch - bass) % OCTAVE for pitch in sounding}
    if degrees - {7} in NINTHS:
        return Chord(bass % OCTAVE, "dominant seventh", bass % OCTAVE)
    return None


@cache
def _match_kind(classes: frozenset[int], bass: int) -> Chord | None:
    roots = [bass, *sorted(classes - {bass})]
    for kind, degrees in (*KINDS.items(), *INCOMPLETE, (BARE, (0, 7)), (BARE, (0,))):
        for root in roots:
            if classes == {(root + degree) % OCTAVE for degree in degrees}:
                return Chord(root, kind, bass)
    return None
