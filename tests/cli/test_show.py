"""`chorale show`, run on real files."""

import re
from pathlib import Path

import pytest
from command import Run
from made_up import made_up_chorale
from scores import FERMATA, attributes, note, score
from tunes import tune_file

from chorale.rendering.sound.midi import midi_bytes


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a tune that has no plan and a chorale that has all of it."""
    monkeypatch.chdir(tmp_path)
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    tune_file(Path("tune.mid"))
    Path("chorale.mid").write_bytes(midi_bytes(made_up_chorale(52, 0)))


def test_a_chorale_is_shown_with_the_plan_of_its_file(run: Run) -> None:
    status, out, err = run("show", "chorale.mid")
    assert (status, err) == (0, "")
    heading, _, roll = out.partition("\n\n")
    assert " ".join(heading.splitlines()) == (
        "chorale.mid: 3 bars 4/4 (from the file), a pickup of 1 beat (from the file), "
        "G major (from the file), phrases end in bar 3 (from the file)"
    )
    assert [line.split() for line in roll.splitlines()[:2]] == [["0", "1", "2", "3"], ["𝄐───"]]
    assert "S soprano  A alto  T tenor  B bass" in out
    assert "\033" not in out


def test_a_plan_that_the_file_lacks_is_estimated_without_fermatas(run: Run) -> None:
    _, out, _ = run("show", "tune.mid")
    heading = " ".join(out.partition("\n\n")[0].splitlines())
    assert heading == (
        "tune.mid: 8 bars 4/4 (estimated), a pickup of 1 beat (estimated), G major (estimated), "
        "no fermatas (none in the file) one line, read as soprano"
    )
    assert "𝄐" not in out
    assert re.findall("[ATB] (?:alto|tenor|bass)", out) == []


def test_estimated_phrases_are_not_shown_beside_the_fermatas_of_the_file(run: Run) -> None:
    bars = [f"{attributes()}{note('C5')}", *[note("D5")] * 7, note("C5", 16, FERMATA)]
    Path("end.musicxml").write_text(score(bars), "utf-8")
    _, out, _ = run("show", "end.musicxml")
    assert "phrases end in bar 9 (from the file)" in " ".join(out.split())


def test_some_bars_are_shown_with_their_numbers(run: Run) -> None:
    _, out, _ = run("show", "chorale.mid", "--bars", "2-3")
    heading, _, roll = out.partition("\n\n")
    assert heading.startswith("chorale.mid: 3 bars, only bars 2-3 shown\n")
    assert roll.splitlines()[0].split() == ["2", "3"]


def test_ranges_have_a_row_for_each_voice_in_place_of_the_roll(run: Run) -> None:
    status, out, err = run("show", "chorale.mid", "--ranges")
    assert (status, err) == (0, "")
    heading, table, legend = (part.splitlines() for part in out.split("\n\n"))
    assert heading[0] == "chorale.mid: 3 bars"
    titles, *rows = [re.split(" {2,}", line.rstrip()) for line in table]
    assert titles == ["voice", "lowest", "middle", "highest", "usual range"]
    assert [row[0] for row in rows] == ["soprano", "alto", "tenor", "bass"]
    assert rows[0][4] == "C4 to G5"
    assert re.fullmatch(r"[A-G][#b]?\d \(bar \d, beat [\d.]+\)", rows[3][1])
    assert legend == ["middle: the voice is above this note for as long as below it"]


def test_ranges_are_those_of_the_bars_shown(run: Run) -> None:
    expected = {"0-8": "A4 D5 (bar 6, beat 4)", "1-2": "G4 B4 (bar 2, beat 3)"}
    for bars, notes in expected.items():
        table = run("show", "tune.mid", "--ranges", "--bars", bars).out.split("\n\n")[1]
        row = " ".join(table.splitlines()[1].split())
        assert row == f"soprano D4 (bar 1, beat 4) {notes} C4 to G5"


def test_lines_are_as_wide_as_the_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _, usual, _ = run("show", "tune.mid")
    assert 80 < max(map(len, usual.splitlines())) <= 100
    monkeypatch.setenv("COLUMNS", "60")
    _, narrow, _ = run("show", "tune.mid")
    assert max(map(len, narrow.splitlines())) <= 60


def test_colours_are_for_terminals_without_no_color(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, plain, _ = run("show", "chorale.mid")
    monkeypatch.setenv("FORCE_COLOR", "1")  # as if standard output were a terminal
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm-256color")
    _, coloured, _ = run("show", "chorale.mid")
    assert "\033[1;" in coloured
    monkeypatch.setenv("NO_COLOR", "1")
    _, letters, _ = run("show", "chorale.mid")
    assert re.sub("\033\\[[01]m", "", letters) == plain


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["nowhere.mid"], 1, "there is no file nowhere.mid"),
        (["chorale.mid", "--bars", "9"], 2, "no bar 9: the music has bars 0 to 3"),
        (["chorale.mid", "--bars", "x"], 2, "no bars 'x'"),
        (["chorale.mid", "--part", "flute"], 1, "chorale.mid has no part flute"),
        ([], 2, "missing argument 'FILE'"),
    ],
)
def test_a_file_that_cannot_be_shown_is_an_error_of_one_line(
    run: Run, words: list[str], status: int, message: str
) -> None:
    ended = run("show", *words)
    assert ended[:2] == (status, "")
    assert re.match(f"chorale: {message}", ended[2])
    assert ended[2].count("\n") == 1
