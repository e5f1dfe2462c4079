"""Read an ABC file as a score: the first tune of the file, each of its voices as a part.

ABC is read here, not with music21, which (in release 10.5) neither keeps an accidental to the
barline in a file without a version, nor reads voices within a line, words, fermatas, octaves of
clefs and directions; nor with verovio, whose reader of ABC has a single voice.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from chorale.errors import ReadingError
from chorale.reading.limits import limit_error, size_error
from chorale.reading.transcribing.abc_music import VoiceReader
from chorale.reading.transcribing.abc_tunes import Tune, decode_text, split_tunes
from chorale.reading.transcribing.score import Score, ScoreMeasure, ScorePart
from chorale.wording import count, join_names

MAX_TUNE_CHARACTERS = 1_000_000  # MAX_NOTES notes, with words
MAX_VOICES = 32
_TUNES_SHOWN = 4
_KINDS_SHOWN = 12
_VOICE = re.compile(r"\[V:\s*([^\s\]]{1,40})([^\]\n]*)\]")
_SHORTHAND = re.compile(r"([H-Wh-w~])\s*=\s*[!+]([^!+\s]{1,30})[!+]")
_IN_MUSIC = "KMLQPwms%"  # fields that concern one voice
_NOT_KEPT = {
    "P": "order of sections (P:) not played out",
    "W": "words after the tune (W:) left out",
}


def read_abc(text: str, file: str) -> Score:
    """Read the first tune of an ABC file.

    Raises:
        ReadingError: the file has no tune, or the tune exceeds a limit.
    """
    tunes = split_tunes(text, file)
    if not tunes:
        raise ReadingError(f"{file} has no tune in ABC; a tune begins with X:1 and has a key, K:C")
    tune = tunes[0]
    if sum(len(each.text) for each in tune.body) > MAX_TUNE_CHARACTERS:
        raise size_error(file, f"more than {MAX_TUNE_CHARACTERS:,} characters in one tune")
    try:
        score = _TuneReader(tune, file).read()
    except ValueError as error:
        raise limit_error(file, str(error)) from error
    score.notices[:0] = _describe_others(tunes)
    return score


def _describe_others(tunes: Sequence[Tune]) -> list[str]:
    """Describe the tunes that are left out."""
    notices = []
    if len(tunes) > 1:
        names = [f"{tune.number} {tune.title[:60]}".strip() for tune in tunes[1:_TUNES_SHOWN]]
        if len(tunes) > _TUNES_SHOWN:
            names.append(f"{len(tunes) - _TUNES_SHOWN} others")
        notices.append(
            f"the first of {len(tunes)} tunes read, left out: {join_names(names)}; "
            "put another in a file of its own to read it"
        )
    if tunes[0].lines_after:
        lines = count(tunes[0].lines_after, "line")
        notices.append(f"{lines} after the blank line that ends the tune left out")
    return notices


class _TuneReader:
    """The reading of a tune: its voices, and which of them the next line is for."""

    def __init__(self, tune: Tune, file: str) -> None:
        self._tune = tune
        self._file = file
        self._voices: dict[str, VoiceReader] = {}
        self._defined: dict[str, list[str]] = {}  # V: fields of the header
        self._current: VoiceReader | None = None

    def read(self) -> Score:
        header = self._tune.header
        for letter, text in header:
            if letter == "V":
                voice, _, properties = text.partition(" ")
                self._defined.setdefault(voice, []).append(properties)
        order = _list_voices(self._tune.directives)
        for voice in dict.fromkeys([*(v for v in order if v in self._defined), *self._defined]):
            self._select(voice)
        if self._voices:
            self._current = next(iter(self._voices.values()))
        for letter, text in self._tune.body:
            self._read_line(letter, text)
        sounding = {name: each for name, each in self._voices.items() if each.has_notes}
        names = sorted(
            sounding, key=lambda name: order.index(name) if name in order else len(order)
        )
        parts = [self._finish(name) for name in names]
        composers = [decode_text(text) for letter, text in header if letter == "C"]
        return Score(parts, self._tune.title, ", ".join(composers), self._describe_left_out())

    def _read_line(self, letter: str, text: str) -> None:
        if letter == "V":
            voice, _, properties = text.partition(" ")
            self._select(voice, properties)
        elif letter:
            if letter in _IN_MUSIC:
                self._now().read_field(letter, text)
        else:
            self._read_music(text)

    def _read_music(self, code: str) -> None:
        """Read a line of music code, which may go from voice to voice."""
        place = 0
        for found in _VOICE.finditer(code):
            self._read_code(code[place : found.start()])
            self._select(found[1], found[2])
            place = found.end()
        self._read_code(code[place:])

    def _read_code(self, code: str) -> None:
        if code.strip():
            self._now().read_line(code)

    def _now(self) -> VoiceReader:
        """Return the voice that the next line is for."""
        return self._current or self._select("1")

    def _select(self, voice: str, properties: str = "") -> VoiceReader:
        """Go on in a voice, which begins with the fields of the header."""
        voice = voice[:40]
        if voice not in self._voices:
            if len(self._voices) >= MAX_VOICES:
                raise size_error(self._file, f"more than {MAX_VOICES} voices")
            directives = self._tune.directives
            shorthands = dict(_read_shorthands(self._tune))
            propagation = directives.get("propagate-accidentals", "octave").strip()
            reader = VoiceReader(self._file, propagation, shorthands)
            self._voices[voice] = reader
            for letter, text in self._tune.header:
                if letter in "KML%" or (letter == "Q" and len(self._voices) == 1):
                    reader.read_field(letter, text)
            for defined in self._defined.get(voice, ()):
                reader.read_field("V", defined)
        self._current = self._voices[voice]
        if properties.strip():
            self._current.read_field("V", properties)
        return self._current

    def _finish(self, voice: str) -> ScorePart:
        reader = self._voices[voice]
        semitones = reader.fields.shift()[1]
        name = reader.name or ("" if voice.isdigit() else decode_text(voice))
        measures = reader.collector.finish()
        pickup = _is_pickup(measures)
        for number, measure in enumerate(measures, start=0 if pickup else 1):
            measure.number = str(number) if number else ""
        return ScorePart(name, (round(semitones * 7 / 12), semitones), measures)

    def _describe_left_out(self) -> list[str]:
        """Describe what was left out, by kind and count."""
        letters = {letter for letter, _ in (*self._tune.header, *self._tune.body)}
        header = {letter for letter, _ in self._tune.header}
        notices = [
            notice
            for letter, notice in _NOT_KEPT.items()
            if letter in (header if letter == "P" else letters)
        ]
        apart = sum(each.octaves_apart for each in self._voices.values())
        if apart and "propagate-accidentals" not in self._tune.directives:
            notes = count(apart, "note")
            notices.append(f"{notes} read without the accidental of another octave in the bar")
        totals: Counter[str] = sum((each.left_out for each in self._voices.values()), Counter())
        kinds = [count(number, kind) for kind, number in totals.most_common(_KINDS_SHOWN)]
        return notices + ([f"{join_names(kinds)} left out"] if kinds else [])


def _list_voices(directives: Mapping[str, str]) -> list[str]:
    """List the voices in the order of the score."""
    order = directives.get("score", directives.get("staves", ""))
    return re.findall(r"[^\s()\[\]{}|*+&]+", order)


def _read_shorthands(tune: Tune) -> Iterator[tuple[str, str]]:
    """Yield the letters that U: fields define, with the names of their decorations."""
    for letter, text in (*tune.header, *tune.body):
        if letter == "U" and (found := _SHORTHAND.match(text)):
            yield found[1], found[2]


def _is_pickup(measures: Sequence[ScoreMeasure]) -> bool:
    """Check whether the first measure is not full."""
    first = measures[0]
    length = sum((note.quarters for note in first.voices[0]), Fraction())
    return first.metre is not None and length < first.metre.quarters and len(measures) > 1
