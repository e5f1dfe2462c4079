"""Share of small mistakes, made on purpose in some modules, that their tests notice.

    pip install mutmut && python scripts/mutation_figures.py [--survivors]

mutmut makes the mistakes one at a time in a copy of the tree, `mutants/`, and runs the tests that
come by: another number, operator, argument or text in a function. Which modules and tests these are
stands in pyproject.toml. Half an hour on one core; what was tried before is not tried again unless
the function has changed (`rm -r mutants` begins anew, as new tests ask for). `--survivors` names
the mistakes that no test notices; `mutmut show NAME` shows one.
"""

import argparse
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

NOTICED = ("killed", "timeout", "segfault", "caught by type check")


def main() -> None:
    """Read the arguments, make mistakes, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--survivors", action="store_true", help="name the mistakes not noticed")
    options = parser.parse_args()
    mutmut = Path(sys.executable).with_name("mutmut")
    if not mutmut.exists():
        sys.exit(f"no mutmut beside {sys.executable}: `pip install mutmut` there")
    subprocess.run([mutmut, "run", "--max-children", "1"], stdout=sys.stderr, check=True)
    told = subprocess.run(
        [mutmut, "results", "--all", "true"], capture_output=True, text=True, check=True
    ).stdout
    results = dict(line.strip().split(": ", 1) for line in told.splitlines() if ": " in line)
    if options.survivors:
        print("\n".join(name for name, end in results.items() if end not in NOTICED))
        return
    ends: dict[str, Counter[bool]] = defaultdict(Counter)
    for name, end in results.items():
        for module in (module_of(name), "all together"):
            ends[module][end in NOTICED] += 1
    print("| module | mistakes | noticed | not noticed | share |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for module in sorted(ends, key=lambda one: (one == "all together", one)):
        noticed, missed = ends[module][True], ends[module][False]
        share = noticed / (noticed + missed)
        print(f"| {module} | {noticed + missed} | {noticed} | {missed} | {share:.1%} |")


def module_of(name: str) -> str:
    """The file of a mistake named as mutmut does: package.module.x_function__mutmut_1."""
    return name.rsplit(".", 1)[0].replace(".", "/")


if __name__ == "__main__":
    main()
