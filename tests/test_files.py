"""Files are written whole or not at all, even when something fails."""

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from chorale import files
from chorale.errors import OutputError
from chorale.files import (
    atomic_write,
    check_writable,
    refuse_overwrite,
    reserve,
    write_bytes,
)

LOCKS = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such locks")


def test_a_file_is_written_with_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "c.mid"
    write_bytes(path, b"music")
    assert path.read_bytes() == b"music"
    assert os.listdir(path.parent) == ["c.mid"]


def test_an_old_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "c.mid"
    path.write_bytes(b"a longer old file")
    write_bytes(path, b"new")
    assert path.read_bytes() == b"new"


def test_the_temporary_file_is_hidden_in_the_same_folder_with_the_same_suffix(
    tmp_path: Path,
) -> None:
    path = tmp_path / "c.png"
    with atomic_write(path) as temporary:
        assert temporary.parent == tmp_path
        assert temporary.name.startswith(".")
        assert temporary.suffix == ".png"
        assert not path.exists()


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_file_has_the_permissions_of_the_umask(tmp_path: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        write_bytes(tmp_path / "c.mid", b"")
        assert os.umask(umask) == umask  # unchanged
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "c.mid").stat().st_mode) == mode


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt, SystemExit])
def test_an_error_in_the_block_leaves_only_the_old_file(
    tmp_path: Path, error: type[BaseException]
) -> None:
    path = tmp_path / "c.mid"
    path.write_bytes(b"old")
    with pytest.raises(error), atomic_write(path) as temporary:  # noqa: PT012 - half-written
        temporary.write_bytes(b"half")
        raise error
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["c.mid"]


def full_disk(*_: object) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("call", ["fsync", "replace", "write"])
def test_a_full_disk_leaves_only_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    path = tmp_path / "c.mid"
    path.write_bytes(b"old")
    if call == "fsync":
        monkeypatch.setattr(os, "fsync", full_disk)
    elif call == "replace":
        monkeypatch.setattr(Path, "replace", full_disk)
    else:
        monkeypatch.setattr(Path, "write_bytes", full_disk)
    message = r"cannot write .*c\.mid: No space left on device; .*another place or free some space"
    with pytest.raises(OutputError, match=message):
        write_bytes(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["c.mid"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no file's size")
def test_a_write_that_the_system_refuses_leaves_nothing(tmp_path: Path) -> None:
    script = """
import resource, sys
from pathlib import Path
from chorale.errors import OutputError
from chorale.files import write_bytes
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))  # files end after 1000 bytes
try:
    write_bytes(Path(sys.argv[1]), bytes(5000))
except OutputError as error:
    print(error)
"""
    path = tmp_path / "c.mid"
    result = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
    )
    assert result.stdout.startswith(f"cannot write {path}: File too large; ")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("check", [check_writable, lambda path: write_bytes(path, b"")])
@pytest.mark.parametrize("inner", ["file/c.mid", "file/folder/c.mid"])
def test_a_file_in_place_of_a_folder_is_named_in_the_error(
    tmp_path: Path, check: type, inner: str
) -> None:
    (tmp_path / "file").write_bytes(b"old")
    with pytest.raises(OutputError, match=r"cannot write .*c\.mid: .*/file is not a folder; "):
        check(tmp_path / inner)
    assert (tmp_path / "file").read_bytes() == b"old"


def test_check_writable_leaves_nothing(tmp_path: Path) -> None:
    check_writable(tmp_path / "new" / "folder" / "c.mid")
    check_writable(tmp_path / "c.mid")
    assert os.listdir(tmp_path) == []


def test_folders_made_for_a_failed_file_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "old").mkdir()
    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OutputError, match="No space left"):
        write_bytes(tmp_path / "old" / "new" / "newer" / "c.mid", b"")
    assert os.listdir(tmp_path) == ["old"]
    assert os.listdir(tmp_path / "old") == []


def test_an_existing_file_is_not_overwritten_unless_forced(tmp_path: Path) -> None:
    path = tmp_path / "c.mid"
    refuse_overwrite(path, force=False)
    path.write_bytes(b"old")
    refuse_overwrite(path, force=True)
    with pytest.raises(OutputError, match=r"c\.mid exists; use --output .* or --force to"):
        refuse_overwrite(path, force=False)


def test_the_error_has_the_hint(tmp_path: Path) -> None:
    (tmp_path / "c").touch()
    with pytest.raises(OutputError, match="another name, --resume to go on, or --force"):
        refuse_overwrite(tmp_path / "c", force=False, hint="--resume to go on")


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_is_never_overwritten(tmp_path: Path, force: bool) -> None:
    with pytest.raises(OutputError, match="is a folder; name a file in it"):
        refuse_overwrite(tmp_path, force)


@pytest.mark.parametrize("check", [lambda path: refuse_overwrite(path, False), check_writable])
def test_a_name_too_long_for_the_system_is_refused(tmp_path: Path, check: type) -> None:
    with pytest.raises(OutputError, match=r"cannot write .*: File name too long"):
        check(tmp_path / ("x" * 300) / "c.mid")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="takes a second user")
@pytest.mark.parametrize("check", [lambda path: refuse_overwrite(path, False), check_writable])
def test_a_folder_without_permission_is_refused(tmp_path: Path, check: type) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o700)
    os.seteuid(65534)  # not root, who may write anywhere
    try:
        with pytest.raises(OutputError, match=r"cannot write .*c\.mid: Permission denied; "):
            check(locked / "c.mid")
    finally:
        os.seteuid(0)


@LOCKS
def test_the_next_write_removes_the_leftovers_of_a_killed_process(tmp_path: Path) -> None:
    script = """
import os, signal, sys
from pathlib import Path
from chorale.files import write_bytes
os.fsync = lambda file: os.kill(os.getpid(), signal.SIGKILL)
write_bytes(Path(sys.argv[1]), b"new")
"""
    path = tmp_path / "c.mid"
    path.write_bytes(b"old")
    for _ in range(2):  # they do not pile up
        subprocess.run([sys.executable, "-c", script, str(path)], check=False)
        assert path.read_bytes() == b"old"
        assert len(os.listdir(tmp_path)) == 2
    write_bytes(tmp_path / "other.mid", b"")
    assert sorted(os.listdir(tmp_path)) == ["c.mid", "other.mid"]


def test_a_write_removes_neither_files_in_use_nor_those_of_others(tmp_path: Path) -> None:
    names = [".chorale-notes.txt", ".0123456789abcdef.mid", ".chorale-0123456789abcde.mid"]
    for name in names:
        (tmp_path / name).write_bytes(b"dear to me")
    with atomic_write(tmp_path / "a.mid") as temporary:
        temporary.write_bytes(b"a")
        write_bytes(tmp_path / "b.mid", b"b")
    assert (tmp_path / "a.mid").read_bytes() == b"a"
    assert sorted(os.listdir(tmp_path)) == sorted([*names, "a.mid", "b.mid"])


@LOCKS
def test_a_file_removed_as_a_leftover_before_it_was_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = vars(files)["fcntl"].flock
    removed: list[Path] = []

    def flock(file: object, operation: int) -> None:
        if not removed:
            removed.extend(tmp_path.glob(".chorale-*"))
            removed[0].unlink()
        lock(file, operation)

    monkeypatch.setattr("chorale.files.fcntl.flock", flock)
    with atomic_write(tmp_path / "c.mid") as temporary:
        temporary.write_bytes(b"music")
        write_bytes(tmp_path / "d.mid", b"")  # which now leaves the other alone
    assert removed
    assert (tmp_path / "c.mid").read_bytes() == b"music"
    assert sorted(os.listdir(tmp_path)) == ["c.mid", "d.mid"]


@LOCKS
def test_a_file_system_without_locks_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flock(*_: object) -> NoReturn:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("chorale.files.fcntl.flock", flock)
    left = tmp_path / ".chorale-0123456789abcdef.mid"  # its process may still run
    left.touch()
    with reserve(tmp_path / "c.mid"):
        write_bytes(tmp_path / "c.mid", b"music")
    assert sorted(os.listdir(tmp_path)) == [left.name, "c.mid"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows opens no folder")
def test_the_content_is_synced_and_then_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = []

    def fsync(descriptor: int) -> None:
        synced.append((stat.S_ISDIR(os.fstat(descriptor).st_mode), path.exists()))

    path = tmp_path / "c.mid"
    monkeypatch.setattr(os, "fsync", fsync)
    write_bytes(path, b"music")
    assert synced == [(False, False), (True, True)]


@pytest.mark.parametrize("links", [True, False])
def test_a_file_made_by_another_program_meanwhile_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    def link(*_: object) -> NoReturn:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))  # as FAT does

    if not links:
        monkeypatch.setattr(os, "link", link)
    path = tmp_path / "c.mid"
    write_bytes(path, b"first", replace=False)
    with pytest.raises(
        OutputError, match=r"c\.mid was made by another program meanwhile and is not"
    ):
        write_bytes(path, b"second", replace=False)
    assert path.read_bytes() == b"first"
    assert os.listdir(tmp_path) == ["c.mid"]
    write_bytes(path, b"third")
    assert path.read_bytes() == b"third"


@LOCKS
def test_a_reserved_path_is_refused_to_others_until_the_end(tmp_path: Path) -> None:
    path = tmp_path / "new" / "model.safetensors"
    with reserve(path):
        refused = pytest.raises(
            OutputError, match=r"model\.safetensors is being written by another"
        )
        with refused, reserve(path):
            pass
        with reserve(path.with_name("other.safetensors")):
            pass
        assert os.listdir(path.parent) == [".model.safetensors.chorale-lock"]
    assert os.listdir(tmp_path) == []


def test_a_reservation_left_by_a_killed_process_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / ".model.safetensors.chorale-lock").touch()
    with reserve(tmp_path / "model.safetensors"):
        pass
    assert os.listdir(tmp_path) == []


def test_an_error_during_a_reservation_is_not_changed(tmp_path: Path) -> None:
    with pytest.raises(ConnectionError, match="a bug"), reserve(tmp_path / "c"):
        raise ConnectionError("a bug")
    assert os.listdir(tmp_path) == []


def test_a_path_that_cannot_be_written_cannot_be_reserved(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="is not a folder"), reserve(tmp_path / "file" / "c"):
        pass
