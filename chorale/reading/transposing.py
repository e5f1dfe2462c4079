"""Write the parts of transposing instruments as they sound.

music21 needs a <diatonic> in a <transpose>, and transposes every staff of a part alike. Therefore
pitches, key signatures and chord symbols are written as they sound, and the transpositions removed.
All move by the same number of fifths, so that their spelling stays right in the sounding key.
"""

from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from chorale.music import OCTAVE
from chorale.music.spelling import LETTERS_BY_FIFTHS, Spelling
from chorale.reading.tree import FIRST_STAFF, find_text, remove

_FIFTHS = 12  # fifths that make seven octaves: a signature's period
_MOST_SHARPS = 7
_MAX_ALTER = 2  # semitones


@dataclass(frozen=True)
class _Interval:
    """An interval from the written to the sounding pitch, in semitones and in fifths."""

    semitones: int = 0
    fifths: int = 0


@dataclass
class _Transposition:
    """The interval of a part, and of single staves of it.

    Attributes:
        part: interval of all other staves.
        staves: intervals of staves.
        respelling: fifths by which the key was respelled, and the notes are too.
    """

    part: _Interval = _Interval()
    staves: dict[str, _Interval] = field(default_factory=dict)
    respelling: int = 0

    def read(self, transpose: ET.Element) -> None:
        """Read a <transpose>."""
        interval = _read_interval(transpose)
        staff = transpose.get("number")
        if staff is None:
            self.part = interval
            self.staves.clear()
        else:
            self.staves[staff] = interval

    def on_staff(self, staff: str | None) -> _Interval:
        """Return the interval on a staff, the first by default."""
        return self.staves.get(staff or FIRST_STAFF, self.part)


def write_sounding_pitches(measures: list[ET.Element]) -> None:
    """Write the pitches, keys and chord symbols of a part as they sound."""
    transposition = _Transposition()
    for element in (child for measure in measures for child in measure):
        if element.tag == "attributes":
            for transpose in element.findall("transpose"):
                transposition.read(transpose)
            remove(element, "transpose")
            for key in element.findall("key"):
                interval = transposition.on_staff(key.get("number"))
                transposition.respelling = _transpose_key(key, interval)
            continue
        interval = transposition.on_staff(find_text(element, "staff"))
        pitch = element.find("pitch") if element.tag == "note" else None
        if pitch is not None:
            _transpose_pitch(pitch, interval, transposition.respelling)
        elif element.tag == "harmony" and interval.fifths:
            for name in element.iter():
                if name.tag in ("root", "bass"):
                    _transpose_name(name, interval.fifths + transposition.respelling)


def _read_interval(transpose: ET.Element) -> _Interval:
    """Read the interval of a <transpose>.

    Without a <diatonic>, or if the two disagree, it is of the fewest fifths: -5 to 6.
    """
    chromatic = round(float(find_text(transpose, "chromatic") or 0))
    octaves = float(find_text(transpose, "octave-change") or 0)
    fewest = (7 * chromatic + 5) % _FIFTHS - 5
    written = find_text(transpose, "diatonic")
    fifths = 7 * chromatic - _FIFTHS * round(float(written)) if written else fewest
    semitones = chromatic + round(OCTAVE * octaves)
    return _Interval(semitones, fifths if abs(fifths) <= _MOST_SHARPS else fewest)


def _transpose_key(key: ET.Element, interval: _Interval) -> int:
    """Transpose a key signature, and return the fifths by which it was respelled: -12, 0 or 12."""
    fifths = key.find("fifths")
    if fifths is None or not interval.fifths:
        return 0
    sharps = int(fifths.text or 0) + interval.fifths
    respelling = 0
    if abs(sharps) > _MOST_SHARPS:
        respelling = -_FIFTHS if sharps > 0 else _FIFTHS
    fifths.text = str(sharps + respelling)
    return respelling


def _transpose_pitch(pitch: ET.Element, interval: _Interval, respelling: int) -> None:
    if not interval.semitones:
        return
    alter = float(find_text(pitch, "alter") or 0)
    written = Spelling(find_text(pitch, "step"), round(alter), int(find_text(pitch, "octave")))
    sounding = written.pitch + interval.semitones
    if interval.semitones % OCTAVE:
        letter, new = _move(written.letter, written.alter, interval.fifths + respelling)
        text = str(new)
    else:
        letter, new, text = written.letter, written.alter, find_text(pitch, "alter") or "0"
    remove(pitch, "step", "alter", "octave")
    _add(pitch, step=letter, alter=text, octave=f"{(sounding - new) // OCTAVE - 1}")


def _transpose_name(name: ET.Element, fifths: int) -> None:
    """Transpose the letter and alteration of a chord's root or bass."""
    step, alter = f"{name.tag}-step", f"{name.tag}-alter"
    letter = find_text(name, step)
    if letter in LETTERS_BY_FIFTHS and letter:
        letter, altered = _move(letter, round(float(find_text(name, alter) or 0)), fifths)
        remove(name, step, alter)
        _add(name, **{step: letter, alter: f"{altered}"})


def _move(letter: str, alter: int, fifths: int) -> tuple[str, int]:
    """Move a letter and its alteration by fifths, respelling what would be altered too far."""
    position = LETTERS_BY_FIFTHS.index(letter) + 7 * alter + fifths
    while position // 7 > _MAX_ALTER:
        position -= _FIFTHS
    while position // 7 < -_MAX_ALTER:
        position += _FIFTHS
    return LETTERS_BY_FIFTHS[position % 7], position // 7


def _add(element: ET.Element, **texts: str) -> None:
    for name, text in texts.items():
        ET.SubElement(element, name).text = text
