"""The pages of a score, engraved by verovio: systems are about equally full, and so are pages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import numpy as np

from chorale.errors import OutputError
from chorale.music import Chorale
from chorale.rendering.libraries import import_library
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import RenderOptions
from chorale.rendering.score.musicxml import musicxml_bytes
from chorale.rendering.score.note_values import list_bars, sounding_voices
from chorale.rendering.score.numbering import number_notes

TITLE_CELLS = 75  # widest title in full size; wide letters count twice
MIN_TITLE_SIZE = 0.5  # as a share of the full size
MAX_SYSTEMS = 24  # largest number of systems on a page that verovio can be asked for
BAR_LINE_WEIGHT = 2  # width of a measure without notes, in notes


@dataclass(frozen=True)
class PageShape:
    """The size of a page and of the music on it, in tenths of a millimetre and per cent."""

    width: int = 2100
    height: int = 2970
    margin: int = 150
    scale: int = 85  # a staff of 6 mm, as in hymn books


WIDE = PageShape()  # A4
NARROW = PageShape(width=1000, height=60_000, margin=40)  # one page, for a telephone
_PAGE = {
    "pageMarginTop": 120,
    "pageMarginBottom": 120,
    "scaleToPageSize": True,
    "adjustPageHeight": True,
    "breaks": "auto",
    "header": "auto",  # the title
    "footer": "none",
    "minLastJustification": 0.5,  # a last line at least this full is as wide as the others
    "spacingStaff": 17,
    "svgViewBox": True,
    "xmlIdSeed": 1,  # a fixed seed gives the same identifiers in every run
}


def engrave(
    chorale: Chorale,
    metadata: Metadata,
    render_options: RenderOptions,
    shape: PageShape = WIDE,
    prefix: str | None = None,
) -> list[str]:
    """Engrave a chorale's score.

    Args:
        chorale: the music.
        metadata: title and composer.
        render_options: staves and colours.
        shape: size of the pages.
        prefix: beginning of the identifiers of the notes (see `number_notes`); None for none.

    Returns:
        The pages, as SVG texts.

    Raises:
        OutputError: a library is not installed, or verovio cannot read the score.
    """
    metadata = replace(metadata, title=_shorten_title(metadata.title))
    music = musicxml_bytes(chorale, metadata, render_options).decode()
    if prefix is not None:
        music = number_notes(music, sounding_voices(chorale), prefix)
    pages = _run_verovio(music, shape, {})
    systems = sum(page.count('class="system"') for page in pages)
    if systems > 1:
        broken = _insert_breaks(music, _choose_breaks(chorale, systems))
        systems_per_page = -(-systems // len(pages))
        most = systems_per_page if systems_per_page <= MAX_SYSTEMS else 0  # 0: as many as fit
        pages = _run_verovio(broken, shape, {"breaks": "line", "systemMaxPerPage": most})
    # Remove the label that browsers show over the title, since typst prints it as text.
    pages = [re.sub(r'<title class="labelAttr">.*?</title>', "", page) for page in pages]
    return [_fit_title(page, metadata.title) for page in pages]


def _run_verovio(music: str, shape: PageShape, breaks: Mapping[str, Any]) -> list[str]:
    """Engrave a MusicXML text, with verovio's options for breaks; return the pages."""
    verovio = import_library("verovio", "verovio", "an engraved score")
    verovio.enableLog(verovio.LOG_ERROR)  # not of systems that are full
    toolkit = verovio.toolkit(False)
    toolkit.setResourcePath(str(Path(verovio.__file__).with_name("data")))  # else for one thread
    size = {
        "pageWidth": shape.width,
        "pageHeight": shape.height,
        "pageMarginLeft": shape.margin,
        "pageMarginRight": shape.margin,
        "scale": shape.scale,
    }
    toolkit.setOptions({**_PAGE, **size, **breaks})
    if not toolkit.loadData(music):
        raise OutputError(
            "verovio cannot read the score, which is a bug in chorale; "
            "use --format musicxml and a notation program instead"
        )
    return [toolkit.renderToSVG(page) for page in range(1, toolkit.getPageCount() + 1)]


def _choose_breaks(chorale: Chorale, systems: int) -> set[int]:
    """Choose the measures that begin a system, so that all systems are about equally full.

    Returns:
        Indices of the measures, from 0; the first measure is not among them.
    """
    starts = np.asarray(chorale.onsets.any(axis=1))
    bars = list_bars(chorale.plan)
    weights = np.array(
        [starts[bar.start_step : bar.end_step].sum() + BAR_LINE_WEIGHT for bar in bars]
    )
    middles = np.cumsum(weights) - weights / 2
    numbers = (systems * middles / weights.sum()).astype(int)
    return {place for place in range(1, len(bars)) if numbers[place] != numbers[place - 1]}


def _insert_breaks(music: str, first_bars: set[int]) -> str:
    """Begin new systems at some measures of a MusicXML text, in its first part."""
    before, *measures = re.split(r"(?=<measure )", music)
    for place in first_bars:
        measures[place] = measures[place].replace(">", '><print new-system="yes"/>', 1)
    return before + "".join(measures)


def _shorten_title(title: str) -> str:
    """Cut a title, with an ellipsis, where it would not fit in the smallest size."""
    cells = 0
    for place, letter in enumerate(title):
        cells += _count_cells(letter)
        if cells > TITLE_CELLS / MIN_TITLE_SIZE:
            return f"{title[:place].rstrip()}\u2026"
    return title


def _fit_title(page: str, title: str) -> str:
    """Set a long title in smaller letters, so that it does not leave the page."""
    size = min(1.0, TITLE_CELLS / max(1, sum(map(_count_cells, title))))
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


def _count_cells(letter: str) -> int:
    """Return 2 for a wide letter, such as a Chinese one, else 1."""
    return 2 if east_asian_width(letter) in "WF" else 1
