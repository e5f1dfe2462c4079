"""Time and peak memory of whole processes, and the machine that they run on."""

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import NamedTuple

CHORALE = [sys.executable, "-m", "chorale"]  # the command, run by this Python


class Run(NamedTuple):
    """Cost of one run of a command, by the operating system's account.

    Attributes:
        seconds: wall time from start to end.
        megabytes: peak memory, in MiB.
    """

    seconds: float
    megabytes: float


def measure(command: Sequence[str]) -> Run:
    """Run a command without its output and measure it; exit if it fails."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)  # Popen would wait for it again
    if status:
        sys.exit(f"{' '.join(command)} ended with status {process.returncode}")
    return Run(time.perf_counter() - started, usage.ru_maxrss / 1024)  # KiB, on Linux


def median_seconds(runs: Sequence[Run]) -> float:
    """Return the median of the wall times."""
    return statistics.median(run.seconds for run in runs)


def peak_megabytes(runs: Sequence[Run]) -> float:
    """Return the largest of the peaks of memory."""
    return max(run.megabytes for run in runs)


def describe_machine() -> str:
    """Return processor, number of cores and Python version in one line."""
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
