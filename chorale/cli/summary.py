"""What a composing command tells at its end: a panel on a terminal, plain lines elsewhere."""

import shlex
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from chorale.cli.console import printable_lines, say, say_renderable


def line_of(result: Mapping[str, Any]) -> str:
    """One result in a line: its files, and what is in them."""
    return f"{', '.join(result['files'])}: {_music(result)}, seed {result['seed']}"


def say_summary(results: Sequence[Mapping[str, Any]]) -> None:
    """Tell what was written, and how to hear and see it.

    Args:
        results: one a chorale; see `chorale.cli.composing`. Of several each has had its line.
    """
    first = results[0]
    hints = _hints(first)
    if not sys.stdout.isatty():
        if len(results) == 1:
            say(line_of(first))
        if hints:
            say("; ".join(f"to {what} it: {command}" for what, command in hints.items()))
        return
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="bold")
    facts.add_column(overflow="fold")
    for name, text in [*_rows(results), *((f"to {what}", line) for what, line in hints.items())]:
        facts.add_row(name, Text(printable_lines(text)))  # no markup: a file may be called "[b]"
    say_renderable(Panel(facts, expand=False, title="chorale"))


def _rows(results: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """What the panel tells, by names."""
    first, files = results[0], [file for result in results for file in result["files"]]
    rows = [("music", _music(first))]
    if len(results) > 1:
        rows = [("chorales", f"{len(results)}, {_several(results)}")]
    rows.append(("tempo", f"{first['tempo']:g} quarters a minute"))
    rows.append(("seed", f"{first['seed']}, model {first['model']}"))
    if len(results) > 1:
        return [*rows, ("files", f"{len(files)}, from {files[0]} to {files[-1]}")]
    return [*rows, ("files" if len(files) > 1 else "file", "\n".join(files))]


def _music(result: Mapping[str, Any]) -> str:
    """Key, metre and length."""
    from chorale.wording import describe_length

    length = describe_length(result["bars"], result["pickup_steps"] > 0)
    return ", ".join(filter(None, [result["key"], result["metre"], length]))


def _several(results: Sequence[Mapping[str, Any]]) -> str:
    """How many are in major and how many in minor."""
    minor = sum(result["key"].endswith("minor") for result in results)
    return f"{len(results) - minor} in major and {minor} in minor"


def _hints(result: Mapping[str, Any]) -> dict[str, str]:
    """Commands that go on with the first file that they can read, if there is one."""
    from chorale.reading import SUFFIXES

    readable = [file for file in result["files"] if file.lower().endswith(SUFFIXES)]
    if not readable:
        return {}
    file = shlex.quote(readable[0])
    return {"hear": f"chorale play {file}", "see": f"chorale show {file}"}
