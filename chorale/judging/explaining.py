"""How likely a network finds each note of a chorale that is there, and what it would rather write.

The network judges one voice at a time. It knows the three others from beginning to end, of the
voice itself what came before, and of the plan what the chorale says: metre and pickup, key,
fermatas and the distance to the end. This is teacher forcing: what comes before is as it is
written, whatever the network would have written there.

Probabilities are of tokens (`chorale.network.tokens`), one a voice and step. A note is judged at its onset,
by the probability that exactly this pitch starts there; nats are minus its natural logarithm. Then
at each further step, by the probability that it is held on: of these the least likely step is told,
with what the network would rather have there. A rest is judged as a note is, where it starts and
where it goes on.

`Explanation.nats_by_voice` is the mean over the steps of each voice, onsets, holds and rests alike,
as `chorale.judging.evaluation` has it for the same evidence, but that the plan is known here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from chorale.errors import DataError, OptionError
from chorale.music import REST, VOICES, Chorale, Note, notes, pitch_name
from chorale.network.checkpoint import Checkpoint
from chorale.network.conditions import conditions_of
from chorale.network.history import History, Ids, history_of
from chorale.network.numpy_network import Network, one_thread
from chorale.network.tokens import Vocabulary, encode

ALTERNATIVES = 3  # told of each place, at most

Kind = Literal["note", "hold", "rest"]

# How likely something is, in a word, by the least probability that the word takes.
LEVELS = {"likely": 0.5, "possible": 0.1, "unlikely": 0.01, "surprising": 0.0}


@dataclass(frozen=True)
class Choice:
    """What can stand at a place.

    Attributes:
        kind: a note that starts, the note before held on, or a rest.
        pitch: MIDI number of the note that starts; REST for the others.
        probability: of it, 0 to 1.
    """

    kind: Kind
    pitch: int
    probability: float


@dataclass(frozen=True)
class Place:
    """A step of a voice, as the network judges it.

    Attributes:
        step: it.
        nats: of what stands there, minus the logarithm of its probability.
        alternatives: the likeliest other things, the likeliest first, at most ALTERNATIVES.
    """

    step: int
    nats: float
    alternatives: tuple[Choice, ...]

    @property
    def probability(self) -> float:
        """Of what stands there, 0 to 1."""
        return float(np.exp(-self.nats))

    @property
    def is_contested(self) -> bool:
        """Whether the network would rather have something else there."""
        return self.alternatives[0].probability > self.probability


@dataclass(frozen=True)
class Judged:
    """A note or a rest, as the network judges it.

    Attributes:
        voice: 0 (soprano) to 3 (bass).
        onset_step: where it starts.
        length_steps: how long it is.
        pitch: MIDI number, or REST.
        start: its onset.
        held: the least likely of the steps after it; None if it has one step alone.
        nats_in_all: of all its steps together.
    """

    voice: int
    onset_step: int
    length_steps: int
    pitch: int
    start: Place
    held: Place | None
    nats_in_all: float

    @property
    def probability(self) -> float:
        """That it starts where it starts, 0 to 1."""
        return self.start.probability

    @property
    def nats(self) -> float:
        """Minus the natural logarithm of `probability`."""
        return self.start.nats

    @property
    def alternatives(self) -> tuple[Choice, ...]:
        """What the network might have had at its onset instead."""
        return self.start.alternatives


@dataclass(frozen=True, eq=False)
class Explanation:
    """A chorale, as a network judges it.

    Attributes:
        notes: all notes and rests, in order of time, then of the voices.
        nats: (T, 4) float64, of what stands in each voice at each step.
    """

    notes: tuple[Judged, ...]
    nats: NDArray[np.float64]

    def nats_by_voice(self, start: int = 0, end: int | None = None) -> dict[str, float]:
        """The mean over the steps from `start` to before `end`, by the voices' names."""
        return dict(zip(VOICES, self.nats[start:end].mean(axis=0).tolist(), strict=True))

    def contested(self) -> list[tuple[Judged, Place]]:
        """The places where the network would rather have something else, the least likely first.

        They are onsets, and of each note that is held the least likely step.
        """
        places = [(note, place) for note in self.notes for place in (note.start, note.held)]
        found = [(note, place) for note, place in places if place and place.is_contested]
        return sorted(found, key=lambda one: -one[1].nats)


def level_of(probability: float) -> int:
    """The place in LEVELS of the word for a probability."""
    return next(place for place, least in enumerate(LEVELS.values()) if probability >= least)


def explain(checkpoint: Checkpoint, chorale: Chorale) -> Explanation:
    """Judge every note of a chorale; see the module's description.

    Raises:
        OptionError: the network hears no notes that are given.
        DataError: a voice is missing, or a pitch is outside the network's vocabulary.
    """
    if not checkpoint.has_conditioning:
        raise OptionError(
            "the model hears no notes that are given, so it cannot judge a voice by the others; "
            "use one with an encoder, trained with evidence, such as the default `bach`"
        )
    _check_notes(chorale, checkpoint.vocabulary)
    tokens = encode(chorale, checkpoint.vocabulary)
    with one_thread():
        logs = _log_probabilities(checkpoint, chorale, tokens)
    nats = -np.take_along_axis(logs, tokens[..., None], -1)[..., 0]
    judge = _Judge(checkpoint.vocabulary, tokens, logs, nats)
    found = [
        judge.judged(voice, note)
        for voice in range(len(VOICES))
        for note in sorted(
            [*notes(chorale, voice), *_rests(chorale, voice)], key=lambda note: note.onset_step
        )
    ]
    return Explanation(tuple(sorted(found, key=lambda note: (note.onset_step, note.voice))), nats)


def _check_notes(chorale: Chorale, vocabulary: Vocabulary) -> None:
    silent = [name for voice, name in enumerate(VOICES) if not chorale.onsets[:, voice].any()]
    if silent:
        raise DataError(f"the {silent[0]} is silent throughout; four voices are needed")
    low, high = vocabulary.lowest_pitch, vocabulary.highest_pitch
    outside = (chorale.pitches != REST) & ((chorale.pitches < low) | (chorale.pitches > high))
    for step, voice in np.argwhere(outside):
        raise DataError(
            f"{pitch_name(int(chorale.pitches[step, voice]))} in the {VOICES[voice]} "
            f"({chorale.plan.place(int(step))}) is a note that the model does not know; "
            f"it knows {pitch_name(low)} to {pitch_name(high)}"
        )


def _log_probabilities(
    checkpoint: Checkpoint, chorale: Chorale, tokens: Ids
) -> NDArray[np.float64]:
    """Of every token in every voice at every step, (T, 4, V), the other voices given."""
    voices = range(len(VOICES))
    own = np.eye(len(VOICES), dtype=np.bool_)[:, None]  # row v of the batch judges voice v
    evidence = np.where(own, np.int32(checkpoint.vocabulary.unknown), tokens)
    past = History(*(_repeated(values) for values in history_of(tokens, checkpoint.vocabulary)))
    conditions = _repeated(conditions_of(chorale.plan))
    logits = Network(checkpoint).score(_repeated(tokens), past, evidence, conditions)
    judged = np.stack([logits[voice, :, voice] for voice in voices], axis=1).astype(np.float64)
    shifted = judged - judged.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))


def _repeated(values: Ids) -> Ids:
    """One row for each voice, (4, ...)."""
    return np.repeat(values[None], len(VOICES), axis=0)


def _rests(chorale: Chorale, voice: int) -> Iterator[Note]:
    """The rests of a voice."""
    silent = chorale.pitches[:, voice] == REST
    edges = np.flatnonzero(np.diff(silent, prepend=False, append=False)).reshape(-1, 2)
    for start, end in edges.tolist():
        yield Note(REST, start, end - start)


@dataclass(frozen=True)
class _Judge:
    """What the network says of a chorale: tokens (T, 4), logs (T, 4, V), nats (T, 4)."""

    vocabulary: Vocabulary
    tokens: Ids
    logs: NDArray[np.float64]
    nats: NDArray[np.float64]

    def judged(self, voice: int, note: Note) -> Judged:
        start, end = note.onset_step, note.onset_step + note.length_steps
        nats = self.nats[start:end, voice]
        held = start + 1 + int(nats[1:].argmax()) if len(nats) > 1 else None
        return Judged(
            voice,
            start,
            note.length_steps,
            note.pitch,
            self._place(start, voice),
            None if held is None else self._place(held, voice),
            float(nats.sum()),
        )

    def _place(self, step: int, voice: int) -> Place:
        logs = self.logs[step, voice]
        silent = step == 0 or self.tokens[step - 1, voice] == self.vocabulary.rest
        left_out = {int(self.tokens[step, voice])} | ({self.vocabulary.hold} if silent else set())
        likeliest: Sequence[int] = np.argsort(-logs, kind="stable")[: ALTERNATIVES + 2].tolist()
        others = [token for token in likeliest if token not in left_out][:ALTERNATIVES]
        choices = tuple(self._choice(token, float(np.exp(logs[token]))) for token in others)
        return Place(step, float(self.nats[step, voice]), choices)

    def _choice(self, token: int, probability: float) -> Choice:
        if token == self.vocabulary.hold:
            return Choice("hold", REST, probability)
        if token == self.vocabulary.rest:
            return Choice("rest", REST, probability)
        return Choice("note", self.vocabulary.pitch_of(token), probability)
