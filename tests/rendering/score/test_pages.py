"""Systems and pages about equally full, and titles that stay on the page."""

import re
from itertools import pairwise

import numpy as np
import pytest
from made_up import made_up_chorale

from chorale.music import REST, Chorale
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import RenderOptions
from chorale.rendering.score.pages import MIN_TITLE_SIZE, TITLE_CELLS, engrave
from chorale.rendering.score.voice_part import extract_voice


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
