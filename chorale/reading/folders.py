"""The music files in a folder."""

import os
from pathlib import Path
from typing import NoReturn

from chorale.errors import ReadingError
from chorale.reading import SUFFIXES


def list_music_files(folder: Path) -> list[Path]:
    """Return the music files in a folder and its subfolders, by name.

    Hidden files and folders are ignored, and links to folders are not followed. Links that lead
    nowhere, and pipes, are listed if they are named as music files, so that none is lost unseen.

    Raises:
        ReadingError: a folder cannot be read.
    """
    found: list[Path] = []
    for parent, folders, names in os.walk(folder, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(parent, name) for name in names if _is_music_file(name)]
    return sorted(found)


def _is_music_file(name: str) -> bool:
    return Path(name).suffix.lower() in SUFFIXES and not name.startswith(".")


def _refuse(error: OSError) -> NoReturn:
    raise ReadingError(
        f"cannot read the folder {error.filename}: {error.strerror}; allow it to be read, or move "
        "it away"
    ) from error
