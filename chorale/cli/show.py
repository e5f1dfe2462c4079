"""`chorale show`: a piano roll in the terminal."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from chorale.cli import arguments as given
from chorale.cli.brought import as_brought
from chorale.cli.console import say_printed

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from chorale.rendering.text import Look

USUAL_WIDTH = 100  # where there is no terminal
LEAST_WIDTH = 20  # of the heading's lines


def show(
    file: given.File,
    bars: Annotated[
        str | None,
        typer.Option(metavar="BARS", help="Bars to show, such as 5-8.", show_default="all"),
    ] = None,
    part: given.Part = None,
    approximate: given.Approximate = False,
) -> None:
    """Show one to four voices as a piano roll, with what is known of the music.

    Time runs to the right, a column a sixteenth. Where the file says neither key nor metre, they
    are estimated. In colour on a terminal, unless NO_COLOR is set; letters tell voices apart.
    """
    from rich.console import Console

    from chorale.jobs import in_words
    from chorale.jobs.planning import account, steps_of
    from chorale.music import length_in_words
    from chorale.plan_options import PlanOptions
    from chorale.reading import read_music
    from chorale.rendering.text import text_roll

    wanted = given.bar_range(bars) if bars is not None else None
    reading = read_music(file, part, approximate)
    chorale, sources = as_brought(reading, PlanOptions())
    plan = chorale.plan
    start, end = steps_of(plan, wanted) if wanted else (0, plan.length_steps)
    shown = f", {in_words(wanted)} of them" if wanted else ""
    heading = [
        f"{file.name}: {length_in_words(plan.last_bar, pickup=False)}{shown}",
        account(plan, sources),
        *reading.told,
    ]
    console = Console(highlight=False, markup=False, emoji=False)
    look = _look(console)
    _say_lines(console, look, heading, text_roll(chorale, look, start, end))


def _look(console: "Console") -> "Look":
    """How a roll is drawn where standard output goes."""
    from chorale.rendering.colours import FEW_COLOURS, VOICE_COLOURS
    from chorale.rendering.text import GLYPHS, PLAIN_GLYPHS, Look, legible

    told = os.environ.get("COLUMNS", "")
    width = console.width if console.is_terminal or told.isdigit() else USUAL_WIDTH
    colour = console.color_system is not None and not console.no_color
    glyphs = GLYPHS if legible(GLYPHS, console.encoding) else PLAIN_GLYPHS
    few = console.color_system in ("standard", "windows")
    return Look(width, colour, glyphs, FEW_COLOURS if few else VOICE_COLOURS)


def _say_lines(console: "Console", look: "Look", heading: list[str], lines: "list[Text]") -> None:
    """Write a heading, wrapped, an empty line, and lines as they are."""
    import textwrap

    def print_it() -> None:
        for number, paragraph in enumerate(heading):
            legible = paragraph.encode(console.encoding, "replace").decode(console.encoding)
            for line in textwrap.wrap(legible, max(look.width, LEAST_WIDTH)):
                console.print(line, style=None if number else "bold", soft_wrap=True)
        console.print()
        for text in lines:
            console.print(text, soft_wrap=True)

    say_printed(console, print_it)
