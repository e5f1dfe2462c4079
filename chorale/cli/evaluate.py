"""`chorale evaluate`: how likely a model finds known chorales."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from chorale.cli.console import progress_bar, say
from chorale.errors import OptionError
from chorale.models import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chorale.judging.evaluation import Evaluation


def evaluate(
    model: Annotated[
        str, typer.Option(help="A model that comes with chorale, or a checkpoint file.")
    ] = DEFAULT,
    data: Annotated[
        str | None,
        typer.Option(
            help="bach, jsb, or a folder of four-part MIDI or MusicXML files.",
            show_default="what the model was trained on",
        ),
    ] = None,
    split: Annotated[
        Literal["train", "valid", "test"], typer.Option(help="Which part of the data.")
    ] = "valid",
    given: Annotated[
        str | None,
        typer.Option(
            metavar="VOICES",
            help="Voices to tell the model, such as soprano,bass; the others are measured.",
            show_default="none",
        ),
    ] = None,
    transposed: Annotated[
        int,
        typer.Option(
            metavar="SEMITONES",
            min=0,
            max=11,
            help="Average predictions over transpositions by up to so many, up and down.",
        ),
    ] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
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
        corpus = load_corpus(_trained_on(about) if data is None else data, progress)
    chorales = corpus.splits[split]
    seen = evaluation.seen_in_training(about, corpus.name, split, chorales)
    with progress_bar("Evaluating") as progress:
        measured = evaluation.evaluate(checkpoint, chorales, progress, voices, transposed)
    protocol = evaluation.protocol(measured, checkpoint, corpus.name, split)
    if as_json:
        facts: dict[str, Any] = {"model": model, "fingerprint": checkpoint.fingerprint}
        facts |= {"data": corpus.name, "split": split, **asdict(measured), "seen": seen}
        facts["trained_on"] = {key: about.get(key) for key in ("data", "split", "command")}
        say(json.dumps({**facts, "protocol": protocol, "skipped": corpus.skipped}, indent=2))
        return
    for line in corpus.skipped:
        say(f"left out {line}")
    say(f"{model} on the {split} split of {corpus.name}: {_figures(measured)}")
    say(f"protocol: {protocol}")
    say(f"trained on {evaluation.trained_on(about)}; {_seen(seen, len(chorales))}")


def _trained_on(about: "Mapping[str, Any]") -> str:
    """The data set that a model was trained on, as `load_corpus` takes it.

    Raises:
        OptionError: it is not known where that is.
    """
    from chorale.corpus.folder import PREFIX

    name = str(about.get("data", ""))
    if not name:
        raise OptionError(
            "the model does not say what it was trained on; "
            "say with --data what to evaluate on: bach, jsb or a folder"
        )
    if name.startswith(PREFIX):  # the name of the folder is kept, its place is not
        raise OptionError(
            f"the model was trained on {name.strip()}, and does not say where that is; "
            "say with --data what to evaluate on: bach, jsb or a folder"
        )
    return name


def _figures(measured: "Evaluation") -> str:
    by_voice = ", ".join(f"{voice} {nll:.3f}" for voice, nll in measured.nll_by_voice.items())
    return (
        f"{measured.nll_per_note:.4f} nats a note\n"
        f"by voice: {by_voice}\n"
        f"mean of the chorales' own means: {measured.nll_per_chorale_mean:.4f}\n"
        f"accuracy: {measured.accuracy:.1%}, on onsets {measured.onset_accuracy:.1%}\n"
        f"over {measured.notes:,} notes of {measured.chorales} chorales"
    )


def _seen(seen: int, chorales: int) -> str:
    return f"{seen or 'none'} of these {chorales} chorales {'was' if seen == 1 else 'were'} in it"
