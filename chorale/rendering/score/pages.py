"""The pages of a score, engraved by verovio: systems are about equally full, and so are pages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from chorale.errors import OutputError
from chorale.music import Chorale
from chorale.rendering.libraries import import_library
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import RenderOptions
from chorale.rendering.score.collisions import (
    MOST_SPACERS,
    has_collision,
    insert_spacers,
    remove_spacers,
)
from chorale.rendering.score.engraver_input import prepare_for_engraving
from chorale.rendering.score.layout import written_voices
from chorale.rendering.score.legend import add_legend
from chorale.rendering.score.music_letters import spell_music_letters
from chorale.rendering.score.musicxml import musicxml_bytes
from chorale.rendering.score.numbering import number_notes
from chorale.rendering.score.systems import break_by_notes, break_by_widths

TITLE_CELLS = 75  # widest title in full size; wide letters count twice
MIN_TITLE_SIZE = 0.5  # as a share of the full size
MAX_SYSTEMS = 24  # most systems on a page that verovio can be asked for; 0 is as many as fit


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
_WITH_WORDS = {
    "lyricWordSpace": 2,  # verovio's own is too narrow where syllables are close
    "lyricVerseCollapse": True,  # no empty lines for verses that have no words here
}
_FILLED = {"minLastJustification": 0.0}  # empty measures have room for clicks
_ONE_SYSTEM = {"breaks": "none"}
# A measure, and the horizontal ends of the first line of its first staff.
_MEASURE_ENDS = re.compile(r'class="measure".*?<path d="M(\d+) \d+ L(\d+) ', re.DOTALL)
_MULTIPLE_REST = re.compile(r"<multiple-rest[^>]*>(\d+)")
_SYSTEM_HEAD = 2200  # width of clef and signature at the start of a system, in verovio's units


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
        render_options: staves, colours and remarks.
        shape: size of the pages.
        prefix: beginning of the identifiers of the notes (see `number_notes`); None for none, as in
            a score to print, which has the legend of its labels too.

    Returns:
        The pages, as SVG texts.

    Raises:
        OutputError: a library is not installed, or verovio cannot read the score.
    """
    metadata = replace(metadata, title=_shorten_title(metadata.title))
    music = musicxml_bytes(chorale, metadata, render_options, with_legend=False).decode()
    if prefix is not None:
        music = number_notes(music, written_voices(chorale, render_options), prefix)
    options: dict[str, Any] = {
        "pageWidth": shape.width,
        "pageHeight": shape.height,
        "pageMarginLeft": shape.margin,
        "pageMarginRight": shape.margin,
        "scale": shape.scale,
        **(_WITH_WORDS if chorale.annotations.syllables else {}),
        **(_FILLED if render_options.for_editing else {}),
    }
    if chorale.annotations:
        music = prepare_for_engraving(music)
    pages = _run_verovio(music, options)
    systems = sum(page.count('class="system"') for page in pages)
    if systems > 1:
        joined = _find_joined(music)
        if chorale.annotations:
            drawn = [place for place in range(music.count("</measure>")) if place not in joined]
            widths = _measure_widths(music, options)
            found = break_by_widths(widths, systems, _SYSTEM_HEAD)
            breaks = {drawn[place] for place in found}
        else:
            breaks = break_by_notes(chorale, systems, joined)
        music = _insert_breaks(music, breaks)
        most = -(-systems // len(pages))
        options |= {"breaks": "line", "systemMaxPerPage": most if most <= MAX_SYSTEMS else 0}
        pages = _run_verovio(music, options)
    if chorale.annotations.endings:
        pages = _avoid_collisions(music, options, pages)
    # Remove the label that browsers show over the title, since typst prints it as text.
    pages = [re.sub(r'<title class="labelAttr">.*?</title>', "", page) for page in pages]
    if chorale.annotations:
        pages = list(map(spell_music_letters, pages))
    pages = [_fit_title(page, metadata.title) for page in pages]
    if prefix is not None:  # a page of its own lists the remarks beside the score
        return pages
    return add_legend(pages, render_options.remarks, shape.height, shape.margin)


def _run_verovio(music: str, options: Mapping[str, Any]) -> list[str]:
    """Engrave a MusicXML text, with verovio's options for page and breaks; return the pages."""
    verovio = import_library("verovio", "verovio", "an engraved score")
    verovio.enableLog(verovio.LOG_ERROR)  # warnings, as of hairpins after the end, help no reader
    toolkit = verovio.toolkit(False)
    toolkit.setResourcePath(str(Path(verovio.__file__).with_name("data")))  # else for one thread
    toolkit.setOptions({**_PAGE, **options})
    if not toolkit.loadData(music):
        raise OutputError(
            "verovio cannot read the score, which is a bug in chorale; "
            "use --format musicxml and a notation program instead"
        )
    return [toolkit.renderToSVG(page) for page in range(1, toolkit.getPageCount() + 1)]


def _avoid_collisions(music: str, options: Mapping[str, Any], pages: list[str]) -> list[str]:
    """Return the pages, engraved anew with higher chord symbols if one is in a bracket."""
    if has_collision(pages):
        for lines in range(1, MOST_SPACERS + 1):
            higher = list(map(remove_spacers, _run_verovio(insert_spacers(music, lines), options)))
            if not has_collision(higher):
                return higher
    return pages


def _find_joined(music: str) -> set[int]:
    """Return the indices of the measures of a part that are drawn with the rest before them."""
    joined: set[int] = set()
    for place, measure in enumerate(re.split(r"(?=<measure )", music)[1:]):
        if rest := _MULTIPLE_REST.search(measure):
            joined |= set(range(place + 1, place + int(rest[1])))
    return joined


def _measure_widths(music: str, options: Mapping[str, Any]) -> list[float]:
    """Return the natural widths of a score's measures, in verovio's units.

    The first one includes the names of the staves.
    """
    [line] = _run_verovio(music, {**options, **_ONE_SYSTEM})
    ends = [(int(start), int(end)) for start, end in _MEASURE_ENDS.findall(line)]
    return [end - start + (0 if place else start) for place, (start, end) in enumerate(ends)]


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
