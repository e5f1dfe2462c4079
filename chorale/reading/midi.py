"""MIDI files to parts, with mido.

Conventions:
- A part is a track, or where all notes stand in one track, a channel of it. The drum channel is
  left out.
- A first time signature shorter than a bar of the second tells the length of the pickup: 1/4 and,
  a quarter later, 4/4 is 4/4 with a pickup of four steps. It is what our writer and common score
  editors write. Any other change makes the metre unknown.
- MIDI knows no fermatas: they are unknown.
"""

from collections import defaultdict
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any

import mido

from chorale.errors import ReadingError
from chorale.music import STEPS_PER_QUARTER, Key, Metre, Mode
from chorale.reading.parts import Facts, Part, PartNote

SUFFIXES = (".mid", ".midi")

_PITCH_CLASSES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_DRUMS = 9  # channel 10 as musicians count


def read_midi(path: Path) -> list[Part]:
    """The parts of a MIDI file, in the order of its tracks.

    Raises:
        ReadingError: the file is damaged, or timed in seconds.
    """
    try:
        file = mido.MidiFile(file=BytesIO(path.read_bytes()))
    except Exception as error:  # a damaged file fails anywhere in mido, with any exception
        raise ReadingError(
            f"{path} cannot be read as MIDI ({type(error).__name__}: {error or 'it ends early'}); "
            "export it again from your score editor, or as MusicXML"
        ) from error
    if file.ticks_per_beat <= 0:  # mido's name; MIDI counts ticks to the quarter
        raise ReadingError(f"{path} is timed in film frames, not in quarters; export it as a score")
    facts = _facts(file)
    tracks = [_notes_by_channel(track, file.ticks_per_beat) for track in file.tracks]
    sounding = [channels for channels in tracks if channels]
    if len(sounding) == 1 and len(sounding[0]) > 1:
        return [Part("", tuple(notes), (), facts) for _, notes in sorted(sounding[0].items())]
    return [
        Part(track.name, tuple(chain.from_iterable(channels.values())), (), facts)
        for track, channels in zip(file.tracks, tracks, strict=True)
    ]


def _notes_by_channel(track: Any, ticks_per_quarter: int) -> dict[int, list[PartNote]]:
    """The notes of a track, drums left out; a note never ended ends with the track."""
    notes: dict[int, list[PartNote]] = defaultdict(list)
    started: dict[tuple[int, int], float] = {}
    time = 0.0
    ticks = 0

    def end(channel: int, pitch: int) -> None:
        start = started.pop((channel, pitch), None)
        if start is not None:
            notes[channel].append(PartNote(start, time, pitch))

    for message in track:
        ticks += message.time
        time = ticks * STEPS_PER_QUARTER / ticks_per_quarter
        if message.type not in ("note_on", "note_off") or message.channel == _DRUMS:
            continue
        end(message.channel, message.note)  # a note struck again ends before it starts
        if message.type == "note_on" and message.velocity > 0:
            started[message.channel, message.note] = time
    for channel, pitch in list(started):
        end(channel, pitch)
    return notes


def _facts(file: Any) -> Facts:
    metre, pickup_steps = _metre(file)
    keys = {message.key for _, message in _events(file, "key_signature")}
    if len(keys) != 1:
        return Facts(metre, pickup_steps)
    name = keys.pop()  # such as "F#m"
    tonic = _PITCH_CLASSES[name[0]] + name.count("#") - name.count("b")
    mode: Mode = "minor" if name.endswith("m") else "major"
    return Facts(metre, pickup_steps, Key(tonic % 12, mode).sharps, mode)


def _metre(file: Any) -> tuple[Metre | None, int]:
    """The one metre of a file and its pickup in steps; (None, 0) if it has not just one."""
    signatures: list[tuple[int, int, int]] = []  # (step, numerator, denominator), no repetitions
    for step, message in _events(file, "time_signature"):
        if not signatures or signatures[-1][1:] != (message.numerator, message.denominator):
            signatures.append((step, message.numerator, message.denominator))
    try:
        metres = [Metre(numerator, denominator) for _, numerator, denominator in signatures]
    except ValueError:
        return None, 0
    if len(metres) == 1:
        return metres[0], 0
    if len(metres) == 2 and 0 < signatures[1][0] < metres[1].steps_per_bar:
        return metres[1], signatures[1][0]
    return None, 0


def _events(file: Any, kind: str) -> list[tuple[int, Any]]:
    """The step and the message of every event of a kind, in any track, in order of time."""
    events = []
    for track in file.tracks:
        ticks = 0
        for message in track:
            ticks += message.time
            if message.type == kind:
                events.append((round(ticks * STEPS_PER_QUARTER / file.ticks_per_beat), message))
    return sorted(events, key=lambda event: event[0])
