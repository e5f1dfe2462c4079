"""Likelihood of known chorales, in NumPy.

Protocol: nats per note, a note being one voice at one step; the mean pooled over all 4T notes of
the chorales, rests and the first step included; whole chorales, teacher forcing; nothing known
but the past and the number of the step: no metre, key, fermata or length.

Where voices are given, each whole, the figures are over the notes of the others; the length is
known then, from where the given voices end.

As a further figure, which is another protocol, the predictions for a chorale can be averaged over
its transpositions.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chorale.errors import DataError, OptionError
from chorale.music import REST, VOICES, Chorale, digest
from chorale.network.architecture import OCTAVE
from chorale.network.checkpoint import Checkpoint
from chorale.network.conditions import nothing_known
from chorale.network.history import History, history_of
from chorale.network.numpy_network import Network, one_thread
from chorale.network.tokens import Vocabulary, encode


@dataclass(frozen=True)
class Evaluation:
    """Likelihood and accuracy over some chorales.

    Attributes:
        nll_per_note: nats.
        nll_per_chorale_mean: nats a note of each chorale, the mean of these.
        nll_by_voice: nats a note of each voice that was not given, by its name.
        accuracy: share of notes whose likeliest token is right.
        onset_accuracy: the same over notes that start at their step; 0 where none does.
        notes: how many the mean is over, T for each voice not given, summed over the chorales.
        chorales: how many.
        given: names of the voices given, in SATB order.
        transposed: semitones up and down over which predictions were averaged.
    """

    nll_per_note: float
    nll_per_chorale_mean: float
    nll_by_voice: dict[str, float]
    accuracy: float
    onset_accuracy: float
    notes: int
    chorales: int
    given: tuple[str, ...] = ()
    transposed: int = 0


def evaluate(
    checkpoint: Checkpoint,
    chorales: Sequence[Chorale],
    progress: Callable[[int, int], None] = lambda done, total: None,
    given: Sequence[str] = (),
    transposed: int = 0,
) -> Evaluation:
    """Measure a network on chorales, at least one, by the module's protocol.

    Args:
        checkpoint: the network.
        chorales: what it is measured on.
        progress: called with how many are done, of how many in all.
        given: names of the voices given, not all four.
        transposed: average what the network finds likely over the transpositions of each chorale
            by up to so many semitones up and down, 0 to 11, that leave each voice within its range
            in the training split, as those did that the network was trained on.

    Raises:
        DataError: a pitch is outside the network's vocabulary.
        OptionError: see `check_given`; `transposed` is out of its range.
    """
    check_given(given, checkpoint)
    if not 0 <= transposed < OCTAVE:
        raise OptionError(f"transposed must be from 0 to {OCTAVE - 1} semitones, not {transposed}")
    told = np.isin(VOICES, given)
    network, vocabulary = Network(checkpoint), checkpoint.vocabulary
    shifts = range(-transposed, transposed + 1)
    nlls, right, onsets = [], [], []
    with one_thread():
        for done, chorale in enumerate(chorales):
            tokens = encode(chorale, vocabulary)
            evidence = np.where(told, tokens, np.int32(vocabulary.unknown))
            fitting = [shift for shift in shifts if _fits(chorale, shift, checkpoint)]
            found = _score(network, tokens, evidence, vocabulary, fitting)[:, ~told]
            nlls.append(-np.take_along_axis(found, tokens[:, ~told, None], -1)[..., 0])
            right.append(found.argmax(-1) == tokens[:, ~told])
            onsets.append(chorale.onsets[:, ~told])
            progress(done + 1, len(chorales))
    nll, correct, onset = (np.concatenate(parts) for parts in (nlls, right, onsets))
    measured = [voice for voice in VOICES if voice not in given]
    return Evaluation(
        nll_per_note=float(nll.mean()),
        nll_per_chorale_mean=float(np.mean([each.mean() for each in nlls])),
        nll_by_voice=dict(zip(measured, nll.mean(axis=0).tolist(), strict=True)),
        accuracy=float(correct.mean()),
        onset_accuracy=float(correct[onset].sum() / max(1, onset.sum())),
        notes=nll.size,
        chorales=len(chorales),
        given=tuple(voice for voice in VOICES if voice in given),
        transposed=transposed,
    )


def check_given(given: Sequence[str], checkpoint: Checkpoint) -> None:
    """Check the names of voices that are to be given to a network.

    Raises:
        OptionError: a name is no voice's or stands twice, no voice is left to measure, or the
            network hears no evidence.
    """
    for name in given:
        if name not in VOICES:
            raise OptionError(f"{name!r} is no voice to be given; choose from {', '.join(VOICES)}")
        if given.count(name) > 1:
            raise OptionError(f"{name} is given twice; name each voice once")
    if len(given) == len(VOICES):
        raise OptionError("all four voices are given and none is left to measure; give up to three")
    if given and not checkpoint.has_conditioning:
        raise OptionError(
            "the model was trained without evidence or has no encoder, so that voices given tell "
            "it nothing; leave out --given, or use a model trained with --evidence above 0"
        )


def protocol(measured: Evaluation, checkpoint: Checkpoint, data: str, split: str) -> str:
    """What a figure means, in one line: everything needed to compare it with another.

    Args:
        measured: the figures.
        checkpoint: the network that was measured.
        data: name of the data set.
        split: name of its split.
    """
    vocabulary = checkpoint.vocabulary
    order = ", ".join(VOICES[voice] for voice in checkpoint.options.order)
    known = "the past and the number of the step"
    if measured.given:
        voices = " and ".join(measured.given)
        known = f"the past, the number of the step, and the whole of {voices}, so the length too"
    if measured.transposed:
        known += (
            "; predictions averaged over each chorale's transpositions by up to "
            f"{measured.transposed} semitones up and down that leave the voices in their ranges"
        )
    return (
        "nats per note, a note being one voice at one step of a sixteenth; pooled over all "
        f"{measured.notes} notes of {', '.join(measured.nll_by_voice)} in the {measured.chorales} "
        f"chorales of the {split} split of {data}, rests and the first step included; one of "
        f"{vocabulary.size} tokens a note: rest, hold, or the pitch from {vocabulary.lowest_pitch} "
        f"to {vocabulary.highest_pitch} that is struck; whole chorales, teacher forcing, the "
        f"voices of a step in the order {order}; nothing known but {known}"
    )


def trained_on(about: Mapping[str, Any]) -> str:
    """What a network was trained on and how, in words, from its checkpoint's `about`."""
    command = f" by `{about['command']}`" if about.get("command") else ""
    return f"the {about.get('split', 'unknown')} split of {about.get('data', 'unknown')}{command}"


def seen_in_training(
    about: Mapping[str, Any], data: str, split: str, chorales: Sequence[Chorale]
) -> int:
    """How many of a split's chorales, at the same pitches, a network was trained on.

    Args:
        about: the checkpoint's account of the training.
        data: name of the data set.
        split: name of its split.
        chorales: the split's.

    Raises:
        DataError: the split is called test and is none: the network was trained on the split of
            that name, or on more than half of its chorales.
    """
    same = (about.get("data"), about.get("split")) == (data, split)
    known = set(about.get("chorales", ()))
    seen = sum(digest(chorale) in known for chorale in chorales)
    if split == "test" and (same or seen > len(chorales) / 2):
        raise DataError(
            f"the test split of {data} is no test of this model, which was trained on "
            f"{trained_on(about)}, {seen} of these {len(chorales)} chorales among it; "
            "choose another --split or --data"
        )
    return seen


def _score(
    network: Network,
    tokens: NDArray[np.int32],
    evidence: NDArray[np.int32],
    vocabulary: Vocabulary,
    shifts: Sequence[int],
) -> NDArray[np.float64]:
    """Log probabilities of every cell of one chorale, (T, 4, V), without its plan.

    They are of the mean probability over the chorale's transpositions by `shifts`, which fit the
    vocabulary.
    """
    conditions = nothing_known(len(tokens))[None]
    logs: list[NDArray[np.float64]] = []
    for semitones in shifts:
        there = _transposition(semitones, vocabulary)
        moved = there[tokens]
        past = History(*(values[None] for values in history_of(moved, vocabulary)))
        logits = network.score(moved[None], past, there[evidence][None], conditions)[0]
        log = np.full(logits.shape, -np.inf)
        reached = there[: vocabulary.size] >= 0
        log[..., reached] = _normalised(logits)[..., there[: vocabulary.size][reached]]
        logs.append(log)
    return np.logaddexp.reduce(logs) - np.log(len(logs))


def _fits(chorale: Chorale, semitones: int, checkpoint: Checkpoint) -> bool:
    """Whether a transposition leaves each voice within its range; the chorale as it is does."""
    lowest, highest = checkpoint.ranges.T
    moved = chorale.pitches.astype(np.int32) + semitones
    within = (moved >= lowest) & (moved <= highest) | (chorale.pitches == REST)
    return semitones == 0 or bool(within.all())


def _transposition(semitones: int, vocabulary: Vocabulary) -> NDArray[np.int32]:
    """What each input symbol becomes, (input_size,); -1 for a pitch that leaves the vocabulary."""
    there = np.arange(vocabulary.input_size, dtype=np.int32)
    notes = there[vocabulary.first_pitch : vocabulary.size]
    within = (notes + semitones >= vocabulary.first_pitch) & (notes + semitones < vocabulary.size)
    notes[:] = np.where(within, notes + semitones, -1)
    return there


def _normalised(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """Log probabilities, (..., V)."""
    shifted = logits.astype(np.float64) - logits.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
