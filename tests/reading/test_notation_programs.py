"""Files of real notation programs, and files that nobody can make music of.

What the programs wrote is in `files/`, with `files/README.md`; the rest is made here.
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
from numpy.typing import NDArray
from places import ROOT

from chorale.errors import ReadingError
from chorale.music import VOICES, Key, Metre, Note, notes
from chorale.reading import Reading, read_music

FILES = ROOT / "tests" / "files"
TRUTH = json.loads((FILES / "truth.json").read_text("utf-8"))
EXPORTS = sorted(str(path.relative_to(FILES)) for path in FILES.glob("*/*") if path.stem in TRUTH)
OURS = sorted((FILES / "ours").iterdir())  # our own file, taken in and written again
TRIPLETS = "lilypond/triplets.mid"
PLAYED_SHORTER = "lilypond/ornaments.mid"  # than written: staccato
AS_WRITTEN = [name for name in EXPORTS if name not in (TRIPLETS, PLAYED_SHORTER)]

QUARTER = 480  # ticks


def read(name: str, approximate: bool = False) -> tuple[Reading, dict[str, Any]]:
    path = FILES / name
    return read_music(path, approximate=approximate), TRUTH[path.stem]


def written(line: str) -> Iterator[tuple[int, Fraction, Fraction]]:
    """Pitch, start and end of each note in a line of truth.json."""
    end = Fraction(0)
    for word in line.split():
        pitch, length = word.split(":")
        start, end = end, end + Fraction(length)
        if pitch != "rest":
            yield int(pitch), start, end


def voices_read(reading: Reading) -> dict[str, list[Note]]:
    return {name: notes(reading.chorale, VOICES.index(name)) for name in reading.voices}


def stretches(steps: NDArray[np.bool_] | None) -> list[list[int]]:
    """Start and end of each stretch of true steps."""
    if steps is None:
        return []
    return np.flatnonzero(np.diff(steps, prepend=False, append=False)).reshape(-1, 2).tolist()


def test_there_is_a_truth_for_every_file_and_every_file_is_small() -> None:
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
    # A MIDI file says that there is a pickup, if MuseScore wrote it, but never that there is none.
    silent = name.endswith(".mid") and (name.startswith("lilypond") or not truth["pickup"])
    pickup = None if silent else truth["pickup"]
    facts = reading.facts
    assert (facts.metre, facts.pickup_steps) == (metre, pickup)
    assert (facts.sharps, facts.mode) == (truth["sharps"], truth["mode"])
    assert reading.chorale.plan.key == Key.from_sharps(truth["sharps"], truth["mode"])


@pytest.mark.parametrize("name", AS_WRITTEN)
def test_fermatas_are_those_written_and_unknown_in_midi(name: str) -> None:
    reading, truth = read(name)
    told = [] if name.endswith(".mid") else truth["fermatas"]
    assert stretches(reading.chorale.plan.fermatas) == told


def test_triplets_are_refused_with_their_places() -> None:
    with pytest.raises(ReadingError, match=r"triplets\.mid .*bar 1, beat 3; .* use --approximate"):
        read(TRIPLETS)


def test_triplets_go_to_the_nearest_sixteenth_if_that_is_wanted() -> None:
    reading, truth = read(TRIPLETS, approximate=True)
    line = [(pitch, round(start)) for pitch, start, _ in written(truth["voices"]["soprano"])]
    assert [(note.pitch, note.onset_step) for note in voices_read(reading)["soprano"]] == line
    assert any("went to the nearest" in remark for remark in reading.remarks)


def test_ornaments_played_before_the_beat_leave_every_note_where_it_was_written() -> None:
    reading, truth = read(PLAYED_SHORTER)
    line = [(pitch, int(start)) for pitch, start, _ in written(truth["voices"]["soprano"])]
    assert [(note.pitch, note.onset_step) for note in voices_read(reading)["soprano"]] == line
    assert "3 ornaments left out" in reading.remarks


@pytest.mark.parametrize(
    ("name", "remark"),
    [
        ("musescore/auld_lang_syne.mid", "one line, read as soprano"),
        ("musescore/old_hundredth.mid", "4 lines, read in order as soprano, alto"),
        ("musescore/ornaments.mxl", "6 ornaments left out"),
        ("musescore/endings.mxl", "repeat signs are not played out"),
    ],
)
def test_what_was_assumed_or_left_out_is_told(name: str, remark: str) -> None:
    reading, _ = read(name)
    assert any(line.startswith(remark) for line in reading.told)


@pytest.mark.parametrize("name", ["musescore/old_hundredth.mxl", "lilypond/old_hundredth.mid"])
def test_voices_told_by_their_names_need_no_remark(name: str) -> None:
    assert read(name)[0].told == []


def test_a_metre_that_changes_is_told() -> None:
    assert read("musescore/metre_change.mid")[0].facts.changes == ("metre",)


def midi(*lines: list[tuple[int, int]], name: str = "", channel: int = 0) -> bytes:
    """A MIDI file of a track for each line, of (pitch, quarters); a chord is notes of 0 before."""
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
    """A chord of which one note is never ended, and an end of a note that never started."""
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
        (lambda: midi(MELODY, channel=9), r"has no notes of a pitch; bring a file with a tune"),
        (lambda: midi(*[MELODY] * 5), r"has 5 lines of notes .*: leave out or rename the others"),
        (
            lambda: midi(DENSE, name="Piano"),
            r"bar 1, beat 1 of Piano has 5 notes at once, .*use --approximate",
        ),
        (hanging_notes, r"bar 1, beat 2 has 1 note where other places have 2 .*; write a voice"),
        (film_frames, r"timed in film frames, .*; export it as a score"),
    ],
    ids=[
        "empty",
        "text",
        "truncated",
        "drums only",
        "five parts",
        "dense piano",
        "hanging notes",
        "film frames",
    ],
)
def test_a_file_that_cannot_be_read_is_named_in_one_line_that_says_what_to_do(
    tmp_path: Path, make: Callable[[], bytes], reason: str
) -> None:
    path = tmp_path / "brought.mid"
    path.write_bytes(make())
    with pytest.raises(ReadingError, match=rf"brought\.mid.*{reason}") as caught:
        read_music(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def test_the_same_melody_whole_is_read(tmp_path: Path) -> None:
    path = tmp_path / "brought.mid"
    path.write_bytes(midi(MELODY))
    assert [note.pitch for note in notes(read_music(path).chorale, 0)] == [60, 62, 64]


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_what_we_wrote_comes_back_from_another_program_note_by_note(path: Path) -> None:
    ours = read_music(FILES / "ours.mid").chorale
    reading = read_music(path)
    theirs = reading.chorale
    np.testing.assert_array_equal(theirs.pitches, ours.pitches)
    np.testing.assert_array_equal(theirs.onsets, ours.onsets)
    assert (theirs.plan.metre, theirs.plan.pickup_steps) == (ours.plan.metre, 4)
    assert ours.plan.key
    assert reading.facts.sharps == ours.plan.key.sharps
