"""Corrections of a chain of chords where it contradicts the notes.

The chain (`chains`) weighs the notes against what is frequent in Bach's chorales, and so it takes a
rare chord for a frequent one with a non-chord tone, and two chords a third apart for one seventh
chord. Here the notes decide: a chord that sounds complete as it starts is named before one that
does not, the root and the seventh of a seventh chord sound together, and a seventh that sounds as
long as its triad is of the chord, not suspended.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby

from chorale.harmony.observing import Observations
from chorale.harmony.vocabulary import NONE, load_vocabulary

Tones = frozenset[int]  # pitch classes


def correct_states(states: Sequence[int], seen: Observations) -> list[int]:
    """Return the state of each unit, with those that contradict the notes replaced in their key."""
    result: list[int] = []
    for state, units in _list_runs(states):
        present = [_find_present(seen, unit) for unit in units]
        result.extend(_divide_seventh(state, present) or [_complete(state, present)] * len(units))
    return result


def _list_runs(states: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """Yield each state and the units that it lasts."""
    for state, group in groupby(range(len(states)), key=states.__getitem__):
        yield state, list(group)


def _divide_seventh(state: int, present: Sequence[Tones]) -> list[int] | None:
    """Return two triads in place of a seventh chord; None if it is one.

    It is none if its root and its seventh never sound in one unit: the triad on its root sounds in
    some units, and that on its third, complete, in those with the seventh.
    """
    root, third, fifth, seventh = load_vocabulary().tones[state].tolist()
    with_root = [root in tones for tones in present]
    with_seventh = [seventh in tones for tones in present]
    if seventh == NONE or not any(with_root) or not any(with_seventh):
        return None
    if any(both for both in zip(with_root, with_seventh, strict=True) if all(both)):
        return None
    lower = _find_state(state, {root, third, fifth})
    upper = _find_state(state, {third, fifth, seventh})
    if lower is None or upper is None:
        return None
    return [upper if {third, fifth, seventh} <= tones else lower for tones in present]


def _complete(state: int, present: Sequence[Tones]) -> int:
    """Return the state of the chord that is complete as a run starts, if its own chord is not.

    Fewer notes of the run must be foreign to it than to the chord that it replaces.
    """
    sounding = frozenset().union(*present)
    own = _tones_of(state)
    if own <= sounding:
        return _add_seventh(state, present)
    key = int(load_vocabulary().keys[state])
    foreign = len(sounding - own)
    for tones, other in _states_by_tones()[key].items():
        if tones <= present[0] and len(sounding - tones) < foreign:
            state, foreign = other, len(sounding - tones)
    return state


def _add_seventh(state: int, present: Sequence[Tones]) -> int:
    """Return the state of a triad with the seventh that sounds with it from first to last."""
    own = _tones_of(state)
    root = int(load_vocabulary().tones[state, 0])
    added = frozenset.intersection(*present) - own
    if len(own) > 3 or present[0] - own != added or len(added) != 1:
        return state
    with_seventh = _find_state(state, {*own, *added})
    if with_seventh is None or int(load_vocabulary().tones[with_seventh, 0]) != root:
        return state
    return with_seventh


def _find_state(state: int, tones: set[int]) -> int | None:
    """Return the state of a chord in the key of a state; None if it has no numeral there."""
    return _states_by_tones()[int(load_vocabulary().keys[state])].get(frozenset(tones))


@cache
def _states_by_tones() -> Mapping[int, Mapping[Tones, int]]:
    """Return, by key, the states by their tones: those of the key before applied chords."""
    vocabulary = load_vocabulary()
    found: dict[int, dict[Tones, int]] = {}
    applied = [numeral.target is not None for numeral in vocabulary.numerals]
    for state in sorted(range(len(applied)), key=applied.__getitem__):
        found.setdefault(int(vocabulary.keys[state]), {}).setdefault(_tones_of(state), state)
    return found


def _tones_of(state: int) -> Tones:
    return frozenset(load_vocabulary().tones[state].tolist()) - {NONE}


def _find_present(seen: Observations, unit: int) -> Tones:
    return frozenset(seen.present[unit].nonzero()[0].tolist())
