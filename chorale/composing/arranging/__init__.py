"""Arranging: a chorale in four voices, set for another choir (`chorale.music.voicings`).

The network composes for SATB alone. `placing` chooses the key or octave for the choir; then the top
voice sings the soprano as it is, and the voices below are found by dynamic programming:

    source      the chorale, in slices between the starts of notes
    states      what the voices below the tune may sing in each slice
    chords      costs of the states: missing degrees, inversions, doublings, spacing
    motion      costs of moves: leaps, lines left unresolved, parallels, overlaps
    arranging   the cheapest path

A voice always sings what one of the four voices sings, in some octave, and mostly follows it for
long, so that passing notes and suspensions stay whole. The lowest voice mostly follows the bass,
with its notes where phrases close; only in two voices the leading tone may lead it into the last
chord instead.

Candidates are ranked before they are arranged (`chorale.composing.ranking`).
"""

from chorale.composing.arranging.arranging import arrange
from chorale.composing.arranging.placing import choose_transposition, count_out_of_range, fit_tune

__all__ = ["arrange", "choose_transposition", "count_out_of_range", "fit_tune"]
