"""Annotations: shifts, excerpts, transpositions, voices, and their description."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import annotations, keys

from chorale.music import Annotations, Key, Plan, excerpt, from_pitches
from chorale.music.annotations import (
    ChordSymbol,
    Ending,
    Mark,
    Repeat,
    SpelledNote,
    Syllable,
)
from chorale.music.spelling import Spelling, spell

STEPS = 64


@given(annotations(), st.integers(0, 100))
def test_a_shift_back_undoes_a_shift(one: Annotations, steps: int) -> None:
    assert one.shifted(steps).shifted(-steps) == one


@given(annotations(STEPS))
def test_an_excerpt_of_all_steps_has_all_annotations_but_those_that_end_before_it(
    one: Annotations,
) -> None:
    kept = tuple(mark for mark in one.marks if mark.kind not in ("breath", "fine") or mark.step > 0)
    assert one.excerpt(0, STEPS) == replace(one, marks=kept)


@given(annotations(), st.integers(-6, 6), st.integers(-4, 4))
def test_transposing_back_restores_names_and_spellings(
    one: Annotations, fifths: int, octaves: int
) -> None:
    semitones = 7 * fifths + 12 * octaves
    assert one.transposed(semitones, fifths).transposed(-semitones, -fifths) == one


@given(keys(), st.integers(-6, 6), st.integers(40, 80))
def test_a_spelling_is_transposed_to_its_pitch(key: Key, semitones: int, pitch: int) -> None:
    plan = Plan(4, key=key)
    note = SpelledNote(0, 0, spell(pitch, key))
    chorale = replace(
        from_pitches(np.full((4, 4), pitch, np.int16), plan),
        annotations=Annotations(spellings=(note,)),
    )
    [moved] = chorale.transposed(semitones).annotations.spellings
    assert moved.spelling.pitch == pitch + semitones
    assert moved.spelling == spell(pitch + semitones, key.transposed(semitones))


@pytest.mark.parametrize(
    ("semitones", "root"), [(2, ("A", 0)), (1, ("A", -1)), (-1, ("F", 1)), (6, ("C", 1))]
)
def test_chord_symbols_are_transposed_without_a_key(semitones: int, root: tuple[str, int]) -> None:
    chorale = replace(
        from_pitches(np.full((4, 4), 60, np.int16), Plan(4)),
        annotations=Annotations(chord_symbols=(ChordSymbol(0, ("G", 0)),)),
    )
    [symbol] = chorale.transposed(semitones).annotations.chord_symbols
    assert symbol.root == root


@given(annotations(), st.permutations(range(4)))
def test_the_inverse_order_of_voices_restores_the_annotations(
    one: Annotations, order: list[int]
) -> None:
    inverse = [order.index(voice) for voice in range(4)]
    assert one.reordered(order).reordered(inverse) == one


def test_an_excerpt_counts_from_its_start_and_keeps_whole_repeats_and_hairpins_only() -> None:
    one = Annotations(
        syllables=(Syllable(0, 0, 1, "Nun", hyphen=True), Syllable(0, 16, 1, "dan")),
        repeats=(Repeat(0, 16), Repeat(16, 32)),
        endings=(Ending(24, 32, (1,)), Ending(32, 40, (2,))),
        marks=(
            Mark("breath", 16, voice=0),
            Mark("dynamic", 16, "p"),
            Mark("crescendo", 20, end_step=40),
            Mark("fine", 32, "Fine"),
        ),
    )
    part = one.excerpt(16, 32)
    assert part.syllables == (Syllable(0, 0, 1, "dan"),)
    assert part.repeats == (Repeat(0, 16),)
    assert part.endings == (Ending(8, 16, (1,)),)
    assert part.marks == (Mark("dynamic", 0, "p"), Mark("fine", 16, "Fine"))


def test_annotations_follow_an_excerpt_of_a_chorale_and_do_not_count_in_equality() -> None:
    plain = from_pitches(np.full((8, 4), 60, np.int16), Plan(8))
    named = replace(plain, annotations=Annotations(syllables=(Syllable(0, 4, 1, "Amen"),)))
    assert plain == named
    assert excerpt(named, 4, 8).annotations.syllables == (Syllable(0, 0, 1, "Amen"),)


def test_the_annotations_of_some_voices_have_those_of_the_whole_score() -> None:
    note = SpelledNote(1, 0, Spelling("C", 0, 4))
    one = Annotations(
        syllables=(Syllable(0, 0, 1, "a"), Syllable(3, 0, 1, "b")),
        marks=(Mark("tempo", 0, "Lento"), Mark("breath", 4, voice=1)),
        spellings=(note,),
        names=("Sopran", "Alt", "", "Bass"),
    )
    part = one.of_voices([3])
    assert part.syllables == (Syllable(3, 0, 1, "b"),)
    assert part.marks == (Mark("tempo", 0, "Lento"),)
    assert part.spellings == ()
    assert part.names == ("", "", "", "Bass")
