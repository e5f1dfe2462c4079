"""The values that the transcribers of ABC, Humdrum and MEI fill, and that are written as MusicXML.

Times and lengths are quarter notes, as exact fractions, counted from the start of the measure.
These values are filled in several passes (notes first, then words and marks), so they are mutable;
they do not leave this package.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, NamedTuple

DYNAMICS = ("p", "pp", "ppp", "pppp", "f", "ff", "fff", "ffff", "mp", "mf", "sf", "sfz", "fp")

Syllabic = Literal["single", "begin", "middle", "end"]


class ScorePitch(NamedTuple):
    """A written pitch: a letter, the semitones by which it is altered, and MusicXML's octave."""

    letter: str
    alter: int
    octave: int


@dataclass
class ScoreSyllable:
    """A syllable under a note, as in MusicXML's `lyric`."""

    verse: int
    text: str
    syllabic: Syllabic = "single"
    extender: bool = False


@dataclass
class ScoreNote:
    """A note, a chord, a rest or a gap.

    Attributes:
        quarters: sounding length; 0 for a grace note.
        pitches: none for a rest.
        gap: whether it is a rest that is not printed, while another voice has the staff.
        ties_from: pitches that are tied to the note before.
        ties_to: pitches that are tied to the note after.
        ornaments: MusicXML elements within `ornaments`.
        articulations: MusicXML elements within `articulations`.
        slurs: "start" and "stop" of slurs, in their order.
    """

    quarters: Fraction
    pitches: tuple[ScorePitch, ...] = ()
    gap: bool = False
    ties_from: set[ScorePitch] = field(default_factory=set)
    ties_to: set[ScorePitch] = field(default_factory=set)
    fermata: bool = False
    ornaments: list[str] = field(default_factory=list)
    articulations: list[str] = field(default_factory=list)
    slurs: list[Literal["start", "stop"]] = field(default_factory=list)
    syllables: list[ScoreSyllable] = field(default_factory=list)


@dataclass(frozen=True)
class ScoreKey:
    """A key signature: sharps, negative for flats; and MusicXML's mode, "" if it is not stated."""

    sharps: int
    mode: str = ""


@dataclass(frozen=True)
class ScoreMetre:
    """A time signature; its count may be a sum, such as "3+2"."""

    count: str
    unit: int

    @property
    def quarters(self) -> Fraction:
        """Length of a measure in quarter notes."""
        return Fraction(4 * sum(map(int, self.count.split("+"))), self.unit)


@dataclass(frozen=True)
class ScoreChord:
    """A chord symbol, in the terms of MusicXML's `harmony`.

    Attributes:
        root: letter and alteration; None for "N.C.".
        kind: MusicXML's name of the kind of chord.
        text: the kind as printed.
        bass: letter and alteration of the bass; None if it is the root.
        degrees: degrees as (kind, number, alteration), such as ("add", 9, 0).
    """

    root: tuple[str, int] | None
    kind: str
    text: str
    bass: tuple[str, int] | None = None
    degrees: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True)
class ScoreDirection:
    """A direction above or below the staff.

    Attributes:
        kind: "words", "dynamic", "wedge", "tempo", "rehearsal", "segno" or "coda".
        text: the words; a dynamic such as "mf"; "crescendo", "diminuendo" or "stop" of a wedge.
        tempo_qpm: tempo in quarter notes a minute; None if the direction states none.
    """

    kind: str
    text: str = ""
    tempo_qpm: float | None = None


Event = ScoreChord | ScoreDirection


@dataclass
class ScoreEnding:
    """A volta at a measure: its passes, such as "1" or "1, 2", and where it begins and stops."""

    passes: str
    starts: bool
    stops: bool


@dataclass
class ScoreMeasure:
    """A measure of a part.

    Attributes:
        number: number as printed; "" if the file states none.
        voices: the notes of each voice, at least one voice.
        events: chord symbols and directions, with their times.
        repeat_from: whether a repeat begins with the measure.
        repeat_to: how often the music that is repeated up to here sounds; 0 for no repeat.
        barline: MusicXML's style of a barline that is not single, such as "light-light".
        fermata: whether a fermata is over the barline at the end.
    """

    number: str = ""
    key: ScoreKey | None = None
    metre: ScoreMetre | None = None
    voices: list[list[ScoreNote]] = field(default_factory=lambda: [[]])
    events: list[tuple[Fraction, Event]] = field(default_factory=list)
    repeat_from: bool = False
    repeat_to: int = 0
    ending: ScoreEnding | None = None
    barline: str = ""
    fermata: bool = False


@dataclass
class ScorePart:
    """A part of a score, of one staff.

    Attributes:
        transpose: diatonic steps and semitones from the written to the sounding pitch.
    """

    name: str = ""
    transpose: tuple[int, int] = (0, 0)
    measures: list[ScoreMeasure] = field(default_factory=list)


@dataclass
class Score:
    """A score, and notices of what was left out or assumed in reading it."""

    parts: list[ScorePart]
    title: str = ""
    composer: str = ""
    notices: list[str] = field(default_factory=list)
