"""Files that can be read, chorales assembled from parts, and keys inferred from closes."""

from itertools import pairwise
from pathlib import Path

import mido
import numpy as np
import pytest

from chorale.errors import ReadingError
from chorale.music import REST, VOICES, Key, Plan, from_pitches
from chorale.reading import SUFFIXES, read_chorale, read_music, read_score
from chorale.reading.facts import Facts, infer_key
from chorale.reading.parts import Part, PartNote, assemble_chorale
from chorale.rendering.sound.midi import midi_bytes


def test_another_suffix_is_refused_with_the_allowed_ones(tmp_path: Path) -> None:
    path = tmp_path / "chorale.doc"
    path.touch()
    with pytest.raises(
        ReadingError, match=r"chorale.doc .*\.mid, \.midi, \.kar, \.rmi, \.musicxml, \.xml, \.mxl"
    ):
        read_chorale(path)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_missing_file_is_refused(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(ReadingError, match="there is no file"):
        read_chorale(tmp_path / f"missing{suffix}")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "folder.mid"
    folder.mkdir()
    with pytest.raises(ReadingError, match="is a folder; name a music file"):
        read_chorale(folder)


REFUSED = r"cannot be read as (MIDI|MusicXML|MEI)|has no (tune in ABC|\*\*kern spine)"


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    "content", [b"", b"not music", b"MThd", b"PK\x03\x04", b"<?xml?>", b"\xff"]
)
def test_a_corrupt_file_is_refused_in_one_line(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"corrupt{suffix}"
    path.write_bytes(content)
    with pytest.raises(ReadingError, match=REFUSED) as caught:
        read_chorale(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("sharps", "closing_pitch", "key"),
    [
        (0, 48, Key(0, "major")),
        (0, 45, Key(9, "minor")),
        (-1, 55, Key(7, "minor")),  # Dorian
        (0, 55, Key(7, "major")),  # Mixolydian
        (0, 52, Key(9, "minor")),  # Phrygian
        (3, 54, Key(6, "minor")),
        (0, 53, None),
        (0, 59, None),
    ],
)
def test_the_key_is_inferred_from_signature_and_last_bass_note(
    sharps: int, closing_pitch: int, key: Key | None
) -> None:
    assert infer_key(sharps, closing_pitch) == key


@pytest.mark.parametrize(
    ("sharps", "closing_pitch", "key"),
    [(5, 49, Key(1, "minor")), (5, 63, Key(8, "minor")), (-5, 39, Key(3, "minor"))],
    ids=["Dorian", "Phrygian", "Dorian in flats"],
)
def test_the_key_is_inferred_in_church_modes_with_any_signature(
    sharps: int, closing_pitch: int, key: Key
) -> None:
    assert infer_key(sharps, closing_pitch) == key


def two_parts(folder: Path, *starts: int) -> Path:
    """Write a MIDI file of a low and a high part, with notes at these ticks, 480 a quarter."""
    file = mido.MidiFile(type=1, ticks_per_beat=480)
    for name, pitch in (("Low", 48), ("High", 72)):
        messages = [mido.MetaMessage("track_name", name=name)]
        for start, after in pairwise((*starts, starts[-1] + 480)):
            messages.append(mido.Message("note_on", note=pitch))
            messages.append(mido.Message("note_off", note=pitch, time=after - start))
        file.tracks.append(mido.MidiTrack(messages))
    path = folder / "two.mid"
    file.save(path)
    return path


def test_the_requested_part_is_read_and_the_file_is_the_source(tmp_path: Path) -> None:
    reading = read_music(two_parts(tmp_path, 0), part="High")
    assert (reading.chorale.source, reading.voices) == ("two.mid", ("soprano",))
    assert reading.chorale.pitches[0].tolist() == [72, REST, REST, REST]


def test_notes_off_the_grid_are_refused_or_approximated_on_request(
    tmp_path: Path,
) -> None:
    path = two_parts(tmp_path, 0, 160, 320, 480)
    with pytest.raises(ReadingError, match=rf"^{path} has notes between the sixteenths"):
        read_music(path)
    [notice, *_] = read_music(path, approximate=True).change_notices
    assert notice.startswith("notes between the sixteenths moved to the nearest")


def test_errors_about_a_score_in_memory_call_it_the_score() -> None:
    from music21.stream import Score

    with pytest.raises(
        ReadingError, match=r"^the score has 0 parts with notes \(none\); a chorale"
    ):
        read_score(Score())
    with pytest.raises(ReadingError, match=r"^BWV 1 has 0 parts"):
        read_score(Score(), "BWV 1")


def test_two_parts_are_refused_with_their_names_and_what_to_do() -> None:
    parts = [Part(name, (PartNote(0, 4, 60),)) for name in ("Flute", " ")]
    message = (
        "a.mid has 2 parts with notes (Flute, unnamed); a chorale has four, or more of which four "
        "are named Soprano, Alto, Tenor and Bass: leave out or rename the others"
    )
    with pytest.raises(ReadingError) as caught:
        assemble_chorale(parts, "a", "a.mid")
    assert str(caught.value) == message


@pytest.mark.parametrize("names", [("",) * 4, VOICES], ids=["in order", "by name"])
def test_four_parts_with_a_pitch_out_of_range_are_refused(names: tuple[str, ...]) -> None:
    parts = [Part(name, (PartNote(0, 4, 128),)) for name in names]
    with pytest.raises(ReadingError, match=r"^a\.mid: MIDI note 128 is out of range \(0 to 127\)"):
        assemble_chorale(parts, "a", "a.mid")


def test_an_ornament_shorter_than_a_step_is_dropped() -> None:
    decorated = Part("", (PartNote(0, 0.3, 76), PartNote(0, 4, 72)))
    others = [Part("", (PartNote(0, 4, pitch),)) for pitch in (67, 60, 48)]
    assert assemble_chorale([decorated, *others], "a", "a.mid").pitches[0].tolist() == [
        72,
        67,
        60,
        48,
    ]


def four_parts(bass: tuple[PartNote, ...], facts: Facts = Facts()) -> list[Part]:  # noqa: B008 - frozen
    upper = [Part("", (PartNote(0, 8, pitch),), facts=facts) for pitch in (72, 67, 60)]
    return [*upper, Part("", bass, facts=facts)]


def test_without_a_mode_the_key_is_inferred_from_the_latest_bass_note() -> None:
    close = (PartNote(4, 8, 45), PartNote(0, 4, 52))
    chorale = assemble_chorale(four_parts(close, Facts(sharps=0)), "a", "a.mid")
    assert chorale.plan.key == Key(9, "minor")


@pytest.mark.parametrize("pitch", [0, 127])
def test_the_lowest_and_the_highest_midi_notes_are_read(pitch: int) -> None:
    chorale = assemble_chorale(four_parts((PartNote(0, 8, pitch),)), "a", "a.mid")
    assert (chorale.pitches[:, 3] == pitch).all()


def test_four_voices_without_a_note_are_refused() -> None:
    silent = [Part(name, ()) for name in VOICES]
    with pytest.raises(ReadingError, match=r"^a\.mid has no notes; a chorale lasts"):
        assemble_chorale(silent, "a", "a.mid")


def test_the_source_is_the_file_name_unless_given(tmp_path: Path) -> None:
    path = tmp_path / "four.mid"
    path.write_bytes(midi_bytes(from_pitches(np.full((8, 4), 60, np.int16), Plan(8))))
    assert read_chorale(path).source == "four.mid"
    assert read_chorale(path, "BWV 1").source == "BWV 1"
