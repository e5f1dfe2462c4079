"""Numbers in engraved scores, and what MusicXML files keep of them."""

import re

from annotated_hymns import annotated_hymn, with_words_in_all_voices
from score_xml import four_voices

from chorale.music import Annotations, Chorale
from chorale.music.annotations import Ending, Repeat, Syllable
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import RenderOptions, Staves
from chorale.rendering.score.engraver_input import prepare_for_engraving
from chorale.rendering.score.musicxml import musicxml_bytes


def prepared(chorale: Chorale, staves: Staves = 2) -> str:
    options = RenderOptions(staves=staves)
    return prepare_for_engraving(musicxml_bytes(chorale, Metadata(), options).decode())


def texts(music: str) -> list[str]:
    return re.findall("<text>([^<]*)</text>", music)


def test_each_verse_begins_with_its_number_on_each_staff() -> None:
    hymn = with_words_in_all_voices(annotated_hymn())
    numbered = ["1.\u00a0Morn", "2.\u00a0Noon", "3.\u00a0Eve"]
    assert texts(prepared(hymn))[:4] == [*numbered, "ing"]
    found = texts(prepared(hymn, 4))
    assert [text for text in found if text[0].isdigit()] == numbered * 4


def test_a_single_verse_and_a_verse_with_a_number_of_its_own_get_none() -> None:
    one = (Syllable(0, 0, 1, "La"), Syllable(0, 4, 1, "la"))
    assert texts(prepared(four_voices(1, Annotations(one)))) == ["La", "la"]
    numbered = (Syllable(0, 0, 1, "1. La"), Syllable(0, 0, 2, "Lo"))
    found = texts(prepared(four_voices(1, Annotations(numbered))))
    assert found == ["1. La", "2.\u00a0Lo"]


def test_the_words_of_a_second_voice_have_the_number_of_their_verse() -> None:
    words = (
        *(Syllable(0, 0, verse, "up") for verse in (1, 2)),
        *(Syllable(1, 0, verse, "down") for verse in (1, 2)),
    )
    found = texts(prepared(four_voices(1, Annotations(words))))
    assert found == ["1.\u00a0up", "2.\u00a0up", "1.\u00a0down", "2.\u00a0down"]


def test_endings_have_dots_and_long_repeats_their_number_of_times_once() -> None:
    endings = Annotations(
        repeats=(Repeat(0, 32, 3), Repeat(48, 64, 3)),
        endings=(Ending(16, 32, (1, 2)), Ending(32, 48, (3,))),
    )
    music = prepared(four_voices(4, endings))
    assert set(re.findall('ending number="([^"]*)"', music)) == {"1. 2.", "3."}
    assert re.findall("<words[^>]*>([^<]*)</words>", music) == ["3\N{MULTIPLICATION SIGN}"]


def test_a_syllable_with_a_hyphen_has_no_extender_beside_it() -> None:
    words = (
        Syllable(0, 0, 1, "al", hyphen=True, extender=True),
        Syllable(0, 8, 1, "so", extender=True),
    )
    chorale = four_voices(1, Annotations(words))
    assert musicxml_bytes(chorale, Metadata()).count(b"<extend />") == 2
    assert prepared(chorale).count("<extend />") == 1
