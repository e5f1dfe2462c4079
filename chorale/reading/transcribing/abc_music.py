"""Read the music code of one voice of ABC as measures.

Source: the ABC standard 2.1, section 4.
"""

import re
from collections import Counter
from fractions import Fraction
from types import MappingProxyType

from chorale.reading.limits import MAX_NOTES, size_error
from chorale.reading.transcribing.abc_accidentals import Accidentals
from chorale.reading.transcribing.abc_fields import (
    VoiceFields,
    default_length,
    parse_key,
    parse_length,
    parse_metre,
    parse_tempo,
    parse_voice,
)
from chorale.reading.transcribing.abc_marks import SHORTHANDS, Mark, find_mark
from chorale.reading.transcribing.abc_measures import MeasureCollector
from chorale.reading.transcribing.abc_tokens import (
    Token,
    find_tuplet_time,
    list_chord,
    parse_multiple,
    tokenize,
)
from chorale.reading.transcribing.abc_tunes import decode_text
from chorale.reading.transcribing.abc_words import SungNote, align_words
from chorale.reading.transcribing.chord_symbols import parse_chord_symbol
from chorale.reading.transcribing.score import (
    Event,
    ScoreDirection,
    ScoreMetre,
    ScoreNote,
    ScorePitch,
)

_NOUNS = MappingProxyType({"m": "macro", "s": "symbol line"})
_PLACED_TEXT = "^_<>@"  # before words that are no chord symbol


class VoiceReader:
    """A voice of a tune, and the state in which its music code is read."""

    def __init__(self, file: str, propagation: str, shorthands: dict[str, str]) -> None:
        """Begin a voice.

        Args:
            file: name of the file in messages.
            propagation: value of %%propagate-accidentals: "not", "octave" or "pitch".
            shorthands: names of the decorations that letters stand for.
        """
        self.collector = MeasureCollector(file)
        self.fields = VoiceFields()
        self.left_out: Counter[str] = Counter()
        self.name = ""
        self._file = file
        self._accidentals = Accidentals(propagation)
        self._shorthands = {**SHORTHANDS, **shorthands}
        self._metre: ScoreMetre | None = None
        self._length: Fraction | None = None  # of the L: field
        self._last: ScoreNote | None = None
        self._factor = Fraction(1)  # of the next note, after a broken rhythm
        self._tuplet = Fraction(1)
        self._tuplet_notes = 0
        self._marks: list[Mark] = []  # of the next note
        self._slur_starts = 0
        self._sung: list[SungNote] = []
        self._verse = 0
        self._notes = self._lengths = 0  # notes; notes, chords and rests

    def read_field(self, letter: str, text: str) -> None:
        """Read an information field that concerns this voice.

        Raises:
            ValueError: a metre is not possible.
        """
        if letter == "K":
            self._read_key(text)
        elif letter in "V%":
            self._set_voice(parse_voice(text))
        elif letter == "M":
            self._metre = parse_metre(text)
            if self._metre:
                self.collector.set_metre(self._metre)
            elif text.strip().lower() not in ("none", ""):
                self.left_out[f"{decode_text(text)[:20]} metre"] += 1
        elif letter == "L":
            self._length = parse_length(text) or self._length
        elif letter == "Q":
            self._add_event(parse_tempo(decode_text(text), self._unit))
        elif letter == "P":
            self._add_event(ScoreDirection("rehearsal", decode_text(text)))
        elif letter == "w":
            self._verse += 1
            extra = align_words(text, self._sung, self._verse)
            self.left_out["unsung syllable"] += extra
        elif letter in _NOUNS:
            self.left_out[_NOUNS[letter]] += 1

    def read_line(self, code: str) -> None:
        """Read a line of music code.

        Raises:
            ValueError: a length or metre is not possible.
            ReadingError: there are too many notes or measures.
        """
        if self._verse:  # words follow the notes since the words before
            self._sung, self._verse = [], 0
        for token in tokenize(code):
            self._read_token(token)

    @property
    def octaves_apart(self) -> int:
        """Number of notes that do not follow an accidental in another octave."""
        return self._accidentals.octaves_apart

    @property
    def has_notes(self) -> bool:
        """Whether the voice has notes."""
        return self._notes > 0

    def _read_key(self, text: str) -> None:
        self._set_voice(parse_voice(text))
        if key := parse_key(text):
            self._accidentals.set_key(key.alters)
            self.collector.set_key(key.signature)

    def _set_voice(self, fields: VoiceFields) -> None:
        stated = {key: value for key, value in vars(fields).items() if value is not None}
        self.fields = VoiceFields(**{**vars(self.fields), **stated})
        self.name = decode_text(self.fields.name or "") or self.name

    @property
    def _unit(self) -> Fraction:
        """Length of a note without a number, in quarters."""
        return self._length or default_length(self._metre)

    def _read_token(self, token: Token) -> None:
        found = token.found
        match token.kind:
            case "field":
                self.read_field(found["letter"], found["content"])
            case "text":
                self._read_text(decode_text(found["quoted"]))
            case "decoration":
                self._mark(found["name"] or found["old_name"])
            case "shorthand":
                self._mark(self._shorthands.get(found[0], found[0]))
            case "bar":
                self._end_measure(found["sign"] or "", found["passes"] or found["alone"])
            case "tuplet":
                self._begin_tuplet(found)
            case "grace":
                self._add_graces(found["graces"])
            case "chord":
                self._add_chord(found)
            case "note":
                pitch = self._find_pitch(found)
                self._add_note((pitch,), parse_multiple(found["length"]))
            case "rest":
                self._add_rest(found["rest_kind"], found["rest_length"])
            case "tie" if self._last is not None:
                self._last.ties_to = self._accidentals.tied = set(self._last.pitches)
            case "broken":
                self._break_rhythm(found["signs"])
            case "slur" if found["slur_kind"] == "(":
                self._slur_starts += 1
            case "slur" if self._last is not None:
                self._last.slurs.append("stop")
            case "overlay":
                self.collector.add_voice()
                self._accidentals.end_measure()
                self._accidentals.tied, self._last = set(), None
            case "other":
                self.left_out[f'"{decode_text(found[0])}" sign'] += 1

    # Notes

    def _find_pitch(self, found: re.Match[str]) -> ScorePitch:
        return self._accidentals.find_pitch(found, self.fields.shift()[0])

    def _add_note(self, pitches: tuple[ScorePitch, ...], multiple: Fraction) -> None:
        self._notes += len(pitches)
        self._lengths += 1
        if max(self._notes, self._lengths) > MAX_NOTES:
            raise size_error(self._file, f"more than {MAX_NOTES:,} notes")
        quarters = multiple * self._unit * self._factor
        self._factor = Fraction(1)
        if self._tuplet_notes:
            quarters *= self._tuplet
            self._tuplet_notes -= 1
        note = ScoreNote(quarters, pitches, ties_from=self._accidentals.tied & set(pitches))
        note.slurs += ["start"] * self._slur_starts
        for mark in self._marks:
            mark.put_on(note)
        self._marks, self._slur_starts = [], 0
        self._accidentals.tied, self._last = set(), note
        self.collector.add(note)
        if pitches and len(self.collector.current.voices) == 1:
            self._sung.append(SungNote(note, len(self.collector.measures)))

    def _add_chord(self, found: re.Match[str]) -> None:
        notes = list_chord(found["notes_inside"])
        if not notes:
            return
        pitches = tuple(map(self._find_pitch, notes))
        length = parse_multiple(notes[0]["length"]) * parse_multiple(found["chord_length"])
        self._add_note(pitches, length)
        assert self._last is not None
        tied = {pitch for pitch, each in zip(pitches, notes, strict=True) if each["tie"]}
        self._last.ties_to, self._accidentals.tied = tied, set(tied)

    def _add_graces(self, inside: str) -> None:
        for found in list_chord(inside):
            pitch = self._find_pitch(found)
            self.collector.add(ScoreNote(Fraction(), (pitch,)))

    def _add_rest(self, kind: str, length: str) -> None:
        if kind in "zx":
            self._add_note((), parse_multiple(length))
            assert self._last is not None
            self._last.gap = kind == "x"
            return
        quarters = self._metre.quarters if self._metre else Fraction(4)
        for number in range(max(1, int(parse_multiple(length)))):
            if number:
                self._end_measure("|", None)
            self.collector.add(ScoreNote(quarters, gap=kind == "X"))

    def _break_rhythm(self, signs: str) -> None:
        """Lengthen the last note and shorten the next by its half, quarter or eighth."""
        if self._last is None:
            return
        short = Fraction(1, 2 ** len(signs))
        before = self._last.quarters
        self._last.quarters *= 2 - short if signs[0] == ">" else short
        self.collector.time += self._last.quarters - before
        self._factor = short if signs[0] == ">" else 2 - short

    def _begin_tuplet(self, found: re.Match[str]) -> None:
        many = int(found["many"])
        if many < 2:
            raise ValueError(f'"{found[0]}" as a tuplet')
        self._tuplet = Fraction(find_tuplet_time(many, found["time"], self._metre), many)
        self._tuplet_notes = int(found["notes"] or 0) or many

    # Barlines, words and marks

    def _end_measure(self, sign: str, passes: str | None) -> None:
        fermata = any(mark.kind == "fermata" for mark in self._marks)
        if fermata:
            self._marks = [mark for mark in self._marks if mark.kind != "fermata"]
        self.collector.draw_barline(sign, passes, fermata)
        if sign:
            self._accidentals.end_measure()

    def _read_text(self, text: str) -> None:
        """Read a text in quotes: a chord symbol, or words."""
        chord = None if text[:1] in _PLACED_TEXT else parse_chord_symbol(text)
        words = text[1:] if text[:1] and text[0] in _PLACED_TEXT else text
        if words.strip(" 0123456789.,-"):  # not a place or a fingering
            self._add_event(chord or ScoreDirection("words", words))

    def _mark(self, name: str) -> None:
        """Read a decoration, which belongs to the next note or stands at its time."""
        mark = find_mark(name)
        if mark is None:
            self.left_out[f"{decode_text(name)} decoration"] += 1
        elif isinstance(mark, Mark):
            self._marks.append(mark)
        else:
            self._add_event(mark)

    def _add_event(self, event: Event) -> None:
        self.collector.current.events.append((self.collector.time, event))
