"""What a music file says, before it is a chorale; and how its parts become voices on the grid.

Conventions:
- Times are steps from the start of the first measure, as exact or floating numbers; they are
  rounded to the nearest step here, halves upwards, and nowhere else. A note that would last no
  step then lasts one, unless another note starts at the same step: the ornament gives way.
- Of notes that start together in one part the highest is kept, in the bass the lowest: the outer
  voices keep the outer notes. A later note ends an earlier one that still sounds.
- Ties are joined before, grace notes dropped before, repeats are not played out.
- A chorale ends with its last note.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from chorale.errors import ReadingError
from chorale.music import MAX_STEPS, REST, VOICES, Chorale, Key, Metre, Mode, Plan

NAMES_TOLD = 12
SIGNED = "Composed by chorale"  # the first comment in the files that we compose

_SOPRANO, _BASS = VOICES[0], VOICES[-1]


@dataclass(frozen=True)
class PartNote:
    """A note as a file has it: a MIDI number, and times in steps, the end exclusive."""

    start: float
    end: float
    pitch: int


@dataclass(frozen=True)
class Facts:
    """What a part says about the whole piece; None where it does not say, or changes its mind.

    Attributes:
        metre: the time signature.
        pickup_steps: before the first downbeat; None where the file does not tell.
        sharps: of the key signature, flats negative; `mode` is often left out.
        tempo_qpm: at the beginning, in quarter notes a minute.
        changes: what changes on the way and is unknown for that: "metre", "key".
        ours: whether our own writer wrote it, which tells nothing that it does not know.
        title: of the piece.
        composer: of the piece.
        comments: what our own writer said of how it was made, a line each.
    """

    metre: Metre | None = None
    pickup_steps: int | None = None
    sharps: int | None = None
    mode: Mode | None = None
    tempo_qpm: float | None = None
    changes: tuple[str, ...] = ()
    ours: bool = False
    title: str | None = None
    composer: str | None = None
    comments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """One line of a score.

    Attributes:
        name: may be empty.
        notes: in any order; they may overlap.
        fermatas: start and end, in steps, of every written note that carries one; None where
            the file does not say where they are.
        facts: metre and key, as this part has them.
        ornaments: how many grace notes, trills and the like were left out in reading.
        repeats: whether it has repeat signs, which are not played out.
        left_out: what else it has that a chorale has not: "words", "dynamics".
    """

    name: str
    notes: tuple[PartNote, ...]
    fermatas: tuple[tuple[float, float], ...] | None = None
    facts: Facts = Facts()
    ornaments: int = 0
    repeats: bool = False
    left_out: tuple[str, ...] = ()


def chorale_of_parts(parts: Sequence[Part], source: str, file: str) -> Chorale:
    """The chorale in a score.

    The four voices are told by their names, where each has one ("Soprano 1" before "Soprano 2", a
    bare "Bass" before "Bass Continuo"); else four parts with notes stand in score order. Metre and
    key are those of the first of them with notes.

    Raises:
        ReadingError: there are fewer than four parts, or more and their names do not tell, or
            they have no notes.
    """
    found = [named(parts, voice) for voice in VOICES]
    by_name = [part for part in found if part is not None]
    sounding = [part for part in parts if part.notes]
    if len(by_name) == len(VOICES):
        return chorale_of_voices(by_name, source, file)
    if len(sounding) == len(VOICES):
        return chorale_of_voices(sounding, source, file)
    names = names_of(sounding) or "none"
    raise ReadingError(
        f"{file} has {len(sounding)} parts with notes ({names}); a chorale has four, or more of "
        "which four are named Soprano, Alto, Tenor and Bass: leave out or rename the others"
    )


def names_of(parts: Sequence[Part]) -> str:
    """The names of parts for a message, of many the first few."""
    names = [part.name.strip() or "unnamed" for part in parts[:NAMES_TOLD]]
    if len(parts) > NAMES_TOLD:
        names.append(f"and {len(parts) - NAMES_TOLD} more")
    return ", ".join(names)


def named(parts: Sequence[Part], voice: str) -> Part | None:
    """The part named after a voice, the plainest name with notes first; None if there is none."""
    fitting = [part for part in parts if part.name.strip().lower().startswith(voice)]
    # min keeps the first of equals
    return min(fitting, key=lambda p: (not p.notes, len(p.name.strip()) > len(voice)), default=None)


def chorale_of_voices(voices: Sequence[Part], source: str, file: str) -> Chorale:
    """The chorale of four parts in SATB order, which may be without notes.

    A step is under a fermata while a written note that carries one sounds in any voice. Metre and
    key are those of the first part with notes.

    Raises:
        ReadingError: there are no notes, too many, or notes that do not exist.
    """
    length = max((_end(note) for part in voices for note in part.notes), default=0)
    if not 1 <= length <= MAX_STEPS:
        what = f"{length:,} sixteenths" if length else "no notes"
        raise ReadingError(
            f"{file} has {what}; a chorale lasts 1 to {MAX_STEPS:,} sixteenths: is it damaged?"
        )
    for note in chain.from_iterable(part.notes for part in voices):
        if not 0 <= note.pitch <= 127:
            raise ReadingError(
                f"{file} has a note of MIDI number {note.pitch}; 0 to 127 exist: is it damaged?"
            )
    pitches = np.full((length, len(VOICES)), REST, np.int16)
    onsets = np.zeros((length, len(VOICES)), np.bool_)
    for voice, (name, part) in enumerate(zip(VOICES, voices, strict=True)):
        for start, end, pitch in _line(part, keep=min if name == _BASS else max):
            pitches[start:end, voice] = pitch
            onsets[start, voice] = True
    facts = next(part.facts for part in voices if part.notes)
    fermatas = _fermatas(voices, length)
    plan = Plan(length, facts.metre, facts.pickup_steps or 0, _key(facts, voices), fermatas)
    return Chorale(pitches, onsets, plan, source)


def _line(part: Part, keep: Callable[[Iterable[int]], int]) -> Iterator[tuple[int, int, int]]:
    """Start, end and pitch of each note of one voice, on the grid, one after another."""
    chords = []
    ordered = sorted(part.notes, key=lambda note: nearest_step(note.start))
    for start, together in groupby(ordered, key=lambda note: nearest_step(note.start)):
        chord = list(together)
        lasting = [note for note in chord if nearest_step(note.end) > start] or chord
        pitch = keep(note.pitch for note in lasting)
        chords.append((start, max(_end(note) for note in lasting if note.pitch == pitch), pitch))
    for (start, end, pitch), (next_start, *_) in pairwise([*chords, (MAX_STEPS, 0, 0)]):
        yield start, min(end, next_start), pitch


def key_of_close(sharps: int, closing_pitch: int) -> Key | None:
    """The key that a signature and the last note of the bass tell together; None if they do not.

    A chorale closes on its tonic, but the signature may be that of a church mode, of which we
    keep the tonic and the third. A Phrygian close is the dominant of the signature's minor.
    """
    tonic = Key.from_sharps(sharps, "major").tonic
    key_of_degree = {
        0: Key(tonic, "major"),
        2: Key((tonic + 2) % 12, "minor"),  # Dorian
        4: Key((tonic + 9) % 12, "minor"),  # Phrygian
        7: Key((tonic + 7) % 12, "major"),  # Mixolydian
        9: Key((tonic + 9) % 12, "minor"),
    }
    return key_of_degree.get((closing_pitch - tonic) % 12)


def _key(facts: Facts, voices: Sequence[Part]) -> Key | None:
    """The key as the file has it; where the mode is left out, as the lowest voice closes."""
    if facts.sharps is None:
        return None
    if facts.mode:
        return Key.from_sharps(facts.sharps, facts.mode)
    lowest = [part for part in voices if part.notes][-1]
    return key_of_close(facts.sharps, max(lowest.notes, key=lambda note: note.start).pitch)


def _fermatas(parts: Sequence[Part], length: int) -> NDArray[np.bool_] | None:
    told = [part.fermatas for part in parts if part.fermatas is not None]
    if not told:
        return None
    under = np.zeros(length, np.bool_)
    for start, end in chain.from_iterable(told):
        under[nearest_step(start) : nearest_step(end)] = True
    return under


def nearest_step(time: float) -> int:
    """The nearest step, a half upwards, so that two halves of a step never both round away."""
    return math.floor(time + 0.5)


def _end(note: PartNote) -> int:
    return max(nearest_step(note.end), nearest_step(note.start) + 1)
