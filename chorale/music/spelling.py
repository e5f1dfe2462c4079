"""How a pitch is written: F sharp or G flat.

A pitch gets the name that is nearest to the middle of its key on the line of fifths (... B flat, F,
C, G, D, A, E, B, F sharp ...). Around the middle stand the names of the scale, of the raised
degrees of its minor, and of the leading tones to its degrees. Where a second name is almost as
near, the melody decides: a note that goes up by a semitone is a sharper leading tone, one that goes
down by a semitone a flatter one.

Source: the line of fifths as a model of spelling is D. Temperley's (The Cognition of Basic Musical
Structures, 2001, chapter 5). The middles are those, of a few tried, by which most notes of Bach's
training split get his own spelling; of all his notes it is 99.95 % (`scripts/spelling_figures.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from chorale.music import Key, Mode

LETTERS_BY_FIFTHS = "FCGDAEB"
# In fifths above the tonic of the major key with the same signature.
MIDDLES: Mapping[Mode, float] = MappingProxyType({"major": 2.5, "minor": 3.5})
ALMOST = 1  # fifths by which a second name may be farther from the middle
_PLACES = range(-15, 20)  # F double flat to B double sharp, from C = 0


@dataclass(frozen=True)
class Spelling:
    """A written pitch.

    Attributes:
        letter: A to G.
        alter: semitones by which its accidental alters the letter, sharps positive.
        octave: of the letter, as scientific notation counts: middle C is in octave 4, the B sharp
            that sounds like it in octave 3.
    """

    letter: str
    alter: int
    octave: int

    @property
    def name(self) -> str:
        """Such as "F#4" or "Bb3"."""
        accidental = "#" * self.alter if self.alter > 0 else "b" * -self.alter
        return f"{self.letter}{accidental}{self.octave}"


def spelled(pitch: int, key: Key | None) -> Spelling:
    """A lone MIDI number as it is written in a key; in C major where the key is unknown."""
    return _written(pitch, _nearest(pitch, key)[0])


def spelled_line(pitches: Sequence[int], key: Key | None) -> list[Spelling]:
    """The notes of one voice as they are written.

    Args:
        pitches: MIDI numbers, a note each, in order of time.
        key: None is C major.
    """
    return [
        _written(pitch, _place(pitch, before, after, key))
        for before, pitch, after in zip(
            _others_before(pitches), pitches, _others_after(pitches), strict=True
        )
    ]


def _place(pitch: int, before: int, after: int, key: Key | None) -> int:
    """The place on the line of fifths of a note between two others."""
    nearest, second = _nearest(pitch, key)
    middle = _middle(key)
    if abs(second - middle) - abs(nearest - middle) > ALMOST:
        return nearest
    if after - pitch == 1 or (before - pitch == 1 and after > pitch):
        return max(nearest, second)
    return min(nearest, second) if after - pitch == -1 else nearest


def _others_after(pitches: Sequence[int]) -> list[int]:
    """For each note the next one of another pitch; itself at the end."""
    others = list(pitches)
    for place in range(len(pitches) - 2, -1, -1):
        following = pitches[place + 1]
        others[place] = following if following != pitches[place] else others[place + 1]
    return others


def _others_before(pitches: Sequence[int]) -> list[int]:
    return _others_after(pitches[::-1])[::-1]


@cache
def _nearest(pitch: int, key: Key | None) -> tuple[int, int]:
    """The two places on the line of fifths that sound like a pitch and are nearest to the key."""
    middle = _middle(key)
    alike = (place for place in _PLACES if (7 * place - pitch) % 12 == 0)
    nearest, second, *_ = sorted(alike, key=lambda place: abs(place - middle))
    return nearest, second


def _middle(key: Key | None) -> float:
    return key.sharps + MIDDLES[key.mode] if key else MIDDLES["major"]


def _written(pitch: int, place: int) -> Spelling:
    letter, alter = LETTERS_BY_FIFTHS[(place + 1) % 7], (place + 1) // 7
    return Spelling(letter, alter, (pitch - alter) // 12 - 1)
