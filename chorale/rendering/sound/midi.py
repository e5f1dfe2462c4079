"""Chorales as Standard MIDI Files.

A file is written so that any reader, `chorale.reading` included, gets back the same music:
- type 1, TICKS_PER_QUARTER ticks a quarter, all tracks of the same length;
- a conductor track named after the title: tempo, time and key signature, then the comments (seed,
  options, fingerprint) as text events, in UTF-8;
- a track for each voice of the choir, each on the channel of its place on the grid, 0 to 3, named
  after it (Soprano, Alto, Tenor and Bass, or Soprano 1, Soprano 2 and Alto) or, for SATB, as in the
  input file, with words (`chorale.rendering.sound.midi_texts`); that of a silent voice has neither
  notes nor words;
- repeats are played out only if the options say so;
- with a count-in or a metronome, a track of that name on the drum channel: a high wood block on
  downbeats, a low one on other beats. A count-in is silence in the other tracks, and then the file
  starts with a whole measure, whatever the pickup.

Unknown facts are left out: an unknown metre has no time signature, which readers take for 4/4; an
unknown key has no key signature. A pickup is written as a first time signature of its length (a
quarter: 1/4) at tick 0, with the metre itself at the first downbeat; notation programs then draw a
short first measure. MIDI has no event for a fermata, and the tempo stays even: a marker at its
start, such as "fermata, 4/16", states for how many sixteenths it holds. A chorale whose plan has no
fermatas gets a marker that states so. The same chorale and options give the same bytes.
"""

import io
from collections.abc import Sequence

import mido

from chorale.music import (
    STEPS_PER_QUARTER,
    Annotations,
    Chorale,
    Key,
    Metre,
    Note,
    Plan,
    notes,
)
from chorale.music.unrolling import unroll
from chorale.reading.midi_facts import NO_FERMATAS, fermata_marker
from chorale.rendering.metadata import DEFAULT_METADATA, Metadata
from chorale.rendering.render_options import DEFAULT_RENDER_OPTIONS, RenderOptions
from chorale.rendering.sound.clicks import Click, plan_clicks
from chorale.rendering.sound.midi_texts import list_markers, list_words, name_track

TICKS_PER_QUARTER = 480
TICKS_PER_STEP = TICKS_PER_QUARTER // STEPS_PER_QUARTER
VELOCITY = 80  # velocity of every note: dynamics are for the singers to choose
FRONT_VELOCITY, BACK_VELOCITY = 108, 48  # velocities if one voice is in front, for practice
DRUMS = 9  # channel 10, counted from 1
HIGH_WOOD_BLOCK, LOW_WOOD_BLOCK = 76, 77  # keys of the General MIDI percussion map
_ORDER = {"note_off": 0, "lyrics": 1, "note_on": 2}  # of messages at one tick

Words = Sequence[tuple[int, str]]  # steps and texts


def midi_bytes(
    chorale: Chorale,
    metadata: Metadata = DEFAULT_METADATA,
    render_options: RenderOptions = DEFAULT_RENDER_OPTIONS,
) -> bytes:
    """Return the contents of a MIDI file that plays a chorale.

    Args:
        chorale: the music; repeated notes are struck again, rests are silent.
        metadata: the title names the conductor track, which programs show as the name of the
            piece; each comment is a text event.
        render_options: tempo, program, the voice in front, the silent voice, count-in, metronome,
            choir, and whether repeats are played out.

    Raises:
        OptionError: repeats are played out, and the music would be too long.
    """
    if render_options.play_repeats:
        chorale = unroll(chorale)
    chorale, clicks = plan_clicks(chorale, render_options.count_in_bars, render_options.metronome)
    # The standard names ASCII only; mido's default, Latin-1, fails on other characters.
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_QUARTER, charset="utf-8")
    annotations, length_steps = chorale.annotations, chorale.plan.length_steps
    conductor = _conductor_track(chorale.plan, render_options.tempo_qpm, metadata, annotations)
    file.tracks.append(conductor)
    for part in render_options.voicing.parts:
        voice, velocity = part.voice, VELOCITY
        if render_options.front_voice is not None:
            velocity = FRONT_VELOCITY if voice == render_options.front_voice else BACK_VELOCITY
        is_silent = voice == render_options.silent_voice
        line = [] if is_silent else notes(chorale, voice)
        words = [] if is_silent else list_words(annotations, voice)
        track = _voice_track(line, words, voice, render_options.program, velocity, length_steps)
        name = name_track(annotations, voice, render_options.voicing)
        track.insert(0, mido.MetaMessage("track_name", name=name))
        file.tracks.append(track)
    if clicks:
        file.tracks.append(_click_track(clicks, render_options, length_steps))
    content = io.BytesIO()
    file.save(file=content)
    return content.getvalue()


def _conductor_track(
    plan: Plan, tempo_qpm: float, metadata: Metadata, annotations: Annotations
) -> mido.MidiTrack:
    track = mido.MidiTrack()
    track.append(mido.MetaMessage("track_name", name=metadata.title))
    track.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo_qpm)))
    if plan.metre:
        track.append(_time_signature(_list_metres(plan)[0]))
    if plan.key:
        track.append(mido.MetaMessage("key_signature", key=_key_name(plan.key)))
    for comment in metadata.comments:
        track.append(mido.MetaMessage("text", text=comment))
    later = _fermata_markers(plan)
    later += [
        (step, mido.MetaMessage("marker", text=text))
        for step, text in list_markers(annotations)
        if step <= plan.length_steps
    ]
    later += [(step, _time_signature(metre)) for step, metre in _list_metres(plan).items() if step]
    last = max(plan.length_steps, plan.pickup_steps)
    now = 0  # in steps; mido counts ticks from the preceding message
    for step, message in sorted([*later, (last, mido.MetaMessage("end_of_track"))], key=_step_of):
        track.append(message.copy(time=(step - now) * TICKS_PER_STEP))
        now = step
    return track


def _fermata_markers(plan: Plan) -> list[tuple[int, mido.MetaMessage]]:
    """Return pairs of step and fermata marker; no pairs if the fermatas are unknown."""
    if plan.fermatas is None:
        return []
    if not plan.fermatas.any():
        return [(0, mido.MetaMessage("marker", text=NO_FERMATAS))]
    return [
        (start, mido.MetaMessage("marker", text=fermata_marker(end - start)))
        for start, end in plan.fermata_spans
    ]


def _step_of(event: tuple[int, mido.MetaMessage]) -> int:
    return event[0]


def _voice_track(
    line: Sequence[Note],
    words: Words,
    channel: int,
    program: int,
    velocity: int,
    length_steps: int,
) -> mido.MidiTrack:
    track = mido.MidiTrack()
    track.append(mido.Message("program_change", channel=channel, program=program))
    _append_notes(track, line, channel, velocity, length_steps, words)
    return track


def _click_track(
    clicks: Sequence[Click], render_options: RenderOptions, length_steps: int
) -> mido.MidiTrack:
    track = mido.MidiTrack()
    name = "Metronome" if render_options.metronome else "Count-in"
    track.append(mido.MetaMessage("track_name", name=name))
    line = [
        Note(HIGH_WOOD_BLOCK if click.downbeat else LOW_WOOD_BLOCK, click.step, 1)
        for click in clicks
    ]
    _append_notes(track, line, DRUMS, VELOCITY, length_steps)
    return track


def _append_notes(
    track: mido.MidiTrack,
    line: Sequence[Note],
    channel: int,
    velocity: int,
    length_steps: int,
    words: Words = (),
) -> None:
    """Append the notes and words of a line to a track, and its end after `length_steps`."""
    sung = [(step, text) for step, text in words if step <= length_steps]
    events = [(step, mido.MetaMessage("lyrics", text=text)) for step, text in sung]
    for note in line:
        end = note.onset_step + note.length_steps
        for kind, step, force in (("note_on", note.onset_step, velocity), ("note_off", end, 0)):
            message = mido.Message(kind, channel=channel, note=note.pitch, velocity=force)
            events.append((step, message))
    now = 0  # in steps; mido counts ticks from the message before
    for step, message in sorted(events, key=lambda event: (event[0], _ORDER[event[1].type])):
        track.append(message.copy(time=(step - now) * TICKS_PER_STEP))
        now = step
    track.append(mido.MetaMessage("end_of_track", time=(length_steps - now) * TICKS_PER_STEP))


def _list_metres(plan: Plan) -> dict[int, Metre]:
    """Return the time signatures by the steps at which they begin; short measures have their own.

    Without a metre there are none.
    """
    if not plan.metre:
        return {}
    metres = {0: plan.metre}
    for downbeat in filter(None, [plan.pickup_steps, *plan.early_downbeats]):
        start = plan.bar_start(plan.bar_at(downbeat - 1))
        metres[start] = _short_metre(downbeat - start)
        metres[downbeat] = plan.metre
    return metres


def _short_metre(steps: int) -> Metre:
    """Return a time signature of a short measure's length, in quarters, eighths or sixteenths.

    The longest unit that divides the length is used.
    """
    unit = next(unit for unit in (4, 2, 1) if steps % unit == 0)
    return Metre(steps // unit, 16 // unit)


def _time_signature(metre: Metre) -> mido.MetaMessage:
    return mido.MetaMessage(
        "time_signature", numerator=metre.numerator, denominator=metre.denominator
    )


def _key_name(key: Key) -> str:
    """Spell a key as mido does: "F#" for F sharp major, "F#m" for minor.

    MIDI has no church modes; they get the major key with the same signature.
    """
    tonal = key if key == key.tonal else Key.from_sharps(key.sharps, "major")
    return tonal.name.replace(" major", "").replace(" minor", "m")
