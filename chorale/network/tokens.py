"""Conversion of chorales to tokens and back: one token per voice and step, from one table.

    id                      token
    0                       REST, the voice is silent
    1                       HOLD, the voice holds its note
    2 ... size - 1          a note starts (also a repeated note); one id for each pitch
    size, size + 1          START and UNKNOWN, inputs of the network only

In music without repeated notes, tokens and pitches determine each other, so likelihoods over tokens
are likelihoods over pitches. The common JSB files are such music: there every repetition is a HOLD.
`encode` and `decode` are exact inverses.
"""

from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from chorale.aliases import Ids
from chorale.errors import DataError
from chorale.music import REST, VOICES, Chorale, Plan

MAX_HELD_STEPS = 31  # longer notes count as this long
EARLIER_NOTES = 2  # notes of each voice before the sounding one


@dataclass(frozen=True)
class Vocabulary:
    """The token table, computed from the range of pitches; both bounds inclusive.

    Raises:
        DataError: a bound is not a MIDI number, or the highest is below the lowest.
    """

    lowest_pitch: int = 36
    highest_pitch: int = 84

    rest = 0
    hold = 1
    first_pitch = 2

    def __post_init__(self) -> None:
        if not 0 <= self.lowest_pitch <= self.highest_pitch <= 127:
            raise DataError(
                f"a vocabulary cannot have pitches from {self.lowest_pitch} to "
                f"{self.highest_pitch}; both must be in 0 to 127, the lower pitch first"
            )

    @property
    def size(self) -> int:
        """Number of output tokens."""
        return self.first_pitch + self.highest_pitch - self.lowest_pitch + 1

    @property
    def start(self) -> int:
        """Input symbol for the time before the first step."""
        return self.size

    @property
    def unknown(self) -> int:
        """Input symbol for a cell that is neither given nor drawn yet."""
        return self.size + 1

    @property
    def input_size(self) -> int:
        """Number of input symbols: the tokens, START and UNKNOWN."""
        return self.size + 2

    @property
    def note_tokens(self) -> Ids:
        """The tokens that start a note, in order of pitch, (N,) int32."""
        return np.arange(self.first_pitch, self.size, dtype=np.int32)

    @overload
    def is_note(self, tokens: int) -> bool: ...

    @overload
    def is_note(self, tokens: NDArray[np.integer[Any]]) -> NDArray[np.bool_]: ...

    def is_note(self, tokens: Any) -> Any:
        """Return whether a token starts a note; elementwise for arrays and tensors."""
        return (tokens >= self.first_pitch) & (tokens < self.size)

    def token_of(self, pitch: int) -> int:
        """Return the token that starts a note of this pitch.

        Raises:
            DataError: the pitch is outside the vocabulary.
        """
        if not self.lowest_pitch <= pitch <= self.highest_pitch:
            raise DataError(
                f"pitch {pitch} is outside the range {self.lowest_pitch} to {self.highest_pitch}"
            )
        return pitch - self.lowest_pitch + self.first_pitch

    def pitch_of(self, token: int) -> int:
        """Return the pitch of the note that this token starts.

        Raises:
            DataError: the token starts no note.
        """
        if not self.is_note(token):
            raise DataError(
                f"token {token} starts no note; notes are {self.first_pitch} to {self.size - 1}"
            )
        return token - self.first_pitch + self.lowest_pitch

    def pitches_of(self, tokens: Ids) -> Ids:
        """Return the pitches of an array of tokens, REST where a token starts no note."""
        return np.where(self.is_note(tokens), tokens - self.first_pitch + self.lowest_pitch, REST)

    def to_dict(self) -> dict[str, int]:
        """Return the fields by name, for a checkpoint."""
        return asdict(self)


class SoundingNotes(NamedTuple):
    """The state of each voice at the end of a step; all arrays int32.

    Attributes:
        sounding: (..., 4), token of the note that sounds in each voice, REST in a silent voice,
            START before the first step.
        held: (..., 4), number of steps for which this note or rest has lasted, 1 at its onset, at
            most MAX_HELD_STEPS; 0 for START.
        earlier: (..., 8), each voice's note before the sounding one, SATB, then the note before
            that; rests between notes are skipped. START where there is no such note.
        lengths: (..., 4), number of steps for which the first of these notes lasted, at most
            MAX_HELD_STEPS; 0 where there is none.
    """

    sounding: Ids
    held: Ids
    earlier: Ids
    lengths: Ids


def encode(chorale: Chorale, vocabulary: Vocabulary) -> Ids:
    """Return the tokens of a chorale, (T, 4) int32.

    Raises:
        DataError: a pitch is outside the vocabulary.
    """
    pitches = chorale.pitches.astype(np.int32)
    notes = pitches[pitches != REST]
    for pitch in (notes.min(), notes.max()) if notes.size else ():
        vocabulary.token_of(int(pitch))
    tokens = pitches - vocabulary.lowest_pitch + vocabulary.first_pitch
    tokens[~chorale.onsets] = vocabulary.hold
    tokens[pitches == REST] = vocabulary.rest
    return tokens


def decode(tokens: Ids, plan: Plan, vocabulary: Vocabulary, source: str = "") -> Chorale:
    """Return the chorale that `tokens`, (T, 4), encode.

    Raises:
        DataError: a token is outside the vocabulary, or a HOLD stands where no note sounds.
    """
    if ((tokens < 0) | (tokens >= vocabulary.size)).any():
        raise DataError(f"some tokens are not in 0 to {vocabulary.size - 1}")
    sounding = track_sounding(tokens, vocabulary).sounding
    stray = (sounding == vocabulary.rest) & (tokens == vocabulary.hold)
    if stray.any():
        step, voice = np.argwhere(stray)[0]
        raise DataError(f"HOLD at step {step} in the {VOICES[voice]}, where no note sounds")
    pitches = vocabulary.pitches_of(sounding).astype(np.int16)
    return Chorale(pitches, vocabulary.is_note(tokens), plan, source)


def begin_sounding(batch: int, vocabulary: Vocabulary) -> SoundingNotes:
    """Return the state of `batch` chorales before their first step, arrays (batch, ...)."""
    voices = len(VOICES)
    start = np.full((batch, voices), vocabulary.start, np.int32)
    zero = np.zeros_like(start)
    return SoundingNotes(start, zero, np.tile(start, EARLIER_NOTES), zero)


def advance_sounding(notes: SoundingNotes, tokens: Ids, vocabulary: Vocabulary) -> SoundingNotes:
    """Return the sounding notes, arrays (batch, ...), after a step of `tokens`, (batch, 4).

    A HOLD where no note sounds counts as a rest.
    """
    not_begun = notes.sounding == vocabulary.start
    before = np.where(not_begun, vocabulary.rest, notes.sounding)
    sounding = np.where(tokens == vocabulary.hold, before, tokens).astype(np.int32)
    continues = ~not_begun & (
        (tokens == vocabulary.hold) | ((tokens == vocabulary.rest) & (before == vocabulary.rest))
    )
    held = np.where(continues, np.minimum(notes.held + 1, MAX_HELD_STEPS), 1)
    ends = vocabulary.is_note(notes.sounding) & ~continues
    shifted = np.concatenate([notes.sounding, notes.earlier[..., : -len(VOICES)]], -1)
    return SoundingNotes(
        sounding,
        held.astype(np.int32),
        np.where(np.tile(ends, EARLIER_NOTES), shifted, notes.earlier),
        np.where(ends, notes.held, notes.lengths),
    )


def track_sounding(tokens: Ids, vocabulary: Vocabulary) -> SoundingNotes:
    """Return the sounding notes after every step of a chorale, (T, ...), from tokens, (T, 4)."""
    notes = begin_sounding(1, vocabulary)
    steps = []
    for frame in tokens:
        notes = advance_sounding(notes, frame[None], vocabulary)
        steps.append(notes)
    return SoundingNotes(*map(np.concatenate, zip(*steps, strict=True)))
