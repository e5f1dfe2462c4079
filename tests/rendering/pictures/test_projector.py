"""Files for TensorBoard's projector, read as TensorBoard reads them."""

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_network import tiny_checkpoint

from chorale.network.embeddings import Embeddings, read_embeddings
from chorale.rendering.pictures.projector import COLUMNS, CONFIG, METADATA, VECTORS, projector_files


@pytest.fixture
def embeddings() -> Embeddings:
    """Embeddings of an untrained network."""
    return read_embeddings(tiny_checkpoint())


def table(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode()), delimiter="\t"))


def test_the_vectors_are_read_back_exactly(embeddings: Embeddings) -> None:
    rows = table(projector_files(embeddings)[VECTORS])
    np.testing.assert_array_equal(np.array(rows, np.float32), embeddings.vectors)


def test_every_vector_has_a_line_of_metadata(embeddings: Embeddings) -> None:
    columns, *rows = table(projector_files(embeddings)[METADATA])
    assert tuple(columns) == COLUMNS
    assert [row[0] for row in rows] == list(embeddings.labels)
    assert ["F#4", "66", "F#", "4", "note"] in rows
    assert ["C2", "36", "C", "2", "note"] in rows
    assert ["HOLD", "", "", "", "HOLD"] in rows
    assert {row[4] for row in rows} == {"note", "REST", "HOLD", "START", "UNKNOWN"}


def test_tensorboard_finds_both_tables(embeddings: Embeddings, tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    from google.protobuf import text_format
    from tensorboard.plugins.projector import ProjectorConfig

    files = projector_files(embeddings)
    config: Any = text_format.Parse(files[CONFIG].decode(), ProjectorConfig())
    [one] = config.embeddings
    assert {one.tensor_path, one.metadata_path} < files.keys()
    assert one.tensor_name
