"""Data sets of chorales by name: Bach's, the JSB benchmark, or a folder of music files.

corpus      the chorales of one data set, in three splits
cache       a corpus on disk
bach        Bach's chorales, from the scores of the installed music21
bach_catalogue      numbers, titles and tunes of Bach's chorales
jsb         the JSB Chorales, downloaded on request
jsb_files   the two file formats of the JSB Chorales
folder      a folder of music files
statistics  statistics of a corpus
"""

from os.path import isdir  # unlike Path.is_dir, raises nothing whatever the name
from pathlib import Path

from chorale.aliases import Progress
from chorale.corpus import bach, folder, jsb
from chorale.corpus.cache import cache_folder
from chorale.corpus.corpus import SPLITS, Corpus, ignore_progress
from chorale.errors import DataError

__all__ = ["SPLITS", "Corpus", "cache_folder", "ignore_progress", "load_corpus"]


def load_corpus(name: str, progress: Progress = ignore_progress) -> Corpus:
    """Load a data set.

    Args:
        name: "bach", "jsb" or the path of a folder of music files.
        progress: called with the number of files read and their total.

    Raises:
        DataError: the data set does not exist, has not been downloaded, or cannot be built.
        OutputError: the cache of the data set cannot be written.
    """
    if name == bach.NAME:
        return bach.load(progress)
    if name == jsb.NAME:
        return jsb.load()
    if isdir(name):
        return folder.read_folder(Path(name), progress=progress)
    raise DataError(
        f"there is no data set {name!r}; choose {bach.NAME}, {jsb.NAME} or a folder of music "
        "files that exists"
    )
