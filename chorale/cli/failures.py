"""Errors of some of several files, past which the others are done."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import typer

from chorale.cli.console import print_error
from chorale.cli.quoting import suggest_quotes
from chorale.errors import ChoraleError


@dataclass(frozen=True)
class Failures:
    """Errors of some of several files; the error of a single file is raised at once.

    Attributes:
        single: whether there is only one file.
        errors: a line for each file that failed, by the file.
    """

    single: bool
    errors: dict[Path, str] = field(default_factory=dict)

    @contextmanager
    def collect(self, file: Path) -> Iterator[None]:
        """Collect an error that ends the block.

        Raises:
            ChoraleError: the error, if the file is the only one.
        """
        try:
            yield
        except ChoraleError as error:
            if self.single:
                raise
            name = "" if file.name in str(error) else f"{file}: "
            self.errors[file] = f"{name}{error}"

    def report(self, files: Sequence[Path], done: str) -> None:
        """Print the errors, and end the command with status 1, if there are any.

        Args:
            files: all files, as they were given.
            done: what could not be done, such as "rendered".
        """
        if not self.errors:
            return
        for error in self.errors.values():
            print_error(error)
        hint = suggest_quotes(list(map(str, files)))
        print_error(f"{len(self.errors)} of {len(files)} files could not be {done}{hint}")
        raise typer.Exit(1)
