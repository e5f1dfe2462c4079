"""Words, names and marks of a chorale in a MIDI file.

Conventions:
- A voice's words are lyric events in its track, at the ticks of their notes, those of the first
  verse. A syllable whose word goes on ends with a hyphen, the last one of a word with a blank, as
  notation and karaoke programs read them.
- A track has the voice's name in the input file if a reader knows the voice by it, else the English
  name.
- Rehearsal marks and tempo words are markers in the conductor track.

`chorale.reading` gets the same words, names and marks back.
"""

from chorale.music import VOICES, Annotations
from chorale.music.voicings import SATB, Voicing
from chorale.reading.midi_texts import tempo_marker
from chorale.reading.names import parse_voices

SEPARATOR = ":"  # of staff and voice in names of tracks
MARKER_KINDS = ("rehearsal", "tempo")


def list_words(annotations: Annotations, voice: int) -> list[tuple[int, str]]:
    """Return step and text of each lyric event of a voice, in order of time."""
    verses = annotations.verses
    sung = [
        each
        for each in annotations.syllables
        if each.voice == voice and each.verse == verses[0] and each.text.strip()
    ]
    return sorted((each.step, each.text + ("-" if each.hyphen else " ")) for each in sung)


def name_track(annotations: Annotations, voice: int, voicing: Voicing = SATB) -> str:
    """Return the name of the track of a voice: that of its file if the choir is SATB."""
    name = annotations.names[voice].strip()
    is_known = parse_voices(name) == (VOICES[voice],) and SEPARATOR not in name
    return name if is_known and voicing is SATB else voicing.part_at(voice).name.capitalize()


def list_markers(annotations: Annotations) -> list[tuple[int, str]]:
    """Return step and text of each marker of the whole score, in order of time."""
    return [
        (mark.step, tempo_marker(mark.text) if mark.kind == "tempo" else mark.text)
        for mark in annotations.marks
        if mark.kind in MARKER_KINDS and mark.text.strip()
    ]
