"""Which accidentals are printed: those that are needed, and those that prevent a doubt.

An accidental holds for its staff and octave until the end of the measure. An accidental is printed
where a note differs from what holds, and in two more cases:
- each voice has its own, even where another voice on the staff has the same one earlier in the
  measure;
- a courtesy accidental, where the voice had the letter with another accidental last, in this
  measure or the one before: after a bar line, in another octave, after a note tied into the
  measure.

Source: E. Gould, Behind Bars (2011), on accidentals and on two parts that share a stave.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from chorale.music import Key
from chorale.rendering.libraries import import_library

Place = tuple[str, int]  # letter and octave

# music21 publishes no types: its objects are Any here.


@dataclass
class _VoiceState:
    """The alterations that a voice has had, in semitones.

    Attributes:
        in_bar: in this measure, by place.
        last: most recent one, with the number of its measure, by letter.
    """

    in_bar: dict[Place, float] = field(default_factory=dict)
    last: dict[str, tuple[int, float]] = field(default_factory=dict)


def show_accidentals(part: Any, key: Key) -> None:
    """Set for each note of a staff whether its accidental is printed.

    Args:
        part: music21 part of measures.
        key: key whose signature the staff has.
    """
    music21 = import_library("music21", "music21", "a score")
    signature = music21.key.KeySignature(key.sharps)
    altered = {pitch.step: pitch.alter for pitch in signature.alteredPitches}
    voices: dict[int, _VoiceState] = {}
    for number, measure in enumerate(part.getElementsByClass("Measure")):
        holds: dict[Place, float] = {}
        struck: set[tuple[float, Place]] = set()
        for voice in voices.values():
            voice.in_bar.clear()
        for voice_number, note in _notes_in_order(measure):
            voice = voices.setdefault(voice_number, _VoiceState())
            pitch, usual = note.pitch, altered.get(note.pitch.step, 0)
            place = pitch.step, pitch.octave
            if note.tie is None or note.tie.type == "start":
                differs = pitch.alter != holds.get(place, usual)
                own = pitch.alter not in (usual, voice.in_bar.get(place, usual))
                bar, before = voice.last.get(pitch.step, (number, pitch.alter))
                courtesy = before != pitch.alter and number - bar <= 1
                unison = (note.offset, place) in struck  # one accidental serves both
                _set_shown(note, (differs or own or courtesy) and not unison, music21)
                struck.add((note.offset, place))
                holds[place] = voice.in_bar[place] = pitch.alter
            else:
                _set_shown(note, False, music21)
            voice.last[pitch.step] = number, pitch.alter


def _set_shown(note: Any, shown: bool, music21: Any) -> None:
    if shown and note.pitch.accidental is None:
        note.pitch.accidental = music21.pitch.Accidental("natural")
    if note.pitch.accidental is not None:
        note.pitch.accidental.displayStatus = shown


def _notes_in_order(measure: Any) -> Iterator[tuple[int, Any]]:
    """Return the notes of all voices of a measure with the voice's number, in order of time."""
    voices = list(measure.voices) or [measure]
    found = [(number, note) for number, voice in enumerate(voices) for note in voice.notes]
    return iter(sorted(found, key=lambda each: each[1].offset))
