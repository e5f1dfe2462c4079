import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from made_up import made_up_chorale, made_up_corpus

from chorale.files import reserve
from chorale.network.checkpoint import load_checkpoint
from chorale.rendering.sound.midi import midi_bytes

SMALL = ["--units", "4", "--layers", "1", "--epochs", "2"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of four-part MIDI files, one of which cannot be used."""
    folder = tmp_path / "my chorales"
    folder.mkdir()
    for number in range(4):
        (folder / f"{number}.mid").write_bytes(midi_bytes(made_up_chorale(24, number)))
    (folder / "broken.mid").write_bytes(b"no MIDI")
    return folder


def test_a_folder_is_trained_on_and_the_checkpoint_composes(run, folder, tmp_path):
    output = tmp_path / "mine.safetensors"
    options = [*SMALL, "--dropout", "0.1", "--evidence", "0.25", "--head-units", "5"]
    options += ["--encoder-units", "3", "--towers", "2", "--kernel", "6", "--stride", "2"]
    options += ["--embedding-range", "0.5", "--input-dropout", "0.15", "--shuffled", "0.35"]
    status, out, err = run("train", "--data", str(folder), "-o", str(output), *options)
    assert (status, err) == (0, "")
    assert "left out broken.mid: " in out
    assert "device CPU" in out or "device GPU" in out
    assert "epoch   2" in out
    assert "validation NLL" in out
    assert f"chorale generate --model {output}" in out
    checkpoint = load_checkpoint(output)
    about = checkpoint.about
    assert about["command"].startswith("chorale train --data ")
    assert (about["training"]["epochs"], about["training"]["evidence"]) == (2, 0.25)
    assert (checkpoint.options.units, checkpoint.options.head_units) == (4, 5)
    assert (checkpoint.options.dropout, checkpoint.options.input_dropout) == (0.1, 0.15)
    assert (checkpoint.options.embedding_range, checkpoint.options.shuffled) == (0.5, 0.35)
    assert (checkpoint.options.encoder_units, checkpoint.options.towers) == (3, 2)
    assert (checkpoint.options.kernel, checkpoint.options.stride) == (6, 2)
    status, out, _ = run(
        "generate", "--model", str(output), "-o", str(tmp_path / "c.mid"), "--bars", "2"
    )
    assert status == 0
    assert (tmp_path / "c.mid").is_file()
    # an earlier run is neither overwritten nor resumed with other options
    before = output.read_bytes()
    status, _, err = run("train", "--data", str(folder), "-o", str(output))
    assert status == 1
    assert "exists" in err
    assert "--resume" in err
    status, _, err = run("train", "--resume", "--epochs", "9", "-o", str(output))
    assert status == 2
    assert "leave out --epochs" in err
    status, out, _ = run("train", "--resume", "-o", str(output))
    assert status == 0
    assert "complete after 2 epochs" in out
    assert output.read_bytes() == before


def test_ctrl_c_keeps_the_best_epoch_and_prints_how_to_resume(folder, tmp_path):
    output = tmp_path / "mine.safetensors"
    command = [sys.executable, "-u", "-m", "chorale", "train", "--data", str(folder)]
    command += ["-o", str(output), "--units", "4", "--layers", "1", "--epochs", "5000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            if line.startswith("epoch"):
                break
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
    assert process.returncode == 130
    assert "interrupted after" in rest
    assert f"chorale train --resume -o {output}" in rest
    assert load_checkpoint(output).about["training"]["epochs"] == 5000


@pytest.mark.parametrize(
    ("words", "status", "reason"),
    [
        (["--epochs", "0"], 2, "epochs must be in [1, 1000000], not 0"),
        (["--batch-size", "0"], 2, "batch-size must be in [1, 1000000], not 0"),
        (["--learning-rate", "-1"], 2, "learning-rate must be in (0, 1], not -1"),
        (["--dropout", "1"], 2, "dropout must be in [0, 1), not 1"),
        (["--evidence", "1.1"], 2, "evidence must be in [0, 1], not 1.1"),
        (["--units", "0"], 2, "units must be in [1, 8192], not 0"),
        (["--units", "1000000"], 2, "units must be in [1, 8192], not 1000000"),
        (["--layers", "0"], 2, "layers must be in [1, 16], not 0"),
        (["--seed", "4294967296"], 2, "seed must be in [0, 4294967296), not"),
        (["--seed", "-3"], 2, "seed must be in [0, 4294967296), not"),
        (["-o", "model.h5"], 2, "a checkpoint is a .safetensors file"),
        (["--data", "nowhere"], 1, "there is no data set 'nowhere'"),
        (["--data", "jsb"], 1, "chorale data download"),
        (["--resume"], 1, "nothing to resume"),
        (["-o", "file/model.safetensors"], 1, "is not a folder"),
    ],
)
def test_bad_input_is_an_error_of_one_line_and_leaves_nothing(
    run, words, status, reason, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHORALE_HOME", str(tmp_path / "home"))
    Path("file").write_text("no folder")
    found, out, err = run("train", *words)
    assert (found, out) == (status, "")
    assert reason in err
    assert err.startswith("chorale: ")
    assert err.count("\n") == 1
    assert [path.name for path in tmp_path.rglob("*")] == ["file"]


def test_a_missing_gpu_is_an_error(run, folder, tmp_path, monkeypatch):
    import tensorflow as tf

    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [])
    output = tmp_path / "m.safetensors"
    status, _, err = run("train", "--data", str(folder), "--device", "gpu", "-o", str(output))
    assert status == 1
    assert "no GPU can be used" in err
    assert not output.exists()


def test_another_cell_trains_and_composes(run, folder, tmp_path):
    output = tmp_path / "mine.safetensors"
    status, _, _ = run("train", "--data", str(folder), "--cell", "gru", "-o", str(output), *SMALL)
    assert status == 0
    assert load_checkpoint(output).options.cell == "gru"
    status, _, _ = run(
        "generate", "--model", str(output), "-o", str(tmp_path / "c.mid"), "--bars", "2"
    )
    assert status == 0
    assert (tmp_path / "c.mid").is_file()


def test_quiet_prints_nothing(run, folder, tmp_path):
    output = tmp_path / "m.safetensors"
    small = ["--units", "4", "--layers", "1", "--epochs", "1"]
    status, out, err = run("train", "--data", str(folder), "-o", str(output), "-q", *small)
    assert (status, out, err) == (0, "", "")
    assert output.is_file()


def test_the_default_data_set_is_built_when_it_is_missing(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHORALE_HOME", str(tmp_path / "home"))
    built = made_up_corpus(name="bach")
    monkeypatch.setattr("chorale.corpus.bach.build", lambda progress: built)
    status, out, _ = run("train", "--units", "4", "--layers", "1", "--epochs", "1")
    assert status == 0
    assert "chorales of bach" in out
    assert (tmp_path / "home" / "bach.npz").is_file()
    assert (tmp_path / "bach.safetensors").is_file()


def test_no_file_beside_the_checkpoint_is_overwritten(run, folder, tmp_path):
    (tmp_path / "mine.csv").write_text("my own table")
    status, out, err = run("train", "--data", str(folder), "-o", str(tmp_path / "mine.safetensors"))
    assert (status, out) == (1, "")
    assert "mine.csv exists" in err
    assert (tmp_path / "mine.csv").read_text() == "my own table"


@pytest.mark.parametrize("more", [[], ["--force"], ["--resume"]])
def test_two_trainings_do_not_write_the_same_files(run, more, tmp_path):
    output = tmp_path / "mine.safetensors"
    with reserve(output):
        status, out, err = run("train", "-o", str(output), *more)
    assert (status, out) == (1, "")
    assert err == (
        f"chorale: {output} is being written by another process; wait until it ends, or choose "
        "another name\n"
    )
    assert not list(tmp_path.iterdir())


def test_logs_that_cannot_be_written_are_an_error(run, folder, tmp_path):
    (tmp_path / "file").write_text("no folder")
    output = tmp_path / "mine.safetensors"
    status, _, err = run(
        "train",
        "--data",
        str(folder),
        "-o",
        str(output),
        "--tensorboard",
        str(tmp_path / "file" / "logs"),
        *SMALL,
    )
    assert status == 1
    assert "cannot write TensorBoard's logs" in err
    assert err.count("\n") == 1
