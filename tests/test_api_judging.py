"""Checking and explaining in Python, as the command line does."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from command import run_command as command
from places import ASSETS
from tiny_network import saved, tiny_checkpoint
from typer.testing import CliRunner

import chorale
from chorale.cli import app
from chorale.errors import ReadingError
from chorale.music import REST, Metre, Plan, from_pitches

TUNE = ASSETS / "greensleeves.musicxml"
CHORDS = [(67, 64, 60, 48), (69, 65, 62, 50), (71, 67, 62, 55), (72, 67, 64, 48)] * 4


@pytest.fixture
def music(tmp_path: Path) -> Path:
    """A file of four voices, some of them in parallel."""
    pitches = np.repeat(np.array(CHORDS, np.int16), 4, axis=0)
    path = tmp_path / "music.mid"
    chorale.write(from_pitches(pitches, Plan(64, Metre(4, 4))), path)
    return path


def test_what_is_checked_is_what_the_command_line_checks(music: Path) -> None:
    checked = chorale.check(music)
    assert {"parallel fifths", "parallel octaves"} <= {fault.rule for fault in checked.faults}
    told = json.loads(CliRunner().invoke(app, ["check", str(music), "--json"]).stdout)
    assert len(told["files"][0]["findings"]) == len(checked.findings)


def test_a_chorale_is_judged_like_its_file(music: Path) -> None:
    from_file, read = chorale.check(music), chorale.read(music)
    assert chorale.check(read) == chorale.check(read.chorale) == from_file


def test_explaining_tells_every_note(music: Path, tmp_path: Path) -> None:
    model = saved(tiny_checkpoint(), tmp_path)
    rested = chorale.read(music).chorale
    pitches, onsets = rested.pitches.copy(), rested.onsets.copy()
    pitches[4:8, 1], onsets[4:8, 1] = REST, False
    rested = replace(rested, pitches=pitches, onsets=onsets)
    notes = chorale.explain(rested, model).notes
    assert sum(note.pitch != REST for note in notes) == int(onsets.sum())
    assert [note.onset_step for note in notes if note.pitch == REST] == [4]
    assert all(0 < note.probability <= 1 for note in notes)


@pytest.mark.parametrize("verb", ["check", "explain"])
def test_a_tune_alone_is_refused_as_the_command_line_does(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    judge = chorale.check if verb == "check" else chorale.explain
    with pytest.raises(ReadingError, match=r"has only the soprano, and .* adds") as error:
        judge(TUNE)
    assert command(verb, str(TUNE), capsys=capsys) == (1, "", f"chorale: {error.value}\n")


def test_a_tune_without_a_file_is_refused_too() -> None:
    tune = chorale.read(TUNE)
    with pytest.raises(ReadingError, match=r"greensleeves.musicxml has only the soprano"):
        chorale.check(tune)
    with pytest.raises(ReadingError, match="the music has only the soprano"):
        chorale.check(replace(tune.chorale, source=""))


def test_music_that_is_none_is_refused() -> None:
    with pytest.raises(chorale.ChoraleError, match="a Reading or a Chorale, not"):
        chorale.check(3)  # type: ignore[arg-type]  # what is tested
