"""How a checkpoint stores the tables of its calibration: as bytes, deflated together.

A number is a byte, a multiple of QUANTUM. The bytes of all tables, in the order of FAMILIES, are
compressed as in RFC 1950 (zlib), since most contexts are too rare to be corrected. Files of older
versions have a tensor of bytes for each table.
"""

import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chorale.aliases import Floats
from chorale.errors import CheckpointError
from chorale.network.calibration import FAMILIES, LARGEST, QUANTUM

DEFLATED = "deflated"
SIZES = {name: rows * columns for name, (rows, columns) in FAMILIES.items()}

Tables = Mapping[str, NDArray[np.int8]]


def quantize(calibration: Mapping[str, Floats]) -> dict[str, NDArray[np.int8]]:
    """Return tables in bytes; corrections beyond LARGEST count as LARGEST."""
    return {
        name: np.rint(np.clip(table, -LARGEST, LARGEST) / QUANTUM).astype(np.int8)
        for name, table in calibration.items()
    }


def deflate(tables: Tables) -> NDArray[np.uint8]:
    """Compress all tables of FAMILIES, in bytes; the inverse of `inflate`."""
    joined = b"".join(tables[name].tobytes() for name in FAMILIES)
    return np.frombuffer(zlib.compress(joined, 9), np.uint8)


def inflate(deflated: NDArray[Any]) -> dict[str, NDArray[np.int8]]:
    """Return the tables in bytes.

    Raises:
        ValueError: the array does not hold the tables of FAMILIES.
    """
    total, inflater = sum(SIZES.values()), zlib.decompressobj()
    if deflated.dtype != np.uint8:
        raise ValueError(f"{deflated.dtype}, not uint8")
    try:
        joined = inflater.decompress(deflated.tobytes(), total + 1)
    except zlib.error as error:
        raise ValueError("not zlib data") from error
    if len(joined) != total or not inflater.eof:
        raise ValueError(f"{len(joined):,} bytes, not {total:,}")
    ends = np.cumsum(list(SIZES.values()))
    parts = np.split(np.frombuffer(joined, np.int8), ends[:-1])
    return {
        name: part.reshape(shape)
        for (name, shape), part in zip(FAMILIES.items(), parts, strict=True)
    }


def read_calibration(stored: Mapping[str, NDArray[Any]]) -> dict[str, Floats]:
    """Return the tables of a checkpoint's tensors; without tensors, none.

    Args:
        stored: the tensors, either DEFLATED or a table for each of FAMILIES.

    Raises:
        CheckpointError: a table is missing, unknown, or of a wrong shape or type.
    """
    tables = dict(stored)
    try:
        if tables.keys() == {DEFLATED}:
            tables = inflate(tables[DEFLATED])
    except ValueError:
        tables = {DEFLATED: np.zeros(0)}
    of_bytes = all(table.dtype == np.int8 for table in tables.values())
    shapes = {name: table.shape for name, table in tables.items()}
    if tables and not (of_bytes and shapes == dict(FAMILIES)):
        raise CheckpointError(
            "its calibration is damaged, or of another version; run `chorale calibrate` again"
        )
    return {name: np.float32(QUANTUM) * table for name, table in sorted(tables.items())}
