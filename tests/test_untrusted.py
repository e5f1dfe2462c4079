import re
import unicodedata
from pathlib import Path

import mido
import pytest
from command import Run
from hypothesis import given
from hypothesis import strategies as st

from chorale.cli.console import say, say_error
from chorale.reading import read_music
from chorale.untrusted import printable

STEERING = "\x1b]0;title\x07\x1b[2J\u202eevil\u2066\x9b31m\r\n\x00"
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@given(st.text())
def test_what_can_be_shown_has_no_control_characters_and_stays_as_it_is(text: str) -> None:
    shown = printable(text)
    assert not {"Cc", "Zl", "Zp"} & {unicodedata.category(letter) for letter in shown}
    assert printable(shown) == shown


@pytest.mark.parametrize("text", ["Ach Gott, vom Himmel", "Ἀγάπη", "音楽", "क्‍ष", "é 🎵"])
def test_words_of_any_script_are_left_alone(text: str) -> None:
    assert printable(text) == text


def test_nothing_that_is_said_steers_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    say(f"first\n{STEERING}")
    say_error(STEERING)
    out, err = capsys.readouterr()
    assert not CONTROL.search(out + err)
    assert out.startswith("first\n ]0;title  [2Jevil 31m")


def five_lines(path: Path) -> Path:
    """A MIDI file of five lines whose names are what a stranger would give them."""
    file = mido.MidiFile()
    for number in range(5):
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=f"{number}\x1b[2J\x07\x9b31m")])
        track += [mido.Message("note_on", note=60 + number)]
        track += [mido.Message("note_off", note=60 + number, time=480)]
        file.tracks.append(track)
    file.save(path)
    return path


@pytest.mark.parametrize("words", [[], ["--part", "x"], ["--part", "1"]])
def test_the_names_of_a_strangers_parts_do_not_steer_the_terminal(
    run: Run, tmp_path: Path, words: list[str]
) -> None:
    ended = run("check", str(five_lines(tmp_path / "five.mid")), *words, seeded=False)
    assert ended.status == 1
    assert "[2J" in ended.err or words == ["--part", "1"]
    assert not CONTROL.search(ended.out + ended.err)


def test_titles_are_kept_without_what_steers(tmp_path: Path) -> None:
    path = five_lines(tmp_path / "five.mid")
    file = mido.MidiFile(path)
    file.tracks.insert(0, mido.MidiTrack([mido.MetaMessage("track_name", name="A \x1b[2Jtitle")]))
    file.save(path)
    assert read_music(path, part="2").facts.title == "A  [2Jtitle"
