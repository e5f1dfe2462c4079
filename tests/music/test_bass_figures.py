"""Figures under a bass: the chords they require."""

import pytest

from chorale.music import Key
from chorale.music.annotations import BassFigure
from chorale.music.bass_figures import complete_figures, find_accidental, require_figures
from chorale.music.spelling import spell

C, D, E, F, G, A, B = 0, 2, 4, 5, 7, 9, 11
HOME = Key.parse("C")


def figures(*numbers: int) -> list[BassFigure]:
    return [BassFigure(number) for number in numbers]


@pytest.mark.parametrize(
    ("written", "understood"),
    [
        ((), {3, 5}),
        ((5,), {3, 5}),
        ((6,), {3, 6}),
        ((6, 4), {4, 6}),
        ((7,), {3, 5, 7}),
        ((6, 5), {3, 5, 6}),
        ((4, 3), {3, 4, 6}),
        ((2,), {2, 4, 6}),
        ((4, 2), {2, 4, 6}),
        ((4,), {4, 5}),
        ((9,), {3, 5, 9}),
        ((7, 4), {4, 5, 7}),
        ((8, 6), {3, 6}),
    ],
)
def test_figures_that_are_not_written_are_understood(
    written: tuple[int, ...], understood: set[int]
) -> None:
    assert set(complete_figures(figures(*written))) == understood


@pytest.mark.parametrize(
    ("bass", "written", "key", "tones"),
    [
        (48, (), "C", {C, E, G}),
        (52, (6,), "C", {E, G, C}),
        (47, (6, 5), "C", {B, D, F, G}),
        (50, (4, 3), "C", {D, F, G, B}),
        (53, (4, 2), "C", {F, G, B, D}),
        (55, (6, 4), "C", {G, C, E}),
        (55, (4,), "C", {G, C, D}),
        (54, (6,), "G", {6, A, D}),
        (51, (6,), "c", {3, G, C}),
    ],
)
def test_figures_are_intervals_in_the_scale_of_the_signature(
    bass: int, written: tuple[int, ...], key: str, tones: set[int]
) -> None:
    home = Key.parse(key)
    chord = require_figures(figures(*written), spell(bass, home), home)
    assert (set(chord.tones), chord.bass) == (tones, bass % 12)
    assert set(chord.needed) <= tones


def test_an_altered_third_is_needed_and_belongs_to_the_chord() -> None:
    minor = Key.parse("d")
    chord = require_figures([BassFigure(3, 1)], spell(45, minor), minor)
    assert chord.tones == {A, 1, E}
    assert chord.needed[0] == 1
    assert chord.name == "# over A"


def test_sevenths_and_suspensions_fall_and_a_six_four_does_not() -> None:
    def falling(bass: int, *written: int) -> set[int]:
        return set(require_figures(figures(*written), spell(bass, HOME), HOME).falling)

    assert falling(55, 7) == {F}
    assert falling(47, 6, 5) == {F}
    assert falling(50, 4, 3) == {F}
    assert falling(53, 2) == {F}
    assert falling(55, 4) == {C}
    assert falling(48, 9) == {D}
    assert falling(55, 6, 4) == set()


@pytest.mark.parametrize(
    ("key", "bass", "figure", "alteration"),
    [
        ("d", 45, BassFigure(3, 1), 1),  # C sharp over A
        ("c", 43, BassFigure(3, 1), 0),  # B natural over G
        ("G", 50, BassFigure(3, -1), 0),  # F natural over D
        ("C", 48, BassFigure(7, -1), -1),  # B flat over C
        ("C", 48, BassFigure(6), None),
    ],
)
def test_the_accidental_of_a_figure_is_that_of_the_note(
    key: str, bass: int, figure: BassFigure, alteration: int | None
) -> None:
    home = Key.parse(key)
    assert find_accidental(figure, spell(bass, home), home) == alteration
