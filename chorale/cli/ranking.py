"""The ranking of candidates that `--best-of` prints, with its reasons."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chorale.composing.ranking import RankedCandidate, Reason

MAX_CANDIDATES = 8  # candidates printed, the best
MAX_REASONS = 3  # reasons printed for each candidate, the weightiest
MIN_NATS = 0.5  # least weight of a printed reason
MIN_EXPECTED = 0.1  # smaller numbers expected of Bach are printed as "<0.1"


def format_ranking(ranking: "Sequence[RankedCandidate]") -> list[str]:
    """Format a ranking as lines, best candidate first; a last line counts those left out."""
    best, *others = ranking
    lines = [
        (
            f"candidate {best.number} of {len(ranking)} is kept, the least surprising; main "
            "reasons, with the counts expected of Bach in brackets:"
        )
    ]
    distinguishing = _find_distinguishing(ranking)
    width = len(str(len(ranking)))
    for candidate in ranking[:MAX_CANDIDATES]:
        reasons = [
            reason
            for reason in candidate.reasons
            if reason.nats >= MIN_NATS and reason.what in distinguishing
        ]
        why = "; ".join(map(_describe_reason, reasons[:MAX_REASONS])) or "nothing stands out"
        lines.append(f"  {candidate.number:>{width}}  surprise {candidate.surprise:4.1f}: {why}")
    if len(others) >= MAX_CANDIDATES:
        worst = ranking[-1].surprise
        more = len(ranking) - MAX_CANDIDATES
        lines.append(f"  and {more} more, with a surprise of up to {worst:.1f}")
    return lines


def _find_distinguishing(ranking: "Sequence[RankedCandidate]") -> set[str]:
    """Return the reasons whose counts differ between candidates.

    A rule broken only within the voices kept from the input has the same count in all of them.
    """
    found = [{reason.what: reason.found for reason in candidate.reasons} for candidate in ranking]
    names = {what for each in found for what in each}
    return {what for what in names if len({each.get(what, 0) for each in found}) > 1}


def collect_ranking(ranking: "Sequence[RankedCandidate]") -> list[dict[str, Any]]:
    """Collect the JSON facts of the candidates, best first, with all their reasons."""
    return [
        {
            "candidate": candidate.number,
            "surprise": round(candidate.surprise, 3),
            "nats_per_note": round(candidate.nats_per_note, 4),
            "reasons": [
                {
                    "what": reason.what,
                    "found": round(reason.found, 4),
                    "expected": round(reason.expected, 4),
                    "nats": round(reason.nats, 3),
                }
                for reason in candidate.reasons
            ],
        }
        for candidate in ranking
    ]


def _describe_reason(reason: "Reason") -> str:
    from chorale.composing.ranking import CRITIC, LIKELIHOOD

    if reason.what == CRITIC:
        return f"critic: {reason.nats:.1f} nats less like Bach than the best"
    if reason.what == LIKELIHOOD:
        comparison = "less likely" if reason.found > reason.expected else "plainer"
        return (
            f"{comparison} than most, {reason.found:.2f} nats a note (mean {reason.expected:.2f})"
        )
    expected = f"{reason.expected:.1f}" if reason.expected >= MIN_EXPECTED else f"<{MIN_EXPECTED}"
    return f"{reason.what} {reason.found:g} ({expected})"
