"""Reports on the part-writing of a class as a table in CSV, a row a file.

The columns are `file`, `error` (why a file could not be checked), `voicing`, `key`, `metre`,
`bars`, `faults`, `tendencies`, `weight` (of the faults) and `points` (empty if the profile has
none); with an exercise, `given` and `altered` (numbers of given notes, and of those not kept); then
a column for each rule of the profile, with the number of its findings.

Texts that a spreadsheet would take for a formula are preceded by an apostrophe. Source: OWASP, CSV
Injection.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from chorale.checking.profiles import Profile
from chorale.rendering.metadata import make_encodable
from chorale.rendering.reports.check_report import CheckReport, count_by_rule

FORMULA_STARTS = (*"=+-@", *"\uff1d\uff0b\uff0d\uff20")  # and their wide forms


@dataclass(frozen=True)
class Row:
    """A file of the table: its name, and the report on it or why there is none."""

    file: str
    report: CheckReport | None
    error: str = ""


def write_table(rows: Sequence[Row], profile: Profile, with_exercise: bool) -> str:
    """Write the table, with a line of headings.

    Args:
        rows: the files.
        profile: the profile by which they were checked.
        with_exercise: whether they were compared with an exercise.
    """
    text = io.StringIO()
    heads = ["file", "error", "voicing", "key", "metre", "bars", "faults", "tendencies", "weight"]
    heads += ["points", *(("given", "altered") if with_exercise else ()), *profile.rules]
    writer = csv.DictWriter(text, heads, restval="", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        cells = {"file": row.file, "error": row.error, **_fill_cells(row.report)}
        writer.writerow({head: _disarm(cell) for head, cell in cells.items()})
    return text.getvalue()


def _fill_cells(report: CheckReport | None) -> dict[str, str | float]:
    """Return the cells of a report, by the heads of their columns."""
    if report is None:
        return {}
    plan = report.plan
    cells: dict[str, str | float] = {
        "voicing": report.voicing.name,
        "key": plan.key.name if plan.key else "",
        "metre": plan.metre.name if plan.metre else "",
        "bars": plan.last_bar,
        "faults": len(report.faults),
        "tendencies": len(report.tendencies),
        "weight": f"{report.weight:.6g}",
        "points": "" if report.points is None else f"{report.points:g}",
    }
    if report.comparison:
        cells |= {
            "given": report.comparison.notes,
            "altered": len(report.comparison.alterations),
        }
    found = count_by_rule([*report.faults, *report.tendencies])
    return cells | {rule: found[rule] for rule in report.profile.rules}


def _disarm(cell: str | float) -> str | float:
    """Return a cell that no spreadsheet takes for a formula, on one line."""
    if not isinstance(cell, str):
        return cell
    text = make_encodable(cell)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
