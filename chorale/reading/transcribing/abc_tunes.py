"""Divide an ABC file into tunes, and a tune into its header and the lines of its body.

A file is a book of tunes: each begins with an X: field and ends with a blank line. What stands
between the tunes is text.

Source: the ABC standard 2.1, sections 2 and 8.2.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import unescape
from types import MappingProxyType
from typing import NamedTuple

from chorale.reading.limits import MAX_TEXT, size_error
from chorale.untrusted import make_printable

MAX_LINES = 200_000
MAX_TUNES = 10_000

_FIELD = re.compile(r"([A-Za-z+]):(?![|:])(.*)")
_COMMENT = re.compile(r"(?<!\\)%.*")
_DIRECTIVE = re.compile(r"(?:%%|I:)\s*([\w-]+)\s*(.*)")
_TRANSPOSE = re.compile(r"transpose\s*=?\s*([-+]?\d{1,2})\b")
_FILE_FIELDS = ("M", "L")  # in the header of a file: defaults of its tunes
_ESCAPE = re.compile(r"""\\([`'^"~cuvo=])([A-Za-z])|\\u([0-9A-Fa-f]{4})""")
_ACCENTS = MappingProxyType(  # combining characters
    {
        "`": "\u0300",
        "'": "\u0301",
        "^": "\u0302",
        "~": "\u0303",
        '"': "\u0308",
        "c": "\u0327",
        "u": "\u0306",
        "v": "\u030c",
        "o": "\u030a",
        "=": "\u0304",
    }
)


class Field(NamedTuple):
    """An information field, or a line of music, whose letter is "".

    The letter "%" stands for a directive with properties of a voice.
    """

    letter: str
    text: str


@dataclass
class Tune:
    """A tune of an ABC file.

    Attributes:
        number: number in the X: field; "" if the file has none.
        header: fields of the header, those of the file first.
        body: lines of music, and the fields between them.
        directives: directives, by name.
        lines_after: lines with barlines between this tune's end and the next tune.
    """

    number: str = ""
    header: list[Field] = field(default_factory=list)
    body: list[Field] = field(default_factory=list)
    directives: dict[str, str] = field(default_factory=dict)
    lines_after: int = 0

    @property
    def title(self) -> str:
        """The first title; "" if there is none."""
        return next((decode_text(each.text) for each in self.header if each.letter == "T"), "")


def split_tunes(text: str, file: str) -> list[Tune]:
    """Divide a file into its tunes. A file without an X: field is one tune.

    Raises:
        ReadingError: there are too many lines or tunes.
    """
    if text.count("\n") + text.count("\r") > 2 * MAX_LINES:  # a line may end with both
        raise size_error(file, f"more than {MAX_LINES:,} lines")
    lines = re.split(r"\r\n|\r|\n", text)
    first = next((i for i, line in enumerate(lines) if line.startswith("X:")), len(lines))
    if first == len(lines):
        return [_parse_tune(lines, Tune())] if any(map(_FIELD.match, lines)) else []
    shared = _parse_tune(lines[:first], Tune())
    starts = [i for i, line in enumerate(lines) if line.startswith("X:")]
    if len(starts) > MAX_TUNES:
        raise size_error(file, f"more than {MAX_TUNES:,} tunes")
    tunes = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        defaults = [each for each in shared.header if each.letter in _FILE_FIELDS]
        tune = Tune(header=defaults, directives=dict(shared.directives))
        tunes.append(_parse_tune(lines[start:end], tune))
    return tunes


def _parse_tune(lines: Sequence[str], tune: Tune) -> Tune:
    """Add the lines of a tune to its header and body."""
    in_body = ended = False
    for line in lines:
        if ended or (not line.strip() and tune.number):
            ended = True
            tune.lines_after += "|" in line and not line.startswith("%")
            continue
        if directive := _DIRECTIVE.match(line):
            name, value = directive[1].lower(), directive[2]
            if name == "midi" and (moved := _TRANSPOSE.match(value)):
                (tune.body if in_body else tune.header).append(Field("%", f"transpose={moved[1]}"))
            tune.directives[name] = value
            continue
        code = _COMMENT.sub("", line).rstrip()
        found = _FIELD.match(code)
        if found is None:
            in_body = in_body or bool(code)
            if code:
                tune.body.append(Field("", code))
            continue
        letter, content = found[1], found[2].strip()
        if letter == "X":
            tune.number = content[:20]
            continue
        fields = tune.body if in_body else tune.header
        if letter == "+" and fields:
            fields[-1] = Field(fields[-1].letter, f"{fields[-1].text} {content}")
            continue
        fields.append(Field(letter, content))
        in_body = in_body or letter == "K"
    return tune


def decode_text(text: str) -> str:
    """Decode the accents of a text, which may be written as a backslash and two characters."""

    def decode(found: re.Match[str]) -> str:
        if found[3]:
            return chr(int(found[3], 16))
        return unicodedata.normalize("NFC", found[2] + _ACCENTS[found[1]])

    return make_printable(unescape(_ESCAPE.sub(decode, text[: 4 * MAX_TEXT]))).strip()
