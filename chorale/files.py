"""Write files whole or not at all.

Everything the program writes goes through `atomic_write`: the content goes into a hidden temporary
file in the same folder, and this file is renamed once it is complete and on the disk. A full disk,
an interruption or an error leaves the old file, if there was one, and nothing else. A process that
is killed, or loses power, leaves its temporary file; the next process that writes into that folder
removes the file. Every process locks its temporary file while it runs, so that no file in use is
removed.
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
except ImportError:  # Windows has no such locks; a killed process's file is never removed
    fcntl = None  # type: ignore[assignment]

_TEMPORARY = ".chorale-"  # followed by 16 hexadecimal digits and the suffix of the final file
_TEMPORARY_PATTERN = _TEMPORARY + 16 * "[0-9a-f]" + "*"


@contextmanager
def atomic_write(path: Path, replace: bool = True) -> Iterator[Path]:
    """Yield the path of a temporary file that becomes `path` when the block ends without error.

    Parent folders are made as needed.

    Args:
        path: the file to write.
        replace: whether to overwrite a file that exists when the block ends.

    Raises:
        OutputError: the folder cannot be made or written, the disk is full, or `path` exists when
            the block ends and `replace` is false.
    """
    try:
        with _make_folders(path), _open_temporary(path) as temporary:
            yield temporary
            with temporary.open("rb+") as written:
                os.fsync(written.fileno())
            _publish(temporary, path, replace)
            _sync_folder(path.parent)
    except OSError as error:
        raise _write_error(path, error) from error


def write_bytes(path: Path, content: bytes, replace: bool = True) -> None:
    """Write `content` to `path`, whole or not at all; see `atomic_write`.

    Raises:
        OutputError: the file cannot be written, or exists and `replace` is false.
    """
    with atomic_write(path, replace) as temporary:
        temporary.write_bytes(content)


@contextmanager
def reserve(path: Path) -> Iterator[None]:
    """Reserve `path`, and the files named after it, for this process until the block ends.

    A hidden lock file beside `path` marks the reservation and is removed at the end; a lock file
    that a killed process left is taken over. On Windows, which has no such locks, nothing is
    reserved.

    Raises:
        OutputError: another process has reserved the path, or the folder cannot be made or written.
    """
    if fcntl is None:
        yield
        return
    lock = path.with_name(f".{path.name}.chorale-lock")
    with ExitStack() as held:
        try:
            held.enter_context(_make_folders(path))
            held.enter_context(_open_locked(lock))
        except BlockingIOError as error:
            raise OutputError(
                f"{path} is being written by another process; wait until it ends, or choose "
                "another name"
            ) from error
        except OSError as error:
            raise _write_error(path, error) from error
        held.callback(_remove, lock)
        yield


def refuse_overwrite(
    path: Path, force: bool, hint: str = "", python: bool = False, option: str = "--output"
) -> None:
    """Check that writing `path` overwrites no file against the user's will.

    Args:
        path: the file to write.
        force: whether an existing file may be overwritten.
        hint: further remedy for the message to offer.
        python: whether the message is for a caller in Python, not for the command line.
        option: option of the command line that names the file.

    Raises:
        OutputError: `path` exists and `force` is false, `path` is a folder, or no file can have
            this path.
    """
    try:
        is_folder, exists = path.is_dir(), os.path.lexists(path)
    except OSError as error:  # a parent folder cannot be entered, or the name is too long
        raise _write_error(path, error) from error
    if is_folder:
        raise OutputError(f"{path} is a folder; name a file in it")
    if exists and not force and python:
        raise OutputError(f"{path} exists; choose another name, or pass force=True to overwrite it")
    if exists and not force:
        remedies = [f"{option} to choose another name", *filter(None, [hint])]
        raise OutputError(f"{path} exists; use {', '.join(remedies)}, or --force to overwrite it")


def check_writable(path: Path) -> None:
    """Check, before long work, that `path` can be written; leave nothing behind.

    Raises:
        OutputError: `path` cannot be written.
    """
    try:
        missing = _missing_folders(path)
        with tempfile.TemporaryFile(dir=missing[-1].parent if missing else path.parent):
            pass
    except OSError as error:
        raise _write_error(path, error) from error


def _write_error(path: Path, error: OSError) -> OutputError:
    """Return the error for a path that cannot be written."""
    reason = error.strerror or error
    if isinstance(error, (FileExistsError, NotADirectoryError)):  # a file has a folder's name
        existing = next(folder for folder in path.parents if folder.exists())
        reason = f"{existing} is not a folder"
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    remedy = " or free some space" if full else ""
    return OutputError(f"cannot write {path}: {reason}; choose another place{remedy}")


def _missing_folders(path: Path) -> list[Path]:
    """Return the parent folders that do not exist, the innermost first."""
    return [folder for folder in path.parents if not folder.exists()]


@contextmanager
def _make_folders(path: Path) -> Iterator[None]:
    """Make the missing parent folders; at the end, remove each of them that is empty."""
    made = _missing_folders(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for folder in made:
            _sync_folder(folder.parent)
        yield
    finally:
        for folder in made:
            with suppress(OSError):  # the folder was never made, or is not empty
                folder.rmdir()


@contextmanager
def _open_temporary(path: Path) -> Iterator[Path]:
    """Make a hidden file, locked while it is written; remove it unless it was renamed."""
    _remove_leftovers(path.parent.resolve())
    while True:
        temporary = path.with_name(f"{_TEMPORARY}{os.urandom(8).hex()}{path.suffix}")
        try:
            with temporary.open("xb") as file:
                if _lock(file, wait=True) and not _is_at(file, temporary):
                    continue  # another process removed it as a leftover before it was locked
                if fcntl is None:
                    file.close()  # Windows cannot rename an open file
                yield temporary
                return
        finally:
            temporary.unlink(missing_ok=True)


def _open_locked(path: Path) -> IO[Any]:
    """Open and lock a lock file; make it if it does not exist.

    Raises:
        BlockingIOError: another process has the lock.
    """
    while True:
        file = path.open("ab")
        try:
            if not _lock(file, wait=False) or _is_at(file, path):
                return file
        except BlockingIOError:
            file.close()
            raise
        file.close()  # the previous owner of the lock has just removed the file


@cache
def _remove_leftovers(folder: Path) -> None:
    """Remove the temporary files of processes that no longer run.

    Each folder is searched only once, since it may have many files.
    """
    if fcntl is None:
        return
    for leftover in folder.glob(_TEMPORARY_PATTERN):
        with (
            suppress(OSError),
            leftover.open("rb+") as file,
        ):  # fails if the file is gone or belongs to another user
            if _lock(file, wait=False):
                leftover.unlink()


def _lock(file: IO[Any], wait: bool) -> bool:
    """Lock an open file until it is closed or this process ends, however it ends.

    Returns:
        True if the file is locked, False if the system or the file system has no locks.

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
    """Check whether a path still leads to an open file."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _remove(path: Path) -> None:
    with suppress(OSError):  # another process removed it
        path.unlink()


def _publish(temporary: Path, path: Path, replace: bool) -> None:
    """Give a temporary file its final name, in one step."""
    if replace:
        temporary.replace(path)
        return
    try:
        os.link(temporary, path)  # a link, unlike renaming, never overwrites
    except OSError as error:
        if os.path.lexists(path):
            raise OutputError(
                f"{path} was made by another program meanwhile and is not overwritten; "
                "choose another name"
            ) from error
        temporary.replace(path)  # the file system has no links


def _sync_folder(folder: Path) -> None:
    """Write a folder's list of files to the disk, where possible, to survive a loss of power."""
    with suppress(OSError):  # Windows opens no folders, and some file systems cannot sync them
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
