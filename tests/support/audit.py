"""Does what it is told in this process and tells what Python's audit events have seen of it.

Standard input has a JSON object: `commands`, lists of words after `chorale`, and `files`, a file of
each kind that is read. Standard output gets a JSON object: `commands`, for each what it said if it
failed, else null, and the connections that it sought and programs that it started; `files`, for
each the code that was run in reading it. Connections are refused.
"""

import io
import json
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path
from typing import Any

CONNECTIONS = (
    *("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethost"),
    *("urllib.", "http.client.", "ftplib.", "smtplib.", "imaplib.", "poplib."),
)
PROGRAMS = ("subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.startfile")
CODE = ("pickle.", "marshal.", "exec", "code.__new__", "import", "ctypes.dlopen", *PROGRAMS)


class Audit:
    """Python's audit events; no hook can be taken away, so that there is one."""

    def __init__(self) -> None:
        self.watched: tuple[str, ...] = ()
        self.found: list[str] = []
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not event.startswith(self.watched):
            return
        self.found.append(f"{event} {arguments[0]}" if event.startswith(PROGRAMS) else event)
        if event.startswith(CONNECTIONS):
            raise PermissionError(f"{event} in a test")

    def during(self, watched: tuple[str, ...], what: Callable[[], Any]) -> tuple[Any, list[str]]:
        """What a call gives, and the events that it raised of those watched."""
        self.found, self.watched = [], watched
        try:
            return what(), self.found
        finally:
            self.watched = ()


def run(words: list[str]) -> str | None:
    """What a command said, if it failed."""
    from chorale import cli

    if words[0] == "train":
        train_untraced()
    sys.argv = ["chorale", *words]
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        try:
            cli.main()
        except SystemExit as ended:
            return said.getvalue() if ended.code else None
    raise AssertionError("a command ends with a status")


def train_untraced() -> None:
    """Have TensorFlow do at once what it is told, which for an update or two is quicker."""
    from chorale.training.quiet_import import import_tensorflow

    import_tensorflow()
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)


def read(kind: str, path: Path) -> object:
    """What is in a file."""
    from chorale.corpus.corpus import load
    from chorale.network.checkpoint import load_checkpoint
    from chorale.reading import read_chorale
    from chorale.training.state import TrainingState

    if kind == "cache":
        return load(path, "made up")
    readers: dict[str, Callable[[Path], object]]
    readers = {"checkpoint": load_checkpoint, "state": TrainingState.load}
    return readers.get(kind, read_chorale)(path)


def main() -> None:
    """See the module's description."""
    told, audit = json.load(sys.stdin), Audit()
    commands = [
        audit.during(CONNECTIONS + PROGRAMS, partial(run, words)) for words in told["commands"]
    ]
    files = {}
    for kind, path in told["files"].items():
        assert read(kind, Path(path))  # imports what it needs
        files[kind] = audit.during(CODE, partial(read, kind, Path(path)))[1]
    json.dump({"commands": commands, "files": files}, sys.stdout)


if __name__ == "__main__":
    main()
