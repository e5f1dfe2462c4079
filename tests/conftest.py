"""Shared by all tests: a cache of its own, Bach's chorales read once, commands run."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command import Ended, Run
from hypothesis import settings
from tiny_network import saved, tiny_checkpoint

from chorale import cli
from chorale.corpus import Corpus, load_corpus

settings.register_profile("chorale", deadline=None)  # no test fails for a busy machine
settings.load_profile("chorale")

# A shell has what it starts in the background ignore these, which what tests start would inherit.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):  # Windows has none
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session", autouse=True)
def chorale_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache folder for this session, so that no test touches the user's."""
    home = tmp_path_factory.mktemp("chorale_home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHORALE_HOME", str(home))
        # else commands are named after `python -m pytest`, where tests were started so
        patch.setattr(sys.modules["__main__"], "__package__", None)
        yield home


@pytest.fixture(scope="session")
def bach_corpus(chorale_home: Path) -> Corpus:
    """Bach's chorales, read from music21 the first time that a test asks: some 20 s."""
    return load_corpus("bach")


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny checkpoint's file."""
    return saved(tiny_checkpoint(), tmp_path_factory.mktemp("model"))


@pytest.fixture
def run(
    tiny_model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Runs a command in an empty folder; if it composes with the tiny model, seed 7 unless told."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str, seeded: bool = True) -> Ended:
        defaults = {"--model": str(tiny_model), "--seed": "7"} if seeded else {}
        more = [part for option in defaults.items() if option[0] not in words for part in option]
        monkeypatch.setattr(sys, "argv", ["chorale", *words, *more])
        try:
            cli.main()
            status: Any = 0
        except SystemExit as ended:
            status = ended.code or 0
        return Ended(status, *capsys.readouterr())

    return run
