"""Part-writing in the draw: what textbooks forbid is made less likely, as Bach has it.

A network that has learnt which notes go together still writes ten times Bach's parallels, since
each voice is drawn by itself. So before a voice is drawn, these tokens lose some nats, times the
strictness that is asked for:
- PARALLEL: with a voice that is there already it would move in parallel fifths, octaves or unisons;
- CROSSING: it would sound above the next voice above, or below the next one below;
- OUT_OF_RANGE: a note would start outside what textbooks give a voice (`chorale.analysis.RANGES`).

They are nats and no bans, for Bach writes some of each. In chorales at temperature 0.8 they bring
parallel fifths from 15.7 to 1.2 per 1,000 changes of chord (Bach 1.5), octaves and unisons from
10.6 to 0.6 (0.9), crossings from 4.3 to 2.1 % of the steps (2.2 %) and notes out of range from 0.8
to 0.2 % (0.3 %), while chords change as often as before (`scripts/style_figures.py`). With 3 nats
for PARALLEL it was 2.1 and 1.5, with 5 0.6 and 0.2.

Source for the rules: any textbook of harmony, such as W. Piston, Harmony (1941), chapter 2; for how
they are counted, `chorale.analysis`.

Shapes: B chorales, 4 voices in SATB order, V tokens.
"""

import numpy as np

from chorale.analysis import FIFTH, OCTAVE, RANGES, UNISON
from chorale.closing import pitches_of
from chorale.music import VOICES
from chorale.past import Ids
from chorale.recurrent import Floats
from chorale.tokens import Vocabulary

PARALLEL, CROSSING, OUT_OF_RANGE = 4.0, 1.2, 2.0  # in nats
PERFECT = (UNISON, FIFTH)
_LOWEST, _HIGHEST = -1, 128  # beyond all pitches


def discouraged(voice: int, cells: Ids, sounding: Ids, vocabulary: Vocabulary) -> Floats:
    """What each token of a voice loses, (B, V), in nats.

    Args:
        voice: that is drawn, 0 (soprano) to 3 (bass).
        cells: (B, 4) tokens of the step: drawn before or given, else UNKNOWN.
        sounding: (B, 4) tokens of the notes that sounded before.
        vocabulary: the token table.
    """
    before = pitches_of(sounding, vocabulary)
    now = pitches_of(np.where(cells == vocabulary.hold, sounding, cells), vocabulary)
    tokens = np.arange(vocabulary.size, dtype=np.int32)
    own = np.repeat(pitches_of(tokens, vocabulary)[None], len(cells), axis=0)
    lowest, highest = RANGES[voice]
    loss = OUT_OF_RANGE * ((own >= 0) & ((own < lowest) | (own > highest))).astype(np.float32)
    own[:, vocabulary.hold] = before[:, voice]
    loss += CROSSING * _crosses(voice, own, now)
    for row, other in zip(*np.nonzero(_perfect_and_moving(voice, before, now)), strict=True):
        loss[row] += PARALLEL * _parallel(
            own[row], now[row, other], before[row, voice], before[row, other]
        )
    return loss


def _crosses(voice: int, own: Ids, now: Ids) -> Floats:
    """Which tokens, (B, V), cross a neighbour that is there already."""
    above = now[:, voice - 1] if voice else np.full(len(now), _HIGHEST)
    below = now[:, voice + 1] if voice < len(VOICES) - 1 else np.full(len(now), _LOWEST)
    above = np.where(above < 0, _HIGHEST, above)[:, None]
    crosses = (own >= 0) & ((own > above) | (own < below[:, None]))
    return crosses.astype(np.float32)


def _perfect_and_moving(voice: int, before: Ids, now: Ids) -> Ids:
    """Which other voices, (B, 4), move on from a perfect interval with this one."""
    own = before[:, [voice]]
    sound = (own >= 0) & (before >= 0) & (now >= 0)
    perfect = np.isin(np.abs(before - own) % OCTAVE, PERFECT)
    moves = sound & perfect & (now != before)
    moves[:, voice] = False
    return moves


def _parallel(own: Ids, other: int, own_before: int, other_before: int) -> Floats:
    """Which tokens, (V,), go along with another voice into the same perfect interval."""
    interval = abs(own_before - other_before) % OCTAVE
    along = np.sign(own - own_before) == np.sign(other - other_before)
    return ((own >= 0) & along & (np.abs(own - other) % OCTAVE == interval)).astype(np.float32)
