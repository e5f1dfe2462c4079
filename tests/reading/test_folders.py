"""The music files in a folder."""

from pathlib import Path

from chorale.reading.folders import list_music_files


def test_music_files_are_listed_by_name_without_others_and_hidden_ones(tmp_path: Path) -> None:
    for name in ("b.mid", "a.MUSICXML", "sub/c.abc", "notes.txt", ".hidden.mid", ".trash/d.mid"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    names = [path.relative_to(tmp_path).as_posix() for path in list_music_files(tmp_path)]
    assert names == ["a.MUSICXML", "b.mid", "sub/c.abc"]
