"""What is in a corpus, in numbers."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from chorale.corpus.corpus import Corpus
from chorale.music import REST, VOICES, Chorale, notes

UNKNOWN = "unknown"


def describe(corpus: Corpus) -> dict[str, dict[str, Any]]:
    """For each split, what its chorales have; all values fit JSON.

    Returns:
        A dictionary of split to a dictionary of:
            chorales, steps, notes: how many;
            ranges: voice to its lowest and highest pitch, both inclusive; None if it never sounds;
            keys, metres: name to number of chorales, the commonest first, "unknown" among them;
            pickups: steps, as a text, to number of chorales, of those whose metre is known;
            repeated: share of notes that repeat the note that ends where they start, of all but
                each voice's first;
            fermatas: share of chorales with at least one.
    """
    return {split: _describe(chorales) for split, chorales in corpus.splits.items()}


def _describe(chorales: Sequence[Chorale]) -> dict[str, Any]:
    plans = [chorale.plan for chorale in chorales]
    with_fermatas = sum(plan.fermatas is not None and bool(plan.fermatas.any()) for plan in plans)
    return {
        "chorales": len(chorales),
        "steps": sum(plan.length_steps for plan in plans),
        "notes": sum(int(chorale.onsets.sum()) for chorale in chorales),
        "ranges": {name: _range(chorales, voice) for voice, name in enumerate(VOICES)},
        "keys": _counts(plan.key.name if plan.key else UNKNOWN for plan in plans),
        "metres": _counts(plan.metre.name if plan.metre else UNKNOWN for plan in plans),
        "pickups": _counts(str(plan.pickup_steps) for plan in plans if plan.metre),
        "repeated": _repeated(chorales),
        "fermatas": with_fermatas / max(1, len(chorales)),
    }


def _range(chorales: Sequence[Chorale], voice: int) -> list[int] | None:
    sounding = [c.pitches[c.pitches[:, voice] != REST, voice] for c in chorales]
    sounding = [pitches for pitches in sounding if pitches.size]
    if not sounding:
        return None
    return [int(min(p.min() for p in sounding)), int(max(p.max() for p in sounding))]


def _counts(names: Iterable[str]) -> dict[str, int]:
    return dict(Counter(names).most_common())


def _repeated(chorales: Sequence[Chorale]) -> float:
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
