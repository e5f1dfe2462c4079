"""An analysis as labels of a score: Roman numerals, figures of the bass, or chord symbols.

Figures are those of the inversion, with accidentals where a note of the chord is not in the key
signature, and with both notes of a suspension: 4, then 3. A triad in root position has none.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType

from chorale.harmony.analysis import HarmonyAnalysis
from chorale.harmony.naming import NamedChord
from chorale.harmony.nonchord import NonChordTone
from chorale.music import Chorale, Key
from chorale.music.annotations import ChordSymbol, HarmonyLabel
from chorale.music.chords import SYMBOL_KINDS
from chorale.music.numerals import ChordTones
from chorale.music.spelling import LETTERS_BY_FIFTHS
from chorale.options import Symbols

# Kinds without a name that programs print: the nearest kind, and degrees that are altered.
_ALTERED = MappingProxyType(
    {
        "augmented major seventh": ("major-seventh", (("alter", 5, 1),)),
        "Italian sixth": ("dominant", (("subtract", 5, 0),)),
        "French sixth": ("dominant", (("alter", 5, -1),)),
        "German sixth": ("dominant", ()),
    }
)
_LETTERS = "CDEFGAB"
_SIGNS = {-2: "bb", -1: "b", 0: "n", 1: "#", 2: "##"}


def label_harmony(chorale: Chorale, analysis: HarmonyAnalysis, symbols: Symbols) -> Chorale:
    """Return a chorale with the labels of an analysis; chord symbols replace those it has."""
    annotations = chorale.annotations
    if symbols == "lead":
        found = [_write_symbol(chord) for chord in analysis.chords]
        changed = [after for before, after in pairwise(found) if _differ(before, after)]
        annotations = replace(annotations, chord_symbols=(*found[:1], *changed))
    else:
        labels = _label_roman(analysis) if symbols == "roman" else _label_figures(chorale, analysis)
        annotations = replace(annotations, harmony_labels=tuple(labels))
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


def _label_figures(chorale: Chorale, analysis: HarmonyAnalysis) -> Iterator[HarmonyLabel]:
    signature = chorale.plan.key or analysis.key
    found: dict[int, tuple[str, ...]] = {}
    for chord in analysis.chords:
        found[chord.step] = _figures(chord, signature)
    for tone in analysis.nonchord_tones:
        if tone.kind == "suspension" and tone.figures and tone.figures != "2-3":
            found |= _suspend(tone, found.get(tone.step, ()), found)
    for step, figures in sorted(found.items()):
        if figures:
            yield HarmonyLabel(step, figures=figures)


def _suspend(
    tone: NonChordTone, figures: tuple[str, ...], found: Mapping[int, tuple[str, ...]]
) -> dict[int, tuple[str, ...]]:
    """Return the figures of a suspension and its resolution, by step."""
    suspended, resolved = tone.figures.split("-")
    sign = next((each for each in figures if _number(each) == int(resolved)), resolved)
    kept = tuple(each for each in figures if each != sign)
    by_step = {tone.step: tuple(sorted((suspended, *kept), key=_number, reverse=True))}
    if tone.end not in found:
        by_step[tone.end] = (sign,)
    return by_step


def _figures(chord: NamedChord, signature: Key) -> tuple[str, ...]:
    """Return the figures of a chord, from the top."""
    tones = chord.numeral.pitch_classes(chord.key)
    usual = {"": "", "6": "6", "64": "64", "7": "7", "65": "65", "43": "43", "42": "42"}
    numbers = dict.fromkeys(usual[chord.numeral.figures], "")
    for number, sign in _find_accidentals(tones, signature):
        numbers[str(number)] = sign
    figures = [sign if number == "3" else sign + number for number, sign in numbers.items()]
    return tuple(sorted(figures, key=_number, reverse=True))


def _find_accidentals(tones: ChordTones, signature: Key) -> Iterator[tuple[int, str]]:
    """Yield the interval above the bass, 2 to 7, and the sign of each note not in a signature."""
    bass, _ = tones.names[tones.inversion]
    for place, (letter, alter) in enumerate(tones.names):
        number = (_LETTERS.index(letter) - _LETTERS.index(bass)) % 7 + 1
        if place != tones.inversion and alter != _alter_in(signature, letter):
            yield number, _SIGNS.get(alter, "n")


def _alter_in(signature: Key, letter: str) -> int:
    """Return the semitones by which a key signature alters a letter."""
    return (signature.sharps + 6 - LETTERS_BY_FIFTHS.index(letter)) // 7


def _number(figure: str) -> int:
    return int(figure.strip("#bn") or 3)


def _write_symbol(chord: NamedChord) -> ChordSymbol:
    tones, kind = chord.numeral.pitch_classes(chord.key), chord.numeral.kind
    name, degrees = _ALTERED.get(kind, (SYMBOL_KINDS.get(kind, kind), ()))
    root, bass = tones.names[0], tones.names[tones.inversion]
    if kind in _ALTERED and "sixth" in kind:  # as a dominant on the bass, which it sounds like
        root = bass
    return ChordSymbol(chord.step, root, name, None, None if bass == root else bass, degrees)


def _differ(before: ChordSymbol, after: ChordSymbol) -> bool:
    return replace(before, step=after.step) != after
