"""Facts of a chorale that the rules use: phrases, changes of chord, notes and their names.

Conventions:
- A phrase ends with its fermata. The rules on motion do not apply from the last step under a
  fermata to the first step after it, since Bach's singers breathed there. If fermatas are unknown,
  phrases are estimated for this purpose alone, and their cadences are not judged. Estimated phrases
  exempt as much of Bach's music from the rules as his fermatas do.
- A change of chord is as in `chorale.analysis`; changes between phrases are left out.
- A chord, here, is the notes from one change to the next, whether or not textbooks name it.
- A span is a stretch of one pitch in one voice, however often it is struck.

Shapes: T steps, C changes of chord within phrases, 4 voices in SATB order.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from chorale.analysis import chord_changes, estimate_key
from chorale.estimating import estimate_phrases
from chorale.music import OCTAVE, REST, VOICES, Chorale, Key, notes
from chorale.music.spelling import Spelling, spell_line
from chorale.music.voicings import SATB, Voicing

SILENT = -1  # in place of a pitch class

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Finding:
    """One place at which a chorale breaks a rule.

    Attributes:
        rule: name of the rule, a key of RULES.
        step: first step of the finding.
        end_step: exclusive end of a finding that has a duration, else None.
        voices: numbers of the voices concerned, 0 (soprano) to 3 (bass).
        notes: names of the notes of each voice concerned, such as ("D5", "E5").
        remark: additional information; may be empty.
        voicing: the choir, which names the voices.
    """

    rule: str
    step: int
    end_step: int | None
    voices: tuple[int, ...]
    notes: tuple[tuple[str, ...], ...]
    remark: str = ""
    voicing: Voicing = SATB

    @property
    def voice_names(self) -> tuple[str, ...]:
        """Names of the voices concerned, such as "soprano 1"."""
        return tuple(self.voicing.part_at(voice).name for voice in self.voices)

    @property
    def text(self) -> str:
        """The notes and the remark, such as "soprano D5-E5, tenor G4-A4"."""
        by_voice = [
            " ".join([voice, "-".join(names)]).strip()
            for voice, names in zip(self.voice_names, self.notes, strict=True)
        ]
        separator = " " if self.remark.startswith("(") else ", "
        return separator.join(filter(None, [", ".join(by_voice), self.remark]))


@dataclass(frozen=True)
class RuleResult:
    """The result of one rule in a chorale.

    Attributes:
        rule: name of the rule.
        opportunities: number of places where the rule could have been broken.
        findings: places where the rule is broken.
    """

    rule: str
    opportunities: int
    findings: list[Finding]


@dataclass(frozen=True, eq=False)
class Line:
    """The notes of one voice, each array (n,).

    Attributes:
        pitches: MIDI numbers.
        onsets: first steps.
        ends: exclusive ends, in steps.
    """

    pitches: Ints
    onsets: Ints
    ends: Ints


@dataclass(frozen=True, eq=False)
class CheckContext:
    """A chorale, with facts derived from it that several rules use.

    Attributes:
        chorale: the chorale that is checked.
        given_key: key for spelling and cadences, if one was given.
        given_fermatas: steps under a fermata, (T,), for phrases, if they were given.
        voicing: the choir, which has a voice for each voice with notes.
    """

    chorale: Chorale
    given_key: Key | None = None
    given_fermatas: Flags | None = None
    voicing: Voicing = SATB

    @cached_property
    def key(self) -> Key:
        """Key in which cadences are judged: the given one, or the estimated one.

        The plan's key is not used, since many of Bach's signatures lack an accidental of the key.
        """
        return self.given_key or estimate_key(self.chorale)

    @cached_property
    def pitches(self) -> Ints:
        """Pitches of the chorale, (T, 4)."""
        return self.chorale.pitches.astype(np.int64)

    @cached_property
    def classes(self) -> Ints:
        """Pitch classes, (T, 4); SILENT where a voice rests."""
        return np.where(self.pitches == REST, SILENT, self.pitches % OCTAVE)

    @cached_property
    def voices(self) -> list[int]:
        """Voices that have notes."""
        return [int(voice) for voice in np.flatnonzero(self.chorale.onsets.any(axis=0))]

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        """Neighbours among the voices that have notes, the upper one first."""
        return list(zip(self.voices, self.voices[1:], strict=False))

    @cached_property
    def phrases(self) -> Ints:
        """Number of the phrase of each step, from 0, (T,)."""
        ends = np.flatnonzero(self.fermatas[:-1] & ~self.fermatas[1:]) + 1
        return np.searchsorted(ends, np.arange(len(self.pitches)), side="right")

    @cached_property
    def fermatas(self) -> Flags:
        """Steps under a fermata, (T,): as given, as in the plan, or of estimated phrases."""
        plan = self.chorale.plan
        if self.given_fermatas is not None:
            return self.given_fermatas
        if plan.fermatas is not None:
            return plan.fermatas
        lines = [
            notes(self.chorale, voice) for voice in self.voices
        ]  # the highest voice is the melody
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
        """Pitches just before each change, (C, 4)."""
        return self.pitches[self.changes - 1]

    @cached_property
    def after(self) -> Ints:
        """Pitches from each change on, (C, 4)."""
        return self.pitches[self.changes]

    @cached_property
    def moves(self) -> Ints:
        """Motion of each voice at each change, in semitones, (C, 4); 0 from or to a rest."""
        silent = (self.before == REST) | (self.after == REST)
        return np.where(silent, 0, self.after - self.before)

    @cached_property
    def lines(self) -> list[Line]:
        """Notes of each voice."""
        return [self._line(voice) for voice in range(len(VOICES))]

    def end_of_phrase(self, step: int) -> int:
        """Return the first step after the phrase that contains a step."""
        return int(np.searchsorted(self.phrases, self.phrases[step], side="right"))

    def spelling_at(self, voice: int, step: int) -> Spelling | None:
        """Return the spelling of a voice's note at a step; None at a rest."""
        if self.pitches[step, voice] == REST:
            return None
        note = int(np.searchsorted(self.lines[voice].onsets, step, side="right")) - 1
        return self._spellings[voice][note]

    def make_finding(
        self,
        rule: str,
        step: int,
        steps_by_voice: Mapping[int, Iterable[int]],
        end_step: int | None = None,
        remark: str = "",
    ) -> Finding:
        """Return a finding, with the names of the notes at given steps of voices.

        Args:
            rule: name of the rule.
            step: first step of the finding.
            steps_by_voice: steps whose notes are named, for each voice concerned.
            end_step: exclusive end of a finding that has a duration.
            remark: additional information.
        """
        spellings = [
            [self.spelling_at(voice, int(step)) for step in steps]
            for voice, steps in steps_by_voice.items()
        ]
        names = tuple(
            tuple(spelling.name if spelling else "rest" for spelling in voice_spellings)
            for voice_spellings in spellings
        )
        voices = tuple(steps_by_voice)
        return Finding(rule, int(step), end_step, voices, names, remark, self.voicing)

    @cached_property
    def _spellings(self) -> list[list[Spelling]]:
        key = self.given_key or self.chorale.plan.key or self.key
        return [spell_line(line.pitches.tolist(), key) for line in self.lines]

    def _line(self, voice: int) -> Line:
        onsets = np.flatnonzero(self.chorale.onsets[:, voice])
        pitches = self.pitches[:, voice]
        ends = np.flatnonzero(self.chorale.onsets[:, voice] | (pitches == REST))
        ends = np.r_[ends, len(pitches)]
        return Line(pitches[onsets], onsets, ends[np.searchsorted(ends, onsets, side="right")])
