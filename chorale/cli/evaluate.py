"""`chorale evaluate`: measure how likely a model finds the chorales of a data set."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from chorale.cli import arguments as shared
from chorale.cli.console import print_result, progress_bar
from chorale.models import DEFAULT

if TYPE_CHECKING:
    from chorale.judging.evaluation import Evaluation


def evaluate(
    model: shared.ModelName = DEFAULT,
    data: shared.ModelData = None,
    split: Annotated[
        Literal["train", "valid", "test"], typer.Option(help="Part of the data to evaluate on.")
    ] = "valid",
    given: Annotated[
        str | None,
        typer.Option(
            metavar="VOICES",
            help="Voices given in full, such as soprano,bass; only the others are scored.",
            show_default="none",
        ),
    ] = None,
    transposed: Annotated[
        int,
        typer.Option(
            metavar="SEMITONES",
            min=0,
            max=11,
            help="Average the predictions over transpositions by up to this many semitones up and "
            "down.",
        ),
    ] = 0,
    as_json: shared.AsJson = False,
) -> None:
    """Measure how likely a model finds chorales, in nats per note: lower is better."""
    import json
    from dataclasses import asdict

    from chorale.corpus import load_corpus
    from chorale.judging import evaluation
    from chorale.models import find
    from chorale.network.checkpoint import load_checkpoint

    voices = [] if given is None else [name.strip() for name in given.split(",")]
    checkpoint = load_checkpoint(find(model))
    evaluation.check_given(voices, checkpoint)
    about = checkpoint.about
    with progress_bar("Reading the chorales") as progress:
        corpus = load_corpus(shared.find_training_data(about) if data is None else data, progress)
    chorales = corpus.splits[split]
    seen = evaluation.count_seen_in_training(about, corpus.name, split, chorales)
    with progress_bar("Evaluating") as progress:
        measured = evaluation.evaluate(checkpoint, chorales, progress, voices, transposed)
    protocol = evaluation.describe_protocol(measured, checkpoint, corpus.name, split)
    if as_json:
        facts: dict[str, Any] = {"model": model, "fingerprint": checkpoint.fingerprint}
        facts |= {"data": corpus.name, "split": split, **asdict(measured), "seen": seen}
        facts["trained_on"] = {key: about.get(key) for key in ("data", "split", "command")}
        facts |= {"protocol": protocol, "skipped": corpus.skipped, "notices": corpus.notices}
        print_result(json.dumps(facts, indent=2))
        return
    for line in corpus.report:
        print_result(line)
    print_result(f"{model} on the {split} split of {corpus.name}: {_describe_figures(measured)}")
    print_result(f"protocol: {protocol}")
    training_data = evaluation.describe_training_data(about)
    print_result(f"trained on {training_data}; {_describe_overlap(seen, len(chorales))}")


def _describe_figures(measured: "Evaluation") -> str:
    by_voice = ", ".join(f"{voice} {nll:.3f}" for voice, nll in measured.nll_by_voice.items())
    return (
        f"{measured.nll_per_note:.4f} nats a note\n"
        f"by voice: {by_voice}\n"
        f"mean of the chorales' own means: {measured.nll_per_chorale_mean:.4f}\n"
        f"accuracy: {measured.accuracy:.1%}, on onsets {measured.onset_accuracy:.1%}\n"
        f"over {measured.notes:,} notes of {measured.chorales} chorales"
    )


def _describe_overlap(seen: int, chorales: int) -> str:
    return f"{seen or 'none'} of these {chorales} chorales {'was' if seen == 1 else 'were'} in it"
