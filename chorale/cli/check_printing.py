"""Print the reports of `check`, and the list of rules, as text."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from chorale.checking import RULES, bach_rates
from chorale.checking.profiles import FAULT, TENDENCY, Kind, Profile
from chorale.cli.console import (
    line_width,
    make_legible,
    print_captured,
    print_paragraph,
    print_result,
)
from chorale.rendering.reports import check_report
from chorale.wording import join_names

if TYPE_CHECKING:
    from chorale.cli.checked_files import CheckedFile
    from chorale.rendering.reports.check_report import CheckReport

RULES_TITLE = "The rules and their sources"
NO_FINDINGS = "No findings"
EXPECTED = "Bach: number of findings expected in music by Bach of this length"
NOT_COMPARABLE = "Bach's rates are for four voices"
KINDS: tuple[Kind, ...] = (FAULT, TENDENCY)
INDENT = "  "


def print_reports(
    checked: "Sequence[CheckedFile]", has_errors: bool, brief: bool, table: Path | None
) -> None:
    """Print reports, totals of several files, and the rules that have findings.

    Args:
        checked: the files that could be checked, at least one.
        has_errors: whether other files could not be checked.
        brief: whether to leave out plans, rates and rules.
        table: file of the table that was written.
    """
    console = Console(highlight=False, markup=False, emoji=False)
    reports = [each.report for each in checked]

    def print_all() -> None:
        for number, each in enumerate(checked):
            if number:
                console.print()
            _print_report(each, brief, console)
        if len(checked) > 1:
            console.print()
            which = " that could be checked" if has_errors else ""
            print_paragraph(f"All {len(checked)} files{which}", console, bold=True)
            print_paragraph(check_report.describe_totals(reports), console)
        if table is not None:
            print_paragraph(f"Table: {table}", console)
        if not brief:
            _print_sources(reports, console)

    print_captured(console, print_all)


def print_rules(profile: Profile, as_json: bool) -> None:
    """Print all rules with kinds and weights by a profile, Bach's rates, and sources."""
    if as_json:
        print_result(json.dumps([_collect_rule(rule, profile) for rule in RULES], indent=2))
        return
    console = Console(highlight=False, markup=False, emoji=False)

    def print_all() -> None:
        for rule in sorted(RULES, key=profile.sort_key):
            kind = profile.find_kind(rule) if rule in profile.rules else "not applied"
            rate = check_report.describe_rate(rule)
            weight = f"weight {profile.weights[rule]:.1f}"
            print_paragraph(f"{rule}: {kind}, {weight}; Bach: {rate}", console, bold=True)
            text = f"{RULES[rule].description} ({RULES[rule].source})"
            print_paragraph(f"{INDENT}{text}", console, indent=INDENT)
        console.print()
        print_paragraph(f"{check_report.describe_weights(profile)}.", console)

    print_captured(console, print_all)


def _collect_rule(rule: str, profile: Profile) -> dict[str, object]:
    rate = bach_rates()[rule]
    return {
        "rule": rule,
        "says": RULES[rule].description,
        "unit": RULES[rule].unit,
        "source": RULES[rule].source,
        "least_voices": RULES[rule].least_voices,
        "applied": rule in profile.rules,
        "kind": profile.find_kind(rule),
        "weight": profile.weights[rule],
        "bach": {"rate": rate.per_opportunity, "chorales_share": rate.chorales_share},
    }


def _print_report(checked: "CheckedFile", brief: bool, console: Console) -> None:
    """Print the report on one file."""
    report = checked.report
    title, plan, *notices = checked.input.heading
    print_paragraph(title, console, bold=True)
    for line in [*([] if brief else [plan]), *notices]:
        print_paragraph(line, console)
    if not report.is_comparable and not brief:
        _print_missing_voices(checked, console)
    for kind in KINDS:
        if report.findings(kind):
            console.print()
            print_paragraph(check_report.title_findings(report.profile, kind), console, bold=True)
            for line in check_report.format_findings(report, kind, line_width(console)):
                console.print(make_legible(line, console), soft_wrap=True)
    console.print()
    if not report.result.findings:
        print_paragraph(NO_FINDINGS, console, bold=True)
    elif not brief:
        _print_rates(report, console)
        console.print()
    _print_alterations(report, console)
    totals = [check_report.describe_totals([report]), check_report.describe_points(report)]
    print_paragraph("; ".join(filter(None, totals)), console, bold=True)
    for path in checked.scores:
        print_paragraph(f"Marked score: {path}", console)


def _print_missing_voices(checked: "CheckedFile", console: Console) -> None:
    """Print which voices there are, and which rules need more."""
    reading = checked.input.reading
    only = "" if len(reading.voices) == len(reading.voicing.parts) else "only "
    voices = join_names(reading.voice_names)
    print_paragraph(f"{only}{voices}: checked as far as these voices allow", console)
    if unchecked := check_report.describe_unchecked(checked.report):
        print_paragraph(unchecked, console)


def _print_rates(report: "CheckReport", console: Console) -> None:
    """Print the table of the rules that have findings anywhere in the music."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("rule" if report.is_whole else "rule, in all bars")
    table.add_column("here", justify="right")
    table.add_column("Bach" if report.is_comparable else "", justify="right")
    table.add_column("Bach's rate")
    table.add_column("weight", justify="right")
    for row in check_report.tabulate_rules(report):
        table.add_row(*row)
    console.print(table, width=line_width(console))
    print_paragraph(check_report.describe_other_rules(report), console)


def _print_alterations(report: "CheckReport", console: Console) -> None:
    """Print the given notes of an exercise that were not kept."""
    if title := check_report.title_alterations(report):
        print_paragraph(title, console, bold=True)
        for line in check_report.format_alterations(report):
            print_paragraph(line, console, indent=INDENT)
        console.print()


def _print_sources(reports: "Sequence[CheckReport]", console: Console) -> None:
    """Print the rules that have findings, with their sources, and what the figures are."""
    if not (rules := check_report.describe_rules(reports)):
        return
    console.print()
    print_paragraph(RULES_TITLE, console, bold=True)
    for line in rules:
        print_paragraph(line, console, indent=INDENT)
    comparable = any(report.is_comparable for report in reports)
    legend = [EXPECTED if comparable else NOT_COMPARABLE]
    legend.append(check_report.describe_weights(reports[0].profile))
    print_paragraph(f"{'; '.join(legend)}.", console)
