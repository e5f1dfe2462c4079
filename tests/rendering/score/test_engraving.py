"""Engraved scores, opened by other programs."""

import io
import re
from base64 import b64decode
from typing import Any
from xml.etree import ElementTree

import numpy as np
import PIL.Image
import pytest
from fontTools.ttLib import TTFont
from made_up import made_up_chorale
from numpy.typing import NDArray

from chorale.errors import OutputError
from chorale.music import REST, Chorale, Plan, from_pitches
from chorale.rendering.metadata import SOFTWARE, Metadata
from chorale.rendering.render_options import RenderOptions
from chorale.rendering.score.engraving import pdf_bytes, png_pages, svg_pages

METADATA = Metadata('Größe <&> "x" \\ #', ("seed 7", "model bach"))
SHORT, LONG = made_up_chorale(64, 1), made_up_chorale(700, 1)
SVG = "{http://www.w3.org/2000/svg}"


def picture(content: bytes) -> PIL.Image.Image:
    return PIL.Image.open(io.BytesIO(content))


def pixels(content: bytes) -> NDArray[np.uint8]:
    return np.asarray(picture(content))


def test_an_svg_file_is_xml_with_title_program_and_comments() -> None:
    [page] = svg_pages(SHORT, METADATA)
    root = ElementTree.fromstring(page)  # noqa: S314  # our own
    assert root.findtext(f"{SVG}title") == METADATA.title
    description = root.findtext(f"{SVG}desc") or ""
    assert all(text in description for text in ("Verovio", SOFTWARE, *METADATA.comments))


def test_an_svg_file_embeds_the_letters_that_it_shows() -> None:
    [page] = svg_pages(SHORT, METADATA)
    [font] = re.findall(rb"url\(data:font/woff;base64,([^)]*)\)", page)
    letters = set(TTFont(io.BytesIO(b64decode(font))).getBestCmap())
    assert set(map(ord, "GrößeSopranAltTenorBs")) <= letters
    assert len(letters) < 100
    families = set(re.findall(rb'font-family="([^"]*)"', page))
    assert families == {b"Score, Times, serif"}


def test_without_the_font_no_letters_are_embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chorale.rendering.score.engraving.find_spec", lambda name: None)
    [page] = svg_pages(SHORT, METADATA)
    assert b"font/woff" not in page
    assert b'font-family="Times, serif"' in page


def test_a_png_file_has_black_notes_on_white_and_is_as_high_as_the_music() -> None:
    [low], [high] = png_pages(SHORT, METADATA), png_pages(made_up_chorale(256, 1), METADATA)
    width, height = picture(low).size
    assert width == picture(high).size[0] == 1240
    assert height < picture(high).size[1]
    ink = pixels(low) < 128
    assert 0.01 < ink.mean() < 0.3
    assert not ink[:, 0].any()
    assert not ink[0].any()
    assert not ink[-1].any()


def test_the_title_is_drawn() -> None:
    [with_title], [without] = png_pages(SHORT, METADATA), png_pages(SHORT, Metadata(""))
    top = np.s_[:85, 400:840]  # above the staves, in the middle
    assert (pixels(with_title)[top] < 128).sum() > 200
    assert not (pixels(without)[top] < 128).any()


def test_a_png_file_has_title_program_and_comments() -> None:
    text = picture(png_pages(SHORT, METADATA)[0]).info
    assert text["Title"] == METADATA.title
    assert text["Software"] == SOFTWARE
    assert text["Comment"] == "seed 7; model bach"


def test_a_long_chorale_has_several_pages_of_at_most_a4() -> None:
    pages = png_pages(LONG, METADATA)
    assert len(pages) == len(svg_pages(LONG, METADATA)) > 2
    assert all(picture(page).size[1] <= 1755 for page in pages)
    assert re.search(rb"/Type\s*/Pages\s*/Count %d" % len(pages), pdf_bytes(LONG, METADATA))


def test_a_pdf_file_embeds_its_fonts_and_has_program_and_comments() -> None:
    content = pdf_bytes(SHORT, METADATA)
    assert content.startswith(b"%PDF-1.")
    assert b"LibertinusSerif" in content
    assert b"/FontFile" in content
    assert b"seed 7; model bach" in content
    assert SOFTWARE.encode() in content


@pytest.mark.parametrize("title", ["音楽", "Ἀγάπη", "a" * 300, "", "*_#@$[", "%s\n"])
def test_any_title_can_be_set(title: str) -> None:
    metadata = Metadata(title)
    assert len(png_pages(SHORT, metadata)) == len(svg_pages(SHORT, metadata)) == 1
    assert pdf_bytes(SHORT, metadata)


def test_four_staves_are_higher_than_two() -> None:
    [two], [four] = png_pages(SHORT, METADATA), png_pages(SHORT, METADATA, RenderOptions(staves=4))
    assert picture(four).size[1] > 1.3 * picture(two).size[1]


@pytest.mark.parametrize("render", [svg_pages, png_pages])
def test_a_single_note_of_one_voice_can_be_drawn(render: object) -> None:
    pitches = np.full((1, 4), REST, np.int16)
    pitches[0, 2] = 60
    chorale: Chorale = from_pitches(pitches, Plan(1))
    assert callable(render)
    assert len(render(chorale, METADATA)) == 1


def test_the_same_chorale_gives_the_same_bytes() -> None:
    for render in (svg_pages, png_pages, pdf_bytes):
        assert render(SHORT, METADATA) == render(SHORT, METADATA)


def test_a_score_that_verovio_refuses_is_an_error_and_no_empty_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("chorale.rendering.score.pages.musicxml_bytes", lambda *_, **__: b"nothing")
    with pytest.raises(OutputError, match="verovio cannot read the score"):
        svg_pages(SHORT, METADATA)


@pytest.mark.parametrize("error", [TypeError("no such argument"), RuntimeError("no such font")])
def test_an_error_of_typst_is_reported_with_a_way_out(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr("typst.compile", refuse)
    message = rf"typst cannot set the score \({error}\); .* or choose --format svg"
    for render in (pdf_bytes, png_pages):
        with pytest.raises(OutputError, match=message):
            render(SHORT, METADATA)
