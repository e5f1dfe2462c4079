"""Tables of a calibration as they are stored."""

import zlib

import numpy as np
import pytest

from chorale.errors import CheckpointError
from chorale.network.calibration import FAMILIES, LARGEST, QUANTUM
from chorale.network.calibration_storage import (
    DEFLATED,
    deflate,
    inflate,
    quantize,
    read_calibration,
)


def random_tables() -> dict[str, np.ndarray]:
    generator = np.random.default_rng(1)
    return {
        name: generator.integers(-127, 128, shape, np.int8) * (generator.random(shape) < 0.1)
        for name, shape in FAMILIES.items()
    }


def test_inflated_tables_are_those_that_were_deflated() -> None:
    tables = random_tables()
    found = inflate(deflate(tables))
    assert list(found) == list(FAMILIES)
    for name, table in tables.items():
        assert found[name].dtype == np.int8
        np.testing.assert_array_equal(found[name], table)


def test_tables_of_older_files_are_read_as_deflated_ones_are() -> None:
    tables = random_tables()
    deflated = read_calibration({DEFLATED: deflate(tables)})
    for name, table in read_calibration(tables).items():
        np.testing.assert_array_equal(deflated[name], table)
        np.testing.assert_array_equal(table, tables[name] * np.float32(QUANTUM))
        assert table.dtype == np.float32
    assert read_calibration({}) == {}


def test_quantized_corrections_are_within_their_limits() -> None:
    found = quantize({"turn": np.array([9.0, -9.0, 0.6 * QUANTUM, LARGEST], np.float32)})
    assert found["turn"].tolist() == [127, -127, 1, 127]


@pytest.mark.parametrize(
    "damaged",
    [
        np.zeros(10, np.uint8),
        deflate(random_tables())[:-9],
        deflate(random_tables()).astype(np.float32),
        np.frombuffer(zlib.compress(bytes(2_000_000)), np.uint8),
    ],
    ids=["no zlib data", "cut off", "floats", "too long"],
)
def test_damaged_bytes_are_refused(damaged: np.ndarray) -> None:
    with pytest.raises(CheckpointError, match="calibration is damaged"):
        read_calibration({DEFLATED: damaged})
