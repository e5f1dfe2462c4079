"""Estimates of metre, pickup, phrases and keys, for music that does not state them.

The input is a melody, or a few voices, without time signature, key signature or fermatas. Metre,
pickup and phrases follow from the lengths of notes at each position in the measure. Their
frequencies in the sopranos of Bach's training split are kept in `tables.json` as log probabilities
(`scripts/build/estimating_tables.py`).

A *grid* is an interpretation of the time: measures of three or four beats, the length of a beat,
and the start of the first measure. Under a grid a melody is a chain of phrases, each of inner notes
and an end note. The log probability of a chain is a sum over
- notes: the length, given the position in the measure and whether the note ends a phrase;
- end notes: the position, the melodic steps to the note and from it, whether the music that
  follows repeats an earlier passage, and how many notes of the other voices start meanwhile;
- phrases: the length, often that of the phrase before.
Dynamic programming finds the best chain. The metre is that of the grid whose best chain is the most
probable, together with the frequency of its pickup, and with whether the piece is a whole number of
measures long and whether passages return after whole measures.

    grids       grids, and the metres that they stand for
    melodies    the features of a melody that the tables describe
    chains      the best chain of phrases under a grid
    times       metre, pickup and phrases
    phrases     the phrases that a file with few fermatas does not mark
    keys        key
    phrase_keys the keys of the phrases, given those of the whole

`scripts/measure/harmonizing.py` measures how often the estimates are right.
"""

from chorale.estimating.keys import contradicts_signature, estimate_tune_key
from chorale.estimating.phrase_keys import infer_phrase_keys, phrase_key_probabilities
from chorale.estimating.phrases import close_sections, complete_phrases
from chorale.estimating.times import (
    contradicts_common_time,
    estimate_metre,
    estimate_phrases,
    estimate_pickup,
)

__all__ = [
    "close_sections",
    "complete_phrases",
    "contradicts_common_time",
    "contradicts_signature",
    "estimate_metre",
    "estimate_phrases",
    "estimate_pickup",
    "estimate_tune_key",
    "infer_phrase_keys",
    "phrase_key_probabilities",
]
