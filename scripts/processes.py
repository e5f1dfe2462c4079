"""Whole processes, timed; shared by the scripts that print how long commands take."""

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import NamedTuple


class Run(NamedTuple):
    """One run of a command: wall seconds, and peak memory in MB by the system's account."""

    seconds: float
    megabytes: float


def measure(command: Sequence[str]) -> Run:
    """Run a command in silence; ends the script if it fails."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)  # so that Popen knows that it ended
    if status:
        sys.exit(f"{' '.join(command)} ended with status {status}")
    return Run(time.perf_counter() - started, usage.ru_maxrss / 1024)


def median_seconds(runs: Sequence[Run]) -> float:
    """The median of their times."""
    return statistics.median(run.seconds for run in runs)


def peak_megabytes(runs: Sequence[Run]) -> float:
    """The most memory that one of them took."""
    return max(run.megabytes for run in runs)


def machine() -> str:
    """This machine in a line."""
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
