"""Spelling of pitches: F sharp or G flat.

A pitch gets the name that is nearest to the middle of its key on the line of fifths (... B flat, F,
C, G, D, A, E, B, F sharp ...). Around the middle lie the names of the scale, of the raised degrees
of its minor, and of the leading tones to its degrees. Where a second name is almost as near, the
melody decides: a note that rises by a semitone is spelled as the sharper leading tone, one that
falls by a semitone as the flatter one.

Source: the line of fifths as a model of spelling is D. Temperley's (The Cognition of Basic Musical
Structures, 2001, chapter 5). Of the few middles that were tried, these spell most notes of Bach's
training split as he did; of all his notes they spell 99.95 % so (`scripts/measure/spelling.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from chorale.music.keys import MODES, Key, Mode
from chorale.music.voices import OCTAVE

LetterName = tuple[str, int]  # a letter, A to G, and semitones by which it is altered

LETTERS_BY_FIFTHS = "FCGDAEB"
_SEMITONES = MappingProxyType({"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11})
# Position in fifths above the tonic of the major key with the same signature.
MIDDLES: Mapping[Mode, float] = MappingProxyType(
    {**dict.fromkeys(MODES, 2.5), "minor": 3.5, "phrygian": 3.5}
)
ALMOST = 1  # fifths by which a second name may be farther from the middle
_LINE_OF_FIFTHS = range(-15, 20)  # F double flat to B double sharp; C = 0


@dataclass(frozen=True)
class Spelling:
    """A written pitch.

    Attributes:
        letter: A to G.
        alter: semitones by which the accidental alters the letter; sharps are positive.
        octave: octave of the letter in scientific notation: middle C is in octave 4, the B sharp
            of the same pitch in octave 3.
    """

    letter: str
    alter: int
    octave: int

    @property
    def name(self) -> str:
        """Name of the written pitch, such as "F#4" or "Bb3"."""
        accidental = "#" * self.alter if self.alter > 0 else "b" * -self.alter
        return f"{self.letter}{accidental}{self.octave}"

    @property
    def pitch(self) -> int:
        """MIDI number of the written pitch."""
        return OCTAVE * (self.octave + 1) + _SEMITONES[self.letter] + self.alter


def letter_name(position: int) -> LetterName:
    """Return the letter and alteration of a position on the line of fifths; C is 0."""
    return LETTERS_BY_FIFTHS[(position + 1) % 7], (position + 1) // 7


def name_class(name: LetterName) -> int:
    """Return the pitch class of a letter and its alteration, 0 to 11, C = 0."""
    letter, alter = name
    return (_SEMITONES[letter] + alter) % OCTAVE


def spell(pitch: int, key: Key | None) -> Spelling:
    """Spell a single MIDI number in a key, or in C major if the key is None."""
    return _spell_at(pitch, _nearest_positions(pitch, key)[0])


def spell_line(pitches: Sequence[int], key: Key | None) -> list[Spelling]:
    """Spell the notes of one voice.

    Args:
        pitches: MIDI numbers, one for each note, in order of time.
        key: the key; None means C major.
    """
    return [
        _spell_at(pitch, _choose_position(pitch, before, after, key))
        for before, pitch, after in zip(
            _previous_others(pitches), pitches, next_others(pitches), strict=True
        )
    ]


def _choose_position(pitch: int, before: int, after: int, key: Key | None) -> int:
    """Choose a pitch's position on the line of fifths by the pitches before and after it."""
    nearest, second = _nearest_positions(pitch, key)
    middle = _middle(key)
    if abs(second - middle) - abs(nearest - middle) > ALMOST:
        return nearest
    if after - pitch == 1 or (before - pitch == 1 and after > pitch):
        return max(nearest, second)
    return min(nearest, second) if after - pitch == -1 else nearest


def next_others(pitches: Sequence[int]) -> list[int]:
    """Return the next different pitch after each note, or the note's own pitch at the end."""
    others = list(pitches)
    for number in range(len(pitches) - 2, -1, -1):
        following = pitches[number + 1]
        others[number] = following if following != pitches[number] else others[number + 1]
    return others


def _previous_others(pitches: Sequence[int]) -> list[int]:
    return next_others(pitches[::-1])[::-1]


@cache
def _nearest_positions(pitch: int, key: Key | None) -> tuple[int, int]:
    """Return the two positions of a pitch on the line of fifths that are nearest to the key."""
    middle = _middle(key)
    same_pitch = (place for place in _LINE_OF_FIFTHS if (7 * place - pitch) % OCTAVE == 0)
    nearest, second, *_ = sorted(same_pitch, key=lambda place: abs(place - middle))
    return nearest, second


def _middle(key: Key | None) -> float:
    return key.sharps + MIDDLES[key.mode] if key else MIDDLES["major"]


def _spell_at(pitch: int, position: int) -> Spelling:
    letter, alter = letter_name(position)
    return Spelling(letter, alter, (pitch - alter) // OCTAVE - 1)
