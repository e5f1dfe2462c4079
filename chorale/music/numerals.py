"""Roman numerals: a chord by its degree in a key.

A numeral is written as degree, kind, figures and target:

    I V6 vi        upper case for a major third, lower case for a minor one
    viio III+      "o" for a diminished triad, "+" for an augmented one
    V7 ii65 iv42   figures of the inversion: none, 6, 64 for triads; 7, 65, 43, 42 for sevenths
    IVM7 IVM65     "M" for a major seventh; an upper-case numeral without it has a minor one
    viio7 iiø65    "o" for a diminished seventh chord, "ø" for a half-diminished one
    bVII #iv       "b" and "#" lower and raise the root
    N6             the Neapolitan, a major triad on the lowered second degree
    It6 Fr43 Ger65 the augmented sixths, on the lowered sixth degree
    V7/V viio6/ii  chords of another degree, as if that degree were the tonic

In minor, the sixth and seventh degrees are those of the natural scale under upper case (VI, VII)
and the raised ones under lower case (viio, vio): the degrees on which these chords are usual. In
Dorian viio has the raised seventh degree too; in the other church modes all degrees are those of
the scale.

Source: the signs are those of S. Kostka and D. Payne, Tonal Harmony (1984), in one line; degrees
in minor are those of D. Tymoczko and others, The RomanText Format (ISMIR 2019).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from chorale.music.chords import ALL_KINDS, AUGMENTED_SIXTHS, Chord
from chorale.music.keys import FIFTHS_ABOVE_MAJOR, Key, Mode
from chorale.music.spelling import LetterName, letter_name
from chorale.music.voices import OCTAVE

DEGREES = ("I", "II", "III", "IV", "V", "VI", "VII")
TRIAD_FIGURES = ("", "6", "64")
SEVENTH_FIGURES = ("7", "65", "43", "42")
# Kind: whether the numeral is in upper case, and the sign before the figures.
_SIGNS: Mapping[str, tuple[bool, str]] = MappingProxyType(
    {
        "major": (True, ""),
        "minor": (False, ""),
        "diminished": (False, "o"),
        "augmented": (True, "+"),
        "dominant seventh": (True, ""),
        "minor seventh": (False, ""),
        "major seventh": (True, "M"),
        "half-diminished seventh": (False, "ø"),
        "diminished seventh": (False, "o"),
        "minor major seventh": (False, "M"),
        "augmented major seventh": (True, "+"),
    }
)
# Kind of augmented sixth: its sign, the degree and alteration of its root, its only inversion.
_SIXTHS: Mapping[str, tuple[str, int, int, int]] = MappingProxyType(
    {
        "Italian sixth": ("It", 4, 1, 1),
        "French sixth": ("Fr", 2, 0, 2),
        "German sixth": ("Ger", 4, 1, 1),
    }
)
_NEAPOLITAN = (2, -1, "major")
# Positions of the degrees on the line of fifths above the tonic.
_SCALES: Mapping[Mode, tuple[int, ...]] = MappingProxyType(
    {
        "major": (0, 2, 4, -1, 1, 3, 5),
        "minor": (0, 2, -3, -1, 1, -4, -2),
        "dorian": (0, 2, -3, -1, 1, 3, -2),
        "phrygian": (0, -5, -3, -1, 1, -4, -2),
        "lydian": (0, 2, 4, 6, 1, 3, 5),
        "mixolydian": (0, 2, 4, -1, 1, 3, -2),
    }
)
_RAISED = 7  # fifths
_RAISED_DEGREES: Mapping[Mode, tuple[int, ...]] = MappingProxyType(
    {"minor": (6, 7), "dorian": (7,)}  # under lower case
)
_MAJOR_SEVENTHS: Mapping[Mode, tuple[int, int]] = MappingProxyType(  # degrees with one in the scale
    {
        "major": (1, 4),
        "minor": (3, 6),
        "dorian": (3, 7),
        "phrygian": (2, 6),
        "lydian": (1, 5),
        "mixolydian": (4, 7),
    }
)
# Semitones and positions on the line of fifths of the unaltered third, fifth and seventh.
_STACK = ((0, 0), (4, 4), (7, 1), (11, 5))
MAX_LENGTH = 40  # letters of a numeral; nested targets would make the parser recurse
_SYNTAX = re.compile(
    r"(?P<alter>[b#♭♯]?)(?P<degree>[iI]{1,3}|[iI]?[vV]|[vV][iI]{1,2}|N|It|Fr|Ger)"
    r"(?P<sign>/[oø]|[oø°ᵒ%+]|M|maj)?"
    r"(?P<figures>6/?4/?3|6/?5/?3|6/?4/?2|5/?3|6/?3|6/?4|6/?5|4/?3|4/?2|6|7|2)?"
    r"(?:/(?P<target>.+))?"
)
_OTHER_FIGURES = {"5/3": "", "6/3": "6", "2": "42", "6/5/3": "65", "6/4/3": "43", "6/4/2": "42"}
_OTHER_SIGNS = {"°": "o", "ᵒ": "o", "/o": "ø", "/ø": "ø", "%": "ø", "maj": "M"}


@dataclass(frozen=True)
class ChordTones:
    """The notes of a chord in a key.

    Attributes:
        names: letter and alteration of root, third, fifth and seventh.
        classes: their pitch classes, 0 to 11, C = 0.
        inversion: number of the note in the bass.
    """

    names: tuple[LetterName, ...]
    classes: tuple[int, ...]
    inversion: int

    @property
    def root(self) -> int:
        """Pitch class of the root."""
        return self.classes[0]

    @property
    def bass(self) -> int:
        """Pitch class of the bass."""
        return self.classes[self.inversion]


@dataclass(frozen=True)
class Numeral:
    """A Roman numeral.

    Attributes:
        degree: degree of the root, 1 to 7.
        kind: a key of `chorale.music.chords.ALL_KINDS`.
        inversion: number of the note in the bass: 0 for the root, 1 for the third, and so on.
        alteration: semitones by which the root is altered, -1 to 1.
        target: the degree that is tonic for this chord: a major or minor triad in root position
            without a target of its own; None if it is the tonic of the key.

    Raises:
        ValueError: a part is out of range.
    """

    degree: int
    kind: str = "major"
    inversion: int = 0
    alteration: int = 0
    target: "Numeral | None" = None

    def __post_init__(self) -> None:
        if not 1 <= self.degree <= len(DEGREES):
            raise ValueError(f"degree {self.degree} is not from 1 to {len(DEGREES)}")
        if self.kind not in ALL_KINDS:
            raise ValueError(
                f"{self.kind!r} is no kind of chord; give one of {', '.join(ALL_KINDS)}"
            )
        if not 0 <= self.inversion < len(ALL_KINDS[self.kind]):
            raise ValueError(f"a {self.kind} chord has no inversion {self.inversion}")
        if not -1 <= self.alteration <= 1:
            raise ValueError(f"alteration {self.alteration} is not from -1 to 1")
        place = (self.degree, self.alteration, self.inversion)
        if self.kind in _SIXTHS and place != _SIXTHS[self.kind][1:]:
            raise ValueError(f"the {self.kind} has the lowered sixth degree in the bass")
        if self.target and not self.target.is_plain:
            raise ValueError(f"{self.target} is not a major or minor triad in root position")

    @property
    def is_plain(self) -> bool:
        """Whether this is a major or minor triad in root position, without a target."""
        return self.kind in ("major", "minor") and not self.inversion and self.target is None

    @property
    def figures(self) -> str:
        """Figures of the inversion: "", 6 or 64 of a triad, 7, 65, 43 or 42 of a seventh chord."""
        triad = len(ALL_KINDS[self.kind]) == len(TRIAD_FIGURES)
        return (TRIAD_FIGURES if triad else SEVENTH_FIGURES)[self.inversion]

    @property
    def stem(self) -> str:
        """The numeral without figures and target, such as "viio"."""
        if self.kind in _SIXTHS:
            return _SIXTHS[self.kind][0]
        if (self.degree, self.alteration, self.kind) == _NEAPOLITAN:
            return "N"
        upper, sign = _SIGNS[self.kind]
        letters = DEGREES[self.degree - 1]
        return f"{('', '#', 'b')[self.alteration]}{letters if upper else letters.lower()}{sign}"

    def __str__(self) -> str:
        target = f"/{self.target}" if self.target else ""
        return f"{self.stem}{self.figures}{target}"

    def pitch_classes(self, key: Key) -> ChordTones:
        """Return the notes of this chord in a key."""
        root = self._root_position(key)
        places = [root + step for step in _positions(self.kind)]
        return ChordTones(
            tuple(letter_name(place) for place in places),
            tuple(7 * place % OCTAVE for place in places),
            self.inversion,
        )

    def chord(self, key: Key) -> Chord:
        """Return the root, kind and bass of this chord in a key."""
        tones = self.pitch_classes(key)
        return Chord(tones.root, self.kind, tones.bass)

    def _root_position(self, key: Key) -> int:
        """Return the position of the root on the line of fifths, C = 0."""
        if self.target:
            tonic = self.target._root_position(key)
            mode: Mode = "minor" if self.target.kind == "minor" else "major"
        else:
            tonic, mode = key.sharps + FIFTHS_ABOVE_MAJOR[key.mode], key.mode
        place = tonic + _SCALES[mode][self.degree - 1]
        raised = self.degree in _RAISED_DEGREES.get(mode, ()) and not self._is_upper
        return place + _RAISED * (self.alteration + raised)

    @property
    def _is_upper(self) -> bool:
        return self.kind in AUGMENTED_SIXTHS or _SIGNS[self.kind][0]


def parse_numeral(text: str, mode: Mode | None = None) -> Numeral:
    """Parse a Roman numeral; the inverse of `str`.

    Figures may be separated by slashes (V6/5), and 2 stands for 42; "°", "%" and "/o" are other
    signs for diminished and half-diminished chords; figures of augmented sixths may be left out.

    Args:
        text: the numeral.
        mode: mode of the key. If given, an upper-case seventh chord without "M" is that of the
            scale: IV7 is a major seventh chord in major. If None, it is a dominant seventh.

    Raises:
        ValueError: the text is not a numeral.
    """
    found = _SYNTAX.fullmatch(text.strip()) if len(text) <= MAX_LENGTH else None
    letters = found["degree"] if found else ""
    if found is None or letters not in (letters.upper(), letters.lower(), "It", "Fr", "Ger"):
        raise ValueError(
            f"{text!r} is not a Roman numeral; give one such as IV, ii65, viio7, V7/V or N6"
        )
    target = parse_numeral(found["target"]) if found["target"] else None
    alteration = {"": 0, "b": -1, "♭": -1}.get(found["alter"], 1)
    figures = _normalize_figures(found["figures"] or "")
    sign = _OTHER_SIGNS.get(found["sign"] or "", found["sign"] or "")
    for kind, (name, degree, altered, inversion) in _SIXTHS.items():
        if letters == name:
            numeral = Numeral(degree, kind, inversion, altered, target)
            if sign or alteration or figures not in ("", "6", numeral.figures):
                raise ValueError(f"{text!r} is not an augmented sixth; give It6, Fr43 or Ger65")
            return numeral
    if letters == "N":
        if alteration or sign:
            raise ValueError(f"{text!r} is not a Neapolitan; give N or N6")
        letters, alteration = "II", -1
    degree = DEGREES.index(letters.upper()) + 1
    kind = _find_kind(letters.isupper(), sign, figures in SEVENTH_FIGURES, text)
    if kind == "dominant seventh" and mode and target is None and not alteration:
        kind = _seventh_in_scale(degree, mode)
    inversion = (SEVENTH_FIGURES if figures in SEVENTH_FIGURES else TRIAD_FIGURES).index(figures)
    return Numeral(degree, kind, inversion, alteration, target)


def _normalize_figures(figures: str) -> str:
    bare = figures.replace("/", "")
    return _OTHER_FIGURES.get("/".join(bare), bare)


def _find_kind(upper: bool, sign: str, seventh: bool, text: str) -> str:
    for kind, signs in _SIGNS.items():
        if signs == (upper, sign) and (len(ALL_KINDS[kind]) > 3) == seventh:
            return kind
    raise ValueError(
        f"{text!r} is no kind of chord; write a diminished one viio or viio7, a half-diminished "
        "one viiø7, an augmented one III+, a major seventh IVM7"
    )


def _seventh_in_scale(degree: int, mode: Mode) -> str:
    """Return the kind of an upper-case seventh chord: of the scale where it has one there."""
    return "major seventh" if degree in _MAJOR_SEVENTHS[mode] else "dominant seventh"


def _positions(kind: str) -> list[int]:
    """Return the places of the notes of a kind on the line of fifths, from its root."""
    return [
        place + _RAISED * (semitones - natural)
        for semitones, (natural, place) in zip(ALL_KINDS[kind], _STACK, strict=False)
    ]
