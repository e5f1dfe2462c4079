"""Pitches of ABC notes, with the accidentals that hold.

An accidental holds to the barline, in its octave, as in print and in most programs, unless the
directive %%propagate-accidentals states otherwise; a tie carries it over a barline. (The standard
would have it hold in all octaves, which few files mean. A notice counts the notes concerned.)
"""

import re
from collections.abc import Mapping

from chorale.reading.transcribing.abc_fields import ALTERS
from chorale.reading.transcribing.score import ScorePitch

_OCTAVE_OF_CAPITALS = 4


class Accidentals:
    """The accidentals that hold in a voice.

    Attributes:
        tied: pitches from which a tie leads to the next note.
        octaves_apart: number of notes that do not follow an accidental in another octave.
    """

    def __init__(self, propagation: str) -> None:
        """Begin without a key.

        Args:
            propagation: value of %%propagate-accidentals: "not", "octave" or "pitch".
        """
        self.tied: set[ScorePitch] = set()
        self.octaves_apart = 0
        self._propagation = propagation
        self._key_alters: Mapping[str, int] = {}
        self._bar_alters: dict[tuple[str, int], int] = {}

    def set_key(self, alters: Mapping[str, int]) -> None:
        """Set the accidentals of a key signature, by letter, and drop those of the measure."""
        self._key_alters, self._bar_alters = alters, {}

    def end_measure(self) -> None:
        """Drop the accidentals of the measure."""
        self._bar_alters = {}

    def find_pitch(self, found: re.Match[str], octaves: int) -> ScorePitch:
        """Return the pitch of a note, with the accidental that holds.

        Args:
            found: the note's token.
            octaves: octaves up from its written to its sounding pitch.
        """
        name = found["pitch"]
        letter = name.upper()
        octave = _OCTAVE_OF_CAPITALS + name.islower()
        octave += found["marks"].count("'") - found["marks"].count(",")
        octave += octaves
        tied = [
            pitch.alter for pitch in self.tied if (pitch.letter, pitch.octave) == (letter, octave)
        ]
        scope = (letter, octave if self._propagation == "octave" else 0)
        if found["accidental"] is not None:
            alter = ALTERS[found["accidental"]]
            if self._propagation != "not":
                self._bar_alters[scope] = alter
        elif tied:
            alter = tied[0]
        else:
            alter = self._bar_alters.get(scope, self._key_alters.get(letter, 0))
            self._count_octaves(letter, octave, alter)
        return ScorePitch(letter, alter, octave)

    def _count_octaves(self, letter: str, octave: int, alter: int) -> None:
        """Count a note that an accidental of another octave in its measure may be meant for."""
        if self._propagation == "octave" and (letter, octave) not in self._bar_alters:
            others = (value for (name, _), value in self._bar_alters.items() if name == letter)
            self.octaves_apart += any(value != alter for value in others)
