"""A staff of a MusicXML score, in which elements are found and placed by steps of the chorale."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from xml.etree.ElementTree import Element, SubElement

from chorale.music import STEPS_PER_QUARTER
from chorale.rendering.score.note_values import Bar


@dataclass(frozen=True)
class XmlNote:
    """A written note or rest of a voice, its first step and exclusive end, and its element."""

    voice: int
    start_step: int
    end_step: int
    element: Element

    @property
    def is_rest(self) -> bool:
        """Whether it is a rest."""
        return self.element.find("rest") is not None

    @property
    def continues(self) -> bool:
        """Whether a tie joins it to the note before it."""
        return any(tie.get("type") == "stop" for tie in self.element.iter("tie"))


@dataclass(frozen=True)
class XmlStaff:
    """A part of a MusicXML score.

    Attributes:
        voices: voices of the staff, 0 = soprano, from the top.
        bars: measures of the score.
        measures: elements of the measures.
        notes: notes and rests of each measure, by voice.
        divisions: units of MusicXML's durations to a quarter.
    """

    voices: tuple[int, ...]
    bars: Sequence[Bar]
    measures: Sequence[Element]
    notes: Sequence[Sequence[XmlNote]]
    divisions: int

    def list_notes(self, voice: int) -> list[XmlNote]:
        """Return the notes of a voice, in order of time, without rests."""
        every = chain.from_iterable(self.notes)
        return [note for note in every if note.voice == voice and not note.is_rest]

    def insert(
        self, element: Element, step: int, at_end: bool = False, in_order: bool = False
    ) -> None:
        """Insert a direction or chord symbol.

        Args:
            element: the element; it gets an offset if no note or rest of the staff starts there.
            step: place in time; after the last measure, its end counts.
            at_end: whether the element stands at the end of the music before the step: at a
                barline, in the measure before it.
            in_order: whether the element stands among the notes of the first voice, so that
                elements are in order of time in the file; verovio spaces chord symbols by it.
        """
        place = self._find_measure(step, at_end)
        measure, bar = self.measures[place], self.bars[place]
        if step >= bar.end_step:
            measure.append(element)
            return
        within = [
            note for note in self.notes[place] if not in_order or note.voice == self.voices[0]
        ]
        before = next(
            (note for note in within if note.start_step == step),
            next(note for note in within if note.start_step <= step < note.end_step),
        )
        if before.start_step < step:
            self._add_offset(element, step - before.start_step)
        measure.insert(list(measure).index(before.element), element)

    def insert_figures(self, element: Element, note_step: int, step: int) -> None:
        """Insert a `figured-bass` before the bass note that starts at `note_step`.

        If it stands at a later step, the figures before it get the length until then.
        """
        place = self._find_measure(note_step, at_end=False)
        measure, lowest = self.measures[place], self.voices[-1]
        note = next(
            each
            for each in self.notes[place]
            if each.voice == lowest and each.start_step <= note_step < each.end_step
        )
        index = list(measure).index(note.element)
        if step > note_step:
            before, sounded = measure[index - 1], note_step
            earlier = index - 1
            while earlier >= 0 and measure[earlier].tag == "figured-bass":
                sounded += self._to_steps(measure[earlier].findtext("duration"))
                earlier -= 1
            if before.tag != "figured-bass":
                before = Element("figured-bass")
                SubElement(before, "figure")
                measure.insert(index, before)
                index += 1
            length = SubElement(before, "duration")
            length.text = str((step - sounded) * self.divisions // STEPS_PER_QUARTER)
        measure.insert(index, element)

    def _to_steps(self, duration: str | None) -> int:
        return int(duration or 0) * STEPS_PER_QUARTER // self.divisions

    def _find_measure(self, step: int, at_end: bool) -> int:
        """Return the index of the measure that contains a step, or ends at it."""
        find = bisect_left if at_end else bisect_right
        place = find(self.bars, step, key=lambda bar: bar.end_step)
        return min(place, len(self.bars) - 1)

    def _add_offset(self, element: Element, steps: int) -> None:
        offset = Element("offset")
        offset.text = str(steps * self.divisions // STEPS_PER_QUARTER)
        children = list(element)
        sounds = [place for place, child in enumerate(children) if child.tag == "sound"]
        element.insert(min(sounds, default=len(children)), offset)


def index_staves(
    root: Element, bars: Sequence[Bar], voices: Sequence[tuple[int, ...]]
) -> list[XmlStaff]:
    """Return the staves of a MusicXML score.

    Args:
        root: the score, partwise, a part for each staff.
        bars: measures of the chorale.
        voices: voices of each staff.
    """
    divisions = int(root.findtext(".//divisions") or 1)
    return [
        XmlStaff(
            of_staff,
            bars,
            measures := list(part.iter("measure")),
            [
                list(_index_notes(measure, bar.start_step, of_staff, divisions))
                for measure, bar in zip(measures, bars, strict=True)
            ],
            divisions,
        )
        for part, of_staff in zip(root.iter("part"), voices, strict=True)
    ]


def _index_notes(
    measure: Element, start_step: int, voices: tuple[int, ...], divisions: int
) -> Iterator[XmlNote]:
    now = start_step
    for element in measure:
        steps = int(element.findtext("duration") or 0) * STEPS_PER_QUARTER // divisions
        if element.tag == "backup":
            now -= steps
        elif element.tag == "forward":
            now += steps
        elif element.tag == "note":
            place = int(element.findtext("voice") or 1) - 1 if len(voices) > 1 else 0
            yield XmlNote(voices[place], now, now + steps, element)
            now += steps


def build_direction(placement: str, *kinds: Element, **sound: str) -> Element:
    """Build a direction.

    Args:
        placement: "above" or "below".
        kinds: signs or words, from left to right.
        sound: attributes of the `sound` element, by which players follow the direction.
    """
    direction = Element("direction", placement=placement)
    for kind in kinds:
        SubElement(direction, "direction-type").append(kind)
    if sound:
        SubElement(direction, "sound", sound)
    return direction


def build_text(tag: str, text: str, **attributes: str) -> Element:
    """Build an element with a text; underscores in names of attributes are hyphens."""
    element = Element(tag, {name.replace("_", "-"): value for name, value in attributes.items()})
    element.text = text
    return element
