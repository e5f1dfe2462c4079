"""Annotations of the parts of a score, before the voices are known.

Conventions:
- Times are steps, rounded as those of the notes are, and not cut to the length of the music.
- Words stand at their notes in a score, and at their times in a MIDI file.
- Annotations of a staff belong to all the parts that are read from it. To which voice each belongs
  is found later (`chorale.reading.placing`); until then the number of the voice is 0.
"""

from dataclasses import dataclass

from chorale.music import Annotations
from chorale.music.annotations import (
    NO_ANNOTATIONS,
    BassFigures,
    ChordSymbol,
    Mark,
    MarkKind,
    Syllable,
)
from chorale.music.spelling import Spelling


@dataclass(frozen=True)
class WrittenNote:
    """A note with what stands at it.

    Attributes:
        step: its start.
        end: its end, exclusive.
        spelling: its pitch as it sounds.
        line: name of the staff's voice in the file.
        syllables: its words; of a chord they are at the highest note.
        breaths: "breath" and "caesura", which stand at the note's end; of a chord, as words.
    """

    step: int
    end: int
    spelling: Spelling
    line: str = ""
    syllables: tuple[Syllable, ...] = ()
    breaths: tuple[MarkKind, ...] = ()


@dataclass(frozen=True)
class TimedSyllable:
    """A syllable at a time: its start in steps, not rounded; for the rest see `Syllable`."""

    start: float
    verse: int
    text: str
    hyphen: bool = False


@dataclass(frozen=True)
class ScoreAnnotations:
    """Annotations of a whole score.

    Attributes:
        annotations: repeats, endings, and marks of the whole score.
        left_out: nouns of what the file has besides, each with its number.
    """

    annotations: Annotations = NO_ANNOTATIONS
    left_out: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class PartAnnotations:
    """Annotations of a staff, or of a track.

    Attributes:
        notes: its notes, in order of time; none if the file has words at times alone.
        timed_syllables: its words, in order of time, if they are not at notes.
        marks: marks of its voices, each with the name of the voice in the file, or "".
        chord_symbols: its chord symbols.
        bass_figures: the figures under its bass.
        name: its name; empty if the file has none, or only that of a program.
        left_out: nouns of what it has besides, each with its number.
        score: annotations of the whole score.
    """

    notes: tuple[WrittenNote, ...] = ()
    timed_syllables: tuple[TimedSyllable, ...] = ()
    marks: tuple[tuple[Mark, str], ...] = ()
    chord_symbols: tuple[ChordSymbol, ...] = ()
    bass_figures: tuple[BassFigures, ...] = ()
    name: str = ""
    left_out: tuple[tuple[str, int], ...] = ()
    score: ScoreAnnotations = ScoreAnnotations()


NOTHING_WRITTEN = PartAnnotations()
