"""Estimates of metre, pickup and phrases."""

from collections.abc import Sequence
from math import inf, log

import numpy as np
from numpy.typing import NDArray

from chorale.estimating.chains import find_best_chain, load_tables
from chorale.estimating.grids import Grid, all_grids, beat_score, compatible_grids, to_metre
from chorale.estimating.melodies import Melody, classify_lengths, extract_melody, metrical_positions
from chorale.music import COMMON_TIME, STEPS_PER_QUARTER, Metre, Note

# Log probabilities. Both are guesses: Bach's chorales give no examples.
_OFF_BEAT = log(0.02)  # for a piece that starts off the beat
_WHOLE_BAR = 2.0  # for no pickup, if the file has a metre but no bar lines

# The difference of log probabilities from which the notes contradict 4/4. Of Bach's 327 chorales in
# 4/4 none exceeds it, neither with its soprano nor with all voices (the highest has 9.3); of his 40
# in 3/4, 35 sopranos do, and 38 settings. Of 126 songs in 4/4 from the Essen collection in music21
# one does, of 70 in 3/4 33 do, of 49 in 6/8 46.
_DOUBT = 10.0
_ENOUGH_STEPS = 96  # steps of notes in the highest voice below which 4/4 is not contradicted

_MOST_NOTES = 400  # limit of the melody's beginning that decides the metre; hymns have fewer
_LOWER_VOICE_WEIGHT = 0.5  # weight of their note lengths, which depend on the melody's


def estimate_metre(lines: Sequence[Sequence[Note]], length_steps: int) -> tuple[Metre, int]:
    """Estimate the metre, 4/4, 3/4 or 3/2 (triple time in halves), and the pickup in steps.

    Args:
        lines: the notes of each voice present, in order of time and without overlaps; from the
            highest voice down.
        length_steps: length of the piece, often a whole number of measures.
    """
    melody = extract_melody(_take_beginning(lines))
    if melody is None:
        return COMMON_TIME, 0
    return to_metre(max(all_grids(), key=lambda grid: _score(melody, grid, length_steps)))


def estimate_pickup(lines: Sequence[Sequence[Note]], length_steps: int, metre: Metre) -> int:
    """Estimate the steps before the first downbeat, for a file with a metre but no bar lines.

    Most such files start with a whole measure, so the estimate favours no pickup.

    Args:
        lines: as for `estimate_metre`.
        length_steps: length of the piece.
        metre: any metre; a metre without a grid of measures, such as 5/4, gets no pickup.
    """
    melody = extract_melody(_take_beginning(lines))
    if melody is None or compatible_grids(metre, 0)[0].beats is None:
        return 0

    def score(pickup_steps: int) -> float:
        grids = compatible_grids(metre, pickup_steps)
        best = max(_score(melody, grid, length_steps) for grid in grids)
        return best + (0.0 if pickup_steps else _WHOLE_BAR)

    beat_steps = max(2, 4 * STEPS_PER_QUARTER // metre.denominator)
    return max(range(0, metre.steps_per_bar, beat_steps // 2), key=score)


def contradicts_common_time(lines: Sequence[Sequence[Note]], length_steps: int) -> bool:
    """Return whether the notes fit triple time so much better that 4/4 is wrong, with any pickup.

    Sequencers write 4/4 into every file, whatever the music. Music shorter than eight measures of
    3/4 does not contradict it.

    Args:
        lines: as for `estimate_metre`.
        length_steps: length of the piece.
    """
    top = next((line for line in lines if line), ())
    melody = extract_melody(_take_beginning(lines))
    if melody is None or sum(note.length_steps for note in top) < _ENOUGH_STEPS:
        return False
    common, triple = (
        max(_score(melody, grid, length_steps) for grid in all_grids() if grid.beats == beats)
        for beats in (4, 3)
    )
    return triple - common > _DOUBT


def _score(melody: Melody, grid: Grid, length_steps: int) -> float:
    """Return the log probability of a grid with its best phrases, up to a constant."""
    chain = find_best_chain(melody, grid).score
    return chain + _score_lower_voices(melody, grid) + _score_grid(grid, melody, length_steps)


def estimate_phrases(
    lines: Sequence[Sequence[Note]], length_steps: int, metre: Metre | None, pickup_steps: int
) -> NDArray[np.bool_]:
    """Estimate the fermatas, (T,) bool, over the last note of each phrase of the highest voice.

    If the silence after the last note is shorter than a measure of 4/4, the last fermata covers it.

    Args:
        lines: the notes of each voice present, in order of time and without overlaps; from the
            highest voice down.
        length_steps: T.
        metre: the metre; None if it is unknown.
        pickup_steps: steps before the first downbeat; ignored without a metre.
    """
    fermatas = np.zeros(length_steps, np.bool_)
    melody = extract_melody(lines)
    if melody is None:
        return fermatas
    if metre is None:
        metre, pickup_steps = estimate_metre(lines, length_steps)
    top = next(line for line in lines if line)
    for note in (top[number] for number in _find_best_ends(melody, metre, pickup_steps)):
        fermatas[note.onset_step : note.onset_step + note.length_steps] = True
    last = top[-1]
    if length_steps - last.onset_step - last.length_steps < COMMON_TIME.steps_per_bar:
        fermatas[last.onset_step :] = True
    return fermatas


def _find_best_ends(melody: Melody, metre: Metre, pickup_steps: int) -> tuple[int, ...]:
    """Return the phrase ends of the best chain over all grids that fit a metre."""
    chains = [
        (find_best_chain(melody, grid), grid) for grid in compatible_grids(metre, pickup_steps)
    ]
    best, _ = max(chains, key=lambda found: found[0].score + beat_score(found[1]))
    return best.ends


def _take_beginning(lines: Sequence[Sequence[Note]]) -> list[list[Note]]:
    """Return the beginning of the voices, from which the metre is estimated."""
    top: Sequence[Note] = next((line for line in lines if line), ())
    end = top[_MOST_NOTES].onset_step if len(top) > _MOST_NOTES else inf
    return [[note for note in line if note.onset_step < end] for line in lines]


def _score_lower_voices(melody: Melody, grid: Grid) -> float:
    """Return the weighted log probability of the lengths of the lower voices' notes."""
    onsets, lengths = melody.lower
    by_position = np.array(load_tables()["lengths"][grid.name]["lower"])
    scores = by_position[metrical_positions(onsets, grid), classify_lengths(lengths, grid)]
    return _LOWER_VOICE_WEIGHT * float(scores.sum())


def _score_grid(grid: Grid, melody: Melody, length_steps: int) -> float:
    """Return the log probability of a grid, with the piece's length and returning passages."""
    table = load_tables()["grids"][grid.name]
    beat, rest = divmod(grid.pickup_steps, grid.beat_steps)
    score = table["share"] + table["pickup"][beat] + (_OFF_BEAT if rest else 0.0)
    offsets = melody.spans[melody.returns > 0] % grid.bar_steps
    score += table["returns in place"] * int((offsets == 0).sum())
    score += table["returns elsewhere"] * int((offsets != 0).sum())
    score += table["part of a bar" if length_steps % grid.bar_steps else "whole bars"]
    return float(score) + beat_score(grid)
