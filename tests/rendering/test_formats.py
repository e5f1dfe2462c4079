"""The formats: their names, their libraries and their contents."""

from pathlib import Path

import pytest
from made_up import made_up_chorale

from chorale.errors import OptionError, OutputError, ReadingError
from chorale.music.voicings import VOICINGS
from chorale.rendering import formats as module
from chorale.rendering.formats import (
    ENDINGS,
    FORMATS,
    check_formats,
    infer_format,
    parse_formats,
    render,
)
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import RenderOptions, build_render_options

CHORALE = made_up_chorale(24, 1)
SIGNATURES = {
    "midi": b"MThd",
    "musicxml": b"<?xml",
    "lilypond": b"% Written by chorale",
    "svg": b"<svg",
    "html": b"<!DOCTYPE html>",
    "pdf": b"%PDF",
    "png": b"\x89PNG",
    "roll": b"\x89PNG",
    "wav": b"RIFF",
    "flac": b"fLaC",
    "ogg": b"OggS",
    "mp3": b"ID3",
}


def test_every_format_begins_with_its_signature() -> None:
    contents = render(CHORALE, list(FORMATS), Metadata(), RenderOptions())
    assert list(contents) == list(FORMATS)
    for name, [content] in contents.items():
        assert content.startswith(SIGNATURES[name])


def test_a_format_is_inferred_from_every_ending() -> None:
    for ending, name in ENDINGS.items():
        assert infer_format(Path(f"a{ending}")) == name
        assert infer_format(Path(f"a{ending.upper()}")) == name


def test_formats_are_parsed_from_a_list_with_commas() -> None:
    assert parse_formats(" MP3,midi , mp3") == ["mp3", "midi"]


def test_a_missing_library_is_reported_before_any_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(OutputError, match=r"format pdf needs .* `pip install music21` installs"):
        check_formats(["midi", "pdf"], RenderOptions())
    check_formats(["midi"], RenderOptions())


def test_a_program_without_a_built_in_sound_is_refused_only_for_sound() -> None:
    check_formats(["midi", "png"], build_render_options(None, "choir", 2))
    with pytest.raises(OptionError, match="the built-in sound is an organ"):
        check_formats(["midi", "mp3"], build_render_options(None, "choir", 2))


def test_a_file_that_is_not_a_soundfont_is_refused(tmp_path: Path) -> None:
    font = tmp_path / "a.sf2"
    font.write_bytes(b"not a soundfont")
    with pytest.raises(ReadingError, match="is not a soundfont"):
        check_formats(["wav"], RenderOptions(soundfont=font))


def test_a_voice_that_the_choir_lacks_is_not_lost_but_refused() -> None:
    options = RenderOptions(voicing=VOICINGS["SAB"])
    with pytest.raises(OptionError, match="and the tenor of the music has notes"):
        render(made_up_chorale(16, 1), ["midi"], Metadata(), options)
