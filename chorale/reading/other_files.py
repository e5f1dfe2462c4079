"""Files that are given as music but are not read, and what to do with them."""

from os.path import isdir  # unlike Path.is_dir, raises nothing whatever the name
from pathlib import Path

from chorale.errors import ReadingError

_EXPORT = "open it there and export MusicXML (.musicxml or .mxl)"
_GIVE_NOTES = "give the music as MIDI or MusicXML"
_RECOGNIZE = f"{_GIVE_NOTES}, which programs such as Audiveris recognize in printed scores"
_TYPESET = r"add \midi { } to its \score block, run lilypond and give the MIDI file that it writes"
# Endings of the files, what they are, and what to do with them.
_TABLE = (
    (".mscz .mscx", "a MuseScore file", _EXPORT),
    (".sib", "a Sibelius file", _EXPORT),
    (".mus .musx", "a Finale file", _EXPORT),
    (".dorico", "a Dorico file", _EXPORT),
    (".cap .capx", "a capella file", _EXPORT),
    (".nwc", "a NoteWorthy Composer file", _EXPORT),
    (".enc", "an Encore file", _EXPORT),
    (".gp .gp3 .gp4 .gp5 .gpx", "a Guitar Pro file", _EXPORT),
    (".ly", "LilyPond source", _TYPESET),
    (".pdf .png .jpg .jpeg .tif .tiff .svg", "a page or a picture, without notes", _RECOGNIZE),
    (".mp3 .wav .flac .ogg .m4a .aac .wma .aiff", "a sound recording, without notes", _GIVE_NOTES),
    (".zip", "an archive", "unpack it and give the music files in it"),
)
_KINDS = {ending: (kind, remedy) for endings, kind, remedy in _TABLE for ending in endings.split()}


def refuse_other_files(path: Path, suffixes: tuple[str, ...]) -> None:
    """Refuse a folder, and a file of a kind that is not read.

    Args:
        path: path of the music.
        suffixes: endings of the files that are read, in small letters.

    Raises:
        ReadingError: the path is a folder, or its ending is not one of `suffixes`.
    """
    if isdir(path):
        raise ReadingError(f"{path} is a folder; {_suggest_files(path, suffixes)}")
    suffix = path.suffix.lower()
    if suffix in suffixes:
        return
    if suffix in _KINDS:
        kind, remedy = _KINDS[suffix]
        raise ReadingError(f"{path} is {kind}; {remedy}")
    raise ReadingError(f"{path} is not a music file that can be read; use {', '.join(suffixes)}")


def _suggest_files(folder: Path, suffixes: tuple[str, ...]) -> str:
    """Suggest a file of a folder that can be read."""
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError:  # the folder must not be read
        names = []
    music = [name for name in names if name.lower().endswith(suffixes)]
    if music:
        return f"name a file in it, such as {folder / music[0]}"
    return f"name a music file: {', '.join(suffixes)}"
