"""The part of one voice of a chorale, from which its singers sing."""

from dataclasses import replace

import numpy as np

from chorale.analysis import estimate_key
from chorale.composing.jobs.underlay import borrow_words
from chorale.music import REST, Chorale


def extract_voice(chorale: Chorale, voice: int) -> Chorale:
    """Return a chorale in which only one voice sounds, with its words and marks.

    Repeats, marks of the whole score and the key, even if it is estimated, are those of the
    chorale. Chord symbols are left out. A voice without words has those of other voices, laid under
    its notes (`chorale.composing.jobs.underlay`).

    Args:
        chorale: the music.
        voice: 0 to 3.
    """
    others = np.arange(chorale.pitches.shape[1]) != voice
    words = [one for one in chorale.annotations.syllables if one.voice == voice]
    annotations = replace(
        chorale.annotations.of_voices([voice]),
        syllables=tuple(words or borrow_words(chorale, voice)),
        chord_symbols=(),
    )
    return replace(
        chorale,
        pitches=np.where(others, REST, chorale.pitches).astype(np.int16),
        onsets=chorale.onsets & ~others,
        plan=replace(chorale.plan, key=chorale.plan.key or estimate_key(chorale)),
        annotations=annotations,
    )
