"""The lesson's ladder: the steps of a course on recurrent networks, under one protocol and budget.

    python scripts/ladder [--epochs 12] [--only NAME]... [--results ladder.jsonl] [--table] [--list]
                          [--samples 20] [--keep FOLDER]

From copying the last step to our network, and our network less each of its ideas; `rungs.py` lists
the rungs and says what each teaches, `networks.py` builds them, `climbing.py` trains and measures,
`handson.py` is the network of a well-known notebook.

Protocol: the canonical split of the JSB chorales (`chorale data download`); nats per note over all
4T notes of the split's chorales, whole chorales, teacher forcing, nothing given: see
`chorale.judging.evaluation`. Onset accuracy is the share of right notes among those that start. Budget:
`--epochs` passes over the training split; a cosine schedule over them, AdamW at 2e-3 with a weight
decay of 0.3, gradients clipped to a norm of 1, 8 chorales an update, weights averaged, the best
validation epoch kept, on every rung the same sizes and dropout, less than those of the model that
ships, since the runs are short. Only the notebook's network keeps its own regime. Each writes 20
chorales (`--samples`) of 128 steps at temperature 1.0, in which parallels are counted. A rung is
climbed once, with seed 1: small differences may be chance.

The test split is measured once a rung, at its end: the table is one of lessons, and no choice is
made on it.

Each finished rung is a line of the results file, so that an interrupted ladder goes on with the
rungs that are missing. One file holds one budget.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from chorale.corpus import load_corpus
from chorale.errors import ChoraleError
from chorale.training.quiet_import import import_tensorflow

HEADER = (
    *("", "parameters", "s an epoch", "valid NLL", "test NLL", "accuracy", "on onsets"),
    *("fifths", "octaves"),
)

Record = Mapping[str, Any]  # a `climbing.Result`


def main() -> None:
    """Climb the rungs that are missing, then print the table."""
    options = arguments()
    import_tensorflow()
    from rungs import RUNGS

    names = [rung.name for rung in RUNGS]
    done = read(options.results)
    if options.list:
        print("\n".join(f"{rung.name}: {rung.lesson}" for rung in RUNGS))
        return
    if not options.table:
        check(options, done, names)
        climb_all(options, [record["name"] for record in done])
    by_name = {record["name"]: record for record in read(options.results)}
    print(table([by_name[name] for name in names if name in by_name]))


def arguments() -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=12, help="of training for each rung")
    parser.add_argument(
        "--only", metavar="NAME", action="append", help="this rung; may be given again"
    )
    parser.add_argument("--results", type=Path, default=Path("ladder.jsonl"))
    parser.add_argument("--samples", type=int, default=20, help="chorales that each rung writes")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="keep them there, as MIDI files"
    )
    parser.add_argument("--table", action="store_true", help="print the table and train nothing")
    parser.add_argument("--list", action="store_true", help="say what each rung teaches")
    options = parser.parse_args()
    if options.epochs < 1:
        parser.error(f"--epochs must be 1 or more, not {options.epochs}")
    return options


def check(options: argparse.Namespace, done: Sequence[Record], names: Sequence[str]) -> None:
    """Leave with a word where a name is no rung's, or the file is of another budget."""
    for name in options.only or ():
        if name not in names:
            sys.exit(f"{name!r} is no rung; choose from: {'; '.join(names)}")
    others = {record["budget"] for record in done} - {options.epochs}
    if others:
        sys.exit(
            f"{options.results} holds rungs of {others.pop()} epochs, not {options.epochs}; "
            "choose another --results, or the same --epochs"
        )


def climb_all(options: argparse.Namespace, done: Sequence[str]) -> None:
    """Climb the rungs that were asked for and are not done, and write each down."""
    from climbing import Setting, climb
    from rungs import RUNGS

    try:
        setting = Setting(
            load_corpus("jsb"), options.epochs, samples=options.samples, kept=options.keep
        )
    except ChoraleError as error:
        sys.exit(str(error))
    for rung in RUNGS:
        if rung.name in done or (options.only and rung.name not in options.only):
            continue
        print(f"{rung.name}: {rung.lesson}", file=sys.stderr)
        result = climb(rung, setting, lambda line: print(f"  {line}", file=sys.stderr, flush=True))
        with options.results.open("a") as file:
            file.write(json.dumps(asdict(result)) + "\n")


def read(path: Path) -> list[Record]:
    """The rungs in a results file; none if there is no such file."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines()]


def table(records: Sequence[Record]) -> str:
    """The table in Markdown, numbers to the right, and what is not of the protocol below it."""
    rule = ["---", *["---:"] * (len(HEADER) - 1)]
    lines = [HEADER, rule, *map(row, records)]
    return "\n".join([*(f"| {' | '.join(line)} |" for line in lines), *remarks(records)])


def row(record: Record) -> list[str]:
    """A rung's line: accuracies are of the test split."""
    test = record["test"]
    return [
        record["name"],
        f"{record['parameters']:,}",
        number(record["seconds_per_epoch"], ".1f"),
        number(record["valid"]["nll"], ".3f"),
        number(test["nll"], ".3f"),
        number(100 * test["accuracy"], ".1f") + " %",
        number(100 * test["onset_accuracy"], ".1f") + " %",
        number(record["fifths"], ".1f"),
        number(record["octaves"], ".1f"),
    ]


def number(value: float | None, form: str) -> str:
    """A number as a text, a dash where there is none."""
    return "-" if value is None else format(value, form)


def remarks(records: Sequence[Record]) -> Iterator[str]:
    """Figures apart, one line a rung."""
    for record in records:
        if record["apart"]:
            figures = ", ".join(f"{name} {value:.3f}" for name, value in record["apart"].items())
            yield f"\n{record['name']}, test split, apart: {figures}."


if __name__ == "__main__":
    main()
