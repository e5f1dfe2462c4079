"""Read the layers of a staff in MEI as the notes of a voice."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree as ET

from chorale.music.spelling import LETTERS_BY_FIFTHS
from chorale.reading.limits import MAX_NOTES
from chorale.reading.transcribing.mei_state import PlacedNote, StaffState, TupletSpan
from chorale.reading.transcribing.mei_values import (
    ALTERS,
    find_alter,
    iterate,
    parse_int,
    parse_length,
    parse_ratio,
    parse_text,
)
from chorale.reading.transcribing.score import (
    ScoreNote,
    ScorePitch,
    ScoreSyllable,
    Syllabic,
)

_ARTICULATIONS = {"stacc": "staccato", "acc": "accent", "ten": "tenuto"}
_GROUPS = ("beam", "tuplet", "graceGrp", "bTrem", "fTrem")


class LayerReader:
    """The reading of layers; keeps the notes by their identifiers.

    Attributes:
        placed: notes by their identifiers.
        left_out: how many things of a kind were left out.
        infers: whether accidentals follow from the key signature, because the file states none
            that sound.
    """

    def __init__(self, infers: bool) -> None:
        self.placed: dict[str, PlacedNote] = {}
        self.left_out: Counter[str] = Counter()
        self._infers = infers
        self._staff, self._measure, self._layer = "", 0, 0
        self._state = StaffState()
        self._time = Fraction()
        self._missing = Fraction()  # length of the rests of the layer that state none
        self._unknown: list[int] = []  # places of these rests among the notes of the layer
        self._count = 0  # notes of the layer
        self._copied = 0  # notes of repeated measures
        self._spans: dict[str, TupletSpan] = {}  # by their first notes
        self._span: TupletSpan | None = None
        self.octaves_known: set[int] = set()  # ids of the notes whose sounding octave is stated
        self._alters: dict[tuple[str, int], int] = {}  # by the accidentals of the measure

    def set_spans(self, measure: ET.Element) -> None:
        """Set the tuplets of a measure that stand beside its staves, between two notes."""
        self._spans = {}
        for each in iterate(measure):
            if each.tag != "tupletSpan":
                continue
            names = [each.get(name, "").removeprefix("#") for name in ("startid", "endid")]
            if all(names):
                self._spans[names[0]] = TupletSpan(names[1], parse_ratio(each))
            else:
                self.left_out["tupletSpan"] += 1

    def read_staff(
        self, element: ET.Element, state: StaffState, staff: str, measure: int
    ) -> list[list[ScoreNote]]:
        """Read the layers of a staff in a measure.

        Raises:
            ValueError: a length or pitch is not possible.
        """
        self._state, self._staff, self._measure = state, staff, measure
        self._alters = {}
        voices = []
        for number, layer in enumerate(each for each in iterate(element) if each.tag == "layer"):
            self._layer, self._missing = number, self._find_missing(layer)
            voices.append(self._read_layer(layer))
        state.before = voices or [[]]
        return state.before

    def _read_layer(self, layer: ET.Element) -> list[ScoreNote]:
        self._time, self._count, self._unknown, self._span = Fraction(), 0, [], None
        return list(self._read_children(layer, Fraction(1), False))

    def _find_missing(self, layer: ET.Element) -> Fraction:
        """Find the length of the rests of a layer that state none: what its measure lacks.

        Raises:
            ValueError: such rests are at several places, or the measure is full without them.
        """
        if all(each.get("dur") for each in layer.iter() if each.tag in ("rest", "space")):
            return Fraction()
        trial = LayerReader(self._infers)
        trial._state = replace(self._state, continued={})
        trial._spans, trial._layer = self._spans, self._layer
        missing = self._state.measure_quarters - sum(
            (note.quarters for note in trial._read_layer(layer)), Fraction()
        )
        places = trial._unknown
        if not places:
            return Fraction()
        if missing <= 0 or places[-1] - places[0] >= len(places):
            raise ValueError("a rest without a length")
        return missing

    def _read_children(
        self, element: ET.Element, factor: Fraction, grace: bool
    ) -> Iterator[ScoreNote]:
        """Yield the notes within an element, and add up their time."""
        for child in iterate(element):
            if child.tag in _GROUPS:
                inner = factor
                if child.tag == "tuplet":
                    inner *= parse_ratio(child)
                elif child.tag == "fTrem":
                    inner /= 2
                notes = list(self._read_children(child, inner, grace or child.tag == "graceGrp"))
                if child.tag in ("bTrem", "fTrem"):
                    for note in notes[:1]:
                        note.ornaments.append("tremolo")
                yield from notes
                continue
            name = child.get("xml:id", "")
            self._span = self._spans.get(name, self._span)
            ratio = self._span.ratio if self._span else Fraction(1)
            if self._span and self._span.end == name:
                self._span = None
            for note in self._read_note(child, factor * ratio, grace):
                self._time += note.quarters
                self._count += 1
                yield note

    def _read_note(self, element: ET.Element, factor: Fraction, grace: bool) -> list[ScoreNote]:
        """Read a note, chord or rest; nothing from another element."""
        match element.tag:
            case "mRest" | "mSpace" | "multiRest":
                gap = element.tag == "mSpace" or element.get("visible") == "false"
                rest = ScoreNote(self._state.measure_quarters, gap=gap)
                rest.fermata = element.get("fermata") is not None
                return [self._place(element, rest, ())]
            case "mRpt":
                return self._repeat_measure()
            case "rest" | "space":
                gap = element.tag == "space" or element.get("visible") == "false"
                rest = ScoreNote(self._parse_quarters(element, factor), gap=gap)
                rest.fermata = element.get("fermata") is not None
                return [self._place(element, rest, ())]
            case "note":
                return [self._read_pitches(element, [element], factor, grace)]
            case "chord":
                inside = [each for each in iterate(element) if each.tag == "note"]
                return [self._read_pitches(element, inside, factor, grace)]
        return []

    def _read_pitches(
        self, element: ET.Element, inside: list[ET.Element], factor: Fraction, grace: bool
    ) -> ScoreNote:
        """Read a note, or a chord of the notes inside."""
        if grace or any(each.get("grace") for each in (element, *inside)):
            quarters = Fraction()
        else:
            lengths = element if element.get("dur") or not inside else inside[0]
            quarters = self._parse_quarters(lengths, factor)
        note = ScoreNote(quarters)
        found = [(each, self._parse_pitch(each)) for each in inside]
        pitches = [pitch for _, pitch in found if pitch]
        if element.get("cue") == "true":
            self.left_out["cue note"] += 1
            pitches = []
        note.pitches = tuple(dict.fromkeys(pitches))
        if any(each.get("oct.ges") for each in inside):
            self.octaves_known.add(id(note))
        for each, pitch in found:
            if pitch in note.pitches:
                assert pitch is not None
                tie = each.get("tie", element.get("tie", ""))
                if {"i", "m"} & set(tie):
                    note.ties_to.add(pitch)
                if {"m", "t"} & set(tie):
                    note.ties_from.add(pitch)
                self._place(each, note, (pitch,))
            note.fermata = note.fermata or each.get("fermata") is not None
            self._read_marks(each, note)
        if element.tag == "chord":
            note.fermata = note.fermata or element.get("fermata") is not None
            self._read_marks(element, note)
            self._place(element, note, note.pitches)
        return note

    def _place(
        self, element: ET.Element, note: ScoreNote, pitches: tuple[ScorePitch, ...]
    ) -> ScoreNote:
        """Keep where a note stands, by its identifier."""
        if name := element.get("xml:id", element.get("id")):
            self.placed[name] = PlacedNote(note, self._staff, self._measure, self._time, pitches)
        return note

    def _parse_quarters(self, element: ET.Element, factor: Fraction) -> Fraction:
        """Parse the length of a note.

        Raises:
            ValueError: it has none, or one that is not possible.
        """
        dots = sum(each.tag == "dot" for each in element)
        dots = parse_int(element.get("dots"), 0) or dots
        length = element.get("dur") or self._state.length or element.get("dur.ges") or ""
        if not length and element.tag in ("rest", "space"):
            self._unknown.append(self._count)
            missing, self._missing = self._missing, Fraction()
            return missing
        if not length:
            raise ValueError("a note without a length")
        if element.get("num") and element.get("numbase"):
            factor *= parse_ratio(element)
        return parse_length(length, dots) * factor

    def _parse_pitch(self, element: ET.Element) -> ScorePitch | None:
        """Parse a pitch; None if the note has none, as drums do."""
        letter = element.get("pname", element.get("pname.ges", "")).upper()
        octave = parse_int(element.get("oct.ges", element.get("oct")), -99)
        if not letter or letter not in LETTERS_BY_FIFTHS or octave == -99:
            self.left_out["note without a pitch"] += 1
            return None
        written = sounding = None
        for each in (element, *(child for child in iterate(element) if child.tag == "accid")):
            written = each.get("accid", written)
            sounding = each.get("accid.ges", sounding)
        if sounding is not None or not self._infers:
            return ScorePitch(letter, ALTERS.get(sounding or written or "n", 0), octave)
        if written is not None:
            self._alters[letter, octave] = ALTERS.get(written, 0)
        alter = self._alters.get((letter, octave), find_alter(letter, self._state.key))
        return ScorePitch(letter, alter, octave)

    def _read_marks(self, element: ET.Element, note: ScoreNote) -> None:
        """Read the articulations and syllables of a note."""
        for child in (element, *iterate(element)):
            for name in child.get("artic", "").split():
                if name in _ARTICULATIONS:
                    note.articulations.append(_ARTICULATIONS[name])
        verses = [child for child in element if child.tag == "verse"]
        loose = [child for child in element if child.tag == "syl"]
        for number, verse in enumerate(verses, start=1):
            syllables = [each for each in iterate(verse) if each.tag == "syl"]
            self._read_syllable(syllables, parse_int(verse.get("n"), number), note)
        self._read_syllable(loose, 1, note)

    def _read_syllable(self, elements: list[ET.Element], verse: int, note: ScoreNote) -> None:
        """Read the syllable of a verse; several elements are syllables sung on one note."""
        text = "\N{NO-BREAK SPACE}".join(filter(None, map(parse_text, elements)))
        if not elements or not text:
            return
        last = elements[-1]
        continues = last.get("con") == "d" or last.get("wordpos") in ("i", "m")
        continued = self._state.continued.get((self._layer, verse), False)
        continued = continued or elements[0].get("wordpos") in ("m", "t")
        syllabic: Syllabic = "single"
        if continues:
            syllabic = "middle" if continued else "begin"
        elif continued:
            syllabic = "end"
        self._state.continued[self._layer, verse] = continues
        extender = last.get("con") == "u"
        note.syllables.append(ScoreSyllable(verse, text, syllabic, extender))

    def _repeat_measure(self) -> list[ScoreNote]:
        """Copy the notes of the measure before, without their words."""
        voices = self._state.before
        if self._layer >= len(voices):
            return []
        self._copied += len(voices[self._layer])
        if self._copied > MAX_NOTES:
            raise ValueError(
                f"more than {MAX_NOTES:,} notes in measures that repeat the one before"
            )
        return [
            replace(note, ties_from=set(), ties_to=set(), syllables=[])
            for note in voices[self._layer]
        ]
