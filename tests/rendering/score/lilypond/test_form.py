"""Repeats and voltas as sections that nest, or as signs."""

import pytest
from hypothesis import given
from strategies import annotations

from chorale.music import Annotations
from chorale.music.annotations import Ending, Repeat
from chorale.rendering.score.lilypond.form import (
    Section,
    SectionsError,
    arrange_sections,
    list_borders,
    write_counts,
    write_repeat_signs,
)

ENDINGS = (Ending(16, 32, (1, 2)), Ending(32, 48, (3,)))


def test_music_without_repeats_is_one_section() -> None:
    assert arrange_sections(Annotations(), 64) == [Section(0, 64)]


def test_repeats_divide_the_music() -> None:
    found = arrange_sections(Annotations(repeats=(Repeat(4, 20), Repeat(20, 36, 3))), 64)
    assert found == [Section(0, 4), Section(4, 20, 2), Section(20, 36, 3), Section(36, 64)]
    assert list_borders(found) == {0, 4, 20, 36, 64}


@pytest.mark.parametrize("end", [32, 48])
def test_endings_belong_to_the_repeat_whose_sign_is_at_one_of_them(end: int) -> None:
    given = Annotations(repeats=(Repeat(0, end),), endings=ENDINGS)
    [section, after] = arrange_sections(given, 64)
    assert section == Section(0, 48, 3, ENDINGS)
    assert section.body_end_step == 16
    assert after == Section(48, 64)
    assert not section.turns_back


def test_an_ending_of_early_passes_alone_turns_back() -> None:
    endings = (Ending(16, 32, (1,)),)
    [section] = arrange_sections(Annotations(repeats=(Repeat(0, 32),), endings=endings), 32)
    assert section.turns_back
    assert Section(0, 8, 2).turns_back
    assert not Section(0, 8).turns_back


@pytest.mark.parametrize(
    "given",
    [
        Annotations(repeats=(Repeat(0, 20), Repeat(16, 32))),  # overlapping
        Annotations(repeats=(Repeat(0, 80),)),  # past the end
        Annotations(endings=ENDINGS),  # without a repeat
        Annotations(repeats=(Repeat(0, 24),), endings=ENDINGS),  # a sign within an ending
        Annotations(repeats=(Repeat(0, 32),), endings=(Ending(16, 32, ()),)),
        Annotations(
            repeats=(Repeat(0, 32),), endings=(Ending(16, 32, (1,)), Ending(32, 48, (1, 2)))
        ),
    ],
)
def test_what_does_not_nest_is_refused(given: Annotations) -> None:
    with pytest.raises(SectionsError):
        arrange_sections(given, 64)


def test_signs_of_one_step_stand_together() -> None:
    signs = write_repeat_signs(Annotations(repeats=(Repeat(0, 32),), endings=ENDINGS), 40)
    assert signs == {
        0: r"\set Score.repeatCommands = #'(start-repeat)",
        16: r"""\set Score.repeatCommands = #'((volta "1.2."))""",
        32: r"""\set Score.repeatCommands = #'((volta #f) end-repeat (volta "3."))""",
        40: r"\set Score.repeatCommands = #'((volta #f))",
    }


@given(annotations())
def test_sections_have_no_gaps(given: Annotations) -> None:
    try:
        found = arrange_sections(given, 64)
    except SectionsError:
        return
    borders = [found[0].start_step, *[section.end_step for section in found]]
    assert [section.start_step for section in found] == borders[:-1]
    assert (borders[0], borders[-1]) == (0, 64)


def test_music_that_sounds_more_than_twice_has_its_count_at_its_end() -> None:
    given = Annotations(repeats=(Repeat(0, 8), Repeat(8, 16, 3)))
    assert write_counts(given) == {16: '\\textEndMark "3\u00d7"'}
