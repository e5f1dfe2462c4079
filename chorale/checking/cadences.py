"""Rules on the ends of phrases and of the chorale; `chorale.analysis` defines the cadences.

A phrase may also end with a deceptive cadence, or with a half cadence in the key that it has
reached (`chorale.harmony.cadences`).
"""

from collections.abc import Iterator

from chorale.analysis import ending, phrase_endings
from chorale.analysis.harmony import BARE, identify_chord
from chorale.checking.context import CheckContext
from chorale.checking.findings import RuleResult
from chorale.music import OCTAVE, REST

OPEN_CADENCES = ("HC", "DC")
HALF_CLOSES = ("major", "dominant seventh")  # kinds of the dominant that ends a half close


def apply_rules(context: CheckContext) -> Iterator[RuleResult]:
    """Yield the findings of the rules on cadences.

    A last phrase that reaches the chorale's end is judged only by the rules on that end of the
    music. Phrases that end in silence are not judged.
    """
    spans = context.chorale.plan.fermata_spans
    phrases = phrase_endings(context.chorale, context.key)
    if spans and spans[-1][1] >= _sounding_end(context):
        phrases = phrases[:-1]
    phrases = [phrase for phrase in phrases if phrase.degree is not None]
    open_steps = set(_list_open_steps(context))
    rule = "phrase without a cadence"
    findings = [
        context.make_finding(
            rule, context.chord_start(phrase.step), _sounding_voices(context, phrase.step)
        )
        for phrase in phrases
        if phrase.cadence is None and phrase.step not in open_steps
    ]
    yield RuleResult(rule, len(phrases), findings)
    yield from _judge_end(context)


def _list_open_steps(context: CheckContext) -> Iterator[int]:
    """Yield the steps of each phrase that ends with a half or a deceptive cadence."""
    phrases = context.harmony.phrases if context.harmony else ()
    for phrase in phrases:
        if phrase.cadence in OPEN_CADENCES:
            yield from range(phrase.step, phrase.end)


def _judge_end(context: CheckContext) -> Iterator[RuleResult]:
    sounding_end = _sounding_end(context)
    if not sounding_end:
        return
    end = ending(context.chorale, context.key)
    step = sounding_end - end.held_steps
    remark = f"(in {context.key.name})"
    if context.open_end and _is_half_close(context, sounding_end - 1):
        return
    on_tonic = end.on_tonic or _is_bare_tonic(context, sounding_end - 1)
    for rule, opportunities, is_broken in (
        ("end off the tonic", 1, not on_tonic),
        ("end without a cadence", int(end.on_tonic), end.on_tonic and end.cadence is None),
    ):
        voices = _sounding_voices(context, step)
        findings = (
            [context.make_finding(rule, step, voices, sounding_end, remark)] if is_broken else []
        )
        yield RuleResult(rule, opportunities, findings)


def _sounding_end(context: CheckContext) -> int:
    """Return the step after the last sounding step; 0 if all voices are silent."""
    sounding = (context.pitches != REST).any(axis=1).nonzero()[0]
    return int(sounding[-1]) + 1 if len(sounding) else 0


def _is_bare_tonic(context: CheckContext, step: int) -> bool:
    """Return whether a chord is the tonic alone or with its fifth, and has the tonic in the bass.

    Such an end is not reported as off the tonic: the rule "no third" is there for it.
    """
    sounding = [int(pitch) for pitch in context.pitches[step] if pitch != REST]
    degrees = {(pitch - context.key.tonic) % OCTAVE for pitch in sounding}
    return min(sounding) % OCTAVE == context.key.tonic and degrees <= {0, 7}


def _is_half_close(context: CheckContext, step: int) -> bool:
    """Return whether a chord is the dominant of the key, or its seventh chord, in root position."""
    chord = identify_chord(context.pitches[step].tolist())
    dominant = (context.key.tonic + 7) % OCTAVE
    if not chord or chord.kind not in (*HALF_CLOSES, BARE):
        return False
    return chord.root == chord.bass == dominant


def _sounding_voices(context: CheckContext, step: int) -> dict[int, tuple[int]]:
    return {voice: (step,) for voice in context.voices if context.pitches[step, voice] != REST}
