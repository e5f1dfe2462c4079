"""Syllables: which are printed, and where."""

from dataclasses import replace

from annotated_hymns import annotated_hymn, with_words_in_all_voices
from hypothesis import given
from score_xml import four_voices, measures_of, one_voice, score_root
from strategies import annotations, chorales

from chorale.music import REST, Annotations
from chorale.music.annotations import Repeat, Syllable
from chorale.rendering.score.words import PrintedSyllable, place_words

Staves = list[tuple[int, ...]]
TWO: Staves = [(0, 1), (2, 3)]
FOUR: Staves = [(0,), (1,), (2,), (3,)]
HYMN = annotated_hymn()


def words(text: str, voice: int = 0, verse: int = 1, start: int = 0) -> tuple[Syllable, ...]:
    """Return syllables on quarters; a hyphen continues a word."""
    parts = text.replace("-", "- ").split()
    return tuple(
        Syllable(voice, start + 4 * place, verse, part.rstrip("-"), part.endswith("-"))
        for place, part in enumerate(parts)
    )


def place(syllables: tuple[Syllable, ...], staves: Staves) -> list[PrintedSyllable]:
    return place_words(four_voices(2, Annotations(syllables)), staves)


def test_syllables_of_a_word_begin_continue_and_end_it() -> None:
    printed = place(words("hal-le-lu-ia sing"), TWO)
    assert [each.syllabic for each in printed] == ["begin", "middle", "middle", "end", "single"]
    assert [each.step for each in printed] == [0, 4, 8, 12, 16]


def test_on_two_staves_the_same_words_are_printed_once() -> None:
    every = tuple(one for voice in range(4) for one in words("let us sing now", voice))
    assert {each.voice for each in place(every, TWO)} == {0}
    assert {each.voice for each in place(every, FOUR)} == {0, 1, 2, 3}


def test_other_words_of_a_lower_voice_are_printed_where_they_differ_and_as_whole_words() -> None:
    soprano = words("let us sing now and re-joice all", 0)
    bass = words("let us sing now we re-joice all", 3)
    printed = [each.text for each in place((*soprano, *bass), TWO) if each.voice == 3]
    assert printed == ["we", "re", "joice", "all"]  # the second measure


def test_the_same_words_at_other_steps_are_other_words() -> None:
    late = tuple(replace(one, step=one.step + 4) for one in words("let us sing", 3))
    printed = place((*words("let us sing"), *late), TWO)
    assert [(each.voice, each.step) for each in printed if each.voice == 3] == [
        (3, 4),
        (3, 8),
        (3, 12),
    ]


def test_words_that_a_lower_voice_sings_on_fewer_notes_are_printed_once() -> None:
    music = four_voices(2, Annotations((*words("hal-le-lu-ia", 0), *words("hal-le-lu-ia", 3))))
    pitches, onsets = music.pitches.copy(), music.onsets.copy()
    onsets[[4, 12], 3] = False  # the bass holds its notes
    pitches[4:8, 3], pitches[12:16, 3] = pitches[0, 3], pitches[8, 3]
    held = replace(music, pitches=pitches, onsets=onsets)
    assert {each.voice for each in place_words(held, TWO)} == {0}
    assert {each.voice for each in place_words(held, FOUR)} == {0, 3}


def test_two_lower_voices_of_a_staff_with_the_same_other_words_have_them_once() -> None:
    lower = (*words("bom bom", 2), *words("bom bom", 3))
    printed = place((*words("let us"), *lower), TWO)
    assert [each.voice for each in printed] == [0, 0, 2, 2]


def test_other_words_on_the_same_staff_stand_on_lines_of_their_own() -> None:
    verses = (*words("one"), *words("two", verse=2), *words("three", voice=1))
    assert [(each.voice, each.line, each.verse) for each in place(verses, TWO)] == [
        (0, 1, 1),
        (0, 2, 2),
        (1, 3, 1),
    ]
    lyrics = list(score_root(four_voices(2, Annotations(verses))).iter("lyric"))
    assert [(lyric.get("number"), lyric.get("name")) for lyric in lyrics] == [
        ("1", None),
        ("2", None),
        ("3", "verse 1"),
    ]


def test_words_of_a_lower_voice_alone_stand_under_its_staff() -> None:
    root = score_root(four_voices(2, Annotations(words("for us", 3))))
    upper, lower = (list(part.iter("lyric")) for part in root.iter("part"))
    assert (len(upper), len(lower)) == (0, 2)


def test_a_syllable_without_an_onset_belongs_to_the_note_that_sounds_or_the_nearest() -> None:
    line = [(72, 8), (REST, 4), (74, 4)]
    for step, expected in ((0, 0), (5, 0), (8, 0), (9, 0), (10, 12), (11, 12), (30, 12)):
        chorale = one_voice(line, Annotations((Syllable(0, step, 1, "la"),)))
        assert [each.step for each in place_words(chorale, [(0,)])] == [expected]


def test_syllables_of_one_verse_on_one_note_are_joined() -> None:
    syllables = (
        Syllable(0, 0, 1, "ev", hyphen=True),
        Syllable(0, 1, 1, "ery"),
        Syllable(0, 2, 1, "one", hyphen=True),
        Syllable(0, 4, 1, "self", extender=True),
    )
    first, second = place(syllables, FOUR)
    assert (first.text, first.syllabic) == ("ev-ery\u00a0one", "begin")
    assert (second.text, second.syllabic, second.extender) == ("self", "end", True)


@given(chorales(), annotations(48))
def test_on_a_staff_for_each_voice_no_text_is_lost(chorale, notes_beside) -> None:
    chorale = replace(chorale, annotations=notes_beside)
    sounding = {voice for voice in range(4) if (chorale.pitches[:, voice] != REST).any()}
    printed = place_words(chorale, FOUR)
    for syllable in notes_beside.syllables:
        if syllable.voice in sounding:
            assert any(
                each.voice == syllable.voice
                and each.verse == syllable.verse
                and syllable.text in each.text
                for each in printed
            )
    assert all(chorale.onsets[each.step, each.voice] for each in printed)


def test_lyrics_stand_after_the_notations_of_the_first_of_tied_notes() -> None:
    chorale = one_voice(
        [(72, 12), (74, 8), (76, 12)], Annotations((Syllable(0, 12, 1, "long", extender=True),))
    )
    [note] = [note for note in score_root(chorale).iter("note") if note.find("lyric") is not None]
    assert [tie.get("type") for tie in note.iter("tie")] == ["start"]
    assert [child.tag for child in note][-2:] == ["notations", "lyric"]
    lyric = note.find("lyric")
    assert lyric is not None
    assert [child.tag for child in lyric] == ["syllabic", "text", "extend"]


def test_letters_that_xml_cannot_hold_are_replaced_in_words() -> None:
    root = score_root(four_voices(1, Annotations((Syllable(0, 0, 1, "a\x00\ud800"),))))
    assert root.findtext(".//lyric/text") == "a??"


def test_a_hymn_has_three_verses_between_the_staves_and_under_each_of_four() -> None:
    hymn = with_words_in_all_voices(HYMN)
    counts = [len(list(part.iter("lyric"))) for part in score_root(hymn, 2).iter("part")]
    assert counts == [93, 0]
    counts = [len(list(part.iter("lyric"))) for part in score_root(hymn, 4).iter("part")]
    assert counts == [93, 93, 93, 93]
    first = measures_of(score_root(hymn))[0]
    assert [text.text for text in first.iter("text")] == ["Morn", "Noon", "Eve"]


def test_no_extender_leads_over_the_border_of_an_ending() -> None:
    sung = tuple(replace(one, extender=True) for one in words("see me go", 0))
    printed = {
        borders: [
            each.extender
            for each in place_words(four_voices(2, Annotations(sung, repeats=borders)), TWO)
        ]
        for borders in ((), (Repeat(0, 16),))
    }
    assert printed == {(): [True] * 3, (Repeat(0, 16),): [True, True, False]}
