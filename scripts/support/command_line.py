"""The command line of the scripts: a parser, and the package's errors in one line."""

import argparse
import sys

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
