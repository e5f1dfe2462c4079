"""Non-chord tones by kind.

    passing       reached and left by step in one direction
    neighbour     reached by step and left by step back
    suspension    held, or struck again, from a chord it belongs to, and resolved by step down
    retardation   the same, resolved by step up
    anticipation  repeated in the next chord, to which it belongs
    escape        reached by step and left by leap
    appoggiatura  reached by leap and left by step
    pedal         held until it belongs to the chord again
    free          none of these

A note that belongs to the chord at its start and is held into a chord that it does not belong to
counts from there on.

Source: S. Kostka and D. Payne, Tonal Harmony (1984), chapters 11 and 12.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from chorale.harmony.naming import NamedChord
from chorale.music import OCTAVE, REST, Chorale, Key, Note, notes
from chorale.music.spelling import spell

NonChordKind = Literal[
    "passing",
    "neighbour",
    "suspension",
    "retardation",
    "anticipation",
    "escape",
    "appoggiatura",
    "pedal",
    "free",
]
STEP = 2  # semitones, the widest step of a scale
_LETTERS = "CDEFGAB"
_NINTH = 9


@dataclass(frozen=True)
class NonChordTone:
    """A note, or the part of a note, that does not belong to its chord.

    Attributes:
        voice: 0 = soprano.
        step: first step.
        end: exclusive end, in steps.
        pitch: MIDI number.
        kind: the kind of non-chord tone.
        accented: whether a chord starts with it.
        figures: intervals above the bass of a suspension and its resolution, such as "4-3", or
            "2-3" of a suspension in the bass; else empty.
    """

    voice: int
    step: int
    end: int
    pitch: int
    kind: NonChordKind
    accented: bool
    figures: str = ""


def find_nonchord_tones(chorale: Chorale, chords: Sequence[NamedChord]) -> list[NonChordTone]:
    """Find the non-chord tones under named chords, in order of time, then from the top."""
    found = [
        tone
        for voice in range(chorale.pitches.shape[1])
        for tone in _find_in_voice(chorale, voice, chords)
    ]
    return sorted(found, key=lambda tone: (tone.step, tone.voice))


def _find_in_voice(
    chorale: Chorale, voice: int, chords: Sequence[NamedChord]
) -> Iterator[NonChordTone]:
    line = notes(chorale, voice)
    for number, note in enumerate(line):
        end = note.onset_step + note.length_steps
        parts = [chord for chord in chords if chord.end > note.onset_step and chord.step < end]
        strange = [chord for chord in parts if not _has(chord, note.pitch)]
        if not strange:
            continue
        before = _neighbour(line, number, -1)
        after = _neighbour(line, number, 1)
        start, stop = max(note.onset_step, strange[0].step), min(end, strange[-1].end)
        following = next((chord for chord in chords if chord.step <= end < chord.end), None)
        kind = _classify(note, before, after, parts, following, chords)
        accented = start == strange[0].step
        figures = ""
        if kind == "suspension" and after:
            figures = _suspension_figures(chorale, voice, start, after, strange[0].key)
        yield NonChordTone(voice, start, stop, note.pitch, kind, accented, figures)


def _neighbour(line: Sequence[Note], number: int, direction: int) -> Note | None:
    """Return the note before or after a note, without a rest between them."""
    place = number + direction
    if not 0 <= place < len(line):
        return None
    first, second = sorted((line[number], line[place]), key=lambda note: note.onset_step)
    joined = first.onset_step + first.length_steps == second.onset_step
    return line[place] if joined else None


def _classify(
    note: Note,
    before: Note | None,
    after: Note | None,
    parts: Sequence[NamedChord],
    following: NamedChord | None,
    chords: Sequence[NamedChord],
) -> NonChordKind:
    prepared = _has(parts[0], note.pitch)
    left = after.pitch - note.pitch if after else None
    if prepared:
        if left and abs(left) <= STEP and not _has(parts[-1], note.pitch):
            return _name_delay(left)
        return "pedal" if _has(parts[-1], note.pitch) else "free"
    if before and before.pitch == note.pitch:
        earlier = next((one for one in chords if one.step < note.onset_step <= one.end), None)
        belonged = earlier is not None and _has(earlier, note.pitch)
        if belonged and left and abs(left) <= STEP:
            return _name_delay(left)
    if left == 0 and following and _has(following, note.pitch):
        return "anticipation"
    return _classify_motion(note.pitch - before.pitch if before else None, left)


def _name_delay(left: int) -> NonChordKind:
    """Name a note held from the chord before by the semitones by which it is left."""
    return "suspension" if left < 0 else "retardation"


def _classify_motion(reached: int | None, left: int | None) -> NonChordKind:
    """Classify by the semitones to and from a note; None where no note adjoins it."""
    by_step = reached is not None and 0 < abs(reached) <= STEP
    away_by_step = left is not None and 0 < abs(left) <= STEP
    if reached and left and by_step and away_by_step:
        return "passing" if (reached > 0) == (left > 0) else "neighbour"
    if by_step and left:
        return "escape"
    return "appoggiatura" if away_by_step and not by_step else "free"


def _has(chord: NamedChord, pitch: int) -> bool:
    return pitch % OCTAVE in chord.chord.members


def _suspension_figures(chorale: Chorale, voice: int, step: int, after: Note, key: Key) -> str:
    """Return the figures of a suspension: both its notes above the bass at its start."""
    row = chorale.pitches[step]
    sounding = row[row != REST]
    pitch, bass = int(row[voice]), int(sounding.min())
    if pitch == bass:
        above = [int(other) for other in sounding if 0 < (other - bass) % OCTAVE <= STEP]
        return "2-3" if above and after.pitch < pitch else ""
    first, second = _number(bass, pitch, key), _number(bass, after.pitch, key)
    return "9-8" if (first, second) == (2, 1) else f"{first}-{second}"


def _number(bass: int, pitch: int, key: Key) -> int:
    """Return the number of an interval, such as 4 for an eleventh; 8 and 9 are not reduced."""
    low, high = spell(bass, key), spell(pitch, key)
    number = (
        _LETTERS.index(high.letter)
        - _LETTERS.index(low.letter)
        + 7 * (high.octave - low.octave)
        + 1
    )
    while number > _NINTH:
        number -= 7
    return number
