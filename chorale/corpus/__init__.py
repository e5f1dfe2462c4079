"""Data sets of chorales, by name: Bach's, the JSB benchmark, or a folder of music files."""

from os.path import isdir  # unlike Path.is_dir, raises nothing whatever the name
from pathlib import Path

from chorale.corpus import bach, folder, jsb
from chorale.corpus.corpus import SPLITS, Corpus, Progress, cache_folder, no_progress
from chorale.errors import DataError

__all__ = ["SPLITS", "Corpus", "Progress", "cache_folder", "load_corpus", "no_progress"]


def load_corpus(name: str, progress: Progress = no_progress) -> Corpus:
    """The data set of this name.

    Args:
        name: "bach", "jsb" or the path of a folder of MIDI and MusicXML files.
        progress: called with how much is done, of how much in all.

    Raises:
        DataError: there is no such data set, it has not been downloaded, or cannot be built.
        OutputError: its cache cannot be written.
    """
    if name == bach.NAME:
        return bach.load(progress)
    if name == jsb.NAME:
        return jsb.load()
    if isdir(name):
        return folder.read_folder(Path(name), progress=progress)
    raise DataError(
        f"there is no data set {name!r}; choose {bach.NAME}, {jsb.NAME} or a folder of MIDI or "
        "MusicXML files that exists"
    )
