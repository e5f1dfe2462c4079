"""The formats: their names, their libraries, and what they write."""

from pathlib import Path

import pytest
from made_up import made_up_chorale

from chorale.errors import OptionError, OutputError, ReadingError
from chorale.rendering import formats as module
from chorale.rendering.formats import (
    ENDINGS,
    FORMATS,
    check_formats,
    format_of,
    formats_named,
    rendered,
)
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import RenderOptions, render_options_of

CHORALE = made_up_chorale(24, 1)
BEGINNINGS = {
    "midi": b"MThd",
    "musicxml": b"<?xml",
    "svg": b"<svg",
    "pdf": b"%PDF",
    "png": b"\x89PNG",
    "roll": b"\x89PNG",
    "wav": b"RIFF",
    "flac": b"fLaC",
    "ogg": b"OggS",
    "mp3": b"ID3",
}


def test_every_format_is_written_as_what_it_is() -> None:
    contents = rendered(CHORALE, list(FORMATS), Metadata(), RenderOptions())
    assert list(contents) == list(FORMATS)
    for name, [content] in contents.items():
        assert content.startswith(BEGINNINGS[name])


def test_every_ending_tells_its_format() -> None:
    for ending, name in ENDINGS.items():
        assert format_of(Path(f"a{ending}")) == name
        assert format_of(Path(f"a{ending.upper()}")) == name


def test_names_are_read_from_a_list() -> None:
    assert formats_named(" MP3,midi , mp3") == ["mp3", "midi"]


def test_a_library_that_is_missing_is_told_before_any_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(OutputError, match=r"format pdf needs .* `pip install music21` installs"):
        check_formats(["midi", "pdf"], RenderOptions())
    check_formats(["midi"], RenderOptions())


def test_a_program_without_a_sound_is_refused_for_sound_alone() -> None:
    check_formats(["midi", "png"], render_options_of(None, "choir", 2))
    with pytest.raises(OptionError, match="the built-in sound is an organ"):
        check_formats(["midi", "mp3"], render_options_of(None, "choir", 2))


def test_a_soundfont_that_is_none_is_refused(tmp_path: Path) -> None:
    font = tmp_path / "a.sf2"
    font.write_bytes(b"nothing of the kind")
    with pytest.raises(ReadingError, match="is no soundfont"):
        check_formats(["wav"], RenderOptions(soundfont=font))
