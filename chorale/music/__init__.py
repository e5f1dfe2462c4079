"""Music as frozen values: chorales, their plans, keys and metres, and how pitches are spelled.

Conventions, everywhere in the package:
- A step is a sixteenth note, the only unit of time inside. T is the number of steps.
- Voices stand in SATB order: soprano 0, alto 1, tenor 2, bass 3.
- Pitches are MIDI note numbers, middle C = 60; `REST` stands for a silent voice.
- An onset is a step at which a note starts. A repeated note has a new onset, a held one has not.
- Bounds of ranges are inclusive.
"""

from chorale.music.arrays import runs
from chorale.music.chorales import (
    MAX_STEPS,
    Chorale,
    Note,
    changes,
    digest,
    excerpt,
    from_pitches,
    notes,
)
from chorale.music.keys import Key, Mode, pitch_name
from chorale.music.metres import COMMON_TIME, MAX_BEATS, Metre
from chorale.music.plan import Plan
from chorale.music.voices import (
    ALTO,
    BASS,
    OCTAVE,
    REST,
    SOPRANO,
    STEPS_PER_QUARTER,
    TENOR,
    VOICES,
)

__all__ = [
    "ALTO",
    "BASS",
    "COMMON_TIME",
    "MAX_BEATS",
    "MAX_STEPS",
    "OCTAVE",
    "REST",
    "SOPRANO",
    "STEPS_PER_QUARTER",
    "TENOR",
    "VOICES",
    "Chorale",
    "Key",
    "Metre",
    "Mode",
    "Note",
    "Plan",
    "changes",
    "digest",
    "excerpt",
    "from_pitches",
    "notes",
    "pitch_name",
    "runs",
]
