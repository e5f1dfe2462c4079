"""Hymns in LilyPond's MIDI: two tracks of two voices, whose unisons are single notes."""

from pathlib import Path

import numpy as np
import pytest
from lilypond_midi import lilypond_midi
from made_up_hymns import made_up_hymn

from chorale.music import REST
from chorale.reading import read_music

HYMNS = 200
BEATS = 64


@pytest.mark.parametrize("seed", range(HYMNS))
def test_a_hymn_is_read_back_exactly(tmp_path: Path, seed: int) -> None:
    hymn = made_up_hymn(BEATS, seed)
    path = tmp_path / "hymn.mid"
    path.write_bytes(lilypond_midi(hymn))
    reading = read_music(path)
    np.testing.assert_array_equal(reading.chorale.pitches, hymn.pitches)
    np.testing.assert_array_equal(reading.chorale.onsets, hymn.onsets)


def test_made_up_hymns_have_unisons_and_rests_of_one_voice_and_of_two() -> None:
    pitches = np.concatenate([made_up_hymn(BEATS, seed).pitches for seed in range(HYMNS)])
    for upper, lower in (pitches[:, :2].T, pitches[:, 2:].T):
        unisons = (upper == lower) & (upper != REST)
        assert unisons.mean() > 0.03
        assert ((upper == REST) & (lower == REST)).mean() > 0.01
    assert ((pitches == REST).sum(axis=1) % 2).mean() > 0.005
