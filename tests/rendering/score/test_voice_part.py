"""The part of one voice: its notes, its words or those of another voice, and marks."""

from dataclasses import replace

import pytest
from hypothesis import given
from strategies import chorales
from verses import annotated_hymn

from chorale.analysis import estimate_key
from chorale.music import ALTO, BASS, REST, SOPRANO, TENOR, Chorale, notes
from chorale.music.annotations import Mark, Syllable
from chorale.rendering.score.voice_part import extract_voice


@given(chorales())
def test_only_the_voice_sounds(chorale: Chorale) -> None:
    for voice in range(4):
        part = extract_voice(chorale, voice)
        assert notes(part, voice) == notes(chorale, voice)
        assert (part.pitches[:, [other for other in range(4) if other != voice]] == REST).all()
        assert part.plan.key == (chorale.plan.key or estimate_key(chorale))


@pytest.mark.parametrize("voice", [ALTO, TENOR, BASS])
def test_a_voice_without_words_has_those_with_which_it_moves(voice: int) -> None:
    hymn = annotated_hymn()
    part = extract_voice(hymn, voice).annotations
    given = sorted(hymn.annotations.syllables, key=lambda one: (one.step, one.verse))
    sung = [replace(one, voice=voice) for one in given]
    assert [replace(one, extender=False) for one in part.syllables] == [
        replace(one, extender=False) for one in sung
    ]
    onsets = hymn.onsets.copy()
    onsets[8, voice] = False
    pitches = hymn.pitches.copy()
    pitches[8:12, voice] = pitches[7, voice]
    held = replace(hymn, pitches=pitches, onsets=onsets)
    taken = extract_voice(held, voice).annotations.syllables
    assert [one.step for one in taken] == [one.step for one in given if one.step != 8]
    held_words = [one.text for one in taken if (one.step, one.verse) == (4, 1)]
    assert held_words == ["to the"]  # both on the note that is held


def test_own_words_are_kept_alone() -> None:
    hymn = annotated_hymn()
    own = Syllable(ALTO, 4, 1, "Ah")
    both = replace(hymn.annotations, syllables=(*hymn.annotations.syllables, own))
    part = extract_voice(replace(hymn, annotations=both), ALTO)
    assert part.annotations.syllables == (own,)


def test_marks_and_repeats_of_the_score_are_kept_but_chord_symbols_are_not() -> None:
    hymn = annotated_hymn()
    part = extract_voice(hymn, ALTO).annotations
    assert part.repeats == hymn.annotations.repeats
    assert part.endings == hymn.annotations.endings
    assert part.chord_symbols == ()
    assert Mark("tempo", 0, "Andante") in part.marks
    assert {mark.voice for mark in part.marks} == {None, ALTO}
    assert extract_voice(hymn, SOPRANO).annotations.names[SOPRANO] == "Cantus"


def test_words_that_stand_in_some_measures_only_are_completed() -> None:
    hymn = annotated_hymn()
    whole = extract_voice(hymn, BASS).annotations.syllables
    some = tuple(one for one in whole if hymn.plan.bar_at(one.step) == 2)
    assert some
    both = replace(hymn.annotations, syllables=(*hymn.annotations.syllables, *some))
    part = extract_voice(replace(hymn, annotations=both), BASS)
    assert part.annotations.syllables == whole
