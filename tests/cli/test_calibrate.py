"""`chorale calibrate`: what it writes, what it keeps, and what it refuses."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import Run
from made_up import made_up_corpus
from tiny_network import OPTIONS, saved, tiny_checkpoint

from chorale.composing.jobs import calibrating
from chorale.network.calibration import FAMILIES
from chorale.network.checkpoint import load_checkpoint
from chorale.training import critic

CORPUS = made_up_corpus(name="bach")
ABOUT = {"data": "bach", "split": "train", "command": "chorale train"}
FEW = ("--rounds", "2", "--count", "2", "--data", "bach")


@pytest.fixture(autouse=True)
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder with a tiny model, and made-up chorales for Bach's."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHORALE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("chorale.corpus.bach.build", lambda progress: CORPUS)
    monkeypatch.setattr(critic, "EPOCHS", 2)
    saved(replace(tiny_checkpoint(), about=ABOUT), Path())


def test_a_calibration_is_added_and_all_else_stays(run: Run) -> None:
    status, out, err = run("calibrate", "tiny.safetensors", "-o", "new.safetensors", *FEW)
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert [line.split()[:2] for line in lines[:2]] == [["round", "1"], ["round", "2"]]
    assert re.fullmatch(
        r"critic     separates \d+\.\d % of the pairs of a chorale of Bach's validation split and "
        "one of its own",
        lines[2],
    )
    assert lines[3] == "To compose with it: chorale generate --model new.safetensors"
    before, after = (load_checkpoint(Path(f"{name}.safetensors")) for name in ("tiny", "new"))
    assert not before.calibration
    assert {name: table.shape for name, table in after.calibration.items()} == dict(FAMILIES)
    assert any(table.any() for table in after.calibration.values())
    for name, values in before.weights.items():
        np.testing.assert_array_equal(after.weights[name], values)
    own = {name: after.about[name] for name in ("calibration", "critic", "figures")}
    assert {**before.about, **own} == after.about
    assert after.about["calibration"].startswith("chorale ")
    assert after.about["critic"] == after.about["calibration"]
    assert 0 <= after.about["figures"]["critic_auc"] <= 1
    assert after.critic
    assert after.fingerprint != before.fingerprint
    status, _, err = run("generate", "--model", "new.safetensors", "--bars", "2", "-o", "a.mid")
    assert (status, err) == (0, "")


def test_the_same_seed_gives_the_same_calibration_and_more_rounds_go_on_from_it(run: Run) -> None:
    for name in ("one", "two"):
        status, *_ = run("calibrate", "tiny.safetensors", "-o", f"{name}.safetensors", *FEW)
        assert status == 0
    one, two = (load_checkpoint(Path(f"{name}.safetensors")) for name in ("one", "two"))
    assert one.fingerprint == two.fingerprint
    status, *_ = run("calibrate", "one.safetensors", "-o", "more.safetensors", *FEW)
    assert status == 0
    more = load_checkpoint(Path("more.safetensors"))
    size = {
        name: sum(float(abs(table).sum()) for table in checkpoint.calibration.values())
        for name, checkpoint in (("one", one), ("more", more))
    }
    assert size["more"] > size["one"]
    assert more.about["calibration"].startswith(one.about["calibration"] + "; chorale ")


def test_the_data_are_those_of_the_training_unless_named(run: Run) -> None:
    few = FEW[:4]
    status, _, err = run("calibrate", "tiny.safetensors", "-o", "new.safetensors", *few)
    assert (status, err) == (0, "")
    saved(replace(tiny_checkpoint(), about={}), Path())
    status, _, err = run("calibrate", "tiny.safetensors", "-o", "other.safetensors", *few)
    assert status == 2
    assert "use --data" in err
    assert not Path("other.safetensors").exists()


def test_no_rounds_train_the_critic_alone(run: Run) -> None:
    status, *_ = run("calibrate", "tiny.safetensors", "-o", "one.safetensors", *FEW)
    assert status == 0
    one = load_checkpoint(Path("one.safetensors"))
    none = ("--rounds", "0", *FEW[2:], "--seed", "5")
    status, out, err = run("calibrate", "one.safetensors", "-o", "two.safetensors", *none)
    assert (status, err) == (0, "")
    assert out.startswith("critic")
    two = load_checkpoint(Path("two.safetensors"))
    for name, table in one.calibration.items():
        np.testing.assert_array_equal(table, two.calibration[name])
    assert two.about["calibration"] == one.about["calibration"]
    assert two.about["critic"] != one.about["critic"]
    assert (two.critic["0/hidden/kernel"] != one.critic["0/hidden/kernel"]).any()


def test_nothing_is_overwritten(run: Run) -> None:
    content = Path("tiny.safetensors").read_bytes()
    status, out, err = run("calibrate", "tiny.safetensors", "-o", "tiny.safetensors", *FEW)
    assert (status, out) == (1, "")
    assert "--force" in err
    assert Path("tiny.safetensors").read_bytes() == content
    status, *_ = run("calibrate", "tiny.safetensors", "-o", "tiny.safetensors", "--force", *FEW)
    assert status == 0
    assert load_checkpoint(Path("tiny.safetensors")).calibration


def test_a_checkpoint_needs_its_suffix(run: Run) -> None:
    status, _, err = run("calibrate", "tiny.safetensors", "-o", "new.mid", *FEW)
    assert status == 2
    assert "a checkpoint is a .safetensors file, not new.mid" in err


def test_a_network_without_an_encoder_is_refused(run: Run) -> None:
    options = replace(OPTIONS, encoder_units=0)
    saved(replace(tiny_checkpoint(options=options), about=ABOUT), Path())
    status, _, err = run("calibrate", "tiny.safetensors", "-o", "new.safetensors", *FEW)
    assert status == 2
    assert err.count("\n") == 1
    assert not Path("new.safetensors").exists()


@pytest.mark.parametrize("words", [("--rounds", "-1"), ("--count", "0"), ("--seed", "-1")])
def test_options_have_their_intervals(run: Run, words: tuple[str, str]) -> None:
    status, _, err = run("calibrate", "tiny.safetensors", "-o", "new.safetensors", *words)
    assert status == 2
    assert words[0] in err


def test_quiet_prints_nothing(run: Run) -> None:
    found = run("calibrate", "tiny.safetensors", "-o", "new.safetensors", *FEW, "-q")
    assert found == (0, "", "")


def test_an_interrupted_run_keeps_its_last_round(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    fit = calibrating.calibrate

    def interrupted(*arguments: Any) -> Iterator[calibrating.Round]:
        yield next(fit(*arguments))
        raise KeyboardInterrupt

    monkeypatch.setattr(calibrating, "calibrate", interrupted)
    status, out, _ = run("calibrate", "tiny.safetensors", "-o", "new.safetensors", *FEW)
    assert status == 130
    assert out.startswith("round   1")
    found = load_checkpoint(Path("new.safetensors"))
    assert found.calibration
    assert not found.critic  # that of another calibration
    assert not list(Path().glob(".*"))  # neither a lock nor half a file
