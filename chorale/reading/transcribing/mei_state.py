"""What is kept while the staves of MEI are read."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from chorale.reading.transcribing.score import ScoreKey, ScoreMetre, ScoreNote, ScorePitch


@dataclass
class StaffState:
    """What holds in a staff while its measures are read."""

    key: ScoreKey | None = None
    metre: ScoreMetre | None = None
    written_key: ScoreKey | None = None  # in a measure before
    written_metre: ScoreMetre | None = None
    length: str = ""  # of a note that states none
    continued: dict[tuple[int, int], bool] = field(default_factory=dict)  # by layer and verse
    before: list[list[ScoreNote]] = field(default_factory=list)  # voices of the measure before

    @property
    def measure_quarters(self) -> Fraction:
        """Length of a full measure."""
        return self.metre.quarters if self.metre else Fraction(4)


@dataclass
class PlacedNote:
    """A note, where it stands, and its pitch if it is one of a chord."""

    note: ScoreNote
    staff: str
    measure: int
    time: Fraction
    pitches: tuple[ScorePitch, ...]


class TupletSpan(NamedTuple):
    """A tuplet up to a note, and how much shorter its notes are."""

    end: str
    ratio: Fraction
