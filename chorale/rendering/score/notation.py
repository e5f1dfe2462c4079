"""A chorale as a music21 score, notated as an engraver would notate it.

The score has two staves, as in hymn books, or one per voice, as in choir scores. On two staves,
the upper one has the upper two voices of the choir, the lower one the others; of two voices, the
upper has its stems up and the lower down. Choirs of two voices always have a staff for each.
Voices that are silent throughout are left out. Pitches are spelled (`chorale.music.spelling`) in
the key of the plan, or else in an estimated key, except where the chorale has spellings of a file.
A repeat or an ending that starts or ends inside a measure divides it into two; the second has no
number of its own. `chorale.rendering.score.annotating` writes words, signs and chord symbols. On
two staves only soprano and bass carry fermatas; otherwise each fermata would be printed twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any

from chorale.analysis import estimate_key
from chorale.music import BASS, SOPRANO, STEPS_PER_QUARTER, Chorale, Key
from chorale.music.spelling import Spelling
from chorale.music.voicings import ClefName
from chorale.rendering.libraries import import_library
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import (
    DEFAULT_RENDER_OPTIONS,
    RenderOptions,
    ScoreColours,
)
from chorale.rendering.score.accidentals import show_accidentals
from chorale.rendering.score.layout import (
    Staff,
    has_shared_staves,
    lay_out_staves,
    written_voices,
)
from chorale.rendering.score.note_values import (
    Bar,
    WrittenNote,
    notate_voice,
    score_bars,
)
from chorale.rendering.score.part_names import abbreviate_staff, name_staff
from chorale.rendering.score.spellings import choose_signature, spell_voice

_TIES = {(False, True): "start", (True, True): "continue", (True, False): "stop"}
_CLEFS: Mapping[ClefName, str] = {
    "treble": "TrebleClef",
    "tenor": "Treble8vbClef",
    "bass": "BassClef",
}  # names of classes of music21.clef
_PURPOSE = "a score"

# music21 publishes no types: its objects are Any here.


@dataclass(frozen=True)
class _Line:
    """A voice as it is written on its staff."""

    written: list[list[WrittenNote]]  # measure by measure
    spellings: list[Spelling]  # note by note
    stem: str | None
    fermata_below: bool
    colours: Sequence[str] | None  # note by note


def build_score(
    chorale: Chorale, metadata: Metadata, render_options: RenderOptions = DEFAULT_RENDER_OPTIONS
) -> Any:
    """Build the music21.stream.Score of a chorale.

    Args:
        chorale: the music.
        metadata: title and composer.
        render_options: choir, staves, colours and tempo, and the MIDI program for playback.

    Raises:
        OutputError: music21 is not installed.
    """
    music21 = import_library("music21", "music21", _PURPOSE)
    key = chorale.plan.key or estimate_key(chorale)
    voicing = render_options.voicing
    staves = lay_out_staves(voicing, render_options.staves, written_voices(chorale, render_options))
    score = music21.stream.Score()
    fields = {"title": metadata.title, "composer": metadata.composer}
    score.metadata = music21.metadata.Metadata(
        **{field: text for field, text in fields.items() if text}
    )
    parts = [
        _build_part(chorale, staff, key, number, render_options)
        for number, staff in enumerate(staves, start=1)
    ]
    mark = music21.tempo.MetronomeMark(number=render_options.tempo_qpm)
    parts[0].getElementsByClass("Measure")[0].insert(0, mark)
    for part in parts:
        part.insert(0, _build_instrument(part, render_options.program))
        score.insert(0, part)
    if len(parts) > 1:
        shared = has_shared_staves(voicing, render_options.staves)
        symbol, together = ("brace", True) if shared else ("bracket", False)
        if chorale.annotations.syllables:  # barlines would run through words between the staves
            together = False
        score.insert(0, music21.layout.StaffGroup(parts, symbol=symbol, barTogether=together))
    return score


def list_staves(chorale: Chorale, render_options: RenderOptions) -> list[tuple[int, ...]]:
    """Return the voices of each staff of a score, from top to bottom; 0 = soprano."""
    sounding = written_voices(chorale, render_options)
    staves = lay_out_staves(render_options.voicing, render_options.staves, sounding)
    return [staff.voices for staff in staves]


def _build_instrument(part: Any, program: int) -> Any:
    """Build the instrument of a part, which notation software uses for playback."""
    music21 = import_library("music21", "music21", _PURPOSE)
    instrument = music21.instrument.Instrument(part.partName)
    instrument.midiProgram = program
    instrument.partName, instrument.partAbbreviation = part.partName, part.partAbbreviation
    return instrument


def _build_part(
    chorale: Chorale, staff: Staff, key: Key, number: int, render_options: RenderOptions
) -> Any:
    """Build a staff, with its name, clef, signatures and final bar line."""
    music21 = import_library("music21", "music21", _PURPOSE)
    part = music21.stream.Part(id=f"staff-{number}")
    part.partName = name_staff(chorale.annotations, staff.parts)
    choir, colours = render_options.voicing.parts, render_options.colours
    part.partAbbreviation = abbreviate_staff(chorale.annotations, staff.parts, choir)
    sharps = choose_signature(chorale, key)
    metre = music21.meter.TimeSignature(chorale.plan.counted_metre.name)
    lines = [_prepare_line(chorale, voice, staff, key, colours) for voice in staff.voices]
    for place, bar in enumerate(score_bars(chorale)):
        measure = _build_measure(lines, place, bar, metre)
        if place == 0:
            signature = music21.key.KeySignature(sharps).asKey(key.mode)
            for sign in (getattr(music21.clef, _CLEFS[staff.clef])(), signature, metre):
                measure.insert(0, sign)
        part.append(measure)
    show_accidentals(part, sharps)
    measure.rightBarline = music21.bar.Barline("final")
    return part


def _prepare_line(
    chorale: Chorale, voice: int, staff: Staff, key: Key, colours: ScoreColours | None
) -> _Line:
    shared = len(staff.voices) > 1
    carries_fermatas = not shared or voice in (SOPRANO, BASS)
    upper = voice == staff.voices[0]
    return _Line(
        notate_voice(chorale, voice, fermatas=carries_fermatas),
        spell_voice(chorale, voice, key, choose_signature(chorale, key)),
        ("up" if upper else "down") if shared else None,
        fermata_below=shared and not upper,
        colours=colours.notes[voice] if colours else None,
    )


def _build_measure(lines: Sequence[_Line], place: int, bar: Bar, metre: Any) -> Any:
    """Build a measure of a staff.

    Two lines become two music21 voices; a single line stands in the measure itself.

    Args:
        lines: the voices of the staff.
        place: index of the measure, from 0.
        bar: the measure.
        metre: music21 time signature.
    """
    music21 = import_library("music21", "music21", _PURPOSE)
    measure = music21.stream.Measure(number=bar.number)
    length = (bar.end_step - bar.start_step) / STEPS_PER_QUARTER
    measure.paddingLeft = bar.lead_steps / STEPS_PER_QUARTER
    measure.paddingRight = metre.barDuration.quarterLength - length - measure.paddingLeft
    if bar.number == 0 or bar.part:
        measure.showNumber = music21.stream.enums.ShowNumber.NEVER
    if bar.part:
        measure.numberSuffix = ascii_lowercase[(bar.part - 1) % 26]  # "4a" follows 4
    after = []  # what follows in a divided measure; beams need not end with the first part
    if bar.parts > 1 and measure.paddingRight:
        after.append(music21.note.Rest(quarterLength=measure.paddingRight))
    for number, line in enumerate(lines, start=1):
        elements = [_build_note(note, line) for note in line.written[place]]
        beams = metre.getBeams([*elements, *after], measure.paddingLeft)
        for element, its_beams in zip(elements, beams, strict=False):
            if its_beams is not None and not element.isRest:
                element.beams = its_beams
        container = music21.stream.Voice(id=str(number)) if len(lines) > 1 else measure
        for element in elements:
            container.append(element)
        if container is not measure:
            measure.insert(0, container)
    return measure


def _build_note(written: WrittenNote, line: _Line) -> Any:
    """Build the music21 note or rest of a `WrittenNote`."""
    music21 = import_library("music21", "music21", _PURPOSE)
    quarters = written.length_steps / STEPS_PER_QUARTER
    if written.number is None:
        rest = music21.note.Rest(quarterLength=quarters)
        rest.fullMeasure = written.whole_bar
        return rest
    spelling = line.spellings[written.number]
    pitch = music21.pitch.Pitch(step=spelling.letter, octave=spelling.octave)
    if spelling.alter:
        pitch.accidental = music21.pitch.Accidental(spelling.alter)
    note = music21.note.Note(pitch, quarterLength=quarters)
    if line.colours and line.colours[written.number]:
        note.style.color = line.colours[written.number]
    if line.stem:
        note.stemDirection = line.stem
    kind = _TIES.get((written.tied_before, written.tied_after))
    note.tie = music21.tie.Tie(kind) if kind else None
    if written.fermata:
        fermata = music21.expressions.Fermata()
        fermata.type = "inverted" if line.fermata_below else "upright"
        note.expressions.append(fermata)
    return note
