"""Facts of MIDI files that are left out are reported; `test_midi` has those that are read."""

from pathlib import Path

import mido
import pytest

from chorale.music import Metre
from chorale.reading import Reading, read_music

QUARTER = 480  # ticks


def read(folder: Path, *facts: mido.MetaMessage) -> Reading:
    """Read a file of the facts and of a melody of two measures of 4/4."""
    melody = mido.MidiTrack()
    for pitch in (60, 62, 64, 65, 67, 69, 71, 72):
        melody.append(mido.Message("note_on", note=pitch))
        melody.append(mido.Message("note_off", note=pitch, time=QUARTER))
    path = folder / "made.mid"
    tracks = [mido.MidiTrack(facts), melody]
    mido.MidiFile(type=1, ticks_per_beat=QUARTER, tracks=tracks).save(path)
    return read_music(path)


def key(name: str, quarters: int = 0) -> mido.MetaMessage:
    return mido.MetaMessage("key_signature", key=name, time=quarters * QUARTER)


def tempo(qpm: float, quarters: int = 0) -> mido.MetaMessage:
    return mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(qpm), time=quarters * QUARTER)


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        ([key("G"), key("D", 4)], "G major and D major from bar 2"),
        ([key("G"), key("Em", 4), key("G", 1)], "G major and E minor from bar 2"),
        ([key("C"), key("F")], "C major and F major"),
    ],
    ids=["a change", "a change and back", "at once"],
)
def test_a_change_of_key_is_reported(
    tmp_path: Path, keys: list[mido.MetaMessage], shown: str
) -> None:
    four_four = mido.MetaMessage("time_signature")
    reading = read(tmp_path, four_four, *keys)
    assert reading.change_notices == (f"several key signatures, of which none is kept: {shown}",)
    assert (reading.facts.sharps, reading.facts.changes) == (None, ("key",))
    assert reading.facts.metre == Metre(4, 4)


def test_changes_of_tempo_are_counted(tmp_path: Path) -> None:
    reading = read(tmp_path, tempo(100), tempo(100, 1), tempo(90, 1), tempo(100, 1))
    assert reading.facts.tempo_qpm == pytest.approx(100)
    assert reading.change_notices == ("2 changes of tempo left out",)
    assert read(tmp_path, tempo(120), tempo(80)).change_notices == ()
