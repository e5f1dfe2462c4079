"""LilyPond's notation of strings, pitches, note values and names of variables.

Pitches are absolute and have LilyPond's Dutch names: c' is middle C, fis F sharp, ees E flat.
"""

import re
from collections.abc import Iterable, Iterator

from chorale.music import Mode
from chorale.music.keys import FIFTHS_ABOVE_MAJOR
from chorale.music.spelling import LETTERS_BY_FIFTHS, LetterName, Spelling
from chorale.rendering.metadata import make_encodable
from chorale.rendering.score.note_values import WRITABLE_STEPS

_VALUES = ("1.", "1", "2.", "2", "4.", "4", "8.", "8", "16")
_NAMES = dict(zip(WRITABLE_STEPS, _VALUES, strict=True))
_DIGITS = ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
# Syllables of letters and the usual marks around them, which LilyPond reads without quotes.
_PLAIN_SYLLABLE = re.compile(
    "['\u2018\u2019]?[^\\W\\d_]+(['\u2019][^\\W\\d_]+)*['\u2019]?[,;:!?.]?"
)
_LANGUAGE_OCTAVE = 3  # octave of a note without marks


def quote(text: str) -> str:
    r"""Return a text as a LilyPond string on one line, in which "\", "%" and "#" are no code."""
    escaped = make_encodable(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{" ".join(escaped.split())}"'


def quote_syllable(text: str) -> str:
    """Return a syllable as it stands in lyrics: in quotes if it is more than letters.

    LilyPond draws "~" in lyrics as a tie, but not in markup.
    """
    if "~" in text:
        return f"\\markup \\concat {{ {quote(text)} }}"
    return text if _PLAIN_SYLLABLE.fullmatch(text) else quote(text)


def comment(text: str) -> str:
    """Return a text as a comment on one line."""
    return f"% {' '.join(make_encodable(text).split())}".rstrip()


def note_value(steps: int) -> str:
    """Return a length as one note value, such as "4.", or as a multiple of one, such as "4*5"."""
    if steps in _NAMES:
        return _NAMES[steps]
    unit = next(unit for unit in (16, 8, 4, 2, 1) if steps % unit == 0)
    return f"{_NAMES[unit]}*{steps // unit}"


def pitch(spelling: Spelling) -> str:
    """Return a written pitch, such as "fis'"."""
    marks = spelling.octave - _LANGUAGE_OCTAVE
    return letter_name((spelling.letter, spelling.alter)) + ("'" * marks or "," * -marks)


def letter_name(name: LetterName) -> str:
    """Return the name of a pitch without its octave, such as "bes"."""
    letter, alter = name
    return letter.lower() + ("is" * alter or "es" * -alter)


def key_signature(sharps: int, mode: Mode) -> str:
    r"""Return the command for a key with these sharps, flats negative, such as "\key g \minor"."""
    place = sharps + FIFTHS_ABOVE_MAJOR[mode] + 1  # on the line of fifths, from F
    name = letter_name((LETTERS_BY_FIFTHS[place % 7], place // 7))
    return f"\\key {name} \\{mode}"


def variable(*words: str) -> str:
    """Return a name of a variable, which has letters only: "sopranoVerseOne"."""
    spelled = [re.sub(r"\d", lambda digit: _DIGITS[int(digit[0])], word) for word in words]
    parts = re.findall("[A-Za-z]+", " ".join(spelled))
    first, *others = parts
    return first.lower() + "".join(part[0].upper() + part[1:] for part in others)


def block(opening: str, lines: Iterable[str], closing: str) -> Iterator[str]:
    """Yield lines between an opening and a closing line, indented by two blanks."""
    yield opening
    yield from (f"  {line}" if line else "" for line in lines)
    yield closing
