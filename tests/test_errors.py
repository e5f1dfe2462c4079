"""The family of errors, as drawn in the docstring."""

import re

import pytest

from chorale import errors
from chorale.errors import ChoraleError, OptionError

CLASSES = {
    name: value
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, Exception)
}


def parse_tree() -> dict[str, str]:
    """Return child and parent of every branch in the docstring."""
    parents, above = {}, ["ChoraleError"]
    for line in (errors.__doc__ or "").splitlines():
        branch = re.match(r"(?P<stem>[ │]*)[├└]── (?P<name>\w+)", line)
        if branch:
            depth = len(branch["stem"]) // 4
            above = [*above[:depth], branch["name"]]
            parents[branch["name"]] = above[depth - 1] if depth > 1 else "ChoraleError"
    return parents


def test_the_docstring_draws_every_error() -> None:
    assert {"ChoraleError", *parse_tree()} == CLASSES.keys()


@pytest.mark.parametrize(("child", "parent"), parse_tree().items())
def test_every_error_is_a_subclass_of_the_one_it_is_drawn_under(child: str, parent: str) -> None:
    assert CLASSES[parent] in CLASSES[child].__bases__


def test_chorale_error_is_the_base_of_all() -> None:
    assert all(issubclass(error, ChoraleError) for error in CLASSES.values())


def test_a_wrong_option_is_a_value_error_too() -> None:
    with pytest.raises(ValueError, match="too loud"):
        raise OptionError("too loud")


def test_a_bug_is_not_a_chorale_error() -> None:
    assert not issubclass(ValueError, ChoraleError)
    assert not issubclass(ChoraleError, (ValueError, LookupError, OSError))
