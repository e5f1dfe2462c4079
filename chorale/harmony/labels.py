"""An analysis as labels of a score: Roman numerals, figures of the bass, or chord symbols.

Figures are those of the inversion, with accidentals where a note of the chord is not in the key
signature, and with both notes of a suspension: 4, then 3. A triad in root position has none.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

from chorale.harmony.analysis import HarmonyAnalysis
from chorale.harmony.naming import NamedChord
from chorale.harmony.nonchord import NonChordTone
from chorale.music import Chorale, Key
from chorale.music.annotations import BassFigure, BassFigures, ChordSymbol, HarmonyLabel
from chorale.music.numerals import ChordTones
from chorale.music.required_chords import symbol_of_numeral
from chorale.music.spelling import LETTERS_BY_FIFTHS
from chorale.options import Symbols

_LETTERS = "CDEFGAB"


def label_harmony(chorale: Chorale, analysis: HarmonyAnalysis, symbols: Symbols) -> Chorale:
    """Return a chorale with the labels of an analysis; chord symbols replace those it has."""
    annotations = chorale.annotations
    if symbols == "lead":
        found = [symbol_of_numeral(each.numeral, each.key, each.step) for each in analysis.chords]
        changed = [after for before, after in pairwise(found) if _differ(before, after)]
        annotations = replace(annotations, chord_symbols=(*found[:1], *changed))
    elif symbols == "roman":
        annotations = replace(annotations, harmony_labels=tuple(_label_roman(analysis)))
    else:
        annotations = replace(annotations, bass_figures=tuple(_find_figures(chorale, analysis)))
    return replace(chorale, annotations=annotations)


def _label_roman(analysis: HarmonyAnalysis) -> Iterator[HarmonyLabel]:
    cadences = {}
    for phrase in analysis.phrases:
        last = analysis.chord_at(phrase.end - 1)
        if last and phrase.cadence:
            cadences[last.step] = phrase.cadence
    key: Key | None = None
    for chord in analysis.chords:
        new_key = chord.key if chord.key != key else None
        key = chord.key
        cadence = cadences.get(chord.step, "")
        yield HarmonyLabel(chord.step, chord.numeral, key=new_key, cadence=cadence)


def _find_figures(chorale: Chorale, analysis: HarmonyAnalysis) -> Iterator[BassFigures]:
    signature = chorale.plan.key or analysis.key
    found = {chord.step: _figures(chord, signature) for chord in analysis.chords}
    for tone in analysis.nonchord_tones:
        if tone.kind == "suspension" and tone.figures and tone.figures != "2-3":
            found |= _suspend(tone, found.get(tone.step, ()), found)
    for step, figures in sorted(found.items()):
        if figures:
            yield BassFigures(step, figures)


def _suspend(
    tone: NonChordTone,
    figures: tuple[BassFigure, ...],
    found: Mapping[int, tuple[BassFigure, ...]],
) -> dict[int, tuple[BassFigure, ...]]:
    """Return the figures of a suspension and its resolution, by step."""
    suspended, resolved = map(int, tone.figures.split("-"))
    figure = next((each for each in figures if each.number == resolved), BassFigure(resolved))
    kept = tuple(each for each in figures if each != figure)
    by_step = {tone.step: _from_top((BassFigure(suspended), *kept))}
    if tone.end not in found:
        by_step[tone.end] = (figure,)
    return by_step


def _figures(chord: NamedChord, signature: Key) -> tuple[BassFigure, ...]:
    """Return the figures of a chord, from the top."""
    tones = chord.numeral.pitch_classes(chord.key)
    numbers = dict.fromkeys(map(int, chord.numeral.figures), 0) | dict(
        _find_alterations(tones, signature)
    )
    return _from_top(tuple(BassFigure(*each) for each in numbers.items()))


def _find_alterations(tones: ChordTones, signature: Key) -> Iterator[tuple[int, int]]:
    """Yield interval above the bass, 1 to 7, and alteration of each note not in a signature."""
    bass, _ = tones.names[tones.inversion]
    for place, (letter, alter) in enumerate(tones.names):
        number = (_LETTERS.index(letter) - _LETTERS.index(bass)) % 7 + 1
        if place != tones.inversion and alter != _alter_in(signature, letter):
            yield number, alter - _alter_in(signature, letter)


def _alter_in(signature: Key, letter: str) -> int:
    """Return the semitones by which a key signature alters a letter."""
    return (signature.sharps + 6 - LETTERS_BY_FIFTHS.index(letter)) // 7


def _from_top(figures: tuple[BassFigure, ...]) -> tuple[BassFigure, ...]:
    return tuple(sorted(figures, key=lambda each: each.number, reverse=True))


def _differ(before: ChordSymbol, after: ChordSymbol) -> bool:
    return replace(before, step=after.step) != after
