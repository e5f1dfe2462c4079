"""Probability of each note of an existing chorale, and the alternatives that a network prefers.

The network judges one voice at a time. It is conditioned on the three other voices from beginning
to end, on the voice's own past, and on the chorale's plan: metre and pickup, key, fermatas and the
distance to the end. This is teacher forcing: the past is the chorale's, even where the network
prefers something else.

Each voice has a token at each step (`chorale.network.tokens`), and each token a probability. A note
is judged at its onset, by the probability that exactly this pitch starts there; its nats are minus
the natural logarithm of that probability. It is judged again at each further step, by the
probability that it is held; of these steps the least probable is kept, with its alternatives. Rests
are judged in the same way, at their first and at each further step.

`Explanation.nats_by_voice` is the mean over the steps of each voice, whether onsets, holds or
rests. `chorale.judging.evaluation` computes the same mean if the three other voices are given, but
without the plan.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from chorale.aliases import Ids
from chorale.errors import DataError, OptionError
from chorale.music import REST, VOICES, Chorale, Note, notes, pitch_name, runs
from chorale.network.checkpoint import Checkpoint
from chorale.network.conditions import encode_plan
from chorale.network.history import History, build_history
from chorale.network.numpy_layers import log_softmax
from chorale.network.numpy_network import Network, one_thread
from chorale.network.tokens import Vocabulary, encode

ALTERNATIVES = 3  # most alternatives of a judged step

Kind = Literal["note", "hold", "rest"]

# Words for probabilities, each with the least probability to which it applies.
LEVELS = {"likely": 0.5, "possible": 0.1, "unlikely": 0.01, "surprising": 0.0}


@dataclass(frozen=True)
class Alternative:
    """An alternative to the token of a voice at a step.

    Attributes:
        kind: "note" (a note starts), "hold" (the note before is held) or "rest".
        pitch: MIDI number of the note that starts; REST for the other kinds.
        probability: probability of the alternative, 0 to 1.
    """

    kind: Kind
    pitch: int
    probability: float


@dataclass(frozen=True)
class JudgedStep:
    """One step of a voice, judged by the network.

    Attributes:
        step: number of the step.
        nats: minus the natural logarithm of the probability of the chorale's token.
        alternatives: the most probable alternatives, by decreasing probability, at most
            ALTERNATIVES.
    """

    step: int
    nats: float
    alternatives: tuple[Alternative, ...]

    @property
    def probability(self) -> float:
        """Probability of the chorale's token, 0 to 1."""
        return float(np.exp(-self.nats))

    @property
    def is_contested(self) -> bool:
        """Whether the network prefers an alternative."""
        return self.alternatives[0].probability > self.probability


@dataclass(frozen=True)
class JudgedNote:
    """A note or a rest, judged by the network.

    Attributes:
        voice: 0 (soprano) to 3 (bass).
        onset_step: number of the first step.
        length_steps: length in steps.
        pitch: MIDI number, or REST.
        start: judgement of the first step.
        held: judgement of the least probable further step; None if there is only one step.
        nats_in_all: sum of the nats of all steps.
    """

    voice: int
    onset_step: int
    length_steps: int
    pitch: int
    start: JudgedStep
    held: JudgedStep | None
    nats_in_all: float

    @property
    def probability(self) -> float:
        """Probability of the start, 0 to 1: that exactly this pitch, or a rest, comes there."""
        return self.start.probability

    @property
    def nats(self) -> float:
        """Minus the natural logarithm of `probability`."""
        return self.start.nats

    @property
    def alternatives(self) -> tuple[Alternative, ...]:
        """Alternatives at the first step."""
        return self.start.alternatives


@dataclass(frozen=True, eq=False)
class Explanation:
    """A chorale, judged by a network.

    Attributes:
        notes: all notes and rests, ordered by onset, then by voice.
        nats: (T, 4) float64, nats of each voice at each step.
    """

    notes: tuple[JudgedNote, ...]
    nats: NDArray[np.float64]

    def nats_by_voice(self, start: int = 0, end: int | None = None) -> dict[str, float]:
        """Return each voice's mean nats by name, over the steps `start` to `end` (exclusive)."""
        return dict(zip(VOICES, self.nats[start:end].mean(axis=0).tolist(), strict=True))

    def contested(self) -> list[tuple[JudgedNote, JudgedStep]]:
        """Return the judged steps at which the network prefers an alternative, most nats first.

        Each is the first step of a note or rest, or its least probable further step.
        """
        judged = [(note, step) for note in self.notes for step in (note.start, note.held)]
        contested = [(note, step) for note, step in judged if step and step.is_contested]
        return sorted(contested, key=lambda pair: -pair[1].nats)


def find_level(probability: float) -> int:
    """Return the index in LEVELS of the word for a probability."""
    return next(index for index, least in enumerate(LEVELS.values()) if probability >= least)


def explain(checkpoint: Checkpoint, chorale: Chorale) -> Explanation:
    """Judge every note of a chorale, as the module's docstring describes.

    Raises:
        OptionError: the network cannot be conditioned on given notes.
        DataError: a voice is silent, or a pitch is outside the network's vocabulary.
    """
    if not checkpoint.has_conditioning:
        raise OptionError(
            "this model cannot be conditioned on given notes, so it cannot judge a voice by the "
            "others; use one with an encoder, trained with --evidence above 0, such as the default "
            "`bach`"
        )
    _check_notes(chorale, checkpoint.vocabulary)
    tokens = encode(chorale, checkpoint.vocabulary)
    with one_thread():
        logs = _score(checkpoint, chorale, tokens)
    nats = -np.take_along_axis(logs, tokens[..., None], -1)[..., 0]
    judge = _Judge(checkpoint.vocabulary, tokens, logs, nats)
    judged = [
        judge.judge_note(voice, note)
        for voice in range(len(VOICES))
        for note in sorted(
            [*notes(chorale, voice), *_rests(chorale, voice)], key=lambda note: note.onset_step
        )
    ]
    return Explanation(tuple(sorted(judged, key=lambda note: (note.onset_step, note.voice))), nats)


def _check_notes(chorale: Chorale, vocabulary: Vocabulary) -> None:
    silent = [name for voice, name in enumerate(VOICES) if not chorale.onsets[:, voice].any()]
    if silent:
        raise DataError(f"the {silent[0]} is silent throughout; all four voices are needed")
    low, high = vocabulary.lowest_pitch, vocabulary.highest_pitch
    outside = (chorale.pitches != REST) & ((chorale.pitches < low) | (chorale.pitches > high))
    for step, voice in np.argwhere(outside):
        raise DataError(
            f"{pitch_name(int(chorale.pitches[step, voice]))} in the {VOICES[voice]} "
            f"({chorale.plan.place(int(step))}) is outside the model's range, "
            f"{pitch_name(low)} to {pitch_name(high)}"
        )


def _score(checkpoint: Checkpoint, chorale: Chorale, tokens: Ids) -> NDArray[np.float64]:
    """Compute log probabilities of every cell, (T, 4, V), each voice given the other three."""
    voices = range(len(VOICES))
    own = np.eye(len(VOICES), dtype=np.bool_)[:, None]  # row v of the batch judges voice v
    given = np.where(own, np.int32(checkpoint.vocabulary.unknown), tokens)
    history = build_history(tokens, checkpoint.vocabulary)
    logits = Network(checkpoint).score(
        _repeat(tokens),
        History(*(_repeat(values) for values in history)),
        given,
        _repeat(encode_plan(chorale.plan)),
    )
    own_logits = np.stack([logits[voice, :, voice] for voice in voices], axis=1)
    return log_softmax(own_logits.astype(np.float64))


def _repeat(values: Ids) -> Ids:
    """Repeat an array for each voice, (4, ...)."""
    return np.repeat(values[None], len(VOICES), axis=0)


def _rests(chorale: Chorale, voice: int) -> Iterator[Note]:
    """Yield the rests of a voice as notes of pitch REST."""
    for start, end in runs(chorale.pitches[:, voice] == REST):
        yield Note(REST, start, end - start)


@dataclass(frozen=True)
class _Judge:
    """Judge of notes: has tokens, (T, 4), their nats, (T, 4), and log probabilities, (T, 4, V)."""

    vocabulary: Vocabulary
    tokens: Ids
    logs: NDArray[np.float64]
    nats: NDArray[np.float64]

    def judge_note(self, voice: int, note: Note) -> JudgedNote:
        start, end = note.onset_step, note.onset_step + note.length_steps
        nats = self.nats[start:end, voice]
        held = start + 1 + int(nats[1:].argmax()) if len(nats) > 1 else None
        return JudgedNote(
            voice,
            start,
            note.length_steps,
            note.pitch,
            self._judge_step(start, voice),
            None if held is None else self._judge_step(held, voice),
            float(nats.sum()),
        )

    def _judge_step(self, step: int, voice: int) -> JudgedStep:
        logs = self.logs[step, voice]
        # a hold after silence is no alternative, since there is no note to hold
        silent = step == 0 or self.tokens[step - 1, voice] == self.vocabulary.rest
        excluded = {int(self.tokens[step, voice])} | ({self.vocabulary.hold} if silent else set())
        ranked: Sequence[int] = np.argsort(-logs, kind="stable")[: ALTERNATIVES + 2].tolist()
        others = [token for token in ranked if token not in excluded][:ALTERNATIVES]
        alternatives = tuple(
            self._alternative(token, float(np.exp(logs[token]))) for token in others
        )
        return JudgedStep(step, float(self.nats[step, voice]), alternatives)

    def _alternative(self, token: int, probability: float) -> Alternative:
        if token == self.vocabulary.hold:
            return Alternative("hold", REST, probability)
        if token == self.vocabulary.rest:
            return Alternative("rest", REST, probability)
        return Alternative("note", self.vocabulary.pitch_of(token), probability)
