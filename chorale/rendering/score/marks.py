"""Marks of a score in MusicXML: dynamics, hairpins, breath marks, words, segno, Da Capo and so on.

Marks of the whole score stand above the top staff. Marks of a voice stand at its staff: above it,
or below it if an upper voice shares the staff. Where two voices of a staff have the same mark, it
is printed once, above.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from xml.etree.ElementTree import Element, SubElement

from chorale.music.annotations import Mark, MarkKind
from chorale.rendering.metadata import make_encodable
from chorale.rendering.score.staff_xml import XmlNote, XmlStaff, build_direction, build_text

Placement = Literal["above", "below"]

# Names of dynamics that MusicXML has elements for.
_DYNAMICS = frozenset(
    {
        *(letter * number for letter in "pf" for number in range(1, 7)),
        *("mp", "mf", "pf", "n", "fp", "sf", "sfp", "sfpp", "sfz", "sffz", "sfzp", "fz"),
        *("rf", "rfz"),
    }
)
_WEDGES: Mapping[MarkKind, str] = {"crescendo": "crescendo", "diminuendo": "diminuendo"}
_ARTICULATIONS: Mapping[MarkKind, str] = {"breath": "breath-mark", "caesura": "caesura"}
# Text of a mark that has none, and what players do at it.
_ROADMAP: Mapping[MarkKind, tuple[str, Mapping[str, str]]] = {
    "fine": ("Fine", {"fine": "yes"}),
    "to coda": ("To Coda", {"tocoda": "coda"}),
    "da capo": ("D.C.", {"dacapo": "yes"}),
    "dal segno": ("D.S.", {"dalsegno": "segno"}),
}
_SIGNS: Mapping[MarkKind, Mapping[str, str]] = {
    "segno": {"segno": "segno"},
    "coda": {"coda": "coda"},
}
_TARGETS: Mapping[MarkKind, MarkKind] = {"to coda": "coda", "dal segno": "segno"}
_OF_THE_SCORE = frozenset({"tempo", "rehearsal", *_ROADMAP, *_SIGNS})


@dataclass(frozen=True)
class _PlacedMark:
    """A mark, the index of its staff, and its place there."""

    mark: Mark
    staff: int
    placement: Placement


def write_marks(staves: Sequence[XmlStaff], marks: Sequence[Mark]) -> None:
    """Write marks on the staves of a score."""
    kinds = {mark.kind for mark in marks}
    for placed in _place(staves, marks):
        mark, staff = placed.mark, staves[placed.staff]
        if mark.kind in _ARTICULATIONS:
            _write_articulation(staff, mark, placed.placement)
        elif mark.kind in _WEDGES:
            _write_hairpin(staff, mark, placed.placement)
        else:
            direction = _build_direction(mark, placed.placement, kinds)
            staff.insert(direction, mark.step, at_end=mark.kind in _ROADMAP)


def _place(staves: Sequence[XmlStaff], marks: Sequence[Mark]) -> Iterator[_PlacedMark]:
    """Yield each mark at its staff, once."""
    done = set()
    ordered = sorted(marks, key=lambda mark: (mark.step, mark.voice or 0))
    for mark in ordered:
        staff, placement = _find_place(staves, mark)
        if mark.kind in _OF_THE_SCORE or placement == "below":
            shared = replace(mark, voice=None), staff
            if shared in done:
                continue
        done.add((replace(mark, voice=None), staff))
        yield _PlacedMark(mark, staff, placement)


def _find_place(staves: Sequence[XmlStaff], mark: Mark) -> tuple[int, Placement]:
    """Return the index of a mark's staff, and where the mark stands there."""
    if mark.voice is None or mark.kind in _OF_THE_SCORE:
        return 0, "above"
    for number, staff in enumerate(staves):
        if mark.voice in staff.voices:
            return number, "above" if mark.voice == staff.voices[0] else "below"
    return 0, "above"


def _build_direction(mark: Mark, placement: Placement, kinds: Collection[MarkKind]) -> Element:
    """Build the direction of a mark that is neither a hairpin nor an articulation.

    Args:
        mark: the mark.
        placement: place at the staff.
        kinds: kinds of marks in the score; players cannot go to a segno or coda that it lacks.
    """
    text = make_encodable(mark.text)
    if mark.kind == "dynamic":
        return build_direction(placement, _build_dynamic(text))
    if mark.kind == "rehearsal":
        return build_direction(placement, build_text("rehearsal", text))
    if mark.kind == "tempo":
        return build_direction(placement, build_text("words", text, font_weight="bold"))
    if mark.kind in _SIGNS:
        return build_direction(placement, Element(mark.kind), **_SIGNS[mark.kind])
    if mark.kind in _ROADMAP:
        usual, sound = _ROADMAP[mark.kind]
        if _TARGETS.get(mark.kind, mark.kind) not in kinds:
            sound = {}
        words = build_text("words", text or usual, font_weight="bold", halign="right")
        return build_direction(placement, words, **sound)
    return build_direction(placement, build_text("words", text, font_style="italic"))


def _build_dynamic(text: str) -> Element:
    dynamics = Element("dynamics")
    if text in _DYNAMICS:
        SubElement(dynamics, text)
    else:
        SubElement(dynamics, "other-dynamics").text = text
    return dynamics


def _write_hairpin(staff: XmlStaff, mark: Mark, placement: Placement) -> None:
    """Write the start and the stop of a hairpin; one without an end lasts to the next step."""
    number = "1" if mark.voice is None else str(2 + staff.voices.index(mark.voice))
    end = mark.step + 1 if mark.end_step is None else mark.end_step
    for kind, step in ((_WEDGES[mark.kind], mark.step), ("stop", end)):
        wedge = Element("wedge", type=kind, number=number)
        staff.insert(build_direction(placement, wedge), step, at_end=kind == "stop")


def _write_articulation(staff: XmlStaff, mark: Mark, placement: Placement) -> None:
    """Write a breath mark or a caesura after the last note before its step, or the first note."""
    voice = staff.voices[0] if mark.voice is None else mark.voice
    if voice not in staff.voices:
        voice = staff.voices[0]
    notes = staff.list_notes(voice)
    if not notes:
        return
    earlier = bisect_left(notes, mark.step, key=lambda note: note.start_step)
    notations = _get_notations(notes[max(0, earlier - 1)])
    articulations = notations.find("articulations")
    if articulations is None:
        articulations = SubElement(notations, "articulations")
    SubElement(articulations, _ARTICULATIONS[mark.kind], placement=placement)


def _get_notations(note: XmlNote) -> Element:
    """Return the notations of a note, which precede its lyrics."""
    notations = note.element.find("notations")
    if notations is None:
        notations = Element("notations")
        tags = [child.tag for child in note.element]
        place = tags.index("lyric") if "lyric" in tags else len(tags)
        note.element.insert(place, notations)
    return notations
