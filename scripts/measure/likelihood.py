"""Measure the likelihood of Bach's chorales beyond `chorale evaluate`.

    python scripts/measure/likelihood.py given [--without PATH]
    python scripts/measure/likelihood.py explain [--phrases] [--wrong]
    python scripts/measure/likelihood.py protocols [--count N]

All take [--model NAME|PATH] [--split test|valid]. Likelihoods are in nats per note, pooled over all
notes of the split, unless named otherwise; a note is one voice at one step.

`given` prints the likelihoods of `chorale evaluate`, without a plan, when some voices are given,
and of the same notes when nothing is given; then those of a region of four bars in the middle of
each chorale, all voices, when everything around it is given. `--without` names a network that was
trained with `--evidence 0` and is otherwise alike, to see what the ability to read given notes
costs.

`explain` prints what `chorale explain` finds: nats per note by voice, and the shares of likely,
possible, unlikely and surprising notes among those that are struck. They stand in
`chorale/rendering/reports/explain_report.py`, with the fingerprint of the model. `--phrases` adds
the same without fermatas, and with estimated phrases. `--wrong` measures whether the network finds
a mistake: it moves one random note of each chorale by a second, and counts how often this note is
the first, among the first three and among the first ten of the places where the network prefers
something else.

`protocols` prints the likelihoods by the protocols of published figures, which
`likelihood_protocols.py` describes, on the validation split of the model's own data set. `--count`
takes its first chorales alone.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.append(str(Path(__file__).parents[1] / "support"))
from console import parser_for, percent, print_table, run
from likelihood_protocols import protocol_rows

from chorale.aliases import Ids
from chorale.corpus import load_corpus
from chorale.estimating import estimate_phrases
from chorale.judging.evaluation import evaluate
from chorale.judging.explaining import LEVELS, explain, find_level
from chorale.models import find
from chorale.music import REST, VOICES, Chorale, Metre, notes
from chorale.network.checkpoint import Checkpoint, load_checkpoint
from chorale.network.conditions import encode_unknown_plan
from chorale.network.history import History, build_history
from chorale.network.numpy_network import Network, one_thread
from chorale.network.tokens import encode
from chorale.wording import join_names

GIVEN = [(voice,) for voice in VOICES] + [("soprano", "bass"), ("soprano", "alto", "bass")]
REGION_BARS = 4
SECONDS = (-2, -1, 1, 2)  # semitones
RANKS = {1: "first", 3: "among the first three", 10: "among the first ten"}


def main() -> None:
    """Parse the arguments and print the figures of the subcommand."""
    parser = parser_for(__doc__)
    commands = parser.add_subparsers(required=True)
    given = commands.add_parser("given", help="likelihood with and without given notes")
    given.set_defaults(run=print_given)
    given.add_argument("--without", help="path of a checkpoint trained with --evidence 0")
    explained = commands.add_parser("explain", help="what `chorale explain` finds in Bach")
    explained.set_defaults(run=print_explained)
    explained.add_argument("--phrases", action="store_true", help="repeat without fermatas")
    explained.add_argument("--wrong", action="store_true", help="look for notes that were moved")
    protocols = commands.add_parser("protocols", help="likelihood by published protocols")
    protocols.set_defaults(run=print_protocols)
    protocols.add_argument("--count", type=int, help="number of chorales, all if not named")
    for command, split in ((given, "test"), (explained, "test"), (protocols, "valid")):
        command.add_argument("--model", default="bach", help="name or path of a checkpoint")
        command.add_argument("--split", default=split, choices=("valid", "test"))
    run(parser)


# given notes


def print_given(options: argparse.Namespace) -> None:
    """Print likelihoods with given voices, with given surroundings, and with nothing given."""
    checkpoint = load_checkpoint(find(options.model))
    chorales = load_corpus("bach").splits[options.split]
    print_table(
        ["given", "the others", "the same, nothing given", *VOICES],
        given_rows(checkpoint, chorales),
    )
    print_regions(checkpoint, chorales)
    if options.without:
        reader = evaluate(checkpoint, chorales).nll_per_note
        other = evaluate(load_checkpoint(find(options.without)), chorales).nll_per_note
        print(
            f"\nnothing given: {reader:.4f}; trained with --evidence 0: {other:.4f}, "
            f"a difference of {100 * (reader / other - 1):+.2f} %"
        )


def given_rows(checkpoint: Checkpoint, chorales: Sequence[Chorale]) -> Iterator[list[str]]:
    """Yield a row for each set of given voices, with the change of each other voice in brackets."""
    alone = evaluate(checkpoint, chorales).nll_by_voice
    yield ["nothing", "", "", *(f"{alone[voice]:.3f}" for voice in VOICES)]
    for given in GIVEN:
        others = evaluate(checkpoint, chorales, given=given).nll_by_voice
        cells = [
            f"{others[voice]:.3f} ({100 * (others[voice] / alone[voice] - 1):+.1f} %)"
            if voice in others
            else "given"
            for voice in VOICES
        ]
        means = (f"{np.mean([nlls[voice] for voice in others]):.3f}" for nlls in (others, alone))
        yield [join_names(given), *means, *cells]


def print_regions(checkpoint: Checkpoint, chorales: Sequence[Chorale]) -> None:
    """Print the likelihood of four bars with all around them given, and with the past alone."""
    network, unknown = Network(checkpoint), checkpoint.vocabulary.unknown
    with_surroundings, with_past = [], []
    with one_thread():
        for chorale in chorales:
            tokens = encode(chorale, checkpoint.vocabulary)
            start, end = region(chorale)
            around = tokens.copy()
            around[start:end] = unknown
            with_surroundings.append(nats(network, tokens, around)[start:end].ravel())
            nothing = np.full_like(tokens, unknown)
            with_past.append(nats(network, tokens, nothing)[start:end].ravel())
    surrounded, alone = np.concatenate(with_surroundings), np.concatenate(with_past)
    print(
        f"\nfour bars in the middle of each of {len(chorales)} chorales, {len(alone)} notes: "
        f"{surrounded.mean():.3f} with everything around them given, "
        f"{alone.mean():.3f} with the past alone"
    )


def region(chorale: Chorale) -> tuple[int, int]:
    """Return the first step of four bars in the middle, or fewer, and the first after them."""
    plan = chorale.plan
    length = REGION_BARS * (plan.metre or Metre(4, 4)).steps_per_bar
    first = plan.bar_start(plan.bar_at(max(0, (plan.length_steps - length) // 2)))
    return first, min(first + length, plan.length_steps)


def nats(network: Network, tokens: Ids, evidence: Ids) -> NDArray[np.float64]:
    """Compute the negative log-likelihood of every token, (T, 4), given `evidence`."""
    past = History(*(values[None] for values in build_history(tokens, network.vocabulary)))
    conditions = encode_unknown_plan(len(tokens))[None]
    logits = network.score(tokens[None], past, evidence[None], conditions)[0].astype(np.float64)
    logits -= logits.max(-1, keepdims=True)
    logs = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return -np.take_along_axis(logs, tokens[..., None], -1)[..., 0]


# explaining


def print_explained(options: argparse.Namespace) -> None:
    """Print what `chorale explain` finds in the chorales that have four voices."""
    checkpoint = load_checkpoint(find(options.model))
    chorales = [
        one for one in load_corpus("bach").splits[options.split] if one.onsets.any(axis=0).all()
    ]
    print(f"{options.model} {checkpoint.fingerprint}, {options.split}: ", end="")
    print(f"{len(chorales)} chorales with four voices")
    print_levels(checkpoint, chorales)
    if options.phrases:
        print("\nwithout fermatas:")
        print_levels(checkpoint, [replace_fermatas(one, None) for one in chorales])
        print("\nwith estimated phrases:")
        print_levels(checkpoint, [replace_fermatas(one, estimate(one)) for one in chorales])
    if options.wrong:
        print_wrong(checkpoint, chorales)


def print_levels(checkpoint: Checkpoint, chorales: Sequence[Chorale]) -> None:
    """Print nats per note by voice, and the share of notes at each level."""
    explanations = [explain(checkpoint, chorale) for chorale in chorales]
    all_nats = np.concatenate([explanation.nats for explanation in explanations])
    by_voice = zip(VOICES, all_nats.mean(axis=0), strict=True)
    voices = ", ".join(f"{voice} {mean:.4f}" for voice, mean in by_voice)
    print(f"nats per note: {all_nats.mean():.4f}; {voices}; over {all_nats.size:,} notes")
    struck = [note for each in explanations for note in each.notes if note.pitch != REST]
    levels = np.bincount([find_level(note.probability) for note in struck], minlength=len(LEVELS))
    for name, count in zip(LEVELS, levels, strict=True):
        print(f"{name}: {count} of {len(struck)} notes struck, {percent(count / len(struck))}")
    preferred = np.mean([not note.start.is_contested for note in struck])
    print(f"what the network prefers: {percent(float(preferred))}")
    contested = np.mean([len(each.contested()) / len(each.notes) for each in explanations])
    print(f"places per note or rest where it prefers something else: {contested:.3f}")


def replace_fermatas(chorale: Chorale, fermatas: NDArray[np.bool_] | None) -> Chorale:
    """Return the chorale with other fermatas, or with none known."""
    return replace(chorale, plan=replace(chorale.plan, fermatas=fermatas))


def estimate(chorale: Chorale) -> NDArray[np.bool_]:
    """Estimate the fermatas from the notes of all voices."""
    plan, lines = chorale.plan, [notes(chorale, voice) for voice in range(len(VOICES))]
    return estimate_phrases(lines, plan.length_steps, plan.metre, plan.pickup_steps)


def print_wrong(checkpoint: Checkpoint, chorales: Sequence[Chorale]) -> None:
    """Print how often a wrong note is the most surprising, or among the first."""
    generator = np.random.default_rng(0)
    ranks = []
    for chorale in chorales:
        wrong, voice, step = move_note(chorale, generator)
        contested = explain(checkpoint, wrong).contested()
        places = [(note.voice, place.step) for note, place in contested]
        ranks.append(places.index((voice, step)) if (voice, step) in places else len(places))
    shares = (
        f"{percent(float(np.mean(np.array(ranks) < rank)), 0)} {name}"
        for rank, name in RANKS.items()
    )
    print(f"one wrong note in each of {len(ranks)} chorales: {', '.join(shares)}")


def move_note(chorale: Chorale, generator: np.random.Generator) -> tuple[Chorale, int, int]:
    """Move a random note by a second; return the chorale and the note's voice and onset."""
    voice = int(generator.integers(len(VOICES)))
    note = notes(chorale, voice)[int(generator.integers(chorale.onsets[:, voice].sum()))]
    pitches, end = chorale.pitches.copy(), note.onset_step + note.length_steps
    pitches[note.onset_step : end, voice] += int(generator.choice(SECONDS))
    return replace(chorale, pitches=pitches), voice, note.onset_step


# published protocols


def print_protocols(options: argparse.Namespace) -> None:
    """Print the likelihood by this package's own protocol, and by published ones."""
    checkpoint = load_checkpoint(find(options.model))
    corpus = load_corpus(checkpoint.about["data"])
    chorales = corpus.splits[options.split][: options.count]
    print(
        f"{options.model} {checkpoint.fingerprint}, {options.split} split of {corpus.name}: ",
        end="",
    )
    print(f"{len(chorales)} chorales")
    own = evaluate(checkpoint, chorales)
    means = [f"{own.nll_per_note:.3f}", f"{own.nll_per_chorale_mean:.3f}"]
    first = ["tokens, per note, as `chorale evaluate`", *means]
    print_table(
        ["protocol", "pooled", "mean of chorales' means"],
        chain([first], protocol_rows(checkpoint, chorales)),
    )


if __name__ == "__main__":
    main()
