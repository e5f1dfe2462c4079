"""Rules on leading tones: doubled, and unresolved in an outer or an inner voice."""

from collections.abc import Iterator

from chorale.analysis.harmony import Chord
from chorale.checking.context import EIGHTH, CheckContext
from chorale.checking.dominants import Dominant, find_dominants, find_tonics
from chorale.checking.doublings import make_doubling
from chorale.checking.findings import Finding, RuleResult
from chorale.music import OCTAVE, STEPS_PER_QUARTER

TO_FIFTH = -4  # semitones from a leading tone down to the fifth of its tonic


def apply_rules(context: CheckContext) -> Iterator[RuleResult]:
    """Yield the findings of the rules on leading tones."""
    dominants = list(find_dominants(context))
    yield _find_doubled(context, dominants)
    yield from _find_unresolved(context, dominants)


def _find_doubled(context: CheckContext, dominants: list[Dominant]) -> RuleResult:
    """Find doubled leading tones of the dominants that resolve, and of the key's own dominants.

    A note off the beat that passes or turns by step does not double another.
    """
    leading_by_step = _list_leading_tones(context) | {one.step: one.leading for one in dominants}
    rule, findings, among = "doubled leading tone", list[Finding](), 0
    end = 0  # of the last stretch with a doubled leading tone
    before: tuple[int, Chord | None] = (-EIGHTH, None)
    for step, leading in sorted(leading_by_step.items()):
        among += before != (step - EIGHTH, context.chord_at(step))
        before = step, context.chord_at(step)
        voices = [v for v in context.voices if context.classes[step, v] == leading]
        if not context.is_beat(step):
            voices = [v for v in voices if not context.is_passing(v, step)]
        if len(voices) < 2 or step < end:
            continue
        end = min(context.pitch_end(voice, step) for voice in voices)
        findings.append(make_doubling(context, rule, step, voices))
    return RuleResult(rule, among, findings)


def _list_leading_tones(context: CheckContext) -> dict[int, int]:
    """Return the leading tone at each beat with a dominant of the key at that step."""
    leading = {}
    for step in context.beats:
        chord, tonic = context.chord_at(step), context.keys[step].tonic
        if chord and tonic in find_tonics(chord, context.keys[step]):
            leading[step] = (tonic - 1) % OCTAVE
    return leading


def _find_unresolved(context: CheckContext, dominants: list[Dominant]) -> Iterator[RuleResult]:
    """Yield the leading tones that do not rise, in outer voices, and then in inner ones.

    An inner leading tone that drops to the fifth of its tonic is kept apart from others.
    """
    outer_voices = (context.voices[0], context.voices[-1]) if context.voices else ()
    outer, dropped, inner = list[Finding](), list[Finding](), list[Finding]()
    among = {True: 0, False: 0}  # by whether the voice is outer
    for dominant in dominants:
        for voice in context.voices:
            if context.classes[dominant.step, voice] != dominant.leading:
                continue
            among[voice in outer_voices] += 1
            if _is_resolved(context, dominant, voice):
                continue
            start = context.note_start(voice, dominant.step)
            end = min(context.pitch_end(voice, dominant.step), len(context.pitches) - 1)
            drops = context.pitches[end, voice] == context.pitches[start, voice] + TO_FIFTH
            rule, findings = (
                ("unresolved leading tone", outer)
                if voice in outer_voices
                else ("dropped leading tone", dropped)
                if drops
                else ("inner leading tone left", inner)
            )
            findings.append(context.make_finding(rule, start, {voice: (start, end)}))
    yield RuleResult("unresolved leading tone", among[True], outer)
    yield RuleResult("dropped leading tone", among[False], dropped)
    yield RuleResult("inner leading tone left", among[False], inner)


def _is_resolved(context: CheckContext, dominant: Dominant, voice: int) -> bool:
    """Return whether a leading tone rises by a semitone by the end of the beat of the resolution.

    A leading tone held as a suspension may resolve one beat later. A leading tone may also fall by
    a semitone to the seventh of the chord of resolution, and that of a first inversion may pass
    down in the bass from the tonic to the sixth degree.
    """
    if _passes_down(context, dominant, voice):
        return True
    limit = context.end_of_phrase(dominant.step)
    pitches = context.pitches[:limit, voice]
    leading, end = pitches[dominant.step], dominant.arrival + STEPS_PER_QUARTER
    if pitches[min(end, limit) - 1] == leading:
        end += STEPS_PER_QUARTER
    resolutions = {int(leading) + 1}
    if dominant.resolution.seventh == (dominant.leading - 1) % OCTAVE:
        resolutions.add(int(leading) - 1)
    return bool(resolutions & set(pitches[dominant.step : end].tolist()))


def _passes_down(context: CheckContext, dominant: Dominant, voice: int) -> bool:
    """Return whether the bass of a deceptive cadence goes down by step through the leading tone."""
    if voice != context.voices[-1] or dominant.resolution.root == dominant.tonic:
        return False
    start, end = (find(voice, dominant.step) for find in (context.pitch_start, context.pitch_end))
    return context.direction_of_step(voice, start) == context.direction_of_step(voice, end) == -1
