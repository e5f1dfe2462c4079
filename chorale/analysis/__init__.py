"""Analysis of chorales: keys, chords, cadences, motion, ranges, figures, style, tunes.

Conventions:
- A change of chord is a step at which at least one voice sounds another pitch than at the step
  before, falls silent or enters; the first step of a chorale is not a change. Striking a note again
  at the same pitch does not change the chord.
- Intervals between voices are in semitones modulo the octave: a twelfth is a fifth, and a unison
  and an octave are the same interval.
- Figures over a collection are pooled: one count over all its chorales, divided once.
- The share of an empty total is not a number (nan).

Three modules look for parallel fifths (and octaves). In each of them a parallel is a move of two
voices, any of the six pairs, in the same direction from one step to the next, from a fifth to a
fifth, octaves ignored. The modules differ in the changes of chord that they examine:

    `parallels`, here     every change of chord, between phrases too
    `chorale.checking`    changes of chord within phrases, since Bach allows parallels between
                          phrases; phrases are estimated if fermatas are unknown
    `chorale.composing`   every change of chord; `voice_leading` does not count parallels, but
                          penalises each token that would complete one

Bach's rate depends on the module and on the data. His parallel fifths per 1,000 changes of chord:

    1.8    by `parallels`, in the 382 chorales of the JSB grid: the published figure
    1.5    by `parallels`, in the test split of the `bach` data set, with which composed chorales
           are compared (1.4 in all its 376 chorales)
    1.2    by `chorale.checking`, in all 376 chorales of the `bach` data set
"""

from chorale.analysis.cadences import Ending, PhraseEnding, ending, phrase_cadences, phrase_endings
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
from chorale.analysis.keys import estimate_key, key_fit
from chorale.analysis.motion import measure_motion
from chorale.analysis.ranges import VoiceRange, measure_ranges, notes_out_of_range
from chorale.analysis.triads import complete_triad_share, is_complete

__all__ = [
    "FIFTH",
    "RANGES",
    "UNISON",
    "Ending",
    "Figures",
    "PhraseEnding",
    "VoiceRange",
    "chord_changes",
    "complete_triad_share",
    "crossings",
    "ending",
    "estimate_key",
    "figures",
    "is_complete",
    "key_fit",
    "measure_motion",
    "measure_ranges",
    "melodic_intervals",
    "notes_out_of_range",
    "out_of_range",
    "parallels",
    "phrase_cadences",
    "phrase_endings",
]
