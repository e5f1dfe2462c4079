"""Dissonance: how each voice came to its sounding note, and how this note is dissonant.

The two together are what theory calls the kind of a nonharmonic tone: one that is dissonant off the
beat and was approached by step is a passing or neighbour note, one that another voice made
dissonant while it was held is a suspension. Each kind goes on in its own way (W. Piston, *Harmony*,
chapter on nonharmonic tones), which the
calibration of the draw corrects (`chorale.composing.calibration`).

A voice's dissonance is an id, the sum of one class of each list:

    approach    DISSONANCE_CLASSES times: 0 no note before, 1 leap down, 2 step down, 3 same pitch,
                4 step up, 5 leap up
    dissonance  0 no note, 1 consonant with the other voices; strongly dissonant with one, by a
                second, a seventh or an octave of these: 2 held while the other voice moved, 3
                struck on a beat, 4 struck off the beat; else weakly dissonant, by a tritone or,
                above the bass, a fourth: 5 to 7 in the same order

A note that lasts longer than MAX_HELD_STEPS counts as struck so many steps ago.
"""

import numpy as np
from numpy.typing import NDArray

from chorale.aliases import Ids
from chorale.music import BASS, OCTAVE, STEPS_PER_QUARTER, VOICES
from chorale.network.calibration import DISSONANCE_CLASSES
from chorale.network.history import History
from chorale.network.tokens import Vocabulary

STEP = 2  # semitones of the largest step
STRONG = (1, 2, 10, 11)  # intervals in semitones, modulo 12
_IS_STRONG = np.isin(np.arange(OCTAVE), STRONG)
TRITONE, FOURTH = 6, 5


def find_dissonances(history: History, numbers: NDArray[np.integer], vocabulary: Vocabulary) -> Ids:
    """Return the dissonance of each voice, (..., 4) int32.

    Args:
        history: the notes that sound before a step, arrays (..., n).
        numbers: (...,), the number of this step.
        vocabulary: the token table.
    """
    own, other = history.sounding[..., :, None], history.sounding[..., None, :]
    both = vocabulary.is_note(own) & vocabulary.is_note(other)
    intervals = (own - other) % OCTAVE
    strong = both & _IS_STRONG[intervals]
    weak = both & (intervals == TRITONE)
    weak[..., BASS] |= both[..., BASS] & (intervals[..., BASS] == FOURTH)
    held = history.held
    was_held = held[..., :, None] > held[..., None, :]
    off_beat = (numbers[..., None] - held) % STEPS_PER_QUARTER != 0
    classes = np.where(vocabulary.is_note(history.sounding), 1, 0)
    for first, dissonant in ((5, weak), (2, strong)):  # the strong one counts before the weak one
        suspended = (dissonant & was_held).any(-1)
        kind = first + np.where(suspended, 0, 1 + off_beat)
        classes = np.where(dissonant.any(-1), kind, classes)
    ids = _find_approaches(history, vocabulary) * DISSONANCE_CLASSES + classes
    return ids.astype(np.int32)


def _find_approaches(history: History, vocabulary: Vocabulary) -> Ids:
    """Return the class of each voice's last melodic interval, (..., 4), 0 to APPROACHES - 1."""
    before = history.earlier[..., : len(VOICES)]
    moves = history.sounding - before
    classes = 3 + np.sign(moves) * (1 + (np.abs(moves) > STEP))
    both = vocabulary.is_note(history.sounding) & vocabulary.is_note(before)
    return np.where(both, classes, 0)
