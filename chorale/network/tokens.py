"""Chorales as tokens and back: one token per voice and step, one table.

    id                      token
    0                       REST, the voice is silent
    1                       HOLD, the note sounding in this voice goes on
    2 ... size - 1          a note of this pitch starts here (the same pitch again: struck again)
    size, size + 1          START and UNKNOWN, on the input side of the network only

On music without repeated notes, such as the common JSB files, where every repetition is a HOLD,
the table is a one-to-one rewriting of the pitches: likelihoods over tokens are likelihoods over
pitches. `encode` and `decode` are exact inverses.
"""

from dataclasses import asdict, dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chorale.errors import DataError
from chorale.music import REST, VOICES, Chorale, Plan

MAX_HELD_STEPS = 31  # longer notes look alike to the network


@dataclass(frozen=True)
class Vocabulary:
    """The token table, computed from the range of pitches; both bounds inclusive.

    Raises:
        DataError: they are no MIDI numbers, or the highest is below the lowest.
    """

    lowest_pitch: int = 36
    highest_pitch: int = 84

    rest = 0
    hold = 1
    first_pitch = 2

    def __post_init__(self) -> None:
        if not 0 <= self.lowest_pitch <= self.highest_pitch <= 127:
            raise DataError(
                f"a table of pitches from {self.lowest_pitch} to {self.highest_pitch}; they must "
                "be within 0 to 127"
            )

    @property
    def size(self) -> int:
        """Number of tokens that the network can write."""
        return self.first_pitch + self.highest_pitch - self.lowest_pitch + 1

    @property
    def start(self) -> int:
        """Input symbol: before the first step."""
        return self.size

    @property
    def unknown(self) -> int:
        """Input symbol: nothing is known about this cell."""
        return self.size + 1

    @property
    def input_size(self) -> int:
        """Number of symbols that the network can read."""
        return self.size + 2

    def of_pitch(self, pitch: int) -> int:
        """The token that starts a note of this pitch.

        Raises:
            DataError: the pitch is outside the table.
        """
        if not self.lowest_pitch <= pitch <= self.highest_pitch:
            raise DataError(
                f"pitch {pitch} is outside the range {self.lowest_pitch} to {self.highest_pitch}"
            )
        return pitch - self.lowest_pitch + self.first_pitch

    def pitch_of(self, token: int) -> int:
        """The pitch that this token starts.

        Raises:
            DataError: the token starts no note.
        """
        if not self.first_pitch <= token < self.size:
            raise DataError(f"token {token} starts no note; notes are {self._note_range}")
        return token - self.first_pitch + self.lowest_pitch

    @property
    def _note_range(self) -> str:
        return f"{self.first_pitch} to {self.size - 1}"

    def to_dict(self) -> dict[str, int]:
        """The fields, for a checkpoint."""
        return asdict(self)


class Memory(NamedTuple):
    """What sounds in each voice after each step; all arrays (..., 4) int32.

    `sounding` holds the token of the note that sounds, REST for a silent voice, START before the
    first step; `held` the steps for which it has sounded, 1 at its onset, 0 for START, at most
    MAX_HELD_STEPS.
    """

    sounding: NDArray[np.int32]
    held: NDArray[np.int32]


def encode(chorale: Chorale, vocabulary: Vocabulary) -> NDArray[np.int32]:
    """Tokens of a chorale, (T, 4) int32.

    Raises:
        DataError: a pitch is outside the vocabulary.
    """
    pitches = chorale.pitches.astype(np.int32)
    notes = pitches[pitches != REST]
    for pitch in (notes.min(), notes.max()) if notes.size else ():
        vocabulary.of_pitch(int(pitch))
    tokens = pitches - vocabulary.lowest_pitch + vocabulary.first_pitch
    tokens[~chorale.onsets] = vocabulary.hold
    tokens[pitches == REST] = vocabulary.rest
    return tokens


def decode(
    tokens: NDArray[np.int32], plan: Plan, vocabulary: Vocabulary, source: str = ""
) -> Chorale:
    """The chorale that these tokens, (T, 4), write.

    Raises:
        DataError: a token is outside the table, or HOLD stands where nothing sounds.
    """
    if ((tokens < 0) | (tokens >= vocabulary.size)).any():
        raise DataError(f"tokens outside 0 to {vocabulary.size - 1}")
    sounding = sounding_after(tokens, vocabulary).sounding
    silent = sounding == vocabulary.rest
    if (silent & (tokens == vocabulary.hold)).any():
        step, voice = np.argwhere(silent & (tokens == vocabulary.hold))[0]
        raise DataError(f"HOLD at step {step} in the {VOICES[voice]}, where no note sounds")
    pitches = sounding - vocabulary.first_pitch + vocabulary.lowest_pitch
    pitches[sounding == vocabulary.rest] = REST
    return Chorale(pitches.astype(np.int16), tokens >= vocabulary.first_pitch, plan, source)


def silence_before(batch: int, vocabulary: Vocabulary) -> Memory:
    """The memory of `batch` chorales before their first step, arrays (batch, 4)."""
    shape = (batch, len(VOICES))
    return Memory(np.full(shape, vocabulary.start, np.int32), np.zeros(shape, np.int32))


def remember(memory: Memory, tokens: NDArray[np.int32], vocabulary: Vocabulary) -> Memory:
    """The memory, arrays (batch, 4), after one more step of `tokens`, (batch, 4).

    HOLD where nothing sounds is silence.
    """
    nothing = memory.sounding == vocabulary.start
    before = np.where(nothing, vocabulary.rest, memory.sounding)
    sounding = np.where(tokens == vocabulary.hold, before, tokens).astype(np.int32)
    goes_on = ~nothing & (
        (tokens == vocabulary.hold) | ((tokens == vocabulary.rest) & (before == vocabulary.rest))
    )
    held = np.where(goes_on, np.minimum(memory.held + 1, MAX_HELD_STEPS), 1)
    return Memory(sounding, held.astype(np.int32))


def sounding_after(tokens: NDArray[np.int32], vocabulary: Vocabulary) -> Memory:
    """The memory after every step of one chorale, arrays (T, 4), from its tokens, (T, 4)."""
    memory = silence_before(1, vocabulary)
    steps = []
    for frame in tokens:
        memory = remember(memory, frame[None], vocabulary)
        steps.append(memory)
    return Memory(
        np.concatenate([step.sounding for step in steps]),
        np.concatenate([step.held for step in steps]),
    )
