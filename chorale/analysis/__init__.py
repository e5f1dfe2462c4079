"""What can be said of chorales: keys, chords, closes, rule figures and style.

Conventions:
- A change of chord is a step, not a chorale's first, at which at least one voice sounds another
  pitch, or falls silent or comes in, against the step before. A note struck again at the same
  pitch changes no chord.
- Intervals between voices are in semitones, octaves left out: a twelfth is a fifth, and a unison
  and an octave are one interval.
- Figures over a collection are pooled: one count over all chorales, divided once.
- A share of nothing is not a number (nan).

"""

from chorale.analysis.cadences import Close, Ending, ending, phrase_cadences, phrase_closes
from chorale.analysis.figures import (
    FIFTH,
    RANGES,
    UNISON,
    Figures,
    chord_changes,
    crossings,
    figures,
    melodic_intervals,
    out_of_range,
    parallels,
)
from chorale.analysis.harmony import OCTAVE
from chorale.analysis.keys import estimate_key, key_fit

__all__ = [
    "FIFTH",
    "OCTAVE",
    "RANGES",
    "UNISON",
    "Close",
    "Ending",
    "Figures",
    "chord_changes",
    "crossings",
    "ending",
    "estimate_key",
    "figures",
    "key_fit",
    "melodic_intervals",
    "out_of_range",
    "parallels",
    "phrase_cadences",
    "phrase_closes",
]
