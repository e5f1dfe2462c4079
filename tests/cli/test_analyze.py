"""`chorale analyze` and `--analysis`, run on real files."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from command import Run
from lines import from_lines
from tiny_network import saved, tiny_checkpoint
from tunes import tune_file

import chorale
from chorale.music import Key

C_MAJOR = Key(0, "major")
LINES = (
    "C5:4 C5:8 B4:4 C5:4 D5:2 E5:2 D5:4 C5:4",
    "E4:4 A4:4 G4:8 G4:4 G4:4 F4:4 E4:4",
    "G4:4 D4:4 D4:8 E4:4 C4:4 B3:4 C4:4",
    "C3:4 F3:4 G3:8 C3:4 E3:4 G3:4 C3:4",
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a chorale of two phrases, a tune, and a model."""
    monkeypatch.chdir(tmp_path)
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    music = from_lines(*LINES, key=C_MAJOR, fermatas=((16, 20), (28, 32)))
    chorale.write(music, "two.musicxml")
    tune_file(Path("tune.mid"))
    saved(tiny_checkpoint(), tmp_path)
    return tmp_path


def test_phrases_are_printed_with_keys_cadences_numerals_and_nonchord_tones(run: Run) -> None:
    status, out, err = run("analyze", "two.musicxml")
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert "C major (from the file)" in " ".join(lines)
    assert "Phrase 1, bars 1-2: C major, perfect authentic cadence (PAC)" in lines
    assert "  bar 1   1 C: I   2 ii65   3 V" in lines
    assert "suspension: 1:3 soprano C5 4-3" in lines
    assert "  bar 2   1 I" in lines


def test_json_has_the_same(run: Run) -> None:
    facts = json.loads(run("analyze", "two.musicxml", "--key", "C", "--json").out)
    assert [each["cadence"] for each in facts["phrases"]] == ["PAC", "PAC"]
    assert facts["home_key"] == "C major"
    second = facts["chords"][1]
    assert (second["bar"], second["beat"], second["numeral"]) == (1, 2.0, "ii65")
    assert (second["notes"], second["bass"]) == (["D", "F", "A", "C"], "F")
    assert facts["nonchord_tones"][0]["figures"] == "4-3"
    analysis = chorale.analyze("two.musicxml", key="C")
    assert [str(chord.numeral) for chord in analysis.chords] == [
        each["numeral"] for each in facts["chords"]
    ]


@pytest.mark.parametrize(
    ("symbols", "tag"), [("roman", "function"), ("figured", "figured-bass"), ("lead", "root")]
)
def test_a_score_has_the_symbols_that_are_chosen(run: Run, symbols: str, tag: str) -> None:
    words = ("analyze", "two.musicxml", "--symbols", symbols, "-o", "out.musicxml")
    status, out, err = run(*words)
    assert (status, err) == (0, "")
    assert "Score: out.musicxml" in out
    root = ElementTree.parse("out.musicxml").getroot()  # noqa: S314  # our own
    assert list(root.iter(tag))


@pytest.mark.parametrize("kind", ["svg", "pdf", "png", "html", "ly"])
def test_every_kind_of_score_is_written(run: Run, kind: str) -> None:
    assert run("analyze", "two.musicxml", "-o", f"out.{kind}").status == 0
    content = Path(f"out.{kind}").read_bytes()
    assert content
    if kind in ("svg", "html", "ly"):
        assert "ii⁶₅" in content.decode()


def test_chord_symbols_of_the_file_are_replaced_with_a_notice(run: Run) -> None:
    run("analyze", "two.musicxml", "--symbols", "lead", "-o", "lead.musicxml")
    out = run("analyze", "lead.musicxml", "--symbols", "lead", "-o", "again.musicxml").out
    assert "chord symbols of the file are replaced in the score" in out
    assert Path("again.musicxml").read_bytes().count(b"<harmony") == Path(
        "lead.musicxml"
    ).read_bytes().count(b"<harmony")


@pytest.mark.parametrize(
    ("choir", "lines"),
    [
        ("SA", (LINES[0], "", "", LINES[1])),
        ("SAB", (LINES[0], LINES[1], "", LINES[3])),
    ],
)
def test_two_and_three_voices_are_analysed(run: Run, choir: str, lines: tuple[str, ...]) -> None:
    chorale.write(from_lines(*lines, key=C_MAJOR), "few.mid", voicing=choir)
    status, out, err = run("analyze", "few.mid", "--voicing", choir, "--key", "C")
    assert (status, err) == (0, "")
    assert "C major (as requested)" in " ".join(out.split())
    assert "Phrase 1" in out


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["tune.mid"], 1, "a chord is of two voices or more; `chorale harmonize tune.mid`"),
        (["two.musicxml", "--key", "X"], 2, "'X' is not a key"),
        (["two.musicxml", "-o", "out.mp3"], 2, "printed in scores, not in mp3; choose from"),
        (["two.musicxml", "-o", "two.musicxml"], 1, "two.musicxml exists"),
        (["missing.mid"], 1, "missing.mid"),
    ],
)
def test_what_cannot_be_analysed_is_refused_in_one_line(
    run: Run, words: list[str], status: int, message: str
) -> None:
    result = run("analyze", *words)
    assert (result.status, result.out) == (status, "")
    assert message in result.err
    assert result.err.count("\n") == 1


@pytest.mark.parametrize(
    "command",
    [
        ["generate", "--bars", "2"],
        ["harmonize", "tune.mid"],
        ["continue", "two.musicxml", "--bars", "1"],
        ["rewrite", "two.musicxml", "--bars", "1-1"],
        ["render", "two.musicxml"],
    ],
)
def test_analysis_adds_labels_to_what_is_written(run: Run, command: list[str]) -> None:
    model = [] if command[0] == "render" else ["--model", "tiny.safetensors", "--seed", "1"]
    result = run(*command, *model, "--analysis", "-o", "new.musicxml")
    assert (result.status, result.err) == (0, "")
    assert b"<function>" in Path("new.musicxml").read_bytes()


def test_analysis_and_symbols_need_each_other_and_a_score(run: Run) -> None:
    result = run("render", "two.musicxml", "--symbols", "lead", "-o", "new.pdf")
    assert (result.status, result.err) == (2, "chorale: --symbols needs --analysis\n")
    result = run("render", "two.musicxml", "--analysis", "-o", "new.mid")
    assert result.status == 2
    assert "--analysis is printed in scores, not in midi; choose from musicxml" in result.err
