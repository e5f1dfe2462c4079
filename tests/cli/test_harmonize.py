"""`chorale harmonize`, on real files with a tiny untrained network."""

import json
import re
from pathlib import Path

import mido
import pytest
from command import Run
from tunes import HUNDREDTH, Line, tune_file

from chorale.composing.plans import find_phrases
from chorale.music import Key, Metre, notes
from chorale.reading import read_chorale


@pytest.fixture
def tune(tmp_path: Path) -> Path:
    """A plain file of a tune."""
    return tune_file(tmp_path / "tune.mid")


def there() -> list[str]:
    """Paths of everything in the working folder and below, hidden files included."""
    return sorted(str(path) for path in Path().rglob("*"))


def sung(file: str, voice: int) -> Line:
    return [(note.pitch, note.length_steps) for note in notes(read_chorale(Path(file)), voice)]


def test_a_plain_tune_becomes_a_chorale_that_keeps_it(run: Run, tune: Path) -> None:
    ended = run("harmonize", "tune.mid")
    assert (ended.status, ended.err) == (0, "")
    assert there() == ["tune-harmonized-7.mid", "tune.mid"]
    assert sung("tune-harmonized-7.mid", 0) == HUNDREDTH
    assert ended.out.splitlines()[:3] == [
        "one line, read as soprano",
        (
            "4/4 (estimated), a pickup of 1 beat (estimated), G major (estimated), "
            "phrases end in bars 2, 4, 6 and 8 (estimated)"
        ),
        "tune-harmonized-7.mid: G major, 4/4, 8 bars with a pickup, seed 7",
    ]


def test_the_file_has_the_plan_of_the_options(run: Run, tune: Path) -> None:
    options = ["--key", "E minor", "--metre", "3/4", "--pickup", "0", "--phrases", "5,6"]
    assert run("harmonize", "tune.mid", *options, "-o", "out.mid").status == 0
    chorale = read_chorale(Path("out.mid"))
    assert (chorale.plan.key, chorale.plan.metre) == (Key(4, "minor"), Metre(3, 4))
    assert chorale.plan.pickup_steps == 0
    assert [length for length, _ in find_phrases(chorale.plan)] == [60, 68]
    assert sung("out.mid", 0) == HUNDREDTH


def test_voice_transposition_and_fit_are_followed(run: Run, tune: Path) -> None:
    assert run("harmonize", "tune.mid", "--voice", "tenor", "--transpose", "-12").status == 0
    lower = [(pitch - 12, length) for pitch, length in HUNDREDTH if pitch]
    assert sung("tune-harmonized-7.mid", 2) == lower
    high = tune_file(Path("high.mid"), [(pitch + 9, length) for pitch, length in lower])
    ended = run("harmonize", str(high), "--fit", "transpose")
    assert "to fit its range, and back" in ended.out
    assert sung("high-harmonized-7.mid", 0) == [(pitch + 9, length) for pitch, length in lower]


def test_some_bars_of_a_tune(run: Run, tune: Path) -> None:
    ended = run("harmonize", "tune.mid", "--bars", "1-2", "--json")
    [result] = json.loads(ended.out)
    assert result["steps"] == 32
    assert result["remarks"][-1].startswith("bars 1-2 of it: 4/4 (estimated)")


def test_several_versions_are_numbered_and_differ(run: Run, tune: Path) -> None:
    run("harmonize", "tune.mid", "-n", "2", "-o", "versions")
    first, second = sorted(Path("versions").iterdir())
    assert first.name == "tune-harmonized-7-1.mid"
    assert sung(str(first), 3) != sung(str(second), 3)
    assert sung(str(first), 0) == sung(str(second), 0) == HUNDREDTH


def test_the_file_has_the_options_it_was_made_with(run: Run, tune: Path) -> None:
    run("harmonize", "tune.mid", "--key", "G", "-t", "soprano=1.0,bass=0.7", "-o", "out.mid")
    conductor = mido.MidiFile("out.mid").tracks[0]
    assert conductor.name == "tune, harmonized"
    comments = [message.text for message in conductor if message.type == "text"]
    assert comments[1:4] == [
        "seed 7, no. 1",
        "voices to tune.mid, key G",
        (
            "temperature 1 (soprano), 1 (alto), 1 (tenor), 0.7 (bass), top-p 1, guidance 0.9, "
            "strictness 1, the best of 4"
        ),
    ]


def test_quiet_prints_nothing(run: Run, tune: Path) -> None:
    assert run("harmonize", "tune.mid", "-q") == (0, "", "")


def test_the_same_seed_gives_the_same_bytes(run: Run, tune: Path) -> None:
    run("harmonize", "tune.mid", "-o", "one.mid")
    run("harmonize", "tune.mid", "-o", "two.mid")
    assert Path("one.mid").read_bytes() == Path("two.mid").read_bytes()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--voice", "alto", "--keep", "bass"], "--voice names the voice of a single tune"),
        (["--keep", "bass,kazoo"], "'kazoo' is no voice; choose from soprano, alto, tenor, bass"),
        (["--keep", "bass"], r"tune.mid has no bass; it has only the soprano"),
        (["--bars", "two"], "no bars 'two'; give the first and the last, such as 5-8"),
        (["--bars", "7-12"], "no bars 7-12: the music has bars 0 to 8, of which 0"),
        (["--phrases", "4,4,4"], "phrases of 4, 4, 4 make 12 bars, but there are 8"),
        (["--temperature", "warm"], "temperature 'warm' is not a number"),
        (["--tempo", "fast"], "invalid value for '--tempo': .*a valid (number|float); see"),
        (["--voice", "descant"], "invalid value for '--voice': 'descant' is not one of"),
        (["-o", "-"], "nothing is written to standard output; name a file"),
    ],
)
def test_a_wrong_option_is_one_line_and_status_2(
    run: Run, tune: Path, options: list[str], message: str
) -> None:
    ended = run("harmonize", "tune.mid", *options)
    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert re.match(f"chorale: {message}", ended.err)
    assert there() == ["tune.mid"]


def line_file(line: Line) -> bytes:
    return tune_file(Path("made.mid"), line).read_bytes()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (lambda: b"", "cannot be read as MIDI .*; export it again"),
        (
            lambda: b"Dear diary",
            "cannot be read as MIDI .it is not a MIDI file despite its name",
        ),
        (lambda: line_file(HUNDREDTH)[:-40], "cannot be read as MIDI .*it ends early"),
        (lambda: line_file([(60, 16)]), "has only 1 note .*; choose a longer tune"),
        (lambda: line_file([(60, 4), (84, 4), (60, 8)]), "24 semitones; Bach's has 21"),
        (lambda: line_file([*HUNDREDTH] * 32), "has 256 bars, .* such as --bars 1-100"),
    ],
    ids=["empty", "text", "truncated", "one note", "two octaves", "ten minutes"],
)
def test_a_bad_file_is_one_line_and_status_1(run: Run, content, message: str) -> None:
    Path("bad.mid").write_bytes(content())
    before = there()
    ended = run("harmonize", "bad.mid")
    assert (ended.status, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert re.match(f"chorale: bad.mid.*{message}", ended.err)
    assert there() == before


def test_nothing_is_overwritten_unless_forced(run: Run, tune: Path) -> None:
    Path("out.mid").write_bytes(b"valuable")
    assert run("harmonize", "tune.mid", "-o", "out.mid").status == 1
    assert Path("out.mid").read_bytes() == b"valuable"
    assert run("harmonize", "tune.mid", "-o", "out.mid", "--force").status == 0


def test_the_tune_itself_is_not_overwritten_unless_forced(run: Run, tune: Path) -> None:
    before = tune.read_bytes()
    assert run("harmonize", "tune.mid", "-o", "tune.mid").status == 1
    assert tune.read_bytes() == before


def test_a_tune_is_set_for_another_choir(run: Run, tune: Path) -> None:
    ended = run("harmonize", "tune.mid", "--voicing", "TTBB", "-o", "men.mid")
    assert (ended.status, ended.err) == (0, "")
    assert "moved an octave down to fit the range of tenor 1" in ended.out.splitlines()
    lower = [(pitch - 12, length) for pitch, length in HUNDREDTH if pitch]
    assert sung("men.mid", 0) == lower


def test_keeping_voices_is_for_satb_alone(run: Run, tune: Path) -> None:
    ended = run("harmonize", "tune.mid", "--voicing", "SA", "--keep", "soprano")
    assert ended.status == 2
    assert "--keep is for SATB alone: with --voicing SA the tune is the top voice" in ended.err
