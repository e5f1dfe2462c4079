"""`chorale embeddings`, with a network that is not trained."""

import re
from pathlib import Path

import pytest
from command import Run

FILES = ["embeddings.png", "metadata.tsv", "projector_config.pbtxt", "vectors.tsv"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder."""
    monkeypatch.chdir(tmp_path)


def there(folder: str = ".") -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


def test_the_files_are_written_and_described(run: Run, tiny_model: Path) -> None:
    status, out, err = run("embeddings", "-o", "out/notes", "--model", str(tiny_model))
    assert (status, err) == (0, "")
    assert there("out/notes") == FILES
    number = r"-?\d\.\d\d"
    written, plane, similarity, neighbours = out.splitlines()
    assert written.startswith("out/notes: 53 symbols of 3 numbers each, and embeddings.png; ")
    assert re.fullmatch(r"the plane shows \d+% of the variance of E2 to G5, .*", plane)
    assert re.fullmatch(
        f".*: semitone {number}, whole tone {number}, fourth {number}, tritone {number}, "
        f"fifth {number}, octave {number}",
        similarity,
    )
    assert re.fullmatch(r".*: fifths by [+-]\d\.\d\d and octaves by [+-]\d\.\d\d", neighbours)
    for path in Path("out/notes").iterdir():
        assert str(tiny_model.parent).encode() not in path.read_bytes()


def test_nothing_is_overwritten_unless_forced(run: Run, tiny_model: Path) -> None:
    Path("metadata.tsv").write_text("mine")
    words = ["embeddings", "-o", ".", "--model", str(tiny_model)]
    status, out, err = run(*words)
    assert (status, out) == (1, "")
    assert err.startswith("chorale: metadata.tsv exists; ")
    assert there() == ["metadata.tsv"]
    assert run(*words, "--force")[0] == 0
    assert there() == FILES
    assert Path("metadata.tsv").read_text().startswith("label\t")


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["-o", "out", "--model", "nowhere"], 1, "no model nowhere"),
        (["-o", "file"], 1, "cannot write file/embeddings.png: file is not a folder"),
        (["-o", "-"], 2, "embeddings are several files"),
        ([], 2, "missing option '-o' / '--output'"),
    ],
)
def test_an_output_that_cannot_be_written_is_an_error_of_one_line_and_leaves_nothing(
    run: Run, words: list[str], status: int, message: str
) -> None:
    Path("file").touch()
    ended = run("embeddings", *words)
    assert ended[:2] == (status, "")
    assert re.match(f"chorale: {message}", ended[2])
    assert ended[2].count("\n") == 1
    assert there() == ["file"]
