"""Composing: from tasks to chorales, voice by voice and step by step.

A task (`chorale.composing.tasks`) is a plan and what is given of the notes. The network's distribution is led
towards them (`chorale.composing.guidance`) and held to what can be written: a HOLD only where a note sounds,
notes only within the voice's range in the training split, and no REST, unless one is given. Bach's
voices rest in 0.8 % of the training split's cells, most of them all at once after a fermata; a rest
drawn cell by cell is a hole in one voice, not a breath. Closes are led more firmly
(`chorale.composing.cadences`), and what textbooks forbid is made less likely (`chorale.composing.voice_leading`).
Everything else is the network's choice.

How likely a chorale is to the network that is told nothing but the past comes with it, so that
several can be compared (`chorale.composing.ranking`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chorale.composing.cadences import closing, sureness
from chorale.composing.guidance import GuidedNetwork
from chorale.composing.sampling import sample
from chorale.composing.tasks import Task
from chorale.composing.voice_leading import discouraged
from chorale.music import VOICES, Chorale
from chorale.network.checkpoint import Checkpoint
from chorale.network.conditions import COLUMNS, KEY, UNKNOWN, conditions_of, key_id
from chorale.network.history import HistoryTracker, Ids
from chorale.network.numpy_network import Network, one_thread
from chorale.network.tokens import Vocabulary, decode
from chorale.options import SamplingOptions

SOPRANO = VOICES.index("soprano")

# Multiplies the soprano's logits, which is to divide its temperature: a tune keeps to its motifs.
# Of 200 chorales, repetition (`chorale.analysis.style`) was 2.3 times as far from Bach's test split
# as his training split is, without it 5.0 times.
TUNE_SURENESS = 1.5


@dataclass(frozen=True)
class Composition:
    """What was written.

    Attributes:
        chorale: given cells and new ones.
        nats_per_note: how unlikely the network finds it that is told nothing but the past, in nats,
            the mean over all cells; not a number where the network was never asked so.
    """

    chorale: Chorale
    nats_per_note: float


def compose(
    checkpoint: Checkpoint,
    tasks: Sequence[Task],
    options: SamplingOptions,
    generators: Sequence[np.random.Generator],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Composition]:
    """Write the cells that the tasks leave open, all tasks at once as a batch.

    Args:
        checkpoint: the trained network.
        tasks: B of them, at least one; their lengths may differ.
        options: temperature, top-p, greedy, guidance, strictness; the network is asked untold for
            likelihoods if there are to be several candidates, but one is written for each task.
        generators: one random generator a task, all that a result depends on besides the task.
        progress: called after each step with steps done and steps in all.
    """
    written, logs = _written(checkpoint, tasks, options, generators, progress)
    lengths = [task.plan.length_steps for task in tasks]
    return [
        Composition(
            decode(tokens[:length], task.plan, checkpoint.vocabulary),
            -float(log[:length].mean()),
        )
        for tokens, log, task, length in zip(written, logs, tasks, lengths, strict=True)
    ]


def _written(
    checkpoint: Checkpoint,
    tasks: Sequence[Task],
    options: SamplingOptions,
    generators: Sequence[np.random.Generator],
    progress: Callable[[int, int], None],
) -> tuple[Ids, NDArray[np.float64]]:
    """The tokens of each task, and what log probability they have untold, both (B, T, 4)."""
    network, vocabulary = Network(checkpoint), checkpoint.vocabulary
    given, ended, conditions = _stack(tasks, vocabulary)
    allowed = _allowed(checkpoint)
    sure = sureness(tasks, given.shape[1])
    written, logs = np.empty_like(given), np.full(given.shape, np.nan)
    rows, drawing = np.arange(len(tasks)), [options.of_voice(v) for v in range(len(VOICES))]
    with one_thread():
        several = options.candidates > 1
        guided = GuidedNetwork(network, given, conditions, options.guidance, untold=several)
        listener = HistoryTracker(len(tasks), vocabulary)
        for step in range(given.shape[1]):
            past = listener.past()
            guided.step(past)
            _bring_again(given, written, tasks, step)
            cells = given[:, step].copy()
            for voice in network.options.order:
                is_open = given[:, step, voice] == vocabulary.unknown
                logits = guided.logits(voice, cells)
                goes_on = ~ended[:, step, voice]
                possible = allowed[voice] & _holdable(past.sounding[:, voice], goes_on, vocabulary)
                if options.strictness:
                    lost = discouraged(
                        voice, cells, past.sounding, conditions[:, step, KEY], vocabulary
                    )
                    logits = logits - options.strictness * lost
                surer = sure[:, step, None] * (TUNE_SURENESS if voice == SOPRANO else 1.0)
                logits = np.where(possible, logits * surer, -np.inf)
                for row, task in enumerate(tasks):
                    logits[row] = closing(
                        logits[row], task, step, voice, cells[row], past.sounding[row], vocabulary
                    )
                drawn = sample(logits, drawing[voice], generators)
                cells[:, voice] = np.where(is_open, drawn, cells[:, voice])
                if several:
                    logs[:, step, voice] = guided.expected[rows, cells[:, voice]]
            written[:, step] = cells
            listener.append(cells)
            progress(step + 1, given.shape[1])
    return written, logs


def _stack(tasks: Sequence[Task], vocabulary: Vocabulary) -> tuple[Ids, NDArray[np.bool_], Ids]:
    """Evidence and where it ended, (B, T, 4), and conditions, (B, T, columns), padded."""
    length = max(task.plan.length_steps for task in tasks)
    given = np.full((len(tasks), length, len(VOICES)), vocabulary.unknown, np.int32)
    ended = np.zeros(given.shape, np.bool_)
    conditions = np.full((len(tasks), length, len(COLUMNS)), UNKNOWN, np.int32)
    for row, task in enumerate(tasks):
        given[row, : task.plan.length_steps] = task.given
        conditions[row, : task.plan.length_steps] = conditions_of(task.plan)
        for span in task.form.keys:
            conditions[row, span.start : span.end, KEY] = key_id(span.key)
        if task.ended is not None:
            ended[row, : task.plan.length_steps] = task.ended
    return given, ended, conditions


def _bring_again(given: Ids, written: Ids, tasks: Sequence[Task], step: int) -> None:
    """Give the cells of a step, in `given`, (B, T, 4), where what was written comes again."""
    for row, task in enumerate(tasks):
        length = task.form.repeat_steps
        if length <= step < 2 * length:
            voices = list(task.form.repeated_voices)
            given[row, step, voices] = written[row, step - length, voices]


def _allowed(checkpoint: Checkpoint) -> NDArray[np.bool_]:
    """Tokens that a voice may draw, (4, V): notes within its range, and HOLD."""
    vocabulary = checkpoint.vocabulary
    tokens = np.arange(vocabulary.size)
    pitches = tokens - vocabulary.first_pitch + vocabulary.lowest_pitch
    lowest, highest = checkpoint.ranges[:, :1], checkpoint.ranges[:, 1:]
    within: NDArray[np.bool_] = (pitches >= lowest) & (pitches <= highest)
    return within | (tokens == vocabulary.hold)


def _holdable(
    sounding: Ids, goes_on: NDArray[np.bool_], vocabulary: Vocabulary
) -> NDArray[np.bool_]:
    """Tokens that make sense where this sounds and may go on, both (B,): HOLD needs it. (B, V)."""
    silent = (sounding == vocabulary.rest) | (sounding == vocabulary.start) | ~goes_on
    return ~silent[:, None] | (np.arange(vocabulary.size) != vocabulary.hold)
