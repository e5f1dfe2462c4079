"""Music files to chorales: MIDI through mido, MusicXML through music21.

Both readers give a score's parts. For a corpus, `read_chorale` takes four of them as they are; for
the music that a person brings, `read_music` takes up to four voices, changes no note without a
word, and refuses what it would have to guess.
"""

from collections.abc import Sequence
from os.path import isfile  # unlike Path.is_file, raises nothing whatever the name
from pathlib import Path

from chorale.errors import ReadingError
from chorale.music import Chorale
from chorale.reading.limits import check_limits
from chorale.reading.midi import SUFFIXES as MIDI_SUFFIXES
from chorale.reading.midi import read_midi
from chorale.reading.musicxml import SUFFIXES as MUSICXML_SUFFIXES
from chorale.reading.musicxml import parts_of_score, read_musicxml
from chorale.reading.parts import Part, chorale_of_parts
from chorale.reading.readings import Reading, reading_of_parts

__all__ = ["SUFFIXES", "Reading", "chorale_of_score", "read_chorale", "read_music"]

SUFFIXES = MIDI_SUFFIXES + MUSICXML_SUFFIXES


def read_chorale(path: Path, source: str = "") -> Chorale:
    """The four-part chorale in a MIDI or MusicXML file.

    Args:
        path: a file that ends in one of SUFFIXES, in small or capital letters.
        source: where the chorale comes from; the file's name if empty.

    Raises:
        ReadingError: there is no such file, it is of another kind, damaged, or not in four parts.
    """
    return chorale_of_parts(_parts(path), source or path.name, str(path))


def read_music(path: Path, part: str | None = None, approximate: bool = False) -> Reading:
    """The voices, one to four, in a MIDI or MusicXML file that a person brings.

    Args:
        path: a file that ends in one of SUFFIXES, in small or capital letters.
        part: the name, or the number from 1, of the only part that is wanted; None takes all.
        approximate: take what the grid or four voices cannot hold as nearly as possible, and
            tell it, instead of refusing.

    Raises:
        ReadingError: there is no such file, it is of another kind or damaged, or it cannot be
            read in one way; where in the music that is.
    """
    return reading_of_parts(_parts(path), path.name, str(path), part, approximate)


def chorale_of_score(score: object, source: str = "") -> Chorale:
    """The four-part chorale in a music21.stream.Score, as it is written.

    Raises:
        ReadingError: it is not in four parts, or has no notes.
    """
    return chorale_of_parts(parts_of_score(score), source, source or "the score")


def _parts(path: Path) -> Sequence[Part]:
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ReadingError(f"{path} is no music file that can be read; use {', '.join(SUFFIXES)}")
    if not isfile(path):
        raise ReadingError(f"there is no file {path}; name a MIDI or MusicXML file that exists")
    return check_limits(
        read_midi(path) if suffix in MIDI_SUFFIXES else read_musicxml(path), str(path)
    )
