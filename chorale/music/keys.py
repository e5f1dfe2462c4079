"""Keys and the names of pitches.

A key is a tonic and a mode: major, minor or one of four church modes, whose tonic is the final.
Ionian and Aeolian are major and minor; Locrian has no triad on its final to close on.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, get_args

from chorale.music.voices import OCTAVE

Mode = Literal["major", "minor", "dorian", "phrygian", "lydian", "mixolydian"]
TonalMode = Literal["major", "minor"]
MODES: tuple[Mode, ...] = get_args(Mode)

_LETTERS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11, "h": 11}
# Tonic of each mode above that of the major key with its signature, in semitones and in fifths.
_DEGREES: Mapping[Mode, int] = MappingProxyType(
    {"major": 0, "minor": 9, "dorian": 2, "phrygian": 4, "lydian": 5, "mixolydian": 7}
)
FIFTHS_ABOVE_MAJOR: Mapping[Mode, int] = MappingProxyType(
    {"major": 0, "minor": 3, "dorian": 2, "phrygian": 4, "lydian": -1, "mixolydian": 1}
)
_MINOR_THIRD: tuple[Mode, ...] = ("minor", "dorian", "phrygian")
_MAJOR_SCALE = (0, 2, 4, 5, 7, 9, 11)
_SHARPS_OF_MAJOR = {0: 0, 7: 1, 2: 2, 9: 3, 4: 4, 11: 5, 6: 6, 1: -5, 8: -4, 3: -3, 10: -2, 5: -1}
# The line of fifths from C flat, the tonic of the major key with seven flats, to A sharp.
_NAMES_BY_FIFTHS = ["Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B"]
_NAMES_BY_FIFTHS += ["F#", "C#", "G#", "D#", "A#"]
_NAMES_FROM_C = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")

_SIGNS = {"": 0, "#": 1, "\u266f": 1, " sharp": 1, "b": -1, "\u266d": -1, " flat": -1}
_GERMAN_SIGNS = {"is": 1, "es": -1, "s": -1}
_MODE_NAMES: Mapping[str, Mode] = MappingProxyType(
    {
        **dict.fromkeys(("major", "maj", "ionian", "ion"), "major"),
        **dict.fromkeys(("minor", "min", "m", "aeolian", "aeo"), "minor"),
        **{name: mode for mode in MODES[2:] for name in (mode, mode[:3])},
    }
)
_GERMAN_MODES: Mapping[str, Mode] = MappingProxyType(
    {
        **dict.fromkeys(("dur", "ionisch"), "major"),
        **dict.fromkeys(("moll", "aeolisch", "\u00e4olisch"), "minor"),
        **{f"{mode[:-3]}isch": mode for mode in ("dorian", "lydian", "mixolydian")},
        "phrygisch": "phrygian",
    }
)
_NAME = re.compile(
    r"([a-h])(is|es|(?<=[ae])s| sharp| flat|[#\u266fb\u266d]?)[ -]*([a-z\u00e4]*)", re.IGNORECASE
)


@dataclass(frozen=True)
class Key:
    """A tonic (pitch class 0 to 11, C = 0) and a mode."""

    tonic: int
    mode: Mode

    def __post_init__(self) -> None:
        if not 0 <= self.tonic <= 11:
            raise ValueError(f"tonic {self.tonic} is not a pitch class from 0 to 11")
        if self.mode not in MODES:
            raise ValueError(f"mode {self.mode!r} must be one of {', '.join(MODES)}")

    @property
    def sharps(self) -> int:
        """Number of sharps in the key signature, -5 to 6; flats are negative."""
        return _SHARPS_OF_MAJOR[(self.tonic - _DEGREES[self.mode]) % OCTAVE]

    @property
    def name(self) -> str:
        """Name of the key, such as "F# minor" or "D dorian"."""
        position = self.sharps + len("FCGDAEB") + FIFTHS_ABOVE_MAJOR[self.mode]
        return f"{_NAMES_BY_FIFTHS[position]} {self.mode}"

    @property
    def third(self) -> TonalMode:
        """Kind of the third above the tonic, which is that of the triad on it."""
        return "minor" if self.mode in _MINOR_THIRD else "major"

    @property
    def tonal(self) -> "Key":
        """The major or minor key on the same tonic: D minor for D dorian, or the key itself.

        Bach's settings of modal tunes are read as these keys (`chorale.reading.facts`), so the
        network has learnt them so.
        """
        return self if self.mode in ("major", "minor") else Key(self.tonic, self.third)

    @property
    def scale(self) -> tuple[int, ...]:
        """The seven pitch classes of the scale, from the tonic up; minor is natural minor."""
        degrees = sorted((each - _DEGREES[self.mode]) % OCTAVE for each in _MAJOR_SCALE)
        return tuple((self.tonic + each) % OCTAVE for each in degrees)

    @classmethod
    def parse(cls, text: str) -> "Key":
        """Parse the name of a key, such as "G minor", "Bb", "F#m", "D dorian" or "h-Moll".

        Without a mode, a capital letter is a major key and a small one a minor key. German names
        (H, is, es, Dur, Moll, dorisch) may be used: in them B is B flat, so that "B-Dur" is B flat
        major, but "B" and "b" alone are English.

        Raises:
            ValueError: the text is not the name of a key.
        """
        found = _NAME.fullmatch(text.strip())
        letter, sign, mode_name = found.groups() if found else ("", "", "")
        mode = _find_mode(letter, mode_name)
        is_german = sign.lower() in _GERMAN_SIGNS or mode_name.lower() in _GERMAN_MODES
        if mode is None or (letter in "Hh" and sign and not is_german):
            raise ValueError(
                f"{text!r} is not a key; give one such as G, G minor, F# minor, Bb major, "
                "D dorian or h-Moll"
            )
        tonic = _LETTERS[letter.lower()] + (_SIGNS | _GERMAN_SIGNS)[sign.lower()]
        if is_german and letter in "Bb" and not sign:
            tonic -= 1
        return cls(tonic % OCTAVE, mode)

    @classmethod
    def from_sharps(cls, sharps: int, mode: Mode) -> "Key":
        """Return the key with a number of sharps in its signature; flats are negative."""
        return cls((7 * sharps + _DEGREES[mode]) % OCTAVE, mode)

    def transposed(self, semitones: int) -> "Key":
        """Return this key transposed up by a number of semitones."""
        return replace(self, tonic=(self.tonic + semitones) % OCTAVE)


def _find_mode(letter: str, name: str) -> Mode | None:
    """Return the mode of a key's name, by the case of its letter if it names none."""
    if not name or not letter:
        return ("minor" if letter.islower() else "major") if letter else None
    if name == "M":  # "CM" is C major
        return "major"
    return _MODE_NAMES.get(name.lower()) or _GERMAN_MODES.get(name.lower())


def pitch_name(pitch: int) -> str:
    """Return the name of a pitch, such as "F#4" for 66; black keys get sharps."""
    return f"{_NAMES_FROM_C[pitch % OCTAVE]}{pitch // OCTAVE - 1}"
