"""Notes of music files as readers that are not ours find them: verovio for MusicXML, mido for MIDI.

A note is its MIDI number and its onset in quarters; tied notes are one. Grace notes, cues, notes
without pitch, and all notations but ties and tuplets are removed from MusicXML before verovio reads
it, for verovio plays ornaments and reads pitches from accidentals and tablatures. Repeats are not
played out. mido only decodes the events of a MIDI file.
"""

import base64
import zipfile
from collections import defaultdict
from fractions import Fraction
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import mido

from chorale.music import STEPS_PER_QUARTER

DRUMS = 9  # channel
TICKS = 0.05  # sixteenths by which ticks move an onset
KEPT_NOTATIONS = ("tied", "tuplet")
MIDI_SUFFIXES = (".mid", ".midi", ".kar")


class Onset(NamedTuple):
    """The start of a note: its MIDI number and its time in quarters."""

    pitch: int
    quarters: Fraction


Staff = frozenset[Onset]  # a staff of a score, a track or a channel


class UnreadableError(Exception):
    """A file that the other reader cannot read."""


def read_score(path: Path) -> ET.Element:
    """Read the score of a MusicXML file, packed or not.

    Raises:
        UnreadableError: the file is damaged.
    """
    try:
        return _unpack(path)
    except Exception as error:  # a damaged file fails anywhere in the libraries
        raise UnreadableError(f"{type(error).__name__}: {error}"[:100]) from error


def read_staves(path: Path) -> list[Staff]:
    """Read the staves of a score, or the tracks of a MIDI file by channel, that have notes.

    Raises:
        UnreadableError: the other reader cannot read the file, or does not play its pitches.
    """
    try:
        if path.suffix.lower() in MIDI_SUFFIXES:
            return list_staves(mido.MidiFile(path, clip=True))
        return list_staves(_run_verovio(simplify(_unpack(path))))
    except UnreadableError:
        raise
    except Exception as error:  # a damaged file fails anywhere in the library
        raise UnreadableError(f"{type(error).__name__}: {error}"[:100]) from error


def list_staves(file: mido.MidiFile) -> list[Staff]:
    """Return the onsets of each track and channel that has notes, without drums."""
    staves: dict[tuple[int, int], set[Onset]] = defaultdict(set)
    for number, track in enumerate(file.tracks):
        ticks = 0
        for message in track:
            ticks += message.time
            if message.type == "note_on" and message.velocity and message.channel != DRUMS:
                time = _round_ticks(Fraction(ticks, file.ticks_per_beat))
                staves[number, message.channel].add(Onset(message.note, time))
    return [frozenset(onsets) for onsets in staves.values()]


def _round_ticks(quarters: Fraction) -> Fraction:
    """Move a time to the nearest sixteenth, if coarse ticks can have moved it from there."""
    near = Fraction(round(quarters * STEPS_PER_QUARTER), STEPS_PER_QUARTER)
    return near if abs(near - quarters) * STEPS_PER_QUARTER <= TICKS else quarters


def simplify(score: ET.Element) -> ET.Element:
    """Remove from a MusicXML score, in place, what verovio plays and a chorale does not have.

    Returns:
        The same element.

    Raises:
        UnreadableError: the score has pitches between the semitones.
    """
    if any(float(alter.text or 0) % 1 for alter in score.iter("alter")):
        raise UnreadableError("pitches between the semitones, which verovio does not play")
    for parent in list(score.iter()):
        for child in list(parent):
            if (
                child.tag in ("accidental", "staff-details")
                or (child.tag == "note" and child.find("grace") is not None)
                or (parent.tag == "notations" and child.tag not in KEPT_NOTATIONS)
            ):
                parent.remove(child)
            elif child.tag == "unpitched":
                child.tag = "rest"
    return score


def _unpack(path: Path) -> ET.Element:
    """Return the score of a MusicXML file, packed or not."""
    content = path.read_bytes()
    if not zipfile.is_zipfile(BytesIO(content)):
        return ET.fromstring(content)  # noqa: S314 - collections that one trusts
    with zipfile.ZipFile(BytesIO(content)) as archive:
        container = ET.fromstring(archive.read("META-INF/container.xml"))  # noqa: S314
        roots = (each for each in container.iter() if each.tag.endswith("rootfile"))
        return ET.fromstring(archive.read(next(roots).attrib["full-path"]))  # noqa: S314


@cache
def _toolkit() -> Any:
    import verovio

    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit()
    toolkit.setOptions({"expandNever": True, "midiNoCue": True})
    return toolkit


def _run_verovio(score: ET.Element) -> mido.MidiFile:
    """Return verovio's MIDI of a score: a track for each staff."""
    if not _toolkit().loadData(ET.tostring(score, encoding="unicode")):
        raise UnreadableError("verovio does not load it")
    content = base64.b64decode(_toolkit().renderToMIDI())
    return mido.MidiFile(file=BytesIO(content), clip=True)
