"""`chorale check`: check part-writing by textbook rules, and compare it with Bach's."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chorale.cli import arguments as shared
from chorale.cli.coloured_scores import ColouredScores, ScoreFormats, ScorePath
from chorale.cli.console import (
    line_width,
    make_legible,
    print_captured,
    print_error,
    print_paragraph,
    print_result,
)
from chorale.cli.input_files import InputFile, load_for_checking
from chorale.cli.quoting import suggest_quotes
from chorale.errors import ChoraleError, OptionError

if TYPE_CHECKING:
    from rich.console import Console

    from chorale.cli.outputs import Outputs
    from chorale.rendering.reports.check_report import CheckReport

FAULTS_TITLE = "Faults, the rarest in Bach first"
TENDENCIES_TITLE = "Tendencies, found in at least half of Bach's chorales"
RULES_TITLE = "The rules and their sources"
NO_FINDINGS = "No findings"
LEGEND = (
    "Bach: number of findings expected in music by Bach of this length; weight: minus the natural "
    "logarithm of Bach's rate, which measures how surprising a finding is."
)
NOT_COMPARABLE = "Bach's rates are for four voices."
MIN_VOICES = 2
USUAL_FORMAT = "html"  # of a score; the page lists the findings beside the notes


def check(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE", help="MIDI, MusicXML, MEI, ABC or Humdrum files.", show_default=False
        ),
    ],
    bars: Annotated[
        str | None,
        typer.Option(
            metavar="BARS",
            help="Report only these bars, such as 5-8. All bars are checked, but --strict counts "
            "only these.",
            show_default="all",
        ),
    ] = None,
    part: shared.Part = None,
    voicing: shared.VoicingName = None,
    approximate: shared.Approximate = False,
    output: ScorePath = None,
    formats: ScoreFormats = None,
    staves: shared.Staves = 2,
    force: shared.Force = False,
    as_json: shared.AsJson = False,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help="Exit with status 1 if there are faults; tendencies do not count."
        ),
    ] = False,
) -> None:
    """Check part-writing by textbook rules, and compare it with Bach's.

    Each finding is printed with bar, beat, voices and notes. A finding that at least half of
    Bach's chorales have is a tendency, any other a fault. Exceptions that Bach makes between
    phrases, from the last chord of one to the first chord of the next, are allowed. Phrases that
    the file does not give are estimated, and their cadences are not judged.
    """
    bar_range = shared.parse_bar_range(bars) if bars is not None else None
    choir = shared.parse_voicing(voicing)
    scores = ColouredScores(output, formats, staves, force, USUAL_FORMAT)
    outputs = scores.choose(files, "checked")
    checked: list[_CheckedFile] = []
    errors: list[dict[str, str]] = []
    for file, own_outputs in zip(files, outputs, strict=True):
        try:
            one = _check(load_for_checking(file, part, approximate, bar_range, MIN_VOICES, choir))
            if own_outputs:
                one = replace(one, scores=_write(one, scores, own_outputs))
            checked.append(one)
        except ChoraleError as error:
            if len(files) == 1:
                raise
            # an OptionError's message names the bars but not the file
            name = f"{file}: " if isinstance(error, OptionError) else ""
            errors.append({"file": str(file), "error": f"{name}{error}"})
    if as_json:
        print_result(json.dumps(_collect_facts(checked, errors), indent=2))
    elif checked:
        _print_all(checked, has_errors=bool(errors))
    for each in errors:
        print_error(each["error"])
    if errors and (hint := suggest_quotes(list(map(str, files)))):
        print_error(f"some files do not exist{hint}")
    if errors or (strict and any(each.report.faults for each in checked)):
        raise typer.Exit(1)


@dataclass(frozen=True)
class _CheckedFile:
    """A file and the report on its part-writing.

    Attributes:
        input: the file.
        report: the report.
        scores: files of the coloured score that were written.
    """

    input: InputFile
    report: "CheckReport"
    scores: tuple[Path, ...] = ()


def _check(file: InputFile) -> _CheckedFile:
    """Check a file as it is written, so that cadences of estimated phrases are not judged."""
    from chorale.checking import examine
    from chorale.rendering.reports.check_report import CheckReport

    chorale, voices = file.music.as_written, len(file.reading.voices)
    fermatas = file.music.chorale.plan.fermatas
    checked = examine(chorale, fermatas=fermatas, voicing=file.reading.voicing)
    return _CheckedFile(file, CheckReport(chorale.plan, checked, voices, file.start, file.end))


def _write(checked: _CheckedFile, scores: ColouredScores, outputs: "Outputs") -> tuple[Path, ...]:
    """Write the score of a file, and return the paths of its files."""
    from chorale.rendering.reports.check_score import colour_findings, list_remarks

    colours = colour_findings(checked.input.music.as_written, checked.report)
    return scores.write(checked.input, outputs, colours, list_remarks(checked.report))


def _print_all(checked: Sequence[_CheckedFile], has_errors: bool) -> None:
    """Print the reports as text.

    Args:
        checked: the files that could be checked.
        has_errors: whether other files could not be checked.
    """
    from rich.console import Console

    from chorale.rendering.reports.check_report import describe_totals

    console = Console(highlight=False, markup=False, emoji=False)

    def print_all() -> None:
        for number, each in enumerate(checked):
            if number:
                console.print()
            _print_report(each, console)
        if len(checked) > 1:
            console.print()
            which = " that could be checked" if has_errors else ""
            print_paragraph(f"All {len(checked)} files{which}", console, bold=True)
            print_paragraph(describe_totals([each.report for each in checked]), console)

    print_captured(console, print_all)


def _print_report(checked: _CheckedFile, console: "Console") -> None:
    """Print the report on one file."""
    from chorale.rendering.reports.check_report import (
        FAULT,
        TENDENCY,
        describe_totals,
        describe_unchecked,
        format_findings,
    )
    from chorale.wording import join_names

    report = checked.report
    title, *description = checked.input.heading
    print_paragraph(title, console, bold=True)
    for line in description:
        print_paragraph(line, console)
    if not report.is_comparable:
        reading = checked.input.reading
        only = "" if len(reading.voices) == len(reading.voicing.parts) else "only "
        voices = join_names(reading.voice_names)
        print_paragraph(f"{only}{voices}: checked as far as these voices allow", console)
        if unchecked := describe_unchecked(report):
            print_paragraph(unchecked, console)
    for title, kind in ((FAULTS_TITLE, FAULT), (TENDENCIES_TITLE, TENDENCY)):
        if report.findings(kind):
            console.print()
            print_paragraph(title, console, bold=True)
            for line in format_findings(report, kind, line_width(console)):
                console.print(make_legible(line, console), soft_wrap=True)
    console.print()
    if report.result.findings:
        _print_rates(report, console)
    else:
        print_paragraph(NO_FINDINGS, console, bold=True)
    print_paragraph(describe_totals([report]), console, bold=True)
    for path in checked.scores:
        print_paragraph(f"Coloured score: {path}", console)


def _print_rates(report: "CheckReport", console: "Console") -> None:
    """Print the table of the rules that have findings anywhere in the music, and their sources."""
    from rich.table import Table

    from chorale.rendering.reports.check_report import (
        describe_other_rules,
        describe_rules,
        tabulate_rules,
    )

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("rule" if report.is_whole else "rule, in all bars")
    table.add_column("here", justify="right")
    table.add_column("Bach" if report.is_comparable else "", justify="right")
    table.add_column("Bach's rate")
    table.add_column("weight", justify="right")
    for row in tabulate_rules(report):
        table.add_row(*row)
    console.print(table, width=line_width(console))
    print_paragraph(describe_other_rules(report), console)
    print_paragraph(LEGEND if report.is_comparable else NOT_COMPARABLE, console)
    console.print()
    print_paragraph(RULES_TITLE, console, bold=True)
    for line in describe_rules(report):
        print_paragraph(line, console, indent="  ")
    console.print()


def _collect_facts(checked: Sequence[_CheckedFile], errors: list[dict[str, str]]) -> dict[str, Any]:
    """Collect the JSON facts: files, errors, and totals over all files."""
    from chorale.rendering.reports.check_report import collect_facts, collect_totals

    return {
        "files": [
            {
                **each.input.collect_facts(),
                "voices": list(each.input.reading.voice_names),
                **collect_facts(each.report),
                "scores": list(map(str, each.scores)),
            }
            for each in checked
        ],
        "errors": errors,
        **collect_totals([each.report for each in checked]),
    }
