"""Divide ABC music code into tokens.

Source: the ABC standard 2.1, section 4.
"""

import re
from collections.abc import Iterator
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from chorale.reading.transcribing.score import ScoreMetre

# Each alternative begins with another character or is short, so that no text takes long.
_TOKENS = MappingProxyType(
    {
        "field": r"\[(?P<letter>[A-Za-z]):(?P<content>[^\]\n]*)\]",
        "text": r'"(?P<quoted>[^"\n]*)"',
        "decoration": r"!(?P<name>[^!\s|]{1,30})!|\+(?P<old_name>[a-zA-Z0-9().<>]{1,30})\+",
        "bar": r"\.?(?:(?P<sign>\[?\|[|:]{0,4}\]?|:{1,4}\|[|:]{0,4}\]?|::|\[\]|\[\|\])"
        r"(?:\s?\[?(?P<passes>\d{1,2}(?:[,-]\d{1,2}){0,8}))?|\[(?P<alone>\d{1,2}(?:[,-]\d{1,2}){0,8}))",
        "tuplet": r"\((?P<many>\d)(?::(?P<time>\d?))?(?::(?P<notes>\d{0,2}))?",
        "grace": r"\{/?(?P<graces>[^{}\n]{0,200})\}",
        "chord": r"\[(?P<notes_inside>[^\[\]\n|:]{1,200})\](?P<chord_length>\d{0,4}/{0,4}\d{0,4})",
        "note": r"(?P<accidental>\^\^|\^|__|_|=)?(?P<pitch>[A-Ga-g])(?P<marks>[,']{0,8})"
        r"(?P<length>\d{0,4}/{0,4}\d{0,4})",
        "rest": r"(?P<rest_kind>[zxZX])(?P<rest_length>\d{0,4}/{0,4}\d{0,4})",
        "tie": r"\.?-",
        "broken": r"(?P<signs><{1,3}|>{1,3})",
        "slur": r"\.?(?P<slur_kind>[()])",
        "overlay": r"&",
        "shorthand": r"[.~H-Wh-w]",
        "blank": r"[\s`$\\*;?@#]+|y\d{0,3}|!",
        "other": r".",
    }
)
_TOKEN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _TOKENS.items()))
_IN_CHORD = re.compile(
    r"(?P<accidental>\^\^|\^|__|_|=)?(?P<pitch>[A-Ga-g])(?P<marks>[,']{0,8})"
    r"(?P<length>\d{0,4}/{0,4}\d{0,4})(?P<tie>-?)"
)
_TUPLET_TIMES = MappingProxyType({2: 3, 3: 2, 4: 3, 6: 2, 8: 3})
_COMPOUND = ("6", "9", "12")  # eighths
_MAX_LENGTH = 1_000  # default lengths


class Token(NamedTuple):
    """A token: its kind, and what the pattern found in it."""

    kind: str
    found: re.Match[str]


def tokenize(code: str) -> Iterator[Token]:
    """Yield the tokens of music code, blanks left out."""
    for found in _TOKEN.finditer(code):
        kind = next(kind for kind in _TOKENS if found[kind] is not None)
        if kind != "blank":
            yield Token(kind, found)


def list_chord(inside: str) -> list[re.Match[str]]:
    """Return the notes between the brackets of a chord, or the braces of grace notes."""
    return list(_IN_CHORD.finditer(inside))


def parse_multiple(text: str) -> Fraction:
    """Parse the length of a note, as a multiple of the default length: "3/2", "/", "//", "2".

    Raises:
        ValueError: the length is 0, or longer than any note.
    """
    number, slash, rest = text.partition("/")
    divisor = rest.lstrip("/")
    slashes = len(slash) + len(rest) - len(divisor)
    below = int(divisor) if divisor else 2**slashes
    above = int(number) if number else 1
    if not above or not below or above > _MAX_LENGTH * below:
        raise ValueError(f'"{text}" as the length of a note')
    return Fraction(above, below)


def find_tuplet_time(many: int, stated: str | None, metre: ScoreMetre | None) -> int:
    """Return in the time of how many notes the `many` notes of a tuplet are played.

    Args:
        many: the notes of the tuplet.
        stated: the number in the tuplet's sign; "" or None if there is none.
        metre: the metre, on which the time of uncommon tuplets depends; None for none.
    """
    compound = metre is not None and metre.unit == 8 and metre.count in _COMPOUND
    return int(stated or 0) or _TUPLET_TIMES.get(many, 3 if compound else 2)
