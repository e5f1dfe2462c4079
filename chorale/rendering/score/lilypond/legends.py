"""The legend of the colours above a score, and of the labels below it."""

from collections.abc import Iterator, Sequence

from chorale.rendering.render_options import Remark, ScoreColours
from chorale.rendering.score.legend import list_legend
from chorale.rendering.score.lilypond.syntax import block, quote


def write_colours(colours: ScoreColours | None) -> Iterator[str]:
    """Yield the legend of the colours, above the score."""
    if colours:
        texts = [
            f"\\with-color {quote(colour)} {quote(text)}" if colour else quote(text)
            for text, colour in colours.legend
        ]
        yield from block(r"\markup \small {", [f"{text} \\hspace #2" for text in texts], "}")
        yield ""


def write_remarks(remarks: Sequence[Remark]) -> Iterator[str]:
    """Yield the legend of the labels, below the score."""
    for label, text in list_legend(remarks):
        yield f"\\markup \\small \\wordwrap-string {quote(f'{label} {text}')}"
