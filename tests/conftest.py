"""Shared by all tests: a cache of its own, and Bach's chorales read once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chorale.corpus import Corpus, load_corpus


@pytest.fixture(scope="session", autouse=True)
def chorale_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache folder for this session, so that no test touches the user's."""
    home = tmp_path_factory.mktemp("chorale_home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHORALE_HOME", str(home))
        yield home


@pytest.fixture(scope="session")
def bach_corpus(chorale_home: Path) -> Corpus:
    """Bach's chorales, read from music21 the first time that a test asks: some 20 s."""
    return load_corpus("bach")
