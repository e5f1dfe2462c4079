"""Notes of a MusicXML score by its durations alone: pitch, duration, backup, forward and ties.

verovio goes by the written values of notes: by their types, dots and tuplets. Where a file's
values and durations differ, its durations are what sounds, by the definition of MusicXML. All parts
start a measure together: it is as long as the longest part of it, but rests alone make it no longer
than its time signature. Times are rounded to FINEST, for programs write a third of 256 as 85.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import accumulate, zip_longest
from xml.etree import ElementTree as ET

from reading_references import Onset, Staff

PITCH_CLASSES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
OCTAVE = 12
FINEST = 96  # largest denominator of a time in quarters
ROUNDING = Fraction(1, 64)  # farther from such a time, it is as written
SILENT = ("rest", "cue", "grace", "unpitched")


@dataclass
class Clock:
    """What a part has stated of its time and pitch so far; times are in quarters.

    Attributes:
        divisions: duration of a quarter.
        semitones: what a transposing instrument sounds above its written pitch.
        nominal: length of a measure by its time signature; None if unknown.
    """

    divisions: Fraction = Fraction(1)
    semitones: int = 0
    nominal: Fraction | None = None

    def update(self, attributes: ET.Element) -> None:
        """Read an element <attributes>."""
        if divisions := attributes.findtext("divisions"):
            self.divisions = Fraction(divisions)
        if (transpose := attributes.find("transpose")) is not None:
            octaves = int(transpose.findtext("octave-change") or 0)
            self.semitones = int(transpose.findtext("chromatic") or 0) + OCTAVE * octaves
        if (time := attributes.find("time")) is not None:
            self.nominal = _read_length(time)

    def duration(self, element: ET.Element) -> Fraction:
        """Return the duration of an element."""
        return Fraction(element.findtext("duration") or 0) / self.divisions


@dataclass
class Measure:
    """A measure of one part; times are in quarters from its start.

    Attributes:
        notes: onset, pitch, end, and whether a tie ends at the note.
        end: the end of its last note.
        end_of_rests: the end of its last element.
        nominal: its length by the time signature; None if unknown.
    """

    notes: list[tuple[Fraction, int, Fraction, bool]] = field(default_factory=list)
    end: Fraction = Fraction(0)
    end_of_rests: Fraction = Fraction(0)
    nominal: Fraction | None = None

    @property
    def length(self) -> Fraction:
        """Length of the measure in this part."""
        nominal = self.end_of_rests if self.nominal is None else self.nominal
        return max(self.end, min(self.end_of_rests, nominal))


def _read_length(time: ET.Element) -> Fraction | None:
    """Return the length of a measure by an element <time>; None if it names none."""
    beats = [each.text or "" for each in time.findall("beats")]
    units = [each.text or "" for each in time.findall("beat-type")]
    if not beats or not all(text.strip().isdigit() for text in [*beats, *units]):  # such as 3+2
        return None
    return sum(
        (Fraction(4 * int(a), int(b)) for a, b in zip(beats, units, strict=True)), Fraction()
    )


def count_durations(score: ET.Element) -> list[Staff]:
    """Return the onsets of each part of a partwise score that has notes."""
    parts = [list(_read_measures(part)) for part in score.findall("part")]
    lengths = [
        max(measure.length for measure in together if measure) for together in zip_longest(*parts)
    ]
    starts = list(accumulate(lengths, initial=Fraction(0)))
    return [staff for part in parts if (staff := _join_ties(part, starts))]


def _snap(time: Fraction) -> Fraction:
    """Round a time to one that tuplets, and notes as short as 64ths, can have."""
    near = min(
        (Fraction(round(time * n), n) for n in (FINEST, 20, 28)), key=lambda t: abs(t - time)
    )
    return near if abs(near - time) < ROUNDING else time


def _join_ties(measures: Sequence[Measure], starts: Sequence[Fraction]) -> Staff:
    """Return the onsets of a part without the notes that continue others."""
    onsets: set[Onset] = set()
    ends: dict[int, Fraction] = {}  # of the last note of each pitch
    for measure, start in zip(measures, starts, strict=False):
        for onset, pitch, end, is_tied in sorted(measure.notes):
            if not is_tied or ends.get(pitch) != start + onset:
                onsets.add(Onset(pitch, start + onset))
            ends[pitch] = start + end
    return frozenset(onsets)


def _read_measures(part: ET.Element) -> Iterator[Measure]:
    clock = Clock()
    for element in part.findall("measure"):
        yield _read_measure(element, clock)


def _read_measure(element: ET.Element, clock: Clock) -> Measure:
    measure = Measure()
    now = first = Fraction(0)  # of the next note, and of the chord before it
    for each in element:
        if each.tag == "attributes":
            clock.update(each)
        elif each.tag in ("backup", "forward"):
            now = _snap(now + clock.duration(each) * (1 if each.tag == "forward" else -1))
        elif each.tag == "note" and each.find("grace") is None:
            in_chord = each.find("chord") is not None
            start = first if in_chord else now
            end = _snap(start + clock.duration(each))
            sounds = not any(each.find(tag) is not None for tag in SILENT)
            if sounds:
                measure.notes.append((start, _read_pitch(each, clock), end, _is_tied(each)))
            if not in_chord:  # the other notes of a chord move nothing on, however long
                first, now = start, end
                measure.end = max(measure.end, end if sounds else Fraction(0))
        measure.end_of_rests = max(measure.end_of_rests, now)
    measure.nominal = clock.nominal
    return measure


def _read_pitch(note: ET.Element, clock: Clock) -> int:
    """Return the sounding MIDI number of a note."""
    step, octave = (note.findtext(f"pitch/{tag}") or "" for tag in ("step", "octave"))
    alter = float(note.findtext("pitch/alter") or 0)
    number = PITCH_CLASSES[step.strip()] + alter + OCTAVE * (int(octave) + 1)
    return round(number) + clock.semitones


def _is_tied(note: ET.Element) -> bool:
    """Check whether a tie ends at a note."""
    ties = [*note.findall("tie"), *note.findall("notations/tied")]
    return any(tie.get("type") in ("stop", "continue") for tie in ties)
