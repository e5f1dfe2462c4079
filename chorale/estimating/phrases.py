"""Complete the phrases of music that marks only some of them, or whose repeats show some.

Many files have a fermata at the end of the piece, or at the end of a verse, and none at the other
ends of phrases. In Bach's chorales, where every phrase has its fermata, 99.5 % of the phrases last
at most LONGEST_PHRASE_STEPS; longer ones are chorales with a single fermata, at the end.
"""

from collections.abc import Collection, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from chorale.estimating.times import estimate_metre, estimate_phrases
from chorale.music import STEPS_PER_QUARTER, Metre, Note
from chorale.music.arrays import runs

LONGEST_PHRASE_STEPS = 24 * STEPS_PER_QUARTER


def complete_phrases(
    fermatas: NDArray[np.bool_],
    lines: Sequence[Sequence[Note]],
    metre: Metre | None,
    pickup_steps: int,
) -> NDArray[np.bool_]:
    """Add estimated fermatas where fermatas of a file are too few to mark every phrase.

    They are too few in a phrase longer than LONGEST_PHRASE_STEPS, and everywhere if the only
    fermata is at the end.

    Args:
        fermatas: the fermatas of the file, (T,); all stay. If there are none, none are added.
        lines: the notes of each voice present, in order of time and without overlaps; from the
            highest voice down.
        metre: the metre; None if it is unknown.
        pickup_steps: steps before the first downbeat; ignored without a metre.

    Returns:
        All fermatas, (T,).
    """
    length = len(fermatas)
    given = runs(fermatas)
    if not given:
        return fermatas
    if metre is None:
        metre, pickup_steps = estimate_metre(lines, length)
    only_at_end = len(given) == 1 and given[0][1] == length
    completed = fermatas.copy()
    for start, end in pairwise([0, *(end for _, end in given if end < length), length]):
        if end - start <= LONGEST_PHRASE_STEPS and not only_at_end:
            continue
        within = [_cut(line, start, end) for line in lines]
        pickup = (pickup_steps - start) % metre.steps_per_bar
        estimated = estimate_phrases(within, end - start, metre, pickup)
        # a fermata next to a given one would join it
        free = [place for place, _ in given if start <= place < end] or [end + 1]
        for first, last in runs(estimated):
            if first > 0 and start + last < free[0]:
                completed[start + first : start + last] = True
    return completed


def close_sections(
    fermatas: NDArray[np.bool_],
    line: Sequence[Note],
    borders: Collection[int],
    metre: Metre,
) -> NDArray[np.bool_]:
    """Add fermatas at the ends of repeated sections and endings, where a phrase ends too.

    None is added less than a measure after another fermata.

    Args:
        fermatas: estimated fermatas, (T,); all stay.
        line: the notes of the highest voice, in order of time.
        borders: steps at which a repeat or an ending ends.
        metre: the metre.

    Returns:
        All fermatas, (T,).
    """
    closed = fermatas.copy()
    for border in sorted(border for border in borders if 0 < border <= len(fermatas)):
        before = [note.onset_step for note in line if note.onset_step < border]
        near = closed[max(0, border - metre.steps_per_bar) : border + 1]
        if before and not near.any():
            closed[before[-1] : border] = True
    return closed


def _cut(line: Sequence[Note], start: int, end: int) -> list[Note]:
    """Return the notes that start within an excerpt, with onsets counted from its start."""
    return [
        Note(note.pitch, note.onset_step - start, min(note.length_steps, end - note.onset_step))
        for note in line
        if start <= note.onset_step < end
    ]
