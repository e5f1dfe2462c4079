"""Names with blanks that were typed without quotes."""

import shutil
import time
from pathlib import Path

import pytest
from command import Run
from places import ASSETS

from chorale.cli.quoting import suggest_quotes

NAME = "My Hymn No 1.mid"
HINT = f"; put a name with blanks in quotes: '{NAME}'\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a chorale whose name has blanks."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(ASSETS / "chorale.mid", NAME)
    shutil.copy(ASSETS / "chorale.mid", "one.mid")


def test_words_that_make_up_a_files_name_are_found_among_others() -> None:
    assert suggest_quotes(["show", *NAME.split(), "--bars", "1"]) == HINT.rstrip()


@pytest.mark.parametrize("words", [[], ["show"], ["one.mid"], ["My", "Hymn"], ["\0", "x"]])
def test_words_that_are_no_name_give_no_hint(words: list[str]) -> None:
    assert suggest_quotes(words) == ""


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["show", *NAME.split()], 2),
        (["play", *NAME.split(), "-q"], 2),
        (["check", *NAME.split()], 1),
        (["check", "one.mid", *NAME.split()], 1),
        (["render", *NAME.split(), "--format", "svg"], 1),
    ],
)
def test_a_command_offers_the_name_in_quotes(run: Run, words: list[str], status: int) -> None:
    ended = run(*words)
    assert ended.status == status
    assert ended.err.endswith(HINT)


def test_other_errors_have_no_hint(run: Run) -> None:
    assert run("show", "none.mid", "more").err.count("quotes") == 0
    assert run("check", "none.mid", "one.mid").err.count("quotes") == 0


def test_ten_thousand_words_are_searched_at_once() -> None:
    words = [f"{number}.mid" for number in range(10_000)]
    begun = time.monotonic()
    assert suggest_quotes([*words, *NAME.split()]) == HINT.rstrip()
    assert time.monotonic() - begun < 60  # minutes if all pairs of words were tried
