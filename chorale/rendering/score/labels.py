"""Labels of remarks in a score, such as the numbers of findings, at the voices concerned.

A label stands above its staff, or below it if an upper voice shares the staff. Labels of one voice
at one step stand side by side, and where both voices of a staff have the same ones, these are
printed once, above.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chorale.rendering.metadata import make_encodable
from chorale.rendering.render_options import Remark
from chorale.rendering.score.staff_xml import XmlStaff, build_direction, build_text

_FONT = {"font_weight": "bold", "font_style": "normal", "font_size": "9"}


@dataclass(frozen=True)
class Label:
    """Labels of a voice at a step.

    Attributes:
        voice: 0 = soprano.
        step: step of the remarks.
        text: the labels, such as "[1] [4]".
        below: whether it stands below the staff.
    """

    voice: int
    step: int
    text: str
    below: bool


def place_labels(remarks: Sequence[Remark], staves: Sequence[tuple[int, ...]]) -> Iterator[Label]:
    """Yield the labels of remarks in a score; remarks without a label have none.

    Args:
        remarks: the remarks, in the order of their labels.
        staves: voices of each staff, from top to bottom.
    """
    texts: dict[tuple[int, int], list[str]] = {}
    for remark in remarks:
        for voice in remark.voices if remark.label else ():
            texts.setdefault((remark.step, voice), []).append(make_encodable(remark.label))
    for staff in staves:
        for step, voice in sorted(place for place in texts if place[1] in staff):
            below = voice != staff[0]
            if not below or texts.get((step, staff[0])) != texts[step, voice]:
                yield Label(voice, step, " ".join(texts[step, voice]), below)


def write_labels(staves: Sequence[XmlStaff], remarks: Sequence[Remark]) -> None:
    """Write the labels of remarks on the staves of a MusicXML score."""
    for label in place_labels(remarks, [staff.voices for staff in staves]):
        [staff] = [each for each in staves if label.voice in each.voices]
        words = build_text("words", label.text, **_FONT)
        staff.insert(build_direction("below" if label.below else "above", words), label.step)
