"""Texts from untrusted files are safe to print."""

import re
import unicodedata
from pathlib import Path

import mido
import pytest
from command import Run
from hypothesis import given
from hypothesis import strategies as st

from chorale.cli.console import print_error, print_result
from chorale.reading import read_music
from chorale.untrusted import make_printable

TERMINAL_COMMANDS = "\x1b]0;title\x07\x1b[2J\u202eevil\u2066\x9b31m\r\n\x00"
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@given(st.text())
def test_a_printable_text_has_no_control_characters_and_is_stable(text: str) -> None:
    shown = make_printable(text)
    assert not {"Cc", "Zl", "Zp"} & {unicodedata.category(letter) for letter in shown}
    assert make_printable(shown) == shown


@pytest.mark.parametrize("text", ["Ach Gott, vom Himmel", "Ἀγάπη", "音楽", "क्‍ष", "é 🎵"])
def test_words_of_any_script_are_unchanged(text: str) -> None:
    assert make_printable(text) == text


def test_no_output_contains_terminal_commands(capsys: pytest.CaptureFixture[str]) -> None:
    print_result(f"first\n{TERMINAL_COMMANDS}")
    print_error(TERMINAL_COMMANDS)
    out, err = capsys.readouterr()
    assert not CONTROL.search(out + err)
    assert out.startswith("first\n ]0;title  [2Jevil 31m")


def five_lines(path: Path) -> Path:
    """Write a MIDI file of five lines with terminal commands in their names."""
    file = mido.MidiFile()
    for number in range(5):
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=f"{number}\x1b[2J\x07\x9b31m")])
        track += [mido.Message("note_on", note=60 + number)]
        track += [mido.Message("note_off", note=60 + number, time=480)]
        file.tracks.append(track)
    file.save(path)
    return path


@pytest.mark.parametrize("words", [[], ["--part", "x"], ["--part", "1"]])
def test_messages_contain_no_terminal_commands_from_names_of_parts(
    run: Run, tmp_path: Path, words: list[str]
) -> None:
    ended = run("check", str(five_lines(tmp_path / "five.mid")), *words)
    assert ended.status == 1
    assert "[2J" in ended.err or words == ["--part", "1"]
    assert not CONTROL.search(ended.out + ended.err)


def test_titles_are_read_without_terminal_commands(tmp_path: Path) -> None:
    path = five_lines(tmp_path / "five.mid")
    file = mido.MidiFile(path)
    file.tracks.insert(0, mido.MidiTrack([mido.MetaMessage("track_name", name="A \x1b[2Jtitle")]))
    file.save(path)
    assert read_music(path, part="2").facts.title == "A  [2Jtitle"
