"""A chorale as the rules look at it: changes of chord, lines, phrases, and names for its notes.

Conventions:
- A phrase ends with its fermata. What moves from the last step under a fermata to the first step
  after it moves from one phrase to the next; rules on motion do not look there, as Bach's singers
  took breath. Where no fermatas are known, phrases are estimated for this alone, and how they close
  is not judged; so estimated, Bach's own phrases excuse as much as his fermatas do.
- A change of chord is what `chorale.analysis` counts; those between phrases are left out.
- A chord, here, is what sounds from one change to the next, whether textbooks have a name for it
  or not.
- A span is a stretch of one pitch in one voice, however often it is struck.

Shapes: T steps, C changes of chord within phrases, 4 voices in SATB order.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from chorale.analysis import OCTAVE, chord_changes, estimate_key
from chorale.estimating import estimate_phrases
from chorale.music import REST, VOICES, Chorale, Key, notes
from chorale.music.spelling import Spelling, spelled_line

SILENT = -1  # no pitch class

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Finding:
    """One place at which a chorale goes against a rule.

    Attributes:
        rule: its name in RULES.
        step: where.
        end_step: exclusive, of what takes longer than a moment; else None.
        voices: 0 (soprano) to 3 (bass), those that it concerns.
        notes: of each of these voices in turn the notes it concerns, such as ("D5", "E5").
        remark: what else there is to say.
    """

    rule: str
    step: int
    end_step: int | None
    voices: tuple[int, ...]
    notes: tuple[tuple[str, ...], ...]
    remark: str = ""

    @property
    def text(self) -> str:
        """The notes in words, such as "soprano D5-E5, tenor G4-A4"."""
        said = [
            " ".join([VOICES[voice], "-".join(names)]).strip()
            for voice, names in zip(self.voices, self.notes, strict=True)
        ]
        apart = " " if self.remark.startswith("(") else ", "
        return apart.join(filter(None, [", ".join(said), self.remark]))


@dataclass(frozen=True)
class Count:
    """What a rule finds in a chorale, and among how many places it looked."""

    rule: str
    opportunities: int
    findings: list[Finding]


@dataclass(frozen=True, eq=False)
class Line:
    """The notes of one voice, each (n,).

    Attributes:
        pitches: MIDI numbers.
        onsets: first steps.
        ends: steps at which they have ended.
    """

    pitches: Ints
    onsets: Ints
    ends: Ints


@dataclass(frozen=True, eq=False)
class CheckContext:
    """A chorale, with what several rules need to know of it.

    Attributes:
        chorale: it.
        key: in which its notes are spelled and its closes heard, if that was given.
    """

    chorale: Chorale
    given_key: Key | None = None

    @cached_property
    def key(self) -> Key:
        """In which closes are heard: that given, or the estimated one.

        Not that of the plan, since many of Bach's signatures lack an accidental of the key.
        """
        return self.given_key or estimate_key(self.chorale)

    @cached_property
    def pitches(self) -> Ints:
        """Of the chorale, (T, 4)."""
        return self.chorale.pitches.astype(np.int64)

    @cached_property
    def classes(self) -> Ints:
        """Pitch classes, (T, 4); SILENT where a voice rests."""
        return np.where(self.pitches == REST, SILENT, self.pitches % OCTAVE)

    @cached_property
    def voices(self) -> list[int]:
        """Those that sing at all."""
        return [int(voice) for voice in np.flatnonzero(self.chorale.onsets.any(axis=0))]

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        """Neighbours among the voices that sing, the upper first."""
        return list(zip(self.voices, self.voices[1:], strict=False))

    @cached_property
    def phrases(self) -> Ints:
        """Number of the phrase that each step is in, (T,), from 0."""
        ends = np.flatnonzero(self.fermatas[:-1] & ~self.fermatas[1:]) + 1
        return np.searchsorted(ends, np.arange(len(self.pitches)), side="right")

    @cached_property
    def fermatas(self) -> Flags:
        """Where a fermata holds, (T,): the plan's, or at the ends of estimated phrases."""
        plan = self.chorale.plan
        if plan.fermatas is not None:
            return plan.fermatas
        lines = [notes(self.chorale, voice) for voice in self.voices]  # the highest tells phrases
        if not lines:
            return np.zeros(plan.length_steps, np.bool_)
        return estimate_phrases(lines, plan.length_steps, plan.metre, plan.pickup_steps)

    @cached_property
    def chord_starts(self) -> Ints:
        """First step of each chord."""
        return np.r_[0, np.flatnonzero(chord_changes(self.chorale)) + 1]

    @cached_property
    def changes(self) -> Ints:
        """Steps at which the chord changes within a phrase, (C,)."""
        steps = self.chord_starts[1:]
        return steps[self.phrases[steps] == self.phrases[steps - 1]]

    @cached_property
    def before(self) -> Ints:
        """What sounds before each change, (C, 4)."""
        return self.pitches[self.changes - 1]

    @cached_property
    def after(self) -> Ints:
        """What sounds from each change on, (C, 4)."""
        return self.pitches[self.changes]

    @cached_property
    def moves(self) -> Ints:
        """Semitones that each voice moves at each change, (C, 4); 0 from or to a rest."""
        silent = (self.before == REST) | (self.after == REST)
        return np.where(silent, 0, self.after - self.before)

    @cached_property
    def lines(self) -> list[Line]:
        """The notes of each voice."""
        return [self._line(voice) for voice in range(len(VOICES))]

    def end_of_phrase(self, step: int) -> int:
        """The first step after the phrase that a step is in."""
        return int(np.searchsorted(self.phrases, self.phrases[step], side="right"))

    def spelling(self, voice: int, step: int) -> Spelling | None:
        """Of the note that a voice sings at a step; None where it rests."""
        if self.pitches[step, voice] == REST:
            return None
        note = int(np.searchsorted(self.lines[voice].onsets, step, side="right")) - 1
        return self._spelled[voice][note]

    def finding(
        self,
        rule: str,
        step: int,
        sung: Mapping[int, Iterable[int]],
        end_step: int | None = None,
        remark: str = "",
    ) -> Finding:
        """A finding whose notes are those that voices sing at steps, by voice."""
        names = [
            [self.spelling(voice, int(step)) for step in steps] for voice, steps in sung.items()
        ]
        told = tuple(tuple(name.name if name else "rest" for name in voice) for voice in names)
        return Finding(rule, int(step), end_step, tuple(sung), told, remark)

    @cached_property
    def _spelled(self) -> list[list[Spelling]]:
        key = self.given_key or self.chorale.plan.key or self.key
        return [spelled_line(line.pitches.tolist(), key) for line in self.lines]

    def _line(self, voice: int) -> Line:
        onsets = np.flatnonzero(self.chorale.onsets[:, voice])
        pitches = self.pitches[:, voice]
        ends = np.flatnonzero(self.chorale.onsets[:, voice] | (pitches == REST))
        ends = np.r_[ends, len(pitches)]
        return Line(pitches[onsets], onsets, ends[np.searchsorted(ends, onsets, side="right")])
