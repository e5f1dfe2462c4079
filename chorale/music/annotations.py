"""Annotations of a score: words, chords, figures, numerals, repeats, marks, names and spelling.

They accompany the notes of a chorale from a file to files, and have no influence on checking or
sound, except that repeats can be played out. Settings follow chord symbols and figures
(`chorale.composing.jobs.given_harmony`). Times are steps of the chorale. Nothing
requires that an annotation lies on a note or a barline, but renderers draw it there.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from chorale.music.keys import Key
from chorale.music.numerals import Numeral
from chorale.music.spelling import LETTERS_BY_FIFTHS, LetterName, Spelling, letter_name
from chorale.music.voices import BASS, OCTAVE, VOICES

MarkKind = Literal[
    "dynamic",
    "crescendo",
    "diminuendo",
    "breath",
    "caesura",
    "tempo",
    "words",
    "rehearsal",
    "segno",
    "coda",
    "fine",
    "to coda",
    "da capo",
    "dal segno",
]


@dataclass(frozen=True)
class Syllable:
    """A syllable of the words, under the note of a voice that starts at its step.

    Attributes:
        voice: 0 = soprano.
        step: start of the note.
        verse: number of the verse, from 1.
        text: the syllable as printed, without the hyphen.
        hyphen: whether the next syllable of the voice and verse continues the word.
        extender: whether a line leads from the syllable over the notes that it is sung on.
    """

    voice: int
    step: int
    verse: int
    text: str
    hyphen: bool = False
    extender: bool = False


@dataclass(frozen=True)
class ChordSymbol:
    """A chord symbol above the score, in the terms of MusicXML's `harmony`.

    Attributes:
        step: step at which the chord begins.
        root: letter and alteration of the root; None for "N.C.".
        kind: MusicXML's name of the kind of chord, such as "minor-seventh".
        text: the kind as printed, such as "m7"; None if the file leaves that to the program.
        bass: letter and alteration of the bass; None if it is the root.
        degrees: added, altered and left-out degrees: "add", "alter" or "subtract", the number of
            the degree, and semitones by which it is altered.
    """

    step: int
    root: LetterName | None
    kind: str = "major"
    text: str | None = None
    bass: LetterName | None = None
    degrees: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True)
class HarmonyLabel:
    """What an analysis prints below the bass.

    Attributes:
        step: step at which the chord begins.
        numeral: the numeral; None where only a cadence is named.
        key: key that begins here; None if the key stays.
        cadence: abbreviation of the cadence that ends here, such as "PAC"; empty without one.
    """

    step: int
    numeral: Numeral | None = None
    key: Key | None = None
    cadence: str = ""


@dataclass(frozen=True)
class BassFigure:
    """A figure under a bass note.

    Attributes:
        number: interval above the bass: 6 for a sixth.
        alter: semitones by which it is altered, relative to the key signature.
    """

    number: int
    alter: int = 0


@dataclass(frozen=True)
class BassFigures:
    """The figures at a step, from the top."""

    step: int
    figures: tuple[BassFigure, ...]


@dataclass(frozen=True)
class Repeat:
    """A repeated section, from its first step to its exclusive end, and how often it sounds."""

    start_step: int
    end_step: int
    times: int = 2


@dataclass(frozen=True)
class Ending:
    """A volta: its first step, its exclusive end, and the passes in which it sounds, from 1."""

    start_step: int
    end_step: int
    passes: tuple[int, ...]


@dataclass(frozen=True)
class Mark:
    """A mark of a voice or of the whole score.

    Attributes:
        kind: what the mark is.
        step: step at which the mark stands, or begins. A breath mark, Fine, To Coda, Da Capo and
            Dal Segno stand at the end of the music before them, which is this step.
        text: text as printed, such as "mf", "Andante" or "D.C. al Fine"; empty if it is a sign.
        voice: voice to which the mark belongs, 0 = soprano; None for the whole score.
        end_step: exclusive end of a hairpin; None for other marks.
    """

    kind: MarkKind
    step: int
    text: str = ""
    voice: int | None = None
    end_step: int | None = None


@dataclass(frozen=True)
class SpelledNote:
    """The spelling of the note of a voice that starts at a step, as the file has it."""

    voice: int
    step: int
    spelling: Spelling


@dataclass(frozen=True)
class Annotations:
    """Annotations of a score, each kind in order of time.

    Attributes:
        syllables: syllables of the words, of all verses.
        chord_symbols: chord symbols.
        repeats: repeated sections, which do not overlap.
        endings: voltas.
        marks: dynamics, breath marks, tempo words, Da Capo and the like.
        spellings: spellings of notes.
        names: names of the voices as the file has them, in SATB order; empty if it has none.
        harmony_labels: labels of an analysis of the harmony; no file is read with any.
        bass_figures: figures under the bass.
    """

    syllables: tuple[Syllable, ...] = ()
    chord_symbols: tuple[ChordSymbol, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    endings: tuple[Ending, ...] = ()
    marks: tuple[Mark, ...] = ()
    spellings: tuple[SpelledNote, ...] = ()
    names: tuple[str, ...] = ("",) * len(VOICES)
    harmony_labels: tuple[HarmonyLabel, ...] = ()
    bass_figures: tuple[BassFigures, ...] = ()

    def __bool__(self) -> bool:
        return self != NO_ANNOTATIONS

    @property
    def verses(self) -> list[int]:
        """Numbers of the verses, in rising order."""
        return sorted({syllable.verse for syllable in self.syllables})

    def shifted(self, steps: int) -> "Annotations":
        """Return these annotations later by a number of steps."""
        return replace(
            self,
            syllables=tuple(replace(one, step=one.step + steps) for one in self.syllables),
            chord_symbols=tuple(replace(one, step=one.step + steps) for one in self.chord_symbols),
            harmony_labels=tuple(
                replace(one, step=one.step + steps) for one in self.harmony_labels
            ),
            repeats=tuple(_shift_span(one, steps) for one in self.repeats),
            endings=tuple(_shift_span(one, steps) for one in self.endings),
            marks=tuple(_shift_mark(one, steps) for one in self.marks),
            spellings=tuple(replace(one, step=one.step + steps) for one in self.spellings),
            bass_figures=tuple(replace(one, step=one.step + steps) for one in self.bass_figures),
        )

    def excerpt(self, start: int, end: int) -> "Annotations":
        """Return the annotations of the steps from `start` up to `end`, counted from `start`.

        Repeats, endings and hairpins are kept if all their steps are; signs that stand at the end
        of music are kept with that music.
        """
        return replace(
            self,
            syllables=tuple(one for one in self.syllables if start <= one.step < end),
            chord_symbols=tuple(one for one in self.chord_symbols if start <= one.step < end),
            harmony_labels=tuple(one for one in self.harmony_labels if start <= one.step < end),
            repeats=tuple(
                one for one in self.repeats if start <= one.start_step and one.end_step <= end
            ),
            endings=tuple(
                one for one in self.endings if start <= one.start_step and one.end_step <= end
            ),
            marks=tuple(one for one in self.marks if _is_within(one, start, end)),
            spellings=tuple(one for one in self.spellings if start <= one.step < end),
            bass_figures=tuple(one for one in self.bass_figures if start <= one.step < end),
        ).shifted(-start)

    def transposed(self, semitones: int, fifths: int) -> "Annotations":
        """Return these annotations with chord symbols and spellings transposed.

        Labels of harmony are left out: an analysis of the transposed music gives them anew, with
        the accidentals of its signature.

        Args:
            semitones: semitones up.
            fifths: distance on the line of fifths, by which the letters change: the difference of
                the sharps in the key signatures.
        """
        return replace(
            self,
            chord_symbols=tuple(_transpose_symbol(one, fifths) for one in self.chord_symbols),
            harmony_labels=(),
            spellings=tuple(
                replace(one, spelling=_transpose_spelling(one.spelling, semitones, fifths))
                for one in self.spellings
            ),
        )

    def of_voices(self, voices: Collection[int]) -> "Annotations":
        """Return the annotations of some voices, and those of the whole score."""
        return replace(
            self,
            syllables=tuple(one for one in self.syllables if one.voice in voices),
            marks=tuple(one for one in self.marks if one.voice is None or one.voice in voices),
            spellings=tuple(one for one in self.spellings if one.voice in voices),
            names=tuple(name if voice in voices else "" for voice, name in enumerate(self.names)),
            bass_figures=self.bass_figures if BASS in voices else (),
        )

    def reordered(self, order: Sequence[int]) -> "Annotations":
        """Return these annotations with the voices in another order.

        Args:
            order: (4,) the present number of each new voice.
        """
        new = {old: number for number, old in enumerate(order)}
        return replace(
            self,
            syllables=tuple(replace(one, voice=new[one.voice]) for one in self.syllables),
            marks=tuple(
                one if one.voice is None else replace(one, voice=new[one.voice])
                for one in self.marks
            ),
            spellings=tuple(replace(one, voice=new[one.voice]) for one in self.spellings),
            names=tuple(self.names[old] for old in order),
        )


NO_ANNOTATIONS = Annotations()


_Span = TypeVar("_Span", Repeat, Ending)


def _shift_span(span: _Span, steps: int) -> _Span:
    return replace(span, start_step=span.start_step + steps, end_step=span.end_step + steps)


def _shift_mark(mark: Mark, steps: int) -> Mark:
    end = None if mark.end_step is None else mark.end_step + steps
    return replace(mark, step=mark.step + steps, end_step=end)


def _is_within(mark: Mark, start: int, end: int) -> bool:
    if mark.kind in ("breath", "caesura", "fine", "to coda", "da capo", "dal segno"):
        return start < mark.step <= end
    return start <= mark.step < end and (mark.end_step is None or mark.end_step <= end)


def _transpose_symbol(symbol: ChordSymbol, fifths: int) -> ChordSymbol:
    return replace(
        symbol,
        root=None if symbol.root is None else _move_by_fifths(symbol.root, fifths),
        bass=None if symbol.bass is None else _move_by_fifths(symbol.bass, fifths),
    )


def _transpose_spelling(spelling: Spelling, semitones: int, fifths: int) -> Spelling:
    letter, alter = _move_by_fifths((spelling.letter, spelling.alter), fifths)
    pitch = spelling.pitch + semitones
    return Spelling(letter, alter, (pitch - alter) // OCTAVE - 1)


def _move_by_fifths(name: LetterName, fifths: int) -> LetterName:
    """Return the name that is a number of fifths higher on the line of fifths."""
    letter, alter = name
    return letter_name(LETTERS_BY_FIFTHS.index(letter) - 1 + 7 * alter + fifths)
