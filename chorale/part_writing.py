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
to 0.2 % (0.3 %), while chords change as often as before (`scripts/style_figures.py`). At a
strictness of 0.5 fifths and octaves are 5.7 and 3.1, at 2 there are none in 100 chorales.

Source for the rules: any textbook of harmony, such as W. Piston, Harmony (1941); for how they are
counted, `chorale.analysis`.

Shapes: B chorales, 4 voices in SATB order, V tokens.
"""

from collections.abc import Iterator
from functools import cache

import numpy as np

from chorale.analysis import FIFTH, OCTAVE, RANGES, UNISON
from chorale.closing import pitches_of
from chorale.music import VOICES
from chorale.past import Ids
from chorale.recurrent import Floats
from chorale.tokens import Vocabulary

PARALLEL, CROSSING, OUT_OF_RANGE = 4.0, 1.2, 2.0  # in nats
PERFECT = (UNISON, FIFTH)


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
    loss = np.repeat(_out_of_range(voice, vocabulary)[None], len(cells), axis=0)
    for lost, chord_before, chord_now in zip(loss, before.tolist(), now.tolist(), strict=True):
        _cross(lost, voice, chord_before, chord_now, vocabulary)
        for pitch in _parallels(voice, chord_before, chord_now, vocabulary):
            lost[vocabulary.of_pitch(pitch)] += PARALLEL
    return loss


@cache
def _out_of_range(voice: int, vocabulary: Vocabulary) -> Floats:
    """What tokens lose wherever they stand, (V,)."""
    pitches = pitches_of(np.arange(vocabulary.size, dtype=np.int32), vocabulary)
    lowest, highest = RANGES[voice]
    outside = (pitches >= 0) & ((pitches < lowest) | (pitches > highest))
    return np.where(outside, np.float32(OUT_OF_RANGE), np.float32(0))


def _cross(
    lost: Floats, voice: int, before: list[int], now: list[int], vocabulary: Vocabulary
) -> None:
    """Let tokens lose, in `lost`, (V,), that cross a neighbour that is there already."""
    lowest, highest = vocabulary.lowest_pitch, vocabulary.highest_pitch
    above = now[voice - 1] if voice and now[voice - 1] >= 0 else highest
    below = now[voice + 1] if voice < len(VOICES) - 1 and now[voice + 1] >= 0 else lowest
    first = vocabulary.first_pitch
    if below > above:  # they have crossed each other, and every note crosses one of them
        lost[first:] += CROSSING
    else:
        lost[first + above + 1 - lowest :] += CROSSING
        lost[first : max(first, first + below - lowest)] += CROSSING
    if before[voice] > above or 0 <= before[voice] < below:
        lost[vocabulary.hold] += CROSSING


def _parallels(
    voice: int, before: list[int], now: list[int], vocabulary: Vocabulary
) -> Iterator[int]:
    """The pitches that go along with another voice into the same perfect interval."""
    own = before[voice]
    for other, (left, reached) in enumerate(zip(before, now, strict=True)):
        interval = abs(own - left) % OCTAVE
        moves = own >= 0 and left >= 0 and reached >= 0 and left != reached
        if other == voice or not moves or interval not in PERFECT:
            continue
        way = range(own + 1, vocabulary.highest_pitch + 1)
        if reached < left:
            way = range(vocabulary.lowest_pitch, own)
        yield from (pitch for pitch in way if abs(pitch - reached) % OCTAVE == interval)
