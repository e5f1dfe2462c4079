"""Every command that the README shows is run, in its order, in one folder.

The two set-up commands (those that make a virtual environment) are run by `.ci/run`. Training and
measuring are made cheap by further options at the end of the command and by a small data set in
place of Bach's; the download comes from a loopback server.
"""

import hashlib
import re
import runpy
import shlex
import shutil
import sys
from contextlib import closing
from pathlib import Path

import pytest
from loopback_server import ARCHIVE, Server
from made_up import made_up_corpus
from places import ROOT

from chorale import cli, models
from chorale.corpus import jsb
from chorale.network.checkpoint import load_checkpoint
from chorale.rendering.sound.midi import midi_bytes

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```bash\n(.*?)```", README, re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in block.splitlines() if line]
SET_UP = [command for command in COMMANDS if command.startswith("python3 -m venv")]
CHEAP = {
    "chorale train": ["--epochs", "1", "--units", "4", "--layers", "1"],
    "python scripts/benchmark_generate.py": ["--bars", "1", "--runs", "1"],
    "python scripts/benchmark_formats.py": ["--bars", "1", "--runs", "1", "--only", "midi"],
    "python scripts/spelling_figures.py": ["--count", "1"],
    "python scripts/benchmark_pipeline.py": ["--epochs", "1", "--units", "4"],
    "python scripts/style_figures.py": ["--count", "1", "--bars", "1"],
    "python scripts/style_distances.py": ["--count", "1", "--bars", "1"],
    "python scripts/ship_model.py": ["--folder", "shipped"],
    "python scripts/benchmark_models.py": ["--epochs", "0", "--steps", "8"],
    "python scripts/harmonize_figures.py": ["--count", "1"],
    "python scripts/evidence_figures.py": ["--split", "valid", "--without", "bach.safetensors"],
    "python scripts/best_of_figures.py": ["--count", "1", "--best-of", "1", "2"],
    "python scripts/control_figures.py": ["--count", "1"],
    "python scripts/ladder": ["--list"],
}


def cheap(command: str) -> list[str]:
    """The words of a command, made cheap."""
    words = shlex.split(command)
    return words + ([] if "--resume" in words else CHEAP.get(" ".join(words[:2]), []))


def run(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a command in this process."""
    with monkeypatch.context() as patch:
        if words[0] == "chorale":
            patch.setattr(sys, "argv", words)
            with pytest.raises(SystemExit) as ended:
                cli.main()
            assert ended.value.code in (0, None)
        else:
            script = ROOT / words[1]
            patch.setattr(sys, "argv", [str(script), *words[2:]])
            patch.syspath_prepend(script.parent)  # as Python does for a script
            runpy.run_path(str(script), run_name="__main__")


def test_every_command_of_the_readme_works(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHORALE_HOME", str(tmp_path / "home"))
    shutil.copytree(ROOT / "assets", "assets")
    corpus = made_up_corpus(train=4, name="bach")
    Path("my-chorales").mkdir()
    for number, chorale in enumerate(corpus.splits["train"]):
        Path(f"my-chorales/{number}.mid").write_bytes(midi_bytes(chorale))
    monkeypatch.setattr("chorale.corpus.bach.build", lambda progress=None: corpus)
    with closing(Server()) as server:
        server.files["/small.tgz"] = ARCHIVE
        checksum = hashlib.sha256(ARCHIVE).hexdigest()
        mirror = jsb.Mirror("small.tgz", checksum, f"{server.url}/small.tgz")
        monkeypatch.setattr(jsb, "MIRRORS", (mirror,))
        for command in COMMANDS:
            if command not in SET_UP:
                run(cheap(command), monkeypatch)
    assert len(list(Path("chorales").glob("*.mid"))) == 20
    assert len(list(Path("all").iterdir())) == 9
    made = {
        "evening.mid",
        "plain.mid",
        "bach.safetensors",
        "bach.csv",
        "bach.png",
        "chorale-5.mp3",
        "tune.pdf",
    }
    assert made <= {path.name for path in Path().iterdir()}


def test_the_python_of_the_readme_works(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "assets", "assets")
    [script] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(script, {})  # noqa: S102  # our own
    first, faults, nats = capsys.readouterr().out.splitlines()
    assert first == "G minor 8.0 ('soprano', 'alto', 'tenor', 'bass')"
    assert faults.startswith("[")
    assert nats.startswith("{'soprano': 0.")


def test_every_picture_and_sound_of_the_readme_is_there():
    files = re.findall(r"\[.*?\]\((.*?)\)", README)
    assert {".png", ".mp3"} <= {Path(file).suffix for file in files}
    assert all((ROOT / file).is_file() for file in files)


def test_the_readme_has_the_two_set_up_commands():
    assert len(SET_UP) == 2
    assert "chorale generate --temperature 0.8" in SET_UP[0]
    assert SET_UP[1].endswith("pytest")


@pytest.mark.parametrize("model", models.shipped())
@pytest.mark.parametrize("split", ["valid", "test"])
def test_the_likelihoods_of_the_readme_are_those_of_the_models(model, split):
    figures = load_checkpoint(models.find(model)).about["figures"]
    name = {"valid": "validation", "test": "test"}[split]
    [row] = re.findall(rf"^\| `{model}`, {name} .*$", README, re.MULTILINE)
    cells = [cell.strip() for cell in row.split("|")]
    assert cells[2] == f"{figures[f'{split}_nll']:.3f}"
    assert cells[7] == f"{figures[f'{split}_accuracy']:.1%}".replace("%", " %")
    assert cells[8] == f"{figures[f'{split}_onset_accuracy']:.1%}".replace("%", " %")


def test_every_promise_names_a_command_that_is_there():
    section = README.split("\n## What you can rely on\n")[1].split("\n## ")[0]
    promises = section.split("\n- ")[1:]
    assert len(promises) == 10
    for promise in promises:
        commands = re.findall(r"`((?:python|pytest|\.ci/)[^`]*)`", promise)
        assert commands, promise
        files = [word for command in commands for word in command.split() if "/" in word]
        assert len(files) >= len(commands)
        assert all((ROOT / file).exists() for file in files), promise


def test_no_placeholder_is_left():
    prose = re.sub(r"```.*?```|`[^`]*`", "", README, flags=re.DOTALL)
    assert not re.findall(r"\b[A-Z]+_[A-Z_]+\b", prose)
