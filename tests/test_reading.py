"""What can be read at all, and the key that a close tells."""

from pathlib import Path

import pytest

from chorale.errors import ReadingError
from chorale.music import Key
from chorale.reading import SUFFIXES, read_chorale
from chorale.reading.parts import key_of_close


def test_another_suffix_is_refused_and_the_allowed_are_named(tmp_path: Path) -> None:
    path = tmp_path / "chorale.pdf"
    path.touch()
    with pytest.raises(
        ReadingError, match=r"chorale.pdf .*\.mid, \.midi, \.musicxml, \.xml, \.mxl"
    ):
        read_chorale(path)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_missing_file_is_named(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(ReadingError, match="there is no file"):
        read_chorale(tmp_path / f"missing{suffix}")


def test_a_folder_is_no_music_file(tmp_path: Path) -> None:
    folder = tmp_path / "folder.mid"
    folder.mkdir()
    with pytest.raises(ReadingError, match="there is no file"):
        read_chorale(folder)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    "content", [b"", b"not music", b"MThd", b"PK\x03\x04", b"<?xml?>", b"\xff"]
)
def test_a_corrupt_file_is_refused_in_one_line(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"corrupt{suffix}"
    path.write_bytes(content)
    with pytest.raises(ReadingError, match=r"cannot be read as (MIDI|MusicXML)") as caught:
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
def test_signature_and_last_bass_note_tell_the_key(
    sharps: int, closing_pitch: int, key: Key | None
) -> None:
    assert key_of_close(sharps, closing_pitch) == key
