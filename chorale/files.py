"""Files written whole or not at all.

Everything the program writes goes through `atomic_write`: first into a hidden temporary file in
the same folder, then, when it is complete and on the disk, under its name. A full disk, an
interruption or an error leaves the old file, if there was one, and nothing else. What a process
that was killed or lost its power leaves is a temporary file, which the next process that writes
into that folder takes away: each holds a lock on its own for as long as it lives, so that no
other's is taken.
"""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO, Any

from chorale.errors import OutputError

try:
    import fcntl
except ImportError:  # Windows has no such locks; what a killed process leaves stays there
    fcntl = None  # type: ignore[assignment]

_TEMPORARY = ".chorale-"  # and 16 hexadecimal digits, and the ending of the file that it becomes
_TEMPORARIES = _TEMPORARY + 16 * "[0-9a-f]" + "*"


@contextmanager
def atomic_write(path: Path, replace: bool = True) -> Iterator[Path]:
    """Yield the path of a temporary file that becomes `path` when the block ends well.

    Parent folders are made as needed.

    Args:
        path: what is to be written.
        replace: whether a file that is there by then is given up.

    Raises:
        OutputError: the folder cannot be made or written, or the disk is full; or `path` has been
            made meanwhile and `replace` is false.
    """
    try:
        with _folders_of(path), _temporary_beside(path) as temporary:
            yield temporary
            with temporary.open("rb+") as written:
                os.fsync(written.fileno())
            _publish(temporary, path, replace)
            _keep_names(path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error


def write_bytes(path: Path, content: bytes, replace: bool = True) -> None:
    """Write `content` to `path`, whole or not at all; see `atomic_write`.

    Raises:
        OutputError: as `atomic_write`.
    """
    with atomic_write(path, replace) as temporary:
        temporary.write_bytes(content)


@contextmanager
def reserved(path: Path) -> Iterator[None]:
    """Keep for this process what is written at `path` and beside it; others that ask are refused.

    A hidden file beside `path` stands for it and is gone in the end; one that a killed process has
    left is taken over. On Windows, where there are no such locks, nobody is refused.

    Raises:
        OutputError: another process has it, or the folder cannot be made or written.
    """
    if fcntl is None:
        yield
        return
    sign = path.with_name(f".{path.name}.chorale-lock")
    with ExitStack() as held:
        try:
            held.enter_context(_folders_of(path))
            held.enter_context(_opened_and_locked(sign))
        except BlockingIOError as error:
            raise OutputError(
                f"{path} is being written by another process; wait for its end, or choose another "
                "name"
            ) from error
        except OSError as error:
            raise _unwritable(path, error) from error
        held.callback(_remove, sign)
        yield


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
        is_folder, exists = path.is_dir(), os.path.lexists(path)
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


@contextmanager
def _folders_of(path: Path) -> Iterator[None]:
    """Make the folders above `path`; those in which nothing is in the end are gone again."""
    made = _missing_folders(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for folder in made:
            _keep_names(folder.parent)
        yield
    finally:
        for folder in made:
            with suppress(OSError):  # not made, or something is in it
                folder.rmdir()


@contextmanager
def _temporary_beside(path: Path) -> Iterator[Path]:
    """A new hidden file, locked while it is written; in the end it has another name or is gone."""
    _take_leftovers_away(path.parent.resolve())
    while True:
        temporary = path.with_name(f"{_TEMPORARY}{os.urandom(8).hex()}{path.suffix}")
        try:
            with temporary.open("xb") as file:
                if _lock(file, wait=True) and not _is_at(file, temporary):
                    continue  # it was taken for a leftover before it was locked
                if fcntl is None:
                    file.close()  # Windows renames no file that is open
                yield temporary
                return
        finally:
            temporary.unlink(missing_ok=True)


def _opened_and_locked(sign: Path) -> IO[Any]:
    """The file that stands for a lock, opened and locked; made if there is none.

    Raises:
        BlockingIOError: another process has the lock.
    """
    while True:
        file = sign.open("ab")
        try:
            if not _lock(file, wait=False) or _is_at(file, sign):
                return file
        except BlockingIOError:
            file.close()
            raise
        file.close()  # whoever had the lock was just removing the file


@cache
def _take_leftovers_away(folder: Path) -> None:
    """Remove the temporary files of processes that live no longer; once, as folders may be long."""
    if fcntl is None:
        return
    for leftover in folder.glob(_TEMPORARIES):
        with suppress(OSError), leftover.open("rb+") as file:  # locked, gone or somebody else's
            if _lock(file, wait=False):
                leftover.unlink()


def _lock(file: IO[Any], wait: bool) -> bool:
    """Lock an open file until it is closed or its process ends, however that ends.

    Returns:
        Whether it is locked; false where the system or the file system has no locks.

    Raises:
        BlockingIOError: another process has the lock, and `wait` is false.
    """
    if fcntl is None:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        raise
    except OSError:
        return False
    return True


def _is_at(file: IO[Any], path: Path) -> bool:
    """Whether an open file still has this name."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _remove(path: Path) -> None:
    with suppress(OSError):  # somebody else did
        path.unlink()


def _publish(temporary: Path, path: Path, replace: bool) -> None:
    """Give a file its name, at one blow."""
    if replace:
        temporary.replace(path)
        return
    try:
        os.link(temporary, path)  # unlike a renaming, never over another file
    except OSError as error:
        if os.path.lexists(path):
            raise OutputError(
                f"{path} was made by something else meanwhile and is left as it is; "
                "choose another name"
            ) from error
        temporary.replace(path)  # a file system without links


def _keep_names(folder: Path) -> None:
    """Have the names in a folder survive a loss of power, where the system can promise it."""
    with suppress(OSError):  # Windows opens no folder; some file systems have no such promise
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
