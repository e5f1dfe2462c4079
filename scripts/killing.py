"""A `chorale` that is killed at some moment, for `kill_figures.py`."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

OUTPUT = Path("tiny.safetensors")  # of training
TEMPORARY = ".chorale-"  # what files begin with that are being written
WORKERS_END_SECONDS = 20

# `chorale`, which kills itself at the n-th touch of one of its files; 0: never
CHILD = f"""
import os, signal, sys
touches, eagerly, scores = map(int, sys.argv[1:4])
del sys.argv[1:4]
def count(event, arguments):
    global touches
    if event in ("open", "os.rename", "os.link", "os.remove"):
        name = os.path.basename(str(arguments[0]))
        if name.startswith(({TEMPORARY!r}, {"." + OUTPUT.stem!r}, {OUTPUT.stem!r}, "bach.npz")):
            touches -= 1
            if touches == 0:
                os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(count)
if eagerly:
    from chorale.training.quiet_import import import_tensorflow
    import_tensorflow()
    import tensorflow
    tensorflow.config.run_functions_eagerly(True)
if scores:
    from chorale.corpus import bach
    whole = bach._index
    bach._index = lambda: whole()[:scores]
from chorale.cli import main
main()
"""


class Process:
    """A command that is running in a folder, until it ends or is killed."""

    def __init__(
        self, words: list[str], folder: Path, touches: int = 0, eager: bool = False, scores: int = 0
    ) -> None:
        self.folder = folder
        self.begun = time.perf_counter()
        numbers = [str(touches), str(int(eager)), str(scores)]
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
        """Kill it at a moment, if it lives so long."""
        while self.lives() and time.perf_counter() - self.begun < seconds:
            time.sleep(0.001)
        self.process.kill()

    def kill_writing(self, number: int, milliseconds: float) -> None:
        """Kill it some time after its n-th temporary file appears, if it makes so many."""
        before = set(os.listdir(self.folder))
        seen: set[str] = set()
        while self.lives() and len(seen) < number:
            now = set(os.listdir(self.folder)) - before
            seen |= {name for name in now if name.startswith(TEMPORARY)}
            time.sleep(0.0005)
        time.sleep(milliseconds / 1000)
        self.process.kill()

    def lives(self) -> bool:
        """Whether it has not ended."""
        return self.process.poll() is None

    def ended(self) -> tuple[bool, str]:
        """Wait for its end; whether it was killed, and what it said. Any other end is an error."""
        out, err = self.process.communicate()
        killed = self.process.returncode == -signal.SIGKILL
        if not killed and self.process.returncode:
            sys.exit(f"ended with status {self.process.returncode}: {err}")
        return killed, out

    def workers_end(self) -> bool:
        """Whether every process that it began ends soon."""
        deadline = time.perf_counter() + WORKERS_END_SECONDS
        while time.perf_counter() < deadline:
            try:
                os.killpg(self.process.pid, 0)
            except ProcessLookupError:
                return True
            time.sleep(0.05)
        return False


def killed(
    start: Callable[[int], Process],
    usual_seconds: float,
    touches: int,
    files: int,
    draw: random.Random,
) -> tuple[Process, bool, str]:
    """A process that is started and killed in one of three ways.

    Args:
        start: starts it; it kills itself at the touch of this number.
        usual_seconds: what it takes, about.
        touches: the last one to be killed at.
        files: the last temporary file to be killed after.
        draw: where from moments are drawn.

    Returns:
        It, whether it was killed and not faster, and what it said.
    """
    way = draw.choice(["moment", "writing", "touch"])
    process = start(draw.randint(1, touches) if way == "touch" else 0)
    if way == "moment":
        process.kill_after(draw.uniform(0, usual_seconds))
    elif way == "writing":
        process.kill_writing(draw.randint(1, files), draw.uniform(0, 20))
    return process, *process.ended()
