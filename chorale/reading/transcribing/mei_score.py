"""Read a score of MEI: definitions, sections, voltas and measures."""

import re
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree as ET

from chorale.reading.limits import MAX_MEASURES, MAX_PARTS, size_error
from chorale.reading.transcribing.mei_events import EventReader, parse_tempo
from chorale.reading.transcribing.mei_layers import LayerReader
from chorale.reading.transcribing.mei_state import StaffState
from chorale.reading.transcribing.mei_values import (
    iterate,
    parse_int,
    parse_key,
    parse_metre,
    parse_text,
)
from chorale.reading.transcribing.score import (
    Score,
    ScoreDirection,
    ScoreEnding,
    ScoreMeasure,
    ScoreNote,
    ScorePart,
)

_STYLES = {"dbl": "light-light", "end": "light-heavy"}


class MeiScoreReader:
    """The reading of a score.

    Attributes:
        left_out: how many things of a kind were left out.
    """

    def __init__(self, score: ET.Element, file: str) -> None:
        self.left_out: Counter[str] = Counter()
        self._score = score
        self._file = file
        self._infers = all(
            each.get("accid.ges") is None for each in score.iter() if each.tag in ("note", "accid")
        )
        self._layers = LayerReader(self._infers)
        self._parts: dict[str, ScorePart] = {}  # by the number of the staff
        self._states: dict[str, StaffState] = {}
        self._measures: list[ET.Element] = []
        self._tempo: float | None = None
        self._begins_repeat = False  # whether the measure before ends with rptboth

    @property
    def infers_accidentals(self) -> bool:
        """Whether accidentals follow from a key signature, as the file states none that sound."""
        return self._infers and any(
            measure.key and measure.key.sharps
            for part in self._parts.values()
            for measure in part.measures
        )

    def read(self) -> Score:
        """Read the score.

        Raises:
            ValueError: a value is not possible.
            ReadingError: there are too many staves or measures.
        """
        self._read_section(self._score, "")
        staves = {number: part.measures for number, part in self._parts.items()}
        events = EventReader(self._layers.placed, staves, self._layers.octaves_known)
        metre = None
        first = next(iter(staves.values()), [])
        for number, element in enumerate(self._measures):
            metre = first[number].metre or metre if first else None
            events.read(element, number, metre)
        if self._tempo and first:
            first[0].events.insert(0, (Fraction(), ScoreDirection("tempo", "", self._tempo)))
        self.left_out += self._layers.left_out + events.left_out
        return Score(list(self._parts.values()))

    def _read_section(self, element: ET.Element, passes: str) -> None:
        """Read a score, section or ending.

        Args:
            element: the element.
            passes: passes in which the ending sounds; "" outside of endings.
        """
        children = list(iterate(element))
        measures = [child for child in children if child.tag == "measure"]
        for child in children:
            if child.tag == "section":
                self._read_section(child, passes)
            elif child.tag == "ending":
                self._read_section(child, _parse_passes(child))
            elif child.tag in ("scoreDef", "staffDef", "staffGrp"):
                self._define(child)
            elif child.tag == "measure":
                ending = ScoreEnding(passes, child is measures[0], child is measures[-1])
                self._read_measure(child, ending if passes else None)

    def _define(self, element: ET.Element) -> None:
        """Read a definition of staves, signatures and the tempo."""
        staves = list(element.iter("staffDef"))
        for staff in staves:
            self._add_staff(staff)
        if element.tag == "scoreDef":
            if not self._measures:
                self._tempo = parse_tempo(element) or self._tempo
            for state in self._states.values():
                _set_signatures(element, state)
        for staff in staves:
            _set_signatures(staff, self._states[staff.get("n", "1")])

    def _add_staff(self, element: ET.Element) -> None:
        """Add a staff, silent up to here, unless it is known."""
        number = element.get("n", "1")
        if number in self._parts:
            return
        if len(self._parts) >= MAX_PARTS:
            raise size_error(self._file, f"more than {MAX_PARTS} staves")
        label = next((parse_text(each) for each in element if each.tag == "label"), "")
        semitones = parse_int(element.get("trans.semi"), 0)
        diatonic = parse_int(element.get("trans.diat"), round(semitones * 7 / 12))
        part = ScorePart(label or element.get("label", ""), (diatonic, semitones))
        part.measures += [ScoreMeasure() for _ in self._measures]
        self._parts[number], self._states[number] = part, StaffState()

    def _read_measure(self, element: ET.Element, ending: ScoreEnding | None) -> None:
        """Read a measure of all staves; one that stands for several rests becomes as many."""
        staves: dict[str, ET.Element] = {}
        for each in (child for child in iterate(element) if child.tag == "staff"):
            number = each.get("n", "1")
            if number in staves:  # its layers are further voices
                staves[number].extend(list(each))
            else:
                staves[number] = each
                self._add_staff(ET.Element("staffDef", n=number))
        implicit = element.get("metcon") == "false" or element.get("n", "0") in ("0", "")
        left, right = element.get("left", ""), element.get("right", "")
        self._begin_measure(element)
        self._layers.set_spans(element)
        for number, part in self._parts.items():
            measure, state = part.measures[-1], self._states[number]
            measure.number = "" if implicit else element.get("n", "")[:20]
            if number in staves:
                index = len(self._measures) - 1
                measure.voices = self._layers.read_staff(staves[number], state, number, index)
            measure.repeat_from = left in ("rptstart", "rptboth") or self._begins_repeat
            measure.repeat_to = 2 if right in ("rptend", "rptboth") else 0
            measure.barline = _STYLES.get(right, "")
            measure.ending = replace(ending) if ending else None
            if left in ("rptend", "rptboth") and len(part.measures) > 1:
                part.measures[-2].repeat_to = 2
        self._begins_repeat = right == "rptboth"
        more = max((parse_int(each.get("num"), 1) for each in element.iter("multiRest")), default=1)
        for _ in range(more - 1):
            self._begin_measure(ET.Element("measure"))
            for number, part in self._parts.items():
                rest = ScoreNote(self._states[number].measure_quarters)
                part.measures[-1].voices = [[rest]]

    def _begin_measure(self, element: ET.Element) -> None:
        """Begin a measure of all staves, with the signatures that are new in it."""
        if len(self._measures) >= MAX_MEASURES:
            raise size_error(self._file, f"more than {MAX_MEASURES:,} measures in one part")
        self._measures.append(element)
        for number, part in self._parts.items():
            state = self._states[number]
            measure = ScoreMeasure()
            if state.key != state.written_key:
                measure.key = state.written_key = state.key
            if state.metre != state.written_metre:
                measure.metre = state.written_metre = state.metre
            part.measures.append(measure)


def _set_signatures(element: ET.Element, state: StaffState) -> None:
    """Set the key, metre and length that a definition states."""
    signs = [each for each in iterate(element) if each.tag in ("keySig", "meterSig")]
    signs += [each for group in element if group.tag == "meterSigGrp" for each in group][:1]
    for each in (element, *signs):
        if each.tag != "meterSig":
            state.key = parse_key(each) or state.key
        if each.tag != "keySig":
            state.metre = parse_metre(each) or state.metre
    state.length = element.get("dur.default", state.length)


def _parse_passes(element: ET.Element) -> str:
    """Parse the passes in which an ending sounds: "1,2" for "1.-2."; "1" if it states none."""
    numbers = re.findall(r"\d{1,2}", element.get("n", "") or element.get("label", ""))
    return ",".join(numbers[:9]) or "1"
