"""`chorale show`: draw a piano roll in the terminal, or list the ranges of the voices."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from chorale.cli import arguments as shared
from chorale.cli.console import (
    choose_roll_style,
    line_width,
    print_captured,
    print_paragraph,
    print_roll,
)
from chorale.cli.input_files import describe_file, interpret_as_written

if TYPE_CHECKING:
    from rich.console import Console


def show(
    file: shared.File,
    bars: Annotated[
        str | None,
        typer.Option(metavar="BARS", help="Show only these bars, such as 5-8.", show_default="all"),
    ] = None,
    ranges: Annotated[
        bool,
        typer.Option(
            "--ranges", help="Show the lowest, middle and highest note of each voice instead."
        ),
    ] = False,
    part: shared.Part = None,
    voicing: shared.VoicingName = None,
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
    from chorale.music.inventory import describe_annotations
    from chorale.reading import read_music
    from chorale.rendering.pictures.colours import ANSI_COLOURS, VOICE_COLOURS
    from chorale.rendering.pictures.terminal_roll import draw_roll
    from chorale.rendering.reports.range_report import tabulate_ranges
    from chorale.wording import join_names

    bar_range = shared.parse_bar_range(bars) if bars is not None else None
    reading = read_music(file, part, approximate, shared.parse_voicing(voicing))
    chorale, sources = interpret_as_written(reading, PlanOptions())
    plan = chorale.plan
    start, end = find_steps(plan, bar_range) if bar_range else (0, plan.length_steps)
    title = describe_file(file, plan, bar_range)
    words = join_names(describe_annotations(chorale.annotations))
    heading = [title, describe_plan(plan, sources), *filter(None, [words]), *reading.notices]
    console = Console(highlight=False, markup=False, emoji=False)
    if ranges:
        rows = tabulate_ranges(chorale, start, end, reading.voicing)
        _print_ranges(console, heading, rows)
        return
    style = choose_roll_style(console, VOICE_COLOURS, ANSI_COLOURS)
    style = replace(style, voicing=reading.voicing)
    print_roll(console, heading, draw_roll(chorale, style, start, end))


def _print_ranges(
    console: "Console", heading: Sequence[str], rows: Sequence[tuple[str, ...]]
) -> None:
    """Print the ranges of the voices under a heading."""
    from rich.table import Table

    from chorale.rendering.reports.range_report import COLUMNS, LEGEND

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in COLUMNS:
        table.add_column(column)
    for row in rows:
        table.add_row(*row)

    def print_all() -> None:
        for number, paragraph in enumerate(heading):
            print_paragraph(paragraph, console, bold=not number)
        console.print()
        console.print(table, width=line_width(console))
        console.print()
        print_paragraph(LEGEND, console)

    print_captured(console, print_all)
