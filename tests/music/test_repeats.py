"""The order of play: repeats, voltas, Da Capo, Dal Segno, Fine and Coda."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import annotations

from chorale.errors import OptionError
from chorale.music import NO_ANNOTATIONS, Annotations
from chorale.music.annotations import Ending, Mark, MarkKind, Repeat
from chorale.music.repeats import find_order_of_play, has_form

STEPS = 64
FIRST, SECOND = Ending(24, 32, (1,)), Ending(32, 40, (2,))


def played(one: Annotations, length: int = STEPS) -> list[tuple[int, int]]:
    """Spans of the order of play, joined where nothing is skipped."""
    spans: list[tuple[int, int]] = []
    for stretch in find_order_of_play(one, length):
        if spans and spans[-1][1] == stretch.start:
            spans[-1] = spans[-1][0], stretch.end
        else:
            spans.append((stretch.start, stretch.end))
    return spans


def marks(*places: tuple[MarkKind, int]) -> tuple[Mark, ...]:
    return tuple(Mark(kind, step) for kind, step in places)


def test_music_without_repeats_is_played_once() -> None:
    assert played(NO_ANNOTATIONS) == [(0, STEPS)]
    assert not has_form(NO_ANNOTATIONS)


@given(st.integers(1, 20))
def test_a_section_is_played_as_often_as_its_repeat_has_it(times: int) -> None:
    one = Annotations(repeats=(Repeat(16, 32, times),))
    order = find_order_of_play(one, STEPS)
    assert has_form(one)
    assert sum(each.end - each.start for each in order) == STEPS + (times - 1) * 16
    inside = [each for each in order if each.start == 16]
    assert [each.passing for each in inside] == list(range(1, times + 1))


@given(annotations(STEPS))
def test_every_stretch_lies_within_the_music_and_all_music_is_played(one: Annotations) -> None:
    order = find_order_of_play(one, STEPS)
    assert all(0 <= each.start < each.end <= STEPS for each in order)
    steps = {step for each in order for step in range(each.start, each.end)}
    assert steps == set(range(STEPS))


@given(
    st.lists(st.tuples(st.integers(-4, 70), st.integers(-4, 70), st.integers(0, 4)), max_size=4),
    st.lists(
        st.tuples(st.integers(0, STEPS), st.integers(0, STEPS), st.integers(1, 4)), max_size=4
    ),
    st.lists(
        st.tuples(
            st.sampled_from(["da capo", "dal segno", "segno", "coda", "fine", "to coda"]),
            st.integers(-4, 70),
        ),
        max_size=6,
    ),
)
def test_signs_in_any_order_end(
    repeats: list[tuple[int, int, int]],
    endings: list[tuple[int, int, int]],
    signs: list[tuple[MarkKind, int]],
) -> None:
    one = Annotations(
        repeats=tuple(Repeat(*each) for each in repeats),
        endings=tuple(
            Ending(start, end, (passing,)) for start, end, passing in endings if start < end
        ),
        marks=marks(*signs),
    )
    order = find_order_of_play(one, STEPS)
    assert all(0 <= each.start < each.end <= STEPS for each in order)
    assert all(each.passing >= 1 for each in order)


def test_each_pass_has_its_volta() -> None:
    one = Annotations(repeats=(Repeat(8, 32),), endings=(FIRST, SECOND))
    assert played(one) == [(0, 32), (8, 24), (32, STEPS)]


def test_three_voltas_make_three_passes_however_their_repeats_are_written() -> None:
    voltas = (FIRST, SECOND, Ending(40, 48, (3,)))
    expected = [(0, 32), (8, 24), (32, 40), (8, 24), (40, STEPS)]
    assert played(Annotations(repeats=(Repeat(8, 40),), endings=voltas)) == expected
    assert played(Annotations(repeats=(Repeat(8, 32), Repeat(32, 40)), endings=voltas)) == expected


def test_a_volta_of_several_passes_is_played_in_all_of_them() -> None:
    voltas = (Ending(24, 32, (1, 2)), Ending(32, 40, (3,)))
    one = Annotations(repeats=(Repeat(8, 32),), endings=voltas)
    assert played(one) == [(0, 32), (8, 32), (8, 24), (32, STEPS)]


def test_a_first_volta_alone_is_skipped_in_the_second_pass() -> None:
    one = Annotations(repeats=(Repeat(8, 32),), endings=(FIRST,))
    assert played(one) == [(0, 32), (8, 24), (32, STEPS)]


def test_da_capo_goes_to_the_beginning_and_ends_at_fine_without_repeats() -> None:
    one = Annotations(
        repeats=(Repeat(0, 16), Repeat(32, 48)), marks=marks(("fine", 32), ("da capo", STEPS))
    )
    assert played(one) == [(0, 16), (0, 48), (32, STEPS), (0, 32)]
    assert [each.passing for each in find_order_of_play(one, STEPS) if each.start == 0] == [1, 2, 3]


def test_da_capo_without_fine_plays_to_the_end() -> None:
    assert played(Annotations(marks=marks(("da capo", 32)))) == [(0, 32), (0, STEPS)]


def test_after_a_jump_a_section_is_played_with_its_last_volta() -> None:
    one = Annotations(
        repeats=(Repeat(8, 32),),
        endings=(FIRST, SECOND),
        marks=marks(("fine", 40), ("da capo", STEPS)),
    )
    assert played(one) == [(0, 32), (8, 24), (32, STEPS), (0, 24), (32, 40)]


def test_dal_segno_leads_to_the_last_segno_before_it_and_to_coda_to_the_coda() -> None:
    one = Annotations(
        marks=marks(("segno", 4), ("segno", 16), ("to coda", 32), ("dal segno", 48), ("coda", 48))
    )
    assert played(one) == [(0, 48), (16, 32), (48, STEPS)]
    assert has_form(one)


def test_the_first_of_two_codas_is_the_to_coda() -> None:
    one = Annotations(marks=marks(("coda", 32), ("da capo", 48), ("coda", 48)))
    assert played(one) == [(0, 48), (0, 32), (48, STEPS)]


def test_dal_segno_without_a_segno_is_passed_over() -> None:
    assert played(Annotations(marks=marks(("dal segno", 32), ("fine", 16)))) == [(0, STEPS)]


def test_a_jump_at_the_end_of_a_repeat_comes_after_its_last_pass() -> None:
    one = Annotations(repeats=(Repeat(0, 32),), marks=marks(("da capo", 32), ("fine", 16)))
    assert played(one) == [(0, 32), (0, 32), (0, 16)]


def test_a_segno_in_a_volta_can_be_reached_in_another_pass() -> None:
    one = Annotations(
        repeats=(Repeat(8, 32),), endings=(FIRST, SECOND), marks=marks(("segno", 24), ("fine", 32))
    )
    jumping = Annotations(
        repeats=one.repeats, endings=one.endings, marks=(*one.marks, Mark("dal segno", STEPS))
    )
    assert played(one) == [(0, 32), (8, 24), (32, STEPS)]
    assert played(jumping) == [(0, 32), (8, 24), (32, STEPS), (24, 32)]


def test_countless_repeats_are_refused() -> None:
    one = Annotations(repeats=(Repeat(0, 1, 10**9),))
    with pytest.raises(OptionError, match="more than 20,000 sixteenths"):
        find_order_of_play(one, STEPS)


def test_the_sections_of_voltas_are_those_of_their_repeat() -> None:
    one = Annotations(repeats=(Repeat(8, 32),), endings=(FIRST, SECOND))
    order = find_order_of_play(one, STEPS)
    assert [(each.start, each.section, each.passing) for each in order] == [
        (0, 0, 1),
        (8, 1, 1),
        (24, 1, 1),
        (8, 1, 2),
        (32, 1, 2),
        (40, 2, 1),
    ]
    assert all(before.section <= after.section for before, after in pairwise(order))
