"""Fixtures of all tests: a cache folder, Bach's chorales, a tiny model, and running a command."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import COMPOSING, Ended, Run
from hypothesis import settings
from tiny_network import saved, tiny_checkpoint

from chorale import cli
from chorale.corpus import Corpus, load_corpus

settings.register_profile("chorale", deadline=None)  # a busy machine fails no test
settings.load_profile("chorale")

# A shell lets programs in the background ignore these signals, and tests would pass that on to the
# programs that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):  # Windows has none
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session", autouse=True)
def chorale_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Cache folder of this session, so that no test touches the user's."""
    home = tmp_path_factory.mktemp("chorale_home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHORALE_HOME", str(home))
        # otherwise usage lines name `python -m pytest`, if tests were started so
        patch.setattr(sys.modules["__main__"], "__package__", None)
        yield home


@pytest.fixture(scope="session")
def bach_corpus(chorale_home: Path) -> Corpus:
    """Bach's chorales, built from music21 at the first use in about 20 s."""
    return load_corpus("bach")


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Path of a tiny checkpoint."""
    return saved(tiny_checkpoint(), tmp_path_factory.mktemp("model"))


@pytest.fixture
def run(
    tiny_model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """A function that runs a command in an empty folder.

    A command that composes uses the tiny model and the seed 7, unless others are given.
    """
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> Ended:
        composing = bool(words) and words[0] in COMPOSING
        defaults = {"--model": str(tiny_model), "--seed": "7"} if composing else {}
        added = [part for option in defaults.items() if option[0] not in words for part in option]
        monkeypatch.setattr(sys, "argv", ["chorale", *words, *added])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return Ended(int(ended.value.code or 0), *capsys.readouterr())

    return run
