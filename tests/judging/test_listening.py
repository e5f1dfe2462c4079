"""Answers of listening tests: their shares, intervals and files."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chorale.errors import ReadingError
from chorale.judging.listening import (
    Answer,
    Share,
    count_all,
    count_by_piece,
    count_by_skill,
    read_answers,
)

ANSWERS = [
    Answer("much", ("bwv1", "seed 1"), True),
    Answer("much", ("bwv2", "seed 2"), False),
    Answer("little", ("seed 1", "bwv1"), True),
]


@given(st.integers(1, 500), st.data())
def test_the_interval_holds_the_share_and_stays_between_0_and_1(
    count: int, data: st.DataObject
) -> None:
    share = Share(data.draw(st.integers(0, count)), count)
    low, high = share.interval
    assert 0 <= low <= share.value + 1e-9
    assert share.value - 1e-9 <= high <= 1
    assert low < high


def test_the_interval_is_that_of_wilson() -> None:
    low, high = Share(8, 10).interval
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)


def test_the_interval_contains_a_half_in_most_tests_of_guessing() -> None:
    guesses = np.random.default_rng(1).binomial(40, 0.5, 2_000)
    inside = [Share(int(right), 40).interval for right in guesses]
    share = np.mean([low <= 0.5 <= high for low, high in inside])
    assert 0.93 <= share <= 0.975


def test_answers_are_counted_by_skill_and_by_piece() -> None:
    assert count_all(ANSWERS) == Share(2, 3)
    assert count_by_skill(ANSWERS) == {"little": Share(1, 1), "much": Share(1, 2)}
    assert count_by_piece(ANSWERS)["bwv1"] == Share(2, 2)
    assert count_by_piece(ANSWERS)["seed 2"] == Share(0, 1)


def test_answers_are_read_as_the_page_saves_them(tmp_path: Path) -> None:
    answers = [{"pieces": ["bwv1", "seed 1"], "right": True, "seconds": 12.5, "plays": 2}]
    path = tmp_path / "answers.json"
    path.write_text(json.dumps({"quiz": "a", "skill": "some", "answers": answers}))
    assert read_answers(path) == [Answer("some", ("bwv1", "seed 1"), True)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"skill": "much", "answers": [{"pieces": []}]}',
        '{"skill": "much", "answers": [{"pieces": ["a"], "right": "yes"}]}',
        '{"skill": "much", "answers": []}',
        "[" * 100_000,
    ],
)
def test_other_files_are_refused_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "answers.json"
    path.write_text(text)
    with pytest.raises(ReadingError) as error:
        read_answers(path)
    assert "\n" not in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match=r"none\.json cannot be read"):
        read_answers(tmp_path / "none.json")


def test_answers_edited_on_windows_are_read_and_endless_files_are_not(tmp_path: Path) -> None:
    path = tmp_path / "answers.json"
    answers = [{"pieces": ["bwv1"], "right": False}]
    path.write_text(json.dumps({"skill": "some", "answers": answers}), "utf-8-sig")
    assert read_answers(path) == [Answer("some", ("bwv1",), False)]
    with pytest.raises(ReadingError, match="too large"):
        read_answers(Path("/dev/zero"))
