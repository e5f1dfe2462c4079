"""Files that `check` has checked: their reports, marked scores and JSON facts."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chorale.cli.coloured_scores import ColouredScores
from chorale.cli.input_files import InputFile, LoadOptions, load_for_checking

if TYPE_CHECKING:
    from chorale.checking.profiles import Profile
    from chorale.cli.outputs import Outputs
    from chorale.reading import Reading
    from chorale.rendering.reports.check_report import CheckReport

MIN_VOICES = 2


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


def check_file(
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


def write_score(
    checked: CheckedFile, scores: ColouredScores, outputs: "Outputs"
) -> tuple[Path, ...]:
    """Write the marked score of a file, and return the paths of its files."""
    from chorale.rendering.reports.check_score import colour_findings, list_remarks

    colours = colour_findings(checked.input.music.as_written, checked.report)
    return scores.write(checked.input, outputs, colours, list_remarks(checked.report))


def collect_file_facts(checked: CheckedFile) -> dict[str, Any]:
    """Collect the JSON facts of a file."""
    from chorale.rendering.reports.check_facts import collect_facts

    return {
        **checked.input.collect_facts(),
        "voices": list(checked.input.reading.voice_names),
        **collect_facts(checked.report),
        "scores": list(map(str, checked.scores)),
    }
