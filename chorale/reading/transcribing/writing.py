"""Write a score as MusicXML text, for the reader of MusicXML."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from math import lcm
from xml.etree import ElementTree as ET

from chorale.reading.transcribing.score import (
    DYNAMICS,
    Event,
    Score,
    ScoreChord,
    ScoreDirection,
    ScoreMeasure,
    ScoreNote,
    ScorePart,
    ScorePitch,
)

MAX_DIVISIONS = 1_000_000
_USUAL_DIVISIONS = 720_720  # by all numbers up to 16


def write_score(score: Score) -> str:
    """Write a score as MusicXML."""
    root = ET.Element("score-partwise", version="4.0")
    if score.title:
        _add(_add(root, "work"), "work-title", score.title)
    if score.composer:
        _add(_add(root, "identification"), "creator", score.composer, type="composer")
    listed = _add(root, "part-list")
    divisions = _find_divisions(score)
    for number, part in enumerate(score.parts, start=1):
        _add(_add(listed, "score-part", id=f"P{number}"), "part-name", part.name)
        _write_part(_add(root, "part", id=f"P{number}"), part, divisions)
    return ET.tostring(root, encoding="unicode")


def _add(parent: ET.Element, name: str, text: object = None, **attributes: str) -> ET.Element:
    """Append an element, with a text and attributes; "_" in their names stands for "-"."""
    named = {key.replace("_", "-"): value for key, value in attributes.items()}
    element = ET.SubElement(parent, name, named)
    element.text = None if text is None else str(text)
    return element


def _find_divisions(score: Score) -> int:
    """Return how many divisions a quarter note needs; _USUAL_DIVISIONS if they are too many."""
    measures = list(chain.from_iterable(part.measures for part in score.parts))
    lengths = {note.quarters for each in measures for voice in each.voices for note in voice}
    lengths |= {time for each in measures for time, _ in each.events}
    divisions = 1
    for length in lengths:
        divisions = lcm(divisions, length.denominator)
        if divisions > MAX_DIVISIONS:
            return _USUAL_DIVISIONS
    return divisions


def _write_part(element: ET.Element, part: ScorePart, divisions: int) -> None:
    for index, measure in enumerate(part.measures):
        implicit = {} if measure.number else {"implicit": "yes"}
        number = measure.number or (f"X{index}" if index else "0")
        written = _add(element, "measure", number=number, **implicit)
        _write_attributes(written, measure, part.transpose if not index else (0, 0), divisions)
        _write_left_barline(written, measure)
        for voice, notes in enumerate(measure.voices, start=1):
            if voice > 1:
                length = sum((note.quarters for note in measure.voices[voice - 2]), Fraction())
                _move(written, "backup", length, divisions)
            _write_voice(written, notes, voice, measure.events if voice == 1 else [], divisions)
        _write_right_barline(written, measure)


def _write_attributes(
    element: ET.Element, measure: ScoreMeasure, transpose: tuple[int, int], divisions: int
) -> None:
    attributes = _add(element, "attributes")
    _add(attributes, "divisions", divisions)
    if measure.key:
        key = _add(attributes, "key")
        _add(key, "fifths", measure.key.sharps)
        if measure.key.mode:
            _add(key, "mode", measure.key.mode)
    if measure.metre:
        time = _add(attributes, "time")
        _add(time, "beats", measure.metre.count)
        _add(time, "beat-type", measure.metre.unit)
    if any(transpose):
        written = _add(attributes, "transpose")
        _add(written, "diatonic", transpose[0])
        _add(written, "chromatic", transpose[1])


def _write_left_barline(element: ET.Element, measure: ScoreMeasure) -> None:
    starts = measure.ending is not None and measure.ending.starts
    if not (measure.repeat_from or starts):
        return
    barline = _add(element, "barline", location="left")
    if measure.repeat_from:
        _add(barline, "bar-style", "heavy-light")
    if measure.ending is not None and starts:
        _add(barline, "ending", measure.ending.passes, number=measure.ending.passes, type="start")
    if measure.repeat_from:
        _add(barline, "repeat", direction="forward")


def _write_right_barline(element: ET.Element, measure: ScoreMeasure) -> None:
    stops = measure.ending is not None and measure.ending.stops
    style = "light-heavy" if measure.repeat_to else measure.barline
    if not (style or measure.fermata or stops):
        return
    barline = _add(element, "barline", location="right")
    if style:
        _add(barline, "bar-style", style)
    if measure.fermata:
        _add(barline, "fermata")
    if measure.ending is not None and stops:
        kind = "stop" if measure.repeat_to else "discontinue"
        _add(barline, "ending", number=measure.ending.passes, type=kind)
    if measure.repeat_to:
        times = {"times": str(measure.repeat_to)} if measure.repeat_to > 2 else {}
        _add(barline, "repeat", direction="backward", **times)


def _write_voice(
    element: ET.Element,
    notes: list[ScoreNote],
    voice: int,
    events: list[tuple[Fraction, Event]],
    divisions: int,
) -> None:
    """Write the notes of a voice, and each event before the note that sounds at its time."""
    time = Fraction()
    waiting = sorted(events, key=lambda each: each[0])
    for note in notes:
        while waiting and waiting[0][0] < time + note.quarters:
            at, event = waiting.pop(0)
            _write_event(element, event, round((at - time) * divisions))
        if note.gap:
            _move(element, "forward", note.quarters, divisions)
        else:
            for index, pitch in enumerate(note.pitches or (None,)):
                _write_note(element, note, pitch, index, voice, divisions)
        time += note.quarters
    for at, event in waiting:
        _write_event(element, event, round((at - time) * divisions))


def _move(element: ET.Element, name: str, quarters: Fraction, divisions: int) -> None:
    if quarters:
        _add(_add(element, name), "duration", round(quarters * divisions))


def _write_note(
    element: ET.Element,
    note: ScoreNote,
    pitch: ScorePitch | None,
    index: int,
    voice: int,
    divisions: int,
) -> None:
    """Write a note, the note number `index` of a chord, or a rest if `pitch` is None."""
    written = _add(element, "note")
    if not note.quarters:
        _add(written, "grace")
    if index:
        _add(written, "chord")
    if pitch is None:
        _add(written, "rest")
    else:
        named = _add(written, "pitch")
        _add(named, "step", pitch.letter)
        if pitch.alter:
            _add(named, "alter", pitch.alter)
        _add(named, "octave", pitch.octave)
    if note.quarters:
        _add(written, "duration", round(note.quarters * divisions))
    ties = [
        kind for kind, tied in (("stop", note.ties_from), ("start", note.ties_to)) if pitch in tied
    ]
    for kind in ties:
        _add(written, "tie", type=kind)
    _add(written, "voice", voice)
    if not note.quarters:
        _add(written, "type", "eighth")
    _write_notations(written, note, ties, first=not index)
    for syllable in note.syllables if not index else ():
        lyric = _add(written, "lyric", number=str(syllable.verse))
        if syllable.text:
            _add(lyric, "syllabic", syllable.syllabic)
            _add(lyric, "text", syllable.text)
        if syllable.extender:
            _add(lyric, "extend")


def _write_notations(element: ET.Element, note: ScoreNote, ties: list[str], first: bool) -> None:
    notations = ET.Element("notations")
    for kind in ties:
        _add(notations, "tied", type=kind)
    if first:
        for kind in note.slurs:
            _add(notations, "slur", type=kind, number="1")
        for group, names in (("ornaments", note.ornaments), ("articulations", note.articulations)):
            if names:
                inside = _add(notations, group)
                for name in names:
                    _add(inside, name)
        if note.fermata:
            _add(notations, "fermata")
    if len(notations):
        element.append(notations)


def _write_event(element: ET.Element, event: Event, offset: int) -> None:
    written = (
        _write_chord(element, event)
        if isinstance(event, ScoreChord)
        else _write_direction(element, event)
    )
    if offset:
        moved = ET.Element("offset")
        moved.text = str(offset)
        written.insert(_find_offset_place(written), moved)


def _find_offset_place(element: ET.Element) -> int:
    """Return where `offset` stands in a harmony or direction: at the end, but before `sound`."""
    return next((i for i, each in enumerate(element) if each.tag == "sound"), len(element))


def _write_chord(element: ET.Element, chord: ScoreChord) -> ET.Element:
    harmony = _add(element, "harmony")
    root = _add(harmony, "root")
    letter, alter = chord.root or ("C", 0)
    step = _add(root, "root-step", letter)
    if chord.root is None:
        step.set("text", "")
    if alter:
        _add(root, "root-alter", alter)
    _add(harmony, "kind", chord.kind).set("text", chord.text)
    if chord.bass:
        bass = _add(harmony, "bass")
        _add(bass, "bass-step", chord.bass[0])
        if chord.bass[1]:
            _add(bass, "bass-alter", chord.bass[1])
    for kind, number, degree_alter in chord.degrees:
        degree = _add(harmony, "degree")
        _add(degree, "degree-value", number)
        _add(degree, "degree-alter", degree_alter)
        _add(degree, "degree-type", kind)
    return harmony


def _write_direction(element: ET.Element, direction: ScoreDirection) -> ET.Element:
    written = _add(element, "direction")
    for inside in _write_direction_types(direction):
        _add(written, "direction-type").append(inside)
    if direction.tempo_qpm:
        _add(written, "sound", tempo=f"{direction.tempo_qpm:.6g}")
    return written


def _write_direction_types(direction: ScoreDirection) -> Iterator[ET.Element]:
    made = ET.Element("words")
    made.text = direction.text
    if direction.kind == "dynamic" and direction.text in DYNAMICS:
        made = ET.Element("dynamics")
        ET.SubElement(made, direction.text)
    elif direction.kind == "wedge":
        made = ET.Element("wedge", type=direction.text)
    elif direction.kind == "rehearsal":
        made.tag = "rehearsal"
    elif direction.kind in ("segno", "coda"):
        made = ET.Element(direction.kind)
    if made.text or made.tag != "words":
        yield made
    if direction.tempo_qpm:
        metronome = ET.Element("metronome")
        _add(metronome, "beat-unit", "quarter")
        _add(metronome, "per-minute", f"{direction.tempo_qpm:.6g}")
        yield metronome
