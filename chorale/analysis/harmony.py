"""What chord four voices sound: its root, its kind, and what is in the bass.

A chord is told by its pitch classes alone, however they are doubled and spaced; triads may lack
their fifth, dominant sevenths too. What fits no kind, such as the clash of a suspension, is no
chord (None).

Source: the triads and seventh chords of any textbook of harmony, such as W. Piston, Harmony (1941).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from chorale.music import REST

OCTAVE = 12  # semitones

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
# Without a fifth, or without fifth and third; the kind is that of the whole chord.
_INCOMPLETE = (("major", (0, 4)), ("minor", (0, 3)), ("dominant seventh", (0, 4, 10)))
BARE = "bare"  # a fifth or octave without a third
THIRDS = frozenset({3, 4})
SEVENTHS = frozenset({9, 10, 11})


@dataclass(frozen=True)
class Chord:
    """A chord.

    Attributes:
        root: pitch class, 0 to 11, C = 0.
        kind: a name of KINDS, or BARE.
        bass: pitch class of the lowest note.
    """

    root: int
    kind: str
    bass: int

    @property
    def inverted(self) -> bool:
        """Whether another note than the root is in the bass."""
        return self.bass != self.root

    @property
    def seventh(self) -> int | None:
        """Pitch class of its seventh, if it has one."""
        degrees = KINDS.get(self.kind, ())
        return (self.root + degrees[3]) % OCTAVE if len(degrees) > 3 else None

    @property
    def third(self) -> int | None:
        """Pitch class of its third, if it has one."""
        degrees = KINDS.get(self.kind, ())
        return (self.root + degrees[1]) % OCTAVE if degrees else None


def chord_of(pitches: Iterable[int]) -> Chord | None:
    """The chord of the pitches that sound at a step, MIDI numbers or REST, in any order.

    Where several roots fit (augmented triads, diminished sevenths), the bass is the root; where a
    chord and an incomplete one fit, the complete one is meant.
    """
    sounding = [int(pitch) for pitch in pitches if pitch != REST]
    if not sounding:
        return None
    return _chord(frozenset(pitch % OCTAVE for pitch in sounding), min(sounding) % OCTAVE)


@cache
def _chord(classes: frozenset[int], bass: int) -> Chord | None:
    roots = [bass, *sorted(classes - {bass})]
    for kind, degrees in (*KINDS.items(), *_INCOMPLETE, (BARE, (0, 7)), (BARE, (0,))):
        for root in roots:
            if classes == {(root + degree) % OCTAVE for degree in degrees}:
                return Chord(root, kind, bass)
    return None
