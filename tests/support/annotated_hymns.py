"""A made-up hymn of three verses, with everything that a score can have besides its notes."""

from dataclasses import replace

import numpy as np

from chorale.music import REST, Annotations, Chorale, Key, Metre, Plan
from chorale.music.annotations import (
    ChordSymbol,
    Ending,
    Mark,
    Repeat,
    SpelledNote,
    Syllable,
)
from chorale.music.spelling import Spelling

PICKUP = 4
BAR = 16
# Pitches and lengths in steps; the same rhythm in all voices, except where the alto and the bass
# move in eighths. The repeated section ends before the pickup of the next line, within bar 4.
_SOPRANO = (
    (67, 4),
    *((67, 4), (69, 4), (71, 4), (72, 4)),
    *((71, 6), (69, 2), (67, 4), (71, 4)),
    *((74, 4), (72, 2), (71, 2), (69, 4), (67, 4)),
    (69, 12),
    (71, 4),
    *((72, 4), (71, 4), (69, 4), (67, 4)),
    *((66, 4), (67, 4), (69, 8)),
    *((71, 4), (72, 4), (71, 4), (69, 4)),
    (67, 16),
    *((71, 4), (72, 4), (69, 4), (66, 4)),
    (67, 12),
)
_SCALE = (0, 2, 4, 6, 7, 9, 11)  # pitch classes of G major
_BELOW = ((0, 0, 0), (2, 3, 2), (4, 5, 5), (9, 7, 9))  # degrees below the soprano, in turn
_SLURRED = (6, 11)  # notes on which a syllable is held, by number from 0
_VERSES = tuple(
    " ".join(lines)
    for lines in (
        (
            "Morn-ing is wak-ing the hills and the wa-ter be-low,",
            "sing to the day that is ris-ing a-bove us and shine; bright-ly it shines on",
        ),
        (
            "Noon-tide is warm-ing the field and the gar-den a-round,",
            "work in the sun that is stand-ing a-bove us and glow; gent-ly it glows on",
        ),
        (
            "Eve-ning is cool-ing the streets and the gar-ret a-lone,",
            "rest in the dark that is gath-ering all round us and fall; qui-et-ly night falls",
        ),
    )
)


def annotated_hymn() -> Chorale:
    """Return a hymn in G major with words, voltas, chord symbols, dynamics and breath marks."""
    length = sum(steps for _, steps in _SOPRANO)
    pitches = np.full((length, 4), REST, np.int16)
    onsets = np.zeros((length, 4), np.bool_)
    starts = []
    now = 0
    for number, (pitch, steps) in enumerate(_SOPRANO):
        for voice, below in enumerate(_BELOW):
            pitches[now : now + steps, voice] = _lower(pitch, below[number % 3])
            onsets[now, voice] = True
            if voice in (1, 3) and steps == 4 and number % 4 == 2:  # moves in eighths
                pitches[now + 2 : now + 4, voice] = _lower(pitch, below[number % 3] + 1)
                onsets[now + 2, voice] = True
        starts.append(now)
        now += steps
    plan = Plan(length, Metre(4, 4), PICKUP, Key.parse("G major"))
    return Chorale(pitches, onsets, plan, "hymn", _annotate(starts))


def _lower(pitch: int, degrees: int) -> int:
    """Return the pitch some degrees of G major below one of its pitches."""
    octave, place = divmod(_SCALE.index(pitch % 12) + 7 * (pitch // 12) - degrees, 7)
    return 12 * octave + _SCALE[place]


def _annotate(starts: list[int]) -> Annotations:
    first_end = PICKUP + 3 * BAR + 12
    last = PICKUP + 7 * BAR
    end = PICKUP + 10 * BAR - 4
    syllables = [
        one for verse, text in enumerate(_VERSES, 1) for one in _read_words(text, verse, starts)
    ]
    marks = (
        Mark("tempo", 0, "Andante"),
        *(Mark("dynamic", 0, "mf", voice) for voice in range(4)),
        Mark("breath", PICKUP + 2 * BAR, voice=0),
        *(Mark("breath", first_end, voice=voice) for voice in range(4)),
        Mark("rehearsal", first_end, "A"),
        *(
            Mark("crescendo", PICKUP + 4 * BAR, voice=voice, end_step=PICKUP + 5 * BAR)
            for voice in range(4)
        ),
        Mark("dynamic", PICKUP + 5 * BAR, "p", 3),
        Mark("words", PICKUP + 5 * BAR, "dolce", 3),
        Mark("diminuendo", last, end_step=end),
        Mark("segno", PICKUP + BAR),
        Mark("fine", first_end),
        Mark("dal segno", end, "D.S. al Fine"),
    )
    symbols = (
        ChordSymbol(0, ("G", 0)),
        ChordSymbol(PICKUP + 8, ("G", 0), bass=("B", 0)),
        ChordSymbol(PICKUP + 12, ("C", 0), "major-seventh", "maj7"),
        ChordSymbol(PICKUP + BAR, ("E", 0), "minor", "m"),
        ChordSymbol(PICKUP + BAR + 10, ("B", -1), "major", None),
        ChordSymbol(PICKUP + 2 * BAR, ("D", 0), "dominant", "7", None, (("add", 9, 0),)),
        ChordSymbol(PICKUP + 3 * BAR, ("A", 0), "suspended-fourth", "sus4"),
        ChordSymbol(PICKUP + 3 * BAR + 6, ("A", 0), "minor-seventh"),
        ChordSymbol(first_end, None, "none"),
        ChordSymbol(PICKUP + 5 * BAR, ("F", 1), "half-diminished"),
        ChordSymbol(last, ("G", 0)),
    )
    return Annotations(
        tuple(syllables),
        symbols,
        (Repeat(0, first_end), Repeat(first_end, last + BAR)),
        (Ending(last, last + BAR, (1,)), Ending(last + BAR, end, (2,))),
        marks,
        (SpelledNote(0, PICKUP + 5 * BAR, Spelling("G", -1, 4)),),
        ("Soprano", "Alto", "", "Bass 1"),
    )


def _read_words(text: str, verse: int, starts: list[int]) -> list[Syllable]:
    """Read syllables, one to a note, except that two notes of a slur share one."""
    numbers = [number for number in range(len(starts)) if number not in _SLURRED]
    syllables = [
        (part, place < len(parts) - 1)
        for parts in (word.split("-") for word in text.split())
        for place, part in enumerate(parts)
    ]
    return [
        Syllable(0, starts[number], verse, part, hyphen, extender=number + 1 in _SLURRED)
        for number, (part, hyphen) in zip(numbers, syllables, strict=True)
    ]


def with_words_in_all_voices(hymn: Chorale) -> Chorale:
    """Return a hymn whose lower voices have the soprano's words, at the same steps."""
    words = hymn.annotations.syllables
    every = tuple(replace(one, voice=voice) for voice in range(4) for one in words)
    return replace(hymn, annotations=replace(hymn.annotations, syllables=every))
