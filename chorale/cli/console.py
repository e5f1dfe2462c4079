"""Print results to standard output, and errors and progress to standard error.

Rich is imported when it is needed, so that help stays instant.
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from chorale.errors import OutputError
from chorale.untrusted import make_printable

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

    from chorale.aliases import Progress
    from chorale.rendering.pictures.terminal_roll import RollStyle

USUAL_WIDTH = 100  # width of lines that do not go to a terminal, in characters
MIN_WIDTH = 20  # least width of a paragraph's lines, in characters


def print_result(text: str) -> None:
    """Print a result of one or more lines to standard output, at once.

    Control characters, which could steer a terminal, are replaced by spaces.

    Raises:
        OutputError: standard output goes to a file and the disk is full.
    """
    _write(make_lines_printable(text))


def print_error(error: str) -> None:
    """Print an error to standard error as a single line, if standard error can be written."""
    line = " ".join(error.splitlines())  # a file's name may contain line breaks
    with suppress(OSError):  # the exit status reports the error too
        sys.stderr.write(f"chorale: {make_printable(line)}\n")


def print_renderable(renderable: "RenderableType") -> None:
    """Print a table or panel made with Rich to standard output.

    Raises:
        OutputError: standard output goes to a file and the disk is full.
    """
    from rich.console import Console

    console = Console()
    print_captured(console, lambda: console.print(renderable))


def print_captured(console: "Console", print_all: Callable[[], None]) -> None:
    """Capture everything that `print_all` prints on a console; print it to standard output at once.

    Raises:
        OutputError: standard output goes to a file and the disk is full.
    """
    # when the capture ends, it writes to standard output too, if only an empty text
    with _output_errors(), console.capture() as capture:
        print_all()
    _write(capture.get().rstrip("\n"))


def print_roll(
    console: "Console",
    heading: Sequence[str],
    lines: "Sequence[Text]",
    sections: Sequence[Sequence[str]] = (),
) -> None:
    """Print a heading, a piano roll and sections of text, with an empty line between them.

    Args:
        console: console to print on.
        heading: paragraphs above the roll, the first in bold.
        lines: lines of the roll, printed without wrapping.
        sections: paragraphs below the roll, the first of each section in bold.

    Raises:
        OutputError: standard output goes to a file and the disk is full.
    """

    def print_section(section: Sequence[str], indent: str) -> None:
        for number, paragraph in enumerate(section):
            print_paragraph(paragraph, console, bold=not number, indent=indent)

    def print_all() -> None:
        print_section(heading, indent="")
        console.print()
        for text in lines:
            console.print(text, soft_wrap=True)
        for section in sections:
            console.print()
            print_section(section, indent="  ")

    print_captured(console, print_all)


def print_paragraph(text: str, console: "Console", bold: bool = False, indent: str = "") -> None:
    """Print a wrapped paragraph; all its lines but the first begin with `indent`."""
    import textwrap

    width = max(line_width(console), MIN_WIDTH)
    for line in textwrap.wrap(make_legible(text, console), width, subsequent_indent=indent):
        console.print(line, style="bold" if bold else None, soft_wrap=True)


def line_width(console: "Console") -> int:
    """Return the width of lines on standard output, in characters."""
    columns = os.environ.get("COLUMNS", "")
    return console.width if console.is_terminal or columns.isdigit() else USUAL_WIDTH


def choose_roll_style(
    console: "Console", colours: Sequence[str], few_colours: Sequence[str]
) -> "RollStyle":
    """Choose how to draw a piano roll on a console: its width, glyphs and colours.

    Args:
        console: console to draw on.
        colours: colours of the roll.
        few_colours: colours of the roll for terminals with only sixteen colours.
    """
    from chorale.rendering.pictures.terminal_roll import (
        ASCII_GLYPHS,
        GLYPHS,
        RollStyle,
        is_encodable,
    )

    colour = console.color_system is not None and not console.no_color
    glyphs = GLYPHS if is_encodable(GLYPHS, console.encoding) else ASCII_GLYPHS
    few = console.color_system in ("standard", "windows")
    return RollStyle(line_width(console), colour, glyphs, few_colours if few else colours)


def make_legible(text: str, console: "Console") -> str:
    """Make a text printable, with "?" for letters that the console's encoding lacks."""
    return make_printable(text).encode(console.encoding, "replace").decode(console.encoding)


def make_lines_printable(text: str) -> str:
    """Make each line of a text printable, and keep the line breaks."""
    return "\n".join(map(make_printable, text.split("\n")))


@contextmanager
def progress_bar(description: str, quiet: bool = False) -> "Iterator[Progress]":
    """Show a progress bar on standard error, and remove it at the end.

    No bar is shown if `quiet` is true or standard error is not a terminal.

    Yields:
        A function that moves the bar; its arguments are the amount done and the total.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bars

    with Bars(
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=sys.stdout.isatty(),  # results bound for a file or pipe bypass the bar
    ) as bars:
        task = bars.add_task(description, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


def _write(text: str) -> None:
    with _output_errors():
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


@contextmanager
def _output_errors() -> Iterator[None]:
    """Turn errors of writing to standard output, such as a full disk, into an OutputError."""
    try:
        yield
    except BrokenPipeError:
        raise  # the reader of our output has gone, which is not an error
    except OSError as error:
        raise OutputError(f"cannot write to standard output: {error.strerror}") from error
