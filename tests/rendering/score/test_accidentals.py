"""Printed accidentals, read from MusicXML."""

from xml.etree import ElementTree

import numpy as np

from chorale.music import REST, Chorale, Key, Metre, Plan, from_pitches
from chorale.rendering.metadata import Metadata
from chorale.rendering.score.musicxml import musicxml_bytes

Shown = list[str | None]


def quarters(*voices: list[int], key: str = "C major") -> Chorale:
    """Voices from the soprano down in quarters of 4/4; a repeated pitch is held."""
    steps = np.full((4 * len(voices[0]), 4), REST, np.int16)
    for number, voice in enumerate(voices):
        steps[:, number] = np.repeat(voice, 4)
    return from_pitches(steps, Plan(len(steps), Metre(4, 4), 0, Key.parse(key)))


def shown(chorale: Chorale, voice: str = "1") -> Shown:
    """The printed accidental of each note of a voice on the first staff."""
    root = ElementTree.fromstring(musicxml_bytes(chorale, Metadata()))  # noqa: S314  # our own
    [first, *_] = root.iter("part")
    notes = [note for note in first.iter("note") if note.findtext("voice", "1") == voice]
    return [note.findtext("accidental") for note in notes]


def test_an_accidental_holds_to_the_end_of_the_bar() -> None:
    assert shown(quarters([66, 67, 66, 67])) == ["sharp", None, None, None]
    assert shown(quarters([66, 67, 65, 67])) == ["sharp", None, "natural", None]


def test_accidentals_of_the_signature_are_not_printed() -> None:
    assert shown(quarters([66, 67, 65, 67], key="G major")) == [None, None, "natural", None]


def test_after_a_bar_line_one_courtesy_accidental_cancels_it() -> None:
    line = quarters([67, 67, 67, 66, 65, 64, 65, 64])
    assert shown(line) == [None, "sharp", "natural", None, None, None]


def test_a_whole_bar_later_there_is_no_courtesy_accidental() -> None:
    line = quarters([66, 64, 62, 60, 62, 60, 62, 60, 65, 64, 65, 64])
    assert shown(line) == ["sharp", *[None] * 11]


def test_another_octave_gets_a_courtesy_accidental() -> None:
    assert shown(quarters([66, 67, 77, 76])) == ["sharp", None, "natural", None]


def test_the_accidental_of_a_note_tied_into_a_bar_holds_for_it_alone() -> None:
    again = quarters([67, 67, 67, 66, 66, 67, 66, 67])
    assert shown(again) == [None, "sharp", None, None, "sharp", None]
    otherwise = quarters([67, 67, 67, 66, 66, 67, 65, 67])
    assert shown(otherwise) == [None, "sharp", None, None, "natural", None]


def test_each_voice_of_a_staff_has_accidentals_of_its_own() -> None:
    chorale = quarters([72, 71, 66, 67], [66, 67, 64, 60])
    assert shown(chorale, "1") == [None, None, "sharp", None]
    assert shown(chorale, "2") == ["sharp", None, None, None]


def test_an_accidental_of_the_other_voice_is_cancelled() -> None:
    chorale = quarters([72, 71, 65, 64], [66, 67, 60, 60])
    assert shown(chorale, "1") == [None, None, "natural", None]


def test_a_unison_has_one_accidental() -> None:
    chorale = quarters([66, 67, 69, 71], [66, 64, 62, 60])
    assert shown(chorale, "1")[0] == "sharp"
    assert shown(chorale, "2")[0] is None
