"""Composing: from plans to chorales, voice by voice and step by step.

A task is a plan and what is given of the notes. The network's distribution is led towards them
(`chorale.guidance`) and held to what can be written: a HOLD only where a note sounds, notes only
within the voice's range in the training split, and no REST, unless one is given. Bach's voices rest
in 0.8 % of the training split's cells, most of them all at once after a fermata; a rest drawn cell
by cell is a hole in one voice, not a breath. Everything else is the network's choice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chorale.checkpoint import Checkpoint
from chorale.conditions import COLUMNS, UNKNOWN, conditions_of
from chorale.guidance import GuidedNetwork
from chorale.music import VOICES, Chorale, Plan
from chorale.options import SamplingOptions
from chorale.past import Ids, Listener
from chorale.plans import final_chord_start
from chorale.runtime import Network, one_thread
from chorale.sampling import sample
from chorale.tokens import Vocabulary, decode

BASS = VOICES.index("bass")
USUAL_LAST_BASS = 45  # median of the last bass notes in the training split


@dataclass(frozen=True)
class Task:
    """A chorale to write: its plan, and (T, 4) tokens of the cells given, UNKNOWN elsewhere."""

    plan: Plan
    given: Ids


def new_chorale(plan: Plan, checkpoint: Checkpoint) -> Task:
    """The task of writing the notes of a plan, of which only the close is given.

    The last chord is held, and where the key is known the bass comes to it on the tonic: the
    network hears both from the first step on, and leads there. In the training split the last
    chord is held to its end in 93 % of the chorales, and the bass ends on the tonic in 93 %. To a
    network that hears no evidence nothing is given.
    """
    vocabulary = checkpoint.vocabulary
    given = np.full((plan.length_steps, len(VOICES)), vocabulary.unknown, np.int32)
    if not checkpoint.hears_evidence:
        return Task(plan, given)
    last = final_chord_start(plan)
    given[last + 1 :] = vocabulary.hold
    if plan.key:
        lowest, highest = checkpoint.ranges[BASS]
        tonics = [p for p in range(lowest, highest + 1) if p % 12 == plan.key.tonic]
        if tonics:
            pitch = min(tonics, key=lambda tonic: abs(tonic - USUAL_LAST_BASS))
            given[last, BASS] = vocabulary.of_pitch(pitch)
    return Task(plan, given)


def compose(
    checkpoint: Checkpoint,
    tasks: Sequence[Task],
    options: SamplingOptions,
    generators: Sequence[np.random.Generator],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Chorale]:
    """Write the cells that the tasks leave open, all tasks at once as a batch.

    Args:
        checkpoint: the trained network.
        tasks: B of them, at least one; their lengths may differ.
        options: temperature, top-p, greedy, guidance.
        generators: one random generator a task, all that a result depends on besides the task.
        progress: called after each step with steps done and steps in all.
    """
    network, vocabulary = Network(checkpoint), checkpoint.vocabulary
    given, conditions = _stack(tasks, vocabulary)
    allowed = _allowed(checkpoint)
    with one_thread():
        guided = GuidedNetwork(network, given, conditions, options.guidance)
        listener = Listener(len(tasks), vocabulary)
        written = np.empty_like(given)
        for step in range(given.shape[1]):
            past = listener.past()
            guided.step(past)
            cells = given[:, step].copy()
            for voice in network.options.order:
                is_open = given[:, step, voice] == vocabulary.unknown
                logits = guided.logits(voice, cells)
                possible = allowed[voice] & _holdable(past.sounding[:, voice], vocabulary)
                drawn = sample(np.where(possible, logits, -np.inf), options, generators)
                cells[:, voice] = np.where(is_open, drawn, cells[:, voice])
            written[:, step] = cells
            listener.hear(cells)
            progress(step + 1, given.shape[1])
    return [
        decode(tokens[: task.plan.length_steps], task.plan, vocabulary)
        for tokens, task in zip(written, tasks, strict=True)
    ]


def _stack(tasks: Sequence[Task], vocabulary: Vocabulary) -> tuple[Ids, Ids]:
    """Evidence (B, T, 4) and conditions (B, T, columns), padded with nothing known."""
    length = max(task.plan.length_steps for task in tasks)
    given = np.full((len(tasks), length, len(VOICES)), vocabulary.unknown, np.int32)
    conditions = np.full((len(tasks), length, len(COLUMNS)), UNKNOWN, np.int32)
    for row, task in enumerate(tasks):
        given[row, : task.plan.length_steps] = task.given
        conditions[row, : task.plan.length_steps] = conditions_of(task.plan)
    return given, conditions


def _allowed(checkpoint: Checkpoint) -> NDArray[np.bool_]:
    """Tokens that a voice may draw, (4, V): notes within its range, and HOLD."""
    vocabulary = checkpoint.vocabulary
    tokens = np.arange(vocabulary.size)
    pitches = tokens - vocabulary.first_pitch + vocabulary.lowest_pitch
    lowest, highest = checkpoint.ranges[:, :1], checkpoint.ranges[:, 1:]
    within: NDArray[np.bool_] = (pitches >= lowest) & (pitches <= highest)
    return within | (tokens == vocabulary.hold)


def _holdable(sounding: Ids, vocabulary: Vocabulary) -> NDArray[np.bool_]:
    """Tokens that make sense where this sounds, (B,): HOLD needs a note. (B, V)."""
    silent = (sounding == vocabulary.rest) | (sounding == vocabulary.start)
    return ~silent[:, None] | (np.arange(vocabulary.size) != vocabulary.hold)
