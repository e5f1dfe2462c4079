"""Place the annotations of staves on the voices that were read from them.

A note of the file belongs to the voice that has a note of its pitch at its step. If several voices
have one, as in a unison, it belongs to the voice that has most notes of the same line of the file,
or else to the highest one. Words and breath marks of a note that the voices do not have, such as a
note of a chord that was left out, go to a note that starts at the same step. Words that are not at
notes are placed by their times (`chorale.reading.timed_words`).

A voice has the name of its staff, unless that is the choir's name for it anyway, with or without a
number ("Soprano").
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

import numpy as np

from chorale.music import VOICES, Annotations, Chorale
from chorale.music.annotations import Ending, Mark, Repeat, SpelledNote, Syllable
from chorale.music.inventory import name_kind
from chorale.music.voicings import SATB, Voicing
from chorale.reading.annotations import PartAnnotations, WrittenNote
from chorale.reading.directions import JUMPS
from chorale.reading.names import is_placeholder, split_name
from chorale.reading.parts import Part
from chorale.reading.timed_words import place_timed_words

LeftOut = Sequence[tuple[str, int]]  # nouns with their numbers


def place_annotations(
    chorale: Chorale, voices: Mapping[str, Part], parts: Sequence[Part], voicing: Voicing = SATB
) -> tuple[Annotations, LeftOut]:
    """Place the annotations of parts on the voices of a chorale.

    Chord symbols and figures of the bass are those of the first part that has any, the parts of the
    voices before others.

    Args:
        chorale: the chorale.
        voices: the lines of the voices, by their names.
        parts: all parts of the score.
        voicing: the choir of the voices.

    Returns:
        The annotations; and nouns of what is left out, each with its number.
    """
    onsets = _list_onsets(chorale)
    staves: dict[int, _StaffPlacing] = {}  # by the id of the annotations
    for name, line in voices.items():
        written = line.annotations
        staff = staves.setdefault(id(written), _StaffPlacing(written, onsets))
        staff.voices.append(VOICES.index(name))
    for staff in staves.values():
        staff.place(chorale)
    placed = list(staves.values())
    ordered = [*(each.written for each in placed), *(part.annotations for part in parts)]
    symbols = next((each.chord_symbols for each in ordered if each.chord_symbols), ())
    whole, lost = _cut(ordered[0], chorale.plan.length_steps)
    kept = tuple(each for each in symbols if each.step < chorale.plan.length_steps)
    found = {*symbols, *chain(*(each.written.chord_symbols for each in placed))}
    lost["chord symbol"] += len(found - set(kept))
    figures = next((each.bass_figures for each in ordered if each.bass_figures), ())
    kept_figures = tuple(each for each in figures if each.step < chorale.plan.length_steps)
    found_figures = {*figures, *chain(*(each.written.bass_figures for each in placed))}
    lost["bass figure"] += len(found_figures - set(kept_figures))
    annotations = Annotations(
        tuple(sorted(chain.from_iterable(each.syllables.values() for each in placed), key=_key)),
        kept,
        whole.repeats,
        whole.endings,
        tuple(sorted([*whole.marks, *chain(*(s.marks for s in placed))], key=lambda m: m.step)),
        tuple(sorted(chain(*(each.spellings.values() for each in placed)), key=_key)),
        tuple(_name_voices(placed, voicing)),
        bass_figures=kept_figures,
    )
    for staff in placed:
        lost.update(staff.lost)
    left_out = [*chain(*(each.written.left_out for each in placed)), *ordered[0].score.left_out]
    return annotations, [*left_out, *lost.items()]


def _key(each: Syllable | SpelledNote) -> tuple[int, ...]:
    return each.step, each.voice, each.verse if isinstance(each, Syllable) else 0


def _list_onsets(chorale: Chorale) -> list[dict[int, int]]:
    """Return the pitch of each note of each voice, by its start."""
    return [
        {int(step): int(chorale.pitches[step, voice]) for step in np.flatnonzero(started)}
        for voice, started in enumerate(chorale.onsets.T)
    ]


@dataclass
class _StaffPlacing:
    """The annotations of a staff while they are placed.

    Attributes:
        written: the annotations of the staff.
        onsets: the pitches of all voices, by step.
        voices: voices that were read from the staff, in SATB order.
    """

    written: PartAnnotations
    onsets: list[dict[int, int]]
    voices: list[int] = field(default_factory=list)
    syllables: dict[tuple[int, int, int], Syllable] = field(default_factory=dict)
    spellings: dict[tuple[int, int], SpelledNote] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)

    def place(self, chorale: Chorale) -> None:
        """Place the annotations on the voices of a chorale."""
        length = chorale.plan.length_steps
        usual = self._find_usual_voices()
        for note in self.written.notes:
            found = self._find_voices(note)
            for voice in found:
                spelled = SpelledNote(voice, note.step, note.spelling)
                self.spellings.setdefault((voice, note.step), spelled)
            near = found or [v for v in self.voices if note.step in self.onsets[v]]
            likeliest = usual.get(note.line)
            order = sorted(near, key=lambda voice: (voice != likeliest, voice))
            self._place_words(note, order)
            if note.breaths:
                tied = [] if order else self._find_held(note, chorale)
                self._place_breaths(note, [*order, *tied], length)
        timed = place_timed_words(chorale, self.voices, self.written.timed_syllables)
        self.syllables |= {(each.step, each.voice, each.verse): each for each in timed}
        self.lost["syllable"] += len(self.written.timed_syllables) - len(timed)
        for mark, line in self.written.marks:
            voice = usual.get(line, self.voices[0])
            cut = replace(mark, voice=voice, end_step=mark.end_step and min(mark.end_step, length))
            if mark.step < length:
                self.marks.append(cut)
            else:
                self.lost[name_kind(mark.kind)] += 1

    def _find_usual_voices(self) -> dict[str, int]:
        """Return the voice that has most notes of each line of the file."""
        votes: dict[str, Counter[int]] = {}
        for note in self.written.notes:
            found = self._find_voices(note)
            if len(found) == 1:
                votes.setdefault(note.line, Counter()).update(found)
        return {line: min(each, key=lambda v: (-each[v], v)) for line, each in votes.items()}

    def _find_voices(self, note: WrittenNote) -> list[int]:
        """Return the voices that have a note of the same pitch at its step, from the top."""
        pitch = note.spelling.pitch
        return [voice for voice in self.voices if self.onsets[voice].get(note.step) == pitch]

    def _find_held(self, note: WrittenNote, chorale: Chorale) -> list[int]:
        """Return the voices that hold a note of the same pitch, to which this one is tied."""
        pitch = note.spelling.pitch
        sounding = chorale.pitches[note.step : note.step + 1]
        return [voice for voice in self.voices if (sounding[:, voice] == pitch).any()]

    def _place_words(self, note: WrittenNote, voices: Sequence[int]) -> None:
        """Place a note's syllables on the first voice that has none of the verse at this step.

        Args:
            note: the note.
            voices: the voices that may have them, the likeliest first; may be empty.
        """
        for syllable in note.syllables:
            keys = [(note.step, voice, syllable.verse) for voice in voices]
            key = next((key for key in keys if key not in self.syllables), None)
            if key is None:
                self.lost["syllable"] += 1
            else:
                self.syllables[key] = replace(syllable, voice=key[1])

    def _place_breaths(self, note: WrittenNote, voices: Sequence[int], length: int) -> None:
        """Place a note's breath marks at its end, on the first of the voices; may be none."""
        for kind in note.breaths:
            if voices:
                self.marks.append(Mark(kind, min(note.end, length), voice=voices[0]))
            else:
                self.lost[name_kind(kind)] += 1


def _name_voices(staves: Sequence[_StaffPlacing], voicing: Voicing) -> Iterator[str]:
    """Yield the names of the voices, in SATB order; empty for a placeholder or the choir's name."""
    names = dict.fromkeys(range(len(VOICES)), "")
    given = Counter(name for staff in staves for name in [staff.written.name] * len(staff.voices))
    for staff in staves:
        name = staff.written.name
        if not is_placeholder(name, shared=given[name] > 1):
            names |= zip(staff.voices, split_name(name, len(staff.voices)), strict=True)
    usual = {part.voice: (part.name, part.kind) for part in voicing.parts}
    for voice, name in names.items():
        yield "" if name.casefold() in usual.get(voice, ()) else name


def _cut(part: PartAnnotations, length: int) -> tuple[Annotations, Counter[str]]:
    """Return the annotations of the whole score up to a step, and count those after it."""
    written = part.score.annotations
    repeats = tuple(
        Repeat(one.start_step, min(one.end_step, length), one.times)
        for one in written.repeats
        if one.start_step < length
    )
    endings = tuple(
        Ending(one.start_step, min(one.end_step, length), one.passes)
        for one in written.endings
        if one.start_step < length
    )
    marks = [
        replace(mark, step=min(mark.step, length)) if mark.kind in JUMPS else mark
        for mark in written.marks
        if mark.step < length or mark.kind in JUMPS
    ]
    lost = Counter(
        {
            "repeat": len(written.repeats) - len(repeats),
            "ending": len(written.endings) - len(endings),
        }
    )
    lost.update(name_kind(mark.kind) for mark in written.marks)
    lost.subtract(name_kind(mark.kind) for mark in marks)
    return Annotations(repeats=repeats, endings=endings, marks=tuple(marks)), lost
