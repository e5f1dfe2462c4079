"""What the commands show: results on standard output, progress on standard error.

Rich is imported when something is to be shown, so that help stays instant.
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from chorale.errors import OutputError
from chorale.untrusted import printable

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

    from chorale.rendering.pictures.terminal_roll import Look

USUAL_WIDTH = 100  # where there is no terminal
LEAST_WIDTH = 20  # of a heading's lines

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
    """Write one result, of one line or several, to standard output, at once.

    What would steer a terminal is left out.

    Raises:
        OutputError: standard output goes to a file whose disk is full.
    """
    _write(printable_lines(text))


def say_error(error: str) -> None:
    """Write an error to standard error, in one line, if anybody reads it."""
    line = " ".join(error.splitlines())  # a file's name may have several
    with suppress(OSError):  # the exit status tells it too
        sys.stderr.write(f"chorale: {printable(line)}\n")


def say_renderable(what: "RenderableType") -> None:
    """Write a table, a panel and the like to standard output, as `say` does."""
    from rich.console import Console

    console = Console()
    say_printed(console, lambda: console.print(what))


def say_printed(console: "Console", print_it: Callable[[], None]) -> None:
    """Write what is printed on a console to standard output, as `say` does."""
    with _told_if_full(), console.capture() as capture:  # which writes too, if only nothing
        print_it()
    _write(capture.get().rstrip("\n"))


def width_of(console: "Console") -> int:
    """How wide lines may be where standard output goes, in characters."""
    told = os.environ.get("COLUMNS", "")
    return console.width if console.is_terminal or told.isdigit() else USUAL_WIDTH


def look_of(console: "Console", colours: Sequence[str], few_colours: Sequence[str]) -> "Look":
    """How a roll is drawn where standard output goes.

    Args:
        console: it.
        colours: of the roll.
        few_colours: the same where a terminal has but sixteen.
    """
    from chorale.rendering.pictures.terminal_roll import GLYPHS, PLAIN_GLYPHS, Look, legible

    colour = console.color_system is not None and not console.no_color
    glyphs = GLYPHS if legible(GLYPHS, console.encoding) else PLAIN_GLYPHS
    few = console.color_system in ("standard", "windows")
    return Look(width_of(console), colour, glyphs, few_colours if few else colours)


def say_roll(
    console: "Console",
    heading: Sequence[str],
    lines: "Sequence[Text]",
    sections: Sequence[Sequence[str]] = (),
) -> None:
    """Write a heading, a roll as it is, and sections of text, with an empty line before each.

    Of the heading and of each section the first paragraph is bold; paragraphs are wrapped.
    """

    def print_section(section: Sequence[str], indent: str) -> None:
        for number, paragraph in enumerate(section):
            print_paragraph(paragraph, console, bold=not number, indent=indent)

    def print_it() -> None:
        print_section(heading, indent="")
        console.print()
        for text in lines:
            console.print(text, soft_wrap=True)
        for section in sections:
            console.print()
            print_section(section, indent="  ")

    say_printed(console, print_it)


def print_paragraph(text: str, console: "Console", bold: bool = False, indent: str = "") -> None:
    """Print a paragraph, wrapped; all its lines but the first are indented."""
    import textwrap

    width = max(width_of(console), LEAST_WIDTH)
    for line in textwrap.wrap(legible(text, console), width, subsequent_indent=indent):
        console.print(line, style="bold" if bold else None, soft_wrap=True)


def legible(text: str, console: "Console") -> str:
    """A text that can be shown, and whose letters all are in the encoding of a console."""
    return printable(text).encode(console.encoding, "replace").decode(console.encoding)


def printable_lines(text: str) -> str:
    """`printable` of each line."""
    return "\n".join(map(printable, text.split("\n")))


def _write(text: str) -> None:
    with _told_if_full():
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


@contextmanager
def _told_if_full() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise  # whoever read our output has gone, which is no error
    except OSError as error:
        raise OutputError(f"cannot write to standard output: {error.strerror}") from error
