"""Harmony: the chords of a chorale as Roman numerals, keys, cadences and non-chord tones.

The chords and keys are the most probable ones in a hidden Markov model, whose frequencies are those
of analyses of Bach's chorales that others made (`scripts/build/harmony_tables.py`); the kinds of
non-chord tones and cadences follow from them by rule.

    observing   units of time, and how each note is reached and left
    vocabulary  the numerals that can be named, and the tables of frequencies
    chains      the most probable chain of chords and keys
    naming      the chain as chords with their inversions
    nonchord    non-chord tones by kind
    cadences    cadences at the ends of phrases
    analysis    all of these together
    labels      an analysis as labels of a score

`scripts/measure/harmony.py` measures the agreement with analyses that were not counted.
"""

from chorale.harmony.analysis import AnalysedPhrase, HarmonyAnalysis, analyze_harmony
from chorale.harmony.cadences import CADENCES, CadenceName
from chorale.harmony.labels import label_harmony
from chorale.harmony.naming import NamedChord
from chorale.harmony.nonchord import NonChordKind, NonChordTone

__all__ = [
    "CADENCES",
    "AnalysedPhrase",
    "CadenceName",
    "HarmonyAnalysis",
    "NamedChord",
    "NonChordKind",
    "NonChordTone",
    "analyze_harmony",
    "label_harmony",
]
