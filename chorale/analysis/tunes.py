"""How much of a tune other melodies have, whatever their key, rhythm and ornaments.

A melody is the sequence of its pitch classes; a note that is repeated counts once, so that neither
rhythm nor the number of syllables matters. Two melodies are compared by the local alignment of
T. F. Smith and M. S. Waterman (Identification of Common Molecular Subsequences, 1981) in the
transposition that suits them best. It leaves out beginnings and ends that only one of them has, and
notes between, such as ornaments.

Shapes: A tunes, B melodies, n notes.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chorale.music import OCTAVE, Chorale, notes

# Of the values that were tried, these find most settings of a tune in Bach's training split first.
MATCH, MISMATCH, GAP = np.float32(1), np.float32(-1), np.float32(-0.6)
LEAST_SHARE = 0.6  # of a tune's notes, in a melody that can be the same tune


def find_tune(chorale: Chorale, voice: int = 0) -> NDArray[np.int64]:
    """Return the tune of a voice: its pitch classes, (n,), without immediate repetitions."""
    classes = np.array([note.pitch % OCTAVE for note in notes(chorale, voice)], np.int64)
    return classes[np.r_[True, classes[1:] != classes[:-1]]] if len(classes) else classes


def compare_tunes(
    tunes: Sequence[NDArray[np.int64]],
    melodies: Sequence[NDArray[np.int64]],
    transpose: bool = True,
) -> NDArray[np.float64]:
    """Return the share of each tune that each of some melodies has, (A, B), 0 to 1.

    A melody shorter than the tune, as one without a repetition that the tune writes out, counts as
    whole, but one shorter than LEAST_SHARE of the tune does not.

    Args:
        tunes: A tunes, as `find_tune` returns them.
        melodies: B melodies, likewise.
        transpose: whether they may be in different keys.
    """
    transpositions = range(OCTAVE if transpose else 1)
    moved = [(tune + semitones) % OCTAVE for semitones in transpositions for tune in tunes]
    scores = _align(moved, melodies).reshape(len(transpositions), len(tunes), len(melodies))
    best = scores.max(axis=0)
    lengths = np.array([len(melody) for melody in melodies])
    own = np.array([len(tune) for tune in tunes])[:, None]
    return best / (MATCH * np.clip(lengths, LEAST_SHARE * own, np.maximum(own, 1)))


def _align(
    tunes: Sequence[NDArray[np.int64]], melodies: Sequence[NDArray[np.int64]]
) -> NDArray[np.float64]:
    """Return the scores of the best local alignments of tunes with melodies, (A, B)."""
    # The ends of tunes and melodies differ, so that they do not match.
    rows, columns = _stack(tunes, end=-1), _stack(melodies, end=-2)
    # Score of the best alignment that ends at a note of the melodies, from the note before it on.
    scores = np.zeros((columns.shape[1] + 1, len(tunes), len(melodies)), np.float32)
    best = np.zeros((len(tunes), len(melodies)), np.float32)
    for row in rows.T:
        before, scores = scores, np.zeros_like(scores)
        for place, column in enumerate(columns.T):
            fits = row[:, None] == column
            score = np.maximum(before[place] + np.where(fits, MATCH, MISMATCH), 0)
            score = np.maximum(score, np.maximum(before[place + 1], scores[place]) + GAP)
            scores[place + 1] = score
        best = np.maximum(best, scores.max(axis=0))
    return best.astype(np.float64)


def _stack(melodies: Sequence[NDArray[np.int64]], end: int) -> NDArray[np.int64]:
    """Return melodies as rows of one array, with `end` after their last notes."""
    longest = max(map(len, melodies), default=0)
    stacked = np.full((len(melodies), longest), end, np.int64)
    for row, melody in zip(stacked, melodies, strict=True):
        row[: len(melody)] = melody
    return stacked
