"""The pages of a score, as verovio engraves them: systems about equally full, and so pages."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from unicodedata import east_asian_width

import numpy as np

from chorale.errors import OutputError
from chorale.music import Chorale
from chorale.rendering.libraries import library
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import RenderOptions
from chorale.rendering.score.musicxml import musicxml_bytes
from chorale.rendering.score.note_values import bars_of

TITLE_CELLS, LEAST_TITLE = 75, 0.5  # of a title in full size, wide letters twice; the smallest size
BAR_LINE_WEIGHT = 2  # in notes: the width that a bar takes besides those that start in it
_PAGE = {  # lengths in tenths of a millimetre
    "pageWidth": 2100,
    "pageHeight": 2970,
    "pageMarginLeft": 150,
    "pageMarginRight": 150,
    "pageMarginTop": 120,
    "pageMarginBottom": 120,
    "scale": 85,  # a staff of 6 mm, as in hymn books
    "scaleToPageSize": True,
    "adjustPageHeight": True,
    "breaks": "auto",
    "header": "auto",  # the title
    "footer": "none",
    "minLastJustification": 0.5,  # a last line at least so full is as wide as the others
    "spacingStaff": 17,
    "svgViewBox": True,
    "xmlIdSeed": 1,  # the same names in every run
}


def engraved_pages(
    chorale: Chorale, metadata: Metadata, render_options: RenderOptions
) -> list[str]:
    """The pages of a chorale's score, an SVG text each.

    Raises:
        OutputError: verovio is not installed, or cannot read the score.
    """
    metadata = replace(metadata, title=_shortened(metadata.title))
    music = musicxml_bytes(chorale, metadata, render_options).decode()
    pages = _engraved(music, {})
    systems = sum(page.count('class="system"') for page in pages)
    if systems > 1:
        broken = _with_breaks(music, _first_bars(chorale, systems))
        most = -(-systems // len(pages))
        pages = _engraved(broken, {"breaks": "line", "systemMaxPerPage": most})
    # A label that browsers show when the mouse is over the title, and that typst takes for text.
    pages = [re.sub(r'<title class="labelAttr">.*?</title>', "", page) for page in pages]
    return [_with_title_size(page, metadata.title) for page in pages]


def _engraved(music: str, breaks: Mapping[str, Any]) -> list[str]:
    """The pages of a MusicXML text."""
    verovio = library("verovio", "verovio", "an engraved score")
    toolkit = verovio.toolkit()
    toolkit.setOptions({**_PAGE, **breaks})
    if not toolkit.loadData(music):
        raise OutputError(
            "verovio cannot read the score, which is a fault of chorale; "
            "choose --format musicxml and a notation program"
        )
    return [toolkit.renderToSVG(page) for page in range(1, toolkit.getPageCount() + 1)]


def _first_bars(chorale: Chorale, systems: int) -> set[int]:
    """The places, from 0, of the bars that begin a system, so that all are about equally full."""
    starts = np.asarray(chorale.onsets.any(axis=1))
    bars = bars_of(chorale.plan)
    weights = np.array(
        [starts[bar.start_step : bar.end_step].sum() + BAR_LINE_WEIGHT for bar in bars]
    )
    middles = np.cumsum(weights) - weights / 2
    numbers = (systems * middles / weights.sum()).astype(int)
    return {place for place in range(1, len(bars)) if numbers[place] != numbers[place - 1]}


def _with_breaks(music: str, first_bars: set[int]) -> str:
    """The score with new systems, told in its first part, before some bars."""
    before, *measures = re.split(r"(?=<measure )", music)
    for place in first_bars:
        measures[place] = measures[place].replace(">", '><print new-system="yes"/>', 1)
    return before + "".join(measures)


def _shortened(title: str) -> str:
    """What of a title fits in the smallest size."""
    cells = 0
    for place, letter in enumerate(title):
        cells += _cells(letter)
        if cells > TITLE_CELLS / LEAST_TITLE:
            return f"{title[:place].rstrip()}\u2026"
    return title


def _with_title_size(page: str, title: str) -> str:
    """The page with a long title in smaller letters, so that it does not leave the page."""
    size = min(1.0, TITLE_CELLS / max(1, sum(map(_cells, title))))
    head = page.find('class="pgHead')
    if head < 0 or size == 1:
        return page
    smaller = re.sub(
        r'font-size="([1-9]\d*)px"',
        lambda found: f'font-size="{round(size * int(found[1]))}px"',
        page[head:],
        count=1,
    )
    return page[:head] + smaller


def _cells(letter: str) -> int:
    """2 for a wide letter, such as Chinese ones, else 1."""
    return 2 if east_asian_width(letter) in "WF" else 1
