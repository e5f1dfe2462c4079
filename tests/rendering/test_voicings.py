"""Files of every choir, read back as the same choir."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import settings_for

from chorale.music import Chorale
from chorale.music.voicings import VOICINGS, Voicing
from chorale.reading import Reading, read_music
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import RenderOptions, Staves
from chorale.rendering.score.musicxml import musicxml_bytes
from chorale.rendering.sound.midi import midi_bytes


def read_back(content: bytes, suffix: str, voicing: Voicing | None = None) -> Reading:
    with TemporaryDirectory() as folder:
        path = Path(folder, f"music{suffix}")
        path.write_bytes(content)
        return read_music(path, voicing=voicing)


def same_notes(one: Chorale, other: Chorale) -> bool:
    """Whether two chorales have the same notes; one may have rests at its end."""
    steps = min(len(one.pitches), len(other.pitches))
    longer = max(one, other, key=lambda chorale: len(chorale.pitches))
    return (
        np.array_equal(one.pitches[:steps], other.pitches[:steps])
        and np.array_equal(one.onsets[:steps], other.onsets[:steps])
        and not longer.onsets[steps:].any()
    )


@pytest.mark.parametrize("voicing", VOICINGS.values(), ids=VOICINGS)
@settings(max_examples=25)
@given(data=st.data())
def test_a_midi_file_is_read_back_as_the_same_choir(voicing: Voicing, data: st.DataObject) -> None:
    chorale = data.draw(settings_for(voicing))
    content = midi_bytes(chorale, render_options=RenderOptions(voicing=voicing))
    reading = read_back(content, ".mid")
    assert reading.voicing is voicing
    assert reading.voice_names == voicing.names
    assert same_notes(reading.chorale, chorale)


@pytest.mark.parametrize("voicing", VOICINGS.values(), ids=VOICINGS)
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_a_score_is_read_back_as_the_same_choir(voicing: Voicing, data: st.DataObject) -> None:
    chorale = data.draw(settings_for(voicing))
    staves: Staves = data.draw(st.sampled_from((2, 4)))
    content = musicxml_bytes(chorale, Metadata(), RenderOptions(staves=staves, voicing=voicing))
    reading = read_back(content, ".musicxml")
    assert reading.voicing is voicing
    assert reading.voice_names == voicing.names
    assert same_notes(reading.chorale, chorale)
