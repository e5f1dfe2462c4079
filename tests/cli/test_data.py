"""`chorale data`: output and errors of its commands."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from command import Run
from loopback_server import ARCHIVE

from chorale.corpus import Corpus, bach, jsb
from chorale.music import Plan, from_pitches
from chorale.rendering.sound.midi import midi_bytes


@pytest.fixture
def small_jsb(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A small file in place of the JSB data set, and an empty cache."""
    monkeypatch.setenv("CHORALE_HOME", str(tmp_path / "home"))
    mirror = jsb.Mirror("small.tgz", hashlib.sha256(ARCHIVE).hexdigest(), "http://127.0.0.1:9/")
    monkeypatch.setattr(jsb, "MIRRORS", (mirror,))
    path = tmp_path / "small.tgz"
    path.write_bytes(ARCHIVE)
    return path


def test_build_prints_how_many_and_where(run: Run, bach_corpus: Corpus) -> None:
    result = run("data", "build")
    assert result.status == 0
    assert "found 376 chorales (224 train, 75 valid, 77 test)" in result.out
    assert str(bach.cache_path()) in result.out


def test_build_with_force_builds_again(
    run: Run, bach_corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bach, "build", lambda progress: bach_corpus)
    result = run("data", "build", "--force")
    assert "built 376 chorales" in result.out


def test_download_from_a_file_prints_how_many_and_where(run: Run, small_jsb: Path) -> None:
    result = run("data", "download", "--from", str(small_jsb))
    assert result.status == 0
    assert "4 chorales (2 train, 1 valid, 1 test)" in result.out
    assert str(jsb.cache_path()) in result.out


@pytest.mark.parametrize(
    ("words", "environment"), [(["--offline"], "0"), ([], "1"), ([], "true"), (["--offline"], "")]
)
def test_offline_the_download_is_an_error_and_a_file_is_not(
    run: Run, small_jsb: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], environment: str
) -> None:
    monkeypatch.setenv("CHORALE_OFFLINE", environment)
    result = run(*words, "data", "download")
    assert result.status == 1
    assert "nothing is downloaded with --offline or CHORALE_OFFLINE" in result.err
    assert not jsb.cache_path().exists()
    assert run(*words, "data", "download", "--from", str(small_jsb)).status == 0


def test_without_offline_the_network_is_tried(
    run: Run, small_jsb: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsb, "RETRIES", 0)
    monkeypatch.setenv("CHORALE_OFFLINE", "0")
    result = run("data", "download")
    assert "small.tgz: no connection" in result.err


def test_info_prints_how_to_get_a_missing_data_set(run: Run, small_jsb: Path) -> None:
    result = run("data", "info")
    assert result.status == 0
    assert "bach: not on this machine yet; get it with `chorale data build`" in result.out
    assert "jsb: not on this machine yet; get it with `chorale data download`" in result.out


def test_info_of_a_missing_data_set_is_an_error(run: Run, small_jsb: Path) -> None:
    result = run("data", "info", "jsb")
    assert result.status == 1
    assert "chorale data download" in result.err


def test_info_shows_a_table_for_each_data_set(run: Run, small_jsb: Path) -> None:
    run("data", "download", "--from", str(small_jsb))
    lines = run("data", "info", "jsb").out.splitlines()
    assert lines[0].split() == ["jsb"]
    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]
    assert ["chorales", "2", "1", "1"] in rows
    assert ["soprano", "72 to 74", "71 to 71", "69 to 69"] in rows


def test_info_prints_json_and_nothing_else(run: Run, small_jsb: Path) -> None:
    run("data", "download", "--from", str(small_jsb))
    facts = json.loads(run("data", "info", "--json").out)
    assert facts["bach"] is None
    assert facts["jsb"]["splits"]["train"]["chorales"] == 2
    assert len(facts["jsb"]["fingerprint"]) == 64


def test_info_of_a_folder_lists_the_files_left_out(run: Run, tmp_path: Path) -> None:
    for number in range(3):
        music = from_pitches(np.full((16, 4), 60 + number, np.int16), Plan(16))
        (tmp_path / f"{number}.mid").write_bytes(midi_bytes(music))
    (tmp_path / "broken.mid").write_bytes(b"broken")
    result = run("data", "info", str(tmp_path))
    assert result.status == 0
    assert "left out broken.mid" in result.out


def test_an_unknown_name_is_an_error(run: Run) -> None:
    assert run("data", "info", "mozart").status == 1


def test_no_bar_is_drawn_if_standard_error_is_not_a_terminal(run: Run, small_jsb: Path) -> None:
    assert run("data", "download", "--from", str(small_jsb)).err == ""
