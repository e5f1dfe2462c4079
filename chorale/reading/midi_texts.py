"""Words and markers of a MIDI file.

Conventions:
- Words are lyric events, one for each syllable. A file without them may be a karaoke file, whose
  words are text events: those of a track in which some begin with a backslash or a slash, which
  start a paragraph or a line. Texts that begin with "@" are its title page.
- A blank at either end of an event, or the end of a line, ends the word. A hyphen at the end of an
  event goes on with it. If no event of a track has a blank, as LilyPond writes words, each one
  without a hyphen is a word.
- Several events at one tick are verses, or, if they are few, syllables of one note.
- The words of a track without notes belong to the part with most notes at their ticks: of several
  parts, to the one before them if the tracks alternate, to each its own if there are as many, or
  else to the first. A second track of words for the same part has a further verse.
- A marker is a rehearsal mark or, if our writer wrote it as one, a tempo word.

Source: SMF Lyric Meta Event Definition, RP-017, MIDI Manufacturers Association, 1998; for karaoke
files there is only usage.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from chorale.music import STEPS_PER_QUARTER
from chorale.music.annotations import Mark
from chorale.reading.annotations import TimedSyllable
from chorale.reading.midi_facts import FERMATA_MARKER, NO_FERMATAS
from chorale.reading.parts import Part

TEMPO_MARKER = re.compile(r"tempo, (.+)")
MIN_VERSE_SHARE = 0.25  # of the ticks with words, those with a second event; else no verse
NEAR = 0.25  # steps from an event to the start of its note, at most

_LINE_STARTS = ("\\", "/")
_TITLE_PAGE = "@"
_BLANKS = " \t\r\n\0"
_LINE_ENDS = re.compile(r"[\r\n]")


def tempo_marker(words: str) -> str:
    """Return the text of the marker of a tempo word, such as "Andante"."""
    return f"tempo, {words}"


def read_marks(file: Any) -> tuple[Mark, ...]:
    """Read the rehearsal marks and tempo words of a mido.MidiFile, each once, in order of time."""
    marks: list[Mark] = []
    for track in file.tracks:
        ticks = 0
        for message in track:
            ticks += message.time
            if message.type != "marker" or not (text := message.text.strip(_BLANKS)):
                continue
            step = round(ticks * STEPS_PER_QUARTER / file.ticks_per_beat)
            if tempo := TEMPO_MARKER.fullmatch(text):
                marks.append(Mark("tempo", step, tempo[1]))
            elif text != NO_FERMATAS and not FERMATA_MARKER.fullmatch(text):
                marks.append(Mark("rehearsal", step, text))
    return tuple(sorted(dict.fromkeys(marks), key=lambda mark: mark.step))


def read_words(file: Any) -> list[list[TimedSyllable]]:
    """Read the words of each track of a mido.MidiFile."""
    kinds = {message.type for track in file.tracks for message in track}
    kind = "lyrics" if "lyrics" in kinds else "text"
    words: list[list[TimedSyllable]] = []
    for track in file.tracks:
        events: list[tuple[float, str]] = []
        ticks = 0
        for message in track:
            ticks += message.time
            if message.type == kind and not message.text.startswith(_TITLE_PAGE):
                events.append((ticks * STEPS_PER_QUARTER / file.ticks_per_beat, message.text))
        is_sung = kind == "lyrics" or any(text.startswith(_LINE_STARTS) for _, text in events)
        words.append(parse_words(events) if is_sung else [])
    return words


@dataclass
class _Event:
    """A syllable with what stands around it."""

    start: float
    text: str
    begins_word: bool
    ends_word: bool


def parse_words(events: Sequence[tuple[float, str]]) -> list[TimedSyllable]:
    """Parse the events of a track, each with its start in steps, as syllables."""
    verses: dict[int, list[_Event]] = defaultdict(list)
    verse_at: dict[float, int] = {}
    latest: _Event | None = None
    for start, text in events:
        body = text.removeprefix("\\").removeprefix("/") if text != "/" else ""
        begins = body != text or body[:1].isspace() or bool(_LINE_ENDS.match(body))
        stripped = body.strip(_BLANKS)
        if not stripped:  # only the end of a word or a line
            if latest and text:
                latest.ends_word = True
            continue
        ends = body != body.rstrip(_BLANKS)
        verse_at[start] = verse = verse_at.get(start, 0) + 1
        latest = _Event(start, stripped, begins, ends)
        verses[verse].append(latest)
    if len(verses.get(2, ())) < MIN_VERSE_SHARE * len(verse_at):
        verses = {1: _join_events(verses)} if verses else {}
    has_blanks = any(e.begins_word or e.ends_word for line in verses.values() for e in line)
    syllables: list[TimedSyllable] = []
    for verse, line in verses.items():
        for event, following in pairwise([*line, None]):
            if event:
                syllables.append(_parse_syllable(event, following, verse, has_blanks))
    return sorted(syllables, key=lambda each: each.start)


def _join_events(verses: dict[int, list[_Event]]) -> list[_Event]:
    """Return events of which those at one time are joined into one."""
    joined: dict[float, _Event] = {}
    for event in (event for line in verses.values() for event in line):
        if earlier := joined.get(event.start):
            blank = " " if earlier.ends_word or event.begins_word else ""
            text, ends = f"{earlier.text}{blank}{event.text}", event.ends_word
            joined[event.start] = _Event(event.start, text, earlier.begins_word, ends)
        else:
            joined[event.start] = event
    return sorted(joined.values(), key=lambda event: event.start)


def _parse_syllable(
    event: _Event, following: _Event | None, verse: int, has_blanks: bool
) -> TimedSyllable:
    text = event.text.removesuffix("-")
    hyphen = text != event.text and bool(text)
    if has_blanks and following and not (event.ends_word or following.begins_word):
        hyphen = True
    return TimedSyllable(event.start, verse, text or event.text, hyphen)


def share_words(
    parts: Sequence[Part], tracks: Sequence[int], words: Sequence[Sequence[TimedSyllable]]
) -> list[Part]:
    """Return parts with the words that belong to them.

    Args:
        parts: the parts.
        tracks: number of the track of each part.
        words: the words of each track.
    """
    sounding = [number for number, part in enumerate(parts) if part.notes]
    lone = [t for t, line in enumerate(words) if line and all(tracks[n] != t for n in sounding)]
    alternate = any(tracks[number] > track for number in sounding[1:] for track in lone)
    sung: dict[int, list[TimedSyllable]] = defaultdict(list)
    for track, line in enumerate(words):
        own = [number for number in sounding if tracks[number] == track] or sounding
        if not line or not own:
            continue
        matches = {number: _count_matches(parts[number], line) for number in own}
        best = [number for number in own if matches[number] == max(matches.values())]
        chosen = best[0]
        if track in lone and alternate:
            chosen = max((number for number in best if tracks[number] < track), default=chosen)
        elif track in lone and len(lone) == len(sounding) and sounding[lone.index(track)] in best:
            chosen = sounding[lone.index(track)]
        verses = max((each.verse for each in sung[chosen]), default=0)
        sung[chosen] += [replace(each, verse=each.verse + verses) for each in line]
    return [
        replace(part, annotations=replace(part.annotations, timed_syllables=tuple(sung[number])))
        for number, part in enumerate(parts)
    ]


def _count_matches(part: Part, syllables: Sequence[TimedSyllable]) -> int:
    """Count the syllables that start with a note of a part."""
    starts = sorted(note.start for note in part.notes)
    found = 0
    for syllable in syllables:
        place = bisect_left(starts, syllable.start - NEAR)
        found += place < len(starts) and starts[place] <= syllable.start + NEAR
    return found
