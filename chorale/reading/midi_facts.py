"""Facts of a MIDI file: metre, pickup, key, tempo, title, comments, programs and fermatas.

Conventions:
- A pickup has a time signature of its own, in force for less than a bar of the second one: 1/4 and,
  a quarter later, 4/4 mean 4/4 with a pickup of four steps. Our writer and common score editors
  write pickups in this way, and give other short bars a time signature as well. Any other change
  makes the metre unknown. A single time signature leaves open whether the first measure is full.
- MIDI has no fermatas. Our writer adds markers for them (`chorale.rendering.sound.midi`); in other
  files fermatas are unknown.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import mido

from chorale.music import MAX_STEPS, OCTAVE, STEPS_PER_QUARTER, Key, Metre, Mode
from chorale.reading.facts import COMPOSED_BY_CHORALE, Facts
from chorale.reading.measures import find_downbeats
from chorale.reading.smf import DRUMS
from chorale.wording import count, join_names

_PITCH_CLASSES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}

# Our writer's markers: for a fermata (see `fermata_marker`), and for a piece without fermatas.
FERMATA_MARKER = re.compile(r"fermata, (\d{1,5})/16")
NO_FERMATAS = "no fermatas"


def fermata_marker(steps: int) -> str:
    """Return the text of the marker at the start of a fermata that lasts `steps`."""
    return f"fermata, {steps}/16"


def read_facts(file: Any) -> Facts:
    """Read the facts of a mido.MidiFile."""
    facts = replace(
        _read_metre(file),
        tempo_qpm=_read_tempo(file),
        title=_read_title(file),
        comments=_read_comments(file),
        programs=_read_programs(file),
    )
    keys = _read_keys(file)
    if len(keys) > 1:
        return replace(facts, changes=(*facts.changes, "key"))
    for key in keys:
        return replace(facts, sharps=key.sharps, mode=key.mode)
    return facts


def describe_left_out(file: Any, facts: Facts) -> list[str]:
    """Describe the key signatures and tempos of a file that its facts do not hold."""
    notices = []
    if len(keys := _read_keys(file)) > 1:
        counting = facts.plan(MAX_STEPS)
        shown = [
            f"{key.name} from bar {counting.bar_at(step)}" if step else key.name
            for key, step in keys.items()
        ]
        notices.append(f"several key signatures, of which none is kept: {join_names(shown)}")
    tempos = [(step, message.tempo) for step, message in _find_events(file, "set_tempo")]
    changes = sum(step > 0 and new != old for (_, old), (step, new) in pairwise(tempos))
    if changes:
        notices.append(f"{count(changes, 'change')} of tempo left out")
    return notices


def _read_keys(file: Any) -> dict[Key, int]:
    """Return the different keys of the key signatures, and the first step of each."""
    keys: dict[Key, int] = {}
    for step, message in _find_events(file, "key_signature"):  # message.key is such as "F#m"
        tonic = _PITCH_CLASSES[message.key[0]] + message.key.count("#") - message.key.count("b")
        mode: Mode = "minor" if message.key.endswith("m") else "major"
        keys.setdefault(Key(tonic % OCTAVE, mode), step)
    return keys


def _read_title(file: Any) -> str | None:
    """Return the name of the first track; None if that is the name of a voice."""
    if len(file.tracks) < 2 or any(message.type == "note_on" for message in file.tracks[0]):
        return None
    return file.tracks[0].name.strip("\0 ") or None


def _read_comments(file: Any) -> tuple[str, ...]:
    """Return the comments that `chorale` wrote into a file; none if it did not write the file."""
    texts = [message.text for step, message in _find_events(file, "text") if step == 0]
    return tuple(texts) if COMPOSED_BY_CHORALE in texts[:1] else ()


def _read_programs(file: Any) -> tuple[int, ...]:
    """Return the programs that are set on channels with notes, without drums."""
    sounding = {message.channel for _, message in _find_events(file, "note_on")} - {DRUMS}
    changes = [message for _, message in _find_events(file, "program_change")]
    return tuple(sorted({each.program for each in changes if each.channel in sounding}))


def _read_tempo(file: Any) -> float | None:
    """Return the tempo at the beginning, in quarter notes a minute."""
    first = [message.tempo for step, message in _find_events(file, "set_tempo") if step == 0]
    return float(mido.tempo2bpm(first[-1])) if first and first[-1] else None


def _read_metre(file: Any) -> Facts:
    """Return the metre of a file, and the pickup if the time signatures show one.

    The metre is the time signature that lasts longest. Short measures, at either end or next to a
    repeat sign or a refrain, may have time signatures of their own.
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
    if any(length >= bar for length in short):
        return Facts(changes=("metre",))
    if not short:
        return Facts(main)
    found = find_downbeats(_list_measures(stretches, longest, bar), main)
    if found is None:
        return Facts(changes=("metre",))
    pickup, early = found
    return Facts(main, pickup, early_downbeats=early)


def _list_measures(
    stretches: Sequence[tuple[int, int, tuple[int, int]]], metre: tuple[int, int], bar: int
) -> list[tuple[int, int]]:
    """List start and end of each measure, in steps.

    Args:
        stretches: start, length and time signature of each stretch of music.
        metre: the time signature of full measures; a stretch of another one is a single measure.
        bar: length of a full measure.
    """
    bounds: list[int] = []
    for start, length, signature in stretches:
        bounds += range(start, start + length, bar) if signature == metre else [start]
    return list(pairwise([*bounds, sum(stretches[-1][:2])]))


def _last_step(file: Any) -> int:
    """Return the step at which the longest track ends."""
    ticks = max((sum(message.time for message in track) for track in file.tracks), default=0)
    return round(ticks * STEPS_PER_QUARTER / file.ticks_per_beat)


def read_fermatas(file: Any) -> tuple[tuple[float, float], ...] | None:
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
