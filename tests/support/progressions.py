"""Chorales made from chords in four voices."""

import numpy as np

from chorale.music import Chorale, Key, Plan, from_pitches

C_MAJOR = Key(0, "major")
TONIC, FOURTH, DOMINANT = (72, 67, 64, 48), (72, 69, 65, 53), (71, 67, 62, 55)
SIXTH, INVERTED = (72, 69, 64, 57), (72, 67, 60, 52)


def sung(*chords: tuple[int, int, int, int], each_steps: int = 4) -> Chorale:
    """Return a chorale of these chords, each the pitches in SATB order."""
    pitches = [chord for chord in chords for _ in range(each_steps)]
    return from_pitches(np.array(pitches, np.int16), Plan(len(pitches)))


def in_phrases(*phrases: list[tuple[int, int, int, int]]) -> Chorale:
    """Return a chorale of phrases, a quarter per chord, with a fermata on each last chord."""
    chorale = sung(*(chord for phrase in phrases for chord in phrase))
    fermatas = np.zeros(len(chorale.pitches), np.bool_)
    end = 0
    for phrase in phrases:
        end += 4 * len(phrase)
        fermatas[end - 4 : end] = True
    return Chorale(
        chorale.pitches, chorale.onsets, Plan(len(fermatas), key=C_MAJOR, fermatas=fermatas)
    )
