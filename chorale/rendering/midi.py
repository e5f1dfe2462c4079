"""Chorales as Standard MIDI Files.

What a file contains, so that any reader, our own included, gets back what was written:
- type 1, TICKS_PER_QUARTER ticks a quarter, five tracks, every track as long as the chorale;
- a conductor track named with the title: tempo, time and key signature, then the caller's
  comments (seed, options, fingerprint) as text events, in UTF-8;
- four tracks named Soprano, Alto, Tenor and Bass on channels 0 to 3.

What is unknown is left out: no metre, no time signature, which readers take for 4/4; no key, no
key signature. A pickup is a first time signature of the pickup's length (one quarter: 1/4) at
tick 0, with the metre itself at the first downbeat; notation programs then draw a short first
measure. A MIDI file has no sign for a fermata, and the tempo stays even: a marker at its start,
"fermata, 4/16", tells that it holds and for how many sixteenths; where it is known that there is
none, a marker says so.
The same chorale and options give the same bytes.
"""

import io
from collections.abc import Sequence

import mido

from chorale.errors import OptionError
from chorale.music import STEPS_PER_QUARTER, VOICES, Chorale, Key, Metre, Note, Plan, notes
from chorale.reading.midi import NO_FERMATAS, fermata_marker

TICKS_PER_QUARTER = 480
TICKS_PER_STEP = TICKS_PER_QUARTER // STEPS_PER_QUARTER
MIN_TEMPO_QPM = 20.0
MAX_TEMPO_QPM = 300.0
USUAL_TEMPO_QPM = 80.0
MAX_PROGRAM = 127
VELOCITY = 80  # even: a chorale's dynamics are the singers' affair
FRONT_VELOCITY, BACK_VELOCITY = 108, 48  # to practise a voice

# General MIDI sounds, counted from 0 as in the file; printed lists often count from 1.
PROGRAMS = {
    "piano": 0,
    "harpsichord": 6,
    "organ": 19,
    "strings": 48,
    "choir": 52,
    "brass": 61,
}


def program_number(text: str) -> int:
    """The General MIDI program, 0 to 127, that a user calls by name or by number.

    Raises:
        OptionError: `text` is neither a name in PROGRAMS nor such a number.
    """
    word = text.strip().lower()
    if word in PROGRAMS:
        return PROGRAMS[word]
    if word.isascii() and word.isdigit() and int(word) <= MAX_PROGRAM:
        return int(word)
    raise OptionError(
        f"no instrument {text!r}; choose {', '.join(PROGRAMS)} "
        f"or a General MIDI number from 0 to {MAX_PROGRAM}"
    )


def check_tempo(tempo_qpm: float) -> None:
    """Check that a tempo, in quarter notes a minute, is one that players take.

    Raises:
        OptionError: it is not MIN_TEMPO_QPM to MAX_TEMPO_QPM.
    """
    if not MIN_TEMPO_QPM <= tempo_qpm <= MAX_TEMPO_QPM:
        raise OptionError(
            f"tempo must be {MIN_TEMPO_QPM:g} to {MAX_TEMPO_QPM:g} quarter notes a minute, "
            f"not {tempo_qpm:g}"
        )


def playable(tempo_qpm: float | None) -> float:
    """A tempo that a file tells, if players take it; else the usual one."""
    if tempo_qpm is None or not MIN_TEMPO_QPM <= tempo_qpm <= MAX_TEMPO_QPM:
        return USUAL_TEMPO_QPM
    return tempo_qpm


def midi_bytes(
    chorale: Chorale,
    *,
    tempo_qpm: float = USUAL_TEMPO_QPM,
    program: int = PROGRAMS["organ"],
    title: str = "Chorale",
    comments: Sequence[str] = (),
    front: int | None = None,
) -> bytes:
    """The contents of a MIDI file that plays the chorale.

    Args:
        chorale: what to play; repeated notes are struck again, rests are silent.
        tempo_qpm: quarter notes a minute, MIN_TEMPO_QPM to MAX_TEMPO_QPM.
        program: General MIDI program of all four voices, 0 to 127.
        title: name of the conductor track, which programs show as the piece's.
        comments: one text event each.
        front: the voice, 0 to 3, that is played louder than the others; None for all alike.

    Raises:
        OptionError: the tempo or the program is out of its range.
    """
    check_tempo(tempo_qpm)
    if not 0 <= program <= MAX_PROGRAM:
        raise OptionError(f"program must be 0 to {MAX_PROGRAM}, not {program}")
    # The standard names ASCII only; mido's default, Latin-1, fails on other letters.
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_QUARTER, charset="utf-8")
    file.tracks.append(_conductor(chorale.plan, tempo_qpm, title, comments))
    for voice, name in enumerate(VOICES):
        velocity = VELOCITY
        if front is not None:
            velocity = FRONT_VELOCITY if voice == front else BACK_VELOCITY
        line = notes(chorale, voice)
        track = _voice(line, voice, program, velocity, chorale.plan.length_steps)
        track.insert(0, mido.MetaMessage("track_name", name=name.capitalize()))
        file.tracks.append(track)
    content = io.BytesIO()
    file.save(file=content)
    return content.getvalue()


def _conductor(plan: Plan, tempo_qpm: float, title: str, comments: Sequence[str]) -> mido.MidiTrack:
    track = mido.MidiTrack()
    track.append(mido.MetaMessage("track_name", name=_encodable(title)))
    track.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo_qpm)))
    if plan.metre:
        track.append(_time_signature(_pickup_metre(plan.pickup_steps) or plan.metre))
    if plan.key:
        track.append(mido.MetaMessage("key_signature", key=_key_name(plan.key)))
    for comment in comments:
        track.append(mido.MetaMessage("text", text=_encodable(comment)))
    later = _markers(plan)
    if plan.metre and plan.pickup_steps:
        later.append((plan.pickup_steps, _time_signature(plan.metre)))
    last = max(plan.length_steps, plan.pickup_steps)
    now = 0  # in steps; mido wants the ticks since the message before
    for step, message in sorted([*later, (last, mido.MetaMessage("end_of_track"))], key=_step):
        track.append(message.copy(time=(step - now) * TICKS_PER_STEP))
        now = step
    return track


def _markers(plan: Plan) -> list[tuple[int, mido.MetaMessage]]:
    """What tells the fermatas, by the step; nothing where they are unknown."""
    if plan.fermatas is None:
        return []
    if not plan.fermatas.any():
        return [(0, mido.MetaMessage("marker", text=NO_FERMATAS))]
    return [
        (start, mido.MetaMessage("marker", text=fermata_marker(end - start)))
        for start, end in plan.fermata_spans
    ]


def _step(event: tuple[int, mido.MetaMessage]) -> int:
    return event[0]


def _voice(
    line: Sequence[Note], channel: int, program: int, velocity: int, length_steps: int
) -> mido.MidiTrack:
    track = mido.MidiTrack()
    track.append(mido.Message("program_change", channel=channel, program=program))
    now = 0  # in steps; mido wants the ticks since the message before
    for note in line:
        end = note.onset_step + note.length_steps
        for kind, step, force in (("note_on", note.onset_step, velocity), ("note_off", end, 0)):
            ticks = (step - now) * TICKS_PER_STEP
            track.append(
                mido.Message(kind, channel=channel, note=note.pitch, velocity=force, time=ticks)
            )
            now = step
    track.append(mido.MetaMessage("end_of_track", time=(length_steps - now) * TICKS_PER_STEP))
    return track


def _pickup_metre(pickup_steps: int) -> Metre | None:
    """The pickup as a measure of its own, in the longest of quarters, eighths and sixteenths."""
    if not pickup_steps:
        return None
    unit = next(steps for steps in (4, 2, 1) if pickup_steps % steps == 0)
    return Metre(pickup_steps // unit, 16 // unit)


def _time_signature(metre: Metre) -> mido.MetaMessage:
    return mido.MetaMessage(
        "time_signature", numerator=metre.numerator, denominator=metre.denominator
    )


def _key_name(key: Key) -> str:
    """As mido spells it: "F#" for F sharp major, "F#m" for minor."""
    return key.name.replace(" major", "").replace(" minor", "m")


def _encodable(text: str) -> str:
    """The text with what UTF-8 cannot carry, bytes of undecodable file names, replaced by "?"."""
    return text.encode("utf-8", "replace").decode("utf-8")
