"""Rules on sevenths of chords: they fall by step.

A seventh may rise in a passing dominant four-three chord, between a tonic chord and its first
inversion, where it moves in parallel with the bass (S. Kostka and D. Payne, Tonal Harmony, on
inversions of the V7). An augmented sixth, which rises, is none: by its spelling, an augmented sixth
chord is told from the dominant seventh that sounds alike.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from chorale.analysis.harmony import Chord
from chorale.checking.context import EIGHTH, SECOND, CheckContext
from chorale.checking.dominants import find_dominants
from chorale.checking.findings import Finding, RuleResult
from chorale.music import OCTAVE, REST, STEPS_PER_QUARTER

DIMINISHED = "diminished seventh"
LETTERS = "CDEFGAB"
SIXTH = 5  # letters from a note to the sixth above it
ON_BEATS = ("minor seventh", "major seventh")  # chords that count only where a beat begins


@dataclass(frozen=True)
class Seventh:
    """The seventh of a chord, in one voice.

    Attributes:
        step: step at which the chord is identified.
        end: step at which the voice leaves the seventh.
        voice: number of the voice.
        root: pitch class of the chord's root.
        chord: chord that contains the seventh.
    """

    step: int
    end: int
    voice: int
    root: int
    chord: Chord


def apply_rules(context: CheckContext) -> Iterator[RuleResult]:
    """Yield the findings of the rules on sevenths."""
    yield _find_unresolved(context, "unresolved seventh", _list_sevenths(context))
    yield _find_unresolved(context, "unresolved diminished seventh", _list_diminished(context))


def _find_unresolved(context: CheckContext, rule: str, sevenths: Iterator[Seventh]) -> RuleResult:
    # a seventh held through several chords counts once, in the last of them
    last = {(seventh.voice, seventh.end): seventh for seventh in sevenths}
    findings: list[Finding] = []
    for seventh in last.values():
        if not _is_resolved(context, seventh):
            start = _find_start(context, seventh)
            steps = {seventh.voice: (start, seventh.end)}
            findings.append(context.make_finding(rule, start, steps))
    return RuleResult(rule, len(last), sorted(findings, key=lambda found: found.step))


def _list_sevenths(context: CheckContext) -> Iterator[Seventh]:
    """Yield the sevenths that move on within a phrase while their root still sounds.

    Dominant and half-diminished sevenths count on every eighth, minor and major sevenths only on
    beats, since between beats a passing note under a triad looks like the root of such a chord.
    Notes that pass upwards between beats do not count, nor does the bass of such a chord that
    passes upwards on a beat, nor any chord under which the bass passes or turns by step while the
    other voices stand still.
    """
    for step in range(context.first_eighth, len(context.pitches), EIGHTH):
        chord = context.chord_at(step)
        if not chord or chord.seventh is None or chord.kind == DIMINISHED:
            continue
        if chord.kind in ON_BEATS and not context.is_beat(step):
            continue
        bass = context.bass_at(step)
        if context.is_passing(bass, step):
            continue
        for voice in context.voices:
            if context.classes[step, voice] == chord.seventh:
                if _is_augmented_sixth(context, chord, voice, step):
                    continue
                end = _find_end(context, voice, step)
                may_pass = not context.is_beat(step) or (voice == bass and chord.kind in ON_BEATS)
                if end is None or (may_pass and _passes_up(context, voice, step, end)):
                    continue
                if _has_root_throughout(context, chord, voice, step, end):
                    yield Seventh(step, end, voice, chord.root, chord)


def _is_augmented_sixth(context: CheckContext, chord: Chord, voice: int, step: int) -> bool:
    """Return whether the seventh of a dominant seventh is written as an augmented sixth."""
    if chord.kind != "dominant seventh":
        return False
    roots = [other for other in context.voices if context.classes[step, other] == chord.root]
    spellings = [context.spelling_at(each, step) for each in (*roots, voice)]
    *lower, upper = [LETTERS.index(spelling.letter) for spelling in spellings if spelling]
    return any((upper - letter) % len(LETTERS) == SIXTH for letter in lower)


def _list_diminished(context: CheckContext) -> Iterator[Seventh]:
    """Yield the sevenths of diminished sevenths that resolve, which shows their root."""
    for dominant in find_dominants(context):
        if dominant.chord.kind != DIMINISHED:
            continue
        for voice in context.voices:
            if context.classes[dominant.step, voice] == (dominant.leading + 9) % OCTAVE:
                end = _find_end(context, voice, dominant.step)
                if end is not None:
                    yield Seventh(dominant.step, end, voice, dominant.leading, dominant.chord)


def _is_resolved(context: CheckContext, seventh: Seventh) -> bool:
    """Return whether a seventh falls by step within a beat, or is taken over by another voice.

    It is taken over if the chord's root and seventh both sound when this voice leaves the seventh.
    """
    limit = min(context.end_of_phrase(seventh.step), seventh.end + STEPS_PER_QUARTER)
    pitch = int(context.pitches[seventh.step, seventh.voice])
    after = set(context.pitches[seventh.end : limit, seventh.voice].tolist())
    if after & {pitch - 1, pitch - SECOND} or _rises_with_bass(context, seventh):
        return True
    taken_over = {seventh.root, int(context.classes[seventh.step, seventh.voice])}
    return taken_over <= set(context.classes[seventh.end].tolist())


def _rises_with_bass(context: CheckContext, seventh: Seventh) -> bool:
    """Return whether the seventh of a four-three chord rises by step together with the bass."""
    bass = context.bass_at(seventh.step)
    moves = context.pitches[seventh.end] - context.pitches[seventh.end - 1]
    is_four_three = (seventh.chord.bass - seventh.root) % OCTAVE == 7
    return is_four_three and all(0 < moves[voice] <= SECOND for voice in (bass, seventh.voice))


def _find_start(context: CheckContext, seventh: Seventh) -> int:
    """Return the step from which the seventh and its root sound, at which one of them starts."""
    roots = [v for v in context.voices if context.classes[seventh.step, v] == seventh.root]
    root_starts = [context.pitch_start(voice, seventh.step) for voice in roots]
    return max(context.note_start(seventh.voice, seventh.step), min(root_starts))


def _find_end(context: CheckContext, voice: int, step: int) -> int | None:
    """Return the step at which a voice changes its pitch in a phrase; None without a change."""
    end = context.pitch_end(voice, step)
    if end == len(context.pitches) or context.pitches[end, voice] == REST:
        return None
    return end if context.phrases[end] == context.phrases[step] else None


def _passes_up(context: CheckContext, voice: int, step: int, end: int) -> bool:
    """Return whether a note is reached and left by step upwards."""
    start = context.pitch_start(voice, step)
    return context.direction_of_step(voice, start) == context.direction_of_step(voice, end) == 1


def _has_root_throughout(
    context: CheckContext, chord: Chord, voice: int, step: int, end: int
) -> bool:
    """Return whether another voice has the root of the chord at all steps before `end`."""
    others = [other for other in context.voices if other != voice]
    return bool((context.classes[step:end, others] == chord.root).all(axis=0).any())
