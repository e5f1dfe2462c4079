"""Voices, pitches and steps: the numbers that everything in the package counts by."""

VOICES = ("soprano", "alto", "tenor", "bass")
SOPRANO, ALTO, TENOR, BASS = range(len(VOICES))
REST = -1  # in place of a pitch; no MIDI number
OCTAVE = 12  # semitones
STEPS_PER_QUARTER = 4
