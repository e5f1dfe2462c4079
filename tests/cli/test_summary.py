"""The summary that composing commands print, on a terminal and elsewhere."""

import sys
from typing import Any

import pytest

from chorale.cli.summary import format_result, print_summary

RESULT: dict[str, Any] = {
    "file": "my song.mid",
    "files": ["my song.mid", "my song.mp3"],
    "key": "G minor",
    "metre": "3/4",
    "pickup_steps": 4,
    "bars": 8,
    "tempo": 72.0,
    "seed": 7,
    "model": "abc",
}


def test_a_line_has_files_key_metre_length_and_seed() -> None:
    line = "my song.mid, my song.mp3: G minor, 3/4, 8 bars with a pickup, seed 7"
    assert format_result(RESULT) == line
    bare = {**RESULT, "metre": None, "pickup_steps": 0, "bars": 1}
    assert format_result(bare) == "my song.mid, my song.mp3: G minor, 1 bar, seed 7"


def test_elsewhere_than_on_a_terminal_there_are_plain_lines(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_summary([RESULT])
    assert capsys.readouterr().out.splitlines() == [
        format_result(RESULT),
        "to hear it: chorale play 'my song.mid'; to see it: chorale show 'my song.mid'",
    ]


def test_after_several_lines_only_the_hint_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    print_summary([RESULT, RESULT])
    assert capsys.readouterr().out.startswith("to hear it: ")


def test_files_that_cannot_be_read_again_have_no_hint(capsys: pytest.CaptureFixture[str]) -> None:
    print_summary([{**RESULT, "file": "a.png", "files": ["a.png"]}])
    assert capsys.readouterr().out == "a.png: G minor, 3/4, 8 bars with a pickup, seed 7\n"


def panel(
    results: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> str:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    print_summary(results)
    return capsys.readouterr().out


def test_on_a_terminal_there_is_a_panel(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = panel([RESULT], monkeypatch, capsys)
    assert text.startswith("╭")
    for part in ("G minor, 3/4, 8 bars with a pickup", "72 quarters", "my song.mp3", "seed"):
        assert part in text
    assert max(map(len, text.splitlines())) <= 80


def test_of_several_the_panel_counts_the_modes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = panel([RESULT, RESULT, {**RESULT, "key": "C major"}], monkeypatch, capsys)
    assert "3, 1 in major and 2 in minor" in text
    assert "6, from my song.mid to my song.mp3" in text


@pytest.mark.parametrize("name", ["a [draft].mid", "[red]a.mid", "[/]", "a :smile:.mid"])
def test_a_file_name_is_not_markup(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert name in panel([{**RESULT, "file": name, "files": [name]}], monkeypatch, capsys)


def test_church_modes_are_counted_beside_major_and_minor(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = panel([RESULT, {**RESULT, "key": "D dorian"}], monkeypatch, capsys)
    assert "2, 0 in major, 1 in minor and 1 in dorian" in text
