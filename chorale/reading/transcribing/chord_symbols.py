"""Parse chord symbols such as "Am7/E", as ABC and MEI files have them, in the terms of MusicXML."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from chorale.reading.transcribing.score import ScoreChord

# MusicXML's kinds, and the ways in which they are written.
_WRITTEN = MappingProxyType(
    {
        "major": " maj M major",
        "minor": "m min - mi minor",
        "dominant": "7 dom7",
        "major-seventh": "maj7 M7 ma7 Δ Δ7 j7 major7",
        "minor-seventh": "m7 min7 -7 mi7 minor7",
        "major-minor": "mM7 m(maj7) mmaj7 minmaj7 mMaj7",
        "diminished": "dim ° o diminished",
        "diminished-seventh": "dim7 °7 o7",
        "half-diminished": "m7b5 ø ø7 m7♭5 min7b5 -7b5 m7(b5)",
        "augmented": "aug + augmented",
        "augmented-seventh": "aug7 +7 7+ 7#5",
        "major-sixth": "6 maj6 M6 add6",
        "minor-sixth": "m6 min6 -6",
        "dominant-ninth": "9",
        "major-ninth": "maj9 M9",
        "minor-ninth": "m9 min9",
        "dominant-11th": "11",
        "minor-11th": "m11",
        "dominant-13th": "13",
        "suspended-second": "sus2",
        "suspended-fourth": "sus4 sus 4",
        "major-11th": "maj11 M11",
        "major-13th": "maj13 M13",
        "minor-13th": "m13 min13",
        "power": "5",
    }
)
_KINDS = {text.strip(): kind for kind, texts in _WRITTEN.items() for text in texts.split(" ")}
_Degree = tuple[str, int, int]
_WITH_DEGREES: Mapping[str, tuple[str, _Degree]] = MappingProxyType(
    {
        "add9": ("major", ("add", 9, 0)),
        "(add9)": ("major", ("add", 9, 0)),
        "add2": ("major", ("add", 2, 0)),
        "add4": ("major", ("add", 4, 0)),
        "madd9": ("minor", ("add", 9, 0)),
        "2": ("major", ("add", 2, 0)),
        "7sus4": ("suspended-fourth", ("add", 7, 0)),
        "7sus": ("suspended-fourth", ("add", 7, 0)),
        "7b9": ("dominant", ("add", 9, -1)),
        "7#9": ("dominant", ("add", 9, 1)),
        "7b5": ("dominant", ("alter", 5, -1)),
    }
)
_ROOT = r"([A-G])([#♯b♭]{0,2})"
_SYMBOL = re.compile(rf"{_ROOT}\s?([^/\s][^/]{{0,15}})?(?:/{_ROOT})?")
_ALTERS = MappingProxyType({"#": 1, "♯": 1, "b": -1, "♭": -1})
_NO_CHORD = ("N.C.", "NC", "N.C")


def parse_chord_symbol(text: str) -> ScoreChord | None:
    """Parse a chord symbol; None if the text is none, or is of a kind that is not known."""
    text = text.strip()
    if text in _NO_CHORD:
        return ScoreChord(None, "none", "N.C.")
    found = _SYMBOL.fullmatch(text)
    if not found:
        return None
    letter, signs, written, bass_letter, bass_signs = found.groups()
    kind, degrees = _find_kind((written or "").strip())
    if not kind:
        return None
    bass = (bass_letter, _read_alter(bass_signs)) if bass_letter else None
    return ScoreChord((letter, _read_alter(signs)), kind, (written or "").strip(), bass, degrees)


def _find_kind(written: str) -> tuple[str, tuple[_Degree, ...]]:
    if written in _WITH_DEGREES:
        kind, degree = _WITH_DEGREES[written]
        return kind, (degree,)
    return _KINDS.get(written, ""), ()


def _read_alter(signs: str) -> int:
    return sum(_ALTERS[sign] for sign in signs)
