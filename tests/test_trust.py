"""The program connects to nothing unless asked to download, and runs no code from files."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from made_up import made_up_chorale, made_up_corpus
from modules import MODULES
from places import ROOT
from tiny_network import saved, tiny_checkpoint
from typer.main import get_command

from chorale import cli
from chorale.corpus.cache import save_cache
from chorale.music import Key, Metre, Plan
from chorale.rendering.formats import FORMATS
from chorale.rendering.sound.midi import midi_bytes

AUDITED = ROOT / "tests" / "support" / "audit.py"
MODEL = ["--model", "tiny.safetensors"]
TINY = ["--epochs", "1", "--units", "1", "--layers", "1", "--head-units", "1"]
COMMANDS = [
    ["generate", *MODEL, "--bars", "1", "--seed", "1", "--format", ",".join(FORMATS), "-o", "new"],
    ["generate", *MODEL, "--progression", "I V7 | I", "--seed", "1", "-o", "chords.pdf"],
    ["harmonize", *MODEL, "music/0.mid", "-o", "tune.musicxml"],
    ["harmonize", *MODEL, "music/0.mid", "--voicing", "SA", "-o", "pair.mid"],
    ["continue", *MODEL, "music/0.mid", "--bars", "1", "-o", "longer.mid"],
    ["rewrite", *MODEL, "music/0.mid", "--bars", "1-1", "-o", "other.mid"],
    ["check", "tune.musicxml", "--profile", "textbook", "--csv", "grades.csv", "-o", "marked.pdf"],
    ["bach", "269", "-o", "bwv269.mid"],
    ["analyze", "tune.musicxml", "-o", "analysed.musicxml"],
    ["explain", *MODEL, "music/1.mid", "--format", "pdf", "-o", "explained"],
    ["show", "music/0.mid"],
    ["render", "tune.musicxml", "--play-repeats", "-o", "tune.mid"],
    ["models"],
    ["embeddings", *MODEL, "-o", "embeddings"],
    ["data", "info", "music"],
    ["evaluate", *MODEL, "--data", "music"],
    ["quiz", *MODEL, "--data", "music", "--questions", "1"],
    [
        *("calibrate", "tiny.safetensors", "-o", "calibrated.safetensors", "--data", "music"),
        *("--rounds", "1", "--count", "1"),
    ],
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
# `play` needs a sound device (tests/cli/test_play.py) and reads as `show` does; `studio` serves
# until it is interrupted, on the loopback address alone (tests/cli/test_studio.py)
ELSEWHERE = {"play", "studio"}
# started by platform, matplotlib and older joblib and soundfile, to identify the system
STARTED = {"uname", "fc-list", "/sbin/ldconfig", "lscpu"}


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Run all commands and read all files in one audited process; return its report."""
    folder = tmp_path_factory.mktemp("audited")
    (folder / "music").mkdir()
    for number in range(3):
        (folder / "music" / f"{number}.mid").write_bytes(midi_bytes(made_up_chorale(24, number)))
    plan = Plan(96, Metre(4, 4), 0, Key(0, "major"))  # long enough for a listening test
    long = replace(made_up_chorale(96, 3), plan=plan)
    (folder / "music" / "long.mid").write_bytes(midi_bytes(long))
    saved(tiny_checkpoint(), folder)
    save_cache(made_up_corpus(), folder / FILES["cache"], "made up")
    process = subprocess.run(
        [sys.executable, AUDITED],
        input=json.dumps({"commands": COMMANDS, "files": FILES}),
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(process.stdout)
    return found


def test_every_command_is_audited() -> None:
    names: Any = get_command(cli.app)
    assert set(names.commands) == {words[0] for words in COMMANDS} | ELSEWHERE


def test_only_the_download_seeks_a_connection(audited: dict[str, Any]) -> None:
    *others, (failure, sought) = audited["commands"]
    for words, (failed, events) in zip(COMMANDS, others, strict=False):
        assert failed is None, words
        started = {event.split()[-1] for event in events}
        assert started <= STARTED, words
    assert set(sought) == {"socket.getaddrinfo"}  # proves that the audit sees connections
    assert "no connection" in failure


@pytest.mark.parametrize("kind", FILES)
def test_reading_a_file_runs_no_code_from_it(audited: dict[str, Any], kind: str) -> None:
    assert audited["files"][kind] == []


KERAS_LOADERS = {"load_model", "model_from_json", "model_from_config", "deserialize_keras_object"}
LOADERS = {"joblib", "runpy", "unpack_archive", "exec_module"}


def dangers(source: str) -> Iterator[str]:
    """Yield the names in a source that run or unpack data and that Ruff does not find.

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
            if {first, last} & LOADERS or (first in ("keras", "tf") and last in KERAS_LOADERS):
                yield last


def test_every_danger_is_found() -> None:
    source = (
        "import joblib\nfrom os import path\nfrom keras.saving import load_model\n"
        "tf.keras.models.load_model(a)\nload_model(a)\nshutil.unpack_archive(a)\n"
        "np.load(a, allow_pickle=b)\nnp.load(a, allow_pickle=False)\nload(a, safe_mode=False)\n"
    )
    expected = ["allow_pickle", "joblib", "load_model", "load_model", "safe_mode"]
    assert sorted(dangers(source)) == [*expected, "unpack_archive"]


def test_no_module_runs_or_unpacks_data() -> None:
    assert not [
        (name, found)
        for name, path in MODULES.items()
        if (found := set(dangers(path.read_text("utf-8"))))
    ]
