"""Draws for `calibration`: from Bach's past, step by step, and freely with some of the rules.

Shapes: B chorales, T steps, 4 voices in SATB order, V tokens.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from chorale.aliases import Floats, Ids
from chorale.analysis import measure_motion
from chorale.composing.cadences import Cadences
from chorale.composing.calibration import Calibration
from chorale.composing.compose import Composition, draw_tokens
from chorale.composing.form import PLAIN_FORM
from chorale.composing.guidance import GuidedNetwork
from chorale.composing.jobs import Job
from chorale.composing.ranking import rank
from chorale.composing.rules import LogitRule, PlayableTokens
from chorale.composing.sampling import sample
from chorale.composing.tasks import Task
from chorale.composing.voice_leading import VoiceLeading
from chorale.music import VOICES, Chorale, Plan
from chorale.network.checkpoint import Checkpoint
from chorale.network.conditions import UNKNOWN, encode_plan, encode_unknown_plan
from chorale.network.history import History, build_history
from chorale.network.numpy_network import Network, one_thread
from chorale.network.tokens import Vocabulary, decode, encode, track_sounding
from chorale.options import SamplingOptions

BATCH = 32  # chorales forced, or candidates composed, at once
PLAIN = SamplingOptions(temperature=1.0, min_p=0.0, guidance=0.0, best_of=1, strictness=0.0)


# from Bach's past


class Stepper(Protocol):
    """A network that goes through a batch of chorales step by step, such as `GuidedNetwork`."""

    def step(self, history: History) -> None:
        """Advance by one step; `history` has its decoder inputs, arrays (B, ...)."""

    def logits(self, voice: int, cells: Ids) -> Floats:
        """Return one voice's logits at this step, (B, V), given the cells drawn before it."""


def force(
    checkpoint: Checkpoint,
    chorales: Sequence[Chorale],
    plan_known: bool,
    draws: int,
    seed: int,
    guidance: float = 0.0,
) -> Iterator[tuple[int, Ids]]:
    """Draw every step of some chorales after their own past.

    Args:
        checkpoint: the network.
        chorales: the chorales.
        plan_known: whether the network is conditioned on their plans.
        draws: number of draws of each step.
        seed: seed of the draws; each chorale has a generator of its own.
        guidance: see `SamplingOptions`.

    Yields:
        The number of each chorale, in any order, and its draws, (draws, T, 4) tokens.
    """
    network, vocabulary = Network(checkpoint), checkpoint.vocabulary
    by_length = np.argsort([len(chorale.pitches) for chorale in chorales], kind="stable").tolist()
    for first in range(0, len(by_length), BATCH):
        numbers = by_length[first : first + BATCH]
        tokens = [encode(chorales[number], vocabulary) for number in numbers]
        plans = [encode_plan(full_plan(chorales[number])) for number in numbers]
        if not plan_known:
            plans = [encode_unknown_plan(len(plan)) for plan in plans]
        conditions = pad(plans, UNKNOWN)
        given = np.full((*conditions.shape[:2], len(VOICES)), vocabulary.unknown, np.int32)
        generators = [np.random.default_rng([seed, number]) for number in numbers]
        with one_thread():
            stepper = GuidedNetwork(network, given, conditions, guidance)
            drawn = draw_after(
                stepper, network.options.order, tokens, vocabulary, draws, generators
            )
        for row, number in enumerate(numbers):
            yield number, drawn[:, row, : len(tokens[row])]


def full_plan(chorale: Chorale) -> Plan:
    """Return the plan of one of Bach's chorales with all that the plan of a new chorale has."""
    return replace(chorale.plan, motion=measure_motion(chorale))


def draw_after(
    stepper: Stepper,
    order: Sequence[int],
    tokens: Sequence[Ids],
    vocabulary: Vocabulary,
    draws: int,
    generators: Sequence[np.random.Generator],
) -> Ids:
    """Draw every step of B chorales after their own past, (draws, B, T, 4).

    Args:
        stepper: the network, before the first step.
        order: the order in which the voices of a step are drawn.
        tokens: the chorales, B arrays (T, 4) of different lengths; the draws after the end of a
            chorale mean nothing.
        vocabulary: the token table.
        draws: number of draws of each step.
        generators: one for each chorale, the only source of chance.
    """
    histories = [build_history(each, vocabulary) for each in tokens]
    history = History(*(pad(values, 0) for values in zip(*histories, strict=True)))
    length = history.previous.shape[1]
    drawn = np.full((draws, len(tokens), length, len(VOICES)), vocabulary.unknown, np.int32)
    for step in range(length):
        stepper.step(History(*(values[:, step] for values in history)))
        for cells in drawn[:, :, step]:
            for voice in order:
                logits = stepper.logits(voice, cells)
                cells[:, voice] = sample(logits, PLAIN, generators)
    return drawn


def pad(arrays: Sequence[Ids], value: int) -> Ids:
    """Stack arrays (T, n) of different lengths, (B, T, n), with a value after their ends."""
    padded = np.full((len(arrays), max(map(len, arrays)), *arrays[0].shape[1:]), value, np.int32)
    for row, array in enumerate(arrays):
        padded[row, : len(array)] = array
    return padded


def sounding_after(
    chorale: Chorale, drawn: Ids, vocabulary: Vocabulary
) -> tuple[Ids, NDArray[np.bool_]]:
    """Return pitches and onsets, both (..., T, 4), of steps drawn after a chorale's past.

    A HOLD where the chorale is silent at the step before counts as a rest.
    """
    held = build_history(encode(chorale, vocabulary), vocabulary).sounding
    sounding = np.where(drawn == vocabulary.hold, held, drawn)
    return vocabulary.pitches_of(sounding), vocabulary.is_note(drawn)


# freely


@dataclass(frozen=True)
class Setting:
    """What takes part in a draw besides the network.

    Attributes:
        guidance, strictness, best_of, min_p: see `SamplingOptions`.
        playable: no rests and no notes outside the voices' ranges (`PlayableTokens`).
        closes: the final chord is given, and chords at closes are biased (`Cadences`).
        form: phrases in other keys, and the repeat of the opening.
        calibrated: the corrections of the checkpoint's own calibration, which were fitted with all
            the others of these at their defaults (`Calibration`).
    """

    guidance: float = 0.0
    strictness: float = 0.0
    best_of: int = 1
    min_p: float = 0.0
    playable: bool = False
    closes: bool = False
    form: bool = False
    calibrated: bool = False


FREE = Setting()
_DEFAULTS = SamplingOptions()
SETTINGS = {
    "calibrated": replace(FREE, calibrated=True),
    "playable": replace(FREE, playable=True),
    "strictness": replace(FREE, strictness=_DEFAULTS.strictness),
    "guidance": replace(FREE, guidance=_DEFAULTS.guidance),
    "closes": replace(FREE, closes=True),
    "form": replace(FREE, form=True),
    "best-of": replace(FREE, best_of=_DEFAULTS.best_of),
    "min-p": replace(FREE, min_p=_DEFAULTS.min_p),
}


def compose_freely(
    checkpoint: Checkpoint, job: Job, count: int, seed: int, setting: Setting = FREE
) -> list[Chorale]:
    """Compose chorales on the plans that `run_job` draws for this seed, in a setting.

    Of several candidates the best is chosen by the rules of `chorale.checking` alone, not by critic
    and likelihood.
    """
    chosen: list[Chorale] = []
    size = max(1, BATCH // setting.best_of)
    while len(chosen) < count:
        numbers = range(len(chosen), min(count, len(chosen) + size))
        own = [np.random.default_rng([seed, number]) for number in numbers]
        tasks = [_reduce(job.draw_task(each), setting, checkpoint) for each in own]
        repeated = [task for task in tasks for _ in range(setting.best_of)]
        generators = [each for one in own for each in (one, *one.spawn(setting.best_of - 1))]
        composed = [
            Composition(chorale, np.nan)
            for chorale in _compose(checkpoint, repeated, setting, generators)
        ]
        for first in range(0, len(composed), setting.best_of):
            candidates = composed[first : first + setting.best_of]
            best = rank(candidates)[0].number if len(candidates) > 1 else 1
            chosen.append(candidates[best - 1].chorale)
    return chosen


def _reduce(task: Task, setting: Setting, checkpoint: Checkpoint) -> Task:
    """Return a task without the form and the final chord that the setting lacks."""
    if not setting.form:
        task = replace(task, form=PLAIN_FORM)
    if not setting.closes:
        unknown = np.full_like(task.given, checkpoint.vocabulary.unknown)
        task = replace(task, given=unknown, close_step=None)
    return task


def _compose(
    checkpoint: Checkpoint,
    tasks: Sequence[Task],
    setting: Setting,
    generators: Sequence[np.random.Generator],
) -> list[Chorale]:
    """Compose tasks, as `chorale.composing.compose` does, with the rules of a setting alone."""
    vocabulary = checkpoint.vocabulary
    options = replace(PLAIN, guidance=setting.guidance, min_p=setting.min_p)
    tokens, _ = draw_tokens(checkpoint, tasks, options, generators, _rules(checkpoint, setting))
    return [
        decode(rest_in_silence(drawn[: task.plan.length_steps], vocabulary), task.plan, vocabulary)
        for drawn, task in zip(tokens, tasks, strict=True)
    ]


def _rules(checkpoint: Checkpoint, setting: Setting) -> list[LogitRule]:
    """Return the rules of a setting, in the order of `chorale.composing.compose`."""
    rules: list[LogitRule] = []
    if setting.calibrated and checkpoint.calibration:
        rules.append(Calibration(checkpoint.calibration, checkpoint.vocabulary))
    if setting.strictness:
        rules.append(VoiceLeading(setting.strictness, checkpoint.vocabulary))
    if setting.playable:
        rules.append(PlayableTokens(checkpoint))
    if setting.closes:
        rules.append(Cadences(checkpoint.vocabulary))
    return rules


def rest_in_silence(tokens: Ids, vocabulary: Vocabulary) -> Ids:
    """Return tokens, (T, 4), with a rest for each HOLD where no note sounds."""
    sounding = track_sounding(tokens, vocabulary).sounding
    return np.where(sounding == vocabulary.rest, np.int32(vocabulary.rest), tokens)
