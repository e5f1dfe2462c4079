"""`chorale explain`: how likely a model finds each note, and what it would rather write."""

import json
import shlex
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chorale.cli import arguments as given
from chorale.cli.brought import about_of
from chorale.cli.console import look_of, say, say_roll
from chorale.cli.outputs import Outputs, outputs_of
from chorale.errors import OptionError, ReadingError
from chorale.models import DEFAULT

if TYPE_CHECKING:
    from chorale.checkpoint import Checkpoint
    from chorale.explaining import Explanation
    from chorale.music import Chorale
    from chorale.reading import Reading
    from chorale.rendering.explained import Explained
    from chorale.rendering.manner import Manner

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
    from chorale.checkpoint import load_checkpoint
    from chorale.models import find
    from chorale.rendering.manner import manner_of

    wanted = given.bar_range(bars) if bars is not None else None
    manner = manner_of(None, "organ", staves)
    outputs = _outputs(file, output, formats, manner)
    if outputs:
        outputs.check(force)
    checkpoint = load_checkpoint(find(model))
    case = _judged(file, part, approximate, model, checkpoint, wanted)
    written = _write(case, outputs, manner, force) if outputs else []
    if as_json:
        say(json.dumps(_facts(case, written), indent=2))
    else:
        _say(case, top, written)


@dataclass(frozen=True)
class _Case:
    """Music that is judged."""

    file: Path
    reading: "Reading"
    chorale: "Chorale"
    account: str  # of its plan
    model: str  # as it was asked for
    fingerprint: str
    explanation: "Explanation"
    bars: tuple[int, int] | None  # to tell of
    steps: tuple[int, int]  # of them

    @property
    def explained(self) -> "Explained":
        from chorale.rendering.explained import Explained

        return Explained(self.chorale, self.explanation, *self.steps)


def _judged(
    file: Path,
    part: str | None,
    approximate: bool,
    model: str,
    checkpoint: "Checkpoint",
    bars: tuple[int, int] | None,
) -> _Case:
    """Read a file and judge it.

    Raises:
        ReadingError: it cannot be read, or has not four voices.
        OptionError: it has no such bars.
        DataError: the model does not know a pitch.
    """
    from chorale.explaining import explain as judge
    from chorale.jobs.planning import account, planned, steps_of
    from chorale.music import VOICES
    from chorale.plan_options import PlanOptions
    from chorale.reading import read_music

    reading = read_music(file, part, approximate)
    _check_voices(reading, file, part)
    chorale = reading.chorale
    plan, sources = planned(chorale, range(len(VOICES)), reading, PlanOptions())
    told, heard = account(plan, sources), replace(chorale, plan=plan)
    if chorale.plan.fermatas is None:  # phrases are estimated, but none is shown that nobody wrote
        plan = replace(plan, fermatas=None)
    steps = steps_of(plan, bars) if bars else (0, plan.length_steps)
    shown, explanation = replace(chorale, plan=plan), judge(checkpoint, heard)
    return _Case(
        file, reading, shown, told, model, checkpoint.fingerprint, explanation, bars, steps
    )


def _check_voices(reading: "Reading", file: Path, part: str | None) -> None:
    """Check that no voice is missing.

    Raises:
        ReadingError: one is.
    """
    from chorale.music import VOICES
    from chorale.reading.lines import listed

    if len(reading.voices) < len(VOICES):
        what, mend = file.name, f"`chorale harmonize {shlex.quote(str(file))}` adds what is missing"
        if part is not None:
            what, mend = f"part {part} of {file.name}", "leave out --part to read all parts"
        raise ReadingError(
            f"{what} has only the {listed(reading.voices)}, and a voice is judged beside three "
            f"others; {mend}"
        )


def _outputs(
    file: Path, output: Path | None, formats: list[str] | None, manner: "Manner"
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
    check_formats(outputs.formats, manner)
    return outputs


def _write(case: _Case, outputs: Outputs, manner: "Manner", force: bool) -> list[Path]:
    """Write the coloured score."""
    from chorale.rendering.formats import rendered
    from chorale.rendering.likelihood import score_colours

    about = about_of(case.reading, case.file)
    colours = f"colours: how likely the model {case.model} {case.fingerprint} finds each note"
    about = replace(about, comments=(*about.comments, colours))
    manner = replace(manner, colours=score_colours(case.explanation))
    return outputs.write(rendered(case.chorale, outputs.formats, about, manner), force)


def _say(case: _Case, top: int, written: list[Path]) -> None:
    """Tell everything in words, with a roll."""
    from rich.console import Console

    from chorale.jobs import in_words
    from chorale.music import length_in_words
    from chorale.rendering.colours import FEW_GROUNDS, LEVEL_GROUNDS
    from chorale.rendering.explained import summary
    from chorale.rendering.likelihood import likelihood_roll

    plan, explained = case.chorale.plan, case.explained
    shown = f", {in_words(case.bars)} of them" if case.bars else ""
    heading = [
        f"{case.file.name}: {length_in_words(plan.last_bar, pickup=False)}{shown}",
        case.account,
        *case.reading.told,
        f"judged by the model {case.model}: {KNOWN}",
    ]
    places = explained.contested(top)
    sections = [[RATHER, *places]] if places else [[NOTHING_ELSE]] if top else []
    sections += summary(
        explained.found(), case.fingerprint, "these bars" if case.bars else "this music"
    )
    if written:
        sections.append(["Coloured score", *map(str, written)])
    console = Console(highlight=False, markup=False, emoji=False)
    look = look_of(console, LEVEL_GROUNDS, FEW_GROUNDS)
    roll = likelihood_roll(case.chorale, case.explanation, look, *case.steps)
    say_roll(console, look, heading, roll, sections)


def _facts(case: _Case, written: list[Path]) -> dict[str, Any]:
    """Everything, for JSON."""
    from chorale.rendering.explained import figures, of_bach

    bach = of_bach(case.fingerprint)
    plan, explained = case.chorale.plan, case.explained
    return {
        "file": str(case.file),
        "model": case.model,
        "fingerprint": case.fingerprint,
        "known": KNOWN,
        "plan": case.account,
        "remarks": case.reading.told,
        "key": plan.key.name if plan.key else None,
        "metre": plan.metre.name if plan.metre else None,
        "pickup_steps": plan.pickup_steps,
        "steps": plan.length_steps,
        "from_step": case.steps[0],
        "to_step": case.steps[1],
        **figures(explained.found()),
        "bach": figures(bach) if bach else None,
        "notes": explained.facts(),
        "files": list(map(str, written)),
    }
