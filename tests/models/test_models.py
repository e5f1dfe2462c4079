"""Models are found by the names of those in the package, or as files."""

from pathlib import Path

import pytest
from tiny_network import saved, tiny_checkpoint

from chorale import models
from chorale.corpus import Corpus
from chorale.errors import CheckpointError
from chorale.judging.evaluation import evaluate
from chorale.network.checkpoint import load_checkpoint


@pytest.fixture
def model_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of two models, bach and jsb, and a file that is not a model."""
    folder = tmp_path / "models"
    folder.mkdir()
    for name in ("jsb.safetensors", "bach.safetensors", "__init__.py"):
        (folder / name).touch()
    monkeypatch.setattr(models, "FOLDER", folder)
    monkeypatch.chdir(tmp_path)
    return folder


def test_the_models_in_the_package_are_listed_by_name(model_folder: Path) -> None:
    assert models.list_models() == ["bach", "jsb"]


def test_a_name_is_that_of_a_model_even_beside_a_file_of_that_name(model_folder: Path) -> None:
    Path("bach").touch()
    assert models.find("bach") == model_folder / "bach.safetensors"
    assert models.find("./bach") == Path("bach")


def test_anything_else_is_a_path(model_folder: Path) -> None:
    path = saved(tiny_checkpoint(), model_folder.parent)
    assert models.find(str(path)) == path
    assert models.find(path.name) == Path(path.name)


@pytest.mark.parametrize("model", ["handel", "models", "", "bach.safetensors", "x" * 300])
def test_anything_but_a_name_or_a_file_is_refused_with_the_names(
    model_folder: Path, model: str
) -> None:
    with pytest.raises(CheckpointError, match=r"no model .*come with chorale \(bach, jsb\)"):
        models.find(model)


def test_the_default_model_is_in_the_package_and_small() -> None:
    path = models.find(models.DEFAULT)
    assert path.parent == models.FOLDER
    assert path.stat().st_size < 20e6


def test_every_model_records_its_training_and_its_results() -> None:
    for name in models.list_models():
        about = load_checkpoint(models.find(name)).about
        assert about["split"] == "train"
        assert about["command"].startswith("chorale train")
        assert {"data", "fingerprint", "training", "minutes", "figures"} <= about.keys()
        assert {"valid_nll", "test_nll"} <= about["figures"].keys()


def test_the_default_model_predicts_bach(bach_corpus: Corpus) -> None:
    checkpoint = load_checkpoint(models.find(models.DEFAULT))
    assert checkpoint.about["fingerprint"] == bach_corpus.fingerprint
    found = evaluate(checkpoint, bach_corpus.splits["valid"][:4])
    assert found.nll_per_note < 0.6
    assert found.onset_accuracy > 0.4
