"""Count how often Bach goes against each rule of `chorale check`, for `rates.json`.

    python scripts/make_rule_rates.py [--show]

Of each split of the `bach` data set, and of each rule, three numbers are kept: findings,
opportunities, and chorales with a finding. `--show` writes nothing, and prints a table of all
chorales, with what would be found if nothing were excused at the ends of phrases.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from chorale.checking import RULES, Rate, counts
from chorale.checking.rules import RATES, SPLITS
from chorale.corpus import load_corpus
from chorale.errors import ChoraleError
from chorale.music import Chorale

Numbers = dict[str, list[int]]  # by rule: findings, opportunities, chorales with a finding


def main() -> None:
    """Read the arguments, count, write or print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--show", action="store_true", help="print a table, write nothing")
    options = parser.parse_args()
    try:
        splits = load_corpus("bach").splits
    except ChoraleError as error:
        sys.exit(str(error))
    if options.show:
        show([chorale for split in SPLITS for chorale in splits[split]])
        return
    by_split = {split: counted(splits[split]) for split in SPLITS}
    chorales = {split: len(splits[split]) for split in SPLITS}
    RATES.write_text(written(chorales, by_split), "utf-8")


def counted(chorales: Iterable[Chorale]) -> Numbers:
    """The numbers of some chorales."""
    numbers: Numbers = {rule: [0, 0, 0] for rule in RULES}
    for chorale in chorales:
        for count in counts(chorale):
            found = len(count.findings)
            for place, more in enumerate((found, count.opportunities, int(found > 0))):
                numbers[count.rule][place] += more
    return numbers


def written(chorales: dict[str, int], by_split: dict[str, Numbers]) -> str:
    """JSON with a rule on a line."""
    rows = [
        f'    "{rule}": {json.dumps({split: by_split[split][rule] for split in SPLITS})}'
        for rule in RULES
    ]
    lines = ["{", f'  "chorales": {json.dumps(chorales)},', '  "rules": {']
    return "\n".join([*lines, ",\n".join(rows), "  }", "}", ""])


def show(chorales: list[Chorale]) -> None:
    """Print the table."""
    plain = [without_fermatas(one) for one in chorales]
    excused, bare = counted(chorales), counted(plain)
    print("rule | found | among | per 1,000 | nats | share of chorales | | nothing excused")
    for rule in RULES:
        rate, other = (Rate(*[*found[rule], len(chorales)]) for found in (excused, bare))
        kind = "tendency" if rate.is_tendency else "fault"
        print(
            f"{rule} | {rate.findings:,} | {rate.opportunities:,} {RULES[rule].unit} | "
            f"{1000 * rate.per_opportunity:.2f} | {rate.weight:.1f} | {rate.chorales_share:.0%} | "
            f"{kind} | {other.findings:,} of {other.opportunities:,}"
        )


def without_fermatas(chorale: Chorale) -> Chorale:
    """The chorale as one phrase."""
    none = np.zeros(chorale.plan.length_steps, np.bool_)
    return replace(chorale, plan=replace(chorale.plan, fermatas=none))


if __name__ == "__main__":
    main()
