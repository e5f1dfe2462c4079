"""`chorale train`: train a network on a data set and write a checkpoint."""

import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from chorale.cli import arguments as shared
from chorale.cli.console import print_result, progress_bar
from chorale.cli.with_options import with_options
from chorale.errors import OptionError
from chorale.options import ModelOptions, TrainingOptions, option_name
from chorale.wording import count

if TYPE_CHECKING:
    from chorale.training.history import Epoch
    from chorale.training.run import Outcome
    from chorale.training.state import TrainingState

_RESUME_OPTIONS = (
    "learning_rate",
    "output",
    "resume",
    "device",
    "tensorboard",
    "quiet",
    "force",
)


@with_options
def train(
    context: typer.Context,
    model: ModelOptions,
    training: TrainingOptions,
    data: Annotated[
        str,
        typer.Option(help="Data set: bach, jsb, or a folder of four-part music files."),
    ] = "bach",
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            help="Checkpoint to write, a .safetensors file.",
            show_default="DATA.safetensors",
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Resume the unfinished run that writes --output.")
    ] = False,
    device: Annotated[
        Literal["auto", "cpu", "gpu"], typer.Option(help="Device to train on.")
    ] = "auto",
    precision: Annotated[
        Literal["float32", "mixed"],
        typer.Option(help="Precision; mixed, for a GPU, computes in float16."),
    ] = "float32",
    tensorboard: Annotated[
        Path | None, typer.Option(help="Folder for TensorBoard logs.", show_default="none")
    ] = None,
    quiet: shared.Quiet = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an earlier run.")] = False,
) -> None:
    """Train a network and write its best epoch to a checkpoint, with history and curves beside it.

    Ctrl-C ends the training and keeps the best epoch; --resume continues it.
    """
    given = _list_given_options(context)
    if resume:
        _refuse_new_options(given)
    output = output or Path(f"{Path(data).resolve().name}.safetensors")
    _prepare(context, output, resume, force)
    from chorale.corpus import load_corpus
    from chorale.training.quiet_import import import_tensorflow

    import_tensorflow()
    from chorale.training import run
    from chorale.training.device import choose_device, choose_precision
    from chorale.training.paths import state_path
    from chorale.training.state import TrainingState

    command = "chorale " + shlex.join(sys.argv[1:])
    state = TrainingState.load(state_path(output)) if resume else None
    if state and "learning_rate" in given:
        state = state.at_learning_rate(training.learning_rate, command)
    device_line = choose_device(device)
    with progress_bar("Reading the chorales", quiet) as progress:
        corpus = load_corpus(state.data if state else data, progress)
    if state is None:
        name = data if corpus.name == data else str(Path(data).resolve())
        state = run.begin_run(name, corpus.fingerprint, model, training, precision, command)
    choose_precision(state.precision)
    running = run.Run(corpus, state, output, tensorboard)
    if not quiet:
        for line in corpus.report:
            print_result(line)
        print_result(f"device {device_line}; {_describe_size(running, corpus.name)}")
    with _watch(state, quiet) as watcher:
        outcome = running.train(watcher)
    if not quiet:
        _print_outcome(outcome, output)
    if outcome.ended == "interrupted":
        raise typer.Exit(130)  # the status of a command that Ctrl-C ended


def _list_given_options(context: typer.Context) -> set[str]:
    """Return the parameter names of the options typed on the command line."""
    sources = {name: context.get_parameter_source(name) for name in context.params}
    return {name for name, source in sources.items() if source and source.name == "COMMANDLINE"}


def _refuse_new_options(given: set[str]) -> None:
    """Refuse options that a resumed run takes from its state.

    Raises:
        OptionError: such an option was given.
    """
    for name in sorted(given.difference(_RESUME_OPTIONS)):
        raise OptionError(
            f"--resume continues with the run's own options; leave out --{option_name(name)}"
        )


def _prepare(context: typer.Context, output: Path, resume: bool, force: bool) -> None:
    """Check, before hours of training, that the run's files can be written, and reserve them.

    Raises:
        OptionError: the output's name does not end in .safetensors.
        OutputError: a file cannot be written, would overwrite an earlier run, or is being written
            by another process.
    """
    from chorale.files import check_writable, refuse_overwrite, reserve

    if output.suffix != ".safetensors":
        raise OptionError(f"a checkpoint is a .safetensors file, not {output}")
    check_writable(output)
    context.with_resource(reserve(output))  # until the command ends
    if not resume:
        refuse_overwrite(output, force, hint="--resume to continue its run")
        for path in _list_other_files(output):
            refuse_overwrite(path, force)


def _list_other_files(output: Path) -> list[Path]:
    """Return the files of a run besides its checkpoint `output`: history, curves and state."""
    from chorale.training.paths import curves_path, history_path, state_path

    return [history_path(output), curves_path(output), state_path(output)]


def _describe_size(running: Any, data: str) -> str:
    parameters = running.trainer.network.count_params()
    chorales = len(running.corpus.splits["train"])
    return f"{parameters / 1e6:.1f} million weights; {chorales} chorales of {data} to train on"


class _Watcher:
    """Observer of a run that prints its epochs and passes its updates to a progress bar."""

    def __init__(self, quiet: bool, on_update: Callable[[int, int, float], None]) -> None:
        self._quiet, self._on_update = quiet, on_update

    def update(self, done: int, total: int, loss: float) -> None:
        self._on_update(done, total, loss)

    def epoch(self, epoch: "Epoch", best: bool) -> None:
        if not self._quiet:
            print_result(
                f"epoch {epoch.epoch:3}  loss {epoch.loss:.4f}  validation NLL "
                f"{epoch.valid_nll:.4f}  accuracy {epoch.valid_accuracy:.3f}, on onsets "
                f"{epoch.valid_onset_accuracy:.3f}  {epoch.seconds:.0f} s{'  best' if best else ''}"
            )


@contextmanager
def _watch(state: "TrainingState", quiet: bool) -> Iterator[_Watcher]:
    """Yield a watcher, with a progress bar if standard error is a terminal."""
    if quiet or not sys.stderr.isatty():
        yield _Watcher(quiet, lambda done, total, loss: None)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("epoch {task.fields[epoch]} of {task.fields[epochs]}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %"),
        TimeRemainingColumn(),
        TextColumn("loss {task.fields[loss]:.4f}"),
    )
    with Progress(
        *columns,
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=sys.stdout.isatty(),
    ) as bars:
        epochs = state.training.epochs
        task = bars.add_task("", epoch=1, epochs=epochs, loss=0.0, total=None)

        def on_update(done: int, total: int, loss: float) -> None:
            epoch = 1 + (done - 1) * epochs // total
            bars.update(task, completed=done, total=total, epoch=epoch, loss=loss)

        yield _Watcher(quiet, on_update)


def _print_outcome(outcome: "Outcome", output: Path) -> None:
    epochs = count(len(outcome.history), "epoch")
    minutes = sum(epoch.seconds for epoch in outcome.history) / 60
    print_result(
        f"{outcome.ended} after {epochs}, {minutes:.1f} minutes; best: "
        f"epoch {outcome.best.epoch}, validation NLL {outcome.best.valid_nll:.4f} nats a note"
    )
    others = ", ".join(map(str, _list_other_files(output)))
    print_result(f"{output}: the network; history, curves and state: {others}")
    path = shlex.quote(str(output))
    if outcome.ended == "interrupted":
        print_result(f"To continue: chorale train --resume -o {path}")
    print_result(f"To compose with it: chorale generate --model {path}")
