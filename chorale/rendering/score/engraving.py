"""Chorales as engraved scores: SVG, PNG and PDF.

verovio engraves the MusicXML of `chorale.rendering.score.musicxml`; typst turns its pages into PDF
or PNG. Neither needs any other program. An SVG or PNG file holds one page and is as high as its
music; a PDF file holds all pages, each an A4 page. Systems are about equally full, and so are
pages. The same chorale and options give the same bytes.

Fonts: PDF and PNG files have text in Libertinus Serif, which comes with typst; SVG files in STIX
General, which comes with matplotlib. SVG and PDF files embed the letters that they show. A title in
a script that these fonts lack uses a font of the system, or shows boxes.
"""

import io
import re
from base64 import b64encode
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, unescape

from chorale.errors import OutputError
from chorale.music import Chorale
from chorale.rendering.libraries import import_library
from chorale.rendering.metadata import SOFTWARE, Metadata, png_fields
from chorale.rendering.render_options import DEFAULT_RENDER_OPTIONS, RenderOptions
from chorale.rendering.score.pages import WIDE, PageShape, engrave

PIXELS_PER_INCH = 150  # 1,240 pixels on the width of A4
_VEROVIO_FAMILY = "Times, serif"  # as verovio writes it
_TYPST_FAMILY = "Libertinus Serif"
# Letters of the font: Latin, Greek, Cyrillic, Hebrew, punctuation, raised and lowered digits,
# currency signs, accidentals.
_COVERED = re.compile(
    "[\\x00-\u024f\u02b0-\u052f\u0590-\u05ff\u1e00-\u209f\u20a0-\u20cf\u2100-\u214f\u266d-\u266f]*"
)


def svg_pages(
    chorale: Chorale,
    metadata: Metadata,
    render_options: RenderOptions = DEFAULT_RENDER_OPTIONS,
    shape: PageShape = WIDE,
    prefix: str | None = None,
) -> list[bytes]:
    """Return the pages of a score as SVG files; see `engrave` for the arguments.

    Raises:
        OutputError: a library is not installed, or cannot read the score.
    """
    pages = engrave(chorale, metadata, render_options, shape, prefix)
    return [_add_description(_embed_font(page), metadata).encode() for page in pages]


def png_pages(
    chorale: Chorale, metadata: Metadata, render_options: RenderOptions = DEFAULT_RENDER_OPTIONS
) -> list[bytes]:
    """Return the pages of a score as PNG files, black on white except for coloured notes.

    Raises:
        OutputError: a library is not installed, or cannot read the score.
    """
    pages = engrave(chorale, metadata, render_options)
    source = "#set page(width: 210mm, height: auto, margin: 0mm, fill: white)\n"
    compiled = _compile(source + _place_images(pages), pages, format="png", ppi=PIXELS_PER_INCH)
    pictures = compiled if isinstance(compiled, list) else [compiled]
    mode = "RGB" if render_options.colours else "L"
    return [_add_png_fields(picture, metadata, mode) for picture in pictures]


def pdf_bytes(
    chorale: Chorale, metadata: Metadata, render_options: RenderOptions = DEFAULT_RENDER_OPTIONS
) -> bytes:
    """Return a score as one PDF file, on A4.

    Raises:
        OutputError: a library is not installed, or cannot read the score.
    """
    pages = engrave(chorale, metadata, render_options)
    author = _quote(metadata.composer) if metadata.composer else "()"
    source = (
        f"#set document(title: {_quote(metadata.title)}, author: {author}, "
        f"keywords: {_quote(SOFTWARE)}, "
        f"description: {_quote('; '.join(metadata.comments))}, date: none)\n"
        '#set page(paper: "a4", margin: 0mm)\n' + _place_images(pages)
    )
    content: bytes = _compile(source, pages, format="pdf")
    return content


def _embed_font(page: str) -> str:
    """Embed the letters that a page shows, if matplotlib's font is there."""
    font = _find_font()
    if font is None:
        return page
    letters = frozenset(unescape("".join(re.findall(r">([^<]*)</tspan>", page))))
    face = (
        f"@font-face {{ font-family: Score; src: url(data:font/woff;base64,"
        f"{b64encode(_subset_font(font, letters)).decode()}) format('woff'); }}"
    )
    page = page.replace(
        f'font-family="{_VEROVIO_FAMILY}"', f'font-family="Score, {_VEROVIO_FAMILY}"'
    )
    return page.replace("<defs>", f"<style>{face}</style>\n   <defs>", 1)


def _find_font() -> Path | None:
    """Find matplotlib's text font without importing matplotlib, which takes long."""
    found = find_spec("matplotlib")
    places = list(found.submodule_search_locations or []) if found else []
    fonts = [Path(place, "mpl-data", "fonts", "ttf", "STIXGeneral.ttf") for place in places]
    return next((font for font in fonts if font.is_file()), None)


@lru_cache(maxsize=32)
def _subset_font(font: Path, letters: frozenset[str]) -> bytes:
    """Return some letters of a font, as WOFF; those that pages ask for again are kept."""
    subset = import_library("fontTools.subset", "fonttools", "an SVG file")
    options = subset.Options(flavor="woff", notdef_outline=True)
    options.drop_tables = [*options.drop_tables, "FFTM"]  # a table for FontForge only
    with subset.load_font(str(font), options) as loaded:
        subsetter = subset.Subsetter(options)
        subsetter.populate(text="".join(sorted(letters)))
        subsetter.subset(loaded)
        content = io.BytesIO()
        loaded.flavor = "woff"
        loaded.save(content)
    return content.getvalue()


def _add_description(page: str, metadata: Metadata) -> str:
    """Add title, program and comments to a page, in SVG's own elements."""
    origin = "; ".join([SOFTWARE, *metadata.comments])
    page = page.replace("<desc>", f"<title>{escape(metadata.title)}</title>\n   <desc>", 1)
    return page.replace("</desc>", f"; composed by {escape(origin)}</desc>", 1)


def _add_png_fields(picture: bytes, metadata: Metadata, mode: str) -> bytes:
    """Convert a picture to a mode, "RGB" or "L" (grey), and add the text fields of PNG."""
    image = import_library("PIL.Image", "pillow", "a PNG file")
    fields = import_library("PIL.PngImagePlugin", "pillow", "a PNG file").PngInfo()
    for field, text in png_fields(metadata).items():
        fields.add_itxt(field, text)
    content = io.BytesIO()
    image.open(io.BytesIO(picture)).convert(mode).save(content, "png", pnginfo=fields)
    return content.getvalue()


def _compile(source: str, pages: Sequence[str], **options: Any) -> Any:
    """Compile a typst source whose images are the pages; `options` are typst's."""
    typst = import_library("typst", "typst", "a PDF or PNG file")
    files = {"main.typ": source.encode()}
    images = [page.replace(f'"{_VEROVIO_FAMILY}"', f'"{_TYPST_FAMILY}"') for page in pages]
    files |= {f"{number}.svg": image.encode() for number, image in enumerate(images)}
    covered = all(_COVERED.fullmatch(page) for page in pages)
    try:
        return typst.compile(files, ignore_system_fonts=covered, **options)
    except (TypeError, RuntimeError) as error:  # an older typst, or an error in typst
        raise OutputError(
            f"typst cannot set the score ({error}); try `pip install --upgrade typst`, "
            "or choose --format svg"
        ) from error


def _place_images(pages: Sequence[str]) -> str:
    """Return the typst source that shows each page's image on a page of its own."""
    images = [f'#image("{number}.svg", width: 100%)' for number in range(len(pages))]
    return "\n#pagebreak()\n".join(images)


def _quote(text: str) -> str:
    """Return a text as a typst string, on one line."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + " ".join(escaped.split()) + '"'
