"""Read music files as chorales: MIDI with mido, MusicXML with music21, others as MusicXML.

Both readers return the parts of a score. `read_music`, for the files that people bring, accepts one
to four voices, reports every change to the notes, and refuses ambiguous music. Of MusicXML it keeps
annotations (words, repeats, chord symbols, marks), and counts what it leaves out. `read_chorale`,
for the scores of music21, requires four parts and reads the notes as written.

    other_files   files that are not read, and what to do with them
    limits        limits on the size and content of a file
    smf_bytes     the bytes of a MIDI file
    smf           Standard MIDI Files, without damaged events that hold no note
    midi_notes    the events of a MIDI track to notes
    midi_facts    metre, pickup, key and other facts of a MIDI file
    midi_texts    words and markers of a MIDI file
    midi          MIDI files to parts
    encodings     bytes of XML files to text
    packed        the score in a packed MusicXML file
    tree          small functions on the elements of a MusicXML score
    left_out      elements that are only counted
    elements      elements that are read, and their limits
    tempos        tempo words, and tempos in words
    transposing   transposing parts as they sound
    repairs       repairs of MusicXML that music21 would misread
    transcribing  ABC, Humdrum **kern and MEI files as MusicXML text
    xml_filter    the elements of an XML text that are read, within limits
    xml           the filtered text of MusicXML files
    barlines      alignment of the parts of a score at their barlines
    lyrics        the words under a note
    chord_symbols chord symbols
    bass_figures  figures under a bass
    directions    dynamics, tempo words, Da Capo and the like
    repeats       repeated sections and voltas, from repeat signs
    score_signs   signs of a whole score
    notation      annotations of a MusicXML file
    measures      pickup and early downbeats, from measures
    score_facts   metre, key, tempo and other facts of a MusicXML file
    musicxml      MusicXML files to parts
    names         names of parts as names of voices
    annotations   annotations of parts, before the voices are known
    facts         facts of a piece, and its key by its signature
    parts         parts, and the four voices of a chorale
    staves        the voices of a staff, where the file has only one of them
    grid          parts to the grid of sixteenths
    tracing       lines through notes that may be unisons
    holds         held and repeated notes of unisons
    lines         parts to lines
    guesses       notices of guesses about voices
    choirs        lines of a choir other than SATB, by their names
    choosing      parts chosen by their names or numbers
    voices        parts and lines to voices
    timed_words   words of MIDI tracks on the notes of voices
    placing       annotations of parts on the voices
    readings      a file as voices, with notices of every change
    folders       the music files in a folder
"""

from collections.abc import Sequence
from os.path import isfile  # unlike Path.is_file, raises nothing whatever the name
from pathlib import Path

from chorale.errors import ReadingError
from chorale.music import Chorale
from chorale.music.voicings import Voicing
from chorale.reading.choosing import PartChoice
from chorale.reading.limits import check_limits
from chorale.reading.midi import SUFFIXES as MIDI_SUFFIXES
from chorale.reading.midi import read_midi
from chorale.reading.musicxml import SUFFIXES as MUSICXML_SUFFIXES
from chorale.reading.musicxml import extract_parts, read_musicxml
from chorale.reading.other_files import refuse_other_files
from chorale.reading.parts import Part, assemble_chorale
from chorale.reading.readings import Reading, read_parts

__all__ = ["SUFFIXES", "Reading", "read_chorale", "read_music", "read_score"]

SUFFIXES = MIDI_SUFFIXES + MUSICXML_SUFFIXES


def read_chorale(path: Path, source: str = "") -> Chorale:
    """Read the four-part chorale in a MIDI, MusicXML, MEI, ABC or Humdrum file.

    Args:
        path: a file that ends in one of SUFFIXES, in small or capital letters.
        source: the chorale's source; the file's name if empty.

    Raises:
        ReadingError: the file does not exist, is of no kind that is read, is damaged, or is not in
            four parts.
    """
    return assemble_chorale(_load_parts(path), source or path.name, str(path))


def read_music(
    path: Path,
    part: str | None = None,
    approximate: bool = False,
    voicing: Voicing | None = None,
    choices: Sequence[PartChoice] = (),
) -> Reading:
    """Read the one to four voices in a MIDI, MusicXML, MEI, ABC or Humdrum file.

    Args:
        path: a file that ends in one of SUFFIXES, in small or capital letters.
        part: name, or number from 1, of the only part to read; None reads all.
        approximate: whether to approximate notes that do not fit the grid or four voices, with a
            notice, instead of refusing the file.
        voicing: the choir whose voices the file has; None to infer it from the names of the parts.
        choices: the parts that are voices (`chorale.reading.choosing`); none to choose them by
            their names.

    Raises:
        OptionError: the choices do not fit the choir.
        ReadingError: the file does not exist, is of no kind that is read, is damaged, has another
            number of voices than the choir, or has notes that are ambiguous or do not fit; the
            message gives their place in the music.
    """
    parts = _load_parts(path)
    return read_parts(parts, path.name, str(path), part, approximate, voicing, choices)


def read_score(score: object, source: str = "") -> Chorale:
    """Read the four-part chorale in a music21.stream.Score, as written.

    Raises:
        ReadingError: the score is not in four parts, or has no notes.
    """
    return assemble_chorale(extract_parts(score), source, source or "the score")


def _load_parts(path: Path) -> Sequence[Part]:
    """Read the parts of a file and check them against the limits."""
    refuse_other_files(path, SUFFIXES)
    if not isfile(path):
        raise ReadingError(f"there is no file {path}; name a music file that exists")
    return check_limits(
        read_midi(path) if path.suffix.lower() in MIDI_SUFFIXES else read_musicxml(path), str(path)
    )
