"""Read what MEI places beside the staves of a measure: ties, fermatas, chords, directions."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import accumulate
from xml.etree import ElementTree as ET

from chorale.reading.transcribing.chord_symbols import parse_chord_symbol
from chorale.reading.transcribing.mei_state import PlacedNote
from chorale.reading.transcribing.mei_values import (
    iterate,
    parse_int,
    parse_length,
    parse_number,
    parse_text,
)
from chorale.reading.transcribing.score import (
    DYNAMICS,
    Event,
    ScoreDirection,
    ScoreMeasure,
    ScoreMetre,
    ScoreNote,
    ScorePitch,
)

_ORNAMENTS = {"trill": "trill-mark", "mordent": "mordent", "turn": "turn"}
_ARTICULATIONS = {"breath": "breath-mark", "caesura": "caesura"}
_JUMPS = {
    "coda": ScoreDirection("coda"),
    "segno": ScoreDirection("segno"),
    "fine": ScoreDirection("words", "Fine"),
    "daCapo": ScoreDirection("words", "D.C."),
    "dalSegno": ScoreDirection("words", "D.S."),
}
_OCTAVES = {"8": 1, "15": 2, "22": 3}
_HAIRPINS = {"cres": "crescendo", "dim": "diminuendo"}


class EventReader:
    """The reading of control events, which refer to notes or to beats.

    Attributes:
        left_out: how many things of a kind were left out.
    """

    def __init__(
        self,
        placed: Mapping[str, PlacedNote],
        staves: Mapping[str, list[ScoreMeasure]],
        octaves_known: Collection[int],
    ) -> None:
        """Begin to read.

        Args:
            placed: the notes, by their identifiers.
            staves: the measures of each staff.
            octaves_known: ids of the notes whose sounding octave is stated.
        """
        self.left_out: Counter[str] = Counter()
        self._placed = placed
        self._staves = staves
        self._octaves_known = octaves_known
        self._ends: dict[int, list[Fraction]] = {}  # ends of the notes of measures, by their ids

    def read(self, element: ET.Element, number: int, metre: ScoreMetre | None) -> None:
        """Read the events of a measure.

        Args:
            element: the measure.
            number: number of the measure among all, from 0.
            metre: metre of the measure; None for none.
        """
        unit = metre.unit if metre else 4
        for child in iterate(element):
            if child.tag in ("tie", "slur"):
                self._join(child)
            elif child.tag not in ("staff", "scoreDef", "staffDef", "tupletSpan"):
                self._read_event(child, number, unit)

    def _join(self, element: ET.Element) -> None:
        """Tie or slur two notes."""
        first, last = self._find(element, "startid"), self._find(element, "endid")
        if first is None or last is None:
            self.left_out[f"{element.tag} without its notes"] += 1
        elif element.tag == "slur":
            first.note.slurs.append("start")
            last.note.slurs.append("stop")
        else:
            pitches = set(first.pitches) & set(last.pitches)
            first.note.ties_to |= pitches
            last.note.ties_from |= pitches

    def _read_event(self, element: ET.Element, number: int, unit: int) -> None:
        measures = self._find_staff(element)
        if measures is None or number >= len(measures):
            return
        measure, time = measures[number], self._find_time(element, unit)
        if element.tag in _ORNAMENTS or element.tag in _ARTICULATIONS:
            note = self._find_note(element, measure, time)
            if note is None:
                self.left_out[element.tag] += 1
            elif element.tag in _ORNAMENTS:
                note.ornaments.append(_ORNAMENTS[element.tag])
            else:
                note.articulations.append(_ARTICULATIONS[element.tag])
        elif element.tag == "fermata":
            note = self._find_note(element, measure, time)
            if note is None:
                measure.fermata = True
            else:
                note.fermata = True
        elif element.tag == "octave":
            self._move_octaves(element, number, time, unit, measures)
        elif element.tag == "hairpin":
            self._read_hairpin(element, number, time, unit, measures)
        else:
            place = self._find(element, "startid")
            at = place.time if place else time
            measure.events += [(at, event) for event in _parse_events(element)]

    def _read_hairpin(
        self,
        element: ET.Element,
        number: int,
        time: Fraction,
        unit: int,
        measures: list[ScoreMeasure],
    ) -> None:
        start, end = self._find(element, "startid"), self._find(element, "endid")
        kind = _HAIRPINS.get(element.get("form", ""))
        until = _parse_tstamp2(element.get("tstamp2"), unit)
        if kind is None or (end is None and until is None):
            self.left_out["hairpin"] += 1
            return
        bar, at = (end.measure, end.time) if end else (number + until[0], until[1])  # type: ignore[index]
        measures[number].events.append(
            (start.time if start else time, ScoreDirection("wedge", kind))
        )
        bar = min(bar, len(measures) - 1)
        measures[bar].events.append((at, ScoreDirection("wedge", "stop")))

    def _move_octaves(
        self,
        element: ET.Element,
        number: int,
        time: Fraction,
        unit: int,
        measures: list[ScoreMeasure],
    ) -> None:
        """Move the notes of a staff that sound an octave or two above or below."""
        first, last = self._find(element, "startid"), self._find(element, "endid")
        until = _parse_tstamp2(element.get("tstamp2"), unit)
        octaves = _OCTAVES.get(element.get("dis", ""), 0)
        if not octaves or (last is None and until is None):
            self.left_out["octave"] += 1
            return
        octaves *= -1 if element.get("dis.place") == "below" else 1
        start = (first.measure, first.time) if first else (number, time)
        end = (last.measure, last.time) if last else (number + until[0], until[1])  # type: ignore[index]
        if start > end:
            self.left_out["octave"] += 1
        for bar in range(start[0], min(end[0] + 1, len(measures))):
            for voice in measures[bar].voices:
                at = Fraction()
                for note in voice:
                    if start <= (bar, at) <= end and id(note) not in self._octaves_known:
                        _move(note, octaves)
                    at += note.quarters

    def _find(self, element: ET.Element, attribute: str) -> PlacedNote | None:
        return self._placed.get(element.get(attribute, "").strip().removeprefix("#"))

    def _find_staff(self, element: ET.Element) -> list[ScoreMeasure] | None:
        """Return the measures of the staff of an event: its own, that of its note, or the first."""
        place = self._find(element, "startid")
        named = element.get("staff", "").split()
        if place is not None:
            return self._staves.get(place.staff)
        if named:
            return self._staves.get(named[0])
        return next(iter(self._staves.values()), None)

    def _find_time(self, element: ET.Element, unit: int) -> Fraction:
        beat = parse_number(element.get("tstamp"))
        if beat is None:
            return Fraction()
        return max(Fraction(), (Fraction(beat).limit_denominator(960) - 1) * 4 / unit)

    def _find_note(
        self, element: ET.Element, measure: ScoreMeasure, time: Fraction
    ) -> ScoreNote | None:
        """Return the note that an event refers to; None if none sounds at its beat."""
        if place := self._find(element, "startid"):
            return place.note
        ends = self._ends.get(id(measure))
        if ends is None:
            lengths = (note.quarters for note in measure.voices[0])
            ends = self._ends[id(measure)] = list(accumulate(lengths))
        index = bisect_right(ends, time)
        return measure.voices[0][index] if index < len(ends) else None


def _move(note: ScoreNote, octaves: int) -> None:
    """Move a note by octaves."""

    def moved(pitches: Iterable[ScorePitch]) -> Iterator[ScorePitch]:
        return (pitch._replace(octave=pitch.octave + octaves) for pitch in pitches)

    note.pitches = tuple(moved(note.pitches))
    note.ties_from, note.ties_to = set(moved(note.ties_from)), set(moved(note.ties_to))


def _parse_events(element: ET.Element) -> Iterator[Event]:
    """Yield the chord symbol or direction that an element is."""
    text = parse_text(element)
    if element.tag == "harm":
        yield parse_chord_symbol(text) or ScoreDirection("words", text)
    elif element.tag == "dynam" and text in DYNAMICS:
        yield ScoreDirection("dynamic", text)
    elif element.tag == "tempo":
        yield ScoreDirection("tempo", text, parse_tempo(element))
    elif element.tag == "repeatMark":
        known = _JUMPS.get(element.get("func", ""))
        yield known if known and not text else ScoreDirection("words", text)
    elif element.tag == "reh":
        yield ScoreDirection("rehearsal", text)
    elif element.tag in ("dir", "dynam") and text:
        yield ScoreDirection("words", text)


def parse_tempo(element: ET.Element) -> float | None:
    """Parse a tempo in quarter notes a minute; None if it states none."""
    if number := parse_number(element.get("midi.bpm")):
        return number
    number = parse_number(element.get("mm"))
    if not number:
        return None
    beat = parse_length(element.get("mm.unit", "4"), parse_int(element.get("mm.dots"), 0))
    return number * float(beat)


def _parse_tstamp2(text: str | None, unit: int) -> tuple[int, Fraction] | None:
    """Parse "2m+1.5": measures to go on, and the time in the last of them."""
    measures, plus, beat = (text or "").partition("m+")
    if not plus:
        measures, beat = "0", measures
    number = parse_number(beat)
    if number is None:
        return None
    time = (Fraction(number).limit_denominator(960) - 1) * 4 / unit
    return max(0, parse_int(measures, 0)), max(Fraction(), time)
