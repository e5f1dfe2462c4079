"""Identifiers of the notes of a score."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from strategies import chorales

from chorale.music import Chorale
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import RenderOptions, Staves
from chorale.rendering.score.musicxml import musicxml_bytes
from chorale.rendering.score.note_values import notate_voice, sounding_voices
from chorale.rendering.score.numbering import number_notes


@pytest.mark.parametrize("staves", [2, 4])
@given(chorale=chorales())
def test_each_written_note_has_the_number_of_its_voice_and_its_step(
    staves: Staves, chorale: Chorale
) -> None:
    music = musicxml_bytes(chorale, Metadata(), RenderOptions(staves=staves)).decode()
    voices = sounding_voices(chorale)
    root = ElementTree.fromstring(number_notes(music, voices, "w-"))  # noqa: S314  # our own
    found = sorted(note.get("id", "") for note in root.iter("note") if note.find("rest") is None)
    expected = [
        f"w-{voice}-{written.start_step}"
        for voice in voices
        for bar in notate_voice(chorale, voice)
        for written in bar
        if written.number is not None
    ]
    assert found == sorted(expected)
