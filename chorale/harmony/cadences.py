"""Cadences at the ends of phrases, by the chords that an analysis has named.

    PAC  perfect authentic: V to I, both in root position, the tonic in the highest voice
    IAC  imperfect authentic: any other V or vii° to I
    HC   half: on V
    DC   deceptive: V to VI
    PC   plagal: IV or ii to I

The chord before is the last with another root; a six-four on the same bass as a dominant belongs to
the dominant. A half cadence may be on the dominant of another degree. Anything else is none.

Source: W. Caplin, "The Classical Cadence" (Journal of the American Musicological Society 57, 2004),
with the plagal cadence of the textbooks.
"""

from collections.abc import Sequence
from typing import Literal

from chorale.harmony.naming import NamedChord
from chorale.music import OCTAVE

CadenceName = Literal["PAC", "IAC", "HC", "DC", "PC"]
CADENCES: dict[CadenceName, str] = {
    "PAC": "perfect authentic cadence",
    "IAC": "imperfect authentic cadence",
    "HC": "half cadence",
    "DC": "deceptive cadence",
    "PC": "plagal cadence",
}


def find_cadence(chords: Sequence[NamedChord], soprano: int | None) -> CadenceName | None:
    """Find the cadence at the end of a phrase.

    Args:
        chords: chords of the phrase, in order of time.
        soprano: last pitch of the highest voice that sounds at the end; None if none does.
    """
    if not chords:
        return None
    last, tonic = chords[-1].numeral, chords[-1].key.tonic
    root = chords[-1].chord.root
    before = [chord for chord in chords[:-1] if chord.chord.root != root]
    if last.target is None and last.degree == 1 and len(before) > 0:
        previous = before[-1]
        if _is_dominant(previous, tonic):
            on_tonic = soprano is not None and soprano % OCTAVE == tonic
            rooted = not (previous.chord.is_inverted or chords[-1].chord.is_inverted)
            perfect = on_tonic and rooted and previous.numeral.degree == 5
            return "PAC" if perfect else "IAC"
        plagal = previous.numeral.target is None and previous.numeral.degree in (2, 4)
        return "PC" if plagal and not chords[-1].chord.is_inverted else None
    if last.degree == 5 and last.kind in ("major", "dominant seventh") and not last.inversion:
        return "HC"
    deceptive = last.target is None and last.degree == 6 and not last.inversion
    return "DC" if deceptive and before and _is_dominant(before[-1], tonic) else None


def _is_dominant(chord: NamedChord, tonic: int) -> bool:
    """Return whether a chord is a dominant of a tonic, in whichever key it is named."""
    leading_tone = (tonic - 1) % OCTAVE
    fifth = (tonic + 7) % OCTAVE
    found = chord.chord
    return leading_tone in found.members and found.root in (fifth, leading_tone)
