"""Chord symbols that verovio has drawn into the brackets of endings, and how to avoid it.

verovio aligns the chord symbols of a system after it has placed the brackets, so that something
under one symbol, such as a dynamic, raises another one into a bracket. So the symbols under a
bracket are raised before: by spacers between them and the staff, which are not drawn.
"""

import re
from collections.abc import Sequence

MOST_SPACERS = 4  # lines of text by which chord symbols are raised
_SPACER = "\N{BROKEN BAR}"
_DIRECTION = (
    '<direction placement="above"><direction-type>'
    f"<words>{_SPACER}</words></direction-type></direction>"
)
_SYSTEM = re.compile(r'(?=class="system")')
_SYMBOL = re.compile(r'class="harm">\s*<text x="(\d+)" y="(\d+)"')
_BRACKET = re.compile(
    r'class="voltaBracket">.*?<path d="M(\d+) (\d+) L(\d+) \d+".*?L\d+ (\d+)"', re.DOTALL
)
_ASCENT, _DESCENT = 300, 100  # of a chord symbol's letters, in the units of verovio's drawings
_DRAWN_SPACER = re.compile(
    rf'<g id="\w+" class="dir">\s*<text[^>]*>(?:\s*<tspan[^>]*>)+{_SPACER}'
    r"(?:</tspan>\s*)+</text>\s*</g>"
)


def has_collision(pages: Sequence[str]) -> bool:
    """Return whether a chord symbol is drawn into a bracket, on pages as SVG texts."""
    return any(_collides(system) for page in pages for system in _SYSTEM.split(page)[1:])


def _collides(system: str) -> bool:
    symbols = [(int(x), int(y)) for x, y in _SYMBOL.findall(system)]
    return any(
        int(left) <= x <= int(right) and y + _DESCENT > int(top) and y - _ASCENT < int(bottom)
        for left, top, right, bottom in _BRACKET.findall(system)
        for x, y in symbols
    )


def insert_spacers(music: str, lines: int) -> str:
    """Insert spacers under the chord symbols of endings into a MusicXML text of ours.

    Args:
        music: the score.
        lines: number of spacers under each chord symbol.
    """
    measures = re.split(r"(?=<measure )", music)
    within = False
    for place, measure in enumerate(measures):
        within = within or 'type="start"' in "".join(re.findall("<ending[^>]*>", measure))
        if within:
            measures[place] = measure.replace("<harmony ", _DIRECTION * lines + "<harmony ")
        within = within and not re.search('<ending[^>]*type="(?:stop|discontinue)"', measure)
    return "".join(measures)


def remove_spacers(page: str) -> str:
    """Remove the spacers from an engraved page."""
    return _DRAWN_SPACER.sub("", page)
