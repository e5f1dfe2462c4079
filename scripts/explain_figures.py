"""What `chorale explain` finds in Bach's own chorales, for comparison.

    python scripts/explain_figures.py [--model NAME|PATH] [--split test] [--phrases] [--wrong]

Nats a note by voice, pooled over all notes of the split, a note being one voice at one step; and
how many of the notes that are struck are found likely, possible, unlikely and surprising. They
stand in `chorale/rendering/reports/explain_report.py`, with the fingerprint of the model.

`--phrases` measures the same where fermatas are not known, and where the phrases are estimated.

`--wrong` measures whether the network points at a mistake: in each chorale one note, drawn by
chance, is moved by a second, and it is counted how often this note is the first, or among the first
three or ten, of the places where the network would rather have something else.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from chorale.corpus import load_corpus
from chorale.errors import ChoraleError
from chorale.estimating import estimate_phrases
from chorale.judging.explaining import LEVELS, explain, level_of
from chorale.models import find
from chorale.music import REST, VOICES, Chorale, notes
from chorale.network.checkpoint import Checkpoint, load_checkpoint

SECONDS = (-2, -1, 1, 2)  # semitones
FIRST = (1, 3, 10)


def main() -> None:
    """Read the arguments, measure, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="bach", help="name or path of a checkpoint")
    parser.add_argument("--split", default="test", choices=("valid", "test"))
    parser.add_argument("--phrases", action="store_true", help="without the fermatas, too")
    parser.add_argument("--wrong", action="store_true", help="put wrong notes in and look for them")
    options = parser.parse_args()
    try:
        checkpoint = load_checkpoint(find(options.model))
        chorales = load_corpus("bach").splits[options.split]
        chorales = tuple(one for one in chorales if one.onsets.any(axis=0).all())
        print(f"{options.model} {checkpoint.fingerprint}, {options.split}: ", end="")
        print(f"{len(chorales)} chorales with four voices")
        print_likelihoods(checkpoint, chorales)
        if options.phrases:
            print("\nfermatas unknown:")
            print_likelihoods(checkpoint, [with_fermatas(one, None) for one in chorales])
            print("\nphrases estimated:")
            print_likelihoods(checkpoint, [with_fermatas(one, estimated(one)) for one in chorales])
        if options.wrong:
            print_wrong(checkpoint, chorales)
    except ChoraleError as error:
        sys.exit(str(error))


def print_likelihoods(checkpoint: Checkpoint, chorales: Sequence[Chorale]) -> None:
    """Nats a note by voice, and how many notes are likely, possible, unlikely and surprising."""
    explanations = [explain(checkpoint, chorale) for chorale in chorales]
    nats = np.concatenate([explanation.nats for explanation in explanations])
    by_voice = ", ".join(f"{v} {n:.3f}" for v, n in zip(VOICES, nats.mean(axis=0), strict=True))
    print(f"nats a note: {nats.mean():.3f}; {by_voice}; over {nats.size:,} notes")
    struck = [note for found in explanations for note in found.notes if note.pitch != REST]
    levels = np.bincount([level_of(note.probability) for note in struck], minlength=len(LEVELS))
    for name, count in zip(LEVELS, levels, strict=True):
        print(f"{name}: {count} of {len(struck)} notes struck, {count / len(struck):.1%}")
    likeliest = np.mean([not note.start.is_contested for note in struck])
    print(f"as the network would have them: {likeliest:.1%}")
    places = [len(found.contested()) / len(found.notes) for found in explanations]
    print(
        f"places where it would rather have something else, a note or rest: {np.mean(places):.3f}"
    )


def with_fermatas(chorale: Chorale, fermatas: NDArray[np.bool_] | None) -> Chorale:
    """The chorale with other fermatas, or none known."""
    return replace(chorale, plan=replace(chorale.plan, fermatas=fermatas))


def estimated(chorale: Chorale) -> NDArray[np.bool_]:
    """Fermatas at the ends of the phrases that the notes suggest."""
    plan, lines = chorale.plan, [notes(chorale, voice) for voice in range(len(VOICES))]
    return estimate_phrases(lines, plan.length_steps, plan.metre, plan.pickup_steps)


def print_wrong(checkpoint: Checkpoint, chorales: Sequence[Chorale]) -> None:
    """How often a wrong note is the most surprising, or among the first."""
    generator = np.random.default_rng(0)
    ranks = []
    for chorale in chorales:
        wrong, voice, step = with_wrong_note(chorale, generator)
        places = [
            (note.voice, place.step) for note, place in explain(checkpoint, wrong).contested()
        ]
        ranks.append(places.index((voice, step)) if (voice, step) in places else len(places))
    told = ", ".join(f"{np.mean(np.array(ranks) < first):.0%} among {first}" for first in FIRST)
    print(f"a wrong note a chorale, {len(ranks)} of them: {told}")


def with_wrong_note(chorale: Chorale, generator: np.random.Generator) -> tuple[Chorale, int, int]:
    """The chorale with one note a second higher or lower, and that note's voice and onset."""
    voice = int(generator.integers(len(VOICES)))
    note = notes(chorale, voice)[int(generator.integers(chorale.onsets[:, voice].sum()))]
    pitches, end = chorale.pitches.copy(), note.onset_step + note.length_steps
    pitches[note.onset_step : end, voice] += int(generator.choice(SECONDS))
    return replace(chorale, pitches=pitches), voice, note.onset_step


if __name__ == "__main__":
    main()
