"""Facts of a chorale that the rules use: phrases, changes of chord, notes and their names.

Conventions:
- A phrase ends with its fermata. The rules on motion do not apply from the last step under a
  fermata to the first step after it, since Bach's singers breathed there. If fermatas are unknown,
  phrases are estimated for this purpose alone, and their cadences are not judged. Estimated phrases
  exempt as much of Bach's music from the rules as his fermatas do.
- A change of chord is as in `chorale.analysis`; changes between phrases are left out.
- A chord, here, is the notes from one change to the next, whether or not textbooks name it.
- The harmony is identified every eighth (`chorale.analysis.harmony`), ninth chords included. In the
  rules on harmony a beat is a quarter.
- A span is a stretch of one pitch in one voice, however often it is struck.

Shapes: T steps, C changes of chord within phrases, 4 voices in SATB order.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from chorale.analysis import chord_changes, estimate_key
from chorale.analysis.harmony import Chord, identify_chord, identify_ninth
from chorale.checking.findings import Finding
from chorale.checking.lines import Line
from chorale.checking.spellings import NoteSpelling, describe_misspelled, spell_voices
from chorale.estimating import estimate_phrases
from chorale.harmony import HarmonyAnalysis, analyze_harmony
from chorale.music import (
    OCTAVE,
    REST,
    STEPS_PER_QUARTER,
    Chorale,
    Key,
    notes,
)
from chorale.music.spelling import Spelling
from chorale.music.voicings import SATB, Voicing

SILENT = -1  # in place of a pitch class
EIGHTH = STEPS_PER_QUARTER // 2
SECOND = 2  # semitones, the widest step of a scale

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class CheckContext:
    """A chorale, with facts derived from it that several rules use.

    Attributes:
        chorale: the chorale that is checked.
        given_key: key for spelling and cadences, if one was given.
        given_fermatas: steps under a fermata, (T,), for phrases, if they were given.
        voicing: the choir, which has a voice for each voice with notes.
        open_end: whether the music may end on a half close, as an exercise may.
    """

    chorale: Chorale
    given_key: Key | None = None
    given_fermatas: Flags | None = None
    voicing: Voicing = SATB
    open_end: bool = False

    @cached_property
    def key(self) -> Key:
        """Home key: the given one, that of the plan, or else the estimated one."""
        return self.given_key or self.chorale.plan.key or estimate_key(self.chorale)

    @cached_property
    def harmony(self) -> HarmonyAnalysis | None:
        """Analysis of the harmony; None of a line alone, which does not show its chords."""
        if len(self.voices) < 2:
            return None
        plan = replace(self.chorale.plan, fermatas=self.fermatas)
        return analyze_harmony(replace(self.chorale, plan=plan), self.key)

    @cached_property
    def keys(self) -> list[Key]:
        """Key at each step, T of them, by the analysis of harmony."""
        chords = self.harmony.chords if self.harmony else ()
        if not chords:
            return [self.key] * len(self.pitches)
        return [chord.key for chord in chords for _ in range(chord.step, chord.end)]

    @property
    def first_eighth(self) -> int:
        """First step at which a chord is identified, 0 or 1."""
        return self.chorale.plan.pickup_steps % EIGHTH

    @cached_property
    def chords(self) -> list[Chord | None]:
        """Chord of every eighth, counted from the first beat or half beat."""
        rows = self.pitches[self.first_eighth :: EIGHTH].tolist()
        return [identify_chord(row) or identify_ninth(row) for row in rows]

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
        columns = zip(self.pitches.T, self.chorale.onsets.T, strict=True)
        return [Line.from_voice(pitches, onsets) for pitches, onsets in columns]

    @cached_property
    def beats(self) -> list[int]:
        """First step of each quarter."""
        first = self.chorale.plan.pickup_steps % STEPS_PER_QUARTER
        return list(range(first, len(self.pitches), STEPS_PER_QUARTER))

    def is_beat(self, step: int) -> bool:
        """Return whether a quarter begins at a step."""
        return (step - self.chorale.plan.pickup_steps) % STEPS_PER_QUARTER == 0

    def chord_at(self, step: int) -> Chord | None:
        """Return the chord at a step; None between eighths and where there is no chord."""
        number, off = divmod(step - self.first_eighth, EIGHTH)
        return self.chords[number] if not off and 0 <= number < len(self.chords) else None

    def bass_at(self, step: int) -> int:
        """Return the voice with the lowest note at a step at which a voice sounds."""
        return min(
            (voice for voice in self.voices[::-1] if self.pitches[step, voice] != REST),
            key=lambda voice: int(self.pitches[step, voice]),
        )

    def chord_start(self, step: int) -> int:
        """Return the last change of chord at or before a step."""
        return int(self.chord_starts[np.searchsorted(self.chord_starts, step, side="right") - 1])

    def harmony_span(self, step: int) -> tuple[int, int]:
        """Return start and exclusive end of the chords with one root around a step of a chord."""
        first = self.chord_at(step)
        start = end = step
        while first and (chord := self.chord_at(start - EIGHTH)) and chord.root == first.root:
            start -= EIGHTH
        while first and (chord := self.chord_at(end)) and chord.root == first.root:
            end += EIGHTH
        is_last = end >= len(self.pitches)
        return self.chord_start(start), len(self.pitches) if is_last else self.chord_start(end)

    def end_of_phrase(self, step: int) -> int:
        """Return the first step after the phrase that contains a step."""
        return int(np.searchsorted(self.phrases, self.phrases[step], side="right"))

    def note_start(self, voice: int, step: int) -> int:
        """Return the first step of a voice's note, given a step at which it sounds."""
        return int(self.lines[voice].onsets[self.lines[voice].number_at(step)])

    def pitch_start(self, voice: int, step: int) -> int:
        """Return the first step of a voice's stay on its pitch, given a step of it."""
        others = np.flatnonzero(self.pitches[:step, voice] != self.pitches[step, voice])
        return int(others[-1]) + 1 if len(others) else 0

    def pitch_end(self, voice: int, step: int) -> int:
        """Return the exclusive end of a voice's stay on its pitch, given a step of it."""
        others = np.flatnonzero(self.pitches[step:, voice] != self.pitches[step, voice])
        return step + int(others[0]) if len(others) else len(self.pitches)

    def direction_of_step(self, voice: int, step: int) -> int:
        """Return 1 or -1 if a voice moves up or down by a second to its note at a step; else 0."""
        if not 0 < step < len(self.pitches):
            return 0
        before, after = self.pitches[[step - 1, step], voice].tolist()
        is_step = REST not in (before, after) and 0 < abs(after - before) <= SECOND
        return int(np.sign(after - before)) if is_step else 0

    def is_passing(self, voice: int, step: int) -> bool:
        """Return whether a voice passes or turns by step, while the others stand as it enters."""
        start, end = self.pitch_start(voice, step), self.pitch_end(voice, step)
        if not (self.direction_of_step(voice, start) and self.direction_of_step(voice, end)):
            return False
        others = [other for other in self.voices if other != voice]
        return bool((self.pitches[start - 1, others] == self.pitches[start, others]).all())

    def spelling_at(self, voice: int, step: int) -> Spelling | None:
        """Return the spelling by which a voice's note is judged at a step; None at a rest."""
        note = self._note_spelling(voice, step)
        return note.sounding if note else None

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
            [self._note_spelling(voice, int(step)) for step in steps]
            for voice, steps in steps_by_voice.items()
        ]
        names = tuple(
            tuple(spelling.written.name if spelling else "rest" for spelling in voice_spellings)
            for voice_spellings in spellings
        )
        voices = tuple(steps_by_voice)
        named = (spelling for voice_spellings in spellings for spelling in voice_spellings)
        remarks = filter(None, [remark, *describe_misspelled(named, self.key)])
        return Finding(rule, int(step), end_step, voices, names, ", ".join(remarks), self.voicing)

    def _note_spelling(self, voice: int, step: int) -> NoteSpelling | None:
        if self.pitches[step, voice] == REST:
            return None
        return self._spellings[voice][self.lines[voice].number_at(step)]

    @cached_property
    def _spellings(self) -> list[list[NoteSpelling]]:
        return spell_voices(self.lines, self.chorale.annotations.spellings, self.key, self.keys)
