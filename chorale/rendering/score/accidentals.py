"""Choice of the accidentals that are printed: the necessary ones and the courtesy ones.

An accidental stays in force on its staff, in its octave, until the end of the measure; where a
repeat sign divides a measure, until the sign, since readers may come from elsewhere. A note is
printed with an accidental if another alteration is in force, and in two more cases:
- It is altered against the key signature, and only another voice on the staff has had the same
  alteration in this measure. Each voice gets its own accidental.
- The last note of its voice on the same letter, in this measure or the one before, had another
  alteration. Such courtesy accidentals occur after a bar line, in another octave, and after a
  note tied into the measure.

Source: E. Gould, Behind Bars (2011), on accidentals and on two parts that share a stave.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from chorale.rendering.libraries import import_library

Place = tuple[str, int]  # letter and octave

# music21 publishes no types: its objects are Any here.


@dataclass
class _VoiceState:
    """The alterations of a voice's earlier notes, in semitones.

    Attributes:
        in_bar: latest alteration of each place in this measure.
        last: for each letter, the measure number and the alteration of the latest note.
    """

    in_bar: dict[Place, float] = field(default_factory=dict)
    last: dict[str, tuple[int, float]] = field(default_factory=dict)


def show_accidentals(part: Any, sharps: int) -> None:
    """Set for each note of a staff whether its accidental is printed.

    Args:
        part: music21 part of measures.
        sharps: number of sharps in the key signature; flats are negative.
    """
    music21 = import_library("music21", "music21", "a score")
    signature = music21.key.KeySignature(sharps)
    altered = {pitch.step: pitch.alter for pitch in signature.alteredPitches}
    voices: dict[int, _VoiceState] = {}
    for measure in part.getElementsByClass("Measure"):
        number = measure.number  # the same for the parts of a divided measure
        in_force: dict[Place, float] = {}
        struck: set[tuple[float, Place]] = set()
        for voice in voices.values():
            voice.in_bar.clear()
        for voice_number, note in _notes_in_order(measure):
            voice = voices.setdefault(voice_number, _VoiceState())
            pitch, usual = note.pitch, altered.get(note.pitch.step, 0)
            place = pitch.step, pitch.octave
            if note.tie is None or note.tie.type == "start":
                differs = pitch.alter != in_force.get(place, usual)
                own = pitch.alter not in (usual, voice.in_bar.get(place, usual))
                bar, before = voice.last.get(pitch.step, (number, pitch.alter))
                courtesy = before != pitch.alter and number - bar <= 1
                unison = (note.offset, place) in struck  # one accidental serves both
                _set_shown(note, (differs or own or courtesy) and not unison, music21)
                struck.add((note.offset, place))
                in_force[place] = voice.in_bar[place] = pitch.alter
            else:
                _set_shown(note, False, music21)
            voice.last[pitch.step] = number, pitch.alter


def _set_shown(note: Any, shown: bool, music21: Any) -> None:
    if shown and note.pitch.accidental is None:
        note.pitch.accidental = music21.pitch.Accidental("natural")
    if note.pitch.accidental is not None:
        note.pitch.accidental.displayStatus = shown


def _notes_in_order(measure: Any) -> Iterator[tuple[int, Any]]:
    """Return each note of a measure with the number of its voice, in order of time."""
    voices = list(measure.voices) or [measure]
    found = [(number, note) for number, voice in enumerate(voices) for note in voice.notes]
    return iter(sorted(found, key=lambda each: each[1].offset))
