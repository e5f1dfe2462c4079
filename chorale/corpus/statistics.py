"""Statistics of a corpus."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from chorale.corpus.corpus import Corpus
from chorale.music import REST, VOICES, Chorale, notes

UNKNOWN = "unknown"


def describe(corpus: Corpus) -> dict[str, dict[str, Any]]:
    """Describe the chorales of each split, in JSON values.

    Returns:
        For each split a dictionary of:
            chorales, steps, notes: how many there are;
            ranges: for each voice its lowest and highest pitch, both inclusive; None if it never
                sounds;
            keys, metres: number of chorales in each, the commonest first, by name or "unknown";
            pickups: number of chorales by length of the pickup, a string of its steps; chorales
                without a metre are left out;
            repeated: share of notes, other than the first of a voice, that have the pitch of the
                note before and follow it without a rest;
            fermatas: share of chorales with at least one fermata.
    """
    return {split: _describe(chorales) for split, chorales in corpus.splits.items()}


def _describe(chorales: Sequence[Chorale]) -> dict[str, Any]:
    plans = [chorale.plan for chorale in chorales]
    with_fermatas = sum(plan.fermatas is not None and bool(plan.fermatas.any()) for plan in plans)
    return {
        "chorales": len(chorales),
        "steps": sum(plan.length_steps for plan in plans),
        "notes": sum(int(chorale.onsets.sum()) for chorale in chorales),
        "ranges": {name: _find_range(chorales, voice) for voice, name in enumerate(VOICES)},
        "keys": _count_names(plan.key.name if plan.key else UNKNOWN for plan in plans),
        "metres": _count_names(plan.metre.name if plan.metre else UNKNOWN for plan in plans),
        "pickups": _count_names(str(plan.pickup_steps) for plan in plans if plan.metre),
        "repeated": _compute_repeated_share(chorales),
        "fermatas": with_fermatas / max(1, len(chorales)),
    }


def _find_range(chorales: Sequence[Chorale], voice: int) -> list[int] | None:
    sounding = [c.pitches[c.pitches[:, voice] != REST, voice] for c in chorales]
    sounding = [pitches for pitches in sounding if pitches.size]
    if not sounding:
        return None
    return [int(min(p.min() for p in sounding)), int(max(p.max() for p in sounding))]


def _count_names(names: Iterable[str]) -> dict[str, int]:
    return dict(Counter(names).most_common())


def _compute_repeated_share(chorales: Sequence[Chorale]) -> float:
    successions = [
        (before, after)
        for chorale in chorales
        for voice in range(len(VOICES))
        for before, after in pairwise(notes(chorale, voice))
    ]
    repeated = sum(
        before.pitch == after.pitch and before.onset_step + before.length_steps == after.onset_step
        for before, after in successions
    )
    return repeated / max(1, len(successions))
