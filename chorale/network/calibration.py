"""The tables of a network's calibration, kept in its checkpoint.

The network's own music drifts: each note is plausible, and yet passing notes, chords and lengths of
notes are not as frequent as in Bach's. A calibration is a logit for each outcome in each context,
such as "the alto, dissonant off the beat after a step down" and "goes on down by step", fitted so
that the music composed with it has Bach's frequencies (`chorale.composing.calibration`, which
defines contexts and outcomes). A family is a table with a row for each context, and a column for
each outcome.
"""

from collections.abc import Mapping

from chorale.music import OCTAVE, STEPS_PER_QUARTER, VOICES

# contexts
POSITIONS = 16 + 1  # steps of a bar of 4/4, and one for any step in another metre
PLACES = 3  # on the beat, an eighth after it, on another sixteenth
LENGTHS = 1 + 12  # steps; longer notes count as the longest
LENGTH_CLASSES = 8  # 0 to 4 steps, up to 6, up to 8, longer
INTERVALS = 1 + 11  # none, -5 to 5 semitones; larger ones count as the largest
APPROACHES, DISSONANCE_CLASSES = 6, 8  # see `chorale.composing.dissonance`
DISSONANCES = APPROACHES * DISSONANCE_CLASSES
AGES = 1 + 5  # steps for which a note was held; more count as the largest
OTHERS = 2 ** (len(VOICES) - 1)  # which of the other voices are drawn and start a note
STARTING = len(VOICES)  # how many of them
WAYS = 4 ** (len(VOICES) - 1)  # how the other voices move, see `chorale.composing.contexts`
MODES = 3  # unknown, major, minor
DEGREES = OCTAVE + 1  # semitones above the tonic of the home key, or none
REGISTER = 1 + 2 * 15  # semitones from a tonic in the middle of the voice's range
TESSITURA = 1 + 2 * 9  # semitones from the mean of the voice's last notes

# outcomes
GOES_ON = 3  # holds, repeats, moves
MOVES = 6  # holds, leaps down, steps down, repeats, steps up, leaps up
MELODY = 1 + 11  # holds, -5 to 5 semitones
DIRECTIONS = 3  # stays, up, down
HARMONY = 1 + OCTAVE  # none, 0 to 11 semitones
SPACING = 1 + 34  # none, -5 to 28 semitones
CHORD_KINDS = 48  # none, then kinds and inversions

VOICE_PAIRS = len(VOICES) ** 2

FAMILIES: Mapping[str, tuple[int, int]] = {
    "rhythm": (len(VOICES) * POSITIONS * LENGTHS, GOES_ON),
    "texture": (len(VOICES) * POSITIONS * OTHERS, GOES_ON),
    "lengths": (len(VOICES) * STEPS_PER_QUARTER * LENGTHS * LENGTH_CLASSES**2, GOES_ON),
    "resolution": (len(VOICES) * STEPS_PER_QUARTER * DISSONANCES, MOVES),
    "turn": (len(VOICES) * STEPS_PER_QUARTER * INTERVALS * AGES, MELODY),
    "line": (len(VOICES) * STEPS_PER_QUARTER * APPROACHES**2 * AGES, MOVES),
    "register": (len(VOICES) * MODES * REGISTER, MOVES),
    "tessitura": (len(VOICES) * TESSITURA, MOVES),
    "passing": (len(VOICES) * STEPS_PER_QUARTER * DISSONANCES * STARTING, MOVES),
    "motion": (len(VOICES) * STEPS_PER_QUARTER * WAYS, DIRECTIONS),
    "dissonance": (len(VOICES) * STEPS_PER_QUARTER * OTHERS, 3 * MOVES),
    "degree": (len(VOICES) * MODES * DEGREES * PLACES, DEGREES),
    "bass": (len(VOICES) * MODES * DEGREES * PLACES, DEGREES),
    "chord": (MODES * DEGREES * PLACES, CHORD_KINDS),
    "succession": (VOICE_PAIRS * HARMONY * 2, 2 * HARMONY),
    "spacing": (VOICE_PAIRS * STEPS_PER_QUARTER, SPACING),
}
