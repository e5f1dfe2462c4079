"""Estimates of what music does not say of itself: metre, pickup, phrases and key.

For a bare melody, or a few voices, without a time signature, a key signature or fermatas. Metre,
pickup and phrases are told by how long notes are at which place in a bar, which is counted once in
the sopranos of Bach's training split (`scripts/make_estimating_tables.py`) and kept in
`tables.json` as log probabilities.

A *grid* is a reading of the time: measures of four or three beats, how long a beat is, and where
the first measure starts. Under a grid a melody is a chain of phrases, each of them inner notes and
an end note, and the log probability of a chain sums over
- notes: a length, given its place in the measure and whether the note is a phrase's end;
- ends: the place, the melody's step to it and from it, whether what follows was heard before, and
  how often the other voices move while it sounds;
- phrases: the length, which is often that of the phrase before.
The best chain is found by dynamic programming. The metre is that of the grid with the best chain,
beside how frequent its pickup is, whether the length is whole measures, and whether passages return
whole measures later.

`scripts/estimating_figures.py` measures how often it is right; the README has the table.
"""

from chorale.estimating.keys import contradicts, estimate_tune_key
from chorale.estimating.times import estimate_metre, estimate_phrases, estimate_pickup

__all__ = [
    "contradicts",
    "estimate_metre",
    "estimate_phrases",
    "estimate_pickup",
    "estimate_tune_key",
]
