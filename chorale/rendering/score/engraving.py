"""Chorales as engraved scores: SVG, PNG and PDF, a page each or several.

verovio engraves the MusicXML that `chorale.rendering.score.musicxml` writes; typst sets its pages as PDF
or PNG. Neither needs anything of the system. Letters are set in Libertinus Serif, which typst has,
in an SVG file in STIX General, which comes with matplotlib: the file carries what it shows of it,
as a PDF does of its fonts. Titles in scripts that these fonts lack take a font of the system, or
show boxes where it has none. A picture is as high as its music, a PDF's page is A4. Systems are
about equally full, and so are pages. The same chorale and options give the same bytes.
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
from chorale.rendering.libraries import library
from chorale.rendering.metadata import SOFTWARE, Metadata, png_fields
from chorale.rendering.render_options import USUAL, RenderOptions
from chorale.rendering.score.pages import engraved_pages

PIXELS_PER_INCH = 150  # 1,240 pixels on the width of A4
_FAMILY = "Times, serif"  # as verovio calls it
_OF_TYPST = "Libertinus Serif"
# The letters that it has: Latin, Greek, Cyrillic, Hebrew, punctuation, signs of money and the like.
_COVERED = re.compile(
    "[\\x00-\u024f\u02b0-\u052f\u0590-\u05ff\u1e00-\u206f\u20a0-\u20cf\u2100-\u214f]*"
)


def svg_pages(
    chorale: Chorale, metadata: Metadata, render_options: RenderOptions = USUAL
) -> list[bytes]:
    """The pages of a score as SVG files.

    Raises:
        OutputError: a library is not installed, or cannot read the score.
    """
    pages = engraved_pages(chorale, metadata, render_options)
    return [_described(_with_font(page), metadata).encode() for page in pages]


def png_pages(
    chorale: Chorale, metadata: Metadata, render_options: RenderOptions = USUAL
) -> list[bytes]:
    """The pages of a score as PNG files, black on white but for notes that have colours.

    Raises:
        OutputError: as `svg_pages`.
    """
    pages = engraved_pages(chorale, metadata, render_options)
    source = "#set page(width: 210mm, height: auto, margin: 0mm, fill: white)\n" + _images(pages)
    set_pages = _compiled(source, pages, format="png", ppi=PIXELS_PER_INCH)
    pictures = set_pages if isinstance(set_pages, list) else [set_pages]
    mode = "RGB" if render_options.colours else "L"
    return [_with_text(picture, metadata, mode) for picture in pictures]


def pdf_bytes(chorale: Chorale, metadata: Metadata, render_options: RenderOptions = USUAL) -> bytes:
    """A score as one PDF file, on A4.

    Raises:
        OutputError: as `svg_pages`.
    """
    pages = engraved_pages(chorale, metadata, render_options)
    author = _quoted(metadata.composer) if metadata.composer else "()"
    source = (
        f"#set document(title: {_quoted(metadata.title)}, author: {author}, "
        f"keywords: {_quoted(SOFTWARE)}, "
        f"description: {_quoted('; '.join(metadata.comments))}, date: none)\n"
        '#set page(paper: "a4", margin: 0mm)\n' + _images(pages)
    )
    content: bytes = _compiled(source, pages, format="pdf")
    return content


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


def _described(page: str, metadata: Metadata) -> str:
    """The page with its title, its origin and its engraver in SVG's own elements."""
    told = "; ".join([SOFTWARE, *metadata.comments])
    page = page.replace("<desc>", f"<title>{escape(metadata.title)}</title>\n   <desc>", 1)
    return page.replace("</desc>", f"; composed by {escape(told)}</desc>", 1)


def _with_text(picture: bytes, metadata: Metadata, mode: str) -> bytes:
    """The picture, in colours or grey, with PNG's fields of text."""
    image = library("PIL.Image", "pillow", "a PNG file")
    fields = library("PIL.PngImagePlugin", "pillow", "a PNG file").PngInfo()
    for field, text in png_fields(metadata).items():
        fields.add_itxt(field, text)
    content = io.BytesIO()
    image.open(io.BytesIO(picture)).convert(mode).save(content, "png", pnginfo=fields)
    return content.getvalue()


def _compiled(source: str, pages: Sequence[str], **how: Any) -> Any:
    """What typst makes of a text with the pages as its images."""
    typst = library("typst", "typst", "a PDF or PNG file")
    files = {"main.typ": source.encode()}
    ours = [page.replace(f'"{_FAMILY}"', f'"{_OF_TYPST}"') for page in pages]
    files |= {f"{number}.svg": page.encode() for number, page in enumerate(ours)}
    covered = all(_COVERED.fullmatch(page) for page in pages)
    try:
        return typst.compile(files, ignore_system_fonts=covered, **how)
    except (TypeError, RuntimeError) as error:  # an older typst, or what it says itself
        raise OutputError(
            f"typst cannot set the score ({error}); `pip install --upgrade typst` brings one that "
            "can, or choose --format svg"
        ) from error


def _images(pages: Sequence[str]) -> str:
    images = [f'#image("{number}.svg", width: 100%)' for number in range(len(pages))]
    return "\n#pagebreak()\n".join(images)


def _quoted(text: str) -> str:
    """A string of typst's."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + " ".join(escaped.split()) + '"'
