"""Voice numbers, and the units of pitch and time in the whole package."""

from chorale.options import VOICES

__all__ = ["ALTO", "BASS", "OCTAVE", "REST", "SOPRANO", "STEPS_PER_QUARTER", "TENOR", "VOICES"]

SOPRANO, ALTO, TENOR, BASS = range(len(VOICES))
REST = -1  # marks silence in arrays of pitches; not a MIDI number
OCTAVE = 12  # semitones
STEPS_PER_QUARTER = 4
