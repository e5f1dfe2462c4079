"""`chorale bach`: list, find and render Bach's own chorales from the installed music21."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chorale.cli import arguments as shared
from chorale.cli.console import line_width, make_legible, print_captured, print_result, progress_bar
from chorale.cli.outputs import is_folder
from chorale.cli.render import render_files
from chorale.cli.rendering_options import RenderingOptions
from chorale.cli.with_options import with_options
from chorale.errors import DataError, OptionError
from chorale.wording import count, join_names

if TYPE_CHECKING:
    from chorale.corpus.bach_catalogue import Entry
    from chorale.music import Chorale

COMPOSER = "Johann Sebastian Bach"
LAST_RIEMENSCHNEIDER = 371
NAMES_SHOWN = 6  # in a message
_BWV = re.compile(r"(?:bwv\s*)?(\d[\w.-]*)", re.IGNORECASE)
_RIEMENSCHNEIDER = re.compile(r"(?:r|riemenschneider)\s*(\d{1,6})", re.IGNORECASE)


@dataclass(frozen=True)
class BachOptions(RenderingOptions):
    """Options of `bach` on the files to write, which are those of `render`."""

    output: Annotated[
        str | None,  # a Path would lose the slash at the end of a folder's name
        typer.Option(
            "-o",
            "--output",
            metavar="PATH",
            help=shared.OUTPUT_HELP,
            show_default="no file; the chorales are listed",
        ),
    ] = None

    @property
    def writes_files(self) -> bool:
        """Whether files are requested, and not only the list."""
        requests = (self.output, self.formats, self.practice, self.minus_one, self.parts)
        return any(requests)


@with_options
def bach(
    options: BachOptions,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NUMBER|TITLE",
            help="BWV number, such as 269, 244 or 248.9-1; Riemenschneider number, such as R1; or "
            "words of a title, such as wie schon.",
            show_default="all",
        ),
    ] = None,
    riemenschneider: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            max=LAST_RIEMENSCHNEIDER,
            help="Number in Riemenschneider's edition.",
        ),
    ] = None,
    same_tune_as: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Music file; find the settings of the tune in its highest voice, in any key and "
            "rhythm, the most alike first.",
        ),
    ] = None,
    as_json: shared.AsJson = False,
) -> None:
    """List, find and render Bach's own chorales, from the scores of the installed music21.

    A number is a BWV number, which may have several chorales; with R before it, it is a
    Riemenschneider number. Anything else is looked up in the titles, whatever its accents and
    capitals. A title in square brackets is that of another setting of the tune. With --output or
    --format the chorale is written as `chorale render` does, otherwise those found are listed; to
    write several, name a folder.
    """
    from chorale.corpus import bach_catalogue

    query = " ".join(words or []).strip()
    if sum(map(bool, (query, riemenschneider, same_tune_as))) > 1:
        raise OptionError("give a number or title, --riemenschneider, or --same-tune-as, one only")
    if as_json and options.writes_files:
        raise OptionError("--json is for the list; leave it out where files are written")
    entries = bach_catalogue.list_entries()
    number = riemenschneider or _parse_riemenschneider(query)
    by_bwv = _BWV.fullmatch(query)
    music: Mapping[str, Chorale] = {}
    if not options.writes_files or not (number or by_bwv):
        with progress_bar("Reading Bach's chorales", options.quiet) as progress:
            music = bach_catalogue.load_chorales(entries, progress)
        entries = bach_catalogue.supply_titles(entries, music)
    shares: dict[str, float] = {}
    if same_tune_as is not None:
        found, shares = _find_by_tune(same_tune_as, entries, music, options)
    elif number:
        found = _find_by_riemenschneider(entries, number)
    elif by_bwv:
        found = _find_by_bwv(entries, by_bwv[1])
    else:
        found = _find_by_title(entries, query) if query else entries
    if options.writes_files:
        _write(found, options)
    elif as_json:
        facts = [_collect_facts(entry, music[entry.bwv], shares) for entry in found]
        print_result(json.dumps(facts, indent=2, ensure_ascii=False))
    else:
        _print_table(found, music, shares)


def _parse_riemenschneider(query: str) -> int | None:
    """Return the number in a query such as "R1"; None if it is none.

    Raises:
        OptionError: there is no such number.
    """
    found = _RIEMENSCHNEIDER.fullmatch(query)
    if found is None:
        return None
    number = int(found[1])
    if not 1 <= number <= LAST_RIEMENSCHNEIDER:
        raise OptionError(
            f"there is no Riemenschneider number {number}; they are 1 to {LAST_RIEMENSCHNEIDER}"
        )
    return number


def _find_by_riemenschneider(entries: "Sequence[Entry]", number: int) -> "list[Entry]":
    """Find the chorales of a Riemenschneider number.

    Raises:
        DataError: music21 has none.
    """
    from chorale.corpus.bach_catalogue import find_by_riemenschneider

    found = find_by_riemenschneider(entries, number)
    if not found:
        raise DataError(f"music21 has no score of Riemenschneider {number}; try other numbers")
    return found


def _find_by_bwv(entries: "Sequence[Entry]", number: str) -> "list[Entry]":
    """Find the chorales of a BWV number.

    Raises:
        DataError: music21 has none.
    """
    from chorale.corpus.bach_catalogue import find_by_bwv, suggest_numbers

    found = find_by_bwv(entries, number.lower())
    if not found:
        near = join_names(suggest_numbers(entries, number))
        raise DataError(f"music21 has no chorale BWV {number}; the nearest are BWV {near}")
    return found


def _find_by_title(entries: "Sequence[Entry]", words: str) -> "list[Entry]":
    """Find the chorales with some words in their titles.

    Raises:
        DataError: there is none.
    """
    from chorale.corpus.bach_catalogue import find_by_title, suggest_titles

    found = find_by_title(entries, words)
    if not found:
        near = suggest_titles(entries, words)
        hint = f"the nearest are {join_names(near)}" if near else "`chorale bach` lists all"
        raise DataError(f"no chorale has {words!r} in its title; {hint}")
    return found


def _find_by_tune(
    file: Path,
    entries: "Sequence[Entry]",
    music: "Mapping[str, Chorale]",
    options: RenderingOptions,
) -> "tuple[list[Entry], dict[str, float]]":
    """Find the settings of the tune in the highest voice of a file, with the shares of the tune.

    Raises:
        ReadingError: the file cannot be read.
        DataError: no chorale has the tune.
    """
    from chorale.analysis.tunes import find_tune
    from chorale.corpus.bach_catalogue import SAME_TUNE, rank_by_tune
    from chorale.music import VOICES
    from chorale.reading import read_music

    reading = read_music(file, options.part, options.approximate)
    tune = find_tune(reading.chorale, VOICES.index(reading.voices[0]))
    ranked = rank_by_tune(tune, entries, music)
    shares = {entry.bwv: share for entry, share in ranked if share >= SAME_TUNE}
    if not shares:
        near = join_names([f"{entry.name}, {share:.0%}" for entry, share in ranked[:2]])
        raise DataError(
            f"no chorale has at least {SAME_TUNE:.0%} of the tune of {file.name}; the nearest are "
            f"{near}"
        )
    return [entry for entry, _ in ranked if entry.bwv in shares], shares


def _write(found: "Sequence[Entry]", options: BachOptions) -> None:
    """Render the scores of chorales.

    Raises:
        OptionError: there are several, and no folder is named.
        ChoraleError: a score cannot be rendered.
    """
    if len(found) > 1 and not (options.output and is_folder(options.output)):
        names = [entry.name for entry in found[:NAMES_SHOWN]]
        names += [f"{len(found) - NAMES_SHOWN} more"] if len(found) > NAMES_SHOWN else []
        raise OptionError(
            f"{count(len(found), 'chorale')} found: {join_names(names)}; choose one by its BWV "
            "number, or name a folder to write all"
        )
    works = {entry.path: (entry.name, COMPOSER) for entry in found}
    render_files([entry.path for entry in found], options, works)


def _collect_facts(
    entry: "Entry", chorale: "Chorale", shares: Mapping[str, float]
) -> dict[str, Any]:
    """Collect the JSON facts of a chorale."""
    plan = chorale.plan
    return {
        "bwv": entry.bwv,
        "riemenschneider": list(entry.riemenschneider),
        "title": entry.title.strip("[]") or None,
        "supplied": entry.title.startswith("["),
        "key": plan.key.name if plan.key else None,
        "metre": plan.metre.name if plan.metre else None,
        "bars": plan.last_bar,
        "tune": round(shares[entry.bwv], 3) if shares else None,
        "score": str(entry.path),
    }


def _print_table(
    found: "Sequence[Entry]", music: "Mapping[str, Chorale]", shares: Mapping[str, float]
) -> None:
    """Print chorales with numbers, title, key and length, and their shares of a tune if any."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, markup=False, emoji=False)
    console.width = line_width(console)
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for head in ("BWV", "Riemenschneider", "title", "key"):
        table.add_column(head, overflow="fold")
    for head in ("bars", *(["tune"] if shares else [])):
        table.add_column(head, justify="right")
    for entry in found:
        plan = music[entry.bwv].plan
        cells = [entry.bwv, ", ".join(map(str, entry.riemenschneider)), entry.title]
        cells += [plan.key.name if plan.key else "", str(plan.last_bar)]
        cells += [f"{shares[entry.bwv]:.0%}"] if shares else []
        table.add_row(*(make_legible(cell, console) for cell in cells))
    print_captured(console, lambda: console.print(table))
