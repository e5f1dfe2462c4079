"""How phrases and the whole close; `chorale.analysis` says what a cadence is."""

from collections.abc import Iterator

from chorale.analysis import OCTAVE, ending, phrase_closes
from chorale.checking.context import CheckContext, Count
from chorale.music import REST


def counts(context: CheckContext) -> Iterator[Count]:
    """What the rules of this room find.

    The last phrase is judged by the rules on the end alone, where it reaches the end. A phrase of
    rests closes in no way.
    """
    spans = context.chorale.plan.fermata_spans
    closes = phrase_closes(context.chorale, context.key)
    if spans and spans[-1][1] >= _sounding_end(context):
        closes = closes[:-1]
    closes = [close for close in closes if close.degree is not None]
    open_ends = [
        context.finding("phrase without a cadence", close.step, _all(context, close.step))
        for close in closes
        if close.cadence is None
    ]
    yield Count("phrase without a cadence", len(closes), open_ends)
    yield from _end(context)


def _end(context: CheckContext) -> Iterator[Count]:
    sounding_end = _sounding_end(context)
    if not sounding_end:
        return
    end = ending(context.chorale, context.key)
    step = sounding_end - end.held_steps
    told = f"(heard in {context.key.name})"
    at_home = end.on_tonic or _bare_tonic(context, sounding_end - 1)
    weak = end.on_tonic and end.cadence is None
    for rule, places, holds in (
        ("end off the tonic", 1, not at_home),
        ("end without a cadence", int(end.on_tonic), weak),
    ):
        found = [context.finding(rule, step, _all(context, step), remark=told)] if holds else []
        yield Count(rule, places, found)


def _sounding_end(context: CheckContext) -> int:
    """The step after the last at which a voice sounds; 0 if none does."""
    sounding = (context.pitches != REST).any(axis=1).nonzero()[0]
    return int(sounding[-1]) + 1 if len(sounding) else 0


def _bare_tonic(context: CheckContext, step: int) -> bool:
    """Whether there is a tonic below and nothing else but its fifth; "no third" tells of that."""
    sounding = [int(pitch) for pitch in context.pitches[step] if pitch != REST]
    degrees = {(pitch - context.key.tonic) % OCTAVE for pitch in sounding}
    return min(sounding) % OCTAVE == context.key.tonic and degrees <= {0, 7}


def _all(context: CheckContext, step: int) -> dict[int, tuple[int]]:
    return {voice: (step,) for voice in context.voices if context.pitches[step, voice] != REST}
