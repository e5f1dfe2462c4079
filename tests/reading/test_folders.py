"""The music files in a folder."""

import os
from pathlib import Path

import pytest

from chorale.errors import ReadingError
from chorale.reading.folders import list_music_files


def test_music_files_are_listed_by_name_without_others_and_hidden_ones(tmp_path: Path) -> None:
    for name in ("b.mid", "a.MUSICXML", "sub/c.abc", "notes.txt", ".hidden.mid", ".trash/d.mid"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    names = [path.relative_to(tmp_path).as_posix() for path in list_music_files(tmp_path)]
    assert names == ["a.MUSICXML", "b.mid", "sub/c.abc"]


def test_links_that_lead_nowhere_are_listed_and_links_to_folders_not_followed(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.mid").touch()
    try:
        (tmp_path / "lost.mid").symlink_to("nowhere.mid")
        (tmp_path / "round").symlink_to(tmp_path, target_is_directory=True)
    except OSError:
        pytest.skip("the system allows no links")
    assert [path.name for path in list_music_files(tmp_path)] == ["a.mid", "lost.mid"]


def test_a_folder_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "closed").mkdir()
    scan = os.scandir

    def refuse(path: str) -> object:
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(ReadingError, match=r"cannot read the folder .*closed: Permission denied"):
        list_music_files(tmp_path)
