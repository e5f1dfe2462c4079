"""Count how often Bach breaks each rule of `chorale check`, and write `rates.json`.

    python scripts/build/rule_rates.py [--output chorale/checking/rates.json] [--show]

For each split of the `bach` data set and each rule the file holds three numbers: findings,
opportunities, and chorales with a finding. `--show` writes nothing; it prints the rates over all
chorales, and how much the rules would find if nothing were excused at the ends of phrases.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "support"))
from console import parser_for, percent, print_table, run

from chorale.checking import RULES, Rate, apply_rules
from chorale.checking.rates import RATES, SPLITS
from chorale.corpus import load_corpus
from chorale.music import Chorale

Counts = dict[str, list[int]]  # by rule: findings, opportunities, chorales with a finding


def main() -> None:
    """Parse the arguments, count, and write or print."""
    parser = parser_for(__doc__)
    parser.add_argument("--output", type=Path, default=RATES)
    parser.add_argument("--show", action="store_true", help="print a table, write nothing")
    parser.set_defaults(run=make_rates)
    run(parser)


def make_rates(options: argparse.Namespace) -> None:
    """Count in all splits, and write or print."""
    splits = load_corpus("bach").splits
    if options.show:
        every = [chorale for split in SPLITS for chorale in splits[split]]
        print_table(
            ["rule", "found", "among", "per 1,000", "weight", "chorales", "", "nothing excused"],
            rate_rows(every),
        )
        return
    by_split = {split: count_findings(splits[split]) for split in SPLITS}
    sizes = {split: len(splits[split]) for split in SPLITS}
    options.output.write_text(to_json(sizes, by_split), "utf-8")


def count_findings(chorales: Iterable[Chorale]) -> Counts:
    """Apply all rules to the chorales and add up the counts."""
    counts: Counts = {rule: [0, 0, 0] for rule in RULES}
    for chorale in chorales:
        for result in apply_rules(chorale):
            found = len(result.findings)
            for place, more in enumerate((found, result.opportunities, int(found > 0))):
                counts[result.rule][place] += more
    return counts


def to_json(sizes: dict[str, int], by_split: dict[str, Counts]) -> str:
    """Format the counts as JSON with one rule per line."""
    rows = [
        f'    "{rule}": {json.dumps({split: by_split[split][rule] for split in SPLITS})}'
        for rule in RULES
    ]
    lines = ["{", f'  "chorales": {json.dumps(sizes)},', '  "rules": {']
    return "\n".join([*lines, ",\n".join(rows), "  }", "}", ""])


def rate_rows(chorales: Sequence[Chorale]) -> Iterator[list[str]]:
    """Yield a row for each rule."""
    excused = count_findings(chorales)
    unexcused = count_findings(remove_fermatas(one) for one in chorales)
    for rule in RULES:
        rate, other = (
            Rate(found, places, with_finding, len(chorales), RULES[rule].is_tolerated)
            for found, places, with_finding in (excused[rule], unexcused[rule])
        )
        yield [
            rule,
            f"{rate.findings:,}",
            f"{rate.opportunities:,} {RULES[rule].unit}",
            f"{1000 * rate.per_opportunity:.2f}",
            f"{rate.weight:.1f}",
            percent(rate.chorales_share, 0),
            "tendency" if rate.is_tendency else "fault",
            f"{other.findings:,} of {other.opportunities:,}",
        ]


def remove_fermatas(chorale: Chorale) -> Chorale:
    """Return the chorale as one phrase."""
    none = np.zeros(chorale.plan.length_steps, np.bool_)
    return replace(chorale, plan=replace(chorale.plan, fermatas=none))


if __name__ == "__main__":
    main()
