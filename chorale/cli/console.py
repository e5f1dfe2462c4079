"""What the commands show: results on standard output, progress on standard error.

Rich is imported when something is to be shown, so that help stays instant.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from chorale.errors import OutputError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

Progress = Callable[[int, int], None]  # how much is done, of how much in all


@contextmanager
def progress_bar(description: str, quiet: bool = False) -> Iterator[Progress]:
    """Yield a function of how much is done, of how much in all, that draws a bar.

    The bar is drawn on standard error and vanishes at the end. Nothing is drawn when `quiet`, or
    where standard error is no terminal.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bars

    with Bars(
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=sys.stdout.isatty(),  # results that go elsewhere stay there
    ) as bars:
        task = bars.add_task(description, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


def say(text: str) -> None:
    """Write one result to standard output, at once.

    Raises:
        OutputError: standard output goes to a file whose disk is full.
    """
    with _told_if_full():
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


def say_renderable(what: "RenderableType") -> None:
    """Write a table, a panel and the like to standard output, as `say` does."""
    from rich.console import Console

    console = Console()
    say_printed(console, lambda: console.print(what))


def say_printed(console: "Console", print_it: Callable[[], None]) -> None:
    """Write what is printed on a console to standard output, as `say` does."""
    with _told_if_full(), console.capture() as capture:  # which writes too, if only nothing
        print_it()
    say(capture.get().rstrip("\n"))


@contextmanager
def _told_if_full() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise  # whoever read our output has gone, which is no error
    except OSError as error:
        raise OutputError(f"cannot write to standard output: {error.strerror}") from error
