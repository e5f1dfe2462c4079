"""Checking and explaining in Python, as the command line does."""

import json
from pathlib import Path

import numpy as np
import pytest
from helpers import saved, tiny_checkpoint
from typer.testing import CliRunner

import chorale
from chorale.cli import app
from chorale.music import Metre, Plan, from_pitches

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
    explanation = chorale.explain(music, model)
    assert (
        len(explanation.notes)
        == sum(note.pitch is not None for note in explanation.notes)
        == int(chorale.read(music).chorale.onsets.sum())
    )


def test_explaining_needs_four_voices(tmp_path: Path) -> None:
    tune = Path(__file__).parent.parent / "assets" / "greensleeves.musicxml"
    with pytest.raises(chorale.ChoraleError, match="four voices are needed"):
        chorale.explain(tune, saved(tiny_checkpoint(), tmp_path))


def test_music_that_is_none_is_refused() -> None:
    with pytest.raises(chorale.ChoraleError, match="a Reading or a Chorale, not"):
        chorale.check(3)  # type: ignore[arg-type]  # what is tested
