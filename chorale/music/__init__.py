"""Music as frozen values: chorales, their plans, keys and metres, and the spelling of pitches.

Conventions of the whole package:
- A step is a sixteenth note, the only internal unit of time. T is the number of steps.
- Voices are in SATB order: soprano 0, alto 1, tenor 2, bass 3.
- Pitches are MIDI note numbers, middle C = 60; `REST` marks a silent voice.
- An onset is a step at which a note starts. A repeated note has a new onset, a held note has not.
- A pair of steps (start, end) includes its start and excludes its end; other bounds, such as those
  of a voice's range, are inclusive.

    voices      voice numbers, REST, and the units of pitch and time
    voicings    choirs other than SATB: their voices, ranges and clefs
    keys        keys and the names of pitches
    metres      time signatures
    plan        metre, pickup, key, fermatas, motion and length of a chorale
    annotations words, chord symbols, repeats, marks and the like
    inventory   annotations counted by kind
    syllables   syllables as they are sung on notes
    chorales    the chorale itself, and its notes
    repeats     order of play: repeats, voltas, Da Capo and Coda
    unrolling   chorales with their repeats played out
    spelling    letters and accidentals for pitches, by key
    chords      kinds of chords; chords as root, kind and bass
    numerals    Roman numerals: chords by their degree in a key
    required_chords  chords required of a setting, from symbols and numerals
    bass_figures     figures under a bass, and the chords they require
    arrays      read-only copies, and runs in masks
"""

from chorale.music.annotations import NO_ANNOTATIONS, Annotations
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
from chorale.music.plan import MOTION_LEVELS, Plan
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
    "MOTION_LEVELS",
    "NO_ANNOTATIONS",
    "OCTAVE",
    "REST",
    "SOPRANO",
    "STEPS_PER_QUARTER",
    "TENOR",
    "VOICES",
    "Annotations",
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
