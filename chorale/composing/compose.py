"""Composing: from tasks to chorales, step by step and voice by voice.

A task (`chorale.composing.tasks`) is a plan and the notes that are given. At each step and for each
voice, the network gives logits, guided by plan and given notes (`chorale.composing.guidance`);
rules change them (`chorale.composing.rules`); a token is sampled (`chorale.composing.sampling`) and
written. Everything that no rule decides is the network's choice. Cells that are given in all tasks
of a batch are not drawn, and nothing is computed after the last open cell.

Tasks that follow each other may be candidates of one chorale, which the critic compares at the ends
of phrases (`chorale.composing.choosing`). A composition carries what complete candidates are
compared by (`chorale.composing.ranking`): the critic's sum, or the likelihood under the
unconditioned network.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from chorale.aliases import Ids, Progress
from chorale.composing.cadences import Cadences
from chorale.composing.calibration import Calibration
from chorale.composing.choosing import PhraseChooser
from chorale.composing.church_modes import ChurchModes, has_church_mode
from chorale.composing.given_chords import GivenChords
from chorale.composing.guidance import GuidedNetwork
from chorale.composing.rules import (
    FollowingRule,
    LogitRule,
    Moment,
    PlayableTokens,
    apply_rules,
)
from chorale.composing.sampling import sample, skip
from chorale.composing.tasks import Task
from chorale.composing.voice_leading import VoiceLeading
from chorale.music import VOICES, Chorale
from chorale.network.checkpoint import Checkpoint
from chorale.network.conditions import COLUMNS, KEY, UNKNOWN, encode_plan, key_id
from chorale.network.history import HistoryTracker
from chorale.network.numpy_network import Network, one_thread
from chorale.network.tokens import Vocabulary, decode
from chorale.options import SamplingOptions


@dataclass(frozen=True)
class Composition:
    """A chorale that was composed.

    Attributes:
        chorale: the chorale, with its given notes.
        nats_per_note: mean negative log-likelihood of all cells, in nats, under the network
            conditioned on the past alone; NaN if likelihoods were not computed.
        critic: sum of the critic's logits of all beats, in nats; NaN if it judged nothing.
    """

    chorale: Chorale
    nats_per_note: float
    critic: float = nan


def compose(
    checkpoint: Checkpoint,
    tasks: Sequence[Task],
    options: SamplingOptions,
    generators: Sequence[np.random.Generator],
    progress: Progress = lambda done, total: None,
    rules: Sequence[LogitRule] = (),
    likelihoods: bool = False,
    candidates: int = 1,
) -> list[Composition]:
    """Compose the open cells of tasks, all tasks at once as a batch.

    Args:
        checkpoint: the trained network.
        tasks: B tasks, at least one; their lengths may differ.
        options: how tokens are drawn; each task is composed once, whatever `best_of` is.
        generators: one random generator per task, the only source of chance.
        progress: called after each step with the steps done and the total, which ends with the last
            open cell.
        rules: further rules, applied after the rules of `chorale` itself.
        likelihoods: whether to compute the likelihood of all cells, given ones too.
        candidates: how many equal tasks follow each other each time, candidates of one chorale;
            from two on they are compared by the checkpoint's critic, if it has one.
    """
    all_rules = [*_rules(checkpoint, tasks, options), *rules]
    chooser = None
    if candidates > 1 and checkpoint.critic:
        chooser = PhraseChooser(checkpoint, tasks, candidates)
    tokens, logs = draw_tokens(
        checkpoint, tasks, options, generators, all_rules, progress, likelihoods, chooser
    )
    sums = chooser.sums if chooser else np.full(len(tasks), nan)
    lengths = [task.plan.length_steps for task in tasks]
    return [
        Composition(
            decode(drawn[:length], task.plan, checkpoint.vocabulary),
            -float(log[:length].mean()),
            float(critic),
        )
        for drawn, log, critic, task, length in zip(tokens, logs, sums, tasks, lengths, strict=True)
    ]


def draw_tokens(
    checkpoint: Checkpoint,
    tasks: Sequence[Task],
    options: SamplingOptions,
    generators: Sequence[np.random.Generator],
    rules: Sequence[LogitRule],
    progress: Progress = lambda done, total: None,
    likelihoods: bool = False,
    chooser: PhraseChooser | None = None,
) -> tuple[Ids, NDArray[np.float64]]:
    """Draw the tokens of tasks with exactly these rules; the arguments are those of `compose`.

    A `chooser` compares candidates at the ends of phrases.

    Returns:
        The tokens and their unconditioned log probabilities, NaN if they are not computed, both
        (B, T, 4).
    """
    network, vocabulary = Network(checkpoint), checkpoint.vocabulary
    given, conditions = _stack(tasks, vocabulary)
    tokens, logs = given.copy(), np.full(given.shape, np.nan)
    rows, voice_options = np.arange(len(tasks)), [options.of_voice(v) for v in range(len(VOICES))]
    followers = [rule for rule in rules if isinstance(rule, FollowingRule)]
    leading = next((rule for rule in rules if isinstance(rule, VoiceLeading)), None)
    order, length = network.options.order, given.shape[1]
    needed = length if likelihoods else _find_end(given, vocabulary)
    with one_thread():
        guided = GuidedNetwork(network, given, conditions, options.guidance, likelihoods)
        tracker = HistoryTracker(len(tasks), vocabulary)
        for step in range(needed):
            history = tracker.history()
            guided.step(history)
            _copy_repeated_section(given, tokens, tasks, step)
            cells, is_open = given[:, step].copy(), given[:, step] == vocabulary.unknown
            for rule in followers:
                rule.follow(Moment(step, order[0], cells, history, conditions[:, step], tasks))
            for voice in order:
                if not (likelihoods or is_open[:, voice].any()):
                    skip(generators)
                    continue
                at = Moment(step, voice, cells, history, conditions[:, step], tasks)
                logits = apply_rules(rules, guided.logits(voice, cells), at)
                drawn = sample(logits, voice_options[voice], generators)
                cells[:, voice] = np.where(is_open[:, voice], drawn, cells[:, voice])
                if chooser and leading:
                    penalties = leading.penalties[rows, cells[:, voice]]
                    chooser.penalize(np.where(is_open[:, voice], penalties, 0))
                if likelihoods:
                    logs[:, step, voice] = guided.unconditioned[rows, cells[:, voice]]
            tokens[:, step] = cells
            tracker.append(cells)
            chosen = chooser.append(cells) if chooser else None
            if chosen is not None:
                tokens[:, : step + 1], logs = tokens[chosen, : step + 1], logs[chosen]
                guided.take(chosen)
                tracker.take(chosen)
                for rule in followers:
                    rule.take(chosen)
            progress(step + 1, needed)
        if chooser:
            for step in range(needed, length):
                chooser.append(given[:, step])
    return tokens, logs


def _find_end(given: Ids, vocabulary: Vocabulary) -> int:
    """Return the number of steps up to the last open cell of given tokens, (B, T, 4)."""
    open_steps = np.flatnonzero((given == vocabulary.unknown).any(axis=(0, 2)))
    return int(open_steps[-1]) + 1 if len(open_steps) else 0


def _rules(
    checkpoint: Checkpoint, tasks: Sequence[Task], options: SamplingOptions
) -> list[LogitRule]:
    """Return the rules that apply to every draw of some tasks, in order."""
    vocabulary = checkpoint.vocabulary
    rules: list[LogitRule] = []
    if checkpoint.calibration:
        rules.append(Calibration(checkpoint.calibration, vocabulary))
    if options.strictness:
        rules.append(VoiceLeading(options.strictness, vocabulary))
    if has_church_mode(tasks):
        rules.append(ChurchModes(vocabulary))
    rules += [PlayableTokens(checkpoint), Cadences(vocabulary)]
    if any(task.chords for task in tasks):
        rules.append(GivenChords(tasks, checkpoint, options.strictness))
    return rules


def _stack(tasks: Sequence[Task], vocabulary: Vocabulary) -> tuple[Ids, Ids]:
    """Stack and pad all tasks: given tokens, (B, T, 4), and conditions, (B, T, columns)."""
    length = max(task.plan.length_steps for task in tasks)
    given = np.full((len(tasks), length, len(VOICES)), vocabulary.unknown, np.int32)
    conditions = np.full((len(tasks), length, len(COLUMNS)), UNKNOWN, np.int32)
    for row, task in enumerate(tasks):
        given[row, : task.plan.length_steps] = task.given
        conditions[row, : task.plan.length_steps] = encode_plan(task.plan)
        for span in task.form.keys:
            conditions[row, span.start : span.end, KEY] = key_id(span.key)
    return given, conditions


def _copy_repeated_section(given: Ids, tokens: Ids, tasks: Sequence[Task], step: int) -> None:
    """Copy the repeated section's tokens of a step into `given`; both arrays (B, T, 4)."""
    for row, task in enumerate(tasks):
        length = task.form.repeat_steps
        if length <= step < 2 * length:
            voices = list(task.form.repeated_voices)
            given[row, step, voices] = tokens[row, step - length, voices]
