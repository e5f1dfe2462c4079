"""Likelihood of existing chorales, in NumPy.

Protocol: nats per note, a note being one voice at one step; one mean pooled over all 4T notes of
the chorales, rests and the first step included; whole chorales, teacher forcing. The network is
conditioned on the past and the number of the step alone: no metre, key, fermata or length.

If voices are given, the network is conditioned on them from beginning to end, and the figures are
over the notes of the other voices. The length is then an input too, since the given voices end with
the chorale.

By another protocol, predictions for a chorale are averaged over its transpositions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chorale.aliases import Ids, Progress
from chorale.errors import DataError, OptionError
from chorale.music import OCTAVE, REST, VOICES, Chorale, digest
from chorale.network.checkpoint import Checkpoint
from chorale.network.conditions import encode_unknown_plan
from chorale.network.history import History, build_history
from chorale.network.numpy_layers import log_softmax
from chorale.network.numpy_network import Network, one_thread
from chorale.network.tokens import Vocabulary, encode
from chorale.wording import count


@dataclass(frozen=True)
class Evaluation:
    """Likelihood and accuracy of a network on some chorales.

    Attributes:
        nll_per_note: nats per note.
        nll_per_chorale_mean: mean over the chorales of their nats per note.
        nll_by_voice: nats per note of each voice that was not given, by name.
        accuracy: share of notes whose most probable token is right.
        onset_accuracy: accuracy over the notes that start at their step; 0 without such notes.
        notes: number of notes scored: T for each voice not given, summed over the chorales.
        chorales: number of chorales.
        given: names of the given voices, in SATB order.
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
    progress: Progress = lambda done, total: None,
    given: Sequence[str] = (),
    transposed: int = 0,
) -> Evaluation:
    """Evaluate a network on chorales by the protocol of this module.

    Args:
        checkpoint: the network.
        chorales: the chorales, at least one.
        progress: called after each chorale with the number done and the total.
        given: names of the given voices, at most three.
        transposed: largest transposition in semitones, 0 to 11. Predictions for a chorale are
            averaged over its transpositions, up and down, that leave each voice within its range in
            the training split, as the transpositions in training did.

    Raises:
        DataError: a pitch is outside the network's vocabulary.
        OptionError: the given voices are not allowed (see `check_given`), or `transposed` is out
            of range.
    """
    check_given(given, checkpoint)
    if not 0 <= transposed < OCTAVE:
        raise OptionError(f"transposed must be from 0 to {OCTAVE - 1} semitones, not {transposed}")
    is_given = np.isin(VOICES, given)
    network, vocabulary = Network(checkpoint), checkpoint.vocabulary
    shifts = range(-transposed, transposed + 1)
    nlls, right, onsets = [], [], []
    with one_thread():
        for done, chorale in enumerate(chorales):
            tokens = encode(chorale, vocabulary)
            given_tokens = np.where(is_given, tokens, np.int32(vocabulary.unknown))
            fitting = [shift for shift in shifts if _is_in_range(chorale, shift, checkpoint)]
            scores = _score(network, tokens, given_tokens, vocabulary, fitting)[:, ~is_given]
            nlls.append(-np.take_along_axis(scores, tokens[:, ~is_given, None], -1)[..., 0])
            right.append(scores.argmax(-1) == tokens[:, ~is_given])
            onsets.append(chorale.onsets[:, ~is_given])
            progress(done + 1, len(chorales))
    nll, correct, onset = (np.concatenate(parts) for parts in (nlls, right, onsets))
    scored = [voice for voice in VOICES if voice not in given]
    return Evaluation(
        nll_per_note=float(nll.mean()),
        nll_per_chorale_mean=float(np.mean([each.mean() for each in nlls])),
        nll_by_voice=dict(zip(scored, nll.mean(axis=0).tolist(), strict=True)),
        accuracy=float(correct.mean()),
        onset_accuracy=float(correct[onset].sum() / max(1, onset.sum())),
        notes=nll.size,
        chorales=len(chorales),
        given=tuple(voice for voice in VOICES if voice in given),
        transposed=transposed,
    )


def check_given(given: Sequence[str], checkpoint: Checkpoint) -> None:
    """Check the names of the voices to be given to a network.

    Raises:
        OptionError: a name is not a voice or occurs twice, no voice is left to score, or the
            network cannot be conditioned on given notes.
    """
    for name in given:
        if name not in VOICES:
            raise OptionError(f"{name!r} is not a voice; choose from {', '.join(VOICES)}")
        if given.count(name) > 1:
            raise OptionError(f"{name} is given twice; name each voice once")
    if len(given) == len(VOICES):
        raise OptionError("all four voices are given, so none is left to score; give up to three")
    if given and not checkpoint.has_conditioning:
        raise OptionError(
            "this model cannot be conditioned on given voices, since it has no encoder or was "
            "trained without given notes; leave out --given, or use a model trained with "
            "--evidence above 0"
        )


def describe_protocol(measured: Evaluation, checkpoint: Checkpoint, data: str, split: str) -> str:
    """Describe the protocol of an evaluation in one line, for comparison with other evaluations.

    Args:
        measured: the evaluation.
        checkpoint: the network evaluated.
        data: name of the data set.
        split: name of the split.
    """
    vocabulary = checkpoint.vocabulary
    order = ", ".join(VOICES[voice] for voice in checkpoint.options.order)
    inputs = "the past and the number of the step alone"
    if measured.given:
        voices = " and ".join(measured.given)
        inputs = f"the past, the number of the step, and the whole of {voices} (so the length too)"
    if measured.transposed:
        inputs += (
            "; predictions averaged over each chorale's transpositions by up to "
            f"{count(measured.transposed, 'semitone')} up and down that leave the voices in their "
            "ranges"
        )
    return (
        "nats per note, a note being one voice at one step of a sixteenth; pooled over all "
        f"{measured.notes} notes of {', '.join(measured.nll_by_voice)} in the {measured.chorales} "
        f"chorales of the {split} split of {data}, rests and the first step included; one of "
        f"{vocabulary.size} tokens a note: rest, hold, or the pitch from {vocabulary.lowest_pitch} "
        f"to {vocabulary.highest_pitch} that starts; whole chorales, teacher forcing, the "
        f"voices of a step in the order {order}; conditioned on {inputs}"
    )


def describe_training_data(about: Mapping[str, Any]) -> str:
    """Describe the data on which a network was trained, and the command that trained it.

    Args:
        about: the checkpoint's record of the training.
    """
    command = f" by `{about['command']}`" if about.get("command") else ""
    return f"the {about.get('split', 'unknown')} split of {about.get('data', 'unknown')}{command}"


def count_seen_in_training(
    about: Mapping[str, Any], data: str, split: str, chorales: Sequence[Chorale]
) -> int:
    """Count the chorales of a split on which a network was trained, at the same pitches.

    Args:
        about: the checkpoint's record of the training.
        data: name of the data set.
        split: name of the split.
        chorales: chorales of the split.

    Raises:
        DataError: the split is the test split, and the network was trained on it or on more than
            half of its chorales.
    """
    trained_on_split = (about.get("data"), about.get("split")) == (data, split)
    digests = set(about.get("chorales", ()))
    seen = sum(digest(chorale) in digests for chorale in chorales)
    if split == "test" and (trained_on_split or seen > len(chorales) / 2):
        raise DataError(
            f"cannot test this model on {data}: it was trained on {describe_training_data(about)}, "
            f"which contains {seen} of {len(chorales)} test chorales; choose another --split or "
            "--data"
        )
    return seen


def _score(
    network: Network,
    tokens: Ids,
    given: Ids,
    vocabulary: Vocabulary,
    shifts: Sequence[int],
) -> NDArray[np.float64]:
    """Compute log probabilities of every cell of one chorale, (T, 4, V), without its plan.

    Probabilities are averaged over the chorale's transpositions before the logarithm.

    Args:
        network: the network.
        tokens: (T, 4), the chorale.
        given: (T, 4), tokens of the given voices, UNKNOWN elsewhere.
        vocabulary: the token table.
        shifts: transpositions in semitones, each within the vocabulary.
    """
    conditions = encode_unknown_plan(len(tokens))[None]
    logs: list[NDArray[np.float64]] = []
    for semitones in shifts:
        transposed_ids = _transpose_ids(semitones, vocabulary)
        moved = transposed_ids[tokens]
        history = History(*(values[None] for values in build_history(moved, vocabulary)))
        logits = network.score(moved[None], history, transposed_ids[given][None], conditions)[0]
        log = np.full(logits.shape, -np.inf)
        targets = transposed_ids[: vocabulary.size]
        reached = targets >= 0
        log[..., reached] = log_softmax(logits.astype(np.float64))[..., targets[reached]]
        logs.append(log)
    return np.logaddexp.reduce(logs) - np.log(len(logs))


def _is_in_range(chorale: Chorale, semitones: int, checkpoint: Checkpoint) -> bool:
    """Return whether a transposition leaves each voice in its range; true for 0 semitones."""
    lowest, highest = checkpoint.ranges.T
    moved = chorale.pitches.astype(np.int32) + semitones
    within = (moved >= lowest) & (moved <= highest) | (chorale.pitches == REST)
    return semitones == 0 or bool(within.all())


def _transpose_ids(semitones: int, vocabulary: Vocabulary) -> Ids:
    """Return each input symbol transposed, (input_size,); -1 for pitches outside the vocabulary."""
    transposed = np.arange(vocabulary.input_size, dtype=np.int32)
    notes = vocabulary.note_tokens
    moved = notes + semitones
    transposed[notes] = np.where(vocabulary.is_note(moved), moved, -1)
    return transposed
