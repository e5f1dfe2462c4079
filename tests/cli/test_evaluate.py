"""`chorale evaluate`: its data, its figures and its errors."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from command import Run
from made_up import made_up_chorale, made_up_corpus
from tiny_network import saved, tiny_checkpoint

from chorale.judging.evaluation import describe_protocol, evaluate
from chorale.music import Chorale, digest
from chorale.rendering.sound.midi import midi_bytes

CORPUS = made_up_corpus(name="bach")  # 6 chorales to train on, 2 for validation, 1 for the test
VALID = CORPUS.splits["valid"]
BACH = {"data": "bach", "split": "train", "command": "chorale train"}


@pytest.fixture(autouse=True)
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, a home without data sets, and made-up chorales for Bach's."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHORALE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("chorale.corpus.bach.build", lambda progress: CORPUS)


def model(about: dict[str, Any], *known: Chorale) -> str:
    """Name of a file of a tiny model with this record of its training, on these chorales."""
    if known:
        about = {**about, "chorales": [digest(chorale) for chorale in known]}
    return saved(replace(tiny_checkpoint(), about=about), Path()).name


def facts(run: Run, *words: str) -> dict[str, Any]:
    """What the command prints with --json; it must succeed."""
    status, out, err = run("evaluate", *words, "--json")
    assert (status, err) == (0, "")
    found: dict[str, Any] = json.loads(out)
    return found


def test_a_model_is_measured_on_the_validation_split_of_what_it_was_trained_on(run):
    status, out, err = run("evaluate", "--model", model(BACH))
    measured = evaluate(tiny_checkpoint(), VALID)
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == (
        f"tiny.safetensors on the valid split of bach: {measured.nll_per_note:.4f} nats a note"
    )
    assert lines[1].startswith(f"by voice: soprano {measured.nll_by_voice['soprano']:.3f}, alto ")
    assert f"over {measured.notes} notes of 2 chorales" in lines
    assert f"protocol: {describe_protocol(measured, tiny_checkpoint(), 'bach', 'valid')}" in lines
    assert lines[-1] == (
        "trained on the train split of bach by `chorale train`; none of these 2 chorales were in it"
    )


def test_json_has_the_figures_and_their_protocol(run):
    found = facts(run, "--model", model(BACH, *CORPUS.splits["train"]))
    measured = evaluate(tiny_checkpoint(), VALID)
    assert found == {
        "model": "tiny.safetensors",
        "fingerprint": tiny_checkpoint().fingerprint,
        "data": "bach",
        "split": "valid",
        "given": [],
        "transposed": 0,
        "nll_per_note": measured.nll_per_note,
        "nll_per_chorale_mean": measured.nll_per_chorale_mean,
        "nll_by_voice": measured.nll_by_voice,
        "accuracy": measured.accuracy,
        "onset_accuracy": measured.onset_accuracy,
        "notes": measured.notes,
        "chorales": 2,
        "seen": 0,
        "trained_on": BACH,
        "protocol": describe_protocol(measured, tiny_checkpoint(), "bach", "valid"),
        "skipped": [],
        "notices": [],
    }


def test_voices_can_be_given(run):
    found = facts(run, "--model", model(BACH), "--given", "bass, soprano")
    measured = evaluate(tiny_checkpoint(), VALID, given=["soprano", "bass"])
    assert found["given"] == ["soprano", "bass"]
    assert found["nll_by_voice"] == measured.nll_by_voice
    assert list(found["nll_by_voice"]) == ["alto", "tenor"]
    assert found["notes"] == measured.notes


def test_predictions_can_be_averaged_over_transpositions(run):
    found = facts(run, "--model", model(BACH), "--transposed", "2")
    measured = evaluate(tiny_checkpoint(), VALID, transposed=2)
    assert found["nll_per_note"] == measured.nll_per_note
    assert found["transposed"] == 2
    status, out, err = run("evaluate", "--transposed", "12")
    assert (status, out) == (2, "")
    assert "--transposed" in err
    assert re.search(r"less than or equal to 11|0<=x<=11", err)  # as Typer words it


@pytest.mark.parametrize("known", [CORPUS.splits["test"], CORPUS.splits["test"] + VALID])
def test_no_figure_is_called_a_test_of_a_model_trained_on_the_test_split(run, known):
    words = ["evaluate", "--model", model({**BACH, "data": "mine"}, *known), "--data", "bach"]
    status, out, err = run(*words, "--split", "test")
    assert (status, out) == (1, "")
    assert err == (
        "chorale: cannot test this model on bach: it was trained on the train split of mine by "
        "`chorale train`, which contains 1 of 1 test chorales; choose another --split or --data\n"
    )
    status, out, _ = run(*words)  # on valid, which claims nothing
    assert status == 0
    number = "2 of these 2 chorales were" if len(known) > 1 else "none of these 2 chorales were"
    assert f"by `chorale train`; {number} in it\n" in out


def test_the_train_split_can_be_measured_and_its_chorales_are_counted_as_seen(run):
    words = ["--model", model(BACH, *CORPUS.splits["train"]), "--split", "train"]
    assert facts(run, *words)["seen"] == 6


def test_a_folder_serves_as_data(run):
    folder = Path("my chorales")
    folder.mkdir()
    for number in range(4):
        (folder / f"{number}.mid").write_bytes(midi_bytes(made_up_chorale(24, number)))
    (folder / "broken.mid").write_bytes(b"no MIDI")
    words = ["--model", model(BACH), "--data", str(folder)]
    found = facts(run, *words, "--split", "test")
    assert (found["data"], found["chorales"], found["seen"]) == ("folder my chorales", 1, 0)
    assert found["skipped"][0].startswith("broken.mid: ")
    _, out, _ = run("evaluate", *words)
    assert out.startswith("left out broken.mid: ")


@pytest.mark.parametrize("about", [{"data": "folder my chorales"}, {}])
def test_a_model_does_not_record_where_its_training_data_are(run, about):
    status, out, err = run("evaluate", "--model", model(about))
    assert (status, out) == (2, "")
    known = "trained on folder my chorales and does not record where that is"
    assert (known if about else "the model does not record its training data") in err
    assert "--data" in err


def test_voices_given_to_a_model_without_conditioning_are_refused_before_data_are_read(run):
    unconditional = replace(tiny_checkpoint(), about={"data": "jsb", "training": {"evidence": 0.0}})
    path = saved(unconditional, Path())  # jsb is not there
    status, out, err = run("evaluate", "--model", str(path), "--given", "bass")
    assert (status, out) == (2, "")
    assert "trained without given notes" in err


@pytest.mark.parametrize(
    ("words", "status", "reason"),
    [
        (["--given", "soprano,treble"], 2, "'treble' is not a voice; choose from soprano"),
        (["--given", "alto,alto"], 2, "alto is given twice"),
        (["--given", "alto,bass,tenor,soprano"], 2, "none is left to score"),
        (["--given", ""], 2, "'' is not a voice"),
        (["--split", "all"], 2, "'all' is not one of"),
        (["--model", "handel"], 1, "no model handel"),
        (["--data", "nowhere"], 1, "there is no data set 'nowhere'"),
        (["--data", ""], 1, "there is no data set ''"),
        (["--data", "empty"], 1, "empty has 0 usable chorales"),
        (["--data", "jsb"], 1, "chorale data download"),
    ],
)
def test_bad_input_is_an_error_of_one_line(run, words, status, reason):
    Path("empty").mkdir()
    found, out, err = run("evaluate", *words)
    assert (found, out) == (status, "")
    assert err.startswith("chorale: ")
    assert reason in err
    assert err.count("\n") == 1
