"""What a network makes of notes that are given: its likelihood with them and without, in tables.

    python scripts/evidence_figures.py [--model NAME|PATH] [--split test] [--without PATH]

Nats per note, as `chorale evaluate` has them (no plan is told), over the same notes with and
without what is given. A region is four bars in the middle of a chorale, all voices, given all that
stands around them. `--without` names a network trained with `--evidence 0` and otherwise alike, to
see what the ability to hear evidence costs.
"""

import argparse
import sys

import numpy as np

from chorale.corpus import load_corpus
from chorale.errors import ChoraleError
from chorale.judging.evaluation import evaluate
from chorale.models import find
from chorale.music import VOICES, Chorale, Metre
from chorale.network.checkpoint import Checkpoint, load_checkpoint
from chorale.network.conditions import nothing_known
from chorale.network.history import History, Ids, history_of
from chorale.network.numpy_network import Network, one_thread
from chorale.network.tokens import encode

GIVEN = [(voice,) for voice in VOICES] + [("soprano", "bass"), ("soprano", "alto", "bass")]
REGION_BARS = 4


def main() -> None:
    """Read the arguments, measure, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="bach", help="name or path of a checkpoint")
    parser.add_argument("--split", default="test", choices=("valid", "test"))
    parser.add_argument("--without", help="path of a checkpoint trained with --evidence 0")
    options = parser.parse_args()
    try:
        checkpoint = load_checkpoint(find(options.model))
        chorales = load_corpus("bach").splits[options.split]
        print_voices(checkpoint, chorales)
        print_regions(checkpoint, chorales)
        if options.without:
            with_it, without = (
                evaluate(each, chorales).nll_per_note
                for each in (checkpoint, load_checkpoint(find(options.without)))
            )
            print(
                f"\nnothing given: {with_it:.4f}; trained without evidence: {without:.4f}, ", end=""
            )
            print(f"which the former exceeds by {100 * (with_it / without - 1):.2f} %")
    except ChoraleError as error:
        sys.exit(str(error))


def print_voices(checkpoint: Checkpoint, chorales: tuple[Chorale, ...]) -> None:
    """A row for each set of voices given; in brackets, by how much each of the others gains."""
    alone = evaluate(checkpoint, chorales).nll_by_voice
    print("| given | the others | the same, nothing given | soprano | alto | tenor | bass |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    print("| nothing | | | " + " | ".join(f"{alone[voice]:.3f}" for voice in VOICES) + " |")
    for given in GIVEN:
        told = evaluate(checkpoint, chorales, given=given).nll_by_voice
        cells = [
            f"{told[v]:.3f} ({100 * (told[v] / alone[v] - 1):+.1f} %)" if v in told else "given"
            for v in VOICES
        ]
        means = (np.mean([figures[v] for v in told]) for figures in (told, alone))
        means_text = " | ".join(f"{mean:.3f}" for mean in means)
        print(f"| {' and '.join(given)} | {means_text} | {' | '.join(cells)} |")


def print_regions(checkpoint: Checkpoint, chorales: tuple[Chorale, ...]) -> None:
    """The likelihood of four bars, with all that stands around them and with the past alone."""
    network, unknown = Network(checkpoint), checkpoint.vocabulary.unknown
    with_it, without = [], []
    with one_thread():
        for chorale in chorales:
            tokens = encode(chorale, checkpoint.vocabulary)
            start, end = region(chorale)
            around = tokens.copy()
            around[start:end] = unknown
            with_it.append(nlls(network, tokens, around)[start:end].ravel())
            nothing = np.full_like(tokens, unknown)
            without.append(nlls(network, tokens, nothing)[start:end].ravel())
    count = sum(map(len, with_it))
    print(f"\nfour bars in the middle of each of {len(chorales)} chorales, {count} notes: ", end="")
    print(f"{np.concatenate(with_it).mean():.3f} given all around, ", end="")
    print(f"{np.concatenate(without).mean():.3f} with the past alone")


def region(chorale: Chorale) -> tuple[int, int]:
    """First step of four bars in the middle, or fewer, and of what follows them."""
    plan = chorale.plan
    length = REGION_BARS * (plan.metre or Metre(4, 4)).steps_per_bar
    first = plan.bar_start(plan.bar_at(max(0, (plan.length_steps - length) // 2)))
    return first, min(first + length, plan.length_steps)


def nlls(network: Network, tokens: Ids, evidence: Ids) -> np.ndarray:
    """Nats of every note of a chorale, (T, 4), of which `evidence` is given."""
    past = History(*(values[None] for values in history_of(tokens, network.vocabulary)))
    conditions = nothing_known(len(tokens))[None]
    logits = network.score(tokens[None], past, evidence[None], conditions)[0].astype(np.float64)
    logits -= logits.max(-1, keepdims=True)
    logs = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return -np.take_along_axis(logs, tokens[..., None], -1)[..., 0]


if __name__ == "__main__":
    main()
