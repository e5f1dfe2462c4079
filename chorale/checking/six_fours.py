"""Rules on six-four chords: how they stand, and how the cadential one resolves.

A six-four chord is a major or minor triad with its fifth in the bass, on a beat. It is

- a pedal if another chord stands before it on the same bass note, and the bass is kept or left by
  step,
- cadential if the dominant on the same bass note follows, or its four-two chord,
- passing if the bass is reached and left by step, or
- arpeggiated if a chord with the same root is its neighbour.

In the cadential six-four, the fourth above the bass falls by step to the leading tone, and the
sixth moves by step or is kept; where one of them is doubled, one voice is enough. The lowest voice
is the bass even where another crosses below it, as its choir had instruments that doubled it an
octave lower.

Source: S. Kostka and D. Payne, Tonal Harmony (1984), on triads in second inversion.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from chorale.analysis.harmony import BARE, Chord
from chorale.checking.context import EIGHTH, CheckContext
from chorale.checking.findings import Finding, RuleResult
from chorale.music import OCTAVE, REST, STEPS_PER_QUARTER

FIFTH = 7  # semitones from the root up to the bass of a six-four chord
TRIADS = ("major", "minor")
DOMINANTS = ("major", "dominant seventh", BARE)
FOURTH_MOVES = {-2, -1}  # in semitones
SIXTH_MOVES = {
    -2,
    -1,
    0,
    1,
    2,
}  # in semitones; the sixth falls to the fifth or rises to the seventh


@dataclass(frozen=True)
class SixFour:
    """A six-four chord.

    Attributes:
        start: first step of the chord.
        end: exclusive end: the step at which another chord, or none, begins.
        bass_end: step at which the bass leaves its pitch class.
        chord: the chord.
        before: chord before it in the phrase, if any.
        after: chord after it in the phrase, if any.
    """

    start: int
    end: int
    bass_end: int
    chord: Chord
    before: Chord | None
    after: Chord | None


def apply_rules(context: CheckContext) -> Iterator[RuleResult]:
    """Yield the findings of the rules on six-four chords."""
    unresolved, free = list[Finding](), list[Finding]()
    among = {True: 0, False: 0}  # by whether the chord is cadential
    for one in _find_six_fours(context):
        is_cadential = _is_cadential(one)
        among[is_cadential] += 1
        voices = [v for v in context.voices if context.pitches[one.start, v] != REST]
        if is_cadential and not _resolves(context, one):
            dissonant = (one.chord.root, one.chord.third)
            moving = [v for v in voices if context.classes[one.end - 1, v] in dissonant]
            steps = dict.fromkeys(moving, (one.end - 1, one.end))
            rule = "unresolved cadential six-four"
            unresolved.append(context.make_finding(rule, one.start, steps))
        elif not is_cadential and one.after and not _is_joined(context, one):
            steps_by_voice = dict.fromkeys(voices, (one.start,))
            free.append(context.make_finding("free six-four", one.start, steps_by_voice, one.end))
    yield RuleResult("unresolved cadential six-four", among[True], unresolved)
    yield RuleResult("free six-four", among[False], free)


def _find_six_fours(context: CheckContext) -> Iterator[SixFour]:
    """Yield the six-four chords on beats, with their neighbours in the phrase."""
    end = 0
    for step in context.beats:
        chord = context.chord_at(step)
        if step < end or not chord or not _is_six_four(context, step, chord):
            continue
        start = end = step
        while context.chord_at(start - EIGHTH) == chord:
            start -= EIGHTH
        while context.chord_at(end) == chord:
            end += EIGHTH
        limit = context.end_of_phrase(step)
        others = np.flatnonzero(context.classes[step:limit, context.voices[-1]] != chord.bass)
        bass_end = step + int(others[0]) if len(others) else limit
        before = _find_chord(context, step, range(start - EIGHTH, start - 3 * EIGHTH, -EIGHTH))
        after = _find_resolution(context, chord, end, bass_end) or _find_chord(
            context, step, range(end, end + 2 * EIGHTH, EIGHTH)
        )
        start, end = context.chord_start(start), context.chord_start(end)
        yield SixFour(start, end, bass_end, chord, before, after)


def _is_six_four(context: CheckContext, step: int, chord: Chord) -> bool:
    is_lowest = context.classes[step, context.voices[-1]] == chord.bass
    is_on_fifth = (chord.bass - chord.root) % OCTAVE == FIFTH
    return bool(is_lowest and is_on_fifth) and chord.kind in TRIADS


def _find_resolution(context: CheckContext, chord: Chord, end: int, bass_end: int) -> Chord | None:
    """Return the dominant that follows a six-four chord on the same bass note, if any."""
    following = (context.chord_at(step) for step in range(end, bass_end, EIGHTH))
    return next((one for one in following if one and _is_dominant_of(one, chord)), None)


def _is_dominant_of(dominant: Chord, six_four: Chord) -> bool:
    return dominant.root == six_four.bass and dominant.kind in DOMINANTS


def _find_chord(context: CheckContext, step: int, places: Iterable[int]) -> Chord | None:
    """Return the first chord at some places in the phrase of a step."""
    for place in places:
        in_music = 0 <= place < len(context.pitches)
        if in_music and context.phrases[place] == context.phrases[step]:
            chord = context.chord_at(place)
            if chord:
                return chord
    return None


def _is_cadential(six_four: SixFour) -> bool:
    """Return whether the dominant follows on the same bass note, or its four-two chord."""
    chord, before, after = six_four.chord, six_four.before, six_four.after
    if not after or not _is_dominant_of(after, chord) or (before and before.bass == chord.bass):
        return False
    return after.bass in (chord.bass, after.seventh)


def _resolves(context: CheckContext, six_four: SixFour) -> bool:
    """Return whether the fourth above the bass falls by step, and the sixth moves by step at most.

    Both may arrive up to a quarter after the bass has left.
    """
    chord, last = six_four.chord, six_four.end - 1
    until = min(six_four.bass_end + STEPS_PER_QUARTER, context.end_of_phrase(last))
    return all(
        any(
            moves
            & {
                int(pitch) - context.pitches[last, voice]
                for pitch in context.pitches[six_four.end : until, voice]
            }
            for voice in context.voices
            if context.classes[last, voice] == note
        )
        for note, moves in ((chord.root, FOURTH_MOVES), (chord.third, SIXTH_MOVES))
        if note in context.classes[last]
    )


def _is_joined(context: CheckContext, six_four: SixFour) -> bool:
    """Return whether a six-four chord is passing, a pedal or arpeggiated."""
    chord, before, after = six_four.chord, six_four.before, six_four.after
    if any(other and other.root == chord.root for other in (before, after)):
        return True
    if before and after and before.bass == chord.bass == after.bass:
        return True
    bass, step = context.voices[-1], six_four.start
    start, end = context.pitch_start(bass, step), context.pitch_end(bass, step)
    is_held = before is None or before.bass == chord.bass
    enters = is_held or context.direction_of_step(bass, start) != 0
    return enters and context.direction_of_step(bass, end) != 0
