"""Repair the elements of a MusicXML score, so that music21 reads what the score means.

music21 follows what programs usually write. Other ways to write the same are rewritten here:
- A part without an id has that of the part list.
- Whatever stands between the notes of a chord (a dynamic) goes before the chord, which would fall
  apart otherwise.
- A cue, which another part plays, is a rest. Its grace notes, which last no time, are removed.
- A note without a staff is on the staff of its voice; on the first, if the voice is on several.
- A tie that is only drawn (<tied>) is a tie that sounds (<tie>).
- Pitches are written as they sound (`chorale.reading.transposing`).
- A fermata on a barline is over the notes and rests that end there.
- A tempo such as "c. 72" is its number, and a tempo such as "60-66" the middle of the two. A tempo
  in words, such as "Andante (q = 72)", is a metronome mark too.
"""

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from chorale.reading.limits import MAX_TEXT
from chorale.reading.tempos import parse_number, parse_tempo
from chorale.reading.transposing import write_sounding_pitches
from chorale.reading.tree import FIRST_STAFF, find_chords, find_text, is_chord_note, remove
from chorale.untrusted import make_printable
from chorale.wording import count

_TIMED = ("note", "backup", "forward")  # elements that move the position in a measure
_DECIMAL = re.compile(r"\d+(?:\.\d+)?")


def repair(score: ET.Element) -> list[str]:
    """Repair a score in place.

    Returns:
        Notices of what was left out or assumed, one line each.
    """
    cues = guessed_staves = 0
    tempos: list[str] = []
    _complete_ids(score)
    for part in score.iter("part"):
        measures = part.findall("measure")
        for measure in measures:
            _close_chords(measure)
            cues += _silence_cues(measure)
            for note in measure.findall("note"):
                _complete_ties(note)
        guessed_staves += _assign_staves(part)
        write_sounding_pitches(measures)
        _move_fermatas(measures)
        tempos += [notice for measure in measures[:1] for notice in _read_tempo_texts(measure)]
    notices = [f"{count(cues, 'cue note')} left out"] if cues else []
    if guessed_staves:
        notices.append(
            f"{count(guessed_staves, 'note')} without a staff put on the staff of its voice"
        )
    return notices + list(dict.fromkeys(tempos))


def _complete_ids(score: ET.Element) -> None:
    """Give the parts without an id the id of their place in the part list."""
    listed = score.findall("part-list/score-part")
    for number, (entry, part) in enumerate(zip(listed, score.findall("part"), strict=False)):
        if not part.get("id"):
            name = entry.get("id") or f"unnamed{number}"
            entry.set("id", name)
            part.set("id", name)


# Chords


def _close_chords(measure: ET.Element) -> None:
    """Move whatever stands between the notes of a chord to before the chord."""
    children: list[ET.Element] = []
    chord: list[ET.Element] = []
    after: list[ET.Element] = []  # since the last note of the chord
    for child in measure:
        if chord and is_chord_note(child):
            children += after
            chord.append(child)
        elif child.tag in _TIMED:
            children += chord + after
            chord = [child] if child.tag == "note" else []
            children += [] if chord else [child]
        else:
            after.append(child)
            continue
        after = []
    measure[:] = children + chord + after


# Cues


def _silence_cues(measure: ET.Element) -> int:
    """Replace cues by rests, and return the number of their notes."""
    removed: set[ET.Element] = set()
    cues = 0
    for chord in find_chords(measure):
        silent = [note for note in chord if note.find("cue") is not None]
        cues += sum(note.find("rest") is None for note in silent)
        if len(silent) < len(chord):
            removed.update(silent)
            first = next(note for note in chord if note not in removed)
            remove(first, "chord")
        elif silent[0].find("grace") is not None:
            removed.update(silent)
        else:
            remove(silent[0], "cue", "pitch", "unpitched", "rest", "tie", "notations", "lyric")
            ET.SubElement(silent[0], "rest")
            removed.update(silent[1:])
    if removed:
        measure[:] = [child for child in measure if child not in removed]
    return cues


# Staves


def _assign_staves(part: ET.Element) -> int:
    """Assign the notes without a staff to one, in a part of several staves.

    Returns:
        The number of notes whose voice showed that they are not on the first staff.
    """
    notes = list(part.iter("note"))
    staves_of: dict[str, set[str]] = {}  # by voice
    for note in notes:
        if staff := find_text(note, "staff"):
            staves_of.setdefault(find_text(note, "voice"), set()).add(staff)
    if not set().union(*staves_of.values()) - {FIRST_STAFF}:
        return 0
    guessed = 0
    for note in notes:
        if not find_text(note, "staff"):
            staves = staves_of.get(find_text(note, "voice"), set())
            staff = next(iter(staves)) if len(staves) == 1 else FIRST_STAFF
            remove(note, "staff")
            ET.SubElement(note, "staff").text = staff
            guessed += staff != FIRST_STAFF and note.find("rest") is None
    return guessed


# Ties


def _complete_ties(note: ET.Element) -> None:
    """Add to a note the ties that are only drawn."""
    sounding = {tie.get("type") for tie in note.findall("tie")}
    for tied in note.findall("notations/tied"):
        drawn = tied.get("type", "")
        for kind in ("stop", "start") if drawn == "continue" else (drawn,):
            if kind in ("stop", "start") and kind not in sounding:
                ET.SubElement(note, "tie", type=kind)
                sounding.add(kind)


# Fermatas


def _move_fermatas(measures: list[ET.Element]) -> None:
    """Move the fermatas of barlines to the notes and rests that end at the barline."""
    before: list[ET.Element] = []  # the notes that end last in the measure before
    for measure in measures:
        position = 0.0
        ends: list[tuple[float, ET.Element]] = []
        marked: set[str] = set()  # barlines with a fermata: "left", "right"
        for child in measure:
            if child.tag == "note" and child.find("grace") is None and not is_chord_note(child):
                position += float(find_text(child, "duration") or 0)
                ends.append((position, child))
            elif child.tag in ("backup", "forward"):
                length = float(find_text(child, "duration") or 0)
                position = max(0.0, position + (length if child.tag == "forward" else -length))
            elif child.tag == "barline" and child.find("fermata") is not None:
                location = child.get("location", "right")
                marked.add(location)
                if location == "middle":
                    _add_fermatas([note for _, note in ends[-1:]] or before)
        if "left" in marked:
            _add_fermatas(before)
        before = _find_last(ends) or before
        if "right" in marked:
            _add_fermatas(before)


def _find_last(ends: list[tuple[float, ET.Element]]) -> list[ET.Element]:
    """Return the notes that end last, of pairs of an end and a note."""
    last = max((end for end, _ in ends), default=None)
    return [note for end, note in ends if end == last]


def _add_fermatas(notes: list[ET.Element]) -> None:
    for note in notes:
        if note.find("notations/fermata") is None:
            ET.SubElement(ET.SubElement(note, "notations"), "fermata")


# Tempo


def _read_tempo_texts(measure: ET.Element) -> Iterator[str]:
    """Replace tempo texts by numbers, and yield a notice of each that is not exact."""
    for tempo in measure.iter("per-minute"):
        text = (tempo.text or "").strip()
        found = None if _DECIMAL.fullmatch(text) else parse_number(text)
        if found:
            tempo.text = f"{found[0]:g}"
            yield f'tempo "{make_printable(text)}" read as {tempo.text}'
    if measure.find(".//metronome") is None and measure.find(".//sound[@tempo]") is None:
        yield from _read_tempo_words(measure)


def _read_tempo_words(measure: ET.Element) -> Iterator[str]:
    """Add a metronome mark to each direction such as "Andante (q = 72)"."""
    for direction in measure.findall("direction"):
        text = " ".join(words.text or "" for words in direction.iter("words"))
        tempo = parse_tempo(text) if len(text) <= MAX_TEXT else None
        if tempo is None:
            continue
        mark = ET.SubElement(ET.SubElement(direction, "direction-type"), "metronome")
        ET.SubElement(mark, "beat-unit").text = tempo.unit
        if tempo.dotted:
            ET.SubElement(mark, "beat-unit-dot")
        ET.SubElement(mark, "per-minute").text = f"{tempo.number:g}"
        if not tempo.exact:
            yield f'tempo "{make_printable(text.strip())}" read as {tempo.number:g}'
