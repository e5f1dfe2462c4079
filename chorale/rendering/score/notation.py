"""A chorale as a score of music21, as an engraver would set it.

Two staves, as hymn books have them (soprano and alto over tenor and bass, stems apart), or a staff
for each voice, as choirs have them. Voices that are silent throughout are left out. Pitches are
spelled in the key (`chorale.music.spelling`), the file's or an estimate. On two staves only the outer
voices carry fermatas, or each would stand there twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from chorale.analysis import estimate_key
from chorale.music import STEPS_PER_QUARTER, VOICES, Chorale, Key, notes
from chorale.music.spelling import Spelling, spelled_line
from chorale.rendering.libraries import library
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import USUAL, Colours, RenderOptions, Staves
from chorale.rendering.score.accidentals import show_accidentals
from chorale.rendering.score.note_values import (
    Bar,
    WrittenNote,
    bars_of,
    metre_of,
    signs_of,
    sounding_voices,
)

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

    signs: list[list[WrittenNote]]  # bar by bar
    spellings: list[Spelling]  # note by note
    stem: str | None
    fermata_below: bool
    colours: Sequence[str] | None  # note by note


def score_of(chorale: Chorale, metadata: Metadata, render_options: RenderOptions = USUAL) -> Any:
    """The music21.stream.Score of a chorale.

    Args:
        chorale: the music.
        about: its title and composer.
        manner: its staves and colours; tempo and program are for programs that play scores.
    """
    music21 = library("music21", "music21", _NOTATED)
    key = chorale.plan.key or estimate_key(chorale)
    chosen = _layout(render_options.staves, sounding_voices(chorale))
    score = music21.stream.Score()
    told = {"title": metadata.title, "composer": metadata.composer}
    score.metadata = music21.metadata.Metadata(
        **{field: text for field, text in told.items() if text}
    )
    parts = [
        _part(chorale, staff, key, number, render_options.colours)
        for number, staff in enumerate(chosen, start=1)
    ]
    mark = music21.tempo.MetronomeMark(number=render_options.tempo_qpm)
    parts[0].getElementsByClass("Measure")[0].insert(0, mark)
    for part in parts:
        part.insert(0, _instrument(part, render_options.program))
        score.insert(0, part)
    if len(parts) > 1:
        symbol, together = ("brace", True) if render_options.staves == 2 else ("bracket", False)
        score.insert(0, music21.layout.StaffGroup(parts, symbol=symbol, barTogether=together))
    return score


def _instrument(part: Any, program: int) -> Any:
    """What programs that play scores take for a part."""
    music21 = library("music21", "music21", _NOTATED)
    instrument = music21.instrument.Instrument(part.partName)
    instrument.midiProgram = program
    instrument.partName, instrument.partAbbreviation = part.partName, part.partAbbreviation
    return instrument


def _layout(staves: Staves, sounding: Sequence[int]) -> list[_Staff]:
    """The staves of the voices that sound."""
    layout = [_Staff((0, 1), "TrebleClef"), _Staff((2, 3), "BassClef")]
    if staves == 4:
        clefs = ("TrebleClef", "TrebleClef", "Treble8vbClef", "BassClef")
        layout = [_Staff((voice,), clef) for voice, clef in enumerate(clefs)]
    heard = [
        replace(staff, voices=tuple(voice for voice in staff.voices if voice in sounding))
        for staff in layout
    ]
    return [staff for staff in heard if staff.voices]


def _part(chorale: Chorale, staff: _Staff, key: Key, number: int, colours: Colours | None) -> Any:
    """One staff, with its name, clef, signatures and final barline."""
    music21 = library("music21", "music21", _NOTATED)
    part = music21.stream.Part(id=f"staff-{number}")
    part.partName = ", ".join(VOICES[voice].capitalize() for voice in staff.voices)
    part.partAbbreviation = "".join(VOICES[voice][0].upper() for voice in staff.voices)
    metre = music21.meter.TimeSignature(metre_of(chorale.plan).name)
    lines = [_line(chorale, voice, staff, key, colours) for voice in staff.voices]
    for place, bar in enumerate(bars_of(chorale.plan)):
        measure = _measure(lines, place, bar, metre)
        if place == 0:
            signature = music21.key.KeySignature(key.sharps).asKey(key.mode)
            for sign in (getattr(music21.clef, staff.clef)(), signature, metre):
                measure.insert(0, sign)
        part.append(measure)
    show_accidentals(part, key)
    measure.rightBarline = music21.bar.Barline("final")
    return part


def _line(chorale: Chorale, voice: int, staff: _Staff, key: Key, colours: Colours | None) -> _Line:
    shared = len(staff.voices) > 1
    outer = not shared or voice in (0, len(VOICES) - 1)
    upper = voice == staff.voices[0]
    return _Line(
        signs_of(chorale, voice, fermatas=outer),
        spelled_line([note.pitch for note in notes(chorale, voice)], key),
        ("up" if upper else "down") if shared else None,
        fermata_below=shared and not upper,
        colours=colours.notes[voice] if colours else None,
    )


def _measure(lines: Sequence[_Line], place: int, bar: Bar, metre: Any) -> Any:
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
    return measure


def _written(sign: WrittenNote, line: _Line) -> Any:
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
    if line.colours and line.colours[sign.number]:
        note.style.color = line.colours[sign.number]
    if line.stem:
        note.stemDirection = line.stem
    kind = _TIES.get((sign.tied_before, sign.tied_after))
    note.tie = music21.tie.Tie(kind) if kind else None
    if sign.fermata:
        fermata = music21.expressions.Fermata()
        fermata.type = "inverted" if line.fermata_below else "upright"
        note.expressions.append(fermata)
    return note
