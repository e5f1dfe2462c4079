"""Chords and what has to become of their notes: leading tones, sevenths, other dissonances."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from chorale.analysis import OCTAVE
from chorale.analysis.harmony import BARE, chord_of
from chorale.checking.context import CheckContext, Count, Finding
from chorale.checking.harmonies import SECOND, Dominant, Harmonies, Seventh
from chorale.music import REST, STEPS_PER_QUARTER

DISSONANT = (1, 2, 10, 11)  # semitones, octaves left out: seconds and sevenths
FREE = ("dominant seventh", "half-diminished seventh", "diminished seventh")


def counts(context: CheckContext) -> Iterator[Count]:
    """What the rules of this room find."""
    harmonies = Harmonies(context)
    yield from _leading_tones(context, list(harmonies.dominants()))
    yield _sevenths(context, list(harmonies.sevenths()))
    yield _dissonance(context)
    yield _bare(context, harmonies)


def _leading_tones(context: CheckContext, dominants: list[Dominant]) -> Iterator[Count]:
    doubled: list[Finding] = []
    left: dict[bool, list[Finding]] = {True: [], False: []}  # by whether the voice is an outer one
    there = {True: 0, False: 0}
    for dominant in dominants:
        step = dominant.step
        having = [v for v in context.voices if context.classes[step, v] == dominant.leading]
        if len(having) > 1:
            sung = dict.fromkeys(having, (step,))
            doubled.append(context.finding("doubled leading tone", step, sung))
        for outer in there:
            voices = [v for v in having if (v in (context.voices[0], context.voices[-1])) == outer]
            there[outer] += len(voices)
            for voice in voices:
                if not _rises(context, dominant, voice):
                    rule = "unresolved leading tone" if outer else "inner leading tone left"
                    moment = (step, _next(context, voice, step))
                    left[outer].append(context.finding(rule, step, {voice: moment}))
    yield Count("doubled leading tone", len(dominants), doubled)
    yield Count("unresolved leading tone", there[True], left[True])
    yield Count("inner leading tone left", there[False], left[False])


def _rises(context: CheckContext, dominant: Dominant, voice: int) -> bool:
    """Whether a leading tone goes where it leads, before the beat that is due is over.

    It may be held over as a suspension for another beat, and may sink by a semitone to the seventh
    of what follows.
    """
    limit = context.end_of_phrase(dominant.step)
    pitches = context.pitches[:limit, voice]
    leading, end = pitches[dominant.step], dominant.arrival + STEPS_PER_QUARTER
    if pitches[min(end, limit) - 1] == leading:
        end += STEPS_PER_QUARTER
    aims = {int(leading) + 1}
    if dominant.aim.seventh == (dominant.leading - 1) % OCTAVE:
        aims.add(int(leading) - 1)
    return bool(aims & set(pitches[dominant.step : end].tolist()))


def _sevenths(context: CheckContext, sevenths: list[Seventh]) -> Count:
    last = {(one.voice, one.end): one for one in sevenths}  # of one span the last chord counts
    found = []
    for one in last.values():
        if not _falls(context, one):
            sung = {one.voice: (one.step, one.end)}
            found.append(context.finding("unresolved seventh", one.step, sung))
    return Count("unresolved seventh", len(last), sorted(found, key=lambda each: each.step))


def _falls(context: CheckContext, seventh: Seventh) -> bool:
    """Whether a seventh goes down a step within a beat, or another voice of the chord takes it."""
    limit = min(context.end_of_phrase(seventh.step), seventh.end + STEPS_PER_QUARTER)
    pitch = int(context.pitches[seventh.step, seventh.voice])
    after = set(context.pitches[seventh.end : limit, seventh.voice].tolist())
    if after & {pitch - 1, pitch - SECOND}:
        return True
    return {seventh.chord.root, seventh.chord.seventh} <= set(context.classes[seventh.end].tolist())


def _dissonance(context: CheckContext) -> Count:
    """Two voices leap, or come in, at once into a second or seventh."""
    rule, found = "unprepared dissonance", []
    entered = (context.before == REST) | (np.abs(context.moves) > SECOND)
    for upper, lower in combinations(context.voices, 2):
        sound = (context.after[:, upper] != REST) & (context.after[:, lower] != REST)
        size = np.abs(context.after[:, upper] - context.after[:, lower]) % OCTAVE
        free = entered[:, upper] & entered[:, lower] & sound & np.isin(size, DISSONANT)
        for change in np.flatnonzero(free).tolist():
            if not _is_seventh(context.after[change].tolist(), upper, lower):
                step = int(context.changes[change])
                moment = (step - 1, step)
                found.append(context.finding(rule, step, {upper: moment, lower: moment}))
    return Count(rule, len(context.changes), sorted(found, key=lambda one: one.step))


def _is_seventh(pitches: list[int], upper: int, lower: int) -> bool:
    """Whether two voices have the root and the seventh of a chord that needs no preparation."""
    chord = chord_of(pitches)
    if not chord or chord.kind not in FREE:
        return False
    return {pitches[upper] % OCTAVE, pitches[lower] % OCTAVE} == {chord.root, chord.seventh}


def _bare(context: CheckContext, harmonies: Harmonies) -> Count:
    """Where a quarter starts the chord has no third, though three voices sound."""
    found, quarters = [], 0
    for step in range(
        context.chorale.plan.pickup_steps % STEPS_PER_QUARTER,
        len(context.pitches),
        STEPS_PER_QUARTER,
    ):
        sounding = [v for v in context.voices if context.pitches[step, v] != REST]
        if len(sounding) < 3:
            continue
        quarters += 1
        chord = harmonies.at(step)
        if chord and chord.kind == BARE:
            found.append(context.finding("no third", step, dict.fromkeys(sounding, (step,))))
    return Count("no third", quarters, found)


def _next(context: CheckContext, voice: int, step: int) -> int:
    """The step at which a voice leaves the pitch it has; its last one if it does not."""
    pitches = context.pitches[:, voice]
    others = np.flatnonzero(pitches[step:] != pitches[step])
    return step + int(others[0]) if len(others) else len(pitches) - 1
