"""Transposition of input music, by semitones and to a key."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from made_up import made_up_chorale
from strategies import chorales, keys

from chorale.composing.jobs.transposing import describe_distance, transpose_by, transpose_to
from chorale.errors import OptionError
from chorale.music import REST, Chorale, Key


def in_key(name: str) -> Chorale:
    chorale = made_up_chorale(32, 0)
    return replace(chorale, plan=replace(chorale.plan, key=Key.parse(name)))


@given(chorales(), keys(), keys())
def test_to_a_key_and_back_is_the_same_music(chorale: Chorale, key: Key, target: Key) -> None:
    assume(key.mode == target.mode or key.sharps == target.sharps)
    chorale = replace(chorale, plan=replace(chorale.plan, key=key))
    there, shift = transpose_to(chorale, target)
    assert there.plan.key == target
    assert -6 <= shift <= 6
    sounding = chorale.pitches != REST
    assert (there.pitches[sounding] - chorale.pitches[sounding] == shift).all()
    back, shift_back = transpose_to(there, key)
    assert abs(shift_back) == abs(shift)
    if abs(shift) != 6:  # a tritone may go on in the same direction
        assert back == chorale


@pytest.mark.parametrize(
    ("source", "target", "shift"),
    [
        ("G", "G", 0),
        ("G", "A", 2),
        ("G", "F", -2),
        ("C", "G", -5),
        ("B", "C", 1),
        ("F# minor", "E minor", -2),
        ("Bb minor", "A minor", -1),
        ("G", "E minor", 0),
        ("C minor", "Eb", 0),
    ],
)
def test_the_way_to_a_key_is_the_shortest(source: str, target: str, shift: int) -> None:
    chorale, semitones = transpose_to(in_key(source), Key.parse(target))
    assert semitones == shift
    assert chorale.plan.key == Key.parse(target)


@pytest.mark.parametrize(("moved", "tritone"), [(-5, 6), (5, -6)])
def test_a_tritone_goes_where_the_voices_stay_in_range(moved: int, tritone: int) -> None:
    chorale = in_key("C").transposed(moved)
    target = Key(moved % 12, "major").transposed(6)
    assert transpose_to(chorale, target)[1] == tritone


def test_a_transposition_does_not_change_the_mode() -> None:
    message = "the music is in G major, and transposing to G minor would .* choose a major key"
    with pytest.raises(OptionError, match=message):
        transpose_to(in_key("G"), Key.parse("G minor"))


@given(chorales(lowest=24, highest=103), st.integers(-24, 24))
def test_by_semitones_and_back_is_the_same_music(chorale: Chorale, semitones: int) -> None:
    assert transpose_by(transpose_by(chorale, semitones), -semitones) == chorale


@pytest.mark.parametrize("semitones", [-50, 60])
def test_music_stays_in_the_midi_range(semitones: int) -> None:
    with pytest.raises(OptionError, match="leaves the MIDI range; choose fewer"):
        transpose_by(in_key("C"), semitones)


def test_a_distance_is_in_octaves_where_it_can_be() -> None:
    distances = [describe_distance(semitones) for semitones in (-1, 3, 12, -24)]
    assert distances == ["1 semitone down", "3 semitones up", "an octave up", "2 octaves down"]


def test_rests_stay_rests() -> None:
    chorale = in_key("C")
    silent = replace(
        chorale, pitches=np.full_like(chorale.pitches, REST), onsets=chorale.onsets & False
    )
    assert (transpose_by(silent, 5).pitches == REST).all()
