"""Costs of moving from slice to slice: leaps, left lines, parallels and overlaps.

Costs are in the unit of `chords`. Shapes: N slices, K states in each, L voices below the tune.
"""

from itertools import combinations, pairwise

import numpy as np

from chorale.composing.arranging.chords import Costs
from chorale.composing.arranging.source import Flags, Ints, Source
from chorale.composing.arranging.states import States
from chorale.music import OCTAVE, REST, SOPRANO

FIFTH = 7  # semitones
STEP, THIRD = 2, 4  # semitones of the largest second and third

# By the size of a melodic interval in semitones; larger ones as the last
LEAPS = np.array([0, 0.125, 0.125, 0.5, 0.5, 1, 4, 1.5, 3, 3, 8, 8, 5, 12], np.float64)
OWN_LEAP = 0.25  # share of it for intervals of the line that is followed
BETWEEN_PHRASES = 0.25  # share of it between phrases

SWITCH = 0.5  # another line is followed
SWITCH_OFF_BEAT = 2.0  # besides, off the beat
JOINED_LATE = 1.0  # besides, on a pitch that its line has held
UNRESOLVED = 4.0  # a line is left whose dissonance moves on by step
UNPREPARED = 4.0  # a line is joined on a dissonance by leap
OTHER_OCTAVE = 3.0  # the same line in another octave
UNRESOLVED_LEADING_TONE = 4.0

PARALLEL = 14.0
PARALLEL_BETWEEN_PHRASES = 8.0
CONTRARY = 3.0  # from fifth to fifth or octave to octave in contrary motion
DIRECT = 2.0  # a fifth or octave of the outer voices by leap of the tune in the same direction
OVERLAP = 1.0


def cost_moves(source: Source, states: States) -> Costs:
    """Return the costs of moves between the states of successive slices, (N - 1, K, K).

    The second axis is of the state before, the third of the state after.
    """
    opens = source.opens[1:, None, None]
    count = states.pitches.shape[2]
    tune = np.broadcast_to(source.pitches[:, SOPRANO][:, None], states.pitches.shape[:2])
    lines = [tune, *(states.pitches[..., voice] for voice in range(count))]
    costs = np.zeros((len(tune) - 1, tune.shape[1], tune.shape[1]))
    moves = [_measure_moves(line) for line in lines]
    for voice in range(count):
        costs += _cost_line(source, states, voice, moves[voice + 1])
    for one, other in combinations(range(count + 1), 2):
        is_outer = (one, other) == (0, count)
        costs += _cost_pair(lines[one], lines[other], moves[one], moves[other], opens, is_outer)
    for upper, lower in pairwise(lines):
        costs += OVERLAP * ~opens * _find_overlaps(upper, lower)
    return costs


def _measure_moves(line: Ints) -> Ints:
    """Return the intervals of a line, (N - 1, K, K), 0 from and to rests."""
    before, after = line[:-1, :, None], line[1:, None, :]
    return np.where((before == REST) | (after == REST), 0, after - before)


def _cost_line(source: Source, states: States, voice: int, moves: Ints) -> Costs:
    """Return the costs of the melodic intervals of a voice and of leaving the lines it follows."""
    pitches, lines = states.pitches[..., voice], states.sources[..., voice]
    before, after = lines[:-1, :, None], lines[1:, None, :]
    same = before == after
    own_moves = np.diff(source.pitches, axis=0)  # (N - 1, 4)
    follows = same & (moves == np.take_along_axis(own_moves, lines[1:], axis=1)[:, None, :])
    opens = source.opens[1:, None, None]
    leaps = LEAPS[np.minimum(np.abs(moves), len(LEAPS) - 1)]
    leaps *= np.where(opens, BETWEEN_PHRASES, 1) * np.where(follows, OWN_LEAP, 1)
    leave = UNRESOLVED * np.take_along_axis(source.resolves[:-1], lines[:-1], axis=1)
    held = ~np.take_along_axis(source.onsets[1:], lines[1:], axis=1)
    clash = np.take_along_axis(source.dissonant[1:], lines[1:], axis=1)
    switch = SWITCH + SWITCH_OFF_BEAT * ~source.on_beat[1:, None, None] + leave[:, :, None]
    switch = switch + JOINED_LATE * held[:, None, :] * (moves != 0)
    switch = switch + UNPREPARED * clash[:, None, :] * (np.abs(moves) > STEP)
    leads = (pitches[:-1] % OCTAVE == source.leading_tone[:-1, None])[:, :, None]
    tonic = (source.leading_tone[:-1] + 1)[:, None] % OCTAVE
    arrives = (source.chord_degrees[1:] == tonic).any(axis=1)[:, None, None]
    resolved = (moves == 1) | (moves == 0) | follows
    costs = leaps + ~opens * np.where(same, OTHER_OCTAVE * ~follows, switch)
    costs = costs + ~opens * UNRESOLVED_LEADING_TONE * (leads & arrives & ~resolved)
    rests = (pitches[:-1, :, None] == REST) | (pitches[1:, None, :] == REST)
    return np.where(rests, 0, costs)


def _cost_pair(
    upper: Ints, lower: Ints, upper_moves: Ints, lower_moves: Ints, opens: Flags, is_outer: bool
) -> Costs:
    """Return the costs of parallels, and of direct fifths and octaves of the outer voices."""
    sounding = (upper != REST) & (lower != REST)
    interval = np.where(sounding, np.abs(upper - lower) % OCTAVE, -1)
    similar = (np.sign(upper_moves) == np.sign(lower_moves)) & (upper_moves != 0)
    contrary = (np.sign(upper_moves) == -np.sign(lower_moves)) & (upper_moves != 0)
    parallel = np.where(opens, PARALLEL_BETWEEN_PHRASES, PARALLEL)
    costs = np.zeros(upper_moves.shape)
    for size in (0, FIFTH):
        has = interval == size
        arrives = has[1:, None, :]
        keeps = has[:-1, :, None] & arrives
        costs += keeps * (similar * parallel + contrary * ~opens * CONTRARY)
        if is_outer:
            costs += DIRECT * (~opens & arrives & ~keeps & similar & (np.abs(upper_moves) > STEP))
    return costs


def _find_overlaps(upper: Ints, lower: Ints) -> Ints:
    """Return where one of two neighbours passes the other's previous pitch, (N - 1, K, K)."""
    before_upper, before_lower = upper[:-1, :, None], lower[:-1, :, None]
    after_upper, after_lower = upper[1:, None, :], lower[1:, None, :]
    above = (before_upper != REST) & (after_lower != REST) & (after_lower > before_upper)
    below = (before_lower != REST) & (after_upper != REST) & (after_upper < before_lower)
    return above.astype(np.int64) + below
