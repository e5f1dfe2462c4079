"""Chorales as engraved scores: SVG, PNG and PDF, a page each or several.

verovio engraves the MusicXML that `chorale.rendering.musicxml` writes; typst sets its pages as PDF
or PNG. Neither needs anything of the system, but for a title in other letters than Latin ones,
whose font is looked for there. Letters are set in Libertinus Serif, which typst has, in an SVG file
in STIX General, which comes with matplotlib: the file carries what it shows of it, as a PDF does of
its fonts. A picture is as high as its music, a PDF's page is A4. The same chorale and options give
the same bytes.
"""

import io
import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, unescape

from chorale.errors import OutputError
from chorale.music import Chorale
from chorale.rendering.about import SOFTWARE, About, png_fields
from chorale.rendering.libraries import library
from chorale.rendering.musicxml import musicxml_bytes
from chorale.rendering.notation import Staves

PIXELS_PER_INCH = 150  # 1,240 pixels on the width of A4
_FAMILY = "Times, serif"  # as verovio calls it
_LATIN = "\u024f"  # the last letter for which no font is looked for
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
    "spacingStaff": 14,
    "svgViewBox": True,
    "xmlIdSeed": 1,  # the same names in every run
}


def svg_pages(chorale: Chorale, about: About, staves: Staves = 2) -> list[bytes]:
    """The pages of a score as SVG files.

    Raises:
        OutputError: a library is not installed, or cannot read the score.
    """
    return [_described(_with_font(page), about).encode() for page in _pages(chorale, about, staves)]


def png_pages(chorale: Chorale, about: About, staves: Staves = 2) -> list[bytes]:
    """The pages of a score as PNG files, black on white.

    Raises:
        OutputError: as `svg_pages`.
    """
    pages = _pages(chorale, about, staves)
    source = "#set page(width: 210mm, height: auto, margin: 0mm, fill: white)\n" + _images(pages)
    set_pages = _compiled(source, pages, format="png", ppi=PIXELS_PER_INCH)
    pictures = set_pages if isinstance(set_pages, list) else [set_pages]
    return [_with_text(picture, about) for picture in pictures]


def pdf_bytes(chorale: Chorale, about: About, staves: Staves = 2) -> bytes:
    """A score as one PDF file, on A4.

    Raises:
        OutputError: as `svg_pages`.
    """
    pages = _pages(chorale, about, staves)
    source = (
        f"#set document(title: {_quoted(about.title)}, author: {_quoted(SOFTWARE)}, "
        f"description: {_quoted('; '.join(about.comments))}, date: none)\n"
        '#set page(paper: "a4", margin: 0mm)\n' + _images(pages)
    )
    content: bytes = _compiled(source, pages, format="pdf")
    return content


def _pages(chorale: Chorale, about: About, staves: Staves) -> list[str]:
    """The pages as verovio draws them."""
    verovio = library("verovio", "verovio", "an engraved score")
    toolkit = verovio.toolkit()
    toolkit.setOptions(_PAGE)
    if not toolkit.loadData(musicxml_bytes(chorale, about, staves).decode()):
        raise OutputError(
            "verovio cannot read the score, which is a fault of chorale; "
            "choose --format musicxml and a notation program"
        )
    pages = [toolkit.renderToSVG(page) for page in range(1, toolkit.getPageCount() + 1)]
    # A label that browsers show when the mouse is over the title, and that typst takes for text.
    return [re.sub(r'<title class="labelAttr">.*?</title>', "", page) for page in pages]


def _with_font(page: str) -> str:
    """The page with the letters that it shows, where matplotlib is there to give them."""
    font = _font()
    if font is None:
        return page
    letters = set(unescape("".join(re.findall(r">([^<]*)</tspan>", page))))
    face = (
        f"@font-face {{ font-family: Score; src: url(data:font/woff;base64,"
        f"{b64encode(_subset(font, letters)).decode()}) format('woff'); }}"
    )
    page = page.replace(f'font-family="{_FAMILY}"', f'font-family="Score, {_FAMILY}"')
    return page.replace("<defs>", f"<style>{face}</style>\n   <defs>", 1)


def _font() -> Path | None:
    """The font of letters, which is found without the import of matplotlib."""
    found = find_spec("matplotlib")
    places = list(found.submodule_search_locations or []) if found else []
    fonts = [Path(place, "mpl-data", "fonts", "ttf", "STIXGeneral.ttf") for place in places]
    return next((font for font in fonts if font.is_file()), None)


def _subset(font: Path, letters: Iterable[str]) -> bytes:
    """Some letters of a font, as WOFF."""
    subset = library("fontTools.subset", "fonttools", "an SVG file")
    options = subset.Options(flavor="woff", notdef_outline=True)
    options.drop_tables = [*options.drop_tables, "FFTM"]  # FontForge's own, of no use
    with subset.load_font(str(font), options) as loaded:
        subsetter = subset.Subsetter(options)
        subsetter.populate(text="".join(letters))
        subsetter.subset(loaded)
        content = io.BytesIO()
        loaded.flavor = "woff"
        loaded.save(content)
    return content.getvalue()


def _described(page: str, about: About) -> str:
    """The page with its title, its origin and its engraver in SVG's own elements."""
    told = "; ".join([SOFTWARE, *about.comments])
    page = page.replace("<desc>", f"<title>{escape(about.title)}</title>\n   <desc>", 1)
    return page.replace("</desc>", f"; composed by {escape(told)}</desc>", 1)


def _with_text(picture: bytes, about: About) -> bytes:
    """The picture with PNG's fields of text."""
    image = library("PIL.Image", "pillow", "a PNG file")
    fields = library("PIL.PngImagePlugin", "pillow", "a PNG file").PngInfo()
    for field, text in png_fields(about).items():
        fields.add_itxt(field, text)
    content = io.BytesIO()
    image.open(io.BytesIO(picture)).convert("L").save(content, "png", pnginfo=fields)
    return content.getvalue()


def _compiled(source: str, pages: Sequence[str], **how: Any) -> Any:
    """What typst makes of a text with the pages as its images."""
    typst = library("typst", "typst", "a PDF or PNG file")
    files = {"main.typ": source.encode()}
    files |= {f"{number}.svg": page.encode() for number, page in enumerate(pages)}
    latin = max("".join(pages)) <= _LATIN
    return typst.compile(files, ignore_system_fonts=latin, **how)


def _images(pages: Sequence[str]) -> str:
    images = [f'#image("{number}.svg", width: 100%)' for number in range(len(pages))]
    return "\n#pagebreak()\n".join(images)


def _quoted(text: str) -> str:
    """A string of typst's."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + " ".join(escaped.split()) + '"'
