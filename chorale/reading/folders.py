"""The music files in a folder."""

from pathlib import Path

from chorale.reading import SUFFIXES


def list_music_files(folder: Path) -> list[Path]:
    """Return the music files in a folder and its subfolders, by name; hidden files are ignored."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in SUFFIXES
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
