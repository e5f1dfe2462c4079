"""What a chorale is: four voices on a grid of sixteenth notes, as a frozen value.

Conventions, everywhere in the package:
- A step is a sixteenth note, the only unit of time inside. T is the number of steps.
- Voices stand in SATB order: soprano 0, alto 1, tenor 2, bass 3.
- Pitches are MIDI note numbers, middle C = 60; `REST` stands for a silent voice.
- An onset is a step at which a note starts. A repeated note has a new onset, a held one has not.
- Bounds of ranges are inclusive.
"""

import hashlib
import re
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

VOICES = ("soprano", "alto", "tenor", "bass")
REST = -1  # no MIDI number
STEPS_PER_QUARTER = 4
MAX_STEPS = 20_000  # of music that is read, 1,250 bars of 4/4: what is longer is damaged
MAX_BEATS = 99  # of a measure

Mode = Literal["major", "minor"]

_LETTERS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_SHARPS_OF_MAJOR = {0: 0, 7: 1, 2: 2, 9: 3, 4: 4, 11: 5, 6: 6, 1: -5, 8: -4, 3: -3, 10: -2, 5: -1}
# The line of fifths from C flat, tonic of the major key with seven flats, to A sharp.
_NAMES_BY_FIFTHS = ["Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B"]
_NAMES_BY_FIFTHS += ["F#", "C#", "G#", "D#", "A#"]


_NAMES_FROM_C = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


@dataclass(frozen=True)
class Key:
    """A tonic (pitch class 0 to 11, C = 0) and a mode."""

    tonic: int
    mode: Mode

    def __post_init__(self) -> None:
        if not 0 <= self.tonic <= 11:
            raise ValueError(f"tonic {self.tonic} is not a pitch class from 0 to 11")
        if self.mode not in ("major", "minor"):
            raise ValueError(f"mode {self.mode!r} is neither 'major' nor 'minor'")

    @property
    def sharps(self) -> int:
        """Sharps in the key signature, -5 to 6; flats are negative."""
        return _SHARPS_OF_MAJOR[self.tonic if self.mode == "major" else (self.tonic + 3) % 12]

    @property
    def name(self) -> str:
        """Such as "F# minor"."""
        place_of_tonic = self.sharps + (7 if self.mode == "major" else 10)
        return f"{_NAMES_BY_FIFTHS[place_of_tonic]} {self.mode}"

    @classmethod
    def parse(cls, text: str) -> "Key":
        """The key of a name such as "G minor", "Bb", "f sharp minor" or "F#m".

        Raises:
            ValueError: it is none.
        """
        words = re.sub(r"M$", "major", text.strip()).lower()  # "CM" is C major
        words = words.replace(" sharp", "#").replace(" flat", "b")
        found = re.fullmatch(r"([a-g])([#\u266fb\u266d]?)[ -]*(major|maj|minor|min|m|)", words)
        if not found:
            raise ValueError(f"{text!r} is no key such as G, G minor, F# minor or Bb major")
        letter, accidental, mode = found.groups()
        sharps = {"": 0, "#": 1, "\u266f": 1}.get(accidental, -1)
        tonic = _LETTERS[letter] + sharps
        return cls(tonic % 12, "minor" if mode.startswith("m") and "maj" not in mode else "major")

    @classmethod
    def from_sharps(cls, sharps: int, mode: Mode) -> "Key":
        """The key with this many sharps in its signature (flats negative)."""
        return cls((7 * sharps + (0 if mode == "major" else 9)) % 12, mode)

    def transposed(self, semitones: int) -> "Key":
        """The key this many semitones higher."""
        return replace(self, tonic=(self.tonic + semitones) % 12)


@dataclass(frozen=True)
class Metre:
    """A time signature whose measure is a whole number of steps."""

    numerator: int
    denominator: int

    def __post_init__(self) -> None:
        if not 1 <= self.numerator <= MAX_BEATS or self.denominator not in (1, 2, 4, 8, 16):
            raise ValueError(f"metre {self.numerator}/{self.denominator} does not fit the grid")

    @classmethod
    def parse(cls, text: str) -> "Metre":
        """The metre of a name such as "3/4".

        Raises:
            ValueError: it is none, or does not fit the grid.
        """
        found = re.fullmatch(r"\s*(\d{1,2})\s*/\s*(\d{1,2})\s*", text, re.ASCII)
        if not found:
            raise ValueError(f"{text!r} is no metre such as 4/4 or 3/4")
        return cls(int(found[1]), int(found[2]))

    @property
    def steps_per_bar(self) -> int:
        """Length of a measure in steps."""
        return self.numerator * 4 * STEPS_PER_QUARTER // self.denominator

    @property
    def steps_per_beat(self) -> float:
        """Length of a beat, of which the numerator counts how many make a measure, in steps."""
        return 4 * STEPS_PER_QUARTER / self.denominator

    @property
    def name(self) -> str:
        """Such as "3/4"."""
        return f"{self.numerator}/{self.denominator}"


@dataclass(frozen=True, eq=False)
class Plan:
    """Everything that can be said of a chorale before a note is written.

    Metre, key and fermatas may be unknown, which is None: the common JSB files have none of them.

    Attributes:
        length_steps: T, at least 1.
        metre: the time signature of the whole chorale.
        pickup_steps: steps before the first downbeat, less than a bar; 0 where metre is None.
        key: the key of the whole chorale.
        fermatas: (T,) bool, true while a fermata holds.
    """

    length_steps: int
    metre: Metre | None = None
    pickup_steps: int = 0
    key: Key | None = None
    fermatas: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        if self.length_steps < 1:
            raise ValueError(f"a chorale of {self.length_steps} steps; at least 1 is needed")
        bar = self.metre.steps_per_bar if self.metre else 1
        if not 0 <= self.pickup_steps < bar:
            raise ValueError(f"a pickup of {self.pickup_steps} steps in a bar of {bar}")
        if self.fermatas is not None:
            fermatas = _frozen(self.fermatas, np.bool_)
            if fermatas.shape != (self.length_steps,):
                raise ValueError(f"fermatas of shape {fermatas.shape}, T = {self.length_steps}")
            object.__setattr__(self, "fermatas", fermatas)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Plan):
            return NotImplemented
        if (self.fermatas is None) != (other.fermatas is None):
            return False
        same_fermatas = self.fermatas is None or np.array_equal(self.fermatas, other.fermatas)  # type: ignore[arg-type]  # both are arrays or both None
        return same_fermatas and self._scalars() == other._scalars()

    def __hash__(self) -> int:
        return hash(self._scalars())

    def _scalars(self) -> tuple[object, ...]:
        return self.length_steps, self.metre, self.pickup_steps, self.key

    @property
    def fermata_spans(self) -> list[tuple[int, int]]:
        """First step of each fermata, and of what follows it; none where they are unknown."""
        if self.fermatas is None:
            return []
        edges = np.flatnonzero(np.diff(self.fermatas, prepend=False, append=False))
        return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]

    @property
    def bars(self) -> float:
        """Length in measures, pickup included; in 4/4 where the metre is unknown."""
        return self.length_steps / self._metre.steps_per_bar

    @property
    def last_bar(self) -> int:
        """Number of the last measure, as scores count: the first whole one is 1, a pickup 0."""
        return self.bar_at(self.length_steps - 1)

    def bar_at(self, step: int) -> int:
        """Number of the measure that a step is in; in 4/4 where the metre is unknown."""
        return 1 + (step - self.pickup_steps) // self._metre.steps_per_bar

    def bar_start(self, number: int) -> int:
        """First step of a measure by its number, which may lie beyond the end."""
        return max(0, self.pickup_steps + (number - 1) * self._metre.steps_per_bar)

    def place(self, step: int) -> str:
        """Where a step is, as musicians say it: "bar 3, beat 2.5"."""
        place = (step - self.pickup_steps) % self._metre.steps_per_bar
        beat = 1 + place / self._metre.steps_per_beat
        return f"bar {self.bar_at(step)}, beat {beat:g}"

    @property
    def _metre(self) -> Metre:
        return self.metre or Metre(4, 4)


@dataclass(frozen=True, eq=False)
class Chorale:
    """One harmonised hymn in four voices.

    Attributes:
        pitches: (T, 4) int16, MIDI numbers 0 to 127 or REST.
        onsets: (T, 4) bool, true where a note starts.
        plan: its metre, key, fermatas and length.
        source: where it comes from: a BWV number or file, or how it was made.

    Raises:
        ValueError: on a wrong shape, a pitch out of range, an onset of a rest, or a note
            that sounds without having started.
    """

    pitches: NDArray[np.int16]
    onsets: NDArray[np.bool_]
    plan: Plan
    source: str = field(default="")

    def __post_init__(self) -> None:
        pitches = _frozen(self.pitches, np.int16)
        onsets = _frozen(self.onsets, np.bool_)
        shape = (self.plan.length_steps, len(VOICES))
        if pitches.shape != shape or onsets.shape != shape:
            raise ValueError(f"pitches {pitches.shape} and onsets {onsets.shape}; need {shape}")
        sounding = pitches != REST
        if ((pitches[sounding] < 0) | (pitches[sounding] > 127)).any():
            raise ValueError("pitches must be MIDI numbers from 0 to 127, or REST")
        if (onsets & ~sounding).any():
            raise ValueError("a rest cannot have an onset")
        if (changes(pitches) & sounding & ~onsets).any():
            raise ValueError("a note sounds that has not started: its onset is missing")
        object.__setattr__(self, "pitches", pitches)
        object.__setattr__(self, "onsets", onsets)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Chorale):
            return NotImplemented
        return (
            np.array_equal(self.pitches, other.pitches)
            and np.array_equal(self.onsets, other.onsets)
            and self.plan == other.plan
            and self.source == other.source
        )

    def __hash__(self) -> int:
        return hash((self.pitches.tobytes(), self.plan, self.source))

    def transposed(self, semitones: int) -> "Chorale":
        """This chorale `semitones` higher, its key with it.

        Raises:
            ValueError: a pitch would leave 0 to 127.
        """
        pitches = np.where(self.pitches == REST, REST, self.pitches + semitones)
        if ((pitches < 0) & (self.pitches != REST)).any():
            raise ValueError("transposed below MIDI number 0")
        key = self.plan.key.transposed(semitones) if self.plan.key else None
        return replace(self, pitches=pitches.astype(np.int16), plan=replace(self.plan, key=key))


@dataclass(frozen=True)
class Note:
    """One note of one voice: a pitch, its onset and its length, both in steps."""

    pitch: int
    onset_step: int
    length_steps: int


def notes(chorale: Chorale, voice: int) -> list[Note]:
    """The notes of one voice (0 = soprano) in order of time."""
    pitches, onsets = chorale.pitches[:, voice], chorale.onsets[:, voice]
    starts = np.flatnonzero(onsets)
    ends = np.flatnonzero(onsets | (pitches == REST))
    ends = np.append(ends, len(pitches))
    ends = ends[np.searchsorted(ends, starts, side="right")]  # of each note the first after it
    return [
        Note(int(pitches[start]), int(start), int(end - start))
        for start, end in zip(starts, ends, strict=True)
    ]


def changes(pitches: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Where a voice's pitch differs from the step before; the first step counts as a change.

    Args:
        pitches: (T, 4), with REST.

    Returns:
        (T, 4) bool.
    """
    changed = np.ones(pitches.shape, np.bool_)
    changed[1:] = pitches[1:] != pitches[:-1]
    return changed


def from_pitches(pitches: NDArray[np.int16], plan: Plan, source: str = "") -> Chorale:
    """A chorale from pitches alone, (T, 4), every repetition taken for a held note."""
    pitches = np.asarray(pitches, np.int16)
    return Chorale(pitches, changes(pitches) & (pitches != REST), plan, source)


def pitch_name(pitch: int) -> str:
    """Such as "F#4" for 66; a semitone between two naturals is a sharp."""
    return f"{_NAMES_FROM_C[pitch % 12]}{pitch // 12 - 1}"


def length_in_words(bars: int, pickup: bool) -> str:
    """Such as "8 bars with a pickup"; the bars are the whole ones, at least one is told."""
    told = f"{max(1, bars)} bar" + ("s" if bars > 1 else "")
    return f"{told} with a pickup" if pickup else told


def excerpt(chorale: Chorale, start: int, end: int) -> Chorale:
    """The steps from `start` to before `end`; a note held into them starts with them.

    Raises:
        ValueError: there are none.
    """
    plan, pitches = chorale.plan, chorale.pitches[start:end]
    onsets = chorale.onsets[start:end].copy()
    onsets[:1] = pitches[:1] != REST
    pickup = (plan.pickup_steps - start) % plan.metre.steps_per_bar if plan.metre else 0
    fermatas = None if plan.fermatas is None else plan.fermatas[start:end]
    plan = Plan(len(pitches), plan.metre, pickup, plan.key, fermatas)
    return Chorale(pitches, onsets, plan, chorale.source)


def digest(chorale: Chorale) -> str:
    """Eight hexadecimal digits by which the pitches of a chorale are known again.

    They are the first of a sha256. Pitches alone count: not the onsets, the plan or the source.
    """
    pitches = chorale.pitches.astype("<i2")
    content = str(pitches.shape).encode() + pitches.tobytes()
    return hashlib.sha256(content).hexdigest()[:8]


def _frozen(values: NDArray[Any], dtype: type[np.generic]) -> NDArray[Any]:
    array = np.array(values, dtype)
    array.flags.writeable = False
    return array
