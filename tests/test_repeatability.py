"""The same seed gives the same files in any environment, with the shipped network."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import chorale
from chorale.rendering.formats import FORMATS

ENVIRONMENTS = (
    {"PYTHONHASHSEED": "1", "OPENBLAS_NUM_THREADS": "1", "TZ": "UTC"},
    {"PYTHONHASHSEED": "2", "OPENBLAS_NUM_THREADS": "4", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
)


def test_two_processes_write_the_same_bytes_in_every_format(tmp_path: Path) -> None:
    folders = []
    for number, environment in enumerate(ENVIRONMENTS):
        folders.append(tmp_path / f"{number}")
        words = ["--bars", "2", "--seed", "3", "--format", ",".join(FORMATS), "--quiet"]
        subprocess.run(
            [sys.executable, "-m", "chorale", "generate", *words, "-o", str(folders[-1])],
            check=True,
            env={**os.environ, **environment},
        )
    first, second = ({p.name: p.read_bytes() for p in folder.iterdir()} for folder in folders)
    assert len(first) == len(FORMATS)
    assert first == second


@pytest.mark.parametrize("count", [1, 3, 40])  # 40 chorales take more than one batch
def test_a_chorale_is_the_same_however_many_are_composed(count: int) -> None:
    together = chorale.generate(bars=1, seed=5, count=count)
    assert together[0] == chorale.generate(bars=1, seed=5)[0]
    assert together[-1] == chorale.generate(bars=1, seed=5, count=count + 1)[count - 1]
