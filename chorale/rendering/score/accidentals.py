"""Which accidentals are printed: those that a singer needs, and those that spare a doubt.

An accidental holds for its staff and octave to the end of the bar. Printed are those that differ
from what holds, and besides
- for each voice its own, though another on the same staff has the same one before in the bar;
- a courtesy where the voice had the letter otherwise last, in this bar or the one before: after a
  bar line, in another octave, after a note that was tied into the bar.

Source: E. Gould, Behind Bars (2011), on accidentals and on two parts that share a stave.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from chorale.music import Key
from chorale.rendering.libraries import library

Place = tuple[str, int]  # letter and octave

# music21 publishes no types: its objects are Any here.


@dataclass
class _Voice:
    """What a voice has had: in this bar by place, and last by letter, with the bar's number."""

    here: dict[Place, float] = field(default_factory=dict)
    last: dict[str, tuple[int, float]] = field(default_factory=dict)


def show_accidentals(part: Any, key: Key) -> None:
    """Set for each note of a staff, a music21 part of measures, whether its accidental is shown."""
    music21 = library("music21", "music21", "a score")
    signature = music21.key.KeySignature(key.sharps)
    known = {pitch.step: pitch.alter for pitch in signature.alteredPitches}
    voices: dict[int, _Voice] = {}
    for number, measure in enumerate(part.getElementsByClass("Measure")):
        holds: dict[Place, float] = {}
        struck: set[tuple[float, Place]] = set()
        for voice in voices.values():
            voice.here.clear()
        for name, note in _in_order(measure):
            voice = voices.setdefault(name, _Voice())
            pitch, usual = note.pitch, known.get(note.pitch.step, 0)
            place = pitch.step, pitch.octave
            if note.tie is None or note.tie.type == "start":
                new = pitch.alter != holds.get(place, usual)
                own = pitch.alter not in (usual, voice.here.get(place, usual))
                bar, before = voice.last.get(pitch.step, (number, pitch.alter))
                courtesy = before != pitch.alter and number - bar <= 1
                unison = (note.offset, place) in struck  # one sign serves both
                _show(note, (new or own or courtesy) and not unison, music21)
                struck.add((note.offset, place))
                holds[place] = voice.here[place] = pitch.alter
            else:
                _show(note, False, music21)
            voice.last[pitch.step] = number, pitch.alter


def _show(note: Any, shown: bool, music21: Any) -> None:
    if shown and note.pitch.accidental is None:
        note.pitch.accidental = music21.pitch.Accidental("natural")
    if note.pitch.accidental is not None:
        note.pitch.accidental.displayStatus = shown


def _in_order(measure: Any) -> Iterator[tuple[int, Any]]:
    """The notes of all voices of a bar, with the voice's number, in order of time."""
    voices = list(measure.voices) or [measure]
    found = [(number, note) for number, voice in enumerate(voices) for note in voice.notes]
    return iter(sorted(found, key=lambda each: each[1].offset))
