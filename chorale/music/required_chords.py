"""Chords that are required of a setting, whichever sign they were written as.

A chord symbol, a Roman numeral in a key, or the figures over a bass note become one value: the
pitch classes that belong to the chord, the one in the bass, and those that may not be missing.

Of the notes of a chord, its third, or what stands in its place, and its seventh are never missing;
nor are the root, an altered fifth, and the notes that its figures name. A perfect fifth may be.

Source: the kinds of chords are those of MusicXML 4.0, and so are their degrees: an added seventh is
minor, other added degrees are those of the major scale. What may be missing is taken from any
textbook of harmony, such as W. Piston, Harmony (1941).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from chorale.music.annotations import ChordSymbol
from chorale.music.chords import AUGMENTED_SIXTHS, SYMBOL_KINDS
from chorale.music.keys import Key
from chorale.music.numerals import Numeral
from chorale.music.spelling import LetterName, name_class
from chorale.music.voices import OCTAVE

_PERFECT_FIFTH, _MAJOR_THIRD, _MINOR_SEVENTH, _TRITONE = 7, 4, 10, 6
_NATURAL = {2: 2, 3: 4, 4: 5, 5: 7, 6: 9, 7: 10, 9: 2, 11: 5, 13: 9}  # semitones of added degrees
_TRIADS = {
    "major": {3: 4, 5: 7},
    "minor": {3: 3, 5: 7},
    "augmented": {3: 4, 5: 8},
    "diminished": {3: 3, 5: 6},
}
_SEVENTHS = {
    "dominant": _TRIADS["major"] | {7: 10},
    "major-seventh": _TRIADS["major"] | {7: 11},
    "minor-seventh": _TRIADS["minor"] | {7: 10},
    "major-minor": _TRIADS["minor"] | {7: 11},
    "diminished-seventh": _TRIADS["diminished"] | {7: 9},
    "half-diminished": _TRIADS["diminished"] | {7: 10},
    "augmented-seventh": _TRIADS["augmented"] | {7: 10},
}
_EXTENSIONS = {"ninth": {9: 2}, "11th": {9: 2, 11: 5}, "13th": {9: 2, 13: 9}}
_FAMILIES = {"dominant": "dominant", "major": "major-seventh", "minor": "minor-seventh"}
# Semitones above the root of each degree, by MusicXML's kind of chord.
DEGREES_BY_KIND: Mapping[str, Mapping[int, int]] = MappingProxyType(
    {
        **_TRIADS,
        **_SEVENTHS,
        "major-sixth": _TRIADS["major"] | {6: 9},
        "minor-sixth": _TRIADS["minor"] | {6: 9},
        **{
            f"{family}-{extension}": _SEVENTHS[seventh] | added
            for family, seventh in _FAMILIES.items()
            for extension, added in _EXTENSIONS.items()
        },
        "suspended-second": {2: 2, 5: 7},
        "suspended-fourth": {4: 5, 5: 7},
        "power": {5: 7},
    }
)
_ORDER = (3, 4, 2, 7, 1, 6, 9, 13, 11)  # of the degrees that may not be missing
# Kinds of numerals that no chord symbol has: the nearest kind, and the degrees that are altered.
_ALTERED: Mapping[str, tuple[str, tuple[tuple[str, int, int], ...]]] = MappingProxyType(
    {
        "augmented major seventh": ("major-seventh", (("alter", 5, 1),)),
        "Italian sixth": ("dominant", (("subtract", 5, 0),)),
        "French sixth": ("dominant", (("alter", 5, -1),)),
        "German sixth": ("dominant", ()),
    }
)


@dataclass(frozen=True)
class RequiredChord:
    """A chord that is required.

    Attributes:
        name: the chord as it was written, such as "G7/B" or "V65".
        tones: pitch classes that belong to it, 0 to 11, C = 0.
        bass: pitch class of the bass where the chord begins; None for any.
        needed: pitch classes that may not be missing, the most important first.
        single: pitch classes that are not doubled: sevenths, and thirds of dominant sevenths.
        falling: pitch classes that stay or fall by step into the next chord: sevenths, and the
            fourths and ninths of suspensions.
        root: pitch class of the root; None if the signs do not state it.
    """

    name: str
    tones: frozenset[int]
    bass: int | None
    needed: tuple[int, ...]
    single: frozenset[int] = frozenset()
    falling: frozenset[int] = frozenset()
    root: int | None = None

    def transposed(self, semitones: int) -> "RequiredChord":
        """Return this chord transposed up by a number of semitones; its name stays."""

        def move(pitch_class: int) -> int:
            return (pitch_class + semitones) % OCTAVE

        return replace(
            self,
            tones=frozenset(map(move, self.tones)),
            bass=None if self.bass is None else move(self.bass),
            needed=tuple(map(move, self.needed)),
            single=frozenset(map(move, self.single)),
            falling=frozenset(map(move, self.falling)),
            root=None if self.root is None else move(self.root),
        )


@dataclass(frozen=True)
class ChordSpan:
    """A required chord from step `start` up to `end` (exclusive)."""

    start: int
    end: int
    chord: RequiredChord


def require_symbol(symbol: ChordSymbol) -> RequiredChord | None:
    """Return the chord that a chord symbol requires; None for "N.C." and kinds without notes."""
    if symbol.root is None or symbol.kind not in DEGREES_BY_KIND:
        return None
    degrees = {1: 0, **DEGREES_BY_KIND[symbol.kind]}
    for action, number, alter in symbol.degrees:
        if action == "add":
            degrees[number] = _NATURAL.get(number, 0) + alter
        elif action == "alter":
            degrees[number] = degrees.get(number, _NATURAL.get(number, 0)) + alter
        else:
            degrees.pop(number, None)
    root = name_class(symbol.root)
    bass = root if symbol.bass is None else name_class(symbol.bass)
    classes = {number: (root + above) % OCTAVE for number, above in degrees.items()}
    needed = [classes[number] for number in _ORDER if number in classes]
    if degrees.get(5, _PERFECT_FIFTH) != _PERFECT_FIFTH:
        needed.append(classes[5])
    single = {classes[7]} if 7 in classes else set()
    if degrees.get(3) == _MAJOR_THIRD and degrees.get(7) == _MINOR_SEVENTH:
        single.add(classes[3])
    if degrees.get(5) == _TRITONE and degrees.get(3) != _MAJOR_THIRD:
        single |= {classes[1]} if 7 not in classes else set()
    tones = frozenset(classes.values()) | {bass}
    falling = frozenset(classes[number] for number in (7,) if number in classes)
    return RequiredChord(
        write_symbol(symbol), tones, bass, tuple(needed), frozenset(single), falling, root
    )


def require_numeral(numeral: Numeral, key: Key) -> RequiredChord:
    """Return the chord that a Roman numeral requires in a key."""
    chord = require_symbol(symbol_of_numeral(numeral, key, 0))
    assert chord, numeral
    return replace(chord, name=str(numeral))


def symbol_of_numeral(numeral: Numeral, key: Key, step: int) -> ChordSymbol:
    """Return a Roman numeral in a key as a chord symbol at a step.

    Augmented sixths are written as what they sound: dominant sevenths on the lowered sixth degree.
    """
    tones, kind = numeral.pitch_classes(key), numeral.kind
    name, degrees = _ALTERED.get(kind, (SYMBOL_KINDS.get(kind, kind), ()))
    bass = tones.names[numeral.inversion]
    if kind in AUGMENTED_SIXTHS or not numeral.inversion:
        return ChordSymbol(step, bass, name, degrees=degrees)
    return ChordSymbol(step, tones.names[0], name, bass=bass, degrees=degrees)


def write_symbol(symbol: ChordSymbol) -> str:
    """Return a chord symbol in one line, such as "Am7/E" or "F# half-diminished"."""
    if symbol.root is None:
        return symbol.text or "N.C."
    usual = {"major": "", "minor": "m", "dominant": "7", "minor-seventh": "m7"}
    kind = usual.get(symbol.kind, f" {symbol.kind}") if symbol.text is None else symbol.text
    bass = f"/{_write_name(symbol.bass)}" if symbol.bass else ""
    return f"{_write_name(symbol.root)}{kind}{bass}"


def _write_name(name: LetterName) -> str:
    letter, alter = name
    return letter + ("#" * alter or "b" * -alter)
