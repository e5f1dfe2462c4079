"""Libraries that are there, and those that are not."""

import json

import pytest

from chorale.errors import OutputError
from chorale.rendering.libraries import library


def test_a_library_that_is_there_is_imported() -> None:
    assert library("json", "json", "nothing") is json


def test_one_that_is_missing_is_told_with_the_command_that_installs_it() -> None:
    message = r"a score needs the library engraver, .*; `pip install engraver==1\.2` installs it"
    with pytest.raises(OutputError, match=message):
        library("no_such_engraver", "engraver==1.2", "a score")
