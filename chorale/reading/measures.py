"""Find the pickup and the early downbeats of a piece from its measures.

A measure may be shorter than the metre where a repeat sign divides it, before a refrain or a verse
that begins with a pickup, and at the end of a first ending. None of these is a change of metre.
"""

from collections.abc import Sequence

from chorale.music import Metre

Span = tuple[float, float]  # start and end in steps, the end exclusive


def join_divided(measures: Sequence[Span], unnumbered: Sequence[bool], metre: Metre) -> list[Span]:
    """Join the parts of measures that a repeat sign divides.

    Args:
        measures: start and end of each measure, in order, the next one where the last one ends.
        unnumbered: whether each measure has no number of its own, as the later parts of a divided
            measure. A measure before which a whole one lies is not a part of that one.
        metre: the time signature.
    """
    bar = metre.steps_per_bar
    joined = list(measures[:1])
    for (_, end), is_part in zip(measures[1:], unnumbered[1:], strict=True):
        start = joined[-1][0]
        if is_part and end - start <= bar:
            joined[-1] = start, end
        else:
            joined.append((joined[-1][1], end))
    return joined


def find_downbeats(measures: Sequence[Span], metre: Metre) -> tuple[int, tuple[int, ...]] | None:
    """Find the pickup and the early downbeats, all in steps.

    If all full measures but the last are whole bars apart, no downbeat is early. Otherwise a
    measure that is too long to fill the measure before it starts with an early downbeat.

    Args:
        measures: start and end of each measure, in order, the next one where the last one ends.
        metre: the time signature.

    Returns:
        The pickup and the early downbeats (see `Plan`); None if the measures do not keep the metre:
        if full ones last less than half of the piece, one is longer, or one starts off the beat.
    """
    bar, beat = metre.steps_per_bar, metre.steps_per_beat
    full = [start for start, end in measures if end - start == bar]
    phases = {start % bar for start in full if start != measures[-1][0]}
    if not phases and len(measures) > 1:  # a pickup and a single bar
        phases = {measures[1][0] % bar}
    if len(phases) <= 1:
        pickup = phases.pop() if phases else 0
        return (int(pickup), ()) if pickup == int(pickup) else None
    if 2 * bar * len(full) < measures[-1][1] or any(end - start > bar for start, end in measures):
        return None
    if any((start - measures[0][1]) % max(1, beat) for start, _ in measures[1:]):
        return None
    downbeats = [int(measures[0][1]) % bar]
    for start, end in measures[1:]:
        phase = (start - downbeats[-1]) % bar
        if phase and phase + end - start > bar:
            downbeats.append(int(start))
    return downbeats[0], tuple(downbeats[1:])
