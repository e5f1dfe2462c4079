"""Repeated sections and voltas."""

import pytest

from chorale.music.annotations import Ending, Repeat
from chorale.reading.repeats import find_repeats, parse_passes


@pytest.mark.parametrize(
    ("number", "passes"),
    [
        ("1", (1,)),
        ("1, 2", (1, 2)),
        ("2.", (2,)),
        ("1,2,3", (1, 2, 3)),
        ("1-3", (1, 2, 3)),
        ("1.\u20133.", (1, 2, 3)),
        ("3, 1", (1, 3)),
        ("", ()),
        ("0", ()),
        ("1-999", tuple(range(1, 101))),
    ],
)
def test_the_passes_of_an_ending_are_those_in_its_number(
    number: str, passes: tuple[int, ...]
) -> None:
    assert parse_passes(number) == passes


@pytest.mark.parametrize(
    ("starts", "ends", "endings", "repeats"),
    [
        ([], {16: 2}, [], [Repeat(0, 16)]),
        ([4], {16: 2}, [], [Repeat(4, 16)]),
        ([], {16: 2, 32: 2}, [], [Repeat(0, 16), Repeat(16, 32)]),
        ([16], {16: 2, 32: 3}, [], [Repeat(0, 16), Repeat(16, 32, 3)]),
        ([32], {16: 2}, [], [Repeat(0, 16)]),
        ([8], {}, [], []),
        ([], {}, [Ending(16, 32, (1,))], []),
        ([4], {36: 2}, [Ending(20, 36, (1,)), Ending(36, 52, (2,))], [Repeat(4, 36)]),
        ([4], {36: 2}, [Ending(20, 36, (1, 2)), Ending(36, 52, (3,))], [Repeat(4, 36, 3)]),
        (
            [],
            {32: 2, 48: 2},
            [Ending(16, 32, (1,)), Ending(32, 48, (2,)), Ending(48, 64, (3,))],
            [Repeat(0, 48, 3)],
        ),
        ([], {32: 2, 48: 2}, [Ending(16, 32, (1,)), Ending(32, 48, (2,))], [Repeat(0, 48)]),
        (
            [],
            {32: 2, 96: 2},
            [
                *(Ending(16, 32, (1,)), Ending(32, 48, (2,))),
                *(Ending(80, 96, (1,)), Ending(96, 112, (2,))),
            ],
            [Repeat(0, 32), Repeat(48, 96)],
        ),
        ([], {32: 2, 64: 2}, [Ending(16, 32, (1,)), Ending(32, 48, (2,))], [
            Repeat(0, 32), Repeat(48, 64),
        ]),
    ],
    ids=[
        *("from the beginning", "from a sign", "one after another", "three times"),
        *("a sign too late", "without an end", "an ending without a sign", "two endings"),
        *("two passes in one ending", "three endings", "a sign after the last ending"),
        *("two sections with endings", "a section after endings"),
    ],
)  # fmt: skip
def test_a_section_begins_at_its_sign_and_ends_at_its_last(
    starts: list[int], ends: dict[int, int], endings: list[Ending], repeats: list[Repeat]
) -> None:
    assert list(find_repeats(starts, ends, endings)) == repeats
