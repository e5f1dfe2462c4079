"""Read MusicXML files and music21 scores as parts.

music21 parses the notes. Its import takes 0.2 to 1 s and therefore stands inside the functions.
Annotations are read from the elements of a file (`chorale.reading.notation`).

A score is read as written, at sounding pitch: repeats are not played out, and transposing parts
are transposed. On one or two staves, as in hymnals, and on staves named after several voices, such
as "Women", each voice of a staff is a part. The metre is unknown if it changes. A fermata on a rest
holds the note before it too.
"""

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from chorale.errors import ReadingError
from chorale.music import COMMON_TIME, STEPS_PER_QUARTER, Metre, Mode
from chorale.reading.annotations import PartAnnotations
from chorale.reading.barlines import align_barlines, find_staff_id, list_barlines
from chorale.reading.measures import find_downbeats, join_divided
from chorale.reading.names import list_voices
from chorale.reading.notation import read_annotations
from chorale.reading.parts import COMPOSED_BY_CHORALE, Facts, Part, PartNote
from chorale.reading.transcribing import NAMES
from chorale.reading.transcribing import SUFFIXES as TRANSCRIBED
from chorale.reading.xml import extract_musicxml, find_programs
from chorale.untrusted import make_printable
from chorale.wording import count, list_places

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
    facts = Facts(tempo_qpm=_read_tempo(score), comments=_read_comments(score))
    if score.metadata:
        facts = replace(facts, title=_read_title(score), composer=score.metadata.composer or None)
    parts = []
    for number, (staff, original) in enumerate(zip(staves, score.parts, strict=True), start=1):
        written = (annotations or {}).get(find_staff_id(original), PartAnnotations())
        left_out = (*written.left_out, *_count_left_out(staff))
        name = make_printable(staff.partName or "").strip() if annotations else ""
        written = replace(written, name=name, left_out=left_out)
        shared = len(staves) <= 2 or len(list_voices(staff.partName or "")) > 1
        lines = _separate_staff(staff) if shared else [staff]
        for line in lines:
            part = replace(_add_score_facts(_read_part(line), facts), annotations=written)
            part = replace(part, repeats=annotations is None and bool(line["RepeatMark"]))
            if len(lines) > 1:
                part = replace(part, staff=number, rests=tuple(_find_rests(line)))
            parts.append(part)
    return parts


def _read_title(score: Any) -> str | None:
    """Return the title; None if it is only the file's name, as some programs write it."""
    title = score.metadata.bestTitle
    return title if title and title != score.metadata.filePath else None


def _add_score_facts(part: Part, score_facts: Facts) -> Part:
    """Add the facts of the whole score to a part: tempo, title, composer and comments."""
    facts = replace(
        part.facts,
        tempo_qpm=score_facts.tempo_qpm,
        title=score_facts.title,
        composer=score_facts.composer,
        comments=score_facts.comments,
    )
    return replace(part, facts=facts)


def _read_comments(score: Any) -> tuple[str, ...]:
    """Return the comments that `chorale` wrote into a file; none if it did not write the file."""
    fields = score.metadata.all(returnPrimitives=True) if score.metadata else []
    texts = [str(text) for name, text in fields if name.startswith("comment ")]
    return tuple(texts) if COMPOSED_BY_CHORALE in texts[:1] else ()


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


def _read_part(line: Any) -> Part:
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
        _read_facts(line),
        ornaments,
        notices=(*_describe_key_changes(line), *_describe_microtones(microtones)),
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


def _read_facts(line: Any) -> Facts:
    """Read metre, pickup and key signature of a part."""
    facts = _read_metre(line)
    signatures = list(line["KeySignature"])
    if len({signature.sharps for signature in signatures}) > 1:
        return replace(facts, changes=(*facts.changes, "key"))
    if not signatures:
        return facts
    mode = getattr(signatures[0], "mode", None)
    supported: Mode | None = mode if mode in ("major", "minor") else None  # no church modes
    return replace(facts, sharps=signatures[0].sharps, mode=supported)


def _describe_key_changes(line: Any) -> tuple[str, ...]:
    """Return a notice of the changes of key signature, with their bars; none if there are none."""
    measures = list(line.getElementsByClass("Measure"))
    signatures = sorted(
        (signature.getOffsetInHierarchy(line), signature.sharps)
        for signature in line["KeySignature"]
    )
    changes = []
    for (_, before), (offset, after) in pairwise(signatures):
        if after != before:
            bars = [f"bar {measure.number}: " for measure in measures if measure.offset <= offset]
            place = bars[-1] if bars else ""
            changes.append(f"{place}{_name_signature(before)} to {_name_signature(after)}")
    if not changes:
        return ()
    kind = count(len(changes), "change")
    return (f"{kind} of key signature not kept ({list_places(changes)})",)


def _describe_microtones(number: int) -> tuple[str, ...]:
    """Return a notice of the notes that moved to a semitone; none if there are none."""
    return (
        (f"{count(number, 'note')} between the semitones moved to the nearest",) if number else ()
    )


def _name_signature(sharps: int) -> str:
    if not sharps:
        return "none"
    return count(abs(sharps), "sharp" if sharps > 0 else "flat")


def _read_tempo(score: Any) -> float | None:
    """Return the tempo at the beginning, in quarter notes a minute.

    A word without a number, such as "Allegro", does not count.
    """
    for mark in score["MetronomeMark"]:
        if mark.getOffsetInHierarchy(score) > 0:
            continue
        if mark.numberSounding:  # in quarters a minute
            return float(mark.numberSounding)
        if mark.number and not mark.numberImplicit:
            return float(mark.getQuarterBPM())
    return None


def _read_metre(line: Any) -> Facts:
    """Read the metre of a part, its pickup and its early downbeats."""
    signatures = {(mark.numerator, mark.denominator) for mark in line["TimeSignature"]}
    if not signatures:
        return Facts()
    if len(signatures) > 1:
        return Facts(changes=("metre",))
    try:
        metre = Metre(*signatures.pop())
    except ValueError:
        return Facts(changes=("metre",))
    bars = list(line.getElementsByClass("Measure"))
    starts = [bar.offset * STEPS_PER_QUARTER for bar in bars]
    ends = [
        *starts[1:],
        *(start + bars[-1].highestTime * STEPS_PER_QUARTER for start in starts[-1:]),
    ]
    unnumbered = [str(bar.showNumber) == "never" for bar in bars]
    measures = join_divided(list(zip(starts, ends, strict=True)), unnumbered, metre)
    found = find_downbeats(measures, metre)
    if found is None:
        return Facts(changes=("metre",))
    pickup, early = found
    return Facts(metre, pickup, early_downbeats=early)


def _describe_error(error: Exception) -> str:
    """Return the first line of an error's text, at most 120 characters of it."""
    first_line = (str(error).strip().splitlines() or ["no details"])[0]
    text = first_line if " " in first_line else f"{type(error).__name__}: {first_line}"
    return text[:120]
