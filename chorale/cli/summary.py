"""The summary that a composing command prints: a panel on a terminal, plain lines elsewhere."""

import shlex
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from chorale.cli.console import make_lines_printable, print_renderable, print_result


def format_result(result: Mapping[str, Any]) -> str:
    """Format a result in one line: its files, key, metre, length and seed."""
    return f"{', '.join(result['files'])}: {_describe_music(result)}, seed {result['seed']}"


def print_summary(results: Sequence[Mapping[str, Any]]) -> None:
    """Print a summary of the results, and how to play and show the first file.

    Args:
        results: the facts of each chorale, as `--json` prints them. If there are several, a line
            for each has been printed already.
    """
    first = results[0]
    hints = _list_hints(first)
    if not sys.stdout.isatty():
        if len(results) == 1:
            print_result(format_result(first))
        if hints:
            print_result("; ".join(f"to {verb} it: {command}" for verb, command in hints.items()))
        return
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    rows = [*_list_rows(results), *((f"to {verb}", command) for verb, command in hints.items())]
    for name, text in rows:
        table.add_row(name, Text(make_lines_printable(text)))  # a file named "[b]" is not markup
    print_renderable(Panel(table, expand=False, title="chorale"))


def _list_rows(results: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return the names and texts of the panel's rows."""
    first, files = results[0], [file for result in results for file in result["files"]]
    rows = [("music", _describe_music(first))]
    if len(results) > 1:
        rows = [("chorales", f"{len(results)}, {_count_modes(results)}")]
    rows.append(("tempo", f"{first['tempo']:g} quarters a minute"))
    rows.append(("seed", f"{first['seed']}, model {first['model']}"))
    if len(results) > 1:
        return [*rows, ("files", f"{len(files)}, from {files[0]} to {files[-1]}")]
    return [*rows, ("files" if len(files) > 1 else "file", "\n".join(files))]


def _describe_music(result: Mapping[str, Any]) -> str:
    """Describe key, metre and length."""
    from chorale.wording import describe_length

    length = describe_length(result["bars"], result["pickup_steps"] > 0)
    return ", ".join(filter(None, [result["key"], result["metre"], length]))


def _count_modes(results: Sequence[Mapping[str, Any]]) -> str:
    """Count the chorales in major, in minor and in church modes, in words."""
    from chorale.wording import join_names

    modes = Counter(result["key"].split()[-1] for result in results)
    counted = {mode: modes[mode] for mode in dict.fromkeys(("major", "minor", *sorted(modes)))}
    return join_names([f"{number} in {mode}" for mode, number in counted.items()])


def _list_hints(result: Mapping[str, Any]) -> dict[str, str]:
    """Return commands by verb for the first readable file; empty if no file is readable."""
    from chorale.reading import SUFFIXES

    readable = [file for file in result["files"] if file.lower().endswith(SUFFIXES)]
    if not readable:
        return {}
    file = shlex.quote(readable[0])
    return {"hear": f"chorale play {file}", "see": f"chorale show {file}"}
