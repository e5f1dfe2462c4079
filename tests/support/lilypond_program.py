"""LilyPond, if it is installed as a program or by the Python package of its name."""

import importlib
import shutil
import subprocess
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import mido

from chorale.music import STEPS_PER_QUARTER

MISSING = "LilyPond is not installed; `pip install lilypond` installs it"


def find_lilypond() -> str | None:
    """Return the path of LilyPond; None if it is not installed."""
    if found := shutil.which("lilypond"):
        return found
    return str(importlib.import_module("lilypond").executable()) if find_spec("lilypond") else None


def compile_sources(sources: Sequence[bytes], folder: Path) -> str:
    """Compile sources to MIDI files 0.midi, 1.midi... in a folder; return what LilyPond reports.

    The pages are set, but not written.
    """
    program = find_lilypond()
    assert program, MISSING
    names = [f"{number}.ly" for number in range(len(sources))]
    for name, source in zip(names, sources, strict=True):
        (folder / name).write_bytes(source)
    command = [program, "-dno-print-pages", "--loglevel=WARNING", *names]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stderr


def list_played(midi: Path) -> list[list[tuple[float, int]]]:
    """Return onset, in steps, and pitch of the notes of each track that has any, in order."""
    file = mido.MidiFile(midi)
    tracks = []
    for track in file.tracks:
        now, played = 0, []
        for message in track:
            now += message.time
            if message.type == "note_on" and message.velocity:
                played.append((now * STEPS_PER_QUARTER / file.ticks_per_beat, message.note))
        tracks.append(sorted(played))
    return sorted(filter(None, tracks))
