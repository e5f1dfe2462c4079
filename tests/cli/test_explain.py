"""`chorale explain`, run on real files."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from command import run_command as chorale
from made_up import made_up_chorale
from tiny_network import saved, tiny_checkpoint
from tunes import tune_file

from chorale.judging.explaining import LEVELS, explain
from chorale.music import VOICES, Chorale, Metre, Plan
from chorale.options import ModelOptions
from chorale.rendering.pictures.colours import LEVEL_COLOURS
from chorale.rendering.sound.midi import midi_bytes

MODEL = "tiny.safetensors"
HEAVY = {"tensorflow", "keras", "music21", "matplotlib", "verovio"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a chorale, a tune, and a tiny model that is sure of itself."""
    monkeypatch.chdir(tmp_path)
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    tune_file(Path("tune.mid"))
    Path("chorale.mid").write_bytes(midi_bytes(music()))
    saved(tiny_checkpoint(), tmp_path)
    return tmp_path


def music() -> Chorale:
    return made_up_chorale(52, 0)


def run(*words: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What `explain` with the tiny model says, without an error."""
    status, out, err = chorale("explain", *words, "--model", MODEL, capsys=capsys)
    assert (status, err) == (0, "")
    return out


def test_a_chorale_is_told_as_a_roll_with_places_and_figures(
    capsys: pytest.CaptureFixture[str],
) -> None:
    heading, roll, *rest = run("chorale.mid", capsys=capsys).split("\n\n", 2)
    assert " ".join(heading.splitlines()) == (
        "chorale.mid: 3 bars 4/4 (the file's), a pickup of 1 beat (the file's), "
        "G major (the file's), phrases end in bar 3 (the file's) judged by the model "
        "tiny.safetensors: each voice beside the three others, its own past and the plan"
    )
    assert roll.splitlines()[0].split() == ["0", "1", "2", "3"]
    told = "\n\n".join(rest)
    assert "! surprising (under 1%)" in told
    places = re.search(r"the most surprising first\n((?:bar .*\n|  .*\n)+)", told)
    assert places
    assert len(re.findall("^bar ", places[1], re.MULTILINE)) == 10
    figures = explain(tiny_checkpoint(), music())
    assert f"this music: {figures.nats.mean():.3f}; soprano " in told
    assert "Bach's" not in told  # whom the tiny model has not judged
    assert "\033" not in told


def test_the_shipped_model_is_told_beside_bach(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = chorale("explain", "chorale.mid", "--top", "0", capsys=capsys)
    assert status == 0
    assert out.count("Bach's test split: ") == 2
    assert "rather" not in out


def test_json_tells_every_note_and_agrees_with_the_library(
    capsys: pytest.CaptureFixture[str],
) -> None:
    facts = json.loads(run("chorale.mid", "--json", capsys=capsys))
    found = explain(tiny_checkpoint(), music())
    assert len(facts["notes"]) == len(found.notes)
    for told, note in zip(facts["notes"], found.notes, strict=True):
        assert (told["voice"], told["step"]) == (VOICES[note.voice], note.onset_step)
        assert (told["pitch"], told["length_steps"]) == (note.pitch, note.length_steps)
        assert told["probability"] == pytest.approx(note.probability, rel=1e-4)
        assert told["alternatives"][0]["probability"] == pytest.approx(
            note.alternatives[0].probability, rel=1e-4
        )
    assert facts["nats_per_note"] == pytest.approx(found.nats.mean(), abs=1e-4)
    assert sum(facts["levels"].values()) == pytest.approx(1, abs=1e-5)
    assert (facts["key"], facts["metre"], facts["pickup_steps"]) == ("G major", "4/4", 4)
    assert (facts["bach"], facts["files"], facts["steps"]) == (None, [], 52)
    assert facts["fingerprint"] == tiny_checkpoint().fingerprint


def test_some_bars_are_told_alone(capsys: pytest.CaptureFixture[str]) -> None:
    out = run("chorale.mid", "--bars", "2-3", "--top", "100", capsys=capsys)
    assert out.startswith("chorale.mid: 3 bars, bars 2-3 of them\n")
    assert set(re.findall(r"^bar (\d+),", out, re.MULTILINE)) == {"2", "3"}
    assert "these bars: " in out
    facts = json.loads(run("chorale.mid", "--bars", "2-3", "--json", capsys=capsys))
    assert {note["bar"] for note in facts["notes"]} == {2, 3}
    assert (facts["from_step"], facts["to_step"]) == (20, 52)
    assert facts["nats_per_note"] == pytest.approx(
        explain(tiny_checkpoint(), music()).nats[20:].mean(), abs=1e-4
    )


def test_colours_are_for_terminals_unless_not_wanted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = run("chorale.mid", capsys=capsys)
    monkeypatch.setenv("FORCE_COLOR", "1")  # as if standard output were a terminal
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\033[1;" in run("chorale.mid", capsys=capsys)
    monkeypatch.setenv("NO_COLOR", "1")
    assert re.sub("\033\\[[01]m", "", run("chorale.mid", capsys=capsys)) == plain


def test_lines_are_as_wide_as_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "48")
    assert max(map(len, run("chorale.mid", capsys=capsys).splitlines())) <= 48


def test_scores_are_coloured_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    out = run("chorale.mid", "--format", "musicxml,svg,png,pdf", capsys=capsys)
    names = [f"chorale-explained.{ending}" for ending in ("musicxml", "svg", "png", "pdf")]
    assert out.splitlines()[-5:] == ["Coloured score", *names]
    notes = explain(tiny_checkpoint(), music()).notes
    levels = {
        sum(note.probability < least for least in LEVELS.values()) for note in notes
    }  # those that occur
    assert len(levels) > 1
    for level in levels - {0}:
        for name in names[:2]:
            assert LEVEL_COLOURS[level] in Path(name).read_text()
    assert "how likely the model tiny.safetensors" in Path(names[0]).read_text()
    assert Path(names[2]).read_bytes().startswith(b"\x89PNG")
    assert Path(names[3]).read_bytes().startswith(b"%PDF")


def test_a_score_goes_where_it_is_told_also_beside_json(capsys: pytest.CaptureFixture[str]) -> None:
    facts = json.loads(run("chorale.mid", "--json", "-o", "my.xml", capsys=capsys))
    assert facts["files"] == ["my.xml"]
    read = json.loads(run("my.xml", "--json", capsys=capsys))  # can be explained in its turn
    keys = ("voice", "step", "pitch", "length_steps")
    same = [[[note[key] for key in keys] for note in each["notes"]] for each in (facts, read)]
    assert same[0] == same[1]
    run("chorale.mid", "-o", ".", capsys=capsys)
    assert Path("chorale-explained.pdf").is_file()


def test_heavy_libraries_are_not_loaded() -> None:
    command = ["-X", "importtime", "-m", "chorale", "explain", "chorale.mid", "--model", MODEL]
    result = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    lines = re.findall(r"\|\s+([\w.]+)$", result.stderr, re.MULTILINE)
    loaded = {name.partition(".")[0] for name in lines}
    assert {"numpy", "mido"} <= loaded  # or nothing was measured
    assert not loaded & HEAVY


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["nowhere.mid"], 1, "there is no file nowhere.mid"),
        (["tune.mid"], 1, r"tune.mid has only the soprano, .* `chorale harmonize tune.mid` adds"),
        (["chorale.mid", "--part", "1"], 1, "part 1 of chorale.mid has only .* leave out --part"),
        (["chorale.mid", "--bars", "9"], 2, "no bar 9: the music has bars 0 to 3"),
        (["chorale.mid", "--bars", "x"], 2, "no bars 'x'"),
        (["chorale.mid", "--top", "-1"], 2, "Invalid value for '--top'"),
        (["chorale.mid", "--staves", "3"], 2, "a score has 2 or 4 staves"),
        (["chorale.mid", "-o", "x.mid"], 2, "midi shows no colours of notes; explain writes musi"),
        (["chorale.mid", "--format", "svg,mp3"], 2, "mp3 shows no colours of notes"),
        (["chorale.mid", "--format", "roll"], 2, "roll shows no colours of notes"),
        (["chorale.mid", "-o", "-"], 2, "nothing is written to standard output"),
        (["chorale.mid", "-o", "there.svg"], 1, "there.svg exists"),
        (["low.mid"], 1, r"[A-G]#?[01] in the bass \(bar 0, beat 4\) is a note that the model"),
        (["chorale.mid", "--model", "deaf/tiny.safetensors"], 2, "the model hears no notes"),
        ([], 2, "Missing argument 'FILE'"),
    ],
)
def test_what_cannot_be_explained_is_one_line_and_writes_nothing(
    words: list[str],
    status: int,
    message: str,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("there.svg").write_text("mine")
    low = music().pitches - np.array([0, 0, 0, 24], np.int16)
    Path("low.mid").write_bytes(midi_bytes(Chorale(low, music().onsets, music().plan)))
    Path("deaf").mkdir()
    saved(tiny_checkpoint(options=ModelOptions(encoder_units=0, units=4)), folder / "deaf")
    before = sorted(folder.rglob("*"))
    model = [] if "--model" in words else ["--model", MODEL]
    ended = chorale("explain", *words, *model, capsys=capsys)
    assert ended[:2] == (status, "")
    assert re.match(f"chorale: {message}", ended[2])
    assert ended[2].count("\n") == 1
    assert sorted(folder.rglob("*")) == before
    assert Path("there.svg").read_text() == "mine"


def test_phrases_are_estimated_where_the_file_says_none_but_no_fermata_is_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    plan = Plan(52, Metre(4, 4), 4, music().plan.key)
    Path("plain.mid").write_bytes(midi_bytes(replace(music(), plan=plan)))
    out = run("plain.mid", "-o", "plain.musicxml", capsys=capsys)
    assert "(estimated)" in " ".join(out.partition("\n\n")[0].splitlines())
    assert "𝄐" not in out
    assert "fermata" not in Path("plain.musicxml").read_text()
