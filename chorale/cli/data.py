"""`chorale data`: build, download and describe the data sets."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chorale.cli import arguments as shared
from chorale.cli.console import print_renderable, print_result, progress_bar
from chorale.untrusted import make_printable

if TYPE_CHECKING:
    from chorale.corpus import Corpus

app = typer.Typer(
    no_args_is_help=True, help="Build, download and describe the data sets to train on."
)

_QUIET = typer.Option("--quiet", "-q", help="Show no progress bar.")


@app.command()
def build(
    force: Annotated[
        bool, typer.Option("--force", help="Rebuild the data set even if it exists.")
    ] = False,
    quiet: Annotated[bool, _QUIET] = False,
) -> None:
    """Build Bach's chorales from the scores of the installed music21, without the network.

    Commands that need this data set build it themselves. Building takes about 20 seconds, once.
    """
    from time import perf_counter

    from chorale.corpus import bach

    start = perf_counter()
    corpus = None if force else bach.load_cached()
    verb = "found"
    if corpus is None:
        verb = "built"
        with progress_bar("Reading Bach's chorales", quiet) as progress:
            corpus = bach.rebuild(progress)
    print_result(
        f"{verb} {_summarize(corpus)} in {perf_counter() - start:.1f} s: {bach.cache_path()}"
    )


@app.command()
def download(
    context: typer.Context,
    from_file: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="Read this file instead of downloading: jsb_chorales.tgz or "
            "Jsb16thSeparated.json.",
        ),
    ] = None,
    quiet: Annotated[bool, _QUIET] = False,
) -> None:
    """Download the JSB Chorales, the benchmark data set (120 KB).

    No other command uses the network.
    """
    from chorale.corpus import jsb

    offline = context.find_root().params["offline"]
    with progress_bar("Downloading the JSB chorales", quiet) as progress:
        corpus = jsb.download(from_file, progress, offline)
    print_result(f"downloaded {_summarize(corpus)}: {jsb.cache_path()}")


@app.command()
def info(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME", help="Data set: bach, jsb or a folder; bach and jsb if left out."
        ),
    ] = None,
    as_json: shared.AsJson = False,
    quiet: Annotated[bool, _QUIET] = False,
) -> None:
    """Describe the data sets: chorales, notes, ranges, keys and metres."""
    from chorale.corpus.statistics import describe

    corpora, missing = _load_cached() if name is None else ([_load(name, quiet)], {})
    if as_json:
        import json

        facts: dict[str, Any] = {
            corpus.name: {
                "fingerprint": corpus.fingerprint,
                "skipped": list(corpus.skipped),
                "notices": list(corpus.notices),
                "splits": describe(corpus),
            }
            for corpus in corpora
        }
        print_result(json.dumps(facts | dict.fromkeys(missing), indent=2))
        return
    for corpus in corpora:
        _print_table(corpus, describe(corpus))
    for absent, command in missing.items():
        print_result(f"{absent}: not on this machine yet; get it with `{command}`")


def _load_cached() -> "tuple[list[Corpus], dict[str, str]]":
    """Load the cached data sets; return also the commands that get the missing ones, by name."""
    from chorale.corpus import bach, jsb

    found = {bach.NAME: bach.load_cached(), jsb.NAME: jsb.load_cached()}
    commands = {bach.NAME: bach.COMMAND, jsb.NAME: jsb.COMMAND}
    missing = {name: commands[name] for name, corpus in found.items() if corpus is None}
    return [corpus for corpus in found.values() if corpus], missing


def _load(name: str, quiet: bool) -> "Corpus":
    from chorale.corpus import load_corpus

    with progress_bar(f"Reading {name}", quiet) as progress:
        return load_corpus(name, progress)


def _summarize(corpus: "Corpus") -> str:
    sizes = ", ".join(f"{len(chorales)} {split}" for split, chorales in corpus.splits.items())
    return f"{sum(map(len, corpus.splits.values()))} chorales ({sizes})"


def _print_table(corpus: "Corpus", facts: dict[str, dict[str, Any]]) -> None:
    """Print a table of one data set, with a column for each split."""
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(make_printable(corpus.name)), title_justify="left")
    table.add_column("")
    for split in facts:
        table.add_column(split, justify="right")
    columns = [_format_cells(fact) for fact in facts.values()]
    for label in columns[0]:
        table.add_row(label, *(column[label] for column in columns))
    print_renderable(table)
    for line in corpus.report:
        print_result(line)


def _format_cells(fact: dict[str, Any]) -> dict[str, str]:
    cells = {name: f"{fact[name]:,}" for name in ("chorales", "steps", "notes")}
    for voice, pitches in fact["ranges"].items():
        cells[voice] = f"{pitches[0]} to {pitches[1]}" if pitches else "silent"
    for name in ("keys", "metres", "pickups"):
        cells[name] = _list_commonest(fact[name])
    cells["repeated notes"] = f"{fact['repeated']:.1%}"
    cells["with fermatas"] = f"{fact['fermatas']:.1%}"
    return cells


def _list_commonest(counts: dict[str, int], shown: int = 4) -> str:
    lines = [f"{name}: {count}" for name, count in list(counts.items())[:shown]]
    others = sum(counts.values()) - sum(list(counts.values())[:shown])
    return "\n".join([*lines, f"others: {others}"] if others else lines)
