"""Ranges of the voices of a chorale: how low and high each goes, and where it mostly lies."""

from dataclasses import dataclass

import numpy as np

from chorale.music import REST, VOICES, Chorale, Note, notes
from chorale.music.voicings import SATB, Voicing


@dataclass(frozen=True)
class VoiceRange:
    """The notes between which a voice moves.

    Attributes:
        voice: 0 = soprano.
        lowest: the first of its lowest notes.
        highest: the first of its highest notes.
        middle: the first note of its middle pitch, above and below which it is for as much time;
            the lower one if two pitches are the middle.
    """

    voice: int
    lowest: Note
    highest: Note
    middle: Note


def measure_ranges(chorale: Chorale) -> list[VoiceRange]:
    """Measure the range of each voice that sounds, in SATB order."""
    return [
        _measure_range(chorale, voice) for voice in range(len(VOICES)) if _sounds(chorale, voice)
    ]


def notes_out_of_range(chorale: Chorale, voice: int, voicing: Voicing = SATB) -> list[Note]:
    """Return the notes of a voice outside its range in a choir, in order of time."""
    lowest, highest = voicing.part_at(voice).range
    return [note for note in notes(chorale, voice) if not lowest <= note.pitch <= highest]


def _sounds(chorale: Chorale, voice: int) -> bool:
    return bool((chorale.pitches[:, voice] != REST).any())


def _measure_range(chorale: Chorale, voice: int) -> VoiceRange:
    pitches = chorale.pitches[:, voice]
    sounding = np.sort(pitches[pitches != REST])
    first: dict[int, Note] = {}  # the first note of each pitch
    for note in notes(chorale, voice):
        first.setdefault(note.pitch, note)
    middle = sounding[(len(sounding) - 1) // 2]
    return VoiceRange(voice, first[int(sounding[0])], first[int(sounding[-1])], first[int(middle)])
