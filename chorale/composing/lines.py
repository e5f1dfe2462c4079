"""Lines: what each voice has done so far, beyond the history that the network reads.

Shapes: B chorales, 4 voices in SATB order.
"""

from typing import NamedTuple

import numpy as np

from chorale.aliases import Floats, Ids, Rows
from chorale.composing.dissonance import STEP
from chorale.music import OCTAVE, STEPS_PER_QUARTER, VOICES
from chorale.network.architecture import pitch_classes
from chorale.network.calibration import ACTIVITY, RUNS
from chorale.network.history import History
from chorale.network.tokens import Vocabulary

CENTRES = np.array([71, 65, 59, 52])  # medians of the voices' notes in the training split
MEMORY = np.float32(2 ** (-1 / 32))  # weight of the mean pitch after a step: a half-life of 2 bars
FORGOTTEN = 129  # steps; a longer silence counts as this one


class Lines(NamedTuple):
    """What the history of a step lacks of the lines of the voices; arrays (..., n).

    Attributes:
        means: (..., 4) float32, mean pitch of each voice's last notes, in which a step counts half
            after two bars.
        lengths: (..., 4, 2), lengths in steps of the two notes before the one in
            `History.lengths`, the latest first.
        activity: (...), in which of the last four beats any voice started a note off the beat: a
            bit for each, 1 for the present one.
        runs: (..., 4), steps in a row by which the voice has moved down (negative) or up; 0 after a
            leap or a repeated note.
        silence: (..., 13), steps since each pitch class sounded, up to FORGOTTEN, in the order of
            `pitch_classes`; the last column has no meaning.
        own_silence: (..., 4, symbols), steps since the voice had each pitch, up to FORGOTTEN.
    """

    means: Floats
    lengths: Ids
    activity: Ids
    runs: Ids
    silence: Ids
    own_silence: Ids


class LineTracker:
    """The lines of B chorales, followed step by step."""

    def __init__(self, batch: int, vocabulary: Vocabulary) -> None:
        self._vocabulary, self._class = vocabulary, pitch_classes(vocabulary)
        self._rows, self._step = np.arange(batch)[:, None], 0
        shape = batch, len(VOICES)
        self._lines = Lines(
            means=np.tile(CENTRES.astype(np.float32), (batch, 1)),
            lengths=np.zeros((*shape, 2), np.int32),
            activity=np.zeros(batch, np.int32),
            runs=np.zeros(shape, np.int32),
            silence=np.full((batch, OCTAVE + 1), FORGOTTEN, np.int32),
            own_silence=np.full((*shape, vocabulary.input_size), FORGOTTEN, np.int32),
        )
        self._last, self._was_note = np.zeros(shape, np.int32), np.zeros(shape, np.bool_)

    def append(self, history: History) -> Lines:
        """Append the history of the next step, arrays (B, ...), and return its lines."""
        sounding, held = history.sounding, history.held
        means, lengths, activity, runs, silence, own_silence = self._lines
        is_note = self._vocabulary.is_note(sounding)
        pitches = self._vocabulary.pitches_of(sounding).astype(np.float32)
        means = np.where(is_note, MEMORY * means + (1 - MEMORY) * pitches, means)
        ended = self._was_note & (held == 1)
        moved_on = np.stack([self._last, lengths[..., 0]], axis=-1)
        lengths = np.where(ended[..., None], moved_on, lengths)
        interval = sounding - history.earlier[:, : len(VOICES)]
        way = np.where(np.abs(interval) <= STEP, np.sign(interval), 0)
        longer = np.clip(np.where(runs * way > 0, runs, 0) + way, -(RUNS // 2), RUNS // 2)
        runs = np.where(ended, longer, np.where(is_note, runs, 0))
        place = self._step % STEPS_PER_QUARTER
        if place != 1:  # the step before was off the beat
            activity = activity | (is_note & (held == 1)).any(1)
        if place == 0:
            activity = activity * 2 % ACTIVITY
        silence = np.minimum(silence + 1, FORGOTTEN)
        silence[self._rows, self._class[sounding]] = 1
        own_silence = np.minimum(own_silence + 1, FORGOTTEN)
        own_silence[self._rows, np.arange(len(VOICES)), sounding] = 1
        self._last, self._was_note, self._step = history.lengths, is_note, self._step + 1
        self._lines = Lines(means, lengths, activity, runs, silence, own_silence)
        return self._lines

    def take(self, rows: Rows) -> None:
        """Go on with some chorales of the batch in place of all."""
        self._lines = Lines._make(values[rows] for values in self._lines)
        self._last, self._was_note = self._last[rows], self._was_note[rows]
