r"""Chord symbols in LilyPond's chord mode: c:m7/es is C minor seventh over E flat.

Where LilyPond would print a symbol otherwise than the file has it, or its chord mode lacks the
chord, the printed text stands before the chord.
"""

from collections.abc import Sequence
from itertools import pairwise

from chorale.music.annotations import ChordSymbol
from chorale.music.spelling import LetterName
from chorale.rendering.score.lilypond.lines import Line, merge_empty_bars
from chorale.rendering.score.lilypond.syntax import letter_name, note_value, quote
from chorale.rendering.score.note_values import Bar

# For MusicXML's kinds of chords: the modifier in chord mode, and the text that LilyPond prints.
_KINDS = {
    "major": ("", ""),
    "minor": ("m", "m"),
    "augmented": ("aug", "+"),
    "diminished": ("dim", "o"),
    "dominant": ("7", "7"),
    "major-seventh": ("maj7", "maj7"),
    "minor-seventh": ("m7", "m7"),
    "diminished-seventh": ("dim7", "o7"),
    "augmented-seventh": ("aug7", "+7"),
    "half-diminished": ("m7.5-", "\u00f8"),
    "major-minor": ("m7+", "m maj7"),
    "major-sixth": ("6", "6"),
    "minor-sixth": ("m6", "m6"),
    "dominant-ninth": ("9", "9"),
    "major-ninth": ("maj9", "maj9"),
    "minor-ninth": ("m9", "m9"),
    "dominant-11th": ("11", "11"),
    "major-11th": ("maj11", "maj11"),
    "minor-11th": ("m11", "m11"),
    "dominant-13th": ("13", "13"),
    "major-13th": ("maj13", "maj13"),
    "minor-13th": ("m13", "m13"),
    "suspended-second": ("sus2", "sus2"),
    "suspended-fourth": ("sus4", "sus4"),
    "power": ("5", "5"),
}
_OWN_VALUES = {"major": "5", "minor": "m5"}  # modifiers that degrees can follow
_HIGHEST_DEGREE = 13
_WORDS = {"add": "add", "alter": "", "subtract": "no"}
_SIGNS = {-2: "\u266d\u266d", -1: "\u266d", 0: "", 1: "\u266f", 2: "\u266f\u266f"}
_NO_CHORD = "r"  # printed as N.C.


def write_chords(symbols: Sequence[ChordSymbol], bars: Sequence[Bar]) -> list[Line]:
    """Write the chord symbols, a line per measure; no lines if there are none."""
    by_step = {symbol.step: symbol for symbol in symbols if symbol.step < bars[-1].end_step}
    lines = []
    for bar in bars if by_step else ():
        inner = sorted(step for step in by_step if bar.start_step < step < bar.end_step)
        tokens = [
            _write_symbol(by_step.get(start), note_value(end - start))
            for start, end in pairwise([bar.start_step, *inner, bar.end_step])
        ]
        lines.append(Line(tuple(tokens), bar.number, bar.number, bar is not bars[-1]))
    return list(merge_empty_bars(lines))


def _write_symbol(symbol: ChordSymbol | None, value: str) -> str:
    """Write a symbol, or a skip if there is none."""
    if symbol is None:
        return f"s{value}"
    if symbol.root is None:
        return f"{_NO_CHORD}{value}"
    modifier, own_text = _KINDS.get(symbol.kind, ("", symbol.kind))
    degrees = _write_degrees(symbol, modifier)
    text = own_text if symbol.text is None else symbol.text
    bass = f"/{letter_name(symbol.bass)}" if symbol.bass else ""
    full_modifier = degrees if degrees is not None else modifier
    chord = letter_name(symbol.root) + value + (f":{full_modifier}" if full_modifier else "") + bass
    if text == own_text and symbol.kind in _KINDS and not symbol.degrees:
        return chord
    return f"\\once \\override ChordName.text = {quote(_print_symbol(symbol, text))} {chord}"


def _write_degrees(symbol: ChordSymbol, modifier: str) -> str | None:
    """Return the modifier with the degrees; None if chord mode cannot have them after it."""
    base = _OWN_VALUES.get(symbol.kind, modifier)
    possible = all(
        1 < degree <= _HIGHEST_DEGREE and abs(alter) <= 1 for _, degree, alter in symbol.degrees
    )
    if not symbol.degrees or not possible or not base[-1:].isdigit():
        return None
    for how, degree, alter in sorted(symbol.degrees, key=lambda each: each[0] == "subtract"):
        sign = {-1: "-", 0: "", 1: "+"}[alter]
        base += f"^{degree}" if how == "subtract" else f".{degree}{sign}"
    return base


def _print_symbol(symbol: ChordSymbol, kind: str) -> str:
    """Return a symbol as printed, such as "C7(\u266d9)/E"."""
    assert symbol.root
    degrees = "".join(
        f"({_WORDS.get(how, how)}{_SIGNS.get(alter, '')}{degree})"
        for how, degree, alter in symbol.degrees
        if str(degree) not in kind
    )
    bass = f"/{_print_letter(symbol.bass)}" if symbol.bass else ""
    return f"{_print_letter(symbol.root)}{kind}{degrees}{bass}"


def _print_letter(name: LetterName) -> str:
    letter, alter = name
    return letter + _SIGNS.get(alter, "")
