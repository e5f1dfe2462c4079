"""Notices of guesses: what was assumed where a file has one note for several voices."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from chorale.music import Plan
from chorale.reading.names import is_placeholder
from chorale.reading.parts import Part
from chorale.reading.tracing import Trace
from chorale.wording import count, list_places


def describe_guesses(traces: Iterable[tuple[Part, Trace]], counting: Plan) -> Iterator[str]:
    """Yield a notice for each kind of guess and name of a part, with its places.

    Args:
        traces: parts, each with the steps of the guesses made in tracing its lines.
        counting: a plan for counting bars and beats.
    """
    found: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for part, trace in traces:
        for steps, noun, assumed in (
            (trace.unisons, "single note", "read as a unison of voices"),
            (trace.rests, "note", "read as one voice's, while another rests"),
            (trace.holds, "note", "read as held while another voice comes to its pitch"),
            (trace.crossings, "note", "read as a crossing of voices"),
        ):
            if steps:
                found[noun, describe_owner(part), assumed] += map(int, steps)
    for (noun, owner, assumed), at in found.items():
        yield f"{count(len(at), noun)}{owner} {assumed} ({list_bar_places(sorted(at), counting)})"


def describe_owner(part: Part) -> str:
    """Return the words " of" and the name of a part; "" if it has none of its own."""
    name = part.name.strip()
    return "" if is_placeholder(name, shared=False) else f" of {name}"


def list_bar_places(steps: Sequence[int], counting: Plan) -> str:
    """List the first of the bars and beats of these steps, each once, and the number of others."""
    return list_places(list(dict.fromkeys(map(counting.place, steps))))
