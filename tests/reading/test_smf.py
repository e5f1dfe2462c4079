"""Standard MIDI Files: what holds no note is passed over, and notes are never lost silently."""

import struct
from io import BytesIO
from pathlib import Path

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chorale.music import Key, Metre, notes
from chorale.reading import SUFFIXES, Reading, read_music
from chorale.reading.smf import decode_text, parse_midi
from chorale.reading.smf_bytes import DamagedMidiError

PITCHES = [67, 69, 71, 72]
LINE = b"".join(bytes([0, 0x90, pitch, 80, 96, 0x80, pitch, 64]) for pitch in PITCHES)
END = b"\0\xff\x2f\0"


def chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack(">L", len(content)) + content


def riff_chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<L", len(content)) + content + bytes(len(content) % 2)


def header(tracks: int = 1, form: int = 1) -> bytes:
    return chunk(b"MThd", struct.pack(">HHh", form, tracks, 96))


def meta(kind: int, content: bytes) -> bytes:
    """Return a meta event of fewer than 128 bytes, with its wait."""
    return bytes([0, 0xFF, kind, len(content)]) + content


def file(*events: bytes) -> bytes:
    """Return a file of one track: the events, the line, and the end of the track."""
    return header() + chunk(b"MTrk", b"".join(events) + LINE + END)


def read(folder: Path, content: bytes, name: str = "a.mid") -> Reading:
    path = folder / name
    path.write_bytes(content)
    return read_music(path)


def pitches_of(reading: Reading) -> list[int]:
    return [note.pitch for note in notes(reading.chorale, 0)]


# Events that hold no note


DAMAGED_EVENTS = {
    "a key of 8 sharps": (meta(0x59, b"\x08\0"), "1 damaged key signature"),
    "a key of 8 flats": (meta(0x59, b"\xf8\0"), "1 damaged key signature"),
    "a key of mode 255": (meta(0x59, b"\xfe\xff"), "1 damaged key signature"),
    "a key of length 1": (meta(0x59, b"\1"), "1 damaged key signature"),
    "a key of length 0": (meta(0x59, b""), "1 damaged key signature"),
    "a time signature of length 2": (meta(0x58, b"\3\2"), "1 damaged time signature"),
    "a time signature of length 3": (meta(0x58, b"\3\2\x18"), "1 damaged time signature"),
    "a time signature of length 5": (meta(0x58, b"\3\2\x18\x08\0"), "1 damaged time signature"),
    "no beats in a measure": (meta(0x58, b"\0\2\x18\x08"), "1 damaged time signature"),
    "a tempo of length 2": (meta(0x51, b"\7\xa1"), "1 damaged tempo"),
    "a tempo of length 4": (meta(0x51, b"\7\xa1\x20\0"), "1 damaged tempo"),
    "a tempo of length 0": (meta(0x51, b""), "1 damaged tempo"),
    "a sequence number of length 1": (meta(0, b"\5"), "1 damaged sequence number"),
    "a time code of length 4": (meta(0x54, b"\0\0\0\0"), "1 damaged time code"),
    "a time code at no rate": (meta(0x54, b"\xff\0\0\0\0"), "1 damaged time code"),
    "a channel prefix of length 0": (meta(0x20, b""), "1 damaged channel prefix"),
    "a port of length 2": (meta(0x21, b"\0\0"), "1 damaged port number"),
    "volume 255": (b"\0\xb0\x07\xff", "1 damaged controller event"),
    "two controllers": (b"\0\xb0\x07\xff" * 2, "2 damaged controller events"),
    "controllers of one status": (b"\0\xb0\x07\xff\0\x0a\x80", "2 damaged controller events"),
    "program 200": (b"\0\xc0\xc8", "1 damaged program change"),
    "pressure 200": (b"\0\xd0\xc8", "1 damaged pressure message"),
    "aftertouch 200": (b"\0\xa0\x40\xc8", "1 damaged aftertouch message"),
    "a bend over 127": (b"\0\xe0\xff\xff", "1 damaged pitch bend"),
    "an exclusive message of bytes": (
        b"\0\xf0\3\xc8\xc9\xf7",
        "1 damaged system exclusive message",
    ),
    "a song position": (b"\0\xf2\1\1", "1 system message"),
    "an undefined status": (b"\0\xf4", "1 system message"),
    "active sensing": (b"\0\xfe\0\xfe", "2 system messages"),
}


@pytest.mark.parametrize("case", DAMAGED_EVENTS)
def test_an_event_without_a_note_is_passed_over_and_counted(case: str, tmp_path: Path) -> None:
    events, notice = DAMAGED_EVENTS[case]
    reading = read(tmp_path, file(events))
    assert pitches_of(reading) == PITCHES
    assert reading.change_notices == (f"{notice} passed over, no notes are lost",)
    facts = reading.facts
    assert (facts.metre, facts.sharps, facts.tempo_qpm, facts.changes) == (None, None, None, ())


@pytest.mark.parametrize(
    "events",
    [
        meta(0x00, b""),
        meta(0x21, b""),
        meta(0x7F, b"\0\xff\x80"),
        meta(0x60, b"\xff\xff"),
        meta(0x01, bytes(range(100))),
        b"\0\xb0\x07\x7f\0\x0a\0\0\xc0\5\0\xe0\0\x40",
        b"\0\xf0\5\x7e\x7f\x09\1\xf7",
        b"\0\xf7\2\xf3\1",
    ],
    ids=["number", "port", "sequencer", "unknown", "text", "channel", "exclusive", "escape"],
)
def test_what_midi_allows_is_no_notice(events: bytes, tmp_path: Path) -> None:
    reading = read(tmp_path, file(events))
    assert (pitches_of(reading), reading.change_notices) == (PITCHES, ())


@given(kind=st.integers(0, 0xFF).filter(lambda kind: kind != 0x2F), content=st.binary(max_size=9))
def test_no_meta_event_hides_the_notes(kind: int, content: bytes) -> None:
    [track] = parse_midi(file(meta(kind, content))).file.tracks
    assert [m.note for m in track if m.type == "note_on"] == PITCHES


def test_valid_meta_events_are_read_beside_damaged_ones(tmp_path: Path) -> None:
    damaged = meta(0x59, b"\x09\0") + meta(0x58, b"\4") + meta(0x51, b"\1")
    valid = meta(0x59, b"\1\0") + meta(0x58, b"\3\2\x18\x08") + meta(0x51, b"\x0a\x2c\x2a")
    reading = read(tmp_path, file(damaged, valid))
    assert (reading.facts.metre, reading.chorale.plan.key) == (Metre(3, 4), Key(7, "major"))
    assert reading.facts.tempo_qpm == pytest.approx(90, abs=0.01)


def test_the_wait_of_an_event_that_is_passed_over_is_kept(tmp_path: Path) -> None:
    waiting = b"\x60\xff\x59\2\x08\0" + b"\x60\xb0\x07\xff" + b"\x60\xb0\x07\x40"
    reading = read(tmp_path, file(waiting))
    assert [note.onset_step for note in notes(reading.chorale, 0)] == [12, 16, 20, 24]


def test_running_status_outlasts_events_that_are_passed_over(tmp_path: Path) -> None:
    between = meta(0x59, b"\x08\0") + b"\0\xf0\1\xf7" + b"\0\xfe"
    track = b"\0\x90\x43\x50" + between + b"\x60\x43\0" + between + b"\0\x45\x50\x60\x45\0" + END
    reading = read(tmp_path, header() + chunk(b"MTrk", track))
    assert pitches_of(reading) == [67, 69]


def test_a_velocity_over_127_is_a_note(tmp_path: Path) -> None:
    track = b"\0\x90\x43\xff\x60\x80\x43\xff" + END
    reading = read(tmp_path, header() + chunk(b"MTrk", track))
    assert [(note.pitch, note.length_steps) for note in notes(reading.chorale, 0)] == [(67, 4)]
    assert reading.change_notices == ()


# Chunks and wrappers


XF = chunk(b"XFIH", b"abcdefgh")


@pytest.mark.parametrize(
    ("content", "notice"),
    [
        (header() + XF + file()[14:], "1 unknown block passed over, no notes are lost"),
        (file() + XF + chunk(b"XFKM", b""), "2 unknown blocks passed over, no notes are lost"),
        (bytes(128) + file(), "128 leading bytes passed over, no notes are lost"),
        (file() + b"\0\0\0", "3 trailing bytes passed over, no notes are lost"),
        (file() + b"\x1a" * 20, "20 trailing bytes passed over, no notes are lost"),
        (header(3) + file()[14:], "1 track read where the header states 3"),
        (header(0) + file()[14:], "1 track read where the header states 0"),
        (chunk(b"MThd", struct.pack(">HHhL", 0, 1, 96, 0)) + file()[14:], ""),
    ],
    ids=[
        "before the track",
        "after the track",
        "MacBinary",
        "padding",
        "end-of-file marks",
        "fewer tracks",
        "more tracks",
        "a longer header",
    ],
)
def test_chunks_and_bytes_that_are_no_track_are_passed_over(
    content: bytes, notice: str, tmp_path: Path
) -> None:
    reading = read(tmp_path, content)
    assert pitches_of(reading) == PITCHES
    assert reading.change_notices == tuple(filter(None, [notice]))


def riff(*chunks: bytes) -> bytes:
    return riff_chunk(b"RIFF", b"RMID" + b"".join(chunks))


@pytest.mark.parametrize("suffix", SUFFIXES[:4])
@pytest.mark.parametrize(
    "content",
    [
        riff(riff_chunk(b"data", file())),
        riff(riff_chunk(b"LIST", b"INFOodd"), riff_chunk(b"data", file())),
        riff(riff_chunk(b"data", file()), riff_chunk(b"LIST", b"INFO" + bytes(9))),
    ],
    ids=["alone", "after a list", "before a list"],
)
def test_a_riff_wrapper_is_unwrapped(content: bytes, suffix: str, tmp_path: Path) -> None:
    reading = read(tmp_path, content, f"a{suffix}")
    assert pitches_of(reading) == PITCHES
    assert reading.change_notices == ("1 RIFF wrapper passed over, no notes are lost",)


def test_a_riff_file_of_something_else_is_refused() -> None:
    for content in (
        riff(riff_chunk(b"LIST", b"INFO")),
        riff_chunk(b"RIFF", b"WAVEfmt "),
        b"RIFF\xff\xff\xff\x7fRMIDdata\xff\xff\xff\x7f" * 2_000,
    ):
        with pytest.raises(DamagedMidiError, match="not a MIDI file despite its name"):
            parse_midi(content)


@pytest.mark.parametrize("length", [len(LINE) + 6, 10_000, 2**32 - 1])
def test_a_track_may_state_too_great_a_length(length: int, tmp_path: Path) -> None:
    track = b"MTrk" + struct.pack(">L", length) + LINE + END
    low = b"".join(bytes([0, 0x90, p - 24, 80, 96, 0x80, p - 24, 64]) for p in PITCHES)
    reading = read(tmp_path, header(2) + track + chunk(b"MTrk", low + END))
    assert reading.voices == ("soprano", "bass")
    assert reading.change_notices == ()


def test_what_follows_the_end_of_a_track_is_counted(tmp_path: Path) -> None:
    reading = read(tmp_path, header() + chunk(b"MTrk", LINE + END + LINE))
    assert pitches_of(reading) == PITCHES
    assert reading.change_notices == (f"{len(LINE)} trailing bytes passed over, no notes are lost",)


def test_a_damaged_end_of_track_is_an_end(tmp_path: Path) -> None:
    reading = read(tmp_path, header() + chunk(b"MTrk", LINE + meta(0x2F, b"\0")))
    assert pitches_of(reading) == PITCHES
    assert reading.change_notices == ("1 damaged track end passed over, no notes are lost",)


# Damage where notes are


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"MThd\0\0", "it ends early"),
        (file()[:-9], "it ends early"),
        (header(2) + file()[14:] + b"MTrk\0", "it ends early"),
        (file(b"\0\x90\xc8\x50"), "MIDI note 200 is out of range, 0 to 127"),
        (header() + chunk(b"MTrk", b"\0\x40\x40"), "an event has no status"),
        (header() + chunk(b"MTrk", LINE[:-1]) + chunk(b"MTrk", LINE), "longer than its track"),
        (header() + chunk(b"MTrk", b"\x90\x80\x80\x80\0"), "more ticks than MIDI can count"),
        (header() + chunk(b"Mtrk", LINE), "it has no tracks"),
    ],
    ids=[
        "a header cut off",
        "a track cut off",
        "a chunk cut off",
        "a pitch",
        "no status",
        "an event cut off",
        "a wait",
        "no track",
    ],
)
def test_a_file_damaged_where_notes_may_be_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(DamagedMidiError, match=reason):
        parse_midi(content)


@given(st.data())
def test_mido_parses_a_valid_file_to_the_same_messages(data: st.DataObject) -> None:
    ticks, pitches = st.integers(0, 2**28 - 1), st.integers(0, 127)
    message = st.one_of(
        st.builds(mido.Message, st.just("note_on"), note=pitches, velocity=pitches, time=ticks),
        st.builds(mido.Message, st.just("note_off"), note=pitches, time=ticks),
        st.builds(mido.MetaMessage, st.just("set_tempo"), time=ticks),
        st.builds(mido.MetaMessage, st.just("marker"), text=st.text("abc"), time=ticks),
        st.builds(mido.MetaMessage, st.just("key_signature"), key=st.sampled_from(["F#m", "Cb"])),
    )
    tracks = data.draw(st.lists(st.lists(message, max_size=5), min_size=1, max_size=3))
    content = BytesIO()
    mido.MidiFile(
        type=1, ticks_per_beat=96, tracks=[mido.MidiTrack(track) for track in tracks]
    ).save(file=content)
    parsed = parse_midi(content.getvalue())
    expected = mido.MidiFile(file=BytesIO(content.getvalue())).tracks
    for ours, theirs in zip(parsed.file.tracks, expected, strict=True):
        assert [m.bytes()[1:] for m in ours] == [m.bytes()[1:] for m in theirs]
        assert [m.time for m in ours] == [m.time for m in theirs]
    assert parsed.notices == ()


# Texts


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"], ids=str)
def test_texts_are_decoded_whatever_their_encoding(encoding: str, tmp_path: Path) -> None:
    assert decode_text("Baß".encode(encoding)) == "Baß"
    conductor = chunk(b"MTrk", meta(3, "Ein fröhlich Lied".encode("utf-16")) + END)
    track = chunk(b"MTrk", meta(3, "Bäße".encode(encoding)) + LINE + END)
    path = tmp_path / "a.mid"
    path.write_bytes(header(2) + conductor + track)
    assert read_music(path, part="Bäße").facts.title == "Ein fröhlich Lied"


@given(st.binary())
def test_any_bytes_are_a_text(content: bytes) -> None:
    assert isinstance(decode_text(content), str)
    assert isinstance(decode_text(b"\xff\xfe" + content), str)
