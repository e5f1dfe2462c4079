"""Spellings of a file in its score, and the signature that fits them."""

from dataclasses import replace

import pytest
from score_xml import one_voice, score_root

from chorale.music import Annotations, Key
from chorale.music.annotations import SpelledNote
from chorale.music.spelling import Spelling
from chorale.rendering.score.spellings import choose_signature, spell_voice


def names(line: list[int], key: str, *spelled: tuple[int, str, int, int]) -> list[str]:
    """Return names of a soprano's quarters; `spelled` has the index, letter, alter and octave."""
    notes = tuple(
        SpelledNote(0, 4 * place, Spelling(letter, alter, octave))
        for place, letter, alter, octave in spelled
    )
    chorale = one_voice([(pitch, 4) for pitch in line], Annotations(spellings=notes), key)
    signature = choose_signature(chorale, Key.parse(key))
    return [each.name for each in spell_voice(chorale, 0, Key.parse(key), signature)]


def test_the_spelling_of_the_file_is_used_and_other_notes_have_their_own() -> None:
    assert names([60, 61, 62, 61], "C major") == ["C4", "C#4", "D4", "C#4"]
    assert names([60, 61, 62, 61], "C major", (1, "D", -1, 4)) == ["C4", "Db4", "D4", "C#4"]


def test_a_spelling_of_another_pitch_or_with_a_triple_accidental_is_not_used() -> None:
    assert names([60, 61], "C major", (1, "D", 0, 4)) == ["C4", "C#4"]
    assert names([60, 61], "C major", (1, "D", -1, 5)) == ["C4", "C#4"]
    assert names([60, 61], "C major", (1, "F", -4, 4)) == ["C4", "C#4"]


def test_a_spelling_where_no_note_starts_has_no_effect() -> None:
    spelled = Annotations(spellings=(SpelledNote(0, 2, Spelling("D", -1, 4)),))
    chorale = one_voice([(61, 4), (62, 4)], spelled)
    [first, _] = spell_voice(chorale, 0, Key.parse("C major"), 0)
    assert first.name == "C#4"


def test_accidentals_are_shown_for_the_brought_spelling() -> None:
    spelled = Annotations(spellings=(SpelledNote(0, 0, Spelling("G", -1, 4)),))
    root = score_root(one_voice([(66, 4), (67, 4), (66, 8)], spelled))
    shown = [note.findtext("accidental") for note in root.iter("note")]
    assert shown == ["flat", "natural", "sharp"]
    assert [step.text for step in root.iter("step")] == ["G", "G", "F"]


@pytest.mark.parametrize(("key", "sharps"), [("F# major", -6), ("Eb minor", 6), ("B major", -7)])
def test_the_signature_is_the_one_in_which_the_file_is_spelled(key: str, sharps: int) -> None:
    tonic = Key.parse(key)
    flat, letter_key = sharps < 0, Key.parse("C major")
    scale = [60 + (tonic.tonic + degree) % 12 for degree in (0, 2, 7)]
    chorale = one_voice([(pitch, 4) for pitch in scale], Annotations(), key)
    assert choose_signature(chorale, tonic) == tonic.sharps
    fifths = sharps - tonic.sharps
    own = spell_voice(chorale, 0, tonic, tonic.sharps)
    notes = tuple(SpelledNote(0, 4 * place, spelling) for place, spelling in enumerate(own))
    respelled = Annotations(spellings=notes).transposed(0, fifths)
    chorale = replace(chorale, annotations=respelled)
    assert choose_signature(chorale, tonic) == sharps
    root = score_root(chorale)
    assert root.findtext(".//fifths") == str(sharps)
    assert not list(root.iter("accidental"))
    assert flat == any(alter.text == "-1" for alter in root.iter("alter"))
    assert letter_key.sharps == 0


def test_notes_without_a_spelling_follow_the_signature_of_the_others() -> None:
    spelled = ((0, "G", -1, 4), (1, "A", -1, 4))
    assert names([66, 68, 70, 73], "F# major", *spelled) == ["Gb4", "Ab4", "Bb4", "Db5"]
    assert names([66, 68, 70, 73], "F# major") == ["F#4", "G#4", "A#4", "C#5"]
