"""Systems and pages about equally full, and titles that stay on the page."""

import re
from itertools import pairwise

import numpy as np
import pytest
from annotated_hymns import annotated_hymn, with_words_in_all_voices
from made_up import made_up_chorale
from score_xml import four_voices

from chorale.music import REST, Annotations, Chorale
from chorale.music.annotations import Syllable
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import RenderOptions, Staves
from chorale.rendering.score.pages import MIN_TITLE_SIZE, TITLE_CELLS, engrave
from chorale.rendering.score.voice_part import extract_voice

NARROW_LETTER = 150  # width of a letter of words, in verovio's units; most are wider


def systems(page: str) -> list[int]:
    """How many measures each system of a page has."""
    parts = page.split('class="system"')[1:]
    return [part.count('class="measure"') for part in parts]


@pytest.mark.parametrize("bars", [5, 8, 9, 17, 33, 60])
def test_systems_and_pages_are_about_equally_full(bars: int) -> None:
    pages = [systems(page) for page in engrave(made_up_chorale(16 * bars, 1), Metadata(), TWO)]
    measures = [count for page in pages for count in page]
    assert sum(measures) == bars + 1  # a quarter of pickup, and a short last bar
    assert max(measures) - min(measures) <= 2
    lengths = [len(page) for page in pages]
    assert max(lengths) - lengths[-1] <= len(lengths) - 1  # filled evenly, the last takes the rest


TWO = RenderOptions()


def title_size(title: str) -> int:
    [page] = engrave(made_up_chorale(20, 1), Metadata(title), TWO)
    head = page[page.index('class="pgHead') :]
    return next(int(size) for size in re.findall(r'font-size="(\d+)px"', head) if int(size))


def test_a_long_title_is_set_in_smaller_letters() -> None:
    usual = title_size("A title")
    assert title_size("x" * TITLE_CELLS) == usual
    assert title_size("x" * 100) == round(usual * TITLE_CELLS / 100)
    assert title_size("\N{CJK UNIFIED IDEOGRAPH-97F3}" * 50) == round(usual * TITLE_CELLS / 100)


def test_a_very_long_title_is_cut() -> None:
    longest = round(TITLE_CELLS / MIN_TITLE_SIZE)
    [page] = engrave(made_up_chorale(20, 1), Metadata("x" * 400), TWO)
    assert "x" * longest + "\N{HORIZONTAL ELLIPSIS}" in page
    assert "x" * (longest + 1) not in page


def test_bars_with_more_notes_take_more_of_a_system() -> None:
    chorale = made_up_chorale(16 * 24, 2)
    onsets = chorale.onsets.copy()
    onsets[: 16 * 12] = True  # sixteenths in the first half
    busy = type(chorale)(chorale.pitches, onsets, chorale.plan)
    measures = [count for page in engrave(busy, Metadata(), TWO) for count in systems(page)]
    assert np.mean(measures[: len(measures) // 2]) < np.mean(measures[len(measures) // 2 :])
    assert all(after >= before - 1 for before, after in pairwise(measures))


def syllable_spans(page: str) -> list[list[tuple[float, float]]]:
    """Return start and end of the syllables of each line of words, in verovio's units."""
    lines: dict[int, list[tuple[float, float]]] = {}
    texts = re.findall(
        r'class="syl">\s*<text x="(\d+)" y="(\d+)".*?<tspan font-size="\d+px">([^<]*)</tspan>',
        page,
        re.DOTALL,
    )
    for start, height, text in texts:
        width = NARROW_LETTER * len(text)
        lines.setdefault(int(height), []).append((int(start), int(start) + width))
    return [sorted(line) for line in lines.values()]


@pytest.mark.parametrize("staves", [2, 4])
def test_words_do_not_collide(staves: Staves) -> None:
    hymn = with_words_in_all_voices(annotated_hymn())
    pages = engrave(hymn, Metadata(), RenderOptions(staves=staves))
    lines = [line for page in pages for line in syllable_spans(page)]
    assert len(lines) == (3 if staves == 2 else 12) * sum(map(len, map(systems, pages)))
    for line in lines:
        assert all(end < start for (_, end), (start, _) in pairwise(line))


def test_wide_words_take_more_of_a_system() -> None:
    words = tuple(Syllable(0, 4 * beat, 1, "strengths" if beat < 48 else "a") for beat in range(96))
    pages = engrave(four_voices(24, Annotations(words)), Metadata(), TWO)
    measures = [count for page in pages for count in systems(page)]
    assert sum(measures) == 24
    assert measures[0] < measures[-1]


def test_barlines_are_not_drawn_through_words_between_staves() -> None:
    def longest(annotations: Annotations) -> int:
        [page] = engrave(four_voices(2, annotations), Metadata(), TWO)
        bars = re.findall(r'class="barLine">(.*?)</g>', page, re.DOTALL)
        lines = [re.findall(r"M\d+ (\d+) L\d+ (\d+)", bar) for bar in bars]
        return max(int(end) - int(start) for bar in lines for start, end in bar)

    staff = longest(Annotations((Syllable(0, 0, 1, "la"),)))
    assert staff < longest(Annotations())


def test_a_score_with_annotations_is_the_same_each_time() -> None:
    hymn = annotated_hymn()
    assert engrave(hymn, Metadata(), TWO) == engrave(hymn, Metadata(), TWO)


def test_systems_are_equally_full_beside_a_rest_of_many_measures() -> None:
    chorale = made_up_chorale(16 * 60 + 4, 1)
    pitches, onsets = chorale.pitches.copy(), chorale.onsets.copy()
    pitches[132:612, 1], onsets[132:612, 1], onsets[612, 1] = REST, False, True
    part = extract_voice(Chorale(pitches, onsets, chorale.plan), 1)
    pages = engrave(part, Metadata(), RenderOptions(staves=4))
    found = [each for page in pages for each in page.split('class="system"')[1:]]
    full = [each.count('class="note"') for each in found if "multiRest" not in each]
    assert len(found) - len(full) == 1
    assert max(full) < 2 * min(full)
