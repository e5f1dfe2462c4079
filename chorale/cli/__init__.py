"""The command line: commands that fill options, call one stage and show the result.

Only Typer and the standard library are imported here, everything else inside the command that
needs it, so that help is instant.
"""

import errno
import io
import os
import re
import signal
import sys
from typing import Annotated, Any, NoReturn

import typer

from chorale.cli import (
    check,
    continue_,
    data,
    embeddings,
    evaluate,
    explain,
    generate,
    harmonize,
    models,
    play,
    render,
    rewrite,
    show,
    train,
)
from chorale.cli.console import say, say_error
from chorale.errors import ChoraleError, OptionError
from chorale.version import __version__

INTERRUPTED = 130  # Typer's exit status at Ctrl-C, as shells have it

app = typer.Typer(
    name="chorale",
    help="Compose four-part chorales in the manner of Bach.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,  # a bug keeps its own traceback
)
app.command("generate")(generate.generate)
app.command("harmonize")(harmonize.harmonize)
app.command("continue")(continue_.continue_)
app.command("rewrite")(rewrite.rewrite)
app.command("play")(play.play)
app.command("show")(show.show)
app.command("explain")(explain.explain)
app.command("check")(check.check)
app.command("render")(render.render)
app.command("train")(train.train)
app.command("evaluate")(evaluate.evaluate)
app.command("models")(models.models)
app.command("embeddings")(embeddings.embeddings)
app.add_typer(data.app, name="data", help="Get the music that the network learns from.")


def _show_version(asked: bool) -> None:
    if asked:
        say(f"chorale {__version__}")
        raise typer.Exit


@app.callback()
def _chorale(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
    offline: Annotated[
        bool,
        typer.Option(
            "--offline",
            envvar="CHORALE_OFFLINE",
            help="Never use the network, which `data download` alone does.",
        ),
    ] = False,
) -> None:
    """Compose four-part chorales in the manner of Bach."""


def main() -> None:
    """Run the command line: the one place where an error becomes a line and an exit status.

    1 for a ChoraleError, 2 for a wrong option; a bug keeps its traceback. Typer itself ends with
    130 at Ctrl-C, and with 1, in silence, when whoever reads our output has gone.
    """
    _clean_up_when_ended()
    _mend_streams()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy starts them all, we use no other
    try:
        status = app(standalone_mode=False)
        if status == INTERRUPTED:
            _tell("interrupted", status)
    except ChoraleError as error:
        status = _tell(str(error), 2 if isinstance(error, OptionError) else 1)
    except OSError as error:
        if error.errno != errno.ENOSPC or error.filename:  # help goes its own way to the screen
            raise
        status = _tell(f"cannot write to standard output: {error.strerror}", 1)
    except _UsageError as error:
        status = error.exit_code
        if reason := _plain(error.format_message()):  # none where help was shown
            where = error.ctx.command_path if error.ctx else "chorale"
            _tell(f"{reason}; see `{where} --help`", status)
    sys.exit(status)


def _clean_up_when_ended() -> None:
    """Let the signals that end a program, or its terminal, end it as errors do: nothing is left.

    The exit status is that which a shell tells of the signal. One that is ignored, as under nohup,
    stays so.
    """
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows lacks the second
        if number and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)


def _end(number: int, frame: object) -> NoReturn:
    signal.signal(number, signal.SIG_DFL)  # told twice, the program ends at once
    sys.exit(128 + number)


def _mend_streams() -> None:
    """Let output be written whatever the shell has made of it.

    A stream that is closed swallows what it is told, and no file that is opened later gets its
    number, under which libraries in C would write into it; one whose encoding lacks a letter of a
    file's name shows the letter's number.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            lowest = os.open(os.devnull, os.O_RDWR)  # of the numbers that are free: this one
            os.set_inheritable(lowest, True)
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  # for as long as the process lives
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


_UsageError: Any = typer.BadParameter.__mro__[1]  # Typer has no public name for it


def _plain(reason: str) -> str:
    """What Typer says of a wrong option, without what it says of itself."""
    reason = re.sub(r"Value error, |, unable to parse .*", "", reason.strip().rstrip("."))
    return reason.replace("Input should be", "must be")


def _tell(error: str, status: int) -> int:
    say_error(error)
    return status
