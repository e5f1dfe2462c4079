"""`chorale continue` and `chorale rewrite`, on real files."""

import json
import re
from pathlib import Path

import mido
import numpy as np
import pytest
from command import Run
from tunes import tune_file

from chorale.composing.plans import find_phrases
from chorale.music import Key, Metre
from chorale.reading import read_chorale


@pytest.fixture
def opening(run: Run) -> Path:
    """A file of four bars of 3/4 in B flat, written by `generate`."""
    options = ["--key", "Bb", "--metre", "3/4", "--pickup", "1", "--phrases", "4"]
    assert run("generate", *options, "-o", "opening.mid").status == 0
    return Path("opening.mid")


def there() -> list[str]:
    return sorted(str(path) for path in Path().rglob("*"))


def test_an_opening_goes_on_in_its_key_and_metre(run: Run, opening: Path) -> None:
    ended = run("continue", "opening.mid", "--bars", "4")
    assert (ended.status, ended.err) == (0, "")
    before = read_chorale(opening)
    after = read_chorale(Path("opening-continued-7.mid"))
    np.testing.assert_array_equal(after.pitches[:48], before.pitches)
    np.testing.assert_array_equal(after.onsets[:48], before.onsets)
    assert (after.plan.key, after.plan.metre) == (Key(10, "major"), Metre(3, 4))
    assert (after.plan.length_steps, after.plan.pickup_steps) == (96, 4)
    assert ended.out.splitlines() == [
        (
            "the opening: 3/4 (from the file), a pickup of 1 beat (from the file), "
            "Bb major (from the file), phrases end in bar 4 (from the file)"
        ),
        "4 bars follow",
        "opening-continued-7.mid: Bb major, 3/4, 8 bars with a pickup, seed 7",
        (
            "to hear it: chorale play opening-continued-7.mid; "
            "to see it: chorale show opening-continued-7.mid"
        ),
    ]


def tempo_of(file: str) -> float:
    """Tempo of a file, in quarter notes a minute."""
    conductor = mido.MidiFile(file).tracks[0]
    [message] = [message for message in conductor if message.type == "set_tempo"]
    return float(mido.tempo2bpm(message.tempo))


def test_the_tempo_stays_unless_another_is_given(run: Run) -> None:
    assert run("generate", "--bars", "2", "--tempo", "60", "-o", "slow.mid").status == 0
    assert run("continue", "slow.mid", "-o", "longer.mid").status == 0
    assert run("rewrite", "slow.mid", "--bars", "1", "-o", "other.mid").status == 0
    assert run("harmonize", "slow.mid", "--tempo", "90", "-o", "quick.mid").status == 0
    tempos = [round(tempo_of(f"{name}.mid"), 3) for name in ("longer", "other", "quick")]
    assert tempos == [60, 60, 90]


def test_the_added_bars_are_reported(run: Run, opening: Path) -> None:
    ended = run("continue", "opening.mid", "--phrases", "2,4")
    assert "6 bars follow, in phrases of 2 and 4 (as requested)" in ended.out.splitlines()
    texts = [m.text for m in mido.MidiFile("opening-continued-7.mid").tracks[0] if m.type == "text"]
    assert "what follows opening.mid, phrases 2,4" in texts
    assert "1 bar follows" in run("continue", "opening.mid", "--bars", "1", "--force").out


def test_eight_bars_are_added_unless_phrases_are_given(run: Run, opening: Path) -> None:
    [result] = json.loads(run("continue", "opening.mid", "--json").out)
    assert result["bars"] == 12
    run("continue", "opening.mid", "--phrases", "2,6", "-o", "out.mid")
    lengths = [length for length, _ in find_phrases(read_chorale(Path("out.mid")).plan)]
    assert lengths == [48, 24, 72]


def test_only_the_given_bars_and_voices_are_rewritten(run: Run, opening: Path) -> None:
    ended = run("rewrite", "opening.mid", "--bars", "2-3", "--voices", "alto,tenor", "-t", "3")
    assert ended.status == 0
    before, after = read_chorale(opening), read_chorale(Path("opening-rewritten-7.mid"))
    changed = before.pitches != after.pitches
    assert changed[16:40, 1:3].any()
    changed[16:40, 1:3] = False
    assert not changed.any()
    assert after.plan == before.plan


def test_all_voices_are_rewritten_unless_some_are_given(run: Run, opening: Path) -> None:
    assert run("rewrite", "opening.mid", "--bars", "2", "-t", "3").status == 0
    before, after = read_chorale(opening), read_chorale(Path("opening-rewritten-7.mid"))
    steps, voices = (before.pitches != after.pitches).nonzero()
    assert set(voices) == {0, 1, 2, 3}
    assert 16 <= steps.min() <= steps.max() < 28


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["rewrite", "opening.mid"], 2, "missing option '--bars'"),
        (["rewrite", "opening.mid", "--bars", "9"], 2, "no bar 9: the music has bars 0 to 4"),
        (["rewrite", "opening.mid", "--bars", "x"], 2, "no bars 'x'"),
        (["rewrite", "opening.mid", "--bars", "1", "--voices", "solo"], 2, "'solo' is no voice"),
        (
            ["rewrite", "tune.mid", "--bars", "1"],
            1,
            "tune.mid has only the soprano, and all four voices are needed to rewrite it",
        ),
        (
            ["continue", "tune.mid"],
            1,
            "tune.mid has only the soprano, .*; `chorale harmonize` adds the others",
        ),
        (["continue", "opening.mid", "--bars", "0"], 2, "invalid value for '--bars'"),
        (["continue", "opening.mid", "--bars", "97"], 1, "opening.mid and 97 more bars make 101"),
        (["continue", "nowhere.mid"], 1, "there is no file nowhere.mid"),
        (["continue"], 2, "missing argument 'FILE'"),
    ],
)
def test_an_impossible_request_is_an_error_of_one_line(
    run: Run, opening: Path, words: list[str], status: int, message: str
) -> None:
    tune_file(Path("tune.mid"))
    before = there()
    ended = run(*words)
    assert (ended.status, ended.out, ended.err.count("\n")) == (status, "", 1)
    assert re.match(f"chorale: {message}", ended.err)
    assert there() == before


def test_a_tempo_out_of_range_is_replaced_and_reported(run: Run) -> None:
    slow = mido.MidiFile(str(tune_file(Path("tune.mid"))))
    slow.tracks[0].insert(0, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(10)))
    slow.save("slow.mid")
    [result] = json.loads(run("harmonize", "slow.mid", "--json").out)
    assert result["tempo"] == 80
    assert "tempo 80, since the file's 10 is not 20 to 300" in result["remarks"]
