"""Read MusicXML files and music21 scores as parts.

music21 parses the notes. Its import takes 0.2 to 1 s and therefore stands inside the functions.
Annotations are read from the elements of a file (`chorale.reading.notation`).

A score is read as written, at sounding pitch: repeats are not played out, and transposing parts
are transposed. On one or two staves, as in hymnals, and on staves named after several voices, such
as "Women", each voice of a staff is a part. A fermata on a rest holds the note before it too.
"""

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from chorale.errors import ReadingError
from chorale.music import COMMON_TIME, STEPS_PER_QUARTER
from chorale.reading.annotations import PartAnnotations
from chorale.reading.barlines import align_barlines, find_staff_id, list_barlines
from chorale.reading.facts import Facts
from chorale.reading.names import list_voices
from chorale.reading.notation import read_annotations
from chorale.reading.parts import Part, PartNote
from chorale.reading.score_facts import (
    add_score_facts,
    describe_key_changes,
    read_part_facts,
    read_score_facts,
)
from chorale.reading.transcribing import NAMES
from chorale.reading.transcribing import SUFFIXES as TRANSCRIBED
from chorale.reading.xml import extract_musicxml, find_programs
from chorale.untrusted import make_printable
from chorale.wording import count

SUFFIXES = (".musicxml", ".xml", ".mxl", *TRANSCRIBED)

Span = tuple[float, float]  # start and end in steps, the end exclusive

# music21 publishes no types: its objects are Any here.


def read_musicxml(path: Path) -> list[Part]:
    """Read the parts of a MusicXML file, compressed or not.

    Raises:
        ReadingError: the file is not MusicXML, is damaged or exceeds a limit.
    """
    from music21 import converter

    try:
        with warnings.catch_warnings():
            # music21 warns of odd beams, lyrics and the like, which seldom affect the notes.
            warnings.simplefilter("ignore")
            # Given the text and its format, music21 opens no file, no URL and no cached pickle.
            notes, notices, elements = extract_musicxml(path)
            score = converter.parseData(notes, format="musicxml")
            score.metadata.filePath = path.name
            programs = find_programs(notes)  # music21 takes others from the names of the parts
            notices += align_barlines(score)
            annotations = read_annotations(elements, list_barlines(score))
            return [
                replace(
                    part,
                    facts=replace(part.facts, programs=programs),
                    notices=(*notices, *part.notices),
                )
                for part in extract_parts(score, annotations)
            ]
    except ReadingError:
        raise
    except Exception as error:  # a damaged file fails anywhere in the parser, with any exception
        raise ReadingError(
            f"{path} cannot be read as {NAMES.get(path.suffix.lower(), 'MusicXML')} "
            f"({_describe_error(error)}); "
            "export it again from your score editor, or as MIDI"
        ) from error


def extract_parts(
    score: Any, annotations: Mapping[str, PartAnnotations] | None = None
) -> list[Part]:
    """Return the parts of a music21.stream.Score, in score order.

    Args:
        score: the score.
        annotations: annotations of the staves, by id; those in the score itself are left out.
    """
    staves = [_to_sounding_pitch(part) for part in score.parts]
    facts = read_score_facts(score)
    parts = []
    for number, (staff, original) in enumerate(zip(staves, score.parts, strict=True), start=1):
        written = (annotations or {}).get(find_staff_id(original), PartAnnotations())
        left_out = (*written.left_out, *_count_left_out(staff))
        name = make_printable(staff.partName or "").strip() if annotations else ""
        written = replace(written, name=name, left_out=left_out)
        shared = len(staves) <= 2 or len(list_voices(staff.partName or "")) > 1
        lines = _separate_staff(staff) if shared else [staff]
        for line in lines:
            part = replace(_read_part(line, facts), annotations=written)
            part = replace(part, repeats=annotations is None and bool(line["RepeatMark"]))
            if len(lines) > 1:
                part = replace(part, staff=number, rests=tuple(_find_rests(line)))
            parts.append(part)
    return parts


def _separate_staff(staff: Any) -> Sequence[Any]:
    """Separate a staff into its voices."""
    if not staff["Voice"]:
        return [staff]
    # music21 copies only the notes, so the signatures are added to the first voice.
    lines = list(staff.voicesToParts().parts)
    for signature in (*staff["TimeSignature"], *staff["KeySignature"]):
        lines[0].insert(signature.getOffsetInHierarchy(staff), signature)
    return lines


def _to_sounding_pitch(part: Any) -> Any:
    transposing = any(instrument.transposition for instrument in part["Instrument"])
    return part.toSoundingPitch() if transposing else part


def _read_part(line: Any, score_facts: Facts) -> Part:
    """Read the notes and the facts of a part, which has the facts of the whole score too."""
    from music21.expressions import Fermata, Ornament

    notes: list[PartNote] = []
    fermatas = []
    before: Span | None = None  # the last note or chord
    ornaments = microtones = 0
    for element in line.flatten().notesAndRests:
        if "Harmony" in element.classes:  # a chord symbol
            continue
        if element.duration.isGrace:
            ornaments += 1
            continue
        ornaments += sum(isinstance(mark, Ornament) for mark in element.expressions)
        start = element.offset * STEPS_PER_QUARTER
        end = start + element.quarterLength * STEPS_PER_QUARTER
        if any(isinstance(mark, Fermata) for mark in element.expressions):
            fermatas.append(_extend_fermata((start, end), before if element.isRest else None))
        if element.isRest:
            continue
        before = start, end
        for note in getattr(element, "notes", (element,)):
            if "Note" in note.classes:  # drum notes have no pitch
                microtones += note.pitch.ps % 1 != 0
                _add_note(notes, PartNote(start, end, round(note.pitch.ps)), note.tie)
    return Part(
        line.partName or "",
        tuple(notes),
        tuple(fermatas) or None,
        add_score_facts(read_part_facts(line), score_facts),
        ornaments,
        notices=(*describe_key_changes(line), *_describe_microtones(microtones)),
    )


def _extend_fermata(marked: Span, before: Span | None) -> Span:
    """Extend the fermata of a rest to the note before it, with which the phrase ends.

    Args:
        marked: the note or rest that has the fermata.
        before: the note before the rest; None if there is none, or if a note has the fermata.
    """
    if before is None or marked[0] - before[1] >= COMMON_TIME.steps_per_bar:
        return marked
    return before[0], marked[1]


def _count_left_out(staff: Any) -> Iterator[tuple[str, int]]:
    """Yield the nouns and numbers of the annotations of a staff in a score of music21."""
    syllables = sum(len(note.lyrics) for note in staff.flatten().notes)
    for noun, number in (("syllable", syllables), ("dynamic", len(staff["Dynamic"]))):
        if number:
            yield noun, number


def _find_rests(line: Any) -> Iterator[tuple[float, float]]:
    """Yield start and end, in steps, of each rest of a part."""
    for rest in line.flatten().getElementsByClass("Rest"):
        start = rest.offset * STEPS_PER_QUARTER
        yield start, start + rest.quarterLength * STEPS_PER_QUARTER


def _add_note(notes: list[PartNote], note: PartNote, tie: Any) -> None:
    """Append a note, or lengthen the note to which it is tied."""
    if tie is not None and tie.type in ("stop", "continue"):
        for index in range(len(notes) - 1, -1, -1):
            before = notes[index]
            if before.pitch == note.pitch and math.isclose(before.end, note.start):
                notes[index] = PartNote(before.start, note.end, note.pitch)
                return
    notes.append(note)


def _describe_microtones(number: int) -> tuple[str, ...]:
    """Return a notice of the notes that moved to a semitone; none if there are none."""
    return (
        (f"{count(number, 'note')} between the semitones moved to the nearest",) if number else ()
    )


def _describe_error(error: Exception) -> str:
    """Return the first line of an error's text, at most 120 characters of it."""
    first_line = (str(error).strip().splitlines() or ["no details"])[0]
    text = first_line if " " in first_line else f"{type(error).__name__}: {first_line}"
    return text[:120]
