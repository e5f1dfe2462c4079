"""Measure what each idea is worth, from the networks of a course to ours without one idea.

    python scripts/ladder [--epochs 12] [--only NAME] [--results ladder.jsonl] [--samples 20]
                          [--keep FOLDER] [--table] [--list]

The first rung of the ladder copies the last step, the last rungs are our network without each of
its ideas. `rungs.py` lists them with their lessons, `networks.py` builds them, `running.py` trains
and measures them, and `notebook_network.py` is the network of a well-known notebook.

Protocol: the canonical split of the JSB chorales (`chorale data download`); nats per note over all
4T notes of whole chorales, teacher forcing, nothing given: see `chorale.judging.evaluation`. Onset
accuracy is the share of right notes among those that start.

Budget: `--epochs` passes over the training split; AdamW at 2e-3 with a cosine schedule and a weight
decay of 0.3, gradients clipped to a norm of 1, 8 chorales per update, averaged weights, the best
validation epoch. All rungs have the same sizes and dropout, smaller than those of the models that
ship, since the runs are short; only the notebook's network is trained as in the notebook. Each
trained rung samples 20 chorales (`--samples`) of 128 steps at temperature 1.0, in which parallels
are counted. A rung is run once, with seed 1: small differences may be chance.

The test split is measured once, at the end of each rung, for the table of lessons; no choice is
made by it.

Each finished rung is a line of the results file, so that an interrupted ladder continues with the
rungs that are missing. One file holds one budget.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1] / "support"))
from console import parser_for, percent, print_table, run

from chorale.corpus import load_corpus
from chorale.training.quiet_import import import_tensorflow

HEADER = (
    *("", "parameters", "s per epoch", "valid NLL", "test NLL", "accuracy", "on onsets"),
    *("fifths", "octaves"),
)

Record = Mapping[str, Any]  # a `running.Result`


def main() -> None:
    """Parse the arguments, run the rungs that are missing, and print the table."""
    parser = parser_for(__doc__)
    parser.add_argument("--epochs", type=int, default=12, help="of training, for each rung")
    parser.add_argument("--only", metavar="NAME", action="append", help="may be repeated")
    parser.add_argument("--results", type=Path, default=Path("ladder.jsonl"))
    parser.add_argument("--samples", type=int, default=20, help="chorales that each rung samples")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="for the samples, as MIDI")
    parser.add_argument("--table", action="store_true", help="print the table, run nothing")
    parser.add_argument("--list", action="store_true", help="print the lesson of each rung")
    parser.set_defaults(run=run_ladder)
    run(parser)


def run_ladder(options: argparse.Namespace) -> None:
    """Run what the options choose."""
    import_tensorflow()
    from rungs import RUNGS

    names = [rung.name for rung in RUNGS]
    if options.list:
        print("\n".join(f"{rung.name}: {rung.lesson}" for rung in RUNGS))
        return
    if not options.table:
        done = read_records(options.results)
        check(options, done, names)
        run_missing(options, [record["name"] for record in done])
    by_name = {record["name"]: record for record in read_records(options.results)}
    records = [by_name[name] for name in names if name in by_name]
    print_table(HEADER, map(result_cells, records))
    print("".join(f"\n{line}\n" for line in format_other_figures(records)), end="")


def check(options: argparse.Namespace, done: Sequence[Record], names: Sequence[str]) -> None:
    """Exit with a message if the options do not fit the rungs or the results file."""
    if options.epochs < 1:
        sys.exit(f"--epochs must be 1 or more, not {options.epochs}")
    for name in options.only or ():
        if name not in names:
            sys.exit(f"there is no rung {name!r}; choose from: {'; '.join(names)}")
    others = {record["budget"] for record in done} - {options.epochs}
    if others:
        sys.exit(
            f"{options.results} holds rungs of {others.pop()} epochs, not {options.epochs}; "
            "choose another --results, or the same --epochs"
        )


def run_missing(options: argparse.Namespace, done: Sequence[str]) -> None:
    """Run the requested rungs that are not done, and add each to the results file."""
    from rungs import RUNGS
    from running import Setting, run_rung

    setting = Setting(
        load_corpus("jsb"), options.epochs, samples=options.samples, kept=options.keep
    )
    for rung in RUNGS:
        if rung.name in done or (options.only and rung.name not in options.only):
            continue
        print(f"{rung.name}: {rung.lesson}", file=sys.stderr)
        result = run_rung(
            rung, setting, lambda line: print(f"  {line}", file=sys.stderr, flush=True)
        )
        with options.results.open("a") as file:
            file.write(json.dumps(asdict(result)) + "\n")


def read_records(path: Path) -> list[Record]:
    """Read the rungs in a results file; return none if the file does not exist."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines()]


def result_cells(record: Record) -> list[str]:
    """Return the cells of a rung's row; accuracies are of the test split."""
    test = record["test"]
    return [
        record["name"],
        f"{record['parameters']:,}",
        format_number(record["seconds_per_epoch"], 1),
        format_number(record["valid"]["nll"], 3),
        format_number(test["nll"], 3),
        percent(test["accuracy"]),
        percent(test["onset_accuracy"]),
        format_number(record["fifths"], 1),
        format_number(record["octaves"], 1),
    ]


def format_number(value: float | None, digits: int) -> str:
    """Format a number, or a dash in its place."""
    return "-" if value is None else f"{value:.{digits}f}"


def format_other_figures(records: Sequence[Record]) -> Iterator[str]:
    """Yield a line for each rung with figures outside the protocol."""
    for record in records:
        if record["apart"]:
            figures = ", ".join(f"{name} {value:.3f}" for name, value in record["apart"].items())
            yield f"{record['name']}, test split, other figures: {figures}."


if __name__ == "__main__":
    main()
