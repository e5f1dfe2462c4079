"""What the composing commands tell of candidates: how they were ranked, and why."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chorale.composing.ranking import Ranked, Reason

SHOWN = 8  # candidates, best first
REASONS = 3  # of each, the weightiest
LEAST_NATS = 0.5  # a reason below is not told
LEAST_TOLD = 0.1  # of what Bach would have


def ranking_lines(ranking: "Sequence[Ranked]") -> list[str]:
    """Candidates as lines, best first; after SHOWN how far the others reach."""
    best, *others = ranking
    lines = [
        (
            f"candidate {best.number} of {len(ranking)} is kept, the least surprising; the "
            "weightiest reasons, in brackets what Bach would have:"
        )
    ]
    apart = _apart(ranking)
    width = len(str(len(ranking)))
    for judged in ranking[:SHOWN]:
        told = [
            reason
            for reason in judged.reasons
            if reason.nats >= LEAST_NATS and reason.what in apart
        ]
        why = "; ".join(map(_in_words, told[:REASONS])) or "nothing much"
        lines.append(f"  {judged.number:>{width}}  surprise {judged.surprise:4.1f}: {why}")
    if len(others) >= SHOWN:
        worst = ranking[-1].surprise
        lines.append(f"  and {len(ranking) - SHOWN} more, up to {worst:.1f}")
    return lines


def _apart(ranking: "Sequence[Ranked]") -> set[str]:
    """What is not the same in all candidates, such as faults of music that was brought."""
    found = [{reason.what: reason.found for reason in judged.reasons} for judged in ranking]
    names = {what for each in found for what in each}
    return {what for what in names if len({each.get(what, 0) for each in found}) > 1}


def ranking_as_json(ranking: "Sequence[Ranked]") -> list[dict[str, Any]]:
    """Candidates, best first, with all reasons; nats."""
    return [
        {
            "candidate": judged.number,
            "surprise": round(judged.surprise, 3),
            "nats_per_note": round(judged.nats_per_note, 4),
            "reasons": [
                {
                    "what": reason.what,
                    "found": round(reason.found, 4),
                    "expected": round(reason.expected, 4),
                    "nats": round(reason.nats, 3),
                }
                for reason in judged.reasons
            ],
        }
        for judged in ranking
    ]


def _in_words(reason: "Reason") -> str:
    from chorale.composing.ranking import LIKELIHOOD

    if reason.what == LIKELIHOOD:
        way = "less likely" if reason.found > reason.expected else "plainer"
        return f"{way} than most, {reason.found:.2f} nats a note (mean {reason.expected:.2f})"
    expected = f"{reason.expected:.1f}" if reason.expected >= LEAST_TOLD else f"<{LEAST_TOLD}"
    return f"{reason.what} {reason.found:g} ({expected})"
