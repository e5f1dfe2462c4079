"""Humdrum files: spines as voices, and a converter that may fail in a process of its own."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from hymn_notations import HUMDRUM
from scores import parse_xml, write

from chorale.errors import ReadingError
from chorale.reading import read_music
from chorale.reading.musicxml import read_musicxml
from chorale.reading.transcribing import humdrum, transcribe

HEAD = "**kern\n*clefG2\n*k[b-]\n*d:\n*M3/4\n"


def test_spines_that_split_are_voices_of_a_staff(tmp_path: Path) -> None:
    text = f"{HEAD}*^\n4a\t4d\n2b-\t2c#\n*v\t*v\n=2\n2.a\n==\n*-\n"
    upper, lower = read_musicxml(write(tmp_path, text, "made.krn"))
    assert [n.pitch for n in upper.notes] == [69, 70, 69]
    assert [n.pitch for n in lower.notes] == [62, 61]


def test_chords_triplets_rests_and_grace_notes_are_read(tmp_path: Path) -> None:
    text = f"{HEAD}4a 4f\n6a\n6g\n6f\n8rqq\n8gq\n4a\n==\n*-\n".replace("8rqq\n", "")
    [part] = read_musicxml(write(tmp_path, text, "made.krn"))
    assert [n.pitch for n in part.notes] == [69, 65, 69, 67, 65, 69]
    assert part.notes[-1].start == pytest.approx(12)
    assert part.ornaments == 1


def test_repeats_and_chord_symbols_are_written(tmp_path: Path) -> None:
    text = (
        "**kern\t**mxhm\n*M4/4\t*\n=1!|:\t=1!|:\n1c\tC major\n=2:|!\t=2:|!\n"
        "1d\tD minor-seventh\n==\t==\n*-\t*-\n"
    )
    root = parse_xml(transcribe(write(tmp_path, text, "made.krn"))[0])
    assert [e.get("direction") for e in root.iter("repeat")] == ["forward", "backward"]
    assert [e.findtext("kind") for e in root.iter("harmony")] == ["major", "minor-seventh"]


def test_both_verses_are_written(tmp_path: Path) -> None:
    root = parse_xml(transcribe(write(tmp_path, HUMDRUM, "made.krn"))[0])
    verses = {
        number: [e.findtext("text") for e in root.iter("lyric") if e.get("number") == number]
        for number in ("1", "2")
    }
    assert verses["1"] == ["All", "peo", "ple", "that", "on", "earth", "do", "dwell,"]
    assert verses["2"] == ["Sing", "to", "the", "Lord", "with", "cheer", "ful"]


@pytest.mark.parametrize("suffix", [".krn", ".kern", ".hum", ".KRN"])
def test_every_ending_of_humdrum_is_read(suffix: str, tmp_path: Path) -> None:
    assert read_music(write(tmp_path, HUMDRUM, f"made{suffix}")).chorale.pitches.shape == (36, 4)


@pytest.mark.parametrize("line", ["!!!filter: transpose -t M2", "!!!!filter: shed -e s/4/8/"])
def test_filters_are_not_run(line: str, tmp_path: Path) -> None:
    [part] = read_musicxml(write(tmp_path, f"{line}\n{HEAD}2.a\n==\n*-\n{line}\n", "made.krn"))
    assert [(n.pitch, n.end) for n in part.notes] == [(69, 12)]
    assert part.notices == ("2 Humdrum filters not run",)


def refusal(folder: Path, text: str) -> str:
    path = write(folder, text, "made.krn")
    with pytest.raises(ReadingError) as refused:
        read_music(path)
    message = str(refused.value)
    assert message.startswith(f"{path} ")
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("**text\nwords\n*-\n", "has no **kern spine; give a Humdrum file with notes in it"),
        (f"{HEAD}2.a\t2.b\n*-\n", "cannot be read as Humdrum **kern; check its spines with"),
        ("**kern\n" + "!\n" * 100_001, "has more than 100,000 lines"),
        ("\t".join(["**kern"] * 121), "has more than 120 spines"),
        ("**kern\n4c\0\n*-\n", "has zero bytes"),
        ("**kern\n" + "!" * 4_000_001, "has more than 4,000,000 characters"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(
    text: str, message: str, tmp_path: Path
) -> None:
    assert message in refusal(tmp_path, text)


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("import os, signal; os.abort() # %d %d %d", "cannot be read as Humdrum **kern"),
        ("x = [0] * 10**12 # %d %d %d", "cannot be read as Humdrum **kern"),
        ("import time; time.sleep(60) # %d %d %d", "has more than verovio reads in 1 s"),
        ("import sys; sys.exit(4) # %d %d %d", "has more than 32 MB as MEI"),
        ("import verovio_that_is_missing # %d %d %d", "cannot be read as Humdrum **kern"),
        ("raise ImportError(\"No module named 'verovio'\") # %d %d %d", "`pip install verovio`"),
    ],
)
def test_a_converter_that_fails_takes_nothing_along(
    program: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(humdrum, "_CHILD", program)
    monkeypatch.setattr(humdrum, "MAX_SECONDS", 1)
    assert message in refusal(tmp_path, HUMDRUM)


def test_the_converter_has_no_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []
    run = subprocess.run

    def record(*args: Any, **options: Any) -> Any:
        calls.append((args, options))
        return run(*args, **options)

    monkeypatch.setattr(subprocess, "run", record)
    read_music(write(tmp_path, HUMDRUM, "$(touch x).krn"))
    [((command,), options)] = calls
    assert not options.get("shell")
    assert "touch" not in " ".join(command)
