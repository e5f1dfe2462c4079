"""Words under a note."""

import pytest
from scores import element, lyric

from chorale.music.annotations import Syllable
from chorale.reading.lyrics import read_syllables


def read(*lyrics: str) -> tuple[Syllable, ...]:
    return read_syllables(element(f"<note>{''.join(lyrics)}</note>").findall("lyric"), 8)


@pytest.mark.parametrize(
    ("syllabic", "hyphen"), [("single", False), ("begin", True), ("middle", True), ("end", False)]
)
def test_a_hyphen_follows_a_syllable_that_the_next_one_continues(
    syllabic: str, hyphen: bool
) -> None:
    assert read(lyric("la", 2, syllabic)) == (Syllable(0, 8, 2, "la", hyphen),)


@pytest.mark.parametrize(
    ("extend", "extender"),
    [("<extend/>", True), ("<extend type='start'/>", True), ("<extend type='stop'/>", False)],
)
def test_an_extender_begins_at_its_syllable(extend: str, extender: bool) -> None:
    assert read(lyric("Glo", 1, "end", extend)) == (Syllable(0, 8, 1, "Glo", False, extender),)


def test_an_extender_that_only_goes_on_is_no_syllable() -> None:
    assert read("<lyric number='1'><extend type='stop'/></lyric>") == ()
    assert read(lyric(" ")) == ()


@pytest.mark.parametrize(
    ("elision", "sign"),
    [
        ("<elision/>", "\u203f"),
        ("<elision>_</elision>", "\u203f"),
        ("<elision>\u203f</elision>", "\u203f"),
        ("<elision>\u00a0</elision>", "\u00a0"),
        ("", ""),
    ],
)
def test_syllables_of_two_words_on_one_note_are_joined(elision: str, sign: str) -> None:
    more = f"{elision}<syllabic>begin</syllabic><text>al</text>"
    assert read(lyric("di", 1, "end", more)) == (Syllable(0, 8, 1, f"di{sign}al", hyphen=True),)


@pytest.mark.parametrize(
    ("names", "verses"),
    [
        (["1", "2", "3"], [1, 2, 3]),
        (["3", "1"], [1, 3]),
        (["", ""], [1, 2]),
        (["part1verse2"], [2]),
        (["1", "chorus1"], [1, 2]),
        (["0", "999"], [1, 2]),
    ],
)
def test_verses_have_the_numbers_of_their_names_or_the_next_free_ones(
    names: list[str], verses: list[int]
) -> None:
    found = read(*(lyric(f"of {name}", name) for name in names))
    assert [syllable.verse for syllable in found] == verses


def test_texts_are_printable_and_short() -> None:
    assert read(lyric("a\u202eb"))[0].text == "ab"
    assert read(lyric("a" * 1_001)) == ()


def test_the_name_of_a_verse_counts_before_the_number_of_its_line() -> None:
    lines = [
        f'<lyric number="{line}" name="{name}"><text>{text}</text></lyric>'
        for line, name, text in ((4, "verse 1", "a"), (5, "Strophe 2", "b"), (3, "chorus 9", "c"))
    ]
    assert [(each.verse, each.text) for each in read(*lines)] == [(1, "a"), (2, "b"), (3, "c")]
