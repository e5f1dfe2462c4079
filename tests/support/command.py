"""The types of the fixture `run`, which runs a command in the test's process."""

from typing import NamedTuple, Protocol

COMPOSING = ("generate", "harmonize", "continue", "rewrite")


class Ended(NamedTuple):
    """A command that has ended: its exit status, standard output and standard error."""

    status: int
    out: str
    err: str


class Run(Protocol):
    """A function that runs a command, given as words after `chorale`."""

    def __call__(self, *words: str) -> Ended:
        """Run the command to its end."""
        ...


class Output(Protocol):
    """A function that runs a command that must succeed, and returns its standard output."""

    def __call__(self, *words: str) -> str:
        """Run the command to its end."""
        ...
