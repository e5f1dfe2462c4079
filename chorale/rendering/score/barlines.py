"""Repeat signs and brackets of endings, on every staff of a MusicXML score.

A repeat that starts with the music has no sign at its start, as engravers have it. The bracket of
an ending is open where the music goes on without a repeat sign.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement

from chorale.music import Annotations
from chorale.music.annotations import Ending, Repeat
from chorale.rendering.score.staff_xml import XmlStaff


def write_sections(staff: XmlStaff, annotations: Annotations) -> None:
    """Write the repeat signs and the endings of a staff."""
    last = staff.bars[-1].end_step
    ends = {
        min(end, last): times
        for repeat in annotations.repeats
        for end, times in _list_ends(repeat, annotations.endings)
    }
    starts = {repeat.start_step for repeat in annotations.repeats if repeat.start_step > 0}
    for bar, measure in zip(staff.bars, staff.measures, strict=True):
        if bar.start_step in starts:
            barline = _get_barline(measure, "left", "heavy-light")
            SubElement(barline, "repeat", direction="forward")
    for step, times in sorted(ends.items()):
        barline = _get_barline(
            staff.measures[_index_ending_at(staff, step)], "right", "light-heavy"
        )
        repeat = SubElement(barline, "repeat", direction="backward")
        if times != 2:
            repeat.set("times", str(times))
    for ending in annotations.endings:
        _write_ending(staff, ending, closed=min(ending.end_step, last) in {*ends, last})


def _list_ends(repeat: Repeat, endings: tuple[Ending, ...]) -> Iterator[tuple[int, int]]:
    """Yield the steps from which the music goes back to the start of a repeat, and how often."""
    chain = _find_endings(repeat, endings)
    end_steps = {ending.end_step for ending in chain}
    if repeat.end_step not in end_steps:
        yield repeat.end_step, repeat.times
    for ending in chain:
        if ending.end_step == repeat.end_step or min(ending.passes, default=1) < repeat.times:
            is_last = repeat.times in ending.passes
            yield ending.end_step, max(2, len(ending.passes) + (not is_last))


def _find_endings(repeat: Repeat, endings: tuple[Ending, ...]) -> list[Ending]:
    """Return the endings of a repeat: the first starts in it, and each next one with its end."""
    chain: list[Ending] = []
    for ending in sorted(endings, key=lambda each: each.start_step):
        follows = chain and ending.start_step == chain[-1].end_step
        if repeat.start_step <= ending.start_step < repeat.end_step or follows:
            chain.append(ending)
    return chain


def _write_ending(staff: XmlStaff, ending: Ending, closed: bool) -> None:
    """Write the bracket of an ending; a closed one has a hook at its end."""
    starts = [bar.start_step for bar in staff.bars]
    if ending.start_step not in starts:  # outside the music
        return
    number = ", ".join(map(str, ending.passes))
    text = " ".join(f"{each}." for each in ending.passes)
    first = _get_barline(staff.measures[starts.index(ending.start_step)], "left")
    _add(first, Element("ending", number=number, type="start"), text)
    last = _get_barline(staff.measures[_index_ending_at(staff, ending.end_step)], "right")
    _add(last, Element("ending", number=number, type="stop" if closed else "discontinue"))


def _index_ending_at(staff: XmlStaff, step: int) -> int:
    """Return the index of the measure that ends at a step, or else of the last one."""
    ends = [bar.end_step for bar in staff.bars]
    return ends.index(step) if step in ends else len(ends) - 1


def _get_barline(measure: Element, location: str, style: str | None = None) -> Element:
    """Return the barline of a measure at a location, with a style; a new one if it has none."""
    barline = measure.find(f"barline[@location='{location}']")
    if barline is None:
        barline = Element("barline", location=location)
        if location == "left":
            measure.insert(0, barline)
        else:
            measure.append(barline)
    if style is not None:
        found = barline.find("bar-style")
        if found is None:
            found = Element("bar-style")
            barline.insert(0, found)
        found.text = style
    return barline


def _add(barline: Element, ending: Element, text: str = "") -> None:
    """Add an ending to a barline, before a repeat sign, as MusicXML orders them."""
    ending.text = text or None
    children = [child.tag for child in barline]
    barline.insert(children.index("repeat") if "repeat" in children else len(children), ending)
