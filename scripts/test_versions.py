"""Run the tests with the oldest and the newest versions that `pyproject.toml` allows.

    python scripts/test_versions.py [--python python3.11 python3.13] [--only oldest] [-- -k midi]

Needs `uv` (`pip install uv`), which installs the lowest versions of all direct dependencies as
well as the highest, into an environment of its own for each Python; what stands after `--` goes to
pytest. Prints a row for each: Python, versions, passed, failed and skipped.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

TREE = Path(__file__).resolve().parent.parent
PYTHONS = ("python3.11", "python3.12", "python3.13")
RESOLUTIONS = {"oldest": "lowest-direct", "newest": "highest"}
SHOWN = ("numpy", "tensorflow", "keras", "music21", "typer")


def main() -> None:
    """Print a row for each Python and resolution; status 1 if a test failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", nargs="+", default=list(filter(shutil.which, PYTHONS)))
    parser.add_argument("--only", choices=RESOLUTIONS)
    parser.add_argument("pytest", nargs="*", help="after --: options of pytest")
    options = parser.parse_args()
    if not shutil.which("uv"):
        sys.exit("uv is not installed; `pip install uv` brings it")
    print("| Python | versions | tests |\n| --- | --- | --- |", flush=True)
    passed = [
        row(python, versions, options.pytest)
        for python in options.python
        for versions in ([options.only] if options.only else RESOLUTIONS)
    ]
    sys.exit(not all(passed))


def row(python: str, versions: str, arguments: Sequence[str]) -> bool:
    """Install, run the tests, print the row; whether all passed."""
    with tempfile.TemporaryDirectory() as folder:
        clone, environment = Path(folder, "chorale"), Path(folder, "venv")
        told(["git", "clone", "--quiet", str(TREE), str(clone)])
        told(["uv", "venv", "--quiet", "--python", python, str(environment)])
        inside = ["--python", str(environment / "bin" / "python")]
        resolution = ["--resolution", RESOLUTIONS[versions]]
        told(["uv", "pip", "install", "--quiet", *inside, *resolution, "-e", f"{clone}[dev]"])
        installed = dict(
            line.split("==")
            for line in told(["uv", "pip", "freeze", *inside]).splitlines()
            if "==" in line
        )
        version = told([str(environment / "bin" / "python"), "--version"]).split()[1]
        tests = subprocess.run(
            [str(environment / "bin" / "pytest"), "--quiet", "-rfE", *arguments],
            cwd=clone,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
    shown = ", ".join(f"{name} {installed[name]}" for name in SHOWN)
    *lines, last = tests.stdout.strip().splitlines()
    print(f"| {version} | {versions}: {shown} | {re.sub(' in .*', '', last)} |", flush=True)
    if tests.returncode:
        print("\n".join(line for line in lines if line.startswith(("FAILED", "ERROR"))))
    return tests.returncode == 0


def told(command: Sequence[str]) -> str:
    """What a command that must succeed writes."""
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    main()
