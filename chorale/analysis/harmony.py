"""Chords: root, kind and bass of the notes that sound together.

A chord is identified by its pitch classes alone, whatever its doubling and spacing. Triads and
dominant sevenths may lack their fifth. Notes that fit no kind, such as those of a suspension, are
not a chord (None).

Source: the triads and seventh chords of any textbook of harmony, such as W. Piston, Harmony (1941).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from chorale.music import OCTAVE, REST

# Semitones above the root, in order of thirds.
KINDS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "major": (0, 4, 7),
        "minor": (0, 3, 7),
        "diminished": (0, 3, 6),
        "augmented": (0, 4, 8),
        "dominant seventh": (0, 4, 7, 10),
        "minor seventh": (0, 3, 7, 10),
        "major seventh": (0, 4, 7, 11),
        "half-diminished seventh": (0, 3, 6, 10),
        "diminished seventh": (0, 3, 6, 9),
    }
)
# Chords without their fifth; the kind is that of the complete chord.
INCOMPLETE = (("major", (0, 4)), ("minor", (0, 3)), ("dominant seventh", (0, 4, 10)))
BARE = "bare"  # a fifth or octave without a third
THIRDS = frozenset({3, 4})
SEVENTHS = frozenset({9, 10, 11})


@dataclass(frozen=True)
class Chord:
    """A chord by its root, kind and bass.

    Attributes:
        root: pitch class, 0 to 11, C = 0.
        kind: a key of KINDS, or BARE.
        bass: pitch class of the lowest note.
    """

    root: int
    kind: str
    bass: int

    @property
    def is_inverted(self) -> bool:
        """Whether a note other than the root is in the bass."""
        return self.bass != self.root

    @property
    def seventh(self) -> int | None:
        """Pitch class of the seventh, if there is one."""
        degrees = KINDS.get(self.kind, ())
        return (self.root + degrees[3]) % OCTAVE if len(degrees) > 3 else None

    @property
    def third(self) -> int | None:
        """Pitch class of the third, if there is one."""
        degrees = KINDS.get(self.kind, ())
        return (self.root + degrees[1]) % OCTAVE if degrees else None


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


@cache
def _match_kind(classes: frozenset[int], bass: int) -> Chord | None:
    roots = [bass, *sorted(classes - {bass})]
    for kind, degrees in (*KINDS.items(), *INCOMPLETE, (BARE, (0, 7)), (BARE, (0,))):
        for root in roots:
            if classes == {(root + degree) % OCTAVE for degree in degrees}:
                return Chord(root, kind, bass)
    return None
