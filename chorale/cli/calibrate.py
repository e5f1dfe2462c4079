"""`chorale calibrate`: fit the draw of a model to Bach's frequencies, and train its critic."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chorale.cli import arguments as shared
from chorale.cli.console import print_result, progress_bar
from chorale.errors import OptionError
from chorale.options import MAX_COUNT, MAX_SEED

if TYPE_CHECKING:
    from chorale.corpus import Corpus
    from chorale.network.checkpoint import Checkpoint

EXAMPLES = 4  # times the chorales of a round: new chorales for the critic to train on


def calibrate(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help="Checkpoint file, or model that comes with chorale (see `chorale models`).",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", help="Checkpoint to write, a .safetensors file.", show_default=False
        ),
    ],
    data: shared.ModelData = None,
    rounds: Annotated[
        int,
        typer.Option(
            min=0, max=1000, help="Rounds of composing and correcting; with 0, only the critic."
        ),
    ] = 60,
    count: Annotated[
        int,
        typer.Option(
            min=1,
            max=MAX_COUNT,
            help=f"Chorales to compose in each round, and {EXAMPLES} times as many for the critic.",
        ),
    ] = 120,
    seed: Annotated[int, typer.Option(min=0, max=MAX_SEED, help="Seed of the draws.")] = 1,
    quiet: shared.Quiet = False,
    force: shared.Force = False,
) -> None:
    """Calibrate a model: compose, compare with Bach, and correct the draw, in rounds.

    New chorales are composed, and the sopranos of the validation split harmonized. At the end a
    critic is trained to separate Bach's chorales from the model's own, by which candidates of a
    chorale are compared. The weights stay as they are. The result is written after every round, so
    that Ctrl-C keeps the last round, without a critic; a calibrated model is calibrated further.
    """
    from dataclasses import replace

    from chorale.composing.jobs import calibrating
    from chorale.corpus import load_corpus
    from chorale.files import check_writable, refuse_overwrite, reserve
    from chorale.models import find
    from chorale.network.checkpoint import load_checkpoint, save_checkpoint

    if output.suffix != ".safetensors":
        raise OptionError(f"a checkpoint is a .safetensors file, not {output}")
    checkpoint = load_checkpoint(find(model))
    refuse_overwrite(output, force)
    check_writable(output)
    with progress_bar("Reading the chorales", quiet) as progress:
        name = shared.find_training_data(checkpoint.about) if data is None else data
        corpus = load_corpus(name, progress)
    if not quiet:
        for line in corpus.report:
            print_result(line)
    splits = corpus.splits
    commands = [checkpoint.about.get("calibration"), _name_command()]
    about = {**checkpoint.about, "calibration": "; ".join(filter(None, commands))}
    with reserve(output):
        with progress_bar("Composing", quiet) as progress:
            fitting = calibrating.calibrate(
                checkpoint, splits["train"], splits["valid"], rounds, count, seed, progress
            )
            for number, found in enumerate(fitting, start=1):
                checkpoint = replace(checkpoint, calibration=found.tables, critic={}, about=about)
                save_checkpoint(checkpoint, output)
                if not quiet:
                    print_result(
                        f"round {number:3}  {found.divergence:.4f} nats from Bach before its "
                        "correction"
                    )
        save_checkpoint(_train_critic(checkpoint, corpus, count, seed, quiet), output)
    if not quiet:
        path = shlex.quote(str(output))
        print_result(f"To compose with it: chorale generate --model {path}")


def _name_command() -> str:
    return "chorale " + shlex.join(sys.argv[1:])


def _train_critic(
    checkpoint: "Checkpoint", corpus: "Corpus", count: int, seed: int, quiet: bool
) -> "Checkpoint":
    """Return a checkpoint with a critic of its own music; the options are those of `calibrate`."""
    from dataclasses import replace

    from chorale.composing.jobs.calibrating import compose_examples

    own = {}
    for split, number in (("train", EXAMPLES * count), ("valid", count)):
        with progress_bar(f"Composing for the critic, {split} split", quiet) as progress:
            tunes = corpus.splits[split]
            own[split] = compose_examples(checkpoint, tunes, number, seed, progress)
            seed += 1
    from chorale.training.quiet_import import import_tensorflow

    import_tensorflow()
    from chorale.training.critic import describe_examples, train_critic

    train, held_out = (
        describe_examples(corpus.splits[split], own[split], checkpoint.vocabulary) for split in own
    )
    with progress_bar("Training the critic", quiet) as progress:
        trained = train_critic(train, held_out, seed, progress)
    if not quiet:
        print_result(
            f"critic     separates {100 * trained.auc:.1f} % of the pairs of a chorale of Bach's "
            "validation split and one of its own"
        )
    figures = {**checkpoint.about.get("figures", {}), "critic_auc": round(trained.auc, 4)}
    about = {**checkpoint.about, "critic": _name_command(), "figures": figures}
    return replace(checkpoint, critic=trained.weights, about=about)
