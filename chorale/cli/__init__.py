"""The command line: each command checks its options, calls the package and prints the result.

A command imports heavy modules inside its function, so that help, which needs only Typer and the
standard library, is instant.
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
    analyze,
    bach,
    calibrate,
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
    quiz,
    render,
    rewrite,
    show,
    studio,
    train,
)
from chorale.cli.console import print_error, print_result
from chorale.cli.quoting import suggest_quotes
from chorale.errors import ChoraleError, OptionError, ReadingError
from chorale.untrusted import parse_digits
from chorale.version import __version__

INTERRUPTED = 130  # exit status after Ctrl-C, in Typer as in shells
NEAR_MISS = 0.75  # least similarity (difflib) of a suggested name to the word typed

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
app.command("analyze")(analyze.analyze)
app.command("render")(render.render)
app.command("bach")(bach.bach)
app.command("train")(train.train)
app.command("calibrate")(calibrate.calibrate)
app.command("evaluate")(evaluate.evaluate)
app.command("quiz")(quiz.quiz)
app.command("studio")(studio.studio)
app.command("models")(models.models)
app.command("embeddings")(embeddings.embeddings)
app.add_typer(data.app, name="data")


def _print_version(requested: bool) -> None:
    if requested:
        print_result(f"chorale {__version__}")
        raise typer.Exit


@app.callback()
def _chorale(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
    offline: Annotated[
        bool,
        typer.Option(
            "--offline",
            envvar="CHORALE_OFFLINE",
            help="Never use the network. Only `data download` does.",
        ),
    ] = False,
) -> None:
    """Compose four-part chorales in the manner of Bach."""


def main() -> None:
    """Run the command line, the only place where an error becomes a line and an exit status.

    The status is 1 for a ChoraleError and 2 for a wrong option; a bug keeps its traceback. Typer
    itself exits with 130 at Ctrl-C, and silently with 1 when the pipe of our output closes.
    """
    _exit_on_signals()
    _repair_streams()
    _repair_sizes()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # else NumPy starts a thread per core
    try:
        status = app(standalone_mode=False)
        if status == INTERRUPTED:
            print_error("interrupted")
    except ChoraleError as error:
        hint = suggest_quotes(sys.argv[1:]) if isinstance(error, ReadingError) else ""
        print_error(f"{error}{hint}")
        status = 2 if isinstance(error, OptionError) else 1
    except OSError as error:
        # a full disk, without a file name, means that Typer could not print help
        if error.errno != errno.ENOSPC or error.filename:
            raise
        print_error(f"cannot write to standard output: {error.strerror}")
        status = 1
    except _UsageError as error:
        status = error.exit_code
        if error.format_message():  # empty where help was printed instead
            print_error(f"{_describe_usage_error(error)}{suggest_quotes(sys.argv[1:])}")
    sys.exit(status)


def _exit_on_signals() -> None:
    """Make SIGTERM and SIGHUP clean up as errors do.

    The exit status is 128 plus the signal's number, as in shells. A signal that is ignored, as
    under nohup, stays ignored.
    """
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows lacks SIGHUP
        if number and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _exit_on_signal)


def _exit_on_signal(number: int, frame: object) -> NoReturn:
    signal.signal(number, signal.SIG_DFL)  # a second signal ends the program at once
    sys.exit(128 + number)


def _repair_streams() -> None:
    """Make the standard streams safe to write to, however the shell has set them up.

    A closed stream is opened on the null device. Otherwise a file opened later would get the number
    of the stream, and C libraries would write into that file. Letters that a stream's encoding
    lacks are written as escapes.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            lowest = os.open(os.devnull, os.O_RDWR)  # takes the lowest free number: this one
            os.set_inheritable(lowest, True)
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  # for as long as the process lives
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _repair_sizes() -> None:
    """Forget sizes of the terminal in the environment that are no numbers above 0.

    Rich would fail on them, or print nothing.
    """
    for name in ("COLUMNS", "LINES"):
        if not parse_digits(os.environ.get(name, "")):
            os.environ.pop(name, None)


_UsageError: Any = typer.BadParameter.__mro__[1]  # Typer has no public name for this class


def _describe_usage_error(error: Any) -> str:
    """Describe a wrong command line in one sentence: what is wrong and where to read on.

    Typer's own words are kept, except for its suggestions, which are often far-fetched.
    """
    reason = error.format_message().strip().rstrip(".")
    context = error.ctx  # None where a value is missing at the end
    if context and (unknown := re.match(r"No such (option|command):? '?([^\s'(]+)'?", reason)):
        kind, word = unknown.groups()
        reason = f"no such {kind}: {word}{_suggest(word, _list_names(context.command, kind))}"
    elif extra := re.search(r"unexpected extra arguments?(?:\(s\))? \((.*)\)", reason):
        noun = "argument" if len(extra[1].split()) == 1 else "arguments"
        reason = f"unexpected {noun}: {extra[1]}"
    reason = re.sub(r"Value error, |, unable to parse .*", "", reason)
    reason = reason.replace("Input should be", "must be")
    hint = f"; see `{context.command_path} --help`" if context else ""
    return f"{reason[:1].lower()}{reason[1:]}{hint}"


def _list_names(command: Any, kind: str) -> list[str]:
    """Return the names of the options, or of the commands, of a Typer command."""
    if kind == "command":
        return list(command.commands)
    return [name for parameter in command.params for name in parameter.opts]


def _suggest(word: str, names: list[str]) -> str:
    """Return a question that suggests the names most like a word; empty if no name is near."""
    from difflib import get_close_matches

    bare = {name.lstrip("-"): name for name in names}  # else the dashes make all options alike
    near = get_close_matches(word.lstrip("-"), bare, n=2, cutoff=NEAR_MISS)
    return f" (did you mean {' or '.join(bare[name] for name in near)}?)" if near else ""
