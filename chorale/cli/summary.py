"""What a composing command tells at its end: a panel on a terminal, plain lines elsewhere."""

import shlex
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from chorale.cli.console import say, say_renderable


def line_of(result: Mapping[str, Any]) -> str:
    """One result in a line: its file, and what is in it."""
    return f"{result['file']}: {_music(result)}, seed {result['seed']}"


def say_summary(results: Sequence[Mapping[str, Any]]) -> None:
    """Tell what was written, and how to hear and see it.

    Args:
        results: one a chorale; see `chorale.cli.composing`. Of several each has had its line.
    """
    first = results[0]
    hints = _hints(first)
    if not sys.stdout.isatty():
        for line in [line_of(first), *first["files"][1:]] if len(results) == 1 else []:
            say(line)
        if hints:
            say("; ".join(f"to {what} it: {command}" for what, command in hints.items()))
        return
    from rich.panel import Panel
    from rich.table import Table

    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="bold")
    facts.add_column(overflow="fold")
    if len(results) == 1:
        facts.add_row("music", _music(first))
    else:
        facts.add_row("chorales", f"{len(results)}, {_several(results)}")
    facts.add_row("tempo", f"{first['tempo']:g} quarters a minute")
    facts.add_row("seed", f"{first['seed']}, model {first['model']}")
    facts.add_row("files" if len(first["files"]) > 1 else "file", "\n".join(first["files"]))
    for what, command in hints.items():
        facts.add_row(f"to {what}", command)
    say_renderable(Panel(facts, expand=False, title="chorale"))


def _music(result: Mapping[str, Any]) -> str:
    """Key, metre and length."""
    from chorale.music import length_in_words

    length = length_in_words(result["bars"], result["pickup_steps"] > 0)
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
