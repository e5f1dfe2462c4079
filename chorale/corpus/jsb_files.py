"""The two file formats of the JSB Chorales data set, parsed in memory and not trusted.

- An archive of CSV files, `train|valid|test/chorale_NNN.csv`: a line of four column names, then for
  each step a line of four MIDI numbers, soprano to bass, with 0 for silence.
- A JSON object with three lists of chorales, in the order of NNN. A chorale is a list of steps, a
  step a list of four MIDI numbers, with -1 for silence.
"""

import gzip
import io
import re
import tarfile
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from chorale.corpus.corpus import SPLITS
from chorale.errors import DataError
from chorale.music import MAX_STEPS, REST, VOICES, Chorale, Plan, from_pitches
from chorale.untrusted import parse_json

_MEMBER = re.compile(r"(?:\./)?(train|valid|test)/chorale_(\d{3})\.csv")
_HIGHEST_PITCH = 127
_MAX_BYTES = 50_000_000  # unpacked; the real archive has 382 members
_MAX_MEMBER_BYTES = 1_000_000  # the largest real member has 8,000
_CSV_SILENCE = 0
_JSON_SILENCE = -1

Splits = Mapping[str, tuple[Chorale, ...]]


def parse_csv_archive(content: bytes, file: str) -> Splits:
    """Parse a gzipped tar archive of CSV files; nothing is written to the disk.

    Args:
        content: bytes of the archive.
        file: name of the archive in messages.

    Raises:
        DataError: the archive is damaged or holds a link or a path that leads out of it, a CSV file
            is malformed, or a split is empty.
    """
    numbered: dict[str, dict[int, Chorale]] = {split: {} for split in SPLITS}
    try:
        with gzip.open(io.BytesIO(content)) as packed:
            unpacked = packed.read(_MAX_BYTES + 1)
        if len(unpacked) > _MAX_BYTES:
            raise DataError(f"{file} unpacks to more than {_MAX_BYTES} bytes; do not trust it")
        with tarfile.open(fileobj=io.BytesIO(unpacked), mode="r:") as archive:
            for member in archive:
                _check_member(member, file)
                match = _MEMBER.fullmatch(member.name)
                opened = archive.extractfile(member) if match and member.isreg() else None
                if match and opened:
                    split, number = match[1], int(match[2])
                    text = opened.read().decode("utf-8", "replace")
                    numbered[split][number] = _parse_csv(text, f"{file}: {member.name}", number)
    except (
        *(tarfile.TarError, EOFError, OSError, zlib.error),
        *(ValueError, RecursionError),  # raised by a malformed header
    ) as error:
        raise DataError(f"{file} is a damaged archive ({error}); fetch it again") from error
    return _make_splits({s: [c for _, c in sorted(numbered[s].items())] for s in SPLITS}, file)


def parse_json_splits(content: bytes, file: str) -> Splits:
    """Parse the JSON file.

    Args:
        content: bytes of the file.
        file: name of the file in messages.

    Raises:
        DataError: the file is not JSON, a step is malformed, or a split is empty.
    """
    try:
        lists = parse_json(content)
        pieces = [(split, steps) for split in SPLITS for steps in lists[split]]
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{file} is not a JSON object with the lists {', '.join(SPLITS)}; fetch it again"
        ) from error
    chorales: dict[str, list[Chorale]] = {split: [] for split in SPLITS}
    for number, (split, steps) in enumerate(pieces):
        where = f"{file}: {split}, chorale {len(chorales[split])}"
        if not isinstance(steps, list):
            raise DataError(f"{where} is not a list of steps; fetch the file again")
        rows = [
            _parse_step(step, f"{where}, step {place}", _JSON_SILENCE)
            for place, step in enumerate(steps)
        ]
        chorales[split].append(_make_chorale(rows, number, where))
    return _make_splits(chorales, file)


def _check_member(member: tarfile.TarInfo, file: str) -> None:
    """Check that a member of the archive is harmless.

    Raises:
        DataError: the member's path leads out of the archive, or the member is a link, a device or
            too large.
    """
    parts = member.name.replace("\\", "/").split("/")
    if member.name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]:
        raise DataError(
            f"{file} holds {member.name!r}, a path that leads out of it; do not trust it"
        )
    if not (member.isreg() or member.isdir()):
        raise DataError(f"{file} holds {member.name!r}, a link or device; do not trust it")
    if member.size > _MAX_MEMBER_BYTES:
        raise DataError(f"{file} holds {member.name!r} of {member.size} bytes; do not trust it")


def _parse_csv(text: str, where: str, number: int) -> Chorale:
    lines = text.splitlines()
    if not lines or len(lines[0].split(",")) != len(VOICES):
        raise DataError(f"{where}, line 1: need a line of {len(VOICES)} column names")
    rows = []
    for line_number, line in enumerate(lines[1:], start=2):
        place = f"{where}, line {line_number}"
        try:
            values = [int(value) for value in line.split(",")]
        except ValueError as error:
            raise DataError(
                f"{place}: {line[:40]!r} is not {_describe_allowed(_CSV_SILENCE)}"
            ) from error
        rows.append(_parse_step(values, place, _CSV_SILENCE))
    return _make_chorale(rows, number, where)


def _parse_step(values: Any, where: str, silence: int) -> list[int]:
    """Check the four values of a step, and replace silence by REST.

    Raises:
        DataError: the values are not four MIDI numbers.
    """
    valid = isinstance(values, list) and len(values) == len(VOICES)
    valid = valid and all(type(v) is int and min(silence, 0) <= v <= _HIGHEST_PITCH for v in values)
    if not valid:
        raise DataError(f"{where}: {str(values)[:40]} is not {_describe_allowed(silence)}")
    return [REST if value == silence else value for value in values]


def _describe_allowed(silence: int) -> str:
    return f"{len(VOICES)} MIDI numbers from 0 to {_HIGHEST_PITCH}, {silence} for silence"


def _make_chorale(rows: Sequence[list[int]], number: int, where: str) -> Chorale:
    if not rows:
        raise DataError(f"{where} has no steps; need at least one")
    if len(rows) > MAX_STEPS:
        raise DataError(f"{where} has more than {MAX_STEPS} steps; do not trust it")
    return from_pitches(np.array(rows, np.int16), Plan(len(rows)), f"JSB {number}")


def _make_splits(chorales: Mapping[str, Sequence[Chorale]], file: str) -> Splits:
    empty = [split for split in SPLITS if not chorales[split]]
    if empty:
        raise DataError(f"{file} has no chorales for {', '.join(empty)}; fetch it again")
    return {split: tuple(chorales[split]) for split in SPLITS}
