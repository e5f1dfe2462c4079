"""Keys and the names of pitches."""

import re
from dataclasses import dataclass, replace
from typing import Literal

from chorale.music.voices import OCTAVE

Mode = Literal["major", "minor"]

_LETTERS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_SHARPS_OF_MAJOR = {0: 0, 7: 1, 2: 2, 9: 3, 4: 4, 11: 5, 6: 6, 1: -5, 8: -4, 3: -3, 10: -2, 5: -1}
# The line of fifths from C flat, the tonic of the major key with seven flats, to A sharp.
_NAMES_BY_FIFTHS = ["Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B"]
_NAMES_BY_FIFTHS += ["F#", "C#", "G#", "D#", "A#"]
_NAMES_FROM_C = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


@dataclass(frozen=True)
class Key:
    """A tonic (pitch class 0 to 11, C = 0) and a mode."""

    tonic: int
    mode: Mode

    def __post_init__(self) -> None:
        if not 0 <= self.tonic <= 11:
            raise ValueError(f"tonic {self.tonic} is not a pitch class from 0 to 11")
        if self.mode not in ("major", "minor"):
            raise ValueError(f"mode {self.mode!r} is neither 'major' nor 'minor'")

    @property
    def sharps(self) -> int:
        """Number of sharps in the key signature, -5 to 6; flats are negative."""
        return _SHARPS_OF_MAJOR[self.tonic if self.mode == "major" else (self.tonic + 3) % OCTAVE]

    @property
    def name(self) -> str:
        """Name of the key, such as "F# minor"."""
        position = self.sharps + (7 if self.mode == "major" else 10)
        return f"{_NAMES_BY_FIFTHS[position]} {self.mode}"

    @classmethod
    def parse(cls, text: str) -> "Key":
        """Parse the name of a key, such as "G minor", "Bb", "f sharp minor" or "F#m".

        Raises:
            ValueError: the text is not the name of a key.
        """
        words = re.sub(r"M$", "major", text.strip()).lower()  # "CM" is C major
        words = words.replace(" sharp", "#").replace(" flat", "b")
        found = re.fullmatch(r"([a-g])([#\u266fb\u266d]?)[ -]*(major|maj|minor|min|m|)", words)
        if not found:
            raise ValueError(
                f"{text!r} is not a key; give one such as G, G minor, F# minor or Bb major"
            )
        letter, accidental, mode = found.groups()
        sharps = {"": 0, "#": 1, "\u266f": 1}.get(accidental, -1)
        tonic = _LETTERS[letter] + sharps
        return cls(
            tonic % OCTAVE, "minor" if mode.startswith("m") and "maj" not in mode else "major"
        )

    @classmethod
    def from_sharps(cls, sharps: int, mode: Mode) -> "Key":
        """Return the key with a number of sharps in its signature; flats are negative."""
        return cls((7 * sharps + (0 if mode == "major" else 9)) % OCTAVE, mode)

    def transposed(self, semitones: int) -> "Key":
        """Return this key transposed up by a number of semitones."""
        return replace(self, tonic=(self.tonic + semitones) % OCTAVE)


def pitch_name(pitch: int) -> str:
    """Return the name of a pitch, such as "F#4" for 66; black keys get sharps."""
    return f"{_NAMES_FROM_C[pitch % OCTAVE]}{pitch // OCTAVE - 1}"
