"""The decorations of ABC, such as !fermata!, as marks of notes and directions.

Source: the ABC standard 2.1, section 4.14.
"""

from types import MappingProxyType
from typing import NamedTuple

from chorale.reading.transcribing.score import DYNAMICS, ScoreDirection, ScoreNote

SHORTHANDS = MappingProxyType(
    {
        ".": "staccato",
        "~": "roll",
        "H": "fermata",
        "L": "accent",
        "M": "mordent",
        "O": "coda",
        "P": "uppermordent",
        "S": "segno",
        "T": "trill",
        "u": "upbow",
        "v": "downbow",
    }
)
_ORNAMENTS = MappingProxyType(
    {
        "trill": "trill-mark",
        "mordent": "mordent",
        "lowermordent": "mordent",
        "uppermordent": "inverted-mordent",
        "pralltriller": "inverted-mordent",
        "turn": "turn",
        "invertedturn": "inverted-turn",
        "roll": "turn",
        "tremolo": "tremolo",
    }
)
_ARTICULATIONS = MappingProxyType(
    {
        "staccato": "staccato",
        "wedge": "staccatissimo",
        "accent": "accent",
        ">": "accent",
        "emphasis": "accent",
        "tenuto": "tenuto",
        "breath": "breath-mark",
        "shortphrase": "breath-mark",
        "caesura": "caesura",
    }
)
_DIRECTIONS = MappingProxyType(
    {
        "segno": ScoreDirection("segno"),
        "coda": ScoreDirection("coda"),
        "fine": ScoreDirection("words", "Fine"),
        "D.C.": ScoreDirection("words", "D.C."),
        "dacapo": ScoreDirection("words", "D.C."),
        "D.S.": ScoreDirection("words", "D.S."),
        "D.C.alfine": ScoreDirection("words", "D.C. al Fine"),
        "D.S.alfine": ScoreDirection("words", "D.S. al Fine"),
        "D.C.alcoda": ScoreDirection("words", "D.C. al Coda"),
        "D.S.alcoda": ScoreDirection("words", "D.S. al Coda"),
        "dacoda": ScoreDirection("words", "To Coda"),
        **dict.fromkeys(("<(", "crescendo("), ScoreDirection("wedge", "crescendo")),
        **dict.fromkeys((">(", "diminuendo("), ScoreDirection("wedge", "diminuendo")),
        **dict.fromkeys(("<)", "crescendo)", ">)", "diminuendo)"), ScoreDirection("wedge", "stop")),
        **{name: ScoreDirection("dynamic", name) for name in DYNAMICS},
    }
)
_FERMATAS = ("fermata", "invertedfermata")


class Mark(NamedTuple):
    """A mark of a note: "fermata", or MusicXML's name of an ornament or an articulation."""

    kind: str
    name: str = ""

    def put_on(self, note: ScoreNote) -> None:
        """Put the mark on a note or rest."""
        if self.kind == "fermata":
            note.fermata = True
        else:
            (note.ornaments if self.kind == "ornament" else note.articulations).append(self.name)


def find_mark(name: str) -> Mark | ScoreDirection | None:
    """Return what a decoration stands for; None if that is not read."""
    if name in _FERMATAS:
        return Mark("fermata")
    if name in _ORNAMENTS:
        return Mark("ornament", _ORNAMENTS[name])
    if name in _ARTICULATIONS:
        return Mark("articulation", _ARTICULATIONS[name])
    return _DIRECTIONS.get(name)
