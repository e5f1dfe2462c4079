"""Lyrics, a syllable for each note."""

from dataclasses import replace

import numpy as np

from chorale.music import REST, Annotations, Chorale, Metre, Plan, from_pitches
from chorale.music.annotations import Syllable
from chorale.rendering.score.lilypond.words import list_verses, write_verse

LINE = (60, 62, 64, 65, 67, 69, 71, 72)


def tune(*syllables: Syllable) -> Chorale:
    """Eight quarters in the soprano."""
    steps = np.full((32, 4), REST, np.int16)
    steps[:, 0] = np.repeat(LINE, 4)
    return replace(from_pitches(steps, Plan(32, Metre(4, 4))), annotations=Annotations(syllables))


def write(*syllables: Syllable) -> list[str]:
    chorale = tune(*syllables)
    return write_verse(chorale, 0, list_verses(chorale, 0)[1])


def test_hyphens_and_extenders_lead_over_the_notes_between() -> None:
    assert write(
        Syllable(0, 0, 1, "Glo", hyphen=True),
        Syllable(0, 12, 1, "ry", extender=True),
        Syllable(0, 20, 1, "be"),
    ) == ["Glo -- _ _ ry __ _ be"]


def test_notes_without_words_are_skipped() -> None:
    assert write(Syllable(0, 8, 1, "a"), Syllable(0, 16, 1, "b")) == [
        r"\skip 1 \skip 1 a \skip 1 b"
    ]


def test_the_last_syllable_has_an_extender_over_the_notes_left_but_no_hyphen() -> None:
    assert write(Syllable(0, 20, 1, "a", extender=True))[0].endswith(r"\skip 1 a __ _ _")
    assert write(Syllable(0, 0, 1, "a", hyphen=True)) == ["a"]


def test_a_syllable_within_a_note_joins_that_of_the_note() -> None:
    assert write(Syllable(0, 0, 1, "a"), Syllable(0, 2, 1, "b"), Syllable(0, 4, 1, "c")) == [
        '"a b" c'
    ]


def test_verses_are_in_order_of_their_numbers() -> None:
    chorale = tune(Syllable(0, 0, 2, "b"), Syllable(0, 0, 1, "a"), Syllable(1, 0, 3, "c"))
    assert list(list_verses(chorale, 0)) == [1, 2]
    assert list_verses(chorale, 1) == {}  # the alto has no notes


def test_a_phrase_is_a_line_and_long_lines_are_broken() -> None:
    chorale = tune(*[Syllable(0, 4 * number, 1, "a" * 30) for number in range(8)])
    assert [len(line) for line in write_verse(chorale, 0, list_verses(chorale, 0)[1])] == [61] * 4
    fermatas = np.zeros(32, np.bool_)
    fermatas[8:12] = True
    phrased = replace(chorale, plan=replace(chorale.plan, fermatas=fermatas))
    lines = write_verse(phrased, 0, list_verses(phrased, 0)[1])
    assert [len(line.split()) for line in lines] == [2, 1, 2, 2, 1]
