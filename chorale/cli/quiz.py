"""`chorale quiz`: make a listening test, and count its answers."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chorale.cli import arguments as shared
from chorale.cli.console import print_paragraph, print_result, progress_bar
from chorale.errors import OptionError
from chorale.models import DEFAULT
from chorale.options import MAX_SEED, SamplingOptions
from chorale.wording import count

if TYPE_CHECKING:
    from chorale.judging.listening import Share
    from chorale.network.checkpoint import Checkpoint
    from chorale.rendering.page.quiz import QuizPiece

MAX_QUESTIONS = 100
DEFAULT_PAGE = "quiz.html"


def quiz(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE", help="Answers to count, with --score.", show_default=False),
    ] = None,
    score: Annotated[
        bool, typer.Option("--score", help="Count the answers in FILEs that the page has saved.")
    ] = False,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="PATH", help="Page to write, an .html file.")
    ] = Path(DEFAULT_PAGE),
    questions: Annotated[
        int, typer.Option(metavar="N", min=1, max=MAX_QUESTIONS, help="Number of questions.")
    ] = 12,
    pairs: Annotated[
        bool,
        typer.Option(
            "--pairs/--single",
            help="Ask which of two pieces is by Bach, or of each piece whether it is.",
        ),
    ] = True,
    data: Annotated[
        str,
        typer.Option(
            help="Data set of Bach's pieces: bach, or a folder of four-part MIDI or MusicXML files."
        ),
    ] = "bach",
    model: shared.ModelName = DEFAULT,
    seed: Annotated[
        int,
        typer.Option(
            min=0, max=MAX_SEED, help="Seed of the first composition; the next ones follow."
        ),
    ] = 1,
    tempo: shared.Tempo = None,
    as_json: shared.AsJson = False,
    quiet: shared.Quiet = False,
    force: shared.Force = False,
) -> None:
    """Make a listening test, "Bach or not?", as a page for a browser; or count its answers.

    Bach's pieces are from the chorales of the installed music21, chosen at random; the others are
    composed at consecutive seeds, none left out, each in the key, metre and length of one of
    Bach's. Listeners save their answers at the end of the page.
    """
    if score:
        _count(files or [], as_json)
        return
    if files:
        raise OptionError("a new test takes no FILE; count answers with --score")
    _make(output, questions, pairs, data, model, seed, tempo, quiet, force)


def _make(
    output: Path,
    questions: int,
    pairs: bool,
    data: str,
    model: str,
    seed: int,
    tempo: float | None,
    quiet: bool,
    force: bool,
) -> None:
    """Make a listening test and write its page."""
    from chorale.files import check_writable, refuse_overwrite, write_bytes
    from chorale.models import find
    from chorale.network.checkpoint import load_checkpoint
    from chorale.rendering.page.quiz import quiz_bytes
    from chorale.rendering.render_options import build_render_options

    if output.suffix.lower() not in (".html", ".htm"):
        raise OptionError(f"the test is a page, an .html file, not {output}")
    render_options = build_render_options(tempo, "organ", 2)
    refuse_overwrite(output, force)
    check_writable(output)
    checkpoint = load_checkpoint(find(model))
    pieces = _choose_pieces(checkpoint, questions, pairs, data, seed, quiet)
    write_bytes(output, quiz_bytes(pieces, pairs, render_options), replace=force)
    if not quiet:
        print_result(f"{output}: {count(questions, 'question')}; open it in a browser")


def _choose_pieces(
    checkpoint: "Checkpoint", questions: int, pairs: bool, data: str, seed: int, quiet: bool
) -> "list[QuizPiece]":
    """Choose Bach's pieces, compose the others, and put them in a random order.

    Of single pieces, half are Bach's, or one more or less.
    """
    import numpy as np

    from chorale.composing.jobs.quizzing import choose_pieces, compose_counterparts
    from chorale.corpus import load_corpus
    from chorale.rendering.page.quiz import QuizPiece

    generator = np.random.default_rng(seed)
    own = questions if pairs else questions // 2
    by_bach = questions if pairs else questions - own
    with progress_bar("Reading the chorales", quiet) as progress:
        corpus = load_corpus(data, progress)
    chorales = [chorale for split in corpus.splits.values() for chorale in split]
    chosen = choose_pieces(chorales, max(own, by_bach), seed)
    with progress_bar("Composing", quiet) as progress:
        composed = list(
            compose_counterparts(checkpoint, chosen[:own], seed, SamplingOptions(), progress)
        )
    real = [QuizPiece(each.source, True, each) for each in chosen[:by_bach]]
    made = [QuizPiece(f"seed {seed + n}", False, each) for n, each in enumerate(composed)]
    if pairs:
        ordered = [
            pair if generator.random() < 0.5 else pair[::-1]
            for pair in zip(real, made, strict=True)
        ]
        return [piece for pair in ordered for piece in pair]
    together = [*real, *made]
    return [together[place] for place in generator.permutation(len(together))]


def _count(files: Sequence[Path], as_json: bool) -> None:
    """Count the answers in files and print the shares of right ones."""
    from rich.console import Console

    from chorale.judging.listening import (
        count_all,
        count_by_piece,
        count_by_skill,
        read_answers,
    )

    if not files:
        raise OptionError("--score needs files with answers, which the page saves at its end")
    answers = [answer for file in files for answer in read_answers(file)]
    total, skills, pieces = count_all(answers), count_by_skill(answers), count_by_piece(answers)
    if as_json:
        facts = {
            "all": _collect(total),
            "by_skill": {name: _collect(share) for name, share in skills.items()},
            "by_piece": {name: _collect(share) for name, share in pieces.items()},
        }
        print_result(json.dumps(facts, indent=2))
        return
    console = Console(highlight=False, markup=False, emoji=False)
    print_paragraph(f"right: {_describe(total)}; guessing gives 50%", console, bold=True)
    for title, shares in (("By skill", skills), ("By piece", pieces)):
        console.print()
        print_paragraph(title, console, bold=True)
        for name, share in shares.items():
            print_paragraph(f"{name}: {_describe(share)}", console)


def _describe(share: "Share") -> str:
    low, high = share.interval
    return (
        f"{share.right} of {share.count}, {share.value:.0%} (95% interval {low:.0%} to {high:.0%})"
    )


def _collect(share: "Share") -> dict[str, Any]:
    return {
        "right": share.right,
        "answers": share.count,
        "share": round(share.value, 4),
        "interval": [round(bound, 4) for bound in share.interval],
    }
