"""A `chorale` command that is killed at some moment, for `kills.py`."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

OUTPUT = Path("tiny.safetensors")  # of training
TEMPORARY = ".chorale-"  # prefix of files that are being written
WORKERS_END_SECONDS = 20

# Runs `chorale`, and kills itself at the n-th access to one of its files; 0: never.
CHILD = f"""
import os, signal, sys
accesses, eagerly, scores = map(int, sys.argv[1:4])
del sys.argv[1:4]
def count(event, arguments):
    global accesses
    if event in ("open", "os.rename", "os.link", "os.remove"):
        name = os.path.basename(str(arguments[0]))
        if name.startswith(({TEMPORARY!r}, {"." + OUTPUT.stem!r}, {OUTPUT.stem!r}, "bach.npz")):
            accesses -= 1
            if accesses == 0:
                os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(count)
if eagerly:
    from chorale.training.quiet_import import import_tensorflow
    import_tensorflow()
    import tensorflow
    tensorflow.config.run_functions_eagerly(True)
if scores:
    from chorale.corpus import bach
    whole = bach._read_index
    bach._read_index = lambda: whole()[:scores]
from chorale.cli import main
main()
"""


class KilledProcess:
    """A command that runs in a folder until it ends or is killed.

    Attributes:
        folder: the working folder, which is also the command's home.
        started: time of the start, by `time.perf_counter`.
        process: the running process.
    """

    def __init__(
        self,
        words: list[str],
        folder: Path,
        accesses: int = 0,
        eager: bool = False,
        scores: int = 0,
    ) -> None:
        """Start the command.

        Args:
            words: the arguments of `chorale`.
            folder: the working folder.
            accesses: the number of the access to a file at which it kills itself; 0: never.
            eager: whether TensorFlow runs its functions eagerly.
            scores: how many of Bach's chorales there are; 0: all.
        """
        self.folder = folder
        self.started = time.perf_counter()
        numbers = [str(accesses), str(int(eager)), str(scores)]
        self.process = subprocess.Popen(
            [sys.executable, "-c", CHILD, *numbers, *words],
            cwd=folder,
            env={**os.environ, "CHORALE_HOME": str(folder), "PYTHONWARNINGS": "ignore"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def kill_after(self, seconds: float) -> None:
        """Kill the process after a time, unless it has ended."""
        while self.is_running() and time.perf_counter() - self.started < seconds:
            time.sleep(0.001)
        self.process.kill()

    def kill_writing(self, number: int, milliseconds: float) -> None:
        """Kill the process some time after its n-th temporary file appears."""
        before = set(os.listdir(self.folder))
        seen: set[str] = set()
        while self.is_running() and len(seen) < number:
            now = set(os.listdir(self.folder)) - before
            seen |= {name for name in now if name.startswith(TEMPORARY)}
            time.sleep(0.0005)
        time.sleep(milliseconds / 1000)
        self.process.kill()

    def is_running(self) -> bool:
        """Return whether the process has not ended."""
        return self.process.poll() is None

    def wait(self) -> tuple[bool, str]:
        """Wait for the end; return whether the process was killed, and its output.

        Any other failure ends the script.
        """
        out, err = self.process.communicate()
        was_killed = self.process.returncode == -signal.SIGKILL
        if not was_killed and self.process.returncode:
            sys.exit(f"ended with status {self.process.returncode}: {err}")
        return was_killed, out

    def workers_end(self) -> bool:
        """Wait for the processes that it started; return whether all end within 20 seconds."""
        deadline = time.perf_counter() + WORKERS_END_SECONDS
        while time.perf_counter() < deadline:
            try:
                os.killpg(self.process.pid, 0)
            except ProcessLookupError:
                return True
            time.sleep(0.05)
        return False


def start_and_kill(
    start: Callable[[int], KilledProcess],
    usual_seconds: float,
    accesses: int,
    files: int,
    draw: random.Random,
) -> tuple[KilledProcess, bool, str]:
    """Start a process and kill it in one of three ways.

    Args:
        start: starts the process, which kills itself at the access of this number.
        usual_seconds: usual duration, about.
        accesses: the last access at which it may be killed.
        files: the last temporary file after which it may be killed.
        draw: random generator.

    Returns:
        The process, whether it was killed before it ended, and its output.
    """
    way = draw.choice(["moment", "writing", "access"])
    process = start(draw.randint(1, accesses) if way == "access" else 0)
    if way == "moment":
        process.kill_after(draw.uniform(0, usual_seconds))
    elif way == "writing":
        process.kill_writing(draw.randint(1, files), draw.uniform(0, 20))
    return process, *process.wait()
