"""The legend of the labels in a score: a line for each remark.

On engraved pages it stands below the last system; lines that do not fit there are on further pages.
The width of a text is estimated by the number of its letters, which is why lines end before the
margin. In MusicXML each line is a credit, a text on the first page, since programs print no line
breaks within one.
"""

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from xml.etree.ElementTree import Element, SubElement

from chorale.rendering.metadata import make_encodable
from chorale.rendering.render_options import Remark

FONT_SIZE = 34  # tenths of a millimetre, like all lengths here
LINE_HEIGHT = 46
LETTER_WIDTH = 0.5 * FONT_SIZE  # mean width, on the safe side
LABEL_WIDTH = 110  # column of the labels
GAP = 60  # above the legend and below it

CREDIT_POINTS = "9"
TITLE_POINTS = "16"
_CREDIT_TENTHS = 30  # from one credit to the next, in tenths of a staff space
_LEFT_TENTHS, _BOTTOM_TENTHS = 70, 70
_MIDDLE_TENTHS, _TOP_TENTHS = 600, 1600  # of a page of A4

_VIEW_BOX = re.compile(r'viewBox="0 0 (\d+) (\d+)"')
_MUSIC = '<svg class="definition-scale"'
_EMPTY_PAGE = (
    '<svg viewBox="0 0 {width} 0" version="1.1" xmlns="http://www.w3.org/2000/svg" '
    'xmlns:xlink="http://www.w3.org/1999/xlink" overflow="visible">\n'
    "   <desc>Legend</desc>\n   <defs></defs>\n</svg>\n"
)


@dataclass(frozen=True)
class _Line:
    """A line of the legend: a label, which is empty if the line goes on with a text, and a text."""

    label: str
    text: str


def list_legend(remarks: Sequence[Remark]) -> list[tuple[str, str]]:
    """Return label and text, with the place, of each remark that has a label."""
    return [
        (make_encodable(remark.label), make_encodable(f"{remark.place}: {remark.text}"))
        for remark in remarks
        if remark.label
    ]


def add_legend(
    pages: Sequence[str], remarks: Sequence[Remark], height: int, margin: int
) -> list[str]:
    """Add the legend of labels to an engraved score, if it has any.

    Args:
        pages: the pages as SVG texts, in tenths of a millimetre.
        remarks: the remarks.
        height: greatest height of a page.
        margin: margin at its sides.
    """
    legend = list_legend(remarks)
    if not legend or not pages:
        return list(pages)
    *before, last = pages
    width, used = map(int, _VIEW_BOX.findall(last)[0])
    room = width - 2 * margin - LABEL_WIDTH
    lines = [line for label, text in legend for line in _wrap(label, text, room)]
    added: list[str] = []
    page, top = last, used
    while lines:
        fitting = max(0, height - top - 2 * GAP) // LINE_HEIGHT
        added.append(_draw(page, lines[:fitting], top, margin))
        lines = lines[fitting:]
        page, top = _EMPTY_PAGE.format(width=width), 0
    return [*before, *added]


def build_credits(remarks: Sequence[Remark], title: str) -> Iterator[Element]:
    """Yield the legend as MusicXML's credits; none without labels.

    Args:
        remarks: the remarks.
        title: title of the score. It is a credit too, since programs that print credits look for it
            there; it may be empty.
    """
    legend = list_legend(remarks)
    if legend and title:
        yield _build_credit(
            ("title", title), _MIDDLE_TENTHS, _TOP_TENTHS, "center", "top", TITLE_POINTS
        )
    for above, (label, text) in reversed(list(enumerate(reversed(legend)))):
        height = _BOTTOM_TENTHS + above * _CREDIT_TENTHS
        words = ("legend", f"{label} {text}")
        yield _build_credit(words, _LEFT_TENTHS, height, "left", "bottom", CREDIT_POINTS)


def _build_credit(
    words: tuple[str, str], x: int, y: int, justify: str, valign: str, size: str
) -> Element:
    """Build a credit, given its type and its text."""
    credit = Element("credit", page="1")
    kind, text = words
    SubElement(credit, "credit-type").text = kind
    attributes = {"default-x": str(x), "default-y": str(y), "font-size": size}
    attributes |= {"justify": justify, "valign": valign}
    SubElement(credit, "credit-words", attributes).text = text
    return credit


def _wrap(label: str, text: str, room: int) -> Iterator[_Line]:
    for place, line in enumerate(textwrap.wrap(text, int(room / LETTER_WIDTH))):
        yield _Line("" if place else label, line)


def _draw(page: str, lines: Sequence[_Line], top: int, margin: int) -> str:
    """Draw lines on a page below its music, which ends at `top`."""
    if not lines:
        return page
    texts = []
    for place, line in enumerate(lines, start=1):
        y = top + GAP + place * LINE_HEIGHT
        if line.label:
            texts.append(_draw_text(line.label, margin, y, "bold"))
        texts.append(_draw_text(line.text, margin + LABEL_WIDTH, y, "normal"))
    drawn = "\n".join(texts)
    bottom = top + 2 * GAP + len(lines) * LINE_HEIGHT
    page = _VIEW_BOX.sub(rf'viewBox="0 0 \1 {bottom}"', page, count=1)
    page = page.replace(_MUSIC, f'{_MUSIC} preserveAspectRatio="xMidYMin"', 1)  # stays at the top
    before, _, after = page.rpartition("</svg>")
    return f'{before}<g class="legend">\n{drawn}\n</g>\n</svg>{after}'


def _draw_text(text: str, x: int, y: int, weight: str) -> str:
    return (
        f'<text x="{x}" y="{y}" font-family="Times, serif" font-size="{FONT_SIZE}px" '
        f'font-weight="{weight}"><tspan>{escape(text)}</tspan></text>'
    )
