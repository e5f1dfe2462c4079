"""Chords: kinds, and chords as a root, a kind and a bass.

A kind is a stack of thirds on a root. The augmented sixths are stacks too, with a diminished third:
the German sixth of C, A flat C E flat F sharp, is a chord on F sharp with A flat in the bass.

Source: the triads, seventh chords and augmented sixths of any textbook of harmony, such as W.
Piston, Harmony (1941).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from chorale.music.voices import OCTAVE

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
# Sevenths that sound on the way to another chord, and that no chord is identified as.
PASSING_SEVENTHS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {"minor major seventh": (0, 3, 7, 11), "augmented major seventh": (0, 4, 8, 11)}
)
AUGMENTED_SIXTHS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "Italian sixth": (0, 2, 6),
        "French sixth": (0, 4, 6, 10),
        "German sixth": (0, 2, 6, 9),
    }
)
ALL_KINDS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {**KINDS, **PASSING_SEVENTHS, **AUGMENTED_SIXTHS}
)
# MusicXML's names of the kinds that it names otherwise.
SYMBOL_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "dominant seventh": "dominant",
        "minor seventh": "minor-seventh",
        "major seventh": "major-seventh",
        "half-diminished seventh": "half-diminished",
        "diminished seventh": "diminished-seventh",
        "minor major seventh": "major-minor",
        "augmented major seventh": "other",
        "Italian sixth": "Italian",
        "French sixth": "French",
        "German sixth": "German",
    }
)
BARE = "bare"  # a fifth or octave without a third


@dataclass(frozen=True)
class Chord:
    """A chord by its root, kind and bass.

    Attributes:
        root: pitch class, 0 to 11, C = 0.
        kind: a key of ALL_KINDS, or BARE.
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
    def members(self) -> tuple[int, ...]:
        """Pitch classes of root, third, fifth and seventh; of a bare chord, root and fifth."""
        degrees = ALL_KINDS.get(self.kind, (0, 7))
        return tuple((self.root + degree) % OCTAVE for degree in degrees)

    @property
    def seventh(self) -> int | None:
        """Pitch class of the seventh, if there is one."""
        degrees = ALL_KINDS.get(self.kind, ())
        return (self.root + degrees[3]) % OCTAVE if len(degrees) > 3 else None

    @property
    def third(self) -> int | None:
        """Pitch class of the third, if there is one."""
        degrees = ALL_KINDS.get(self.kind, ())
        return (self.root + degrees[1]) % OCTAVE if degrees else None
