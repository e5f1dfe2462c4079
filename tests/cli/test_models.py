"""`chorale models`: the list of the models that come with chorale."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tiny_network import saved, tiny_checkpoint

from chorale import models

ABOUT = {
    "data": "bach",
    "split": "train",
    "command": "chorale train",
    "minutes": 3.5,
    "figures": {"valid_nll": 0.5, "test_nll": 0.6},
}


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of two shipped models; one has no record of its training."""
    monkeypatch.setattr(models, "FOLDER", tmp_path)
    saved(replace(tiny_checkpoint(), about=ABOUT), tmp_path).rename(tmp_path / "bach.safetensors")
    saved(replace(tiny_checkpoint(), about={}), tmp_path)
    return tmp_path


def test_the_models_are_listed_with_their_training_and_size(run, shelf):
    status, out, err = run("models", "--json")
    assert (status, err) == (0, "")
    checkpoint = tiny_checkpoint()
    size = round((shelf / "bach.safetensors").stat().st_size / 1e6, 1)
    weights = sum(weight.size for weight in checkpoint.weights.values())
    bach, tiny = json.loads(out)
    assert bach == {
        "name": "bach",
        "default": True,
        "data": "bach",
        "split": "train",
        "command": "chorale train",
        "calibration": None,
        "critic": None,
        "critic_auc": None,
        "weights": weights,
        "megabytes": size,
        "valid_nll": 0.5,
        "test_nll": 0.6,
        "minutes": 3.5,
        "fingerprint": checkpoint.fingerprint,
    }
    assert (tiny["name"], tiny["default"]) == ("tiny", False)
    assert tiny["test_nll"] is tiny["minutes"] is tiny["data"] is None


def test_the_table_has_a_row_a_model_and_a_star_at_the_default(run, shelf):
    status, out, err = run("models")
    assert (status, err) == (0, "")
    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in out.splitlines()]
    (bach,) = (row for row in rows if row[0] == "bach *")
    assert bach[1] == "bach, train"
    assert bach[4:] == ["0.5000", "0.6000", "3.5"]
    (tiny,) = (row for row in rows if row[0] == "tiny")
    assert tiny[1:2] + tiny[4:] == ["unknown"] * 4


def test_what_ships_fits_into_80_columns(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    _, out, _ = run("models")
    assert all(len(line) <= 80 for line in out.splitlines())
    for name in models.list_models():
        assert out.count(f"│ {name} ") == 1
