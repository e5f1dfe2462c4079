"""Files are written whole or not at all, whatever goes wrong."""

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from chorale.errors import OutputError
from chorale.files import atomic_write, check_writable, refuse_overwrite, write_bytes


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


def test_the_temporary_file_stands_hidden_in_the_same_folder_with_the_same_ending(
    tmp_path: Path,
) -> None:
    path = tmp_path / "c.png"
    with atomic_write(path) as temporary:
        assert temporary.parent == tmp_path
        assert temporary.name.startswith(".")
        assert temporary.suffix == ".png"
        assert not path.exists()


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_file_has_the_permissions_that_the_user_gives_new_files(
    tmp_path: Path, umask: int, mode: int
) -> None:
    before = os.umask(umask)
    try:
        write_bytes(tmp_path / "c.mid", b"")
        assert os.umask(umask) == umask  # and it is left as it was
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "c.mid").stat().st_mode) == mode


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt, SystemExit])
def test_what_goes_wrong_inside_leaves_the_old_file_and_nothing_else(
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
def test_a_full_disk_leaves_the_old_file_and_nothing_else(
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
def test_a_write_that_the_system_really_refuses_leaves_nothing(tmp_path: Path) -> None:
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
@pytest.mark.parametrize("place", ["file/c.mid", "file/folder/c.mid"])
def test_a_folder_that_is_a_file_is_named_as_such(tmp_path: Path, check: type, place: str) -> None:
    (tmp_path / "file").write_bytes(b"old")
    with pytest.raises(OutputError, match=r"cannot write .*c\.mid: .*/file is not a folder; "):
        check(tmp_path / place)
    assert (tmp_path / "file").read_bytes() == b"old"


def test_check_writable_leaves_nothing(tmp_path: Path) -> None:
    check_writable(tmp_path / "new" / "folder" / "c.mid")
    check_writable(tmp_path / "c.mid")
    assert os.listdir(tmp_path) == []


def test_folders_made_for_a_file_that_failed_are_gone_again(
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
    with pytest.raises(OutputError, match=r"c\.mid exists; --output .* or --force to overwrite"):
        refuse_overwrite(path, force=False)


def test_a_further_way_out_is_told(tmp_path: Path) -> None:
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
def test_a_folder_that_is_locked_is_refused(tmp_path: Path, check: type) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o700)
    os.seteuid(65534)  # anybody but root, whom no lock holds
    try:
        with pytest.raises(OutputError, match=r"cannot write .*c\.mid: Permission denied; "):
            check(locked / "c.mid")
    finally:
        os.seteuid(0)
