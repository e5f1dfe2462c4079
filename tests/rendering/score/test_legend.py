"""The legend of the labels: on engraved pages, and as credits that other programs read."""

import re

import pytest
from music21 import converter
from score_xml import four_voices

from chorale.music import Annotations
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import Remark, RenderOptions
from chorale.rendering.score.engraving import png_pages, svg_pages
from chorale.rendering.score.legend import FONT_SIZE, LINE_HEIGHT, add_legend
from chorale.rendering.score.musicxml import musicxml_bytes

PAGE = (
    '<svg viewBox="0 0 2100 500" version="1.1"><desc></desc><defs></defs>'
    '<svg class="definition-scale" viewBox="0 0 21000 5000"></svg></svg>\n'
)
MUSIC = four_voices(2, Annotations())


def remarks(number: int, text: str = "parallel fifths") -> tuple[Remark, ...]:
    return tuple(
        Remark(0, 1, (0,), f"bar {place}", text, f"[{place}]") for place in range(1, number + 1)
    )


def heights(pages: list[str]) -> list[int]:
    return [int(re.findall(r'viewBox="0 0 2100 (\d+)"', page)[0]) for page in pages]


def test_every_remark_has_a_line_below_the_music() -> None:
    [page] = add_legend([PAGE], remarks(3), 2970, 150)
    lines = [float(y) for y in re.findall(r'<text x="150" y="(\d+)"', page)]
    assert lines == sorted(lines)
    assert lines[0] > 500
    assert heights([page])[0] > lines[-1] + FONT_SIZE
    assert [f"[{number}]" in page for number in (1, 2, 3)] == [True] * 3
    assert 'preserveAspectRatio="xMidYMin"' in page


def test_lines_that_do_not_fit_are_on_further_pages() -> None:
    pages = add_legend([PAGE, PAGE], remarks(150), 2970, 150)
    assert pages[0] == PAGE
    assert max(heights(pages)) <= 2970
    assert len(pages) == 4
    assert sum(page.count("parallel fifths") for page in pages) == 150


def test_a_full_page_stays_and_the_legend_begins_on_the_next() -> None:
    full = PAGE.replace("2100 500", "2100 2960")
    first, second = add_legend([full], remarks(1), 2970, 150)
    assert first == full
    assert "[1]" in second


def test_a_long_remark_goes_on_without_its_label_and_ends_before_the_margin() -> None:
    [page] = add_legend([PAGE], remarks(1, "very " * 60), 2970, 150)
    texts = re.findall(r'<text x="260" y="(\d+)".*?<tspan>([^<]*)', page)
    assert len(texts) > 2
    assert int(texts[1][0]) - int(texts[0][0]) == LINE_HEIGHT
    assert page.count("[1]") == 1
    assert max(len(text) for _, text in texts) * FONT_SIZE / 2 <= 2100 - 2 * 150 - 110


def test_letters_of_markup_are_escaped() -> None:
    [page] = add_legend([PAGE], remarks(1, "<b> & co"), 2970, 150)
    assert "&lt;b&gt; &amp; co" in page


def test_without_labels_pages_stay_as_they_are() -> None:
    plain = (Remark(0, 1, (0,), "bar 1", "text"),)
    assert add_legend([PAGE], plain, 2970, 150) == [PAGE]


def test_the_engraved_score_has_it_and_the_score_of_a_page_has_not() -> None:
    options = RenderOptions(remarks=remarks(2))
    [page] = svg_pages(MUSIC, Metadata("Title"), options)
    assert b"bar 2: parallel fifths" in page
    [inner] = svg_pages(MUSIC, Metadata("Title"), options, prefix="w-")
    assert b"parallel fifths" not in inner
    assert b"[2]" in inner
    [with_legend], [without] = (
        png_pages(MUSIC, Metadata("Title"), each) for each in (options, RenderOptions())
    )
    assert _height(with_legend) > _height(without)


def _height(png: bytes) -> int:
    return int.from_bytes(png[20:24])


@pytest.mark.filterwarnings("ignore")
def test_music21_reads_the_legend_and_the_title_as_texts_of_the_first_page() -> None:
    content = musicxml_bytes(MUSIC, Metadata("Title"), RenderOptions(remarks=remarks(2)))
    score = converter.parse(content.decode(), format="musicxml")
    texts = [box.content for box in score.getElementsByClass("TextBox")]
    assert texts == ["Title", "[1] bar 1: parallel fifths", "[2] bar 2: parallel fifths"]
    words = [each.content for each in score.recurse().getElementsByClass("TextExpression")]
    assert words == ["[1] [2]"]
