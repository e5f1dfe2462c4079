"""How two voices move: parallels, direct and by contrary motion too; overlaps; false relations.

An interval is in semitones, octaves left out. Everything is looked for at the changes of chord
within phrases, between a step and the next, in whatever pair of voices.
"""

from collections.abc import Iterator
from itertools import combinations, permutations

import numpy as np

from chorale.analysis import FIFTH, OCTAVE, UNISON
from chorale.checking.context import CheckContext, Count, Flags
from chorale.music import REST

PERFECT = {"fifths": FIFTH, "octaves": UNISON}
SECOND = 2  # semitones; what is wider is a leap


def counts(context: CheckContext) -> Iterator[Count]:
    """What the rules of this room find."""
    for name, interval in PERFECT.items():
        yield from _consecutive(context, name, interval)
        yield _direct(context, name, interval)
    yield _overlap(context)
    yield _false_relation(context)


def _consecutive(context: CheckContext, name: str, interval: int) -> Iterator[Count]:
    """Both voices move, from the interval to the same one: in parallel, then by contrary motion."""
    found: dict[int, list[tuple[int, int, int]]] = {1: [], -1: []}
    for upper, lower in combinations(context.voices, 2):
        ways = np.sign(context.moves[:, upper] * context.moves[:, lower])
        both = _is(context, upper, lower, interval, before=True)
        both &= _is(context, upper, lower, interval, before=False)
        for way in found:
            places = np.flatnonzero(both & (ways == way))
            found[way] += [(int(place), upper, lower) for place in places]
    yield _of_pairs(context, f"parallel {name}", found[1])
    yield _of_pairs(context, f"contrary {name}", found[-1])


def _direct(context: CheckContext, name: str, interval: int) -> Count:
    """The outer voices reach the interval in the same direction from another, the upper by leap."""
    places: list[tuple[int, int, int]] = []
    if len(context.voices) > 1:
        upper, lower = context.voices[0], context.voices[-1]
        similar = context.moves[:, upper] * context.moves[:, lower] > 0
        reached = _is(context, upper, lower, interval, before=False)
        reached &= ~_is(context, upper, lower, interval, before=True)
        leaps = np.abs(context.moves[:, upper]) > SECOND
        places = [(int(n), upper, lower) for n in np.flatnonzero(similar & reached & leaps)]
    return _of_pairs(context, f"direct {name}", places)


def _overlap(context: CheckContext) -> Count:
    """A voice goes beyond where its neighbour was, without crossing it then or now."""
    places: list[tuple[int, int, int]] = []
    for upper, lower in context.pairs:
        was_up, was_low = context.before[:, upper], context.before[:, lower]
        is_up, is_low = context.after[:, upper], context.after[:, lower]
        sound = (context.moves[:, upper] != 0) & (context.moves[:, lower] != 0)
        apart = (was_up >= was_low) & (is_up >= is_low)
        beyond = (is_low > was_up) | (is_up < was_low)
        places += [(int(n), upper, lower) for n in np.flatnonzero(sound & apart & beyond)]
    return _of_pairs(context, "overlap", places)


def _false_relation(context: CheckContext) -> Count:
    """A note is followed in another voice by its chromatic neighbour: F in one, F sharp in another.

    Not if either of the two voices makes the chromatic step itself.
    """
    places: list[tuple[int, int, int]] = []
    for first, second in permutations(context.voices, 2):
        was, becomes = context.before[:, first], context.after[:, second]
        near = np.isin((becomes - was) % OCTAVE, (1, OCTAVE - 1)) & (context.moves[:, second] != 0)
        itself = context.classes[context.changes, first] == becomes % OCTAVE
        near &= (was != REST) & ~itself
        for change in np.flatnonzero(near).tolist():
            step = int(context.changes[change])
            one, other = context.spelling(first, step - 1), context.spelling(second, step)
            own = context.spelling(second, step - 1)
            letters = {note.letter for note in (one, other) if note}
            if len(letters) == 1 and not (own and own.letter in letters):
                places.append((change, first, second))
    found = []
    for change, first, second in sorted(places):
        step = int(context.changes[change])
        found.append(context.finding("false relation", step, {first: (step - 1,), second: (step,)}))
    return Count("false relation", len(context.changes), found)


def _is(context: CheckContext, upper: int, lower: int, interval: int, before: bool) -> Flags:
    """Where two voices sound an interval, before or after each change, (C,)."""
    pitches = context.before if before else context.after
    sound = (pitches[:, upper] != REST) & (pitches[:, lower] != REST)
    return sound & (np.abs(pitches[:, upper] - pitches[:, lower]) % OCTAVE == interval)


def _of_pairs(context: CheckContext, rule: str, places: list[tuple[int, int, int]]) -> Count:
    """A count of findings that are a change, by its number, and two voices each."""
    found = []
    for change, upper, lower in sorted(places):
        step = int(context.changes[change])
        moment = (step - 1, step)
        found.append(context.finding(rule, step, {upper: moment, lower: moment}))
    return Count(rule, len(context.changes), found)
