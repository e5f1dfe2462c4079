"""`chorale train`: from a data set to a checkpoint."""

import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from chorale.cli.console import progress_bar, say
from chorale.errors import OptionError
from chorale.options import Cell, ModelOptions, TrainingOptions

if TYPE_CHECKING:
    from chorale.training.history import Epoch
    from chorale.training.run import Outcome
    from chorale.training.state import TrainingState

_MODEL, _TRAINING = ModelOptions(), TrainingOptions()
_RESUMED_WITH = ("learning_rate", "output", "resume", "device", "tensorboard", "quiet", "force")


def train(
    context: typer.Context,
    data: Annotated[
        str, typer.Option(help="bach, jsb, or a folder of four-part MIDI or MusicXML files.")
    ] = "bach",
    epochs: Annotated[int, typer.Option(help="Passes over the data.")] = _TRAINING.epochs,
    batch_size: Annotated[int, typer.Option(help="Windows an update.")] = _TRAINING.batch_size,
    learning_rate: Annotated[
        float, typer.Option(help="At its highest, in (0, 1]; lower it to resume what diverged.")
    ] = _TRAINING.learning_rate,
    cell: Annotated[Cell, typer.Option(help="What recurrent layers are made of.")] = _MODEL.cell,
    units: Annotated[int, typer.Option(help="Units of a decoder layer.")] = _MODEL.units,
    head_units: Annotated[
        int, typer.Option(help="Hidden units of each voice's head.")
    ] = _MODEL.head_units,
    layers: Annotated[int, typer.Option(help="Recurrent layers of the decoder.")] = _MODEL.layers,
    encoder_units: Annotated[
        int, typer.Option(help="Units of the encoder; 0: none, with --evidence 0.")
    ] = _MODEL.encoder_units,
    towers: Annotated[
        int, typer.Option(help="Decoders with heads of their own, averaged.")
    ] = _MODEL.towers,
    kernel: Annotated[
        int, typer.Option(help="Steps that a Conv1D sees: 2 or more, with --stride 4 at least 5.")
    ] = _MODEL.kernel,
    stride: Annotated[
        int, typer.Option(help="Steps from one input of a recurrent layer to the next: 1, 2, 4.")
    ] = _MODEL.stride,
    embedding_range: Annotated[
        float, typer.Option(help="Notes' embeddings start from minus to plus this, in (0, 10].")
    ] = _MODEL.embedding_range,
    dropout: Annotated[
        float, typer.Option(help="Share of hidden values dropped in training, in [0, 1).")
    ] = _MODEL.dropout,
    input_dropout: Annotated[
        float, typer.Option(help="Share of the inputs dropped in training, in [0, 1).")
    ] = _MODEL.input_dropout,
    shuffled: Annotated[
        float, typer.Option(help="Share of steps trained in a random order of voices.")
    ] = _MODEL.shuffled,
    evidence: Annotated[
        float, typer.Option(help="Share of windows in which some notes are given, in [0, 1].")
    ] = _TRAINING.evidence,
    seed: Annotated[int, typer.Option(help="Same seed, same network.")] = _TRAINING.seed,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="The checkpoint.", show_default="DATA.safetensors"),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run that writes --output.")
    ] = False,
    device: Annotated[
        Literal["auto", "cpu", "gpu"], typer.Option(help="What to train on.")
    ] = "auto",
    precision: Annotated[
        Literal["float32", "mixed"], typer.Option(help="mixed is for a GPU: float16 and float32.")
    ] = "float32",
    tensorboard: Annotated[
        Path | None, typer.Option(help="Folder for TensorBoard's logs.", show_default="none")
    ] = None,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Tell nothing.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an earlier run.")] = False,
) -> None:
    """Train a network and write the best one to a checkpoint, with history and curves beside it."""
    model = ModelOptions(
        units=units,
        head_units=head_units,
        layers=layers,
        encoder_units=encoder_units,
        towers=towers,
        kernel=kernel,
        stride=stride,
        embedding_range=embedding_range,
        dropout=dropout,
        input_dropout=input_dropout,
        shuffled=shuffled,
        cell=cell,
    )
    training = TrainingOptions(
        epochs=epochs,
        batch_size=batch_size,
        learning_rate=learning_rate,
        evidence=evidence,
        seed=seed,
    )
    given = _given(context)
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
        state = state.at_learning_rate(learning_rate, command)
    device_line = choose_device(device)
    with progress_bar("Reading the chorales", quiet) as progress:
        corpus = load_corpus(state.data if state else data, progress)
    if state is None:
        name = data if corpus.name == data else str(Path(data).resolve())
        state = run.begin(name, corpus.fingerprint, model, training, precision, command)
    choose_precision(state.precision)
    running = run.Run(corpus, state, output, tensorboard)
    if not quiet:
        for line in corpus.skipped:
            say(f"left out {line}")
        say(f"device {device_line}; {_size(running, corpus.name)}")
    with _watching(state, quiet) as watcher:
        outcome = running.train(watcher)
    if not quiet:
        _tell(outcome, output)
    if outcome.ended == "interrupted":
        raise typer.Exit(130)  # as a shell expects of a command that Ctrl-C ended


def _given(context: typer.Context) -> set[str]:
    """Names of the parameters that are on the command line."""
    sources = {name: context.get_parameter_source(name) for name in context.params}
    return {name for name, source in sources.items() if source and source.name == "COMMANDLINE"}


def _refuse_new_options(given: set[str]) -> None:
    """Refuse options that a resumed run has already.

    Raises:
        OptionError: one was given.
    """
    for name in sorted(given.difference(_RESUMED_WITH)):
        raise OptionError(
            f"--resume goes on with the run's own options; leave out --{name.replace('_', '-')}"
        )


def _prepare(context: typer.Context, output: Path, resume: bool, force: bool) -> None:
    """Find out before hours of training whether its result can be written, and keep others off.

    Raises:
        OutputError: it cannot, an earlier run would be overwritten, or another is writing it.
    """
    from chorale.files import check_writable, refuse_overwrite, reserved

    if output.suffix != ".safetensors":
        raise OptionError(f"a checkpoint is a .safetensors file, not {output}")
    check_writable(output)
    context.with_resource(reserved(output))  # until the command ends
    if not resume:
        refuse_overwrite(output, force, hint="--resume to go on with its run")
        for path in _beside(output):
            refuse_overwrite(path, force)


def _beside(output: Path) -> list[Path]:
    """The other files of the run that writes `output`."""
    from chorale.training.paths import curves_path, history_path, state_path

    return [history_path(output), curves_path(output), state_path(output)]


def _size(running: Any, data: str) -> str:
    parameters = running.trainer.network.count_params()
    chorales = len(running.corpus.splits["train"])
    return f"{parameters / 1e6:.1f} million weights; {chorales} chorales of {data} to train on"


class _Watcher:
    """Shows a run's epochs, and passes its updates on to a bar."""

    def __init__(self, quiet: bool, on_update: Callable[[int, int, float], None]) -> None:
        self._quiet, self._on_update = quiet, on_update

    def update(self, done: int, total: int, loss: float) -> None:
        self._on_update(done, total, loss)

    def epoch(self, epoch: "Epoch", best: bool) -> None:
        if not self._quiet:
            say(
                f"epoch {epoch.epoch:3}  loss {epoch.loss:.4f}  validation NLL "
                f"{epoch.valid_nll:.4f}  accuracy {epoch.valid_accuracy:.3f}, on onsets "
                f"{epoch.valid_onset_accuracy:.3f}  {epoch.seconds:.0f} s{'  best' if best else ''}"
            )


@contextmanager
def _watching(state: "TrainingState", quiet: bool) -> Iterator[_Watcher]:
    """A watcher with a bar on standard error, where that is a terminal."""
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


def _tell(outcome: "Outcome", output: Path) -> None:
    minutes = sum(epoch.seconds for epoch in outcome.history) / 60
    say(
        f"{outcome.ended} after {len(outcome.history)} epochs, {minutes:.1f} minutes; best: "
        f"epoch {outcome.best.epoch}, validation NLL {outcome.best.valid_nll:.4f} nats a note"
    )
    beside = ", ".join(map(str, _beside(output)))
    say(f"{output}: the network; history, curves and state: {beside}")
    place = shlex.quote(str(output))
    if outcome.ended == "interrupted":
        say(f"To go on: chorale train --resume -o {place}")
    say(f"To compose with it: chorale generate --model {place}")
