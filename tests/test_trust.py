"""What the program never does: connect to anything unasked, or run code that comes in a file."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from made_up import made_up_chorale, made_up_corpus
from modules import MODULES
from places import ROOT
from tiny_network import saved, tiny_checkpoint
from typer.main import get_command

from chorale import cli
from chorale.corpus import corpus as collection
from chorale.rendering.formats import FORMATS
from chorale.rendering.sound.midi import midi_bytes

AUDITED = ROOT / "tests" / "support" / "audit.py"
MODEL = ["--model", "tiny.safetensors"]
TINY = ["--epochs", "1", "--units", "1", "--layers", "1", "--head-units", "1"]
COMMANDS = [
    ["generate", *MODEL, "--bars", "1", "--seed", "1", "--format", ",".join(FORMATS), "-o", "new"],
    ["harmonize", *MODEL, "music/0.mid", "-o", "tune.musicxml"],
    ["continue", *MODEL, "music/0.mid", "--bars", "1", "-o", "longer.mid"],
    ["rewrite", *MODEL, "music/0.mid", "--bars", "1-1", "-o", "other.mid"],
    ["check", "tune.musicxml"],
    ["explain", *MODEL, "music/1.mid", "--format", "pdf", "-o", "explained"],
    ["show", "music/0.mid"],
    ["render", "tune.musicxml", "-o", "tune.mid"],
    ["models"],
    ["embeddings", *MODEL, "-o", "embeddings"],
    ["data", "info", "music"],
    ["evaluate", *MODEL, "--data", "music"],
    ["train", "--data", "music", *TINY, "--encoder-units", "0", "--evidence", "0"],
    ["data", "download"],
]
FILES = {
    "checkpoint": "music.safetensors",
    "state": "music.state.safetensors",
    "cache": "cache.npz",
    "MIDI": "music/0.mid",
    "MusicXML": "tune.musicxml",
}
ELSEWHERE = {"play"}  # needs a sound device, tests/test_cli_play.py; it reads as `show` does
# by platform, matplotlib and, in older versions, joblib and soundfile, to learn of the system
STARTED = {"uname", "fc-list", "/sbin/ldconfig", "lscpu"}


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a process told of all these commands and files."""
    folder = tmp_path_factory.mktemp("audited")
    (folder / "music").mkdir()
    for number in range(3):
        (folder / "music" / f"{number}.mid").write_bytes(midi_bytes(made_up_chorale(24, number)))
    saved(tiny_checkpoint(), folder)
    collection.save(made_up_corpus(), folder / FILES["cache"], "made up")
    told = subprocess.run(
        [sys.executable, AUDITED],
        input=json.dumps({"commands": COMMANDS, "files": FILES}),
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def test_every_command_is_here() -> None:
    names: Any = get_command(cli.app)
    assert set(names.commands) == {words[0] for words in COMMANDS} | ELSEWHERE


def test_no_command_but_the_download_seeks_a_connection(audited: dict[str, Any]) -> None:
    *others, (failure, sought) = audited["commands"]
    for words, (failed, events) in zip(COMMANDS, others, strict=False):
        assert failed is None, words
        started = {event.split()[-1] for event in events}
        assert started <= STARTED, words
    assert set(sought) == {"socket.getaddrinfo"}  # so that the others' would have been seen
    assert "no connection" in failure


@pytest.mark.parametrize("kind", FILES)
def test_reading_a_file_runs_no_code_that_is_not_there_already(
    audited: dict[str, Any], kind: str
) -> None:
    assert audited["files"][kind] == []


OF_KERAS = {"load_model", "model_from_json", "model_from_config", "deserialize_keras_object"}
ANYWHERE = {"joblib", "runpy", "unpack_archive", "exec_module"}


def dangers(source: str) -> Iterator[str]:
    """What a source names that runs or unpacks what it is given, and Ruff lets pass.

    Ruff finds exec, eval, pickle and its kind, archives, yaml and shells (S102, S2, S3, S5, S6).
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.Attribute):
            names = [ast.unparse(node)]
        elif isinstance(node, ast.keyword) and node.arg in ("allow_pickle", "safe_mode"):
            names = []
            if ast.unparse(node.value) != str(node.arg == "safe_mode"):
                yield node.arg
        else:
            continue
        for name in names:
            first, last = name.split(".")[0], name.split(".")[-1]
            if {first, last} & ANYWHERE or (first in ("keras", "tf") and last in OF_KERAS):
                yield last


def test_dangers_are_seen() -> None:
    source = (
        "import joblib\nfrom os import path\nfrom keras.saving import load_model\n"
        "tf.keras.models.load_model(a)\nload_model(a)\nshutil.unpack_archive(a)\n"
        "np.load(a, allow_pickle=b)\nnp.load(a, allow_pickle=False)\nload(a, safe_mode=False)\n"
    )
    expected = ["allow_pickle", "joblib", "load_model", "load_model", "safe_mode"]
    assert sorted(dangers(source)) == [*expected, "unpack_archive"]


def test_no_module_runs_or_unpacks_what_it_is_given() -> None:
    assert not [
        (name, found)
        for name, path in MODULES.items()
        if (found := set(dangers(path.read_text("utf-8"))))
    ]
