"""Read the annotations of a MusicXML score from its elements.

music21, which reads the notes, loses some annotations (extenders) and is slow with others.
Here the elements are walked once, with the position in the measure in divisions of a quarter. The
measures start where they do in the score that music21 made, once its barlines are aligned.

Signs that end the music before them (Fine, Da Capo) stand where a program is to jump, or else, as
words alone seldom stand exactly, at the end of their measure.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from xml.etree import ElementTree as ET

from chorale.music import STEPS_PER_QUARTER
from chorale.music.annotations import BassFigures, ChordSymbol, Mark, MarkKind
from chorale.music.spelling import LETTERS_BY_FIFTHS, Spelling
from chorale.reading.annotations import PartAnnotations, ScoreAnnotations, WrittenNote
from chorale.reading.bass_figures import read_bass_figures
from chorale.reading.chord_symbols import read_chord_symbols
from chorale.reading.directions import JUMPS, Direction, read_direction, read_dynamics
from chorale.reading.left_out import count_credits, list_left_out
from chorale.reading.lyrics import count_unread, has_words, read_syllables
from chorale.reading.parts import nearest_step
from chorale.reading.score_signs import WHOLE_SCORE, ScoreSigns
from chorale.reading.tree import FIRST_STAFF, find_number, find_text

_BREATHS: dict[str, MarkKind] = {"breath-mark": "breath", "caesura": "caesura"}
_NO_CHORD = re.compile(r"N\. ?C\.|NC")  # a chord symbol, though some programs write it as words
_STAFF = "-Staff"  # between the id of a part and the number of one of its staves


@dataclass
class _Staff:
    """The annotations of a staff while they are read."""

    notes: list[WrittenNote] = field(default_factory=list)
    marks: list[tuple[Mark, str]] = field(default_factory=list)
    symbols: list[ChordSymbol] = field(default_factory=list)
    figures: list[BassFigures] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    hairpins: dict[str, tuple[Mark, str]] = field(default_factory=dict)  # open, by number

    def read_hairpin(self, number: str, kind: MarkKind | None, step: int, line: str) -> None:
        """Begin a hairpin, or end the one of this number if `kind` is None."""
        before = self.hairpins.pop(number, None)
        if before and kind is None and before[0].step < step:
            self.marks.append((replace(before[0], end_step=step), before[1]))
        elif before:
            self.left_out["hairpin"] += 1
        if kind:
            self.hairpins[number] = Mark(kind, step), line

    def finish(self, score: ScoreAnnotations) -> PartAnnotations:
        """Return the annotations of the staff."""
        self.left_out["hairpin"] += len(self.hairpins)
        return PartAnnotations(
            notes=tuple(sorted(self.notes, key=lambda note: note.step)),
            marks=tuple(sorted(self.marks, key=lambda mark: mark[0].step)),
            chord_symbols=tuple(sorted(self.symbols, key=lambda symbol: symbol.step)),
            bass_figures=tuple(sorted(self.figures, key=lambda figures: figures.step)),
            left_out=tuple((+self.left_out).items()),
            score=score,
        )


def read_annotations(
    score: ET.Element, barlines: Mapping[str, Sequence[float]]
) -> dict[str, PartAnnotations]:
    """Read the annotations of a score.

    Args:
        score: the score, repaired.
        barlines: for each staff, named by the id of its part, and "-Staff" and its number if the
            part has several, the starts of its measures and the end of the last one, in steps.

    Returns:
        The annotations of these staves.
    """
    signs = ScoreSigns()
    staves: dict[str, _Staff] = {}
    for part in score.findall("part"):
        name = part.get("id", "")
        own = {key: _Staff() for key in barlines if key.partition(_STAFF)[0] == name}
        own = own or {key: _Staff() for key in barlines if key == name}
        if own:
            _PartReader(name, own, barlines[next(iter(own))], signs).read(part)
            staves |= own
    whole = signs.finish()
    whole = replace(whole, left_out=(*whole.left_out, *count_credits(score)))
    return {name: staff.finish(whole) for name, staff in staves.items()}


class _PartReader:
    """Walk through the measures of a part."""

    def __init__(
        self, name: str, staves: dict[str, _Staff], barlines: Sequence[float], signs: ScoreSigns
    ) -> None:
        self._name, self._staves, self._barlines, self._signs = name, staves, barlines, signs
        self._divisions = 1.0  # of a quarter
        self._sharps = 0  # of the key signature
        self._figured = 0.0  # divisions of the next note that have figures already
        self._start = self._end = 0.0  # of the measure, in steps
        self._position = self._onset = 0.0  # now, and of the last note, in divisions
        self._chord: list[tuple[ET.Element, WrittenNote]] = []

    def read(self, part: ET.Element) -> None:
        """Read the measures of the part."""
        for measure, start, end in zip(
            part.findall("measure"), self._barlines, self._barlines[1:], strict=False
        ):
            self._start, self._end, self._position, self._figured = start, end, 0.0, 0.0
            for child in measure:
                self._read_child(child)
            self._close_chord()
        self._signs.close_endings()

    def _read_child(self, child: ET.Element) -> None:
        if child.tag == "note":
            self._read_note(child)
        elif child.tag in ("backup", "forward"):
            length = find_number(child, "duration")
            self._position += length if child.tag == "forward" else -length
            self._position = max(0.0, self._position)
        elif child.tag == "attributes":
            self._divisions = find_number(child, "divisions") or self._divisions
            if child.find("key/fifths") is not None:
                self._sharps = round(find_number(child, "key/fifths"))
        elif child.tag == "figured-bass":
            self._read_figures(child)
        elif child.tag in ("direction", "sound"):
            self._read_direction(child, read_direction(child))
        elif child.tag == "harmony":
            staff, step = self._find_staff(child), self._step(self._position, child)
            staff.symbols += read_chord_symbols(child, step)
            staff.left_out.update(list_left_out(child))
        elif child.tag == "barline":
            places = {"left": self._start, "middle": self._steps(self._position)}
            step = nearest_step(places.get(child.get("location", ""), self._end))
            self._signs.read_barline(child, step, nearest_step(self._end))
        else:
            self._find_staff(child).left_out.update(list_left_out(child))

    def _read_figures(self, element: ET.Element) -> None:
        """Read figures; with several before a note, each but the last has its length."""
        staff = self._find_staff(element)
        step = self._step(self._position + self._figured)
        self._figured += find_number(element, "duration")
        figures = read_bass_figures(element, step, self._sharps)
        if figures:
            staff.figures.append(figures)
        elif any(len(figure) for figure in element.findall("figure")):
            staff.left_out["bass figure"] += 1

    def _steps(self, position: float) -> float:
        return self._start + position / self._divisions * STEPS_PER_QUARTER

    def _step(self, position: float, element: ET.Element | None = None) -> int:
        """Return the step of a position in the measure, and of an element's offset from it."""
        offset = 0.0 if element is None else find_number(element, "offset")
        return max(0, nearest_step(self._steps(position + offset)))

    def _find_staff(self, element: ET.Element) -> _Staff:
        """Return the staff of an element; the first one of the part if it names none."""
        number = find_text(element, "staff") or FIRST_STAFF
        first = next(iter(self._staves.values()))
        return self._staves.get(f"{self._name}{_STAFF}{number}", first)

    # Notes

    def _read_note(self, note: ET.Element) -> None:
        staff = self._find_staff(note)
        staff.left_out.update(list_left_out(note))
        lyrics = note.findall("lyric")
        staff.left_out["long text"] += count_unread(lyrics)
        if note.find("grace") is not None:
            staff.left_out["syllable"] += has_words(note)
            return
        self._figured = 0.0
        if note.find("chord") is None:
            self._close_chord()
            self._onset = self._position
            self._position += find_number(note, "duration")
        step, end = self._step(self._onset), self._step(self._position)
        line = find_text(note, "voice")
        for dynamics in note.findall("notations/dynamics"):
            staff.marks += [
                (Mark(kind, step, text), line) for kind, text in read_dynamics(dynamics)
            ]
        spelling = _read_spelling(note)
        if spelling is None:  # a rest, or a drum
            staff.left_out["syllable"] += has_words(note)
            return
        breaths = tuple(
            kind
            for name, kind in _BREATHS.items()
            if note.find(f"notations/articulations/{name}") is not None
        )
        written = WrittenNote(step, end, spelling, line, read_syllables(lyrics, step), breaths)
        self._chord.append((note, written))

    def _close_chord(self) -> None:
        """Add the notes of a chord to their staves, its words and breaths to the highest one."""
        if not self._chord:
            return
        syllables = tuple(each for _, note in self._chord for each in note.syllables)
        breaths = tuple(dict.fromkeys(each for _, note in self._chord for each in note.breaths))
        top = max((note for _, note in self._chord), key=lambda note: note.spelling.pitch)
        for element, note in self._chord:
            own = (syllables, breaths) if note is top else ((), ())
            written = replace(note, syllables=own[0], breaths=own[1])
            self._find_staff(element).notes.append(written)
        self._chord.clear()

    # Directions

    def _read_direction(self, element: ET.Element, direction: Direction) -> None:
        staff, line = self._find_staff(element), find_text(element, "voice")
        step = self._step(self._position, element)
        staff.left_out.update(direction.left_out)
        if direction.tempo:
            self._signs.read_tempo(step)
        for kind, text in direction.marks:
            if kind == "words" and _NO_CHORD.fullmatch(text):
                staff.symbols.append(ChordSymbol(step, None, "none", text))
                continue
            ends_music = kind in JUMPS and not direction.exact
            mark = Mark(kind, nearest_step(self._end) if ends_music else step, text)
            if kind in WHOLE_SCORE:
                self._signs.add(mark)
            else:
                staff.marks.append((mark, line))
        for number, hairpin in direction.hairpins:
            staff.read_hairpin(number, hairpin, step, line)


def _read_spelling(note: ET.Element) -> Spelling | None:
    """Return the spelling of a note; None if it has no pitch."""
    pitch = note.find("pitch")
    letter = "" if pitch is None else find_text(pitch, "step")
    if pitch is None or len(letter) != 1 or letter not in LETTERS_BY_FIFTHS:
        return None
    return Spelling(letter, round(find_number(pitch, "alter")), int(find_number(pitch, "octave")))
