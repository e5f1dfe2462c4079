"""The arrangement itself: the cheapest path through the states of all slices."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from chorale.analysis import measure_motion
from chorale.composing.arranging.chords import Costs, cost_chords
from chorale.composing.arranging.motion import cost_moves
from chorale.composing.arranging.source import Ints, Source, slice_chorale
from chorale.composing.arranging.states import States, list_states
from chorale.music import REST, SOPRANO, Chorale
from chorale.music.voicings import SATB, Voicing

BEAM = 64  # states kept in each slice
BLOCK = 64  # slices whose moves are costed at once; more take more memory and are hardly faster


def arrange(chorale: Chorale, voicing: Voicing) -> Chorale:
    """Arrange a chorale in four voices for another choir, whose top voice sings the soprano.

    Args:
        chorale: the chorale; its soprano, rhythms and plan are kept, so it must be where the choir
            is to sing it (`placing`).
        voicing: the choir.

    Returns:
        The arrangement. Voices that the choir lacks are silent. No voice crosses another, and the
        voices below the tune are within their ranges wherever the tune is within its own.
    """
    if voicing is SATB:
        return chorale
    source, parts = slice_chorale(chorale), voicing.parts[1:]
    states = list_states(source, parts)
    costs = cost_chords(source, states, parts)
    best = np.argsort(costs, axis=1, kind="stable")[:, :BEAM]
    states, costs = states.select(best), np.take_along_axis(costs, best, axis=1)
    path = find_path(costs, _cost_all_moves(source, states))[:, None]
    chosen = states.select(path)
    lengths = np.diff(source.starts, append=chorale.plan.length_steps)
    pitches = np.full(chorale.pitches.shape, REST, np.int16)
    onsets = np.zeros(pitches.shape, np.bool_)
    pitches[:, SOPRANO], onsets[:, SOPRANO] = (
        chorale.pitches[:, SOPRANO],
        chorale.onsets[:, SOPRANO],
    )
    for number, part in enumerate(parts):
        own, line = chosen.pitches[:, 0, number], chosen.sources[:, 0, number]
        struck = source.onsets[np.arange(len(line)), line]
        struck |= own != np.concatenate([[REST], own[:-1]])
        pitches[:, part.voice] = np.repeat(own, lengths)
        onsets[source.starts, part.voice] = struck & (own != REST)
    plan = chorale.plan
    arranged = replace(
        chorale,
        pitches=pitches,
        onsets=onsets,
        annotations=chorale.annotations.of_voices([SOPRANO]),
    )
    if plan.motion is None:
        return arranged
    return replace(arranged, plan=replace(plan, motion=measure_motion(arranged)))


def _cost_all_moves(source: Source, states: States) -> Iterator[Costs]:
    """Yield the costs of the moves from each slice to the next, (K, K)."""
    for start in range(0, len(source.starts) - 1, BLOCK):
        end = start + BLOCK + 1
        yield from cost_moves(source.excerpt(start, end), states.excerpt(start, end))


def find_path(costs: Costs, moves: Iterable[Costs]) -> Ints:
    """Find the cheapest path through states by dynamic programming (Viterbi).

    Args:
        costs: (N, K) cost of each state.
        moves: N - 1 arrays (K, K) of the cost of each move, from the first axis to the second.

    Returns:
        (N,) index of the state in each slice; of equal paths, the one of the lowest indices.
    """
    total = costs[0]
    came_from = np.zeros(costs.shape, np.int64)
    for number, (own, move) in enumerate(zip(costs[1:], moves, strict=True), start=1):
        through = total[:, None] + move
        came_from[number] = through.argmin(axis=0)
        total = through.min(axis=0) + own
    path = np.empty(len(costs), np.int64)
    path[-1] = total.argmin()
    for number in range(len(costs) - 1, 0, -1):
        path[number - 1] = came_from[number, path[number]]
    return path
