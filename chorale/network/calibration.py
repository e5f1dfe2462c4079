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
from chorale.network.architecture import CHORDS

# contexts
ROLES = 2 * len(VOICES)  # the voices of a new chorale, and again those under a given soprano
POSITIONS = 16 + 1  # steps of a bar of 4/4, and one for any step in another metre
PLACES = 3  # on the beat, an eighth after it, on another sixteenth
LENGTHS = 1 + 12  # steps; longer notes count as the longest
LENGTH_CLASSES = 5  # up to 1 step, 2, 3, 4, longer
INTERVALS = 1 + 11  # none, -5 to 5 semitones; larger ones count as the largest
APPROACHES, DISSONANCE_CLASSES = 6, 8  # see `chorale.composing.dissonance`
DISSONANCES = APPROACHES * DISSONANCE_CLASSES
AGES = 1 + 5  # steps for which a note was held; more count as the largest
OTHERS = 2 ** (len(VOICES) - 1)  # which of the other voices are drawn and start a note
STARTING = len(VOICES)  # how many of them
STARTED = 2 ** len(VOICES)  # which voices have started a note in this beat
ACTIVITY = 2**4  # in which of the last four beats any voice started a note off the beat
RUNS = 2 * 6 + 1  # steps in a row, down or up
CLOSES = 5  # how far the next fermata is, see `chorale.composing.contexts`
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
CHORD_KINDS = 43  # none, then kinds and inversions
RECENCIES = 1 + 6  # holds, or how long ago the pitch or its class sounded
LEVELS = 4  # of dissonance: none, weak, strong, strong with a note that starts too

# corrections in nats; in a checkpoint each is a byte, a multiple of QUANTUM. Up to twice as large,
# their sums outvote the rules of voice leading: there were three times as many parallel fifths.
QUANTUM = 1 / 64
LARGEST = 127 * QUANTUM

VOICE_PAIRS = ROLES * len(VOICES)

FAMILIES: Mapping[str, tuple[int, int]] = {
    "rhythm": (ROLES * POSITIONS * LENGTHS, GOES_ON),
    "texture": (ROLES * POSITIONS * OTHERS, GOES_ON),
    "lengths": (ROLES * STEPS_PER_QUARTER * LENGTHS * LENGTH_CLASSES**3, GOES_ON),
    "resolution": (ROLES * STEPS_PER_QUARTER * DISSONANCES, MOVES),
    "turn": (ROLES * STEPS_PER_QUARTER * INTERVALS * AGES, MELODY),
    "line": (ROLES * STEPS_PER_QUARTER * APPROACHES**2 * AGES, MOVES),
    "run": (ROLES * STEPS_PER_QUARTER * RUNS, MOVES),
    "register": (ROLES * MODES * REGISTER, MOVES),
    "tessitura": (ROLES * TESSITURA, MOVES),
    "passing": (ROLES * STEPS_PER_QUARTER * DISSONANCES * STARTING, MOVES),
    "beat": (ROLES * STEPS_PER_QUARTER * OTHERS * STARTED, GOES_ON),
    "activity": (ROLES * POSITIONS * ACTIVITY * 2, GOES_ON),
    "close": (ROLES * STEPS_PER_QUARTER * CLOSES, MOVES),
    "motion": (ROLES * STEPS_PER_QUARTER * WAYS, DIRECTIONS),
    "dissonance": (ROLES * STEPS_PER_QUARTER * OTHERS, LEVELS * MOVES),
    "degree": (ROLES * MODES * DEGREES * PLACES, DEGREES),
    "melody": (ROLES * MODES * DEGREES**2 * 2, DEGREES),
    "bass": (ROLES * MODES * DEGREES * PLACES, DEGREES),
    "chord": (2 * MODES * DEGREES * PLACES, CHORD_KINDS),
    "ground": (2 * MODES * POSITIONS * CLOSES, DEGREES),
    "progression": (2 * MODES * DEGREES * CHORD_KINDS * 2, DEGREES),
    "harmony": (2 * HARMONY * CHORD_KINDS * 2, CHORD_KINDS),
    "recency": (ROLES * 2, RECENCIES),
    "pitch": (ROLES * 2, RECENCIES),
    "sonority": (ROLES * PLACES * STARTING, CHORDS),
    "succession": (VOICE_PAIRS * HARMONY * 2, 2 * HARMONY),
    "together": (VOICE_PAIRS * STEPS_PER_QUARTER * MOVES * APPROACHES, MOVES),
    "spacing": (VOICE_PAIRS * STEPS_PER_QUARTER, SPACING),
}
