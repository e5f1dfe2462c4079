"""Hymns as MIDI files in LilyPond's manner: two tracks of two voices each, unisons merged.

LilyPond's MIDI has one note for all voices of a staff that sing a pitch: notes that start together
last as long as the longest, and a note that starts on a pitch that sounds strikes it again, until
the later of the two ends. `lilypond_source` returns the same hymn as LilyPond's own input, to check
that with LilyPond.
"""

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO

import mido

from chorale.music import OCTAVE, STEPS_PER_QUARTER, Chorale, Note, notes

TICKS_PER_STEP = 96
STAVES = (("up", (0, 1)), ("down", (2, 3)))  # names of the tracks, and their voices
VALUES = {16: "1", 12: "2.", 8: "2", 6: "4.", 4: "4", 3: "8.", 2: "8", 1: "16"}  # by length
NAMES = ("c", "cis", "d", "dis", "e", "f", "fis", "g", "gis", "a", "ais", "b")
VELOCITY = 90


def merge_unisons(voices: Iterable[Sequence[Note]]) -> list[Note]:
    """Return the notes of the voices of a staff, unisons merged, in order of time and pitch."""
    merged: list[Note] = []
    for note in sorted(
        (note for voice in voices for note in voice), key=lambda note: note.onset_step
    ):
        end = _end(note)
        for index, other in enumerate(merged):
            if other.pitch == note.pitch and other.onset_step <= note.onset_step < _end(other):
                end = max(end, _end(other))
                length = note.onset_step - other.onset_step
                merged[index] = Note(other.pitch, other.onset_step, length)
        merged.append(Note(note.pitch, note.onset_step, end - note.onset_step))
    lasting = (note for note in merged if note.length_steps)
    return sorted(lasting, key=lambda note: (note.onset_step, -note.pitch))


def merge_staves(chorale: Chorale) -> list[list[Note]]:
    """Return the merged notes of each staff."""
    return [merge_unisons(notes(chorale, voice) for voice in voices) for _, voices in STAVES]


def _end(note: Note) -> int:
    return note.onset_step + note.length_steps


def lilypond_midi(chorale: Chorale) -> bytes:
    """Return a MIDI file of a track with the metre, and two tracks of two voices each."""
    file = mido.MidiFile(type=1, ticks_per_beat=STEPS_PER_QUARTER * TICKS_PER_STEP)
    file.tracks.append(mido.MidiTrack())
    if metre := chorale.plan.metre:
        signature = {"numerator": metre.numerator, "denominator": metre.denominator}
        file.tracks[0].append(mido.MetaMessage("time_signature", **signature))
    for channel, ((name, _), staff) in enumerate(zip(STAVES, merge_staves(chorale), strict=True)):
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
        now = 0
        for step, velocity, pitch in sorted(_list_events(staff)):
            message = mido.Message("note_on", note=pitch, velocity=velocity, channel=channel)
            track.append(message.copy(time=(step - now) * TICKS_PER_STEP))
            now = step
        file.tracks.append(track)
    content = BytesIO()
    file.save(file=content)
    return content.getvalue()


def _list_events(staff: Sequence[Note]) -> Iterator[tuple[int, int, int]]:
    """Yield step, velocity (0 where the note ends) and pitch of each event."""
    for note in staff:
        yield note.onset_step, VELOCITY, note.pitch
        yield _end(note), 0, note.pitch


def lilypond_source(chorale: Chorale) -> str:
    """Return LilyPond source of two staves of two voices each, of which LilyPond makes MIDI."""
    staves = "".join(
        f'\\new Staff = "{name}" << '
        + "".join(f"\\new Voice {{ {_source_of_voice(chorale, voice)} }} " for voice in voices)
        + ">> "
        for name, voices in STAVES
    )
    return f'\\version "2.24.0" \\score {{ << {staves}>> \\midi {{ }} }}'


def _source_of_voice(chorale: Chorale, voice: int) -> str:
    written, now = [], 0
    for note in notes(chorale, voice):
        written += [f"r{value}" for value in _split(note.onset_step - now)]
        octave = note.pitch // OCTAVE - 4  # c' is MIDI number 60
        name = NAMES[note.pitch % OCTAVE] + ("'" * octave if octave > 0 else "," * -octave)
        written.append("~ ".join(f"{name}{value}" for value in _split(note.length_steps)))
        now = _end(note)
    return " ".join(written)


def _split(steps: int) -> Iterator[str]:
    """Yield the values of notes that together last a number of steps."""
    while steps:
        longest = max(length for length in VALUES if length <= steps)
        yield VALUES[longest]
        steps -= longest
