"""Files of notation programs, and files that cannot be read.

The files of the programs are in `tests/files`, with a README; the others are made here.
"""

import json
from collections.abc import Callable, Iterator
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import mido
import numpy as np
import pytest
from places import ROOT

from chorale.errors import ReadingError
from chorale.music import VOICES, Key, Metre, Note, notes
from chorale.reading import Reading, read_music

FILES = ROOT / "tests" / "files"
TRUTH = json.loads((FILES / "truth.json").read_text("utf-8"))
EXPORTS = sorted(str(path.relative_to(FILES)) for path in FILES.glob("*/*") if path.stem in TRUTH)
OURS = sorted((FILES / "ours").iterdir())  # our own file, opened and saved by other programs
TRIPLETS = "lilypond/triplets.mid"
PLAYED_SHORTER = "lilypond/ornaments.mid"  # than written: staccato
AS_WRITTEN = [name for name in EXPORTS if name not in (TRIPLETS, PLAYED_SHORTER)]

QUARTER = 480  # ticks


def read(name: str, approximate: bool = False) -> tuple[Reading, dict[str, Any]]:
    path = FILES / name
    return read_music(path, approximate=approximate), TRUTH[path.stem]


def written(line: str) -> Iterator[tuple[int, Fraction, Fraction]]:
    """Yield pitch, start and end of each note in a line of truth.json."""
    end = Fraction(0)
    for word in line.split():
        pitch, length = word.split(":")
        start, end = end, end + Fraction(length)
        if pitch != "rest":
            yield int(pitch), start, end


def voices_read(reading: Reading) -> dict[str, list[Note]]:
    return {name: notes(reading.chorale, VOICES.index(name)) for name in reading.voices}


def test_every_file_has_an_entry_in_truth_json_and_is_small() -> None:
    files = [path for path in FILES.glob("*/*") if path not in OURS]
    assert len(files) == len(EXPORTS)
    assert {path.stem for path in files} == set(TRUTH)
    assert max(path.stat().st_size for path in files) < 5_000


@pytest.mark.parametrize("name", AS_WRITTEN)
def test_every_voice_is_read_as_it_was_written(name: str) -> None:
    reading, truth = read(name)
    assert voices_read(reading) == {
        voice: [Note(pitch, int(start), int(end - start)) for pitch, start, end in written(line)]
        for voice, line in truth["voices"].items()
    }


@pytest.mark.parametrize("name", AS_WRITTEN)
def test_metre_key_and_pickup_are_those_written(name: str) -> None:
    reading, truth = read(name)
    metre = Metre.parse(truth["metre"]) if truth["metre"] else None
    # A MIDI file by MuseScore shows a pickup; no MIDI file shows that there is none.
    silent = name.endswith(".mid") and (name.startswith("lilypond") or not truth["pickup"])
    pickup = None if silent else truth["pickup"]
    facts = reading.facts
    assert (facts.metre, facts.pickup_steps) == (metre, pickup)
    assert (facts.sharps, facts.mode) == (truth["sharps"], truth["mode"])
    assert reading.chorale.plan.key == Key.from_sharps(truth["sharps"], truth["mode"])


@pytest.mark.parametrize("name", AS_WRITTEN)
def test_fermatas_are_those_written_and_unknown_in_midi(name: str) -> None:
    reading, truth = read(name)
    expected = [] if name.endswith(".mid") else truth["fermatas"]
    assert [list(span) for span in reading.chorale.plan.fermata_spans] == expected


def test_triplets_are_refused_with_their_places() -> None:
    with pytest.raises(ReadingError, match=r"triplets\.mid .*bar 1, beat 3; .* with --approximate"):
        read(TRIPLETS)


def test_triplets_are_approximated_on_request() -> None:
    reading, truth = read(TRIPLETS, approximate=True)
    line = [(pitch, round(start)) for pitch, start, _ in written(truth["voices"]["soprano"])]
    assert [(note.pitch, note.onset_step) for note in voices_read(reading)["soprano"]] == line
    assert any("moved to the nearest" in notice for notice in reading.notices)


def test_ornaments_played_before_the_beat_leave_every_note_where_it_was_written() -> None:
    reading, truth = read(PLAYED_SHORTER)
    line = [(pitch, int(start)) for pitch, start, _ in written(truth["voices"]["soprano"])]
    assert [(note.pitch, note.onset_step) for note in voices_read(reading)["soprano"]] == line
    assert "3 ornaments left out" in reading.notices


@pytest.mark.parametrize(
    ("name", "notice"),
    [
        ("musescore/auld_lang_syne.mid", "one line, read as soprano"),
        ("musescore/old_hundredth.mid", "4 lines, read in order as soprano, alto"),
        ("musescore/ornaments.mxl", "6 ornaments left out"),
    ],
)
def test_whatever_was_assumed_or_left_out_has_a_notice(name: str, notice: str) -> None:
    reading, _ = read(name)
    assert any(line.startswith(notice) for line in reading.notices)


@pytest.mark.parametrize("name", ["musescore/old_hundredth.mxl", "lilypond/old_hundredth.mid"])
def test_voices_found_by_their_names_have_no_notice(name: str) -> None:
    assert read(name)[0].notices == []


def test_a_change_of_metre_is_reported() -> None:
    assert read("musescore/metre_change.mid")[0].facts.changes == ("metre",)


def midi(*lines: list[tuple[int, int]], name: str = "", channel: int = 0) -> bytes:
    """Return a MIDI file with a track for each line of (pitch, quarters).

    Notes of 0 quarters sound together with the next.
    """
    tracks = []
    for line in lines:
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
        chord: list[int] = []
        for pitch, quarters in line:
            chord.append(pitch)
            track.append(mido.Message("note_on", note=pitch, channel=channel))
            if quarters:
                ticks = [quarters * QUARTER] + [0] * len(chord)
                for each, time in zip(chord, ticks, strict=False):
                    track.append(mido.Message("note_off", note=each, channel=channel, time=time))
                chord = []
        tracks.append(track)
    content = BytesIO()
    mido.MidiFile(type=1, ticks_per_beat=QUARTER, tracks=tracks).save(file=content)
    return content.getvalue()


MELODY = [(60, 1), (62, 1), (64, 2)]
DENSE = [(48, 0), (60, 0), (64, 0), (67, 0), (72, 1), (50, 0), (65, 0), (74, 1)]


def hanging_notes() -> bytes:
    """Return a MIDI file with a note that never ends and the end of one that never started."""
    track = mido.MidiTrack(
        [
            mido.Message("note_off", note=50),
            mido.Message("note_on", note=60),
            mido.Message("note_on", note=64),
            mido.Message("note_off", note=64, time=QUARTER),
            mido.MetaMessage("end_of_track", time=QUARTER),
        ]
    )
    content = BytesIO()
    mido.MidiFile(type=0, ticks_per_beat=QUARTER, tracks=[track]).save(file=content)
    return content.getvalue()


def film_frames() -> bytes:
    content = bytearray(midi(MELODY))
    content[12:14] = (0xE7, 0x28)  # 25 frames of 40 ticks
    return bytes(content)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: b"", r"cannot be read as MIDI .*; export it again"),
        (lambda: b"a sentence, no music", r"cannot be read as MIDI .*; export it again"),
        (lambda: midi(MELODY)[:-9], r"cannot be read as MIDI .*; export it again"),
        (
            lambda: midi(MELODY, channel=9),
            r"has no pitched notes \(channel 10, .*: 3 notes\); use a file with",
        ),
        (lambda: midi(*[MELODY] * 5), r"has 5 lines of notes .*: leave out or rename the others"),
        (
            lambda: midi(DENSE, name="Piano"),
            r"bar 1, beat 1 of Piano has 5 notes at once, .* with --approximate",
        ),
        (film_frames, r"timed in film frames, .*; export it as a score"),
    ],
    ids=[
        "empty",
        "text",
        "truncated",
        "drums only",
        "five parts",
        "dense piano",
        "film frames",
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(
    tmp_path: Path, make: Callable[[], bytes], reason: str
) -> None:
    path = tmp_path / "given.mid"
    path.write_bytes(make())
    with pytest.raises(ReadingError, match=rf"given\.mid.*{reason}") as caught:
        read_music(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_note_without_an_end_ends_with_its_track(tmp_path: Path) -> None:
    path = tmp_path / "given.mid"
    path.write_bytes(hanging_notes())
    chorale = read_music(path).chorale
    assert [notes(chorale, voice)[0].length_steps for voice in (0, 3)] == [4, 8]


def test_the_same_melody_undamaged_is_read(tmp_path: Path) -> None:
    path = tmp_path / "given.mid"
    path.write_bytes(midi(MELODY))
    assert [note.pitch for note in notes(read_music(path).chorale, 0)] == [60, 62, 64]


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_our_own_file_saved_by_another_program_has_the_same_notes(path: Path) -> None:
    ours = read_music(FILES / "ours.mid").chorale
    reading = read_music(path)
    theirs = reading.chorale
    np.testing.assert_array_equal(theirs.pitches, ours.pitches)
    np.testing.assert_array_equal(theirs.onsets, ours.onsets)
    assert (theirs.plan.metre, theirs.plan.pickup_steps) == (ours.plan.metre, 4)
    assert ours.plan.key
    assert reading.facts.sharps == ours.plan.key.sharps
