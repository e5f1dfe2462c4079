"""Syllables as they are sung on the notes of a chorale."""

from dataclasses import replace

from chorale.music.annotations import Syllable
from chorale.music.chorales import Chorale
from chorale.music.voices import REST


def extend_syllable(chorale: Chorale, syllable: Syllable, end: int) -> Syllable:
    """Return a syllable with an extender if it needs one, else without.

    It needs one if it ends a word and is sung on several notes, without a rest between them.

    Args:
        chorale: the music.
        syllable: the syllable.
        end: the exclusive step at which its voice goes on to the next syllable, or ends.
    """
    sung = slice(syllable.step + 1, end)
    several = chorale.onsets[sung, syllable.voice].any()
    rests = (chorale.pitches[sung, syllable.voice] == REST).any()
    return replace(syllable, extender=bool(several and not rests and not syllable.hyphen))
