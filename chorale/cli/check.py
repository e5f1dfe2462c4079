"""`chorale check`: check part-writing by textbook rules, and compare it with Bach's."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chorale.cli.check_options import CheckOptions
from chorale.cli.coloured_scores import ColouredScores
from chorale.cli.console import print_result
from chorale.cli.failures import Failures
from chorale.cli.input_files import InputFile, LoadOptions, list_files, load_for_checking
from chorale.cli.with_options import with_options
from chorale.errors import OptionError

if TYPE_CHECKING:
    from chorale.checking.profiles import Profile
    from chorale.cli.outputs import Outputs
    from chorale.reading import Reading
    from chorale.rendering.reports.check_report import CheckReport

MIN_VOICES = 2
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
    Bach's chorales have is a tendency, any other a fault; --profile decides otherwise. Exceptions
    that Bach makes between phrases, from the last chord of one to the first chord of the next, are
    allowed. Phrases that the file does not give are estimated, and their cadences are not judged.
    If one of several files cannot be checked, the others are, and the exit status is 1.
    """
    from chorale.cli.check_printing import print_reports, print_rules

    profile = options.load_profile()
    if options.list_rules:
        print_rules(profile, options.as_json)
        return
    if not files:
        raise OptionError(
            "nothing to check; name a file or a folder, or list the rules with --list-rules"
        )
    files, load_options = list_files(files), options.load_options()
    options.check_outputs()
    scores = ColouredScores(
        options.output, options.formats, options.staves, options.force, USUAL_FORMAT
    )
    outputs = scores.choose(files, "checked")
    exercise = _read_exercise(options)
    failures = Failures(single=len(files) == 1)
    checked: list[CheckedFile] = []
    for file, own_outputs in zip(files, outputs, strict=True):
        with failures.collect(file):
            one = _check(file, load_options, profile, exercise, options.open_end)
            if own_outputs:
                one = replace(one, scores=_write(one, scores, own_outputs))
            checked.append(one)
    table = _write_table(files, checked, failures, profile, options)
    if options.as_json:
        print_result(json.dumps(_collect_facts(checked, failures), indent=2))
    elif not options.prints_table and checked:
        print_reports(checked, bool(failures.errors), options.brief, table)
    failures.report(files, "checked")
    if options.strict and any(each.report.is_faulty for each in checked):
        raise typer.Exit(1)


@dataclass(frozen=True)
class CheckedFile:
    """A file and the report on its part-writing.

    Attributes:
        input: the file.
        report: the report.
        scores: files of the marked score that were written.
    """

    input: InputFile
    report: "CheckReport"
    scores: tuple[Path, ...] = ()


def _read_exercise(options: CheckOptions) -> "Reading | None":
    """Read the exercise to compare with; None without one.

    Raises:
        ReadingError: it cannot be read.
    """
    if options.against is None:
        return None
    from chorale.reading import read_music

    return read_music(options.against, approximate=options.approximate)


def _check(
    file: Path,
    options: LoadOptions,
    profile: "Profile",
    exercise: "Reading | None",
    open_end: bool,
) -> CheckedFile:
    """Check a file as it is written, so that cadences of estimated phrases are not judged.

    Raises:
        ReadingError: the file cannot be read, or has a single voice.
        OptionError: the options do not fit the music, or the exercise has more voices.
    """
    from chorale.checking import examine
    from chorale.checking.comparing import compare_given
    from chorale.rendering.reports.check_report import CheckReport

    loaded = load_for_checking(file, options, MIN_VOICES)
    chorale, reading = loaded.music.as_written, loaded.reading
    key = options.plan_options.key if options.plan_options else None
    fermatas = loaded.music.chorale.plan.fermatas
    result = examine(chorale, key, fermatas, reading.voicing, profile, open_end)
    comparison = None
    if exercise is not None:
        comparison = compare_given(chorale, exercise.chorale, exercise.by_name)
    report = CheckReport(
        chorale.plan,
        result,
        len(reading.voices),
        loaded.start,
        loaded.end,
        comparison,
        reading.voicing,
    )
    return CheckedFile(loaded, report)


def _write(checked: CheckedFile, scores: ColouredScores, outputs: "Outputs") -> tuple[Path, ...]:
    """Write the marked score of a file, and return the paths of its files."""
    from chorale.rendering.reports.check_score import colour_findings, list_remarks

    colours = colour_findings(checked.input.music.as_written, checked.report)
    return scores.write(checked.input, outputs, colours, list_remarks(checked.report))


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
    from chorale.rendering.reports.check_facts import collect_facts, collect_totals

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
        "errors": [{"file": str(file), "error": text} for file, text in failures.errors.items()],
        **collect_totals([each.report for each in checked]),
    }
