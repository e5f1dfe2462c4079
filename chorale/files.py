"""Files written whole or not at all.

Everything the program writes goes through `atomic_write`: first into a hidden temporary file in
the same folder, then, when it is complete and on the disk, under its name. A full disk, an
interruption or an error leaves the old file, if there was one, and nothing else.
"""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from chorale.errors import OutputError


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Yield the path of a temporary file that becomes `path` when the block ends well.

    Parent folders are made as needed.

    Raises:
        OutputError: the folder cannot be made or written, or the disk is full.
    """
    temporary: Path | None = None
    made: list[Path] = []
    try:
        made = _missing_folders(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix)
        os.close(handle)
        temporary = Path(name)
        yield temporary
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        temporary.chmod(0o666 & ~_umask())  # mkstemp makes files that only their owner reads
        temporary.replace(path)
        temporary = None
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        if not path.exists():
            for folder in made:
                with suppress(OSError):  # not made, or something else is in it by now
                    folder.rmdir()


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` to `path`, whole or not at all.

    Raises:
        OutputError: as `atomic_write`.
    """
    with atomic_write(path) as temporary:
        temporary.write_bytes(content)


def refuse_overwrite(path: Path, force: bool, hint: str = "", python: bool = False) -> None:
    """Check that writing `path` destroys nothing that the user has not given up.

    Args:
        path: what is to be written.
        force: the user has given up what is there.
        hint: a further way out, for the message.
        python: whether the message is for Python, not for the command line.

    Raises:
        OutputError: `path` exists and `force` is false, or `path` is a folder or cannot be.
    """
    try:
        is_folder, exists = path.is_dir(), path.exists()
    except OSError as error:  # a folder on the way is locked, or the name is too long
        raise _unwritable(path, error) from error
    if is_folder:
        raise OutputError(f"{path} is a folder; name a file in it")
    if exists and not force and python:
        raise OutputError(f"{path} exists; choose another name, or force=True to overwrite it")
    if exists and not force:
        ways = ["--output to choose another name", *filter(None, [hint])]
        raise OutputError(f"{path} exists; {', '.join(ways)}, or --force to overwrite it")


def check_writable(path: Path) -> None:
    """Check, before long work, that `path` can be written; leaves nothing.

    Raises:
        OutputError: it cannot.
    """
    try:
        missing = _missing_folders(path)
        with tempfile.TemporaryFile(dir=missing[-1].parent if missing else path.parent):
            pass
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> OutputError:
    reason = error.strerror or error
    if isinstance(error, (FileExistsError, NotADirectoryError)):  # a file has a folder's name
        there = next(folder for folder in path.parents if folder.exists())
        reason = f"{there} is not a folder"
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    ways = " or free some space" if full else ""
    return OutputError(f"cannot write {path}: {reason}; choose another place{ways}")


def _missing_folders(path: Path) -> list[Path]:
    """The folders above `path` that do not exist, the innermost first."""
    return [folder for folder in path.parents if not folder.exists()]


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
