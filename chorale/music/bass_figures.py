"""Figures under a bass: the chords they stand for, and the accidentals they are printed with.

A figure is an interval above the bass, in the scale of the key signature, and an alteration of it.
Figures that are not written are understood: 5 and 3 under a note without figures, 3 with 6, 5 and 3
with 7, and so on.

Source: the rules of thoroughbass, as in C. P. E. Bach, Versuch ueber die wahre Art das Clavier zu
spielen (1762), or any textbook of harmony, such as W. Piston, Harmony (1941).
"""

from collections.abc import Sequence

from chorale.music.annotations import BassFigure
from chorale.music.keys import Key
from chorale.music.required_chords import RequiredChord
from chorale.music.spelling import LETTERS_BY_FIFTHS, Spelling, name_class
from chorale.music.voices import OCTAVE

_LETTERS = "CDEFGAB"
_PLAIN = (BassFigure(3), BassFigure(5))
_DISSONANT = (7, 4, 2, 9)  # above the bass
_TRITONE = 6
# Figures of inverted sevenths: the number above the bass at which the seventh is.
_SEVENTHS = {frozenset({6, 5}): 5, frozenset({4, 3}): 3}


def complete_figures(figures: Sequence[BassFigure]) -> dict[int, int]:
    """Return all intervals of the chord and their alterations, with those that are understood.

    Args:
        figures: the written figures; none for a note without figures.

    Returns:
        Alteration in semitones, relative to the signature, by number; an octave is left out.
    """
    written = {figure.number: figure.alter for figure in figures or _PLAIN if figure.number != 8}
    full = dict(written)
    if 2 not in written and 4 not in written:
        full.setdefault(3, 0)
    if 2 in written and 5 not in written:
        full.setdefault(4, 0)
        full.setdefault(6, 0)
    if 3 in written and 4 in written:
        full.setdefault(6, 0)
    if 6 not in full and 2 not in written:
        full.setdefault(5, 0)
    return full


def require_figures(figures: Sequence[BassFigure], bass: Spelling, key: Key) -> RequiredChord:
    """Return the chord that figures require over a bass note.

    Args:
        figures: the figures; none stand for 5 and 3.
        bass: the bass note.
        key: the key, whose signature counts.
    """
    full = complete_figures(figures)
    classes = {number: _pitch_class(bass, number, alter, key) for number, alter in full.items()}
    root = bass.pitch % OCTAVE
    written = [figure.number for figure in figures if figure.number in classes]
    dissonant = [number for number in _DISSONANT if number in written]
    others = [number for number in (3, 6, *sorted(written)) if number in classes]
    needed = [classes[number] for number in dict.fromkeys([*dissonant, *others])]
    if 5 in classes and (classes[5] - root) % OCTAVE == _TRITONE:
        needed.append(classes[5])
    falling = {classes[number] for number in dissonant if not (number == 4 and 6 in full)}
    numbers = frozenset(written)
    falling |= {classes[at] for signs, at in _SEVENTHS.items() if signs <= numbers}
    if 2 in written and 5 not in written:
        falling = {root}
    name = " ".join(write_figure(figure) for figure in figures) or "5 3"
    return RequiredChord(
        f"{name} over {bass.name[:-1]}",
        frozenset(classes.values()) | {root},
        root,
        tuple(dict.fromkeys(needed)),
        frozenset(falling),
        frozenset(falling),
    )


def write_figure(figure: BassFigure) -> str:
    """Return a figure in one line: "6", "#6", and "#" alone for a raised third."""
    sign = "#" * figure.alter if figure.alter > 0 else "b" * -figure.alter
    return sign if sign and figure.number == 3 else f"{sign}{figure.number}"


def find_accidental(figure: BassFigure, bass: Spelling, key: Key) -> int | None:
    """Return the alteration that the accidental of a figure states; None if it has none.

    It is that of the note: 0 for a natural, where the signature has a sharp or a flat.
    """
    if not figure.alter:
        return None
    return _signature_alter(_letter_above(bass, figure.number), key) + figure.alter


def _pitch_class(bass: Spelling, number: int, alter: int, key: Key) -> int:
    letter = _letter_above(bass, number)
    return (name_class((letter, 0)) + _signature_alter(letter, key) + alter) % OCTAVE


def _letter_above(bass: Spelling, number: int) -> str:
    return _LETTERS[(_LETTERS.index(bass.letter) + number - 1) % len(_LETTERS)]


def _signature_alter(letter: str, key: Key) -> int:
    """Return the alteration of a letter in the key signature."""
    place = LETTERS_BY_FIFTHS.index(letter)
    return int(place < key.sharps) - int(place >= len(LETTERS_BY_FIFTHS) + key.sharps)
