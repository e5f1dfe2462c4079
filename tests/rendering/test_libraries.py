"""Optional libraries, installed and missing."""

import json

import pytest

from chorale.errors import OutputError
from chorale.rendering.libraries import import_library


def test_an_installed_library_is_imported() -> None:
    assert import_library("json", "json", "nothing") is json


def test_a_missing_library_is_reported_with_the_command_that_installs_it() -> None:
    message = r"a score needs the library engraver, .*; `pip install engraver==1\.2` installs it"
    with pytest.raises(OutputError, match=message):
        import_library("no_such_engraver", "engraver==1.2", "a score")
