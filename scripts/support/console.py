"""Console of the scripts: a parser, the package's errors in one line, and Markdown tables."""

import argparse
import sys
from collections.abc import Iterable, Sequence
from itertools import chain

from chorale.errors import ChoraleError


def parser_for(docstring: str | None) -> argparse.ArgumentParser:
    """Return a parser that describes the script by the first line of its docstring."""
    return argparse.ArgumentParser(
        description=(docstring or "").splitlines()[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )


def run(parser: argparse.ArgumentParser) -> None:
    """Parse the arguments and pass them to the function that the parser has as `run`.

    An error of the package ends the script with its message and status 1.
    """
    options = parser.parse_args()
    try:
        options.run(options)
    except ChoraleError as error:
        sys.exit(str(error))


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
