"""Run commands and read files in this process, and report Python's audit events.

Standard input is a JSON object: `commands`, lists of words after `chorale`, and `files`, one path
for each kind of file that chorale reads. Standard output is a JSON object: `commands`, for each its
output if it failed, else null, and the connections that it sought and the programs that it started;
`files`, for each the code that ran while it was read. Connections are refused.
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
    """Recorder of Python's audit events; a hook cannot be removed, so there is only one."""

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

    def during(self, watched: tuple[str, ...], call: Callable[[], Any]) -> tuple[Any, list[str]]:
        """Return the result of a call, and those of its events that begin with a watched name."""
        self.found, self.watched = [], watched
        try:
            return call(), self.found
        finally:
            self.watched = ()


def run(words: list[str]) -> str | None:
    """Run a command and return its output if it failed."""
    from chorale import cli

    if words[0] == "train":
        train_untraced()
    sys.argv = ["chorale", *words]
    output = io.StringIO()
    with redirect_stdout(output), redirect_stderr(output):
        try:
            cli.main()
        except SystemExit as ended:
            return output.getvalue() if ended.code else None
    raise AssertionError("a command ends with a status")


def train_untraced() -> None:
    """Let TensorFlow run functions eagerly, which is quicker for an update or two."""
    from chorale.training.quiet_import import import_tensorflow

    import_tensorflow()
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)


def read(kind: str, path: Path) -> object:
    """Return the content of a file."""
    from chorale.corpus.cache import load_cache
    from chorale.network.checkpoint import load_checkpoint
    from chorale.reading import read_chorale
    from chorale.training.state import TrainingState

    if kind == "cache":
        return load_cache(path, "made up")
    readers: dict[str, Callable[[Path], object]]
    readers = {"checkpoint": load_checkpoint, "state": TrainingState.load}
    return readers.get(kind, read_chorale)(path)


def main() -> None:
    """See the module's docstring."""
    request, audit = json.load(sys.stdin), Audit()
    commands = [
        audit.during(CONNECTIONS + PROGRAMS, partial(run, words)) for words in request["commands"]
    ]
    files = {}
    for kind, path in request["files"].items():
        assert read(kind, Path(path))  # first import the libraries that it needs
        files[kind] = audit.during(CODE, partial(read, kind, Path(path)))[1]
    json.dump({"commands": commands, "files": files}, sys.stdout)


if __name__ == "__main__":
    main()
