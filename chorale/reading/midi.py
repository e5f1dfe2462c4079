"""MIDI files to parts, with mido.

Conventions:
- A part is a track, or where all notes stand in one track, a channel of it. The drum channel is
  left out.
- A first time signature shorter than a bar of the second tells the length of the pickup: 1/4 and,
  a quarter later, 4/4 is 4/4 with a pickup of four steps. It is what our writer and common score
  editors write, which give a short last bar its own as well. Any other change makes the metre
  unknown. A single signature does not tell whether the first measure is a whole one.
- MIDI knows no fermatas. Our writer tells them by markers (`chorale.rendering.sound.midi`); in files
  without these they are unknown.
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
from chorale.music import STEPS_PER_QUARTER, Key, Metre, Mode
from chorale.reading.limits import MAX_MIDI_BYTES, content_of, limit_error
from chorale.reading.parts import SIGNED, Facts, Part, PartNote

SUFFIXES = (".mid", ".midi")

_PITCH_CLASSES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_HIGH_BYTES = re.compile(rb"[\x80-\xff]{1000,}")
_LONGEST_TICKS = 2**28 - 1  # of one wait, by the standard
_DRUMS = 9  # channel 10 as musicians count

# Markers of our writer: a fermata, see `fermata_marker`, and that there is none at all.
FERMATA_MARKER = re.compile(r"fermata, (\d{1,5})/16")
NO_FERMATAS = "no fermatas"


def fermata_marker(steps: int) -> str:
    """The marker, at its first step, of a fermata that holds for so many."""
    return f"fermata, {steps}/16"


def read_midi(path: Path) -> list[Part]:
    """The parts of a MIDI file, in the order of its tracks.

    Raises:
        ReadingError: the file is damaged, or timed in seconds.
    """
    content = content_of(path, MAX_MIDI_BYTES)
    if _HIGH_BYTES.search(content):  # mido would take hours over a single length
        raise limit_error(str(path), "a length or time of a thousand bytes")
    try:
        file = mido.MidiFile(file=BytesIO(content))
    except Exception as error:  # a damaged file fails anywhere in mido, with any exception
        other = "" if content[:4] in (b"", b"MThd") else "it is no MIDI file, but named so"
        told = str(error) or "it ends early"
        reason = other or (told if " " in told else f"{type(error).__name__}: {told}")
        raise ReadingError(
            f"{path} cannot be read as MIDI ({reason}); "
            "export it again from your score editor, or as MusicXML"
        ) from error
    if any(message.time > _LONGEST_TICKS for track in file.tracks for message in track):
        raise limit_error(str(path), "a wait of more ticks than MIDI can count")
    if file.ticks_per_beat <= 0:  # mido's name; MIDI counts ticks to the quarter
        raise ReadingError(f"{path} is timed in film frames, not in quarters; export it as a score")
    facts, fermatas = _facts(file), _fermatas(file)
    if fermatas is not None:
        facts = replace(facts, pickup_steps=facts.pickup_steps or 0, ours=True)
    tracks = [_notes_by_channel(track, file.ticks_per_beat) for track in file.tracks]
    sounding = [channels for channels in tracks if channels]
    if len(sounding) == 1 and len(sounding[0]) > 1:
        return [Part("", tuple(notes), fermatas, facts) for _, notes in sorted(sounding[0].items())]
    return [
        Part(
            track.name.strip("\0 "), tuple(chain.from_iterable(channels.values())), fermatas, facts
        )
        for track, channels in zip(file.tracks, tracks, strict=True)
    ]


def _notes_by_channel(track: Any, ticks_per_quarter: int) -> dict[int, list[PartNote]]:
    """The notes of a track, drums left out; a note never ended ends with the track."""
    notes: dict[int, list[PartNote]] = defaultdict(list)
    # of each note that sounds when it started, several times over for a unison
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
        # a note struck again ends before it starts, but for two that start together
        before = started[message.channel, message.note]
        if before and before[0] < time:
            end(message.channel, message.note, len(before))
        before.append(time)
    for channel, pitch in list(started):
        end(channel, pitch, len(started[channel, pitch]))
    return {channel: line for channel, line in notes.items() if line}


def _facts(file: Any) -> Facts:
    facts = replace(
        _metre(file), tempo_qpm=_tempo(file), title=_title(file), comments=_comments(file)
    )
    keys = {message.key for _, message in _events(file, "key_signature")}
    if len(keys) > 1:
        return replace(facts, changes=(*facts.changes, "key"))
    if not keys:
        return facts
    name = keys.pop()  # such as "F#m"
    tonic = _PITCH_CLASSES[name[0]] + name.count("#") - name.count("b")
    mode: Mode = "minor" if name.endswith("m") else "major"
    return replace(facts, sharps=Key(tonic % 12, mode).sharps, mode=mode)


def _title(file: Any) -> str | None:
    """The name of the first track, if it is that of the piece and not of a voice."""
    if len(file.tracks) < 2 or any(message.type == "note_on" for message in file.tracks[0]):
        return None
    return _text(file.tracks[0].name).strip("\0 ") or None


def _comments(file: Any) -> tuple[str, ...]:
    """The texts at the beginning of our own files."""
    texts = [_text(message.text) for step, message in _events(file, "text") if step == 0]
    return tuple(texts) if SIGNED in texts[:1] else ()


def _text(read: str) -> str:
    """A text that mido took for Latin-1; ours are UTF-8."""
    try:
        return read.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return read


def _tempo(file: Any) -> float | None:
    """In quarter notes a minute, at the beginning."""
    first = [message.tempo for step, message in _events(file, "set_tempo") if step == 0]
    return float(mido.tempo2bpm(first[-1])) if first and first[-1] else None


def _metre(file: Any) -> Facts:
    """The one metre of a file, and its pickup where it tells one.

    It is the one that holds for longest. Short measures, at either end or on both sides of a
    repeat sign, may have signatures of their own as long as the barlines stay where they were.
    """
    signatures: list[tuple[int, tuple[int, int]]] = []  # (step, metre), no repetitions
    for step, message in _events(file, "time_signature"):
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
    held: dict[tuple[int, int], int] = defaultdict(int)
    for _, length, metre in stretches:
        held[metre] += length
    longest = max(held, key=lambda metre: held[metre])
    try:
        main = Metre(*longest)
        second = Metre(*signatures[1][1]) if len(signatures) == 2 else main
    except ValueError:
        return Facts(changes=("metre",))
    if len(signatures) == 2 and signatures[1][0] < second.steps_per_bar:
        return Facts(second, signatures[1][0])  # a pickup, however short the rest
    bar = main.steps_per_bar
    own = [start for start, _, metre in stretches if metre == longest]
    short = [length for start, length, _ in stretches if start not in own]
    phases = {start % bar for start in own}
    if len(phases) > 1 or any(length >= bar for length in short):
        return Facts(changes=("metre",))
    return Facts(main, phases.pop() if short else None)


def _last_step(file: Any) -> int:
    """The step at which the longest track ends."""
    ticks = max((sum(message.time for message in track) for track in file.tracks), default=0)
    return round(ticks * STEPS_PER_QUARTER / file.ticks_per_beat)


def _fermatas(file: Any) -> tuple[tuple[float, float], ...] | None:
    """Start and end, in steps, of each fermata that our writer marked; None if it is not its file.

    Markers of others are passed over.
    """
    told = False
    fermatas = []
    for step, message in _events(file, "marker"):
        found = FERMATA_MARKER.fullmatch(message.text)
        told |= found is not None or message.text == NO_FERMATAS
        if found:
            fermatas.append((step, step + int(found[1])))
    return tuple(fermatas) if told else None


def _events(file: Any, kind: str) -> list[tuple[int, Any]]:
    """The step and the message of every event of a kind, in any track, in order of time."""
    events = []
    for track in file.tracks:
        ticks = 0
        for message in track:
            ticks += message.time
            if message.type == kind:
                events.append((round(ticks * STEPS_PER_QUARTER / file.ticks_per_beat), message))
    return sorted(events, key=lambda event: event[0])
