"""Voices, pitches and steps: the numbers that the whole package counts by."""

from chorale.options import VOICES

__all__ = ["ALTO", "BASS", "OCTAVE", "REST", "SOPRANO", "STEPS_PER_QUARTER", "TENOR", "VOICES"]

SOPRANO, ALTO, TENOR, BASS = range(len(VOICES))
REST = -1  # in place of a pitch; not a MIDI number
OCTAVE = 12  # semitones
STEPS_PER_QUARTER = 4
