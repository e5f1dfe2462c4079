"""The formats in which a chorale can be written, by name and by the ending of the file.

    midi        notes, for players and sequencers
    musicxml    notes as they are written, for notation programs
    lilypond    source of LilyPond, to typeset and to edit
    svg, pdf, png       the engraved score; SVG and PNG have a file per page
    html        the engraved score in a page that plays it
    roll        a piano roll as a picture
    wav, flac, ogg, mp3     sound

The code and the libraries of a format are imported only when a file is written; `check_formats`
checks beforehand whether the libraries are installed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from chorale.errors import OptionError, OutputError
from chorale.music import REST, Chorale
from chorale.music.voicings import check_voices
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import RenderOptions

Kind = Literal["notes", "score", "page", "picture", "sound"]


@dataclass(frozen=True)
class Format:
    """A file format.

    Attributes:
        name: name by which the format is requested.
        ending: default ending of file names.
        kind: what the files hold; notes and sound can bring one voice to the front for practice.
        libraries: required libraries, as names for pip by module.
    """

    name: str
    ending: str
    kind: Kind
    libraries: Mapping[str, str]


_SCORE = MappingProxyType({"music21": "music21", "verovio": "verovio"})
_TYPESET = MappingProxyType({**_SCORE, "typst": "typst"})
_SOUND = MappingProxyType({"soundfile": "soundfile"})
FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        each.name: each
        for each in (
            Format("midi", ".mid", "notes", {}),
            Format("musicxml", ".musicxml", "score", {"music21": "music21"}),
            Format("lilypond", ".ly", "score", {}),
            Format("svg", ".svg", "score", {**_SCORE, "fontTools": "fonttools"}),
            Format("pdf", ".pdf", "score", _TYPESET),
            Format("png", ".png", "score", {**_TYPESET, "PIL": "pillow"}),
            Format("html", ".html", "page", {**_SCORE, "fontTools": "fonttools"}),
            Format("roll", "-roll.png", "picture", {"matplotlib": "matplotlib"}),
            Format("wav", ".wav", "sound", _SOUND),
            Format("flac", ".flac", "sound", _SOUND),
            Format("ogg", ".ogg", "sound", _SOUND),
            Format("mp3", ".mp3", "sound", _SOUND),
        )
    }
)
ENDINGS: Mapping[str, str] = MappingProxyType(
    {each.ending: name for name, each in FORMATS.items()} | {".midi": "midi", ".xml": "musicxml"}
)


def parse_formats(text: str) -> list[str]:
    """Return the formats in a comma-separated list, in order and without duplicates.

    Raises:
        OptionError: a name is unknown, or the list is empty.
    """
    names = [name.strip().lower() for name in text.split(",")]
    for name in names:
        if name not in FORMATS:
            raise OptionError(f"unknown format {name!r}; choose from {', '.join(FORMATS)}")
    return list(dict.fromkeys(names))


def infer_format(path: Path) -> str:
    """Infer the format from the ending of a file's name; the longest known ending counts.

    Raises:
        OptionError: the name has none of ENDINGS.
    """
    name = path.name.lower()
    fitting = [ending for ending in ENDINGS if name.endswith(ending)]
    if not fitting:
        raise OptionError(f"{path} has no ending of a known format; use {', '.join(ENDINGS)}")
    return ENDINGS[max(fitting, key=len)]


def page_path(first: Path, page: int) -> Path:
    """Return the path of a page of a score, given the path of the first page (page 1)."""
    return first if page == 1 else first.with_stem(f"{first.stem}-page{page}")


def check_formats(formats: Iterable[str], render_options: RenderOptions) -> None:
    """Check, before long work, that formats can be written.

    Raises:
        OutputError: a library, or the program that plays soundfonts, is not installed.
        OptionError: the built-in organ cannot play the program.
        ReadingError: the soundfont is missing or is not one.
    """
    for name in formats:
        for module, distribution in FORMATS[name].libraries.items():
            if find_spec(module) is None:
                raise OutputError(
                    f"format {name} needs the library {distribution}, which is not installed; "
                    f"`pip install {distribution}` installs it"
                )
        if FORMATS[name].kind == "sound":
            _check_instrument(render_options)


def _check_instrument(render_options: RenderOptions) -> None:
    """Check that the built-in organ or the soundfont can play; raises as `check_formats`."""
    if render_options.soundfont is None:
        from chorale.rendering.sound.audio import check_built_in_program

        check_built_in_program(render_options.program)
    else:
        from chorale.rendering.sound.soundfont import check_soundfont

        check_soundfont(render_options.soundfont)


def render(
    chorale: Chorale, formats: Sequence[str], metadata: Metadata, render_options: RenderOptions
) -> dict[str, list[bytes]]:
    """Render a chorale in some formats.

    Sound is synthesized once for all formats.

    Returns:
        The contents of the files, by format: one file, or one per page of a score.

    Raises:
        OutputError: a library, or the program that plays soundfonts, is not installed.
        OptionError: the choir lacks a voice that sounds, or the built-in organ cannot play the
            program.
        ReadingError: the soundfont is missing or is not one.
    """
    sounding = (chorale.pitches != REST).any(axis=0).nonzero()[0]
    check_voices(map(int, sounding), render_options.voicing)
    sounds = [name for name in formats if FORMATS[name].kind == "sound"]
    contents = {
        name: _render_silent(chorale, name, metadata, render_options)
        for name in formats
        if name not in sounds
    }
    if sounds:
        from chorale.rendering.sound.audio import sound_bytes, synthesize

        samples = synthesize(chorale, render_options)
        contents |= {name: [sound_bytes(samples, name, metadata)] for name in sounds}
    return {name: contents[name] for name in formats}


def _render_silent(
    chorale: Chorale, name: str, metadata: Metadata, render_options: RenderOptions
) -> list[bytes]:
    """Return the contents of the files of a format without sound."""
    match name:
        case "midi":
            from chorale.rendering.sound.midi import midi_bytes

            return [midi_bytes(chorale, metadata, render_options)]
        case "musicxml":
            from chorale.rendering.score.musicxml import musicxml_bytes

            return [musicxml_bytes(chorale, metadata, render_options)]
        case "lilypond":
            from chorale.rendering.score.lilypond.source import lilypond_bytes

            return [lilypond_bytes(chorale, metadata, render_options)]
        case "html":
            from chorale.rendering.page.page import html_bytes

            return [html_bytes(chorale, metadata, render_options)]
        case "roll":
            from chorale.rendering.pictures.roll import roll_png

            return [roll_png(chorale, metadata, render_options.voicing)]
    from chorale.rendering.score.engraving import pdf_bytes, png_pages, svg_pages

    match name:
        case "svg":
            return svg_pages(chorale, metadata, render_options)
        case "pdf":
            return [pdf_bytes(chorale, metadata, render_options)]
        case _:
            return png_pages(chorale, metadata, render_options)
