"""`chorale explain`: show how likely a model finds each note, and which it would prefer."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chorale.cli import arguments as shared
from chorale.cli.coloured_scores import ColouredScores, ScoreFormats, ScorePath
from chorale.cli.console import choose_roll_style, print_result, print_roll
from chorale.cli.failures import Failures
from chorale.cli.input_files import InputFile, LoadOptions, list_files, load_for_checking
from chorale.models import DEFAULT
from chorale.options import VOICES

if TYPE_CHECKING:
    from chorale.cli.outputs import Outputs
    from chorale.judging.explaining import Explanation
    from chorale.network.checkpoint import Checkpoint
    from chorale.rendering.reports.explain_report import ExplainReport

USUAL_FORMAT = "pdf"  # of a score
CONTEXT = "each voice given the three others, its own past and the plan"
CONTESTED_TITLE = "Notes that the model would change, the most surprising first"
NOTHING_CONTESTED = "The model would change nothing"


def explain(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE",
            help="MIDI, MusicXML, MEI, ABC or Humdrum files, or folders of them.",
            show_default=False,
        ),
    ],
    model: shared.ModelName = DEFAULT,
    bars: Annotated[
        str | None,
        typer.Option(
            metavar="BARS",
            help="Report only these bars, such as 5-8. All bars are judged and are in the score.",
            show_default="all",
        ),
    ] = None,
    top: Annotated[
        int, typer.Option(metavar="N", min=0, help="List the N most surprising places.")
    ] = 10,
    key: shared.KeyName = None,
    metre: shared.MetreName = None,
    pickup: shared.Pickup = None,
    output: ScorePath = None,
    formats: ScoreFormats = None,
    staves: shared.Staves = 2,
    part: shared.Part = None,
    approximate: shared.Approximate = False,
    as_json: shared.AsJson = False,
    force: shared.Force = False,
) -> None:
    """Show how likely a model finds each note of four voices, and which notes it would prefer.

    Each voice is judged given the three others from beginning to end, its own past, and key, metre
    and phrases, which are estimated where the file does not give them. On a terminal, colours run
    from likely to surprising; symbols show the same without colour. A surprising note need not be
    wrong: Bach has many. If one of several files cannot be explained, the others are, and the exit
    status is 1.
    """
    from chorale.models import find
    from chorale.network.checkpoint import load_checkpoint

    options = LoadOptions(
        part,
        approximate,
        shared.parse_bar_range(bars) if bars is not None else None,
        shared.parse_plan_options(key, metre, pickup, None),
    )
    found = list_files(files)
    is_list = found != files or len(files) > 1
    scores = ColouredScores(output, formats, staves, force, USUAL_FORMAT)
    outputs = scores.choose(found, "explained")
    judge = _Judge(model, load_checkpoint(find(model)))
    failures = Failures(single=len(found) == 1)
    facts: list[dict[str, Any]] = []
    for number, (file, own_outputs) in enumerate(zip(found, outputs, strict=True)):
        with failures.collect(file):
            explained = judge.explain(load_for_checking(file, options, len(VOICES)))
            written = _write(explained, scores, own_outputs) if own_outputs else ()
            if as_json:
                facts.append(_collect_facts(explained, written))
            else:
                print_result("") if number else None
                _print_all(explained, top, written)
    if as_json:
        errors = [{"file": str(file), "error": text} for file, text in failures.errors.items()]
        listed = {"files": facts, "errors": errors}
        print_result(json.dumps(listed if is_list else facts[0], indent=2))
    failures.report(found, "explained")


@dataclass(frozen=True)
class _Judge:
    """The model that judges: its name or path, as given, and its checkpoint."""

    name: str
    checkpoint: "Checkpoint"

    def explain(self, file: InputFile) -> "_ExplainedFile":
        """Explain the notes of a file.

        Raises:
            ChoraleError: the model cannot judge the music.
        """
        from chorale.judging.explaining import explain as explain_notes

        explanation = explain_notes(self.checkpoint, file.music.chorale)
        return _ExplainedFile(file, self.name, self.checkpoint.fingerprint, explanation)


@dataclass(frozen=True)
class _ExplainedFile:
    """A file and the explanation of its notes.

    Attributes:
        input: input file.
        model: name or path of the model, as given.
        fingerprint: fingerprint of the model.
        explanation: explanation of the music with all fermatas, estimated ones included.
    """

    input: InputFile
    model: str
    fingerprint: str
    explanation: "Explanation"

    @property
    def report(self) -> "ExplainReport":
        """The report over the requested bars, without estimated fermatas."""
        from chorale.rendering.reports.explain_report import ExplainReport

        file = self.input
        return ExplainReport(file.music.as_written, self.explanation, file.start, file.end)


def _write(
    explained: _ExplainedFile, scores: ColouredScores, outputs: "Outputs"
) -> tuple[Path, ...]:
    """Write the coloured score, and return the paths of its files."""
    from chorale.rendering.reports.likelihood_roll import colour_score

    comment = (
        f"colours: how likely the model {explained.model} {explained.fingerprint} finds each note"
    )
    colours = colour_score(explained.explanation)
    remarks = explained.report.list_remarks()
    return scores.write(explained.input, outputs, colours, remarks, (comment,))


def _print_all(explained: _ExplainedFile, top: int, written: Sequence[Path]) -> None:
    """Print the explanation as a piano roll with text.

    Args:
        explained: the explained file.
        top: largest number of places to list.
        written: files of the coloured score.
    """
    from rich.console import Console

    from chorale.rendering.pictures.colours import ANSI_BACKGROUNDS, LEVEL_BACKGROUNDS
    from chorale.rendering.reports.explain_report import format_summary
    from chorale.rendering.reports.likelihood_roll import draw_likelihood_roll

    file, report = explained.input, explained.report
    heading = [*file.heading, f"judged by the model {explained.model}: {CONTEXT}"]
    places = report.list_contested(top)
    sections = [[CONTESTED_TITLE, *places]] if places else [[NOTHING_CONTESTED]] if top else []
    music = "these bars" if file.bars else "this music"
    sections += format_summary(report.summarize(), explained.fingerprint, music)
    if written:
        sections.append(["Coloured score", *map(str, written)])
    console = Console(highlight=False, markup=False, emoji=False)
    style = choose_roll_style(console, LEVEL_BACKGROUNDS, ANSI_BACKGROUNDS)
    roll = draw_likelihood_roll(
        file.music.as_written, explained.explanation, style, file.start, file.end
    )
    print_roll(console, heading, roll, sections)


def _collect_facts(explained: _ExplainedFile, written: Sequence[Path]) -> dict[str, Any]:
    """Collect the JSON facts."""
    from chorale.rendering.reports.explain_report import collect_figures, look_up_bach

    report, bach = explained.report, look_up_bach(explained.fingerprint)
    return {
        **explained.input.collect_facts(),
        "model": explained.model,
        "fingerprint": explained.fingerprint,
        "known": CONTEXT,
        **collect_figures(report.summarize()),
        "bach": collect_figures(bach) if bach else None,
        "notes": report.collect_facts(),
        "files": list(map(str, written)),
    }
