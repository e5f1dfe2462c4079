"""The formats in which a chorale is written, by their names and the endings of files.

    midi        notes, for players and sequencers
    musicxml    notes as they are written, for notation programs
    svg, pdf, png       the engraved score, a page a file in SVG and PNG
    roll        a piano roll as a picture
    wav, flac, ogg, mp3     sound

What writes a format, and the libraries behind it, are imported when it is written; the libraries
are looked for before.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from chorale.errors import OptionError, OutputError
from chorale.music import Chorale
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import RenderOptions

Kind = Literal["notes", "score", "picture", "sound"]


@dataclass(frozen=True)
class Format:
    """A format.

    Attributes:
        name: by which it is asked for.
        ending: of its files, which are named so unless another ending is asked for.
        kind: what it shows; voices can be told apart for practice in notes and sound.
        libraries: what it needs, by the module's name and by the one for pip.
    """

    name: str
    ending: str
    kind: Kind
    libraries: Mapping[str, str]


_SCORE = MappingProxyType({"music21": "music21", "verovio": "verovio"})
_SET = MappingProxyType({**_SCORE, "typst": "typst"})
_SOUND = MappingProxyType({"soundfile": "soundfile"})
FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        each.name: each
        for each in (
            Format("midi", ".mid", "notes", {}),
            Format("musicxml", ".musicxml", "score", {"music21": "music21"}),
            Format("svg", ".svg", "score", {**_SCORE, "fontTools": "fonttools"}),
            Format("pdf", ".pdf", "score", _SET),
            Format("png", ".png", "score", {**_SET, "PIL": "pillow"}),
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


def formats_named(text: str) -> list[str]:
    """The formats in a list with commas, each once, in the order of the list.

    Raises:
        OptionError: one is none, or there are none.
    """
    names = [name.strip().lower() for name in text.split(",")]
    for name in names:
        if name not in FORMATS:
            raise OptionError(f"no format {name!r}; choose from {', '.join(FORMATS)}")
    return list(dict.fromkeys(names))


def format_of(path: Path) -> str:
    """The format that a file's name tells.

    Raises:
        OptionError: it tells none.
    """
    name = path.name.lower()
    fitting = [ending for ending in ENDINGS if name.endswith(ending)]
    if not fitting:
        raise OptionError(f"{path} does not tell a format; end it in {', '.join(ENDINGS)}")
    return ENDINGS[max(fitting, key=len)]


def page_path(first: Path, page: int) -> Path:
    """The file of a page, from 1, of a score whose first page goes to `first`."""
    return first if page == 1 else first.with_stem(f"{first.stem}-page{page}")


def check_formats(formats: Iterable[str], render_options: RenderOptions) -> None:
    """Check, before long work, that formats can be written.

    Raises:
        OutputError: a library is not installed.
        OptionError: there is no sound for the program.
        ReadingError: the soundfont is none.
    """
    for name in formats:
        for module, distribution in FORMATS[name].libraries.items():
            if find_spec(module) is None:
                raise OutputError(
                    f"format {name} needs the library {distribution}, which is not installed; "
                    f"`pip install {distribution}` installs it"
                )
        if FORMATS[name].kind == "sound":
            check_sound(render_options)


def check_sound(render_options: RenderOptions) -> None:
    """Check that there is a sound for a manner.

    Raises:
        OptionError: there is none for its program.
        ReadingError: its soundfont is missing or none.
        OutputError: what plays soundfonts is not installed.
    """
    if render_options.soundfont is None:
        from chorale.rendering.sound.audio import check_built_in

        check_built_in(render_options.program)
    else:
        from chorale.rendering.sound.soundfont import check_soundfont

        check_soundfont(render_options.soundfont)


def rendered(
    chorale: Chorale, formats: Sequence[str], metadata: Metadata, render_options: RenderOptions
) -> dict[str, list[bytes]]:
    """The contents of a chorale's files, by format; several where a score has several pages.

    Raises:
        OutputError: a library is not installed.
        OptionError: there is no sound for the program.
        ReadingError: the soundfont is none.
    """
    sounds = [name for name in formats if FORMATS[name].kind == "sound"]
    contents = {
        name: _notes_or_picture(chorale, name, metadata, render_options)
        for name in formats
        if name not in sounds
    }
    if sounds:
        from chorale.rendering.sound.audio import sound_bytes, sound_of

        samples = sound_of(
            chorale,
            tempo_qpm=render_options.tempo_qpm,
            program=render_options.program,
            soundfont=render_options.soundfont,
            front=render_options.front,
        )
        contents |= {name: [sound_bytes(samples, name, metadata)] for name in sounds}
    return {name: contents[name] for name in formats}


def _notes_or_picture(
    chorale: Chorale, name: str, metadata: Metadata, render_options: RenderOptions
) -> list[bytes]:
    match name:
        case "midi":
            from chorale.rendering.sound.midi import midi_bytes

            return [midi_bytes(chorale, metadata, render_options)]
        case "musicxml":
            from chorale.rendering.score.musicxml import musicxml_bytes

            return [musicxml_bytes(chorale, metadata, render_options)]
        case "roll":
            from chorale.rendering.pictures.roll import roll_png

            return [roll_png(chorale, metadata)]
    from chorale.rendering.score.engraving import pdf_bytes, png_pages, svg_pages

    match name:
        case "svg":
            return svg_pages(chorale, metadata, render_options)
        case "pdf":
            return [pdf_bytes(chorale, metadata, render_options)]
        case _:
            return png_pages(chorale, metadata, render_options)
