"""Words under the notes of other voices, and the annotations of composed music."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import chorales

from chorale.composing.jobs.underlay import (
    annotate,
    annotate_rewriting,
    annotate_setting,
    borrow_words,
    underlay,
)
from chorale.music import REST, Annotations, Chorale, Plan, notes
from chorale.music.annotations import Mark, Repeat, SpelledNote, Syllable
from chorale.music.spelling import spell

Rhythm = str  # a character a quarter: "x" a note, "=" two eighths, "-" held, "." a rest


def setting(*rhythms: Rhythm) -> Chorale:
    """Return a chorale of these rhythms from the soprano down; the other voices rest."""
    steps = 4 * len(rhythms[0])
    pitches = np.full((steps, 4), REST, np.int16)
    onsets = np.zeros((steps, 4), np.bool_)
    for voice, rhythm in enumerate(rhythms):
        for quarter, sign in enumerate(rhythm):
            now = slice(4 * quarter, 4 * quarter + 4)
            pitches[now, voice] = REST if sign == "." else 60
            onsets[4 * quarter, voice] = sign in "x="
            onsets[4 * quarter + 2, voice] = sign == "="
    return Chorale(pitches, onsets, Plan(steps))


def words(text: str, voice: int = 0, verse: int = 1) -> tuple[Syllable, ...]:
    """Words, one a quarter: "-" ends a syllable that is continued, "_" is none."""
    return tuple(
        Syllable(voice, 4 * quarter, verse, word.rstrip("-"), word.endswith("-"))
        for quarter, word in enumerate(text.split())
        if word != "_"
    )


def shown(syllables: list[Syllable]) -> list[tuple[int, str]]:
    """Quarter and text of syllables; "-" stands for a hyphen, "_" for an extender."""
    return [(one.step // 4, one.text + "-" * one.hyphen + "_" * one.extender) for one in syllables]


@pytest.mark.parametrize(
    ("tune", "other", "expected"),
    [
        ("xxxx", "xxxx", [(0, "Ky-"), (1, "ri-"), (2, "e"), (3, "e-")]),
        ("xxxx", "x=xx", [(0, "Ky-"), (1, "ri-"), (2, "e"), (3, "e-")]),  # passing note
        ("xxxx", "xx=x", [(0, "Ky-"), (1, "ri-"), (2, "e_"), (3, "e-")]),
        ("xxxx", "x-xx", [(0, "Kyri-"), (2, "e"), (3, "e-")]),  # both on the held note
        ("xxxx", "xxx-", [(0, "Ky-"), (1, "ri-"), (2, "e e-")]),
        ("xxxx", "x.xx", [(0, "Ky"), (2, "e"), (3, "e-")]),  # breaks off
        ("xxxx", "..xx", [(2, "e"), (3, "e-")]),
    ],
)
def test_words_are_laid_under_another_voice(
    tune: Rhythm, other: Rhythm, expected: list[tuple[int, str]]
) -> None:
    line = words("Ky- ri- e e-")
    assert shown(underlay(setting(tune, other), 1, line)) == expected


def test_a_suspension_has_its_syllable_with_the_resolution() -> None:
    chorale = setting("x-x-", "xx-x")
    assert shown(underlay(chorale, 1, words("A- _ men"))) == [(0, "A-"), (3, "men")]


def test_a_note_of_a_melisma_that_is_held_takes_the_next_syllable() -> None:
    chorale = setting("x-x-", "xx--")
    assert shown(underlay(chorale, 1, words("A- _ men"))) == [(0, "A-"), (1, "men")]


def test_the_last_syllable_ends_with_its_note() -> None:
    chorale = setting("xxxx", "x=xx")
    assert shown(underlay(chorale, 1, words("Gott und"))) == [(0, "Gott"), (1, "und_")]
    assert shown(underlay(chorale, 1, words("Gott"))) == [(0, "Gott")]


@given(chorales())
def test_words_on_every_note_of_a_voice_stay_where_they_are(chorale: Chorale) -> None:
    line = [Syllable(0, note.onset_step, 1, "a") for note in notes(chorale, 0)]
    if line:
        assert underlay(chorale, 0, line) == line


@given(chorales(), st.integers(1, 3))
def test_no_word_is_lost_unless_the_voice_rests(chorale: Chorale, voice: int) -> None:
    line = [Syllable(0, note.onset_step, 1, "a") for note in notes(chorale, 0)]
    laid = underlay(chorale, voice, line) if line else []
    assert all(chorale.onsets[one.step, voice] for one in laid)
    assert len({one.step for one in laid}) == len(laid)
    sung = sum(one.text.count("a") for one in laid)
    sounding = sum(int(chorale.pitches[one.step, voice]) != REST for one in line)
    assert sounding <= sung <= len(line)


def test_a_setting_has_the_words_of_the_highest_voice_that_has_the_verse() -> None:
    written = Annotations((*words("a b"), *words("x y", 3), *words("c d", 3, verse=2)))
    out = annotate_setting(setting("xx", "xx", "xx", "xx"), written).annotations
    texts = {
        (voice, verse): [
            one.text for one in out.syllables if (one.voice, one.verse) == (voice, verse)
        ]
        for voice in range(4)
        for verse in (1, 2)
    }
    assert texts[0, 1] == texts[1, 1] == texts[2, 1] == ["a", "b"]
    assert texts[1, 2] == texts[2, 2] == texts[3, 2] == ["c", "d"]
    assert (texts[3, 1], texts[0, 2]) == (["x", "y"], [])


def test_a_setting_keeps_all_other_annotations() -> None:
    written = Annotations(
        repeats=(Repeat(0, 8),), marks=(Mark("breath", 4, voice=0),), names=("Canto", "", "", "")
    )
    assert annotate_setting(setting("xx", "xx"), written).annotations == written


def test_spellings_of_notes_that_changed_are_dropped() -> None:
    kept, moved = SpelledNote(0, 0, spell(60, None)), SpelledNote(0, 4, spell(61, None))
    later, gone = SpelledNote(0, 2, spell(60, None)), SpelledNote(0, 400, spell(60, None))
    out = annotate(setting("xx"), Annotations(spellings=(kept, moved, later, gone)))
    assert out.annotations.spellings == (kept,)


def test_rewritten_voices_keep_their_words_on_new_notes() -> None:
    written = Annotations((*words("a b- c d"), *words("a b- c d", 1)))
    out = annotate_rewriting(setting("xxxx", "xx-x"), written, 4, 12, [1]).annotations
    assert shown([one for one in out.syllables if one.voice == 0]) == shown([*words("a b- c d")])
    assert shown([one for one in out.syllables if one.voice == 1]) == [
        (0, "a"),
        (1, "bc"),
        (3, "d"),
    ]


def test_a_rewritten_voice_that_rested_gets_the_words_of_the_highest_voice() -> None:
    written = Annotations((*words("a b c d"), *words("a _ _ d", 1)))
    chorale = setting("xxxx", "xxxx")
    out = annotate_rewriting(chorale, written, 4, 12, [1]).annotations
    assert [one.text for one in out.syllables if one.voice == 1] == ["a", "b", "c", "d"]


def test_a_rewritten_voice_without_words_gets_none() -> None:
    written = Annotations(words("a b c d"))
    out = annotate_rewriting(setting("xxxx", "xxxx"), written, 4, 12, [1])
    assert out.annotations == written


def test_words_outside_the_rewritten_bars_stay_as_they_are() -> None:
    odd = Syllable(1, 12, 1, "d", extender=True)
    written = Annotations((*words("a b c", 1), odd))
    out = annotate_rewriting(setting("xxxx", "xxxx"), written, 4, 8, [1]).annotations
    assert out == written


def test_only_annotations_within_the_music_are_laid_under_it() -> None:
    written = Annotations((Syllable(0, 0, 1, "a"), Syllable(0, 400, 1, "b")))
    out = annotate_setting(setting("xx", "xx"), written).annotations
    assert out.syllables == (Syllable(0, 0, 1, "a"), replace(Syllable(0, 0, 1, "a"), voice=1))


def test_a_voice_borrows_words_from_the_voice_that_moves_most_like_it() -> None:
    music = setting("x---", "xxxx", "xx--", "xxx-")
    few, many = words("Ah _ _ _", voice=0), words("So sin- get mit", voice=1)
    music = replace(music, annotations=Annotations(syllables=few + many))
    assert shown(borrow_words(music, 2)) == [(0, "So"), (1, "singet mit")]
    assert shown(borrow_words(music, 3)) == [(0, "So"), (1, "sin-"), (2, "get mit")]


def test_each_verse_is_borrowed_from_a_voice_that_has_it() -> None:
    music = setting("xx", "xx", "xx", "xx")
    both = words("eins zwei", voice=1) + words("drei vier", voice=0, verse=2)
    music = replace(music, annotations=Annotations(syllables=both))
    assert [(one.verse, one.text, one.voice) for one in borrow_words(music, 3)] == [
        *((1, "eins", 3), (2, "drei", 3), (1, "zwei", 3), (2, "vier", 3))
    ]


def test_nothing_is_borrowed_where_there_are_no_words_or_no_notes() -> None:
    assert borrow_words(setting("xx", "xx", "xx", "xx"), 3) == []
    music = replace(setting("xx", "xx", "xx"), annotations=Annotations(syllables=words("a b")))
    assert borrow_words(music, 3) == []
