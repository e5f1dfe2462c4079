"""Findings of notes that are doubled: from where all of them sound in a chord to where one ends."""

from collections.abc import Sequence

from chorale.checking.context import CheckContext
from chorale.checking.findings import Finding


def make_doubling(context: CheckContext, rule: str, step: int, voices: Sequence[int]) -> Finding:
    """Return a finding of a note of a chord that several voices have.

    Args:
        context: the chorale.
        rule: name of the rule.
        step: step at which the voices have the note and the chord is identified.
        voices: numbers of the voices.
    """
    start, end = context.harmony_span(step)
    starts = [context.pitch_start(voice, step) for voice in voices]
    ends = [context.pitch_end(voice, step) for voice in voices]
    steps_by_voice = dict.fromkeys(voices, (step,))
    return context.make_finding(rule, max(start, *starts), steps_by_voice, min(end, *ends))
