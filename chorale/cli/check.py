"""`chorale check`: where part-writing goes against the rules, beside how often Bach's does."""

import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chorale.cli import arguments as given
from chorale.cli.console import legible, print_paragraph, say, say_error, say_printed, width_of
from chorale.errors import ChoraleError, OptionError, ReadingError

if TYPE_CHECKING:
    from rich.console import Console

    from chorale.reading import Reading
    from chorale.rendering.checked import Report

FAULTS = "Faults, the rarest in Bach first"
TENDENCIES = "Tendencies, which Bach has in at least half of his chorales"
NOTHING = "Nothing against the rules"
SAID = "What these rules say, and who says so"
NATS = (
    "Bach would have so many in music of this length; nats are the weight of a finding: minus the "
    "logarithm of Bach's rate."
)
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
            help="Bars whose findings are told, such as 5-8; all are checked.",
            show_default="all",
        ),
    ] = None,
    part: given.Part = None,
    approximate: given.Approximate = False,
    as_json: given.AsJson = False,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="End with status 1 if there are faults; tendencies may be."),
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
            cases.append(_checked(file, part, approximate, wanted))
        except OptionError:
            raise
        except ChoraleError as error:
            if len(files) == 1:
                raise
            errors.append({"file": str(file), "error": str(error)})
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

    file: Path
    reading: "Reading"
    account: str  # of its plan
    report: "Report"
    bars: tuple[int, int] | None  # to tell of


def _checked(
    file: Path, part: str | None, approximate: bool, bars: tuple[int, int] | None
) -> _Case:
    """Read a file and check it.

    Raises:
        ReadingError: it cannot be read, or has one voice.
        OptionError: it has no such bars.
    """
    from chorale.checking import examine
    from chorale.jobs.planning import account, planned, steps_of
    from chorale.music import VOICES
    from chorale.plan_options import PlanOptions
    from chorale.reading import read_music
    from chorale.rendering.checked import Report

    reading = read_music(file, part, approximate)
    _check_voices(reading, file, part)
    kept = [VOICES.index(name) for name in reading.voices]
    plan, sources = planned(reading.chorale, kept, reading, PlanOptions())
    told = account(plan, sources)
    if reading.chorale.plan.fermatas is None:  # the checks estimate them too, for excuses alone
        plan = replace(plan, fermatas=None)
    start, end = steps_of(plan, bars) if bars else (0, plan.length_steps)
    checked = examine(replace(reading.chorale, plan=plan))
    return _Case(file, reading, told, Report(plan, checked, len(kept), start, end), bars)


def _check_voices(reading: "Reading", file: Path, part: str | None) -> None:
    """Check that there are voices to lay beside each other.

    Raises:
        ReadingError: there is one alone.
    """
    if len(reading.voices) > 1:
        return
    what, mend = file.name, f"`chorale harmonize {shlex.quote(str(file))}` adds others"
    if part is not None:
        what, mend = f"part {part} of {file.name}", "leave out --part to read all parts"
    raise ReadingError(
        f"{what} has one voice, and part-writing is between voices, two to four; {mend}"
    )


def _say(cases: Sequence[_Case], unread: int) -> None:
    """Tell everything in words; so many files more could not be read."""
    from rich.console import Console

    from chorale.rendering.checked import total_in_words

    console = Console(highlight=False, markup=False, emoji=False)

    def print_it() -> None:
        for number, case in enumerate(cases):
            if number:
                console.print()
            _print(case, console)
        if len(cases) > 1:
            console.print()
            which = " that could be read" if unread else ""
            print_paragraph(f"All {len(cases)} files{which}", console, bold=True)
            print_paragraph(total_in_words([case.report for case in cases]), console)

    say_printed(console, print_it)


def _print(case: _Case, console: "Console") -> None:
    """Tell of one file."""
    from chorale.jobs import in_words
    from chorale.music import length_in_words
    from chorale.reading.lines import listed
    from chorale.rendering.checked import FAULT, TENDENCY, finding_lines, total_in_words

    report = case.report
    bars = f", {in_words(case.bars)} of them" if case.bars else ""
    length = length_in_words(report.plan.last_bar, pickup=False)
    print_paragraph(f"{case.file.name}: {length}{bars}", console, bold=True)
    for line in [case.account, *case.reading.told]:
        print_paragraph(line, console)
    if not report.comparable:
        voices = listed(case.reading.voices)
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

    from chorale.rendering.checked import rest_in_words, rule_rows, said_of_rules

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
    from chorale.rendering.checked import totals

    return {
        "files": [_file_facts(case) for case in cases],
        "errors": errors,
        **totals([case.report for case in cases]),
    }


def _file_facts(case: _Case) -> dict[str, Any]:
    from chorale.rendering.checked import facts

    plan = case.report.plan
    return {
        "file": str(case.file),
        "plan": case.account,
        "remarks": case.reading.told,
        "voices": list(case.reading.voices),
        "key": plan.key.name if plan.key else None,
        "metre": plan.metre.name if plan.metre else None,
        "pickup_steps": plan.pickup_steps,
        "steps": plan.length_steps,
        "from_step": case.report.start,
        "to_step": case.report.end,
        **facts(case.report),
    }
