"""Metres: lengths of measures, and names."""

import pytest

from chorale.music import Metre


@pytest.mark.parametrize(
    ("numerator", "denominator", "steps"),
    [(4, 4, 16), (3, 4, 12), (2, 2, 16), (3, 2, 24), (6, 8, 12), (5, 16, 5), (1, 1, 16)],
)
def test_a_bar_is_counted_in_sixteenths(numerator: int, denominator: int, steps: int) -> None:
    metre = Metre(numerator, denominator)
    assert metre.steps_per_bar == steps
    assert metre.name == f"{numerator}/{denominator}"


@pytest.mark.parametrize(
    ("numerator", "denominator"), [(0, 4), (-3, 4), (4, 3), (4, 32), (4, 0), (4, -4)]
)
def test_a_metre_off_the_grid_is_refused(numerator: int, denominator: int) -> None:
    with pytest.raises(ValueError, match=f"metre {numerator}/{denominator} does not fit the grid"):
        Metre(numerator, denominator)


@pytest.mark.parametrize("text", ["4/4", " 3 / 4", "6/8", "12/8"])
def test_a_metre_is_parsed_from_its_name(text: str) -> None:
    assert Metre.parse(text).name == text.replace(" ", "")


@pytest.mark.parametrize("text", ["", "4", "C", "4/3", "0/4", "-3/4", "4/4/4", "\u0663/4"])
def test_text_that_is_not_a_metre_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a metre|does not fit the grid"):
        Metre.parse(text)
