"""Damage of scripts/stress/damaged_files.py, and what is reported of it."""

import random
import time
from argparse import Namespace
from pathlib import Path
from zipfile import ZipFile

import damaged_files
import pytest
from damaged_files import WAYS, Case, Damage, draw_cases, print_counts, read
from lilypond_midi import lilypond_midi
from made_up_hymns import made_up_hymn
from scores import attributes, note, score

from chorale.errors import ReadingError

SCORE = score([attributes() + note("C5")]).encode()
HYMN = lilypond_midi(made_up_hymn(8, 1))


def generator(seed: int = 1) -> random.Random:
    return random.Random(seed)  # noqa: S311 - damage, no secrets


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("content", [SCORE, HYMN, b"x"], ids=["score", "hymn", "byte"])
def test_damage_is_the_same_for_a_seed_and_changes_most_files(way: Damage, content: bytes) -> None:
    damaged = [way(content, generator(seed)) for seed in range(20)]
    assert damaged == [way(content, generator(seed)) for seed in range(20)]
    assert any(each != content for each in damaged)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize(
    ("name", "content"), [("a.musicxml", SCORE), ("a.mid", HYMN)], ids=["score", "hymn"]
)
def test_damaged_files_are_read_or_refused_in_one_line(
    way: Damage, name: str, content: bytes
) -> None:
    for seed in range(10):
        verdict, detail = read(Case(name, way(content, generator(seed))), 60)
        assert verdict in ("read", "refused in one line"), detail


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (ReadingError("a\nb"), "refused in several lines"),
        (ValueError("a bug"), "traceback"),
        (ReadingError("cannot be read (stopped after the time)"), "too slow"),
    ],
)
def test_what_must_not_happen_is_noticed(
    monkeypatch: pytest.MonkeyPatch, error: Exception, verdict: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(damaged_files, "read_music", fail)
    assert read(Case("a.mid", HYMN), 60)[0] == verdict


def test_reading_stops_after_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def work(*_: object, **__: object) -> None:
        while time.process_time() < end:
            pass

    end = time.process_time() + 30
    monkeypatch.setattr(damaged_files, "read_music", work)
    assert read(Case("a.mid", HYMN), 1)[0] == "too slow"


def test_files_are_drawn_of_folders_and_packed_ones_also_unpacked(tmp_path: Path) -> None:
    (tmp_path / "a.mid").write_bytes(HYMN)
    (tmp_path / "b.txt").write_bytes(HYMN)
    (tmp_path / "c.mid").write_bytes(b"")
    with ZipFile(tmp_path / "d.mxl", "w") as archive:
        archive.writestr("d.xml", SCORE)
    cases = draw_cases([tmp_path], 10, 100_000, generator())
    assert sorted(case.name for case in cases) == ["a.mid", "d.mxl", "d.xml"]
    assert len(draw_cases([tmp_path], 2, 100_000, generator())) == 2
    assert draw_cases([tmp_path], 10, 10, generator()) == []


def test_the_table_has_a_row_for_each_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.mid").write_bytes(HYMN)
    print_counts(Namespace(folders=[tmp_path], count=1, seed=1, seconds=60, largest=100, list=True))
    printed = capsys.readouterr().out
    assert printed.startswith("| 1 files | read | refused in one line |")
    assert "| change digit | " in printed
