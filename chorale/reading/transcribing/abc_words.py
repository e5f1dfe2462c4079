"""Align the words of a w: field of ABC with the notes before it.

Source: the ABC standard 2.1, section 5.1.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from chorale.reading.transcribing.abc_tunes import decode_text
from chorale.reading.transcribing.score import ScoreNote, ScoreSyllable, Syllabic

_HYPHEN = "\N{SOFT HYPHEN}"  # for "\-", which is a hyphen within a syllable
_PIECE = re.compile(r"[^\s\-_*|]+|-|_|\*|\||\s+")


class SungNote(NamedTuple):
    """A note that words are aligned with, and the number of its measure."""

    note: ScoreNote
    measure: int


def align_words(text: str, notes: Sequence[SungNote], verse: int) -> int:
    """Add the syllables of a w: field to notes.

    A hyphen or a blank ends a syllable. A further hyphen passes over a note, within the word; "_"
    passes over a note that the last syllable is sung on, "*" over one without words; "|" goes on in
    the next measure. "~" is a blank within a syllable.

    Args:
        text: the field.
        notes: the notes since the words before, without rests and grace notes.
        verse: number of the verse, from 1.

    Returns:
        How many syllables have no note.
    """
    place, left_over = 0, 0
    last: ScoreSyllable | None = None
    continues = False  # whether the last syllable ended with a hyphen
    hyphens = 0  # since the last syllable
    for piece in _PIECE.findall(text.replace(r"\-", _HYPHEN)):
        if piece.isspace():
            continue
        if piece == "-":
            hyphens += 1
            if hyphens > 1:
                place += 1
            elif last is not None:
                continues = True
            continue
        hyphens = 0
        if piece in "_*":
            if piece == "_" and last is not None:
                last.extender = True
            place += 1
        elif piece == "|":
            place = _find_next_measure(notes, place)
        elif place >= len(notes):
            left_over += 1
            continues = False
        else:
            if last is not None and continues:
                last.syllabic = _continue(last.syllabic)
            last = ScoreSyllable(verse, _clean(piece), "end" if continues else "single")
            notes[place].note.syllables.append(last)
            place += 1
            continues = False
    if last is not None and continues:
        last.syllabic = _continue(last.syllabic)
    return left_over


def _find_next_measure(notes: Sequence[SungNote], place: int) -> int:
    """Return the first note of the measure after that of the note before `place`."""
    if not place or not notes:
        return 0
    measure = notes[min(place, len(notes)) - 1].measure
    while place < len(notes) and notes[place].measure == measure:
        place += 1
    return place


def _continue(syllabic: Syllabic) -> Syllabic:
    return "middle" if syllabic in ("end", "middle") else "begin"


def _clean(piece: str) -> str:
    return decode_text(piece.replace("~", "\N{NO-BREAK SPACE}").replace(_HYPHEN, "-"))
