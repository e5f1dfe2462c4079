"""Read MIDI files as parts.

Conventions:
- Each track is a part; if a single track has all notes, each of its channels is a part.
- Channel 10 has the drums, which are left out with a notice. A track named after a voice, with all
  its notes on channel 10, is that voice: programs that number channels by tracks do not skip it.
- The tracks of format 2 are patterns: independent pieces, which do not sound together. If several
  have notes, each is a part and marked as a pattern, with the facts of its own track.
- A track "staff:voice", as LilyPond names it, has the name of the voice.
- Metre, pickup, key and other facts are read as `chorale.reading.midi_facts` describes, words and
  markers as `chorale.reading.midi_texts` does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import mido

from chorale.errors import ReadingError
from chorale.music import Annotations
from chorale.reading.annotations import PartAnnotations, ScoreAnnotations
from chorale.reading.limits import MAX_MIDI_BYTES, read_content
from chorale.reading.midi_facts import describe_left_out, read_facts, read_fermatas
from chorale.reading.midi_notes import end_repeated_notes, read_notes
from chorale.reading.midi_texts import read_marks, read_words, share_words
from chorale.reading.names import parse_voices
from chorale.reading.parts import Part, PartNote
from chorale.reading.smf import DRUMS, parse_midi
from chorale.reading.smf_bytes import DamagedMidiError
from chorale.wording import count

SUFFIXES = (".mid", ".midi", ".kar", ".rmi")  # the last two with words and in a RIFF wrapper

_BLANKS = "\0 "  # around names

Channels = Mapping[int, Sequence[PartNote]]  # the notes of a track by channel, 0 to 15


def read_midi(path: Path) -> list[Part]:
    """Read the parts of a MIDI file, in the order of its tracks.

    Raises:
        ReadingError: the file is damaged, exceeds a limit, or is timed in film frames.
    """
    try:
        content = parse_midi(read_content(path, MAX_MIDI_BYTES))
    except DamagedMidiError as error:
        raise ReadingError(
            f"{path} cannot be read as MIDI ({error}); "
            "export it again from your score editor, or as MusicXML"
        ) from error
    file = content.file
    if file.ticks_per_beat <= 0:  # mido's name for the ticks per quarter
        raise ReadingError(f"{path} is timed in film frames, not in quarters; export it as a score")
    tracks = [read_notes(track, file.ticks_per_beat) for track in file.tracks]
    if file.type == 2 and sum(map(bool, tracks)) > 1:
        patterns = [
            _read_pattern(track, channels, file.ticks_per_beat)
            for track, channels in zip(file.tracks, tracks, strict=True)
        ]
        return [replace(each, notices=content.notices + each.notices) for each in patterns]
    return _read_tracks(file, tracks, content.notices)


def _read_pattern(track: Any, channels: Channels, ticks_per_quarter: int) -> Part:
    """Read a track of format 2, which has facts of its own, as one part."""
    alone = mido.MidiFile(type=0, ticks_per_beat=ticks_per_quarter, tracks=[track])
    parts = _read_tracks(alone, [channels], ())
    notes = tuple(chain.from_iterable(part.notes for part in parts))
    notices = tuple(chain.from_iterable(part.notices for part in parts))
    with_words = [part for part in parts if part.annotations.timed_syllables]
    pattern = _name_part((*with_words, *parts)[0], _read_name(track))
    return replace(pattern, notes=notes, notices=notices, pattern=True)


def _read_tracks(file: Any, tracks: Sequence[Channels], notices: Sequence[str]) -> list[Part]:
    """Read tracks that sound together.

    Args:
        file: the mido.MidiFile.
        tracks: the notes of each of its tracks.
        notices: what was passed over in the file.
    """
    facts, fermatas = read_facts(file), read_fermatas(file)
    if fermatas is not None:
        facts = replace(facts, pickup_steps=facts.pickup_steps or 0, by_chorale=True)
    names = [_read_name(track) for track in file.tracks]
    pitched = [
        channels if _is_voice(name, channels) else _without_drums(channels)
        for name, channels in zip(names, tracks, strict=True)
    ]
    drums = _count_notes(tracks) - _count_notes(pitched)
    melodies = [
        {channel: end_repeated_notes(line) for channel, line in channels.items()}
        for channels in pitched
    ]
    cut = sum(number for channels in melodies for _, number in channels.values())
    notices = [*notices, *describe_left_out(file, facts)]
    if cut:
        notices.append(f"{count(cut, 'note')} cut where the same pitch is struck again")
    if drums:
        notices.append(f"channel 10, the drums, left out: {count(drums, 'note')}")
    score = ScoreAnnotations(Annotations(marks=read_marks(file)))
    shared = Part("", (), fermatas, facts, notices=tuple(notices))
    shared = replace(shared, annotations=PartAnnotations(score=score))
    words = read_words(file)
    lines = [[line for line, _ in channels.values()] for channels in melodies]
    sounding = list(filter(None, lines))
    if len(sounding) == 1 and len(sounding[0]) > 1:
        parts = [replace(shared, notes=tuple(line)) for line in sounding[0]]
        return share_words(parts, [lines.index(sounding[0])] * len(parts), words)
    parts = [
        _name_part(replace(shared, notes=tuple(chain.from_iterable(each))), name)
        for name, each in zip(names, lines, strict=True)
    ]
    return share_words(parts, range(len(parts)), words)


def _read_name(track: Any) -> str:
    """Return the name of a track; of a name "staff:voice", as LilyPond writes it, the voice."""
    name: str = track.name.strip(_BLANKS)
    _, colon, voice = name.rpartition(":")
    return voice.strip() if colon and parse_voices(voice) else name.strip(": ")


def _name_part(part: Part, name: str) -> Part:
    """Return a part with a name, which its voice keeps if it is the name of one voice."""
    own = name if len(parse_voices(name)) == 1 else ""
    return replace(part, name=name, annotations=replace(part.annotations, name=own))


def _is_voice(name: str, channels: Channels) -> bool:
    """Check whether the notes of a track belong to a voice, even on the channel of the drums."""
    return bool(parse_voices(name)) and channels.keys() <= {DRUMS}


def _without_drums(channels: Channels) -> Channels:
    return {channel: notes for channel, notes in channels.items() if channel != DRUMS}


def _count_notes(tracks: Sequence[Channels]) -> int:
    return sum(len(notes) for channels in tracks for notes in channels.values())
