"""Spellings of the notes: as the file has them, and as they sound in the key.

Rules on augmented leaps, false relations and clashes depend on spelling. Where a file has a
spelling, it is kept. A note is misspelled if its name is neither that of its pitch in the home key
or in the key of its phrase (`chorale.music.spelling`), nor that of a chromatic step: a raised note
that rises by a semitone, or a lowered one that falls by a semitone. In A minor, A flat before A is
misspelled, since it sounds as the leading tone G sharp; A sharp before B in C major is not. The
rules judge a misspelled note as the key spells it; its finding has the file's name and a remark.

Source: chromatic notes named by the way they move: W. Piston, Harmony (1941).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chorale.checking.lines import Line
from chorale.music import Key
from chorale.music.annotations import SpelledNote
from chorale.music.spelling import Spelling, next_others, spell, spell_line


@dataclass(frozen=True)
class NoteSpelling:
    """The spelling of a note.

    Attributes:
        written: the spelling in the file, or that of the key.
        sounding: the same, or that of the key if the note is misspelled.
    """

    written: Spelling
    sounding: Spelling


def spell_voices(
    lines: Sequence[Line], written: Iterable[SpelledNote], home: Key, keys: Sequence[Key]
) -> list[list[NoteSpelling]]:
    """Spell the notes of all voices.

    Args:
        lines: the notes of each voice.
        written: spellings in the file, of any notes.
        home: the home key.
        keys: the key at each step.
    """
    names = {(note.voice, note.step): note.spelling for note in written}
    return [
        spell_notes(
            line.pitches.tolist(),
            [names.get((voice, step)) for step in line.onsets.tolist()],
            home,
            [keys[step] for step in line.onsets.tolist()],
        )
        for voice, line in enumerate(lines)
    ]


def describe_misspelled(notes: Iterable[NoteSpelling | None], key: Key) -> Iterator[str]:
    """Yield a remark on each misspelled note, once for each name."""
    for note in dict.fromkeys(notes):
        if note and note.written != note.sounding:
            yield f"{note.written.name} is misspelled for {note.sounding.name} in {key.name}"


def spell_notes(
    pitches: Sequence[int], written: Sequence[Spelling | None], home: Key, keys: Sequence[Key]
) -> list[NoteSpelling]:
    """Spell the notes of one voice.

    Args:
        pitches: MIDI numbers, in order of time.
        written: the file's spelling of each note, None where it has none or that of another pitch.
        home: the home key, in which other notes are spelled.
        keys: the key of the phrase of each note.
    """
    spelled = []
    in_home = spell_line(pitches, home)
    for name, after, at_home, key in zip(written, next_others(pitches), in_home, keys, strict=True):
        if name is None or name.pitch != at_home.pitch:
            spelled.append(NoteSpelling(at_home, at_home))
            continue
        is_right = name in (at_home, spell(name.pitch, key))
        is_right = is_right or _is_chromatic_step(name, at_home, after)
        spelled.append(NoteSpelling(name, name if is_right else at_home))
    return spelled


def _is_chromatic_step(name: Spelling, in_key: Spelling, after: int) -> bool:
    """Return whether a note moves by a semitone in the direction in which its name is altered."""
    return after - name.pitch == (1 if name.alter > in_key.alter else -1)
