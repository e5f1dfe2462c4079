"""The part of one voice of a chorale, from which its singers sing."""

from collections import Counter
from dataclasses import replace

import numpy as np

from chorale.analysis import estimate_key
from chorale.music import REST, Chorale, notes
from chorale.music.annotations import Syllable


def extract_voice(chorale: Chorale, voice: int) -> Chorale:
    """Return a chorale in which only one voice sounds, with its words and marks.

    Repeats, marks of the whole score and the key, even if it is estimated, are those of the
    chorale. Chord symbols are left out. A voice without words has those of another voice, as
    `borrow_words` chooses them.

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


def borrow_words(chorale: Chorale, voice: int) -> list[Syllable]:
    """Return words for a voice, from the other voice that has most at the starts of its notes.

    A syllable is taken where a note of the voice starts with it.
    """
    starts = {note.onset_step for note in notes(chorale, voice)}
    fitting = [one for one in chorale.annotations.syllables if one.step in starts]
    shares = Counter(one.voice for one in fitting)
    if not shares:
        return []
    donor = min(shares, key=lambda other: (-shares[other], other))
    return [replace(one, voice=voice) for one in fitting if one.voice == donor]
