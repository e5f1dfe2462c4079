"""`chorale check`: where part-writing goes against the rules, beside how often Bach's does."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chorale.cli import arguments as given
from chorale.cli.console import legible, print_paragraph, say, say_error, say_printed, width_of
from chorale.cli.input_files import InputFile, load_for_checking
from chorale.errors import ChoraleError, OptionError

if TYPE_CHECKING:
    from rich.console import Console

    from chorale.rendering.reports.check_report import Report

FAULTS = "Faults, the rarest in Bach first"
TENDENCIES = "Tendencies, which Bach has in at least half of his chorales"
NOTHING = "Nothing against the rules"
SAID = "What these rules say, and who says so"
NATS = (
    "Bach would have so many in music of this length; nats are the weight of a finding: minus the "
    "logarithm of Bach's rate."
)
LEAST_VOICES = 2
OF_FOUR = "Bach's rates are those of four voices"


def check(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE", help="MIDI or MusicXML files.", show_default=False),
    ],
    bars: Annotated[
        str | None,
        typer.Option(
            metavar="BARS",
            help="Bars whose findings are told, such as 5-8; all are checked, but with --strict "
            "only those bars count.",
            show_default="all",
        ),
    ] = None,
    part: given.Part = None,
    approximate: given.Approximate = False,
    as_json: given.AsJson = False,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help="End with status 1 if there are faults; tendencies do not count."
        ),
    ] = False,
) -> None:
    """Check part-writing by the rules of textbooks, and lay it beside Bach's.

    Every finding is told with bar, beat, voices and notes. What Bach has in at least half of his
    chorales is a tendency, everything else a fault. From the last chord of a phrase to the first of
    the next his excuses hold; phrases are estimated where the file does not say them, and then
    their cadences are not judged.
    """
    wanted = given.bar_range(bars) if bars is not None else None
    cases: list[_Case] = []
    errors: list[dict[str, str]] = []
    for file in files:
        try:
            cases.append(_checked(load_for_checking(file, part, approximate, wanted, LEAST_VOICES)))
        except ChoraleError as error:
            if len(files) == 1:
                raise
            where = f"{file}: " if isinstance(error, OptionError) else ""  # which names bars alone
            errors.append({"file": str(file), "error": f"{where}{error}"})
    if as_json:
        say(json.dumps(_facts(cases, errors), indent=2))
    elif cases:
        _say(cases, len(errors))
    for each in errors:
        say_error(each["error"])
    if errors or (strict and any(case.report.faults for case in cases)):
        raise typer.Exit(1)


@dataclass(frozen=True)
class _Case:
    """A file that was checked."""

    brought: InputFile
    report: "Report"


def _checked(brought: InputFile) -> _Case:
    """Check a file: as it is written, so that no close is judged that was estimated."""
    from chorale.checking import examine
    from chorale.rendering.reports.check_report import Report

    music, voices = brought.interpret.written, len(brought.reading.voices)
    return _Case(brought, Report(music.plan, examine(music), voices, brought.start, brought.end))


def _say(cases: Sequence[_Case], unchecked: int) -> None:
    """Tell everything in words; so many files more could not be checked."""
    from rich.console import Console

    from chorale.rendering.reports.check_report import total_in_words

    console = Console(highlight=False, markup=False, emoji=False)

    def print_it() -> None:
        for number, case in enumerate(cases):
            if number:
                console.print()
            _print(case, console)
        if len(cases) > 1:
            console.print()
            which = " that could be checked" if unchecked else ""
            print_paragraph(f"All {len(cases)} files{which}", console, bold=True)
            print_paragraph(total_in_words([case.report for case in cases]), console)

    say_printed(console, print_it)


def _print(case: _Case, console: "Console") -> None:
    """Tell of one file."""
    from chorale.rendering.reports.check_report import (
        FAULT,
        TENDENCY,
        finding_lines,
        total_in_words,
    )
    from chorale.wording import join_names

    report = case.report
    heading, *known = case.brought.heading
    print_paragraph(heading, console, bold=True)
    for line in known:
        print_paragraph(line, console)
    if not report.comparable:
        voices = join_names(case.brought.reading.voices)
        print_paragraph(f"{voices} alone: what they can tell is checked", console)
    for title, kind in ((FAULTS, FAULT), (TENDENCIES, TENDENCY)):
        if report.found(kind):
            console.print()
            print_paragraph(title, console, bold=True)
            for line in finding_lines(report, kind, width_of(console)):
                console.print(legible(line, console), soft_wrap=True)
    console.print()
    if report.checked.findings:
        _print_rates(report, console)
    else:
        print_paragraph(NOTHING, console, bold=True)
    print_paragraph(total_in_words([report]), console, bold=True)


def _print_rates(report: "Report", console: "Console") -> None:
    """The table of the rules with findings in the whole music."""
    from rich.table import Table

    from chorale.rendering.reports.check_report import rest_in_words, rule_rows, said_of_rules

    beside = "Bach" if report.comparable else ""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    title = "rule" if report.whole else "rule, in all bars"
    for name, side in ((title, "left"), ("here", "right"), (beside, "right")):
        table.add_column(name, justify="right" if side == "right" else "left")
    table.add_column("Bach's rate")
    table.add_column("nats", justify="right")
    for row in rule_rows(report):
        table.add_row(*row)
    console.print(table, width=width_of(console))
    print_paragraph(rest_in_words(report), console)
    print_paragraph(NATS if report.comparable else OF_FOUR, console)
    console.print()
    print_paragraph(SAID, console, bold=True)
    for line in said_of_rules(report):
        print_paragraph(line, console, indent="  ")
    console.print()


def _facts(cases: Sequence[_Case], errors: list[dict[str, str]]) -> dict[str, Any]:
    """Everything, for JSON: files, errors, and the totals of all files."""
    from chorale.rendering.reports.check_report import facts, totals

    return {
        "files": [
            {
                **case.brought.facts(),
                "voices": list(case.brought.reading.voices),
                **facts(case.report),
            }
            for case in cases
        ],
        "errors": errors,
        **totals([case.report for case in cases]),
    }
