"""`chorale explain`: how likely a model finds each note, and what it would rather write."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chorale.cli import arguments as given
from chorale.cli.console import look_of, say, say_roll
from chorale.cli.input_files import InputFile, load_for_checking, metadata_of
from chorale.cli.outputs import Outputs, outputs_of
from chorale.errors import OptionError
from chorale.models import DEFAULT

if TYPE_CHECKING:
    from chorale.judging.explaining import Explanation
    from chorale.rendering.render_options import RenderOptions
    from chorale.rendering.reports.explain_report import Explained

USUAL_FORMAT = "pdf"  # where --output names a folder
KNOWN = "each voice beside the three others, its own past and the plan"
RATHER = "What the model would rather have, the most surprising first"
NOTHING_ELSE = "The model would rather have nothing else anywhere"


def explain(
    file: given.File,
    model: given.ModelName = DEFAULT,
    bars: Annotated[
        str | None,
        typer.Option(
            metavar="BARS",
            help="Bars to tell of, such as 5-8; all are heard, and a score has all.",
            show_default="all",
        ),
    ] = None,
    top: Annotated[
        int, typer.Option(metavar="N", min=0, help="List so many of the most surprising places.")
    ] = 10,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            help="Write a coloured score: a file, whose ending tells the format, or a folder.",
            show_default="none is written",
        ),
    ] = None,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            metavar="FORMATS",
            help="Of the score: musicxml, svg, pdf, png; several with commas.",
            show_default="by --output",
        ),
    ] = None,
    staves: given.StavesOfScore = 2,
    part: given.Part = None,
    approximate: given.Approximate = False,
    as_json: given.AsJson = False,
    force: given.Force = False,
) -> None:
    """Tell how likely a model finds each note of four voices, and what it would rather write.

    Each voice is judged beside the three others, which are known from beginning to end, by its own
    past, and by key, metre and phrases, estimated where the file does not say them. In colours from
    likely to surprising on a terminal; signs tell the same without. A surprising note need not be
    wrong: Bach has many.
    """
    from chorale.judging.explaining import explain as judge
    from chorale.models import find
    from chorale.music import VOICES
    from chorale.network.checkpoint import load_checkpoint
    from chorale.rendering.render_options import render_options_of

    wanted = given.bar_range(bars) if bars is not None else None
    render_options = render_options_of(None, "organ", staves)
    outputs = _outputs(file, output, formats, render_options)
    if outputs:
        outputs.check(force)
    checkpoint = load_checkpoint(find(model))
    brought = load_for_checking(file, part, approximate, wanted, len(VOICES))
    explanation = judge(checkpoint, brought.interpret.chorale)
    case = _Case(brought, model, checkpoint.fingerprint, explanation)
    written = _write(case, outputs, render_options, force) if outputs else []
    if as_json:
        say(json.dumps(_facts(case, written), indent=2))
    else:
        _say(case, top, written)


@dataclass(frozen=True)
class _Case:
    """Music that is judged; what is shown of it has no fermata that nobody wrote."""

    brought: InputFile
    model: str  # as it was asked for
    fingerprint: str
    explanation: "Explanation"

    @property
    def explained(self) -> "Explained":
        from chorale.rendering.reports.explain_report import Explained

        brought = self.brought
        return Explained(brought.interpret.written, self.explanation, brought.start, brought.end)


def _outputs(
    file: Path, output: Path | None, formats: list[str] | None, render_options: "RenderOptions"
) -> Outputs | None:
    """Where the coloured score goes, if one is asked for.

    Raises:
        OptionError: see `outputs_of`; or a format is no score.
        OutputError: a library is not installed.
    """
    from chorale.rendering.formats import FORMATS, check_formats

    if output is None and not formats:
        return None
    outputs = outputs_of(output, formats, USUAL_FORMAT, f"{file.stem}-explained")
    for name in outputs.formats:
        if FORMATS[name].kind != "score":
            scores = [other for other in FORMATS if FORMATS[other].kind == "score"]
            raise OptionError(
                f"{name} shows no colours of notes; explain writes {', '.join(scores)}"
            )
    check_formats(outputs.formats, render_options)
    return outputs


def _write(
    case: _Case, outputs: Outputs, render_options: "RenderOptions", force: bool
) -> list[Path]:
    """Write the coloured score."""
    from chorale.rendering.formats import rendered
    from chorale.rendering.reports.likelihood_roll import score_colours

    about = metadata_of(case.brought.reading, case.brought.file)
    colours = f"colours: how likely the model {case.model} {case.fingerprint} finds each note"
    about = replace(about, comments=(*about.comments, colours))
    render_options = replace(render_options, colours=score_colours(case.explanation))
    return outputs.write(
        rendered(case.brought.interpret.written, outputs.formats, about, render_options), force
    )


def _say(case: _Case, top: int, written: list[Path]) -> None:
    """Tell everything in words, with a roll."""
    from rich.console import Console

    from chorale.rendering.pictures.colours import FEW_GROUNDS, LEVEL_GROUNDS
    from chorale.rendering.reports.explain_report import summary
    from chorale.rendering.reports.likelihood_roll import likelihood_roll

    brought, explained = case.brought, case.explained
    heading = [*brought.heading, f"judged by the model {case.model}: {KNOWN}"]
    places = explained.contested(top)
    sections = [[RATHER, *places]] if places else [[NOTHING_ELSE]] if top else []
    sections += summary(
        explained.found(), case.fingerprint, "these bars" if brought.bars else "this music"
    )
    if written:
        sections.append(["Coloured score", *map(str, written)])
    console = Console(highlight=False, markup=False, emoji=False)
    look = look_of(console, LEVEL_GROUNDS, FEW_GROUNDS)
    music, start, end = brought.interpret.written, brought.start, brought.end
    roll = likelihood_roll(music, case.explanation, look, start, end)
    say_roll(console, heading, roll, sections)


def _facts(case: _Case, written: list[Path]) -> dict[str, Any]:
    """Everything, for JSON."""
    from chorale.rendering.reports.explain_report import figures, of_bach

    bach = of_bach(case.fingerprint)
    explained = case.explained
    return {
        **case.brought.facts(),
        "model": case.model,
        "fingerprint": case.fingerprint,
        "known": KNOWN,
        **figures(explained.found()),
        "bach": figures(bach) if bach else None,
        "notes": explained.facts(),
        "files": list(map(str, written)),
    }
