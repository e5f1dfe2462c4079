"""`chorale explain`, run on real files."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from command import Output, Run
from made_up import made_up_chorale
from tiny_network import saved, tiny_checkpoint
from tunes import tune_file

from chorale.judging.explaining import LEVELS
from chorale.judging.explaining import explain as explain_notes
from chorale.music import VOICES, Chorale, Metre, Plan
from chorale.options import ModelOptions
from chorale.rendering.pictures.colours import LEVEL_COLOURS
from chorale.rendering.sound.midi import midi_bytes

MODEL = "tiny.safetensors"
HEAVY = {"tensorflow", "keras", "music21", "matplotlib", "verovio"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a chorale, a tune and a tiny model."""
    monkeypatch.chdir(tmp_path)
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    tune_file(Path("tune.mid"))
    Path("chorale.mid").write_bytes(midi_bytes(music()))
    saved(tiny_checkpoint(), tmp_path)
    return tmp_path


def music() -> Chorale:
    return made_up_chorale(52, 0)


@pytest.fixture
def explain(run: Run) -> Output:
    """A function that runs `chorale explain` with the tiny model, which must succeed."""

    def explain(*words: str) -> str:
        status, out, err = run("explain", *words, "--model", MODEL)
        assert (status, err) == (0, "")
        return out

    return explain


def test_a_chorale_is_shown_as_a_roll_with_places_and_figures(explain: Output) -> None:
    heading, roll, *rest = explain("chorale.mid").split("\n\n", 2)
    assert " ".join(heading.splitlines()) == (
        "chorale.mid: 3 bars 4/4 (from the file), a pickup of 1 beat (from the file), "
        "G major (from the file), phrases end in bar 3 (from the file) judged by the model "
        "tiny.safetensors: each voice given the three others, its own past and the plan"
    )
    assert roll.splitlines()[0].split() == ["0", "1", "2", "3"]
    text = "\n\n".join(rest)
    assert "! surprising (under 1%)" in text
    places = re.search(r"the most surprising first\n((?:bar .*\n|  .*\n)+)", text)
    assert places
    assert len(re.findall("^bar ", places[1], re.MULTILINE)) == 10
    figures = explain_notes(tiny_checkpoint(), music())
    assert f"this music: {figures.nats.mean():.3f}; soprano " in text
    assert "Bach's" not in text  # which the tiny model has not judged
    assert "\033" not in text


def test_the_shipped_model_is_compared_with_bachs_test_split(run: Run) -> None:
    status, out, _ = run("explain", "chorale.mid", "--top", "0")
    assert status == 0
    assert out.count("Bach's test split: ") == 2
    assert "rather" not in out


def test_json_has_every_note_and_agrees_with_the_library(explain: Output) -> None:
    facts = json.loads(explain("chorale.mid", "--json"))
    found = explain_notes(tiny_checkpoint(), music())
    assert len(facts["notes"]) == len(found.notes)
    for facts_of_note, note in zip(facts["notes"], found.notes, strict=True):
        assert (facts_of_note["voice"], facts_of_note["step"]) == (
            VOICES[note.voice],
            note.onset_step,
        )
        assert (facts_of_note["pitch"], facts_of_note["length_steps"]) == (
            note.pitch,
            note.length_steps,
        )
        assert facts_of_note["probability"] == pytest.approx(note.probability, rel=1e-4)
        assert facts_of_note["alternatives"][0]["probability"] == pytest.approx(
            note.alternatives[0].probability, rel=1e-4
        )
    assert facts["nats_per_note"] == pytest.approx(found.nats.mean(), abs=1e-4)
    assert sum(facts["levels"].values()) == pytest.approx(1, abs=1e-5)
    assert (facts["key"], facts["metre"], facts["pickup_steps"]) == ("G major", "4/4", 4)
    assert (facts["bach"], facts["files"], facts["steps"]) == (None, [], 52)
    assert facts["fingerprint"] == tiny_checkpoint().fingerprint


def test_only_the_given_bars_are_reported(explain: Output) -> None:
    out = explain("chorale.mid", "--bars", "2-3", "--top", "100")
    assert out.startswith("chorale.mid: 3 bars, only bars 2-3 shown\n")
    assert set(re.findall(r"^bar (\d+),", out, re.MULTILINE)) == {"2", "3"}
    assert "these bars: " in out
    facts = json.loads(explain("chorale.mid", "--bars", "2-3", "--json"))
    assert {note["bar"] for note in facts["notes"]} == {2, 3}
    assert (facts["from_step"], facts["to_step"]) == (20, 52)
    assert facts["nats_per_note"] == pytest.approx(
        explain_notes(tiny_checkpoint(), music()).nats[20:].mean(), abs=1e-4
    )


def test_colours_are_for_terminals_without_no_color(
    explain: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = explain("chorale.mid")
    monkeypatch.setenv("FORCE_COLOR", "1")  # as if standard output were a terminal
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\033[1;" in explain("chorale.mid")
    monkeypatch.setenv("NO_COLOR", "1")
    assert re.sub("\033\\[[01]m", "", explain("chorale.mid")) == plain


def test_lines_are_as_wide_as_the_terminal(
    explain: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "48")
    assert max(map(len, explain("chorale.mid").splitlines())) <= 48


def test_coloured_scores_are_written_and_listed(explain: Output) -> None:
    out = explain("chorale.mid", "--format", "musicxml,lilypond,svg,png,pdf")
    endings = ("musicxml", "ly", "svg", "png", "pdf")
    names = [f"chorale-explained.{ending}" for ending in endings]
    assert out.splitlines()[-6:] == ["Coloured score", *names]
    notes = explain_notes(tiny_checkpoint(), music()).notes
    levels = {
        sum(note.probability < least for least in LEVELS.values()) for note in notes
    }  # those that occur
    assert len(levels) > 1
    for level in levels - {0}:
        for name in names[:3]:
            assert LEVEL_COLOURS[level] in Path(name).read_text()
    assert "how likely the model tiny.safetensors" in Path(names[0]).read_text()
    assert Path(names[3]).read_bytes().startswith(b"\x89PNG")
    assert Path(names[4]).read_bytes().startswith(b"%PDF")


def test_a_score_is_written_to_the_given_path_also_with_json(explain: Output) -> None:
    facts = json.loads(explain("chorale.mid", "--json", "-o", "my.xml"))
    assert facts["files"] == ["my.xml"]
    read = json.loads(explain("my.xml", "--json"))  # can be explained in its turn
    keys = ("voice", "step", "pitch", "length_steps")
    same = [[[note[key] for key in keys] for note in each["notes"]] for each in (facts, read)]
    assert same[0] == same[1]
    explain("chorale.mid", "-o", ".")
    assert Path("chorale-explained.pdf").is_file()


def test_a_page_lists_the_notes_that_the_model_would_change(explain: Output) -> None:
    explain("chorale.mid", "--format", "html")
    page = Path("chorale-explained.html").read_text()
    assert page.count('<button type="button" data-step="') > 0
    assert "how likely the model tiny.safetensors" in page
    assert any(colour in page for colour in LEVEL_COLOURS[1:])


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
        (["chorale.mid", "--top", "-1"], 2, "invalid value for '--top'"),
        (["chorale.mid", "--staves", "3"], 2, "a score has 2 or 4 staves"),
        (
            ["chorale.mid", "-o", "x.mid"],
            2,
            "format midi cannot show coloured notes; choose from musicxml",
        ),
        (["chorale.mid", "--format", "svg,mp3"], 2, "format mp3 cannot show coloured notes"),
        (["chorale.mid", "--format", "roll"], 2, "format roll cannot show coloured notes"),
        (["chorale.mid", "-o", "-"], 2, "nothing is written to standard output"),
        (["chorale.mid", "-o", "there.svg"], 1, "there.svg exists"),
        (["low.mid"], 1, r"[A-G]#?[01] in the bass \(bar 0, beat 4\) is outside the model's range"),
        (
            ["chorale.mid", "--model", "plain/tiny.safetensors"],
            2,
            "this model cannot be conditioned on given notes",
        ),
        ([], 2, "missing argument 'FILE'"),
    ],
)
def test_a_file_that_cannot_be_explained_is_an_error_of_one_line_and_nothing_is_written(
    run: Run, words: list[str], status: int, message: str, folder: Path
) -> None:
    Path("there.svg").write_text("mine")
    low = music().pitches - np.array([0, 0, 0, 24], np.int16)
    Path("low.mid").write_bytes(midi_bytes(Chorale(low, music().onsets, music().plan)))
    Path("plain").mkdir()
    saved(tiny_checkpoint(options=ModelOptions(encoder_units=0, units=4)), folder / "plain")
    before = sorted(folder.rglob("*"))
    model = [] if "--model" in words else ["--model", MODEL]
    ended = run("explain", *words, *model)
    assert ended[:2] == (status, "")
    assert re.match(f"chorale: {message}", ended[2])
    assert ended[2].count("\n") == 1
    assert sorted(folder.rglob("*")) == before
    assert Path("there.svg").read_text() == "mine"


def test_phrases_that_the_file_lacks_are_estimated_but_no_fermata_is_shown(
    explain: Output,
) -> None:
    plan = Plan(52, Metre(4, 4), 4, music().plan.key)
    Path("plain.mid").write_bytes(midi_bytes(replace(music(), plan=plan)))
    out = explain("plain.mid", "-o", "plain.musicxml")
    assert "(estimated)" in " ".join(out.partition("\n\n")[0].splitlines())
    assert "𝄐" not in out
    assert "fermata" not in Path("plain.musicxml").read_text()


def test_several_files_are_explained_past_a_broken_one(run: Run) -> None:
    Path("class").mkdir()
    Path("class/a.mid").write_bytes(Path("chorale.mid").read_bytes())
    Path("class/b.mid").write_bytes(b"MThd")
    Path("class/c.mid").write_bytes(Path("chorale.mid").read_bytes())
    words = ("explain", "class", "--model", MODEL, "--top", "0")
    status, out, err = run(*words)
    assert status == 1
    assert re.findall(r"^(\S+): 3 bars$", out, re.MULTILINE) == ["a.mid", "c.mid"]
    assert err.splitlines()[-1] == "chorale: 1 of 3 files could not be explained"
    _, out, _ = run(*words, "--json")
    facts = json.loads(out)
    assert [each["file"] for each in facts["files"]] == ["class/a.mid", "class/c.mid"]
    assert [each["file"] for each in facts["errors"]] == ["class/b.mid"]


def test_the_key_of_the_options_replaces_that_of_the_file(explain: Output) -> None:
    assert json.loads(explain("chorale.mid", "--key", "E minor", "--json"))["key"] == "E minor"
