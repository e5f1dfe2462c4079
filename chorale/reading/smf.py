"""Parse Standard MIDI Files leniently: what is damaged but holds no note is passed over.

mido refuses a file for a single event that it cannot decode, whether or not the event has to do
with notes. Here chunks and events are parsed one by one, and mido decodes no more than the content
of one meta event at a time.

Conventions:
- Every chunk MTrk after the header is a track, whatever number of tracks the header states. Other
  chunks, a RIFF wrapper (.rmid), and bytes before the header or after the end of a track are passed
  over and counted.
- A channel message has as many data bytes as its status requires, even if one exceeds 127. A note's
  velocity over 127 is a loud note's, a pitch over 127 makes the file damaged, and any other such
  message is passed over and counted.
- A meta event of a wrong length, or one that mido cannot decode, is passed over and counted.
- System messages and sound control in order (controllers, pitch bends) are no part of a score;
  they are dropped without being counted. Program changes are kept.
- Running status outlasts meta events and system messages.
- Texts are UTF-16 if they start with a byte order mark, else UTF-8 if possible, else Windows-1252
  or Latin-1.

Source: Standard MIDI Files 1.0, RP-001, MIDI Manufacturers Association, 1996.
"""

import struct
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import mido
from mido.midifiles.meta import build_meta_message

from chorale.reading.smf_bytes import (
    CHUNK,
    HEADER_BYTES,
    MAX_WAIT_TICKS,
    TRACK,
    Cursor,
    DamagedMidiError,
    unwrap,
)
from chorale.wording import count, join_names

MAX_PITCH = 127
DRUMS = 9  # channel 10, counted from 1

_NOTE_OFF, _NOTE_ON, _PROGRAM, _SYSTEM = 0x8, 0x9, 0xC, 0xF  # high halves of status bytes
_SYSEX, _ESCAPE, _META = 0xF0, 0xF7, 0xFF
_SYSTEM_DATA_BYTES = {0xF1: 1, 0xF2: 2, 0xF3: 1}  # the other system messages have none
_ONE_DATA_BYTE = (_PROGRAM, 0xD)
_CHANNEL_MESSAGES = {
    0xA: "aftertouch message",
    0xB: "controller event",
    _PROGRAM: "program change",
    0xD: "pressure message",
    0xE: "pitch bend",
}

_END_OF_TRACK = 0x2F
# Names of meta events whose length is fixed, and the lengths, in bytes, that are read.
_META_LENGTHS = {
    0x00: ("sequence number", (0, 2)),
    0x20: ("channel prefix", (1,)),
    0x21: ("port number", (0, 1)),
    _END_OF_TRACK: ("track end", (0,)),
    0x51: ("tempo", (3,)),
    0x54: ("time code", (5,)),
    0x58: ("time signature", (4,)),
    0x59: ("key signature", (2,)),
}


@dataclass(frozen=True)
class MidiContent:
    """The content of a MIDI file that has to do with notes.

    Attributes:
        file: a mido.MidiFile of notes, programs and meta events; its texts are decoded.
        notices: one line on all that was passed over, and one on a wrong number of tracks.
    """

    file: Any
    notices: tuple[str, ...]


def parse_midi(content: bytes) -> MidiContent:
    """Parse the bytes of a MIDI file.

    Raises:
        DamagedMidiError: the bytes are no MIDI file, end early, or are damaged where notes are.
    """
    passed_over: Counter[str] = Counter()
    source = _Source(unwrap(content, passed_over), passed_over)
    form, stated, division = source.parse_header()
    tracks = source.parse_tracks(stated)
    if form not in (0, 1, 2) or (form == 0 and len(tracks) > 1):
        form = 1  # the most general
    file = mido.MidiFile(type=form, ticks_per_beat=division, tracks=tracks)
    found = [count(number, kind) for kind, number in (+passed_over).items()]
    notices = [f"{join_names(found)} passed over, no notes are lost"] if found else []
    if len(tracks) != stated:
        notices.append(f"{count(len(tracks), 'track')} read where the header states {stated}")
    return MidiContent(file, tuple(notices))


def decode_text(data: bytes) -> str:
    """Decode the text of a meta event; see the conventions of the module."""
    if data.startswith((BOM_UTF16_BE, BOM_UTF16_LE)):
        return data.decode("utf-16", "replace")
    for encoding in ("utf-8-sig", "cp1252"):
        with suppress(UnicodeDecodeError):
            return data.decode(encoding)
    return data.decode("latin-1")


def _decode_meta(kind: int, data: bytes) -> Any:
    """Decode a meta event; return None if mido cannot, or if a measure would have no beats."""
    try:
        message = build_meta_message(kind, list(data))
    except (mido.KeySignatureError, LookupError, ValueError):
        return None
    for text in {"text", "name"} & vars(message).keys():
        setattr(message, text, decode_text(data))
    return None if vars(message).get("numerator") == 0 else message


class _Source(Cursor):
    """A cursor in the bytes of a MIDI file, and the count of what was passed over."""

    def __init__(self, content: bytes, passed_over: Counter[str]) -> None:
        super().__init__(content)
        self._passed_over = passed_over
        self._track_is_open = False  # whether the last track has no end of its own

    def parse_header(self) -> tuple[int, int, int]:
        """Return format, number of tracks and division (ticks a quarter, if positive)."""
        length = self.remaining and self.take_chunk_header()[1]
        header = self.take(max(length, HEADER_BYTES))
        form, tracks, division = struct.unpack_from(">HHh", header)
        return form, tracks, division

    def parse_tracks(self, stated: int) -> list[mido.MidiTrack]:
        """Parse the tracks, `stated` or another number of them.

        Raises:
            DamagedMidiError: there are none, or the file ends within a chunk that may be a track.
        """
        tracks = []
        while self.remaining:
            start = self.position
            is_whole = self.remaining >= CHUNK.size
            name, length = self.take_chunk_header() if is_whole else (b"", CHUNK.size)
            end = self.position + length
            if name == TRACK:
                tracks.append(self._parse_track(end))
                # a track may state too great a length
                if not self.content.startswith(TRACK, self.position):
                    self._pass_over_bytes(self.position, end)
            elif length <= self.remaining:
                self._passed_over["unknown block"] += 1
                self.position = end
            elif len(tracks) >= stated and not self._track_is_open:
                self._pass_over_bytes(start, end)
            else:
                raise DamagedMidiError("it ends early")
        if stated and not tracks:
            raise DamagedMidiError("it has no tracks")
        return tracks

    def _pass_over_bytes(self, start: int, end: int) -> None:
        """Pass over the bytes from `start` to `end`, or to the end of the file, and count them."""
        self.position = min(end, len(self.content))
        self._passed_over["trailing byte"] += self.position - start

    def _parse_track(self, end: int) -> mido.MidiTrack:
        """Parse the events of a track, up to its end of track or the end of its chunk.

        Raises:
            DamagedMidiError: the track ends within an event, or is longer than the file.
        """
        track = mido.MidiTrack()
        self._track_is_open = True
        status = wait = 0
        while self.position < end:
            if not self.remaining:
                raise DamagedMidiError("it ends early")
            wait += self.take_number()
            if wait > MAX_WAIT_TICKS:
                raise DamagedMidiError("a wait of more ticks than MIDI can count")
            message, status = self._parse_event(status)
            if message is not None:
                message.time, wait = wait, 0
                track.append(message)
                if message.type == "end_of_track":
                    self._track_is_open = False
                    return track
        if self.position > end:
            raise DamagedMidiError("an event is longer than its track")
        track.append(mido.MetaMessage("end_of_track", time=wait))
        return track

    def _parse_event(self, running: int) -> tuple[Any, int]:
        """Parse an event after its wait.

        Args:
            running: status of the last channel message; 0 if there was none.

        Returns:
            The message, None if it is passed over or dropped; and the new running status.
        """
        status = self.content[self.position] if self.remaining else 0
        if status >= 0x80:
            self.position += 1
        elif not (status := running):
            raise DamagedMidiError("an event has no status")
        if status == _META:
            return self._parse_meta(), running
        if status in (_SYSEX, _ESCAPE):
            self._pass_over_sysex(status)
            return None, running
        if status >> 4 == _SYSTEM:
            self.take(_SYSTEM_DATA_BYTES.get(status, 0))
            self._passed_over["system message"] += 1
            return None, running
        return self._parse_channel_message(status), status

    def _parse_channel_message(self, status: int) -> Any:
        """Parse the data of a channel message; None if it is neither a note's nor a program's."""
        kind, channel = status >> 4, status & 0xF
        data = self.take(1 if kind in _ONE_DATA_BYTE else 2)
        if kind not in (_NOTE_OFF, _NOTE_ON):
            is_damaged = max(data) > 127
            self._passed_over[f"damaged {_CHANNEL_MESSAGES[kind]}"] += is_damaged
            if is_damaged or kind != _PROGRAM:
                return None
            return mido.Message("program_change", True, channel=channel, program=data[0])
        pitch, velocity = data
        if pitch > MAX_PITCH:
            raise DamagedMidiError(f"MIDI note {pitch} is out of range, 0 to {MAX_PITCH}")
        struck = kind == _NOTE_ON and velocity
        name, velocity = ("note_on" if struck else "note_off"), min(velocity, 127)
        return mido.Message(name, True, channel=channel, note=pitch, velocity=velocity)

    def _pass_over_sysex(self, status: int) -> None:
        """Pass over a system exclusive message, and count it if its bytes are damaged."""
        data = self.take(self.take_number())
        damaged = status == _SYSEX and any(byte > 127 for byte in data.rstrip(b"\xf7"))
        self._passed_over["damaged system exclusive message"] += damaged

    def _parse_meta(self) -> Any:
        """Parse a meta event; None if it is damaged. A damaged end of track is still an end."""
        kind = self.take(1)[0]
        data = self.take(self.take_number())
        name, lengths = _META_LENGTHS.get(kind, ("meta event", (len(data),)))
        message = _decode_meta(kind, data) if len(data) in lengths else None
        if message is None:
            self._passed_over[f"damaged {name}"] += 1
            return mido.MetaMessage("end_of_track") if kind == _END_OF_TRACK else None
        return message
