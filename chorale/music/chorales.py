"""A chorale: four voices on a grid of sixteenth notes, as a frozen value."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from chorale.music.annotations import NO_ANNOTATIONS, Annotations
from chorale.music.arrays import freeze
from chorale.music.plan import Plan
from chorale.music.voices import OCTAVE, REST, VOICES

MAX_STEPS = 20_000  # limit for files: 1,250 measures of 4/4; a longer file is damaged


@dataclass(frozen=True, eq=False)
class Chorale:
    """One harmonized hymn in four voices.

    Attributes:
        pitches: (T, 4) int16, MIDI numbers 0 to 127 or REST.
        onsets: (T, 4) bool, true where a note starts.
        plan: metre, key, fermatas, motion and length of the chorale.
        source: origin of the chorale: a BWV number, a file or a description.
        annotations: words, repeats and the like that a file has besides its notes. Chorales with
            other annotations are equal.

    Raises:
        ValueError: an array has the wrong shape, a pitch is out of range, a rest has an onset, or
            a note sounds without an onset.
    """

    pitches: NDArray[np.int16]
    onsets: NDArray[np.bool_]
    plan: Plan
    source: str = field(default="")
    annotations: Annotations = field(default=NO_ANNOTATIONS)

    def __post_init__(self) -> None:
        pitches = freeze(self.pitches, np.int16)
        onsets = freeze(self.onsets, np.bool_)
        shape = (self.plan.length_steps, len(VOICES))
        if pitches.shape != shape or onsets.shape != shape:
            raise ValueError(f"pitches {pitches.shape} and onsets {onsets.shape} must be {shape}")
        sounding = pitches != REST
        if ((pitches[sounding] < 0) | (pitches[sounding] > 127)).any():
            raise ValueError("pitches must be MIDI numbers from 0 to 127, or REST")
        if (onsets & ~sounding).any():
            raise ValueError("a rest cannot have an onset")
        if (changes(pitches) & sounding & ~onsets).any():
            raise ValueError("a note sounds without an onset")
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
        """Return this chorale, with its key and annotations, transposed up by `semitones`.

        Without a key, the names of pitches change by the fewest fifths.

        Raises:
            ValueError: a pitch would be below 0 or above 127.
        """
        pitches = np.where(self.pitches == REST, REST, self.pitches + semitones)
        if ((pitches < 0) & (self.pitches != REST)).any():
            raise ValueError(f"transposing by {semitones} puts a pitch below MIDI number 0")
        key = self.plan.key.transposed(semitones) if self.plan.key else None
        fifths = (7 * semitones + OCTAVE // 2 - 1) % OCTAVE - OCTAVE // 2 + 1  # -5 to 6
        if key and self.plan.key:
            fifths = key.sharps - self.plan.key.sharps
        return replace(
            self,
            pitches=pitches.astype(np.int16),
            plan=replace(self.plan, key=key),
            annotations=self.annotations.transposed(semitones, fifths),
        )

    def reordered(self, order: Sequence[int]) -> "Chorale":
        """Return this chorale, with its annotations, with the voices in another order.

        Args:
            order: (4,) the present number of each new voice.
        """
        motion = self.plan.motion
        return replace(
            self,
            pitches=self.pitches[:, order],
            onsets=self.onsets[:, order],
            plan=self.plan if motion is None else replace(self.plan, motion=motion[:, order]),
            annotations=self.annotations.reordered(order),
        )


@dataclass(frozen=True)
class Note:
    """A note of one voice: its pitch, and its onset and length in steps."""

    pitch: int
    onset_step: int
    length_steps: int


def notes(chorale: Chorale, voice: int) -> list[Note]:
    """Return the notes of one voice (0 = soprano) in order of time."""
    pitches, onsets = chorale.pitches[:, voice], chorale.onsets[:, voice]
    starts = np.flatnonzero(onsets)
    ends = np.flatnonzero(onsets | (pitches == REST))
    ends = np.append(ends, len(pitches))
    ends = ends[np.searchsorted(ends, starts, side="right")]  # the first end after each start
    return [
        Note(int(pitches[start]), int(start), int(end - start))
        for start, end in zip(starts, ends, strict=True)
    ]


def changes(pitches: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Return where each voice's pitch differs from the step before; at the first step, always.

    Args:
        pitches: (T, 4), REST allowed.

    Returns:
        (T, 4) bool.
    """
    changed = np.ones(pitches.shape, np.bool_)
    changed[1:] = pitches[1:] != pitches[:-1]
    return changed


def from_pitches(pitches: NDArray[np.int16], plan: Plan, source: str = "") -> Chorale:
    """Return the chorale of these pitches, (T, 4), in which equal pitches are one held note."""
    pitches = np.asarray(pitches, np.int16)
    return Chorale(pitches, changes(pitches) & (pitches != REST), plan, source)


def excerpt(chorale: Chorale, start: int, end: int) -> Chorale:
    """Return the steps from `start` up to `end` (exclusive).

    A note held across `start` starts there.

    Raises:
        ValueError: the excerpt has no steps.
    """
    plan, pitches = chorale.plan, chorale.pitches[start:end]
    onsets = chorale.onsets[start:end].copy()
    onsets[:1] = pitches[:1] != REST
    early = [step - start for step in plan.early_downbeats if start < step < end]
    pickup = -plan.step_in_bar(start) % plan.metre.steps_per_bar if plan.metre else 0
    if early and early[0] <= pickup:
        pickup, *early = early
    fermatas = None if plan.fermatas is None else plan.fermatas[start:end]
    motion = None if plan.motion is None else plan.motion[start:end]
    plan = Plan(len(pitches), plan.metre, pickup, plan.key, fermatas, motion, tuple(early))
    annotations = chorale.annotations.excerpt(start, start + plan.length_steps)
    return Chorale(pitches, onsets, plan, chorale.source, annotations)


def digest(chorale: Chorale) -> str:
    """Return a digest of the pitches: the first eight hexadecimal digits of a SHA-256.

    Onsets, plan and source have no influence.
    """
    pitches = chorale.pitches.astype("<i2")
    content = str(pitches.shape).encode() + pitches.tobytes()
    return hashlib.sha256(content).hexdigest()[:8]
