"""Tables in Markdown, and shares as text: how the scripts print their figures."""

from collections.abc import Iterable, Sequence
from itertools import chain


def print_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a Markdown table, its first column to the left and the others to the right.

    Each row is printed as soon as `rows` yields it, so that a long measurement shows its progress.
    """
    rule = ["---", *["---:"] * (len(header) - 1)]
    for cells in chain([header, rule], rows):
        print(f"| {' | '.join(cells)} |", flush=True)


def percent(share: float, digits: int = 1) -> str:
    """Format a share of 1 as a percentage, such as "2.4 %"."""
    return f"{100 * share:.{digits}f} %"
