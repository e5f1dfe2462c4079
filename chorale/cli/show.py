"""`chorale show`: draw a piano roll in the terminal."""

from typing import Annotated

import typer

from chorale.cli import arguments as shared
from chorale.cli.console import choose_roll_style, print_roll
from chorale.cli.input_files import describe_file, interpret_as_written


def show(
    file: shared.File,
    bars: Annotated[
        str | None,
        typer.Option(metavar="BARS", help="Show only these bars, such as 5-8.", show_default="all"),
    ] = None,
    part: shared.Part = None,
    approximate: shared.Approximate = False,
) -> None:
    """Show one to four voices as a piano roll, with key, metre and phrases.

    Time runs from left to right, a sixteenth per column. Key and metre that the file does not give
    are estimated. Each voice has its letter, and on a terminal a colour unless NO_COLOR is
    set.
    """
    from rich.console import Console

    from chorale.composing.jobs.planning import describe_plan, find_steps
    from chorale.composing.plan_options import PlanOptions
    from chorale.reading import read_music
    from chorale.rendering.pictures.colours import ANSI_COLOURS, VOICE_COLOURS
    from chorale.rendering.pictures.terminal_roll import draw_roll

    bar_range = shared.parse_bar_range(bars) if bars is not None else None
    reading = read_music(file, part, approximate)
    chorale, sources = interpret_as_written(reading, PlanOptions())
    plan = chorale.plan
    start, end = find_steps(plan, bar_range) if bar_range else (0, plan.length_steps)
    title = describe_file(file, plan, bar_range)
    console = Console(highlight=False, markup=False, emoji=False)
    style = choose_roll_style(console, VOICE_COLOURS, ANSI_COLOURS)
    print_roll(
        console,
        [title, describe_plan(plan, sources), *reading.notices],
        draw_roll(chorale, style, start, end),
    )
