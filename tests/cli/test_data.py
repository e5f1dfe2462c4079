"""`chorale data`: what the commands print, and their errors."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from loopback_server import ARCHIVE
from typer.testing import CliRunner

from chorale.cli import app
from chorale.corpus import Corpus, bach, jsb
from chorale.errors import DataError, DownloadError
from chorale.music import Plan, from_pitches
from chorale.rendering.sound.midi import midi_bytes

runner = CliRunner()


@pytest.fixture
def small_jsb(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A file that passes for the JSB data set, in an empty home."""
    monkeypatch.setenv("CHORALE_HOME", str(tmp_path / "home"))
    mirror = jsb.Mirror("small.tgz", hashlib.sha256(ARCHIVE).hexdigest(), "http://127.0.0.1:9/")
    monkeypatch.setattr(jsb, "MIRRORS", (mirror,))
    path = tmp_path / "small.tgz"
    path.write_bytes(ARCHIVE)
    return path


def test_build_says_how_many_and_where(bach_corpus: Corpus) -> None:
    result = runner.invoke(app, ["data", "build"])
    assert result.exit_code == 0
    assert "found 376 chorales (224 train, 75 valid, 77 test)" in result.stdout
    assert str(bach.cache_path()) in result.stdout


def test_build_with_force_builds_again(
    bach_corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bach, "build", lambda progress: bach_corpus)
    result = runner.invoke(app, ["data", "build", "--force"])
    assert "built 376 chorales" in result.stdout


def test_download_from_a_file_says_how_many_and_where(small_jsb: Path) -> None:
    result = runner.invoke(app, ["data", "download", "--from", str(small_jsb)])
    assert result.exit_code == 0
    assert "4 chorales (2 train, 1 valid, 1 test)" in result.stdout
    assert str(jsb.cache_path()) in result.stdout


@pytest.mark.parametrize(
    ("words", "environment"), [(["--offline"], "0"), ([], "1"), ([], "true"), (["--offline"], "")]
)
def test_offline_the_download_is_an_error_and_a_file_is_not(
    small_jsb: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], environment: str
) -> None:
    monkeypatch.setenv("CHORALE_OFFLINE", environment)
    result = runner.invoke(app, [*words, "data", "download"])
    assert isinstance(result.exception, DownloadError)
    assert "nothing is downloaded with --offline or CHORALE_OFFLINE" in str(result.exception)
    assert not jsb.cache_path().exists()
    assert runner.invoke(app, [*words, "data", "download", "--from", str(small_jsb)]).exit_code == 0


def test_without_the_word_the_network_is_tried(
    small_jsb: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsb, "RETRIES", 0)
    monkeypatch.setenv("CHORALE_OFFLINE", "0")
    result = runner.invoke(app, ["data", "download"])
    assert "small.tgz: no connection" in str(result.exception)


def test_info_says_how_to_get_what_is_missing(small_jsb: Path) -> None:
    result = runner.invoke(app, ["data", "info"])
    assert result.exit_code == 0
    assert "bach: not on this machine yet; get it with `chorale data build`" in result.stdout
    assert "jsb: not on this machine yet; get it with `chorale data download`" in result.stdout


def test_info_of_a_missing_data_set_is_an_error(small_jsb: Path) -> None:
    result = runner.invoke(app, ["data", "info", "jsb"])
    assert result.exit_code == 1
    assert isinstance(result.exception, DataError)
    assert "chorale data download" in str(result.exception)


def test_info_shows_a_table_for_each_data_set(small_jsb: Path) -> None:
    runner.invoke(app, ["data", "download", "--from", str(small_jsb)])
    lines = runner.invoke(app, ["data", "info", "jsb"]).stdout.splitlines()
    assert lines[0].split() == ["jsb"]
    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]
    assert ["chorales", "2", "1", "1"] in rows
    assert ["soprano", "72 to 74", "71 to 71", "69 to 69"] in rows


def test_info_prints_json_and_nothing_else(small_jsb: Path) -> None:
    runner.invoke(app, ["data", "download", "--from", str(small_jsb)])
    facts = json.loads(runner.invoke(app, ["data", "info", "--json"]).stdout)
    assert facts["bach"] is None
    assert facts["jsb"]["splits"]["train"]["chorales"] == 2
    assert len(facts["jsb"]["fingerprint"]) == 64


def test_info_of_a_folder_says_what_it_left_out(tmp_path: Path) -> None:
    for number in range(3):
        music = from_pitches(np.full((16, 4), 60 + number, np.int16), Plan(16))
        (tmp_path / f"{number}.mid").write_bytes(midi_bytes(music))
    (tmp_path / "broken.mid").write_bytes(b"broken")
    result = runner.invoke(app, ["data", "info", str(tmp_path)])
    assert result.exit_code == 0
    assert "left out broken.mid" in result.stdout


def test_an_unknown_name_is_an_error() -> None:
    assert isinstance(runner.invoke(app, ["data", "info", "mozart"]).exception, DataError)


def test_nothing_is_drawn_where_standard_error_is_no_terminal(small_jsb: Path) -> None:
    assert runner.invoke(app, ["data", "download", "--from", str(small_jsb)]).stderr == ""
