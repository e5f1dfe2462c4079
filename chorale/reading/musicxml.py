"""MusicXML files, and music21 scores, to parts.

music21 does the parsing; its import takes 0.2 to 1 s, so it happens inside the functions.

A score is read as written and sounding: no repeats are played out, transposing parts sound where
they sound. Staves with two voices each, as hymnals print them, are as many parts. The metre is
unknown where it changes, or where full bars do not follow one another regularly.
"""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from chorale.errors import ReadingError
from chorale.music import STEPS_PER_QUARTER, Metre, Mode
from chorale.reading.parts import SIGNED, Facts, Part, PartNote
from chorale.reading.xml import musicxml_of

SUFFIXES = (".musicxml", ".xml", ".mxl")

# music21 publishes no types: its objects are Any here, and nowhere else.


def read_musicxml(path: Path) -> list[Part]:
    """The parts of a MusicXML file, compressed or not.

    Raises:
        ReadingError: the file is not MusicXML, or damaged.
    """
    from music21 import converter

    try:
        with warnings.catch_warnings():
            # What music21 finds odd in a file (a beam, a lyric) seldom touches the notes.
            warnings.simplefilter("ignore")
            # A text of a known format: music21 opens no file, no address and none of its pickles.
            score = converter.parseData(musicxml_of(path), format="musicxml")
            score.metadata.filePath = path.name
            return parts_of_score(score)
    except ReadingError:
        raise
    except Exception as error:  # a damaged file fails anywhere in the parser, with any exception
        raise ReadingError(
            f"{path} cannot be read as MusicXML ({_reason(error)}); "
            "export it again from your score editor, or as MIDI"
        ) from error


def parts_of_score(score: Any) -> list[Part]:
    """The parts of a music21.stream.Score, in score order."""
    lines = list(score.parts)
    if len(lines) <= 2:
        lines = [line for staff in lines for line in _lines_of_staff(staff)]
    whole = Facts(tempo_qpm=_tempo(score), comments=_comments(score))
    if score.metadata:
        whole = replace(whole, title=_title(score), composer=score.metadata.composer or None)
    return [_with(whole, _part(line)) for line in lines]


def _title(score: Any) -> str | None:
    """The title that the file gives; some programs write the file's name in place of one."""
    title = score.metadata.bestTitle
    return title if title and title != score.metadata.filePath else None


def _with(whole: Facts, part: Part) -> Part:
    """A part with what the score says as a whole."""
    facts = replace(
        part.facts,
        tempo_qpm=whole.tempo_qpm,
        title=whole.title,
        composer=whole.composer,
        comments=whole.comments,
    )
    return replace(part, facts=facts)


def _comments(score: Any) -> tuple[str, ...]:
    """The miscellaneous fields of our own files."""
    fields = score.metadata.all(returnPrimitives=True) if score.metadata else []
    texts = [str(text) for name, text in fields if name.startswith("comment ")]
    return tuple(texts) if SIGNED in texts[:1] else ()


def _lines_of_staff(staff: Any) -> Sequence[Any]:
    if not staff["Voice"]:
        return [staff]
    # The new parts have the notes only: metre and key stay with the staff.
    lines = list(staff.voicesToParts().parts)
    for signature in (*staff["TimeSignature"], *staff["KeySignature"]):
        lines[0].insert(signature.getOffsetInHierarchy(staff), signature)
    return lines


def _part(line: Any) -> Part:
    from music21.expressions import Fermata, Ornament

    if any(instrument.transposition for instrument in line["Instrument"]):
        line = line.toSoundingPitch()
    notes: list[PartNote] = []
    fermatas = []
    ornaments = 0
    for element in line.flatten().notes:
        if "Harmony" in element.classes:  # chord symbols are text
            continue
        if element.duration.isGrace:
            ornaments += 1
            continue
        ornaments += sum(isinstance(mark, Ornament) for mark in element.expressions)
        start = element.offset * STEPS_PER_QUARTER
        end = start + element.quarterLength * STEPS_PER_QUARTER
        if any(isinstance(mark, Fermata) for mark in element.expressions):
            fermatas.append((start, end))
        for note in getattr(element, "notes", (element,)):
            if "Note" in note.classes:  # a drum's note has no pitch and is none of a voice
                _join(notes, PartNote(start, end, round(note.pitch.ps)), note.tie)
    return Part(
        line.partName or "",
        tuple(notes),
        tuple(fermatas) or None,
        _facts(line),
        ornaments,
        repeats=bool(line["RepeatMark"]),
        left_out=tuple(_left_out(line)),
    )


def _left_out(line: Any) -> Iterator[str]:
    """What is read of no part."""
    if any(note.lyrics for note in line.flatten().notes):
        yield "words"
    if line["Dynamic"]:
        yield "dynamics"


def _join(notes: list[PartNote], note: PartNote, tie: Any) -> None:
    """Append a note, or lengthen the one that it is tied to."""
    if tie is not None and tie.type in ("stop", "continue"):
        for place in range(len(notes) - 1, -1, -1):
            before = notes[place]
            if before.pitch == note.pitch and before.end == note.start:
                notes[place] = PartNote(before.start, note.end, note.pitch)
                return
    notes.append(note)


def _facts(line: Any) -> Facts:
    facts = _metre(line)
    signatures = list(line["KeySignature"])
    if len({signature.sharps for signature in signatures}) > 1:
        return replace(facts, changes=(*facts.changes, "key"))
    if not signatures:
        return facts
    mode = getattr(signatures[0], "mode", None)
    known: Mode | None = mode if mode in ("major", "minor") else None
    return replace(facts, sharps=signatures[0].sharps, mode=known)


def _tempo(score: Any) -> float | None:
    """In quarter notes a minute, at the beginning; a word such as "Allegro" alone tells none."""
    for mark in score["MetronomeMark"]:
        if mark.getOffsetInHierarchy(score) > 0:
            continue
        if mark.numberSounding:  # of quarters
            return float(mark.numberSounding)
        if mark.number and not mark.numberImplicit:
            return float(mark.getQuarterBPM())
    return None


def _metre(line: Any) -> Facts:
    """The one metre of a part and its pickup.

    Bars broken by a repeat sign are no irregularity as long as their halves add up.
    """
    signatures = {(mark.numerator, mark.denominator) for mark in line["TimeSignature"]}
    if not signatures:
        return Facts()
    if len(signatures) > 1:
        return Facts(changes=("metre",))
    try:
        metre = Metre(*signatures.pop())
    except ValueError:
        return Facts(changes=("metre",))
    bar = metre.steps_per_bar
    starts = [m.offset * STEPS_PER_QUARTER for m in line.getElementsByClass("Measure")]
    phases = {start % bar for start, after in pairwise(starts) if after - start == bar}
    if not phases and len(starts) > 1:  # a pickup and a single bar
        phases = {starts[1] % bar}
    if len(phases) > 1 or any(phase != int(phase) for phase in phases):
        return Facts(changes=("metre",))
    return Facts(metre, int(phases.pop()) if phases else 0)


def _reason(error: Exception) -> str:
    first_line = (str(error).strip().splitlines() or ["no details"])[0]
    told = first_line if " " in first_line else f"{type(error).__name__}: {first_line}"
    return told[:120]
