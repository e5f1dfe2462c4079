"""`chorale data`: build, download and look at the data sets."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chorale.cli.console import progress_bar, say, say_renderable
from chorale.untrusted import printable

if TYPE_CHECKING:
    from chorale.corpus import Corpus

app = typer.Typer(no_args_is_help=True, help="Build, download and look at the data sets.")

_QUIET = typer.Option("--quiet", "-q", help="Show no progress.")


@app.command()
def build(
    force: Annotated[bool, typer.Option("--force", help="Build again what is there.")] = False,
    quiet: Annotated[bool, _QUIET] = False,
) -> None:
    """Read Bach's chorales from the installed music21 and keep them; needs no network.

    Other commands do this by themselves when it is needed. It takes about 20 seconds, once.
    """
    from time import perf_counter

    from chorale.corpus import bach

    start = perf_counter()
    corpus = None if force else bach.cached()
    verb = "found"
    if corpus is None:
        verb = "built"
        with progress_bar("Reading Bach's chorales", quiet) as progress:
            corpus = bach.rebuild(progress)
    say(f"{verb} {_summary(corpus)} in {perf_counter() - start:.1f} s: {bach.cache_path()}")


@app.command()
def download(
    context: typer.Context,
    from_file: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="Use a file fetched by other means: jsb_chorales.tgz or Jsb16thSeparated.json.",
        ),
    ] = None,
    quiet: Annotated[bool, _QUIET] = False,
) -> None:
    """Download the JSB Chorales, the benchmark data set (120 KB), and keep them.

    No other command uses the network.
    """
    from chorale.corpus import jsb

    offline = context.find_root().params["offline"]
    with progress_bar("Downloading the JSB chorales", quiet) as progress:
        corpus = jsb.download(from_file, progress, offline)
    say(f"downloaded {_summary(corpus)}: {jsb.cache_path()}")


@app.command()
def info(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="bach, jsb or a folder; both data sets if left out."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
    quiet: Annotated[bool, _QUIET] = False,
) -> None:
    """Show what the data sets hold: chorales, notes, ranges, keys, metres."""
    from chorale.corpus.statistics import describe

    corpora, missing = _present() if name is None else ([_named(name, quiet)], {})
    if as_json:
        import json

        facts: dict[str, Any] = {
            corpus.name: {
                "fingerprint": corpus.fingerprint,
                "skipped": list(corpus.skipped),
                "splits": describe(corpus),
            }
            for corpus in corpora
        }
        say(json.dumps(facts | dict.fromkeys(missing), indent=2))
        return
    for corpus in corpora:
        _show(corpus, describe(corpus))
    for absent, command in missing.items():
        say(f"{absent}: not on this machine yet; get it with `{command}`")


def _present() -> "tuple[list[Corpus], dict[str, str]]":
    """The data sets that are there, and the commands that get the others."""
    from chorale.corpus import bach, jsb

    found = {bach.NAME: bach.cached(), jsb.NAME: jsb.cached()}
    commands = {bach.NAME: bach.COMMAND, jsb.NAME: jsb.COMMAND}
    missing = {name: commands[name] for name, corpus in found.items() if corpus is None}
    return [corpus for corpus in found.values() if corpus], missing


def _named(name: str, quiet: bool) -> "Corpus":
    from chorale.corpus import load_corpus

    with progress_bar(f"Reading {name}", quiet) as progress:
        return load_corpus(name, progress)


def _summary(corpus: "Corpus") -> str:
    sizes = ", ".join(f"{len(chorales)} {split}" for split, chorales in corpus.splits.items())
    return f"{sum(map(len, corpus.splits.values()))} chorales ({sizes})"


def _show(corpus: "Corpus", facts: dict[str, dict[str, Any]]) -> None:
    """Print a table of one data set, a column a split."""
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(printable(corpus.name)), title_justify="left")
    table.add_column("")
    for split in facts:
        table.add_column(split, justify="right")
    columns = [_cells(fact) for fact in facts.values()]
    for label in columns[0]:
        table.add_row(label, *(column[label] for column in columns))
    say_renderable(table)
    for line in corpus.skipped:
        say(f"left out {line}")


def _cells(fact: dict[str, Any]) -> dict[str, str]:
    cells = {name: f"{fact[name]:,}" for name in ("chorales", "steps", "notes")}
    for voice, pitches in fact["ranges"].items():
        cells[voice] = f"{pitches[0]} to {pitches[1]}" if pitches else "silent"
    for name in ("keys", "metres", "pickups"):
        cells[name] = _commonest(fact[name])
    cells["repeated notes"] = f"{fact['repeated']:.1%}"
    cells["with fermatas"] = f"{fact['fermatas']:.1%}"
    return cells


def _commonest(counts: dict[str, int], shown: int = 4) -> str:
    lines = [f"{name}: {count}" for name, count in list(counts.items())[:shown]]
    others = sum(counts.values()) - sum(list(counts.values())[:shown])
    return "\n".join([*lines, f"others: {others}"] if others else lines)
