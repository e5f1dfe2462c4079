"""Unpack the score in a packed MusicXML file (.mxl), in memory.

A container, META-INF/container.xml, names the score. Where it is missing or names no member of the
archive, the first XML file is the score: files in outer folders before those in inner ones, and
names that end in .musicxml before others. What a Mac adds to an archive (the folder __MACOSX, and
files whose names start with "._") is no score.
"""

import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import PurePosixPath

from chorale.errors import ReadingError
from chorale.reading.limits import (
    MAX_MEMBERS,
    MAX_MXL_BYTES,
    MAX_XML_BYTES,
    limit_error,
    size_error,
)

CONTAINER = "META-INF/container.xml"
_SUFFIXES = (".musicxml", ".xml")


def unpack(content: bytes, file: str, list_roots: Callable[[bytes], Sequence[str]]) -> bytes:
    """Unpack the score in a packed file.

    Args:
        content: the packed file.
        file: name of the file in messages.
        list_roots: returns the paths that a container names, none if the container is damaged.

    Raises:
        ReadingError: the file exceeds a limit, or is packed without music.
        BadZipFile: the file is damaged; any error of zipfile.
    """
    if len(content) > MAX_MXL_BYTES:
        raise size_error(file, f"more than {MAX_MXL_BYTES // 1_000_000} MB, packed")
    with zipfile.ZipFile(BytesIO(content)) as archive:
        members = archive.infolist()
        if len(members) > MAX_MEMBERS:
            raise limit_error(file, f"more than {MAX_MEMBERS:,} files packed in it")
        named = {_simplify(member.filename): member for member in members}
        paths = _find_scores(named)
        if container := named.get(_simplify(CONTAINER)):
            roots = map(_simplify, list_roots(_read_member(archive, container, file)))
            paths = [root for root in roots if root in named] + paths
        if not paths:
            raise ReadingError(f"{file} has no MusicXML packed in it; export it again")
        return _read_member(archive, named[paths[0]], file)


def _simplify(path: str) -> str:
    """Return a path as it is compared: in small letters, with slashes, without "./" before it."""
    return path.replace("\\", "/").casefold().removeprefix("./")


def _find_scores(named: dict[str, zipfile.ZipInfo]) -> list[str]:
    """Return the paths of members that may be scores, the likeliest first."""
    found = [
        path
        for path in named
        if path.endswith(_SUFFIXES)
        and not path.startswith(("meta-inf/", "__macosx/"))
        and not PurePosixPath(path).name.startswith(".")
        and PurePosixPath(path).name != PurePosixPath(CONTAINER).name
    ]
    return sorted(found, key=lambda path: (path.count("/"), not path.endswith(_SUFFIXES[0])))


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, file: str) -> bytes:
    """Unpack one file of an archive.

    Raises:
        ReadingError: the member is packed by another method than MusicXML's, or is too large.
    """
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ReadingError(
            f"{file} is packed by a method that MusicXML does not use; export it again"
        )
    with archive.open(member) as opened:
        content = opened.read(MAX_XML_BYTES + 1)
    if len(content) > MAX_XML_BYTES:
        raise size_error(file, f"more than {MAX_XML_BYTES // 1_000_000} MB unpacked")
    return content
