"""What is read from files of strangers: no more than a limit, and nothing but what it should be."""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

Kind = TypeVar("Kind")

_MARKS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"  # which some scripts are written with
MAX_HEADER_BYTES = 16_000_000  # of a safetensors file; those of our networks have less than 100,000


def read_at_most(path: Path, most: int) -> bytes | None:
    """A file's content; None if it is longer than `most` bytes, of which no more are read.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        content = file.read(most + 1)
    return content if len(content) <= most else None


def check_safetensors(path: Path, most_bytes: int) -> None:
    """Check the size of a safetensors file, and what it says of its header's.

    Raises:
        ValueError: one of them is too large, in words.
        OSError: it cannot be read.
    """
    if path.stat().st_size > most_bytes:
        raise ValueError(f"it has more than {most_bytes // 10**9} GB")
    with path.open("rb") as file:
        header_bytes = int.from_bytes(file.read(8), "little")
    if header_bytes > MAX_HEADER_BYTES:
        raise ValueError(f"it claims a header of more than {MAX_HEADER_BYTES // 10**6} MB")


def parse_json(text: str | bytes) -> Any:
    """What a JSON text says.

    Raises:
        ValueError: it is none, or nested deeper than Python goes.
    """
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("lists in lists in lists without end") from error


def require_int(value: Any) -> int:
    """A value that must be a whole number.

    Raises:
        ValueError: it is none.
    """
    if type(value) is not int:
        raise ValueError(f"{str(value)[:40]} is no whole number")
    return value


def dataclass_from_json(kind: type[Kind], values: Mapping[str, Any]) -> Kind:
    """A dataclass of what a JSON text has for its fields; numbers and texts must be such.

    Raises:
        ValueError: one is not.
        TypeError: one is missing, or unknown.
    """
    assert is_dataclass(kind)
    given = dict(values)
    for field in fields(kind):
        value = given.get(field.name)
        if field.name not in given:
            continue
        if field.type is int:
            require_int(value)
        elif field.type is float and (type(value) not in (int, float)):
            raise ValueError(f"{field.name} is no number")
        elif isinstance(value, list):
            given[field.name] = tuple(require_int(item) for item in value)
    return kind(**given)


def printable(text: str) -> str:
    """A text that can be shown on a terminal and does nothing to it.

    Control characters, of which a terminal's commands are made, become spaces; marks that are not
    seen, such as those that turn the direction of writing, are left out.
    """
    categories = {letter: unicodedata.category(letter) for letter in set(text)}
    told = (
        " " if categories[letter] in ("Cc", "Zl", "Zp") else letter
        for letter in text
        if categories[letter] != "Cf" or letter in _MARKS
    )
    return "".join(told)
