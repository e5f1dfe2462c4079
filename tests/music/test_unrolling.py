"""Chorales with their repeats played out: notes, measures, fermatas and words."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import annotations, chorales

from chorale.music import REST, Annotations, Chorale, Metre, Plan, from_pitches, notes
from chorale.music.annotations import ChordSymbol, Ending, Mark, Repeat, Syllable
from chorale.music.repeats import find_order_of_play
from chorale.music.unrolling import unroll


def scale(length: int, plan: Plan | None = None) -> Chorale:
    """A note on every quarter, each a semitone higher, in all voices."""
    steps = np.arange(length) // 4
    pitches = np.repeat(40 + steps[:, None], 4, axis=1).astype(np.int16)
    return from_pitches(pitches, plan or Plan(length, Metre(4, 4)))


def line(voice: int, verse: int, words: str, start: int = 0) -> tuple[Syllable, ...]:
    """Words on quarters from a step on: "-" ends a syllable that is continued, "_" is none."""
    return tuple(
        Syllable(voice, start + 4 * place, verse, word.rstrip("-"), word.endswith("-"))
        for place, word in enumerate(words.split())
        if word != "_"
    )


def sung(chorale: Chorale, verse: int = 1, voice: int = 0) -> str:
    return " ".join(
        each.text
        for each in chorale.annotations.syllables
        if (each.verse, each.voice) == (verse, voice)
    )


@given(chorales())
def test_music_without_repeats_is_returned_itself(one: Chorale) -> None:
    assert unroll(one) is one


@given(chorales(), st.data())
def test_each_step_is_that_of_the_order_of_play(one: Chorale, data: st.DataObject) -> None:
    length = one.plan.length_steps
    start = data.draw(st.integers(0, length - 1))
    end, times = data.draw(st.integers(start + 1, length)), data.draw(st.integers(1, 4))
    words = replace(data.draw(annotations(max(4, length))), repeats=(), endings=(), marks=())
    one = replace(one, annotations=replace(words, repeats=(Repeat(start, end, times),)))
    out = unroll(one)
    order = find_order_of_play(one.annotations, length)
    assert out.plan.length_steps == length + (times - 1) * (end - start)
    steps = [step for each in order for step in range(each.start, each.end)]
    assert (out.pitches == one.pitches[steps]).all()
    struck = one.onsets[steps]
    assert (out.onsets[struck]).all()
    if one.plan.fermatas is not None:
        assert out.plan.fermatas is not None
        assert (out.plan.fermatas == one.plan.fermatas[steps]).all()
    if times > 1:
        assert out.annotations.repeats == ()
    assert all(0 <= each.step < len(steps) for each in out.annotations.syllables)


@given(chorales(), st.integers(1, 5))
def test_repeating_everything_n_times_is_n_times_the_length(one: Chorale, times: int) -> None:
    length = one.plan.length_steps
    out = unroll(replace(one, annotations=Annotations(repeats=(Repeat(0, length, times),))))
    assert out.plan.length_steps == times * length
    assert (out.pitches == np.tile(one.pitches, (times, 1))).all()


@given(chorales(), st.data())
def test_downbeats_stay_downbeats(one: Chorale, data: st.DataObject) -> None:
    length = one.plan.length_steps
    start = data.draw(st.integers(0, length - 1))
    end = data.draw(st.integers(start + 1, length))
    one = replace(one, annotations=Annotations(repeats=(Repeat(start, end),)))
    steps = [*range(end), *range(start, length)]
    plan = unroll(one).plan
    if one.plan.metre:
        for place, step in enumerate(steps):
            if one.plan.step_in_bar(step) == 0:
                assert plan.step_in_bar(place) == 0


def test_a_repeated_section_with_a_pickup_keeps_whole_measures() -> None:
    one = scale(64, Plan(64, Metre(4, 4), pickup_steps=4))
    out = unroll(replace(one, annotations=Annotations(repeats=(Repeat(0, 64),))))
    assert (out.plan.pickup_steps, out.plan.early_downbeats) == (4, ())
    assert out.plan.last_bar == 8


def test_a_section_that_leaves_a_measure_unfinished_gets_an_early_downbeat() -> None:
    one = replace(scale(44), annotations=Annotations(repeats=(Repeat(0, 24),)))
    assert unroll(one).plan.early_downbeats == (24,)


def test_a_note_held_over_a_jump_is_cut_and_starts_anew() -> None:
    pitches = np.full((16, 4), 60, np.int16)
    pitches[6:10] = 62  # held over the end of the repeat
    one = replace(from_pitches(pitches, Plan(16)), annotations=Annotations(repeats=(Repeat(2, 8),)))
    line = [(note.pitch, note.length_steps) for note in notes(unroll(one), 0)]
    assert line == [(60, 6), (62, 2), (60, 4), (62, 4), (60, 6)]


def test_a_note_tied_across_a_repeat_sign_is_held() -> None:
    pitches = np.full((12, 4), 60, np.int16)  # one note
    one = replace(from_pitches(pitches, Plan(12)), annotations=Annotations(repeats=(Repeat(4, 8),)))
    assert [note.length_steps for note in notes(unroll(one), 0)] == [16]


def test_rests_stay_rests_at_the_joints() -> None:
    one = from_pitches(np.full((8, 4), REST, np.int16), Plan(8))
    out = unroll(replace(one, annotations=Annotations(repeats=(Repeat(2, 6),))))
    assert not out.onsets.any()


def test_bar_form_takes_the_words_of_each_stollen_in_its_pass() -> None:
    words = (
        *line(0, 1, "Wa- chet auf"),
        *line(0, 2, "Mit- ter- nacht"),
        *line(0, 1, "wohl- auf", 12),
    )
    one = replace(scale(20), annotations=Annotations(words, repeats=(Repeat(0, 12),)))
    out = unroll(one)
    assert sung(out) == "Wa chet auf Mit ter nacht wohl auf"
    assert out.annotations.verses == [1]


def test_two_strophes_of_bar_form_have_four_lines() -> None:
    words = (
        *(syllable for verse in range(1, 5) for syllable in line(0, verse, f"a{verse} b{verse}")),
        *line(0, 1, "c1", 8),
        *line(0, 2, "c2", 8),
    )
    one = replace(scale(12), annotations=Annotations(words, repeats=(Repeat(0, 8),)))
    out = unroll(one)
    assert sung(out, 1) == "a1 b1 a2 b2 c1"
    assert sung(out, 2) == "a3 b3 a4 b4 c2"


def test_a_tune_repeated_for_its_verses_has_a_verse_a_pass() -> None:
    words = tuple(each for verse in (1, 2, 3) for each in line(0, verse, f"a{verse} b{verse}"))
    one = replace(scale(8), annotations=Annotations(words, repeats=(Repeat(0, 8, 3),)))
    assert sung(unroll(one)) == "a1 b1 a2 b2 a3 b3"


def test_a_refrain_sung_twice_has_its_verse_in_both_passes() -> None:
    words = tuple(
        each for verse in (1, 2, 3) for each in line(0, verse, f"a{verse} b{verse} c{verse}")
    )
    one = replace(scale(12), annotations=Annotations(words, repeats=(Repeat(4, 12),)))
    out = unroll(one)
    assert sung(out, 1) == "a1 b1 c1 b1 c1"
    assert sung(out, 3) == "a3 b3 c3 b3 c3"


def test_voltas_have_the_words_of_their_passes() -> None:
    words = (
        *line(0, 1, "a b first"),
        *line(0, 2, "d e"),
        *line(0, 1, "second", 12),  # the only line there
        *line(0, 1, "end", 16),
    )
    voltas = (Ending(8, 12, (1,)), Ending(12, 16, (2,)))
    one = replace(
        scale(20), annotations=Annotations(words, repeats=(Repeat(0, 12),), endings=voltas)
    )
    assert sung(unroll(one)) == "a b first d e second end"


def test_da_capo_repeats_the_words_of_its_music() -> None:
    marks = (Mark("fine", 8), Mark("da capo", 16))
    one = replace(scale(16), annotations=Annotations(line(0, 1, "a b c d"), marks=marks))
    out = unroll(one)
    assert sung(out) == "a b c d a b"
    assert out.annotations.marks == ()


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ("x y z", "x y z d e f"),  # both lines share the end
        ("x y z _ _ f2", "x y z f2"),  # notes under a slur
        ("x y z- _ _ _ zz", "x y z zz"),  # a word that is still sung
        ("_ y z d e f", "y z d e f"),  # without the pickup
    ],
)
def test_a_line_is_completed_by_the_line_above(second: str, expected: str) -> None:
    words = (*line(0, 1, "a b c d e f g"), *line(0, 2, second), *line(0, 1, "end", 28))
    one = replace(scale(32), annotations=Annotations(words, repeats=(Repeat(0, 28),)))
    passes = sung(unroll(one)).removeprefix("a b c d e f g ").removesuffix(" end")
    assert passes.removesuffix(" g") == expected


def test_other_annotations_stand_wherever_their_music_is_played() -> None:
    one = Annotations(
        chord_symbols=(ChordSymbol(4, ("G", 0)),),
        repeats=(Repeat(0, 8),),
        marks=(
            Mark("breath", 8, voice=0),
            Mark("crescendo", 4, end_step=12),
            Mark("tempo", 0, "Largo"),
        ),
        names=("Sopran", "", "", ""),
    )
    out = unroll(replace(scale(16), annotations=one)).annotations
    assert [each.step for each in out.chord_symbols] == [4, 12]
    assert out.names == one.names
    assert [(mark.kind, mark.step, mark.end_step) for mark in out.marks] == [
        ("breath", 8, None),
        ("crescendo", 4, 8),
        ("tempo", 0, None),
        ("breath", 16, None),
        ("crescendo", 12, 20),
        ("tempo", 8, None),
    ]
