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
from chorale.cli.input_files import InputFile, load_for_checking
from chorale.models import DEFAULT

if TYPE_CHECKING:
    from chorale.cli.outputs import Outputs
    from chorale.judging.explaining import Explanation
    from chorale.rendering.reports.explain_report import ExplainReport

USUAL_FORMAT = "pdf"  # of a score
CONTEXT = "each voice given the three others, its own past and the plan"
CONTESTED_TITLE = "Notes that the model would change, the most surprising first"
NOTHING_CONTESTED = "The model would change nothing"


def explain(
    file: shared.File,
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
    wrong: Bach has many.
    """
    from chorale.judging.explaining import explain as explain_notes
    from chorale.models import find
    from chorale.music import VOICES
    from chorale.network.checkpoint import load_checkpoint

    bar_range = shared.parse_bar_range(bars) if bars is not None else None
    scores = ColouredScores(output, formats, staves, force, USUAL_FORMAT)
    [outputs] = scores.choose([file], "explained")
    checkpoint = load_checkpoint(find(model))
    input_file = load_for_checking(file, part, approximate, bar_range, len(VOICES))
    explanation = explain_notes(checkpoint, input_file.music.chorale)
    explained = _ExplainedFile(input_file, model, checkpoint.fingerprint, explanation)
    written = _write(explained, scores, outputs) if outputs else ()
    if as_json:
        print_result(json.dumps(_collect_facts(explained, written), indent=2))
    else:
        _print_all(explained, top, written)


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
