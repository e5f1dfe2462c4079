"""Read files from strangers safely: bounded sizes, checked JSON, text that is safe to print."""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

Kind = TypeVar("Kind")

_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"  # invisible, but some scripts need them
MAX_SHOWN = 80  # letters of a text in a message
MAX_DIGITS = 9  # of a number in a text: more than any bar, part or figure has
MAX_HEADER_BYTES = 16_000_000  # header of a safetensors file; our networks' have less than 100,000


def read_at_most(path: Path, most: int) -> bytes | None:
    """Return the content of a file; None if the file is longer than `most` bytes.

    No more than one byte beyond `most` is read.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        content = file.read(most + 1)
    return content if len(content) <= most else None


def check_safetensors(path: Path, most_bytes: int) -> None:
    """Check the size of a safetensors file, and the header size that the file declares.

    Raises:
        ValueError: the file or its header is too large; the message is a clause, such as "it has
            more than 4 GB".
        OSError: the file cannot be read.
    """
    if path.stat().st_size > most_bytes:
        raise ValueError(f"it has more than {most_bytes // 10**9} GB")
    with path.open("rb") as file:
        header_bytes = int.from_bytes(file.read(8), "little")
    if header_bytes > MAX_HEADER_BYTES:
        raise ValueError(f"it claims a header of more than {MAX_HEADER_BYTES // 10**6} MB")


def parse_json(text: str | bytes) -> Any:
    """Parse a JSON text.

    Raises:
        ValueError: the text is not JSON, or is nested too deeply for Python's parser.
    """
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("JSON nested too deeply") from error


def parse_digits(text: str) -> int | None:
    """Return the number that a text of at most MAX_DIGITS decimal digits writes; None for others.

    Python refuses to convert thousands of digits.
    """
    is_number = text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS
    return int(text) if is_number else None


def require_int(value: Any) -> int:
    """Check that a value is a whole number, and return the value.

    Raises:
        ValueError: the value is not an int; a bool does not count as one.
    """
    if type(value) is not int:
        raise ValueError(f"{str(value)[:40]} is not a whole number")
    return value


def dataclass_from_json(kind: type[Kind], values: Mapping[str, Any]) -> Kind:
    """Make a dataclass from the fields of a JSON object; lists become tuples of whole numbers.

    Raises:
        ValueError: the value of an int field, or an item of a list, is not a whole number, or the
            value of a float field is not a number.
        TypeError: a field is missing or unknown.
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
            raise ValueError(f"{field.name} is not a number")
        elif isinstance(value, list):
            given[field.name] = tuple(require_int(item) for item in value)
    return kind(**given)


def shorten(text: str) -> str:
    """Return a text for a message, its end left out if it has more than MAX_SHOWN letters."""
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."


def make_printable(text: str) -> str:
    """Make a text safe to print on a terminal.

    Control characters, which a terminal may take as commands, become spaces. Invisible format
    characters, such as those that reverse the direction of writing, are removed.
    """
    categories = {letter: unicodedata.category(letter) for letter in set(text)}
    kept = (
        " " if categories[letter] in ("Cc", "Zl", "Zp") else letter
        for letter in text
        if categories[letter] != "Cf" or letter in _JOINERS
    )
    return "".join(kept)
