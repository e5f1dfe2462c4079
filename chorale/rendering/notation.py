"""A chorale as a score of music21, as an engraver would set it.

Two staves, as hymn books have them (soprano and alto over tenor and bass, stems apart), or a staff
for each voice, as choirs have them. Voices that are silent throughout are left out. Pitches are
spelled in the key (`chorale.spelling`), the file's or an estimate; accidentals are shown where they
differ from the signature or from one before in the bar. On two staves only the outer voices carry
fermatas, or each would stand there twice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from chorale.analysis import estimate_key
from chorale.music import STEPS_PER_QUARTER, VOICES, Chorale, Key, Plan, notes
from chorale.rendering.about import About
from chorale.rendering.libraries import library
from chorale.rendering.written import (
    Bar,
    Sign,
    bars_of,
    metre_of,
    signs_of,
    sounding_voices,
)
from chorale.spelling import Spelling, spelled_line

Staves = Literal[2, 4]

_TIES = {(False, True): "start", (True, True): "continue", (True, False): "stop"}
_NOTATED = "a score"

# music21 publishes no types: its objects are Any here.


@dataclass(frozen=True)
class _Staff:
    voices: tuple[int, ...]  # from above
    clef: str  # a class of music21.clef


@dataclass(frozen=True)
class _Line:
    """A voice, ready to be written."""

    signs: list[list[Sign]]  # bar by bar
    spellings: list[Spelling]  # note by note
    stem: str | None
    fermata_below: bool


def score_of(chorale: Chorale, about: About, staves: Staves = 2, tempo_qpm: float = 80) -> Any:
    """The music21.stream.Score of a chorale.

    Args:
        chorale: the music.
        about: its title.
        staves: 2, or 4 for a staff a voice.
        tempo_qpm: quarter notes a minute, for programs that play scores.
    """
    music21 = library("music21", "music21", _NOTATED)
    key = chorale.plan.key or estimate_key(chorale)
    chosen = [staff for staff in map(_sounding(chorale), _layout(staves)) if staff.voices]
    score = music21.stream.Score()
    score.metadata = music21.metadata.Metadata(title=about.title, composer="chorale")
    parts = [_part(chorale, staff, key, number) for number, staff in enumerate(chosen, start=1)]
    mark = music21.tempo.MetronomeMark(number=tempo_qpm)
    parts[0].getElementsByClass("Measure")[0].insert(0, mark)
    for part in parts:
        score.insert(0, part)
    if len(parts) > 1:
        symbol, together = ("brace", True) if staves == 2 else ("bracket", False)
        score.insert(0, music21.layout.StaffGroup(parts, symbol=symbol, barTogether=together))
    return score


def _layout(staves: Staves) -> list[_Staff]:
    if staves == 2:
        return [_Staff((0, 1), "TrebleClef"), _Staff((2, 3), "BassClef")]
    clefs = ("TrebleClef", "TrebleClef", "Treble8vbClef", "BassClef")
    return [_Staff((voice,), clef) for voice, clef in enumerate(clefs)]


def _sounding(chorale: Chorale) -> Any:
    sounding = sounding_voices(chorale)
    return lambda staff: replace(staff, voices=tuple(v for v in staff.voices if v in sounding))


def _part(chorale: Chorale, staff: _Staff, key: Key, number: int) -> Any:
    """One staff, with its name, clef, signatures and final barline."""
    music21 = library("music21", "music21", _NOTATED)
    part = music21.stream.Part(id=f"staff-{number}")
    part.partName = ", ".join(VOICES[voice].capitalize() for voice in staff.voices)
    part.partAbbreviation = "".join(VOICES[voice][0].upper() for voice in staff.voices)
    metre = music21.meter.TimeSignature(metre_of(chorale.plan).name)
    lines = [_line(chorale, voice, staff, key) for voice in staff.voices]
    for place, bar in enumerate(bars_of(chorale.plan)):
        measure = _measure(lines, place, bar, chorale.plan, metre, key)
        if place == 0:
            signature = music21.key.KeySignature(key.sharps).asKey(key.mode)
            for sign in (getattr(music21.clef, staff.clef)(), signature, metre):
                measure.insert(0, sign)
        part.append(measure)
    measure.rightBarline = music21.bar.Barline("final")
    return part


def _line(chorale: Chorale, voice: int, staff: _Staff, key: Key) -> _Line:
    shared = len(staff.voices) > 1
    outer = not shared or voice in (0, len(VOICES) - 1)
    upper = voice == staff.voices[0]
    return _Line(
        signs_of(chorale, voice, fermatas=outer),
        spelled_line([note.pitch for note in notes(chorale, voice)], key),
        ("up" if upper else "down") if shared else None,
        fermata_below=shared and not upper,
    )


def _measure(lines: Sequence[_Line], place: int, bar: Bar, plan: Plan, metre: Any, key: Key) -> Any:
    """One bar of a staff: a voice each for the lines, or the notes themselves of a lone one."""
    music21 = library("music21", "music21", _NOTATED)
    measure = music21.stream.Measure(number=bar.number)
    length = (bar.end_step - bar.start_step) / STEPS_PER_QUARTER
    missing = metre.barDuration.quarterLength - length
    if bar.number == 0:
        measure.paddingLeft = missing
        measure.showNumber = music21.stream.enums.ShowNumber.NEVER
    else:
        measure.paddingRight = missing
    for number, line in enumerate(lines, start=1):
        written = [_written(sign, line) for sign in line.signs[place]]
        beams = metre.getBeams(written, measure.paddingLeft)
        for one, its_beams in zip(written, beams, strict=True):
            if its_beams is not None and not one.isRest:
                one.beams = its_beams
        room = music21.stream.Voice(id=str(number)) if len(lines) > 1 else measure
        for one in written:
            room.append(one)
        if room is not measure:
            measure.insert(0, room)
    _show_accidentals(measure, key)
    return measure


def _written(sign: Sign, line: _Line) -> Any:
    """A note or a rest."""
    music21 = library("music21", "music21", _NOTATED)
    quarters = sign.length_steps / STEPS_PER_QUARTER
    if sign.number is None:
        rest = music21.note.Rest(quarterLength=quarters)
        rest.fullMeasure = sign.whole_bar
        return rest
    spelling = line.spellings[sign.number]
    pitch = music21.pitch.Pitch(step=spelling.letter, octave=spelling.octave)
    if spelling.alter:
        pitch.accidental = music21.pitch.Accidental(spelling.alter)
    note = music21.note.Note(pitch, quarterLength=quarters)
    if line.stem:
        note.stemDirection = line.stem
    kind = _TIES.get((sign.tied_before, sign.tied_after))
    note.tie = music21.tie.Tie(kind) if kind else None
    if sign.fermata:
        fermata = music21.expressions.Fermata()
        fermata.type = "inverted" if line.fermata_below else "upright"
        note.expressions.append(fermata)
    return note


def _show_accidentals(measure: Any, key: Key) -> None:
    """Print the accidentals that differ from the signature or from one before in the bar."""
    music21 = library("music21", "music21", _NOTATED)
    signature = music21.key.KeySignature(key.sharps)
    known = {pitch.step: pitch.alter for pitch in signature.alteredPitches}
    before: dict[tuple[str, int], float] = {}
    for note in _in_order(measure):
        pitch = note.pitch
        place = pitch.step, pitch.octave
        tied = note.tie is not None and note.tie.type != "start"
        shown = not tied and before.get(place, known.get(place[0], 0)) != pitch.alter
        if shown and pitch.accidental is None:
            pitch.accidental = music21.pitch.Accidental("natural")
        if pitch.accidental is not None:
            pitch.accidental.displayStatus = shown
        if not tied:
            before[place] = pitch.alter


def _in_order(measure: Any) -> Iterable[Any]:
    """The notes of all voices of a bar in order of time."""
    found = [note for voice in (measure.voices or [measure]) for note in voice.notes]
    return sorted(found, key=lambda note: note.offset)
