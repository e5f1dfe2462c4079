"""Annotations of a chorale in its MusicXML score: words, symbols, repeats and marks.

Spellings and names of the voices are written with the notes (`chorale.rendering.score.notation`).
"""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from chorale.music import Chorale
from chorale.music.annotations import Mark
from chorale.rendering.metadata import make_encodable
from chorale.rendering.score.barlines import write_sections
from chorale.rendering.score.bass_figures import write_bass_figures
from chorale.rendering.score.chord_symbols import write_chord_symbols
from chorale.rendering.score.harmony_labels import write_harmony_labels
from chorale.rendering.score.marks import write_marks
from chorale.rendering.score.note_values import score_bars
from chorale.rendering.score.staff_xml import XmlStaff, index_staves
from chorale.rendering.score.words import place_words


def write_annotations(root: Element, chorale: Chorale, voices: Sequence[tuple[int, ...]]) -> None:
    """Write the annotations of a chorale into its score.

    Args:
        root: the score, partwise, a part for each staff.
        chorale: the music, whose notes the score has.
        voices: voices of each staff, 0 = soprano, from top to bottom.
    """
    annotations = chorale.annotations
    if not annotations:
        return
    staves = index_staves(root, score_bars(chorale), voices)
    write_marks(staves, annotations.marks)
    _attach_tempo(staves[0].measures[0], annotations.marks)
    write_chord_symbols(staves[0], annotations.chord_symbols)
    write_harmony_labels(staves[-1], annotations.harmony_labels)
    write_bass_figures(staves[-1], chorale)
    for staff in staves:
        write_sections(staff, annotations)
    _write_words(staves, chorale)


def _attach_tempo(measure: Element, marks: Sequence[Mark]) -> None:
    """Move the tempo for players to the tempo word at the start, which is then printed as one."""
    sound = measure.find("sound")
    words = {make_encodable(mark.text) for mark in marks if mark.kind == "tempo" and mark.step == 0}
    for direction in measure.iterfind("direction"):
        if sound is not None and direction.findtext("direction-type/words") in words:
            measure.remove(sound)
            direction.append(sound)
            return


def _write_words(staves: Sequence[XmlStaff], chorale: Chorale) -> None:
    """Write the syllables under their notes, the first line first."""
    syllables = place_words(chorale, [staff.voices for staff in staves])
    notes = {
        (note.voice, note.start_step): note
        for staff in staves
        for voice in staff.voices
        for note in staff.list_notes(voice)
        if not note.continues
    }
    for syllable in sorted(syllables, key=lambda each: each.line):
        note = notes[syllable.voice, syllable.step].element
        lyric = SubElement(note, "lyric", number=str(syllable.line))
        if syllable.line != syllable.verse:  # the words of a second voice of the staff
            lyric.set("name", f"verse {syllable.verse}")
        SubElement(lyric, "syllabic").text = syllable.syllabic
        SubElement(lyric, "text").text = syllable.text
        if syllable.extender:
            SubElement(lyric, "extend")
