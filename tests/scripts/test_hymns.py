"""Hymns of scripts/measure/hymns.py, merged to MIDI and read back."""

import random
from dataclasses import replace
from io import BytesIO

import mido
import numpy as np
import pytest
from hymns import FAR, add_rests, compare, draw_stretches, has_crossing, list_rests, read_back
from lilypond_midi import lilypond_midi, lilypond_source, merge_unisons
from made_up import made_up_chorale
from made_up_hymns import made_up_hymn

from chorale.music import REST, Chorale, Metre, Note, Plan, from_pitches, notes

BAR = 16


def hymn(*staff: tuple[int, int], step: int = 4) -> Chorale:
    """Return pairs of notes of soprano and alto, a quarter each, over two low held voices."""
    pitches = np.array([[upper, lower, 55, 43] for upper, lower in staff], np.int16)
    plan = Plan(step * len(staff), Metre(4, 4))
    return from_pitches(np.repeat(pitches, step, axis=0), plan)


def generator() -> random.Random:
    return random.Random(1)  # noqa: S311 - hymns, no secrets


# LilyPond's manner


def test_merged_unisons_last_as_long_as_the_longest_and_are_struck_again() -> None:
    upper = [Note(64, 0, 4), Note(64, 4, 8)]
    lower = [Note(64, 0, 2), Note(60, 2, 6), Note(64, 8, 2)]
    assert merge_unisons([upper, lower]) == [
        Note(64, 0, 4),
        Note(60, 2, 6),
        Note(64, 4, 4),
        Note(64, 8, 4),
    ]


def test_a_hymn_is_written_as_two_tracks_after_that_of_the_metre() -> None:
    file = mido.MidiFile(file=BytesIO(lilypond_midi(hymn((67, 62), (64, 64)))))
    assert [track.name for track in file.tracks] == ["", "up", "down"]
    assert file.tracks[0][0].numerator == 4
    struck = [m.note for m in file.tracks[1] if m.type == "note_on" and m.velocity]
    assert sorted(struck) == [62, 64, 67]


def test_source_has_the_values_ties_octaves_and_rests_of_each_voice() -> None:
    pitches = np.repeat(np.array([[72, 60, 47, 36]], np.int16), 5, axis=0)
    pitches[3:, 3] = REST
    source = lilypond_source(from_pitches(pitches, Plan(5)))
    for voice in ("c''4~ c''16", "c'4~ c'16", "b,4~ b,16", "c,8."):
        assert f"{{ {voice} }}" in source


# hymns


def test_voices_that_meet_do_not_cross() -> None:
    assert not has_crossing(hymn((67, 62), (64, 64)))
    assert has_crossing(hymn((67, 62), (62, 64)))


def test_stretches_are_whole_phrases_of_four_to_sixteen_bars_without_crossings() -> None:
    chorale = made_up_hymn(96, 1)
    fermatas = np.zeros(len(chorale.pitches), np.bool_)
    ends = [20, 100, 164, 384]
    for end in ends:
        fermatas[end - 4 : end] = True
    chorale = replace(chorale, plan=replace(chorale.plan, fermatas=fermatas))
    drawn = draw_stretches([chorale], 5, generator())
    assert len(drawn) == 5  # each chorale as often as needed
    for one in drawn:
        assert 4 * BAR <= len(one.pitches) <= 16 * BAR
        assert len(one.pitches) in {end - start for start in (0, *ends) for end in ends}
        assert not has_crossing(one)


def test_of_chorales_that_cross_everywhere_no_stretch_is_drawn() -> None:
    assert draw_stretches([hymn(*[(60, 64)] * 32)], 3, generator()) == []


NEAR = [Note(62, 0, 4), Note(64, 4, 4), Note(62, 8, 4)]


@pytest.mark.parametrize(
    ("other", "shown", "expected"),
    [
        ([Note(67, 0, 4), Note(67, 4, 4), Note(67, 8, 4)], False, [(4, 8)]),
        ([Note(67, 0, 4), Note(67, 4, 4), Note(67, 8, 4)], True, [(6, 8)]),
        ([Note(67, 0, 4), Note(64 + FAR, 4, 4), Note(67, 8, 4)], True, [(4, 8), (6, 8)]),
        ([Note(67, 0, 12)], True, [(6, 8)]),
        ([Note(67, 0, 12)], False, []),
        ([Note(67, 0, 4), Note(64, 4, 4), Note(67, 8, 4)], False, []),  # a unison
    ],
    ids=["near", "near, shown", "far", "held", "held, none starts", "unison"],
)
def test_rests_are_where_the_other_voice_goes_on(
    other: list[Note], shown: bool, expected: list[tuple[int, int]]
) -> None:
    assert list(list_rests(NEAR, other, shown)) == expected


def test_one_voice_of_each_staff_rests_once() -> None:
    before = made_up_hymn(32, 3)
    after = add_rests(before, generator(), shown=False)
    for voices in ((0, 1), (2, 3)):
        lost = [len(notes(before, v)) - len(notes(after, v)) for v in voices]
        assert sorted(lost) == [0, 1]


# reading


def test_a_hymn_of_unisons_is_exact() -> None:
    assert read_back(hymn((67, 62), (64, 64), (67, 62))) == ("exact", "pitches exact")


def test_a_reading_that_gives_the_same_file_is_a_guess_and_another_one_is_misread() -> None:
    truth = hymn((67, 62), (64, 64), (67, 62))
    pitches = truth.pitches.copy()
    pitches[4:8, 1] = REST
    assert compare(truth, from_pitches(pitches, truth.plan)) == ("guess",)
    pitches[4:8, 0] = 65
    assert compare(truth, from_pitches(pitches, truth.plan)) == ("misread",)


def test_a_repeated_note_read_as_held_leaves_the_pitches_exact() -> None:
    truth = hymn((67, 62), (67, 62))
    onsets = truth.onsets.copy()
    onsets[4, 0] = True
    repeated = Chorale(truth.pitches, onsets, truth.plan)
    assert compare(repeated, truth) == ("pitches exact", "misread")


def test_made_up_chorales_of_other_lengths_are_compared_too() -> None:
    assert compare(made_up_chorale(32, 1), made_up_chorale(48, 2)) == ("misread",)
