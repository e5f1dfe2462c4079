"""`chorale check`: check part-writing by textbook rules, and compare it with Bach's."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chorale.cli.check_options import CheckOptions
from chorale.cli.checked_files import (
    CheckedFile,
    check_file,
    collect_file_facts,
    write_score,
)
from chorale.cli.coloured_scores import ColouredScores
from chorale.cli.console import print_result
from chorale.cli.failures import Failures
from chorale.cli.input_files import list_files
from chorale.cli.with_options import with_options
from chorale.errors import OptionError

if TYPE_CHECKING:
    from chorale.checking.profiles import Profile
    from chorale.reading import Reading

USUAL_FORMAT = "html"  # of a score; the page lists the findings beside the notes


@with_options
def check(
    options: CheckOptions,
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILE",
            help="MIDI, MusicXML, MEI, ABC or Humdrum files, or folders of them.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Check part-writing by textbook rules, and compare it with Bach's.

    Each finding is printed with bar, beat, voices and notes. A finding that at least half of
    Bach's chorales have, or that textbooks tolerate, is a tendency, any other a fault; --profile
    decides otherwise. Exceptions
    that Bach makes between phrases, from the last chord of one to the first chord of the next, are
    allowed. Phrases that the file does not give are estimated, and their cadences are not judged.
    If one of several files cannot be checked, the others are, and the exit status is 1.
    """
    from chorale.cli.check_printing import print_reports, print_rules

    profile = options.load_profile()
    if options.list_rules:
        if files or options.output or options.formats or options.csv:
            raise OptionError("--list-rules checks and writes no file; leave out the files")
        print_rules(profile, options.as_json)
        return
    if not files:
        raise OptionError("missing argument 'FILE'; see `chorale check --help`")
    files, load_options = list_files(files), options.load_options()
    scores = ColouredScores(
        options.output, options.formats, options.staves, options.force, USUAL_FORMAT
    )
    outputs = scores.choose(files, "checked")
    options.check_outputs(files, [path for each in outputs if each for path in each.paths()])
    exercise = _read_exercise(options)
    failures = Failures(single=len(files) == 1)
    checked: list[CheckedFile] = []
    for file, own_outputs in zip(files, outputs, strict=True):
        with failures.collect(file):
            one = check_file(file, load_options, profile, exercise, options.open_end)
            if own_outputs:
                one = replace(one, scores=write_score(one, scores, own_outputs))
            checked.append(one)
    table = _write_table(files, checked, failures, profile, options)
    if options.as_json:
        print_result(json.dumps(_collect_facts(checked, failures), indent=2))
    elif not options.prints_table and checked:
        print_reports(checked, bool(failures.errors), options.brief, table)
    failures.report(files, "checked")
    if options.strict and any(each.report.is_faulty for each in checked):
        raise typer.Exit(1)


def _read_exercise(options: CheckOptions) -> "Reading | None":
    """Read the exercise to compare with; None without one.

    Raises:
        ReadingError: it cannot be read.
    """
    if options.against is None:
        return None
    from chorale.reading import read_music

    return read_music(options.against, approximate=options.approximate)


def _write_table(
    files: Sequence[Path],
    checked: Sequence[CheckedFile],
    failures: Failures,
    profile: "Profile",
    options: CheckOptions,
) -> Path | None:
    """Write or print the table of all files, if it is requested; return the path of its file.

    Raises:
        OutputError: it cannot be written.
    """
    from chorale.files import write_bytes
    from chorale.rendering.reports.check_table import Row, write_table

    if options.csv is None:
        return None
    reports = {each.input.file: each.report for each in checked}
    rows = [Row(str(file), reports.get(file), failures.errors.get(file, "")) for file in files]
    table = write_table(rows, profile, with_exercise=options.against is not None)
    if options.prints_table:
        print_result(table.rstrip("\n"))
        return None
    write_bytes(options.csv, table.encode(), replace=options.force)
    return options.csv


def _collect_facts(checked: Sequence[CheckedFile], failures: Failures) -> dict[str, Any]:
    """Collect the JSON facts: files, errors, and totals over all files."""
    from chorale.rendering.reports.check_facts import collect_totals

    return {
        "files": list(map(collect_file_facts, checked)),
        "errors": [{"file": str(file), "error": text} for file, text in failures.errors.items()],
        **collect_totals([each.report for each in checked]),
    }
