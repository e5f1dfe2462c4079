"""Models are found by the name they are shipped under, or as files."""

from pathlib import Path

import pytest
from tiny_network import saved, tiny_checkpoint

from chorale import models
from chorale.corpus import Corpus
from chorale.errors import CheckpointError
from chorale.judging.evaluation import evaluate
from chorale.network.checkpoint import load_checkpoint


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of shipped models: bach and jsb, beside a file that is none."""
    folder = tmp_path / "models"
    folder.mkdir()
    for name in ("jsb.safetensors", "bach.safetensors", "__init__.py"):
        (folder / name).touch()
    monkeypatch.setattr(models, "FOLDER", folder)
    monkeypatch.chdir(tmp_path)
    return folder


def test_the_shipped_models_are_listed_by_name(shelf: Path) -> None:
    assert models.shipped() == ["bach", "jsb"]


def test_a_name_means_the_shipped_model_even_beside_a_file_of_that_name(shelf: Path) -> None:
    Path("bach").touch()
    assert models.find("bach") == shelf / "bach.safetensors"
    assert models.find("./bach") == Path("bach")


def test_anything_else_is_a_path(shelf: Path) -> None:
    path = saved(tiny_checkpoint(), shelf.parent)
    assert models.find(str(path)) == path
    assert models.find(path.name) == Path(path.name)


@pytest.mark.parametrize("model", ["handel", "models", "", "bach.safetensors", "x" * 300])
def test_what_is_neither_is_refused_with_the_models_there_are(shelf: Path, model: str) -> None:
    with pytest.raises(CheckpointError, match=r"no model .*come with chorale \(bach, jsb\)"):
        models.find(model)


def test_the_default_model_ships_and_is_small() -> None:
    path = models.find(models.DEFAULT)
    assert path.parent == models.FOLDER
    assert path.stat().st_size < 20e6


def test_every_shipped_model_says_how_it_was_made_and_what_was_measured() -> None:
    for name in models.shipped():
        about = load_checkpoint(models.find(name)).about
        assert about["split"] == "train"
        assert about["command"].startswith("chorale train")
        assert {"data", "fingerprint", "training", "minutes", "figures"} <= about.keys()
        assert {"valid_nll", "test_nll"} <= about["figures"].keys()


def test_the_default_model_knows_bach(bach_corpus: Corpus) -> None:
    checkpoint = load_checkpoint(models.find(models.DEFAULT))
    assert checkpoint.about["fingerprint"] == bach_corpus.fingerprint
    found = evaluate(checkpoint, bach_corpus.splits["valid"][:4])
    assert found.nll_per_note < 0.6
    assert found.onset_accuracy > 0.4
