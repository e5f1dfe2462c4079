"""Measure in which figures composed music differs from Bach's, and where the difference arises.

    python scripts/measure/calibration.py figures [--chorales N] [--count 100] [--draws 4]
                                                  [--columns strictness guidance ...]
                                                  [--figures PATTERN] [--off]
    python scripts/measure/calibration.py likelihood

Both take [--model NAME|PATH] [--split valid|train], `figures` [--seed 1] too.

`figures` prints a row for each musical figure (`calibration_figures`), with its frequency

- in Bach's chorales, with the standard error;
- forced: in steps that the network draws one by one after Bach's own past, at temperature 1 and
  without rules, `--draws` times, with the plan unknown and with the plan known;
- free: in chorales that the network composes on plans as `chorale generate` draws them, at
  temperature 1, without guidance, rules, form, given final chord and a choice among candidates;
- default: in chorales on the same plans as `chorale generate` composes them at its defaults;
- for each of `--columns`: in free chorales to which one part of the draw is added
  (`calibration_drawing.Setting`).

A value in bold is off: it differs from Bach's by more than two standard errors of the difference,
from a jackknife over chorales, in pairs where the chorales are the same; an error is at least one
hit. So about one in twenty right values is in bold. The verdict has a word for each stage that
makes a figure worse:

    blind      off when forced, with the plan known: the network expects something else than Bach
    drifts     off when free, and farther than when forced (by the same measure): its own past
               misleads the network
    bent       off by default, and farther than when free: the draw bends what the network does
    mended     off at an earlier stage, but not by default
    right      off at no stage

Figures of whole phrases cannot be forced, so that a network that is blind for them drifts.

`likelihood` prints the negative log-likelihood of the split when forced, in nats per note as
`chorale evaluate` defines it, with each part of the plan known alone, and with all of them. It is
the sum of timing (whether a voice rests, holds or starts a note) and pitch (which note, if one
starts).
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.append(str(Path(__file__).parents[1] / "support"))
from calibration_drawing import SETTINGS, compose_freely, force, full_plan, sounding_after
from calibration_figures import count_figures
from calibration_harmony import count_whole
from calibration_statistics import (
    BACH,
    DEFAULT,
    FORCED,
    FREE,
    Counts,
    Measured,
    find_verdicts,
    measure,
)
from calibration_steps import collect_steps
from console import parser_for, print_table, run

from chorale import models
from chorale.aliases import Ids
from chorale.composing.jobs import job_for_generating, run_job
from chorale.composing.plan_options import ANY_PLAN
from chorale.corpus import load_corpus
from chorale.music import VOICES, Chorale, Plan
from chorale.network.checkpoint import Checkpoint, load_checkpoint
from chorale.network.conditions import UNKNOWN, encode_plan, encode_unknown_plan
from chorale.network.history import History, build_history
from chorale.network.numpy_layers import log_softmax
from chorale.network.numpy_network import Network, one_thread
from chorale.network.tokens import Vocabulary, encode
from chorale.options import SamplingOptions


def main() -> None:
    """Parse the arguments and print the table of the subcommand."""
    parser = parser_for(__doc__)
    commands = parser.add_subparsers(required=True)
    table = commands.add_parser("figures", help="figures in Bach's, forced and composed music")
    table.set_defaults(run=print_figures)
    table.add_argument("--chorales", type=int, help="number of Bach's chorales, if not all")
    table.add_argument("--count", type=int, default=100, help="chorales to compose")
    table.add_argument("--draws", type=int, default=4, help="draws of each forced step")
    table.add_argument("--seed", type=int, default=1)
    table.add_argument("--columns", nargs="+", choices=list(SETTINGS), default=[])
    table.add_argument("--figures", type=re.compile, default="", help="regular expression")
    table.add_argument("--off", action="store_true", help="leave out figures that are right")
    table = commands.add_parser("likelihood", help="what the network is blind to")
    table.set_defaults(run=print_likelihood)
    for each in commands.choices.values():
        each.add_argument("--model", default=models.DEFAULT, help="name or path of a checkpoint")
        each.add_argument("--split", default="valid", choices=["valid", "train"])
    run(parser)


# figures


def count_chorale(chorale: Chorale) -> Counts:
    """Count the figures of a chorale."""
    return {**count_figures(collect_steps(chorale)), **count_whole(chorale)}


def measure_forced(
    checkpoint: Checkpoint, chorales: Sequence[Chorale], plan_known: bool, draws: int, seed: int
) -> Measured:
    """Measure the figures of steps drawn after the past of some chorales."""
    rows: list[Counts] = [{}] * len(chorales)
    for number, drawn in force(checkpoint, chorales, plan_known, draws, seed):
        rows[number] = count_drawn(chorales[number], drawn, checkpoint.vocabulary)
    return measure(rows, paired=True)


def count_drawn(chorale: Chorale, drawn: Ids, vocabulary: Vocabulary) -> Counts:
    """Count the figures of steps drawn after a chorale's past, (draws, T, 4) tokens, in all."""
    pitches, onsets = sounding_after(chorale, drawn, vocabulary)
    counted = [
        count_figures(collect_steps(chorale, *each)) for each in zip(pitches, onsets, strict=True)
    ]
    summed = {name: tuple(np.sum([each[name] for each in counted], axis=0)) for name in counted[0]}
    return {**summed, **dict.fromkeys(count_whole(chorale), (0.0, 0.0))}


def print_figures(options: argparse.Namespace) -> None:
    """Print the table of figures."""
    checkpoint = load_checkpoint(models.find(options.model))
    chorales = load_corpus("bach").splits[options.split][: options.chorales]
    columns = measure_columns(checkpoint, chorales, options)
    bach, verdicts, rows = columns[BACH], find_verdicts(columns), []
    for number, (name, verdict) in enumerate(zip(bach.names, verdicts, strict=True)):
        if re.search(options.figures, name) and not (options.off and verdict == "right"):
            cells = (format_cell(each, number, bach) for each in columns.values())
            rows.append([name, *cells, verdict])
    print_table(["", *columns, "verdict"], rows)
    print(
        f"\n{options.model} {checkpoint.fingerprint}: {len(chorales)} chorales of the "
        f"{options.split} split, {options.draws} draws of each step; {options.count} chorales "
        f"composed of seed {options.seed}. Of {len(bach.names)} figures "
        f"{verdicts.count('right')} are right."
    )


def measure_columns(
    checkpoint: Checkpoint, chorales: Sequence[Chorale], options: argparse.Namespace
) -> dict[str, Measured]:
    """Measure each column of the table, by its name; the forced ones are in pairs with Bach's."""
    draws, seed, count = options.draws, options.seed, options.count
    job = job_for_generating(checkpoint, None, ANY_PLAN)
    composed = run_job(checkpoint, job, count, seed, SamplingOptions())
    columns = {
        BACH: measure(map(count_chorale, chorales), paired=True),
        "forced": measure_forced(checkpoint, chorales, False, draws, seed),
        FORCED: measure_forced(checkpoint, chorales, True, draws, seed),
        FREE: measure(map(count_chorale, compose_freely(checkpoint, job, count, seed))),
        DEFAULT: measure(map(count_chorale, composed)),
    }
    for name in options.columns:
        free = compose_freely(checkpoint, job, count, seed, SETTINGS[name])
        columns[f"free, {name}"] = measure(map(count_chorale, free))
    return columns


def format_cell(measured: Measured, number: int, bach: Measured) -> str:
    """Format a value: Bach's with its error, others in bold if off; empty if not a number."""
    value, error = measured.values[number], measured.errors[number]
    if np.isnan(value):
        return ""
    if measured is bach:
        return f"{value:.1f} ± {error:.1f}" if value >= 1 else f"{value:.2f} ± {error:.2f}"
    text = f"{value:.1f}" if value >= 1 else f"{value:.2f}"
    return f"**{text}**" if measured.differs_from(bach)[number] else text


# likelihood


def print_likelihood(options: argparse.Namespace) -> None:
    """Print the likelihoods with parts of the plan."""
    checkpoint = load_checkpoint(models.find(options.model))
    chorales = load_corpus("bach").splits[options.split]
    header = ["plan", "NLL", "timing", "pitch", *VOICES]
    print_table(header, likelihood_rows(checkpoint, chorales))


def likelihood_rows(checkpoint: Checkpoint, chorales: Sequence[Chorale]) -> Iterator[list[str]]:
    """Yield a row for each part of the plan."""
    network = Network(checkpoint)
    parts = [plan_parts(full_plan(chorale)) for chorale in chorales]
    for part in parts[0]:
        with one_thread():
            nats = np.concatenate(
                [
                    split_nats(network, chorale, conditions[part])
                    for chorale, conditions in zip(chorales, parts, strict=True)
                ]
            )
        timing, pitch = nats.mean(axis=(0, 1))
        voices = nats.sum(axis=-1).mean(axis=0)
        yield [part, *(f"{value:.4f}" for value in (timing + pitch, timing, pitch, *voices))]


def plan_parts(plan: Plan) -> dict[str, Ids]:
    """Return conditions, (T, columns), in which nothing, one part or all of a plan is known.

    A part for which the network has no column, or which the plan lacks, is all UNKNOWN.
    """
    bare = Plan(plan.length_steps)
    in_phrases = replace(bare, fermatas=plan.fermatas)
    alone = {  # the part, and what its plan has besides
        "metre alone": (replace(bare, metre=plan.metre, pickup_steps=plan.pickup_steps), bare),
        "fermatas alone": (in_phrases, bare),
        "key alone": (replace(bare, key=plan.key), bare),
        "motion alone": (replace(in_phrases, motion=plan.motion), in_phrases),
    }
    return {
        "unknown": encode_unknown_plan(plan.length_steps),
        "length alone": encode_plan(bare),
        **{
            name: np.where(encode_plan(besides) == UNKNOWN, encode_plan(part), np.int32(UNKNOWN))
            for name, (part, besides) in alone.items()
        },
        "all known": encode_plan(plan),
    }


def split_nats(network: Network, chorale: Chorale, conditions: Ids) -> NDArray[Any]:
    """Compute the negative log-likelihoods of every cell's timing and pitch, (T, 4, 2)."""
    vocabulary = network.vocabulary
    tokens = encode(chorale, vocabulary)
    history = History(*(values[None] for values in build_history(tokens, vocabulary)))
    given = np.full_like(tokens, vocabulary.unknown)
    logits = network.score(tokens[None], history, given[None], conditions[None])[0]
    logs = log_softmax(logits.astype(np.float64))
    total = -np.take_along_axis(logs, tokens[..., None], -1)[..., 0]
    starts = -np.logaddexp.reduce(logs[..., vocabulary.note_tokens], axis=-1)
    timing = np.where(vocabulary.is_note(tokens), starts, total)
    return np.stack([timing, total - timing], axis=-1)


if __name__ == "__main__":
    main()
