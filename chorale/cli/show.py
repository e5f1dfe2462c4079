"""`chorale show`: a piano roll in the terminal."""

from typing import Annotated

import typer

from chorale.cli import arguments as given
from chorale.cli.console import look_of, say_roll
from chorale.cli.input_files import as_written


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

    from chorale.composing.jobs import in_words
    from chorale.composing.jobs.planning import account, steps_of
    from chorale.composing.plan_options import PlanOptions
    from chorale.reading import read_music
    from chorale.rendering.pictures.colours import FEW_COLOURS, VOICE_COLOURS
    from chorale.rendering.pictures.terminal_roll import text_roll
    from chorale.wording import describe_length

    wanted = given.bar_range(bars) if bars is not None else None
    reading = read_music(file, part, approximate)
    chorale, sources = as_written(reading, PlanOptions())
    plan = chorale.plan
    start, end = steps_of(plan, wanted) if wanted else (0, plan.length_steps)
    shown = f", {in_words(wanted)} of them" if wanted else ""
    heading = [
        f"{file.name}: {describe_length(plan.last_bar, pickup=False)}{shown}",
        account(plan, sources),
        *reading.told,
    ]
    console = Console(highlight=False, markup=False, emoji=False)
    look = look_of(console, VOICE_COLOURS, FEW_COLOURS)
    say_roll(console, heading, text_roll(chorale, look, start, end))
