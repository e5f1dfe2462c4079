"""Read MIDI files as parts, with mido.

Conventions:
- Each track is a part; if a single track has all notes, each of its channels is a part. The drum
  channel is left out.
- A pickup has a time signature of its own, in force for less than a bar of the second one: 1/4 and,
  a quarter later, 4/4 mean 4/4 with a pickup of four steps. Our writer and common score editors
  write pickups in this way, and give a short last bar a time signature as well. Any other change
  makes the metre unknown. A single time signature leaves open whether the first measure is full.
- MIDI has no fermatas. Our writer adds markers for them (`chorale.rendering.sound.midi`); in other
  files fermatas are unknown.
"""

import re
from collections import defaultdict
from dataclasses import replace
from io import BytesIO
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import mido

from chorale.errors import ReadingError
from chorale.music import OCTAVE, STEPS_PER_QUARTER, Key, Metre, Mode
from chorale.reading.limits import MAX_MIDI_BYTES, limit_error, read_content
from chorale.reading.parts import COMPOSED_BY_CHORALE, Facts, Part, PartNote

SUFFIXES = (".mid", ".midi")

_PITCH_CLASSES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_HIGH_BYTES = re.compile(rb"[\x80-\xff]{1000,}")
_MAX_WAIT_TICKS = 2**28 - 1  # largest in the standard
_DRUMS = 9  # channel 10, counted from 1

# Our writer's markers: for a fermata (see `fermata_marker`), and for a piece without fermatas.
FERMATA_MARKER = re.compile(r"fermata, (\d{1,5})/16")
NO_FERMATAS = "no fermatas"


def fermata_marker(steps: int) -> str:
    """Return the text of the marker at the start of a fermata that lasts `steps`."""
    return f"fermata, {steps}/16"


def read_midi(path: Path) -> list[Part]:
    """Read the parts of a MIDI file, in the order of its tracks.

    Raises:
        ReadingError: the file is damaged, exceeds a limit, or is timed in film frames.
    """
    content = read_content(path, MAX_MIDI_BYTES)
    if _HIGH_BYTES.search(content):  # mido would take hours to read this number
        raise limit_error(str(path), "a length or time of a thousand bytes")
    try:
        file = mido.MidiFile(file=BytesIO(content))
    except Exception as error:  # a damaged file fails anywhere in mido, with any exception
        raise ReadingError(
            f"{path} cannot be read as MIDI ({_describe_error(error, content)}); "
            "export it again from your score editor, or as MusicXML"
        ) from error
    if any(message.time > _MAX_WAIT_TICKS for track in file.tracks for message in track):
        raise limit_error(str(path), "a wait of more ticks than MIDI can count")
    if file.ticks_per_beat <= 0:  # mido's name for the ticks per quarter
        raise ReadingError(f"{path} is timed in film frames, not in quarters; export it as a score")
    facts, fermatas = _read_facts(file), _read_fermatas(file)
    if fermatas is not None:
        facts = replace(facts, pickup_steps=facts.pickup_steps or 0, by_chorale=True)
    tracks = [_read_notes(track, file.ticks_per_beat) for track in file.tracks]
    sounding = [channels for channels in tracks if channels]
    if len(sounding) == 1 and len(sounding[0]) > 1:
        return [Part("", tuple(notes), fermatas, facts) for _, notes in sorted(sounding[0].items())]
    return [
        Part(
            track.name.strip("\0 "), tuple(chain.from_iterable(channels.values())), fermatas, facts
        )
        for track, channels in zip(file.tracks, tracks, strict=True)
    ]


def _describe_error(error: Exception, content: bytes) -> str:
    """Describe why mido could not read a file."""
    if content[:4] not in (b"", b"MThd"):
        return "it is not a MIDI file despite its name"
    text = str(error) or "it ends early"
    return text if " " in text else f"{type(error).__name__}: {text}"


def _read_notes(track: Any, ticks_per_quarter: int) -> dict[int, list[PartNote]]:
    """Read the notes of a track by channel, without drums.

    A note without an end ends with the track.
    """
    notes: dict[int, list[PartNote]] = defaultdict(list)
    # starts of the sounding notes by channel and pitch; a unison has several
    started: dict[tuple[int, int], list[float]] = defaultdict(list)
    time = 0.0
    ticks = 0

    def end(channel: int, pitch: int, count: int) -> None:
        starts = started[channel, pitch]
        ended = range(min(count, len(starts)))
        notes[channel] += [PartNote(starts.pop(), time, pitch) for _ in ended]

    for message in track:
        ticks += message.time
        time = ticks * STEPS_PER_QUARTER / ticks_per_quarter
        if message.type not in ("note_on", "note_off") or message.channel == _DRUMS:
            continue
        if message.type == "note_off" or message.velocity == 0:
            end(message.channel, message.note, 1)
            continue
        # striking a pitch again ends the sounding note, unless both notes start together
        before = started[message.channel, message.note]
        if before and before[0] < time:
            end(message.channel, message.note, len(before))
        before.append(time)
    for channel, pitch in list(started):
        end(channel, pitch, len(started[channel, pitch]))
    return {channel: line for channel, line in notes.items() if line}


def _read_facts(file: Any) -> Facts:
    facts = replace(
        _read_metre(file),
        tempo_qpm=_read_tempo(file),
        title=_read_title(file),
        comments=_read_comments(file),
    )
    keys = {message.key for _, message in _find_events(file, "key_signature")}
    if len(keys) > 1:
        return replace(facts, changes=(*facts.changes, "key"))
    if not keys:
        return facts
    name = keys.pop()  # such as "F#m"
    tonic = _PITCH_CLASSES[name[0]] + name.count("#") - name.count("b")
    mode: Mode = "minor" if name.endswith("m") else "major"
    return replace(facts, sharps=Key(tonic % OCTAVE, mode).sharps, mode=mode)


def _read_title(file: Any) -> str | None:
    """Return the name of the first track; None if that is the name of a voice."""
    if len(file.tracks) < 2 or any(message.type == "note_on" for message in file.tracks[0]):
        return None
    return _decode(file.tracks[0].name).strip("\0 ") or None


def _read_comments(file: Any) -> tuple[str, ...]:
    """Return the comments that `chorale` wrote into a file; none if it did not write the file."""
    texts = [_decode(message.text) for step, message in _find_events(file, "text") if step == 0]
    return tuple(texts) if COMPOSED_BY_CHORALE in texts[:1] else ()


def _decode(text: str) -> str:
    """Decode as UTF-8, if possible, a text that mido decoded as Latin-1."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _read_tempo(file: Any) -> float | None:
    """Return the tempo at the beginning, in quarter notes a minute."""
    first = [message.tempo for step, message in _find_events(file, "set_tempo") if step == 0]
    return float(mido.tempo2bpm(first[-1])) if first and first[-1] else None


def _read_metre(file: Any) -> Facts:
    """Return the metre of a file, and the pickup if the time signatures show one.

    The metre is the time signature that lasts longest. Short measures, at either end or on both
    sides of a repeat sign, may have time signatures of their own as long as the barlines stay in
    place.
    """
    signatures: list[tuple[int, tuple[int, int]]] = []  # (step, metre), without repetitions
    for step, message in _find_events(file, "time_signature"):
        metre = message.numerator, message.denominator
        if signatures and signatures[-1][0] == step:
            signatures.pop()
        if not signatures or signatures[-1][1] != metre:
            signatures.append((step, metre))
    if not signatures:
        return Facts()
    end = max(_last_step(file), signatures[-1][0] + 1)
    stretches = [
        (start, after - start, metre)
        for (start, metre), (after, _) in pairwise([*signatures, (end, (0, 0))])
    ]
    steps_of: dict[tuple[int, int], int] = defaultdict(int)
    for _, length, metre in stretches:
        steps_of[metre] += length
    longest = max(steps_of, key=lambda metre: steps_of[metre])
    try:
        main = Metre(*longest)
        second = Metre(*signatures[1][1]) if len(signatures) == 2 else main
    except ValueError:
        return Facts(changes=("metre",))
    if len(signatures) == 2 and signatures[1][0] < second.steps_per_bar:
        return Facts(second, signatures[1][0])  # a pickup, even if the music after it is shorter
    bar = main.steps_per_bar
    own = [start for start, _, metre in stretches if metre == longest]
    short = [length for start, length, _ in stretches if start not in own]
    phases = {start % bar for start in own}
    if len(phases) > 1 or any(length >= bar for length in short):
        return Facts(changes=("metre",))
    return Facts(main, phases.pop() if short else None)


def _last_step(file: Any) -> int:
    """Return the step at which the longest track ends."""
    ticks = max((sum(message.time for message in track) for track in file.tracks), default=0)
    return round(ticks * STEPS_PER_QUARTER / file.ticks_per_beat)


def _read_fermatas(file: Any) -> tuple[tuple[float, float], ...] | None:
    """Return start and end, in steps, of each fermata that our writer marked.

    Other markers are ignored. Returns None if our writer made none of the markers.
    """
    marked = False
    fermatas = []
    for step, message in _find_events(file, "marker"):
        found = FERMATA_MARKER.fullmatch(message.text)
        marked |= found is not None or message.text == NO_FERMATAS
        if found:
            fermatas.append((step, step + int(found[1])))
    return tuple(fermatas) if marked else None


def _find_events(file: Any, kind: str) -> list[tuple[int, Any]]:
    """Return step and message of every event of a kind, in any track, in order of time."""
    events = []
    for track in file.tracks:
        ticks = 0
        for message in track:
            ticks += message.time
            if message.type == kind:
                events.append((round(ticks * STEPS_PER_QUARTER / file.ticks_per_beat), message))
    return sorted(events, key=lambda event: event[0])
