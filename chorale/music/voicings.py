"""Voicings: the choirs for which a chorale can be set, from SATB to two voices.

A chorale has four voices on its grid. Choirs of three and two voices leave one or two of them
silent; their lowest voice is always the last, so that it is the bass of the harmony.

Ranges of SATB are those of textbooks of harmony (`chorale.analysis.RANGES`). For the other choirs,
each voice has the range of its kind there, second voices a third lower; a tenor in TTBB and TB goes
to A4, a baritone from A2 to F4.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from chorale.errors import OptionError
from chorale.music.voices import ALTO, BASS, SOPRANO, TENOR

ClefName = Literal["treble", "tenor", "bass"]  # "tenor" is a treble clef an octave lower


@dataclass(frozen=True)
class VoicePart:
    """A voice of a choir.

    Attributes:
        voice: its place on the grid of a chorale, 0 to 3.
        name: its name, such as "soprano 2".
        range: lowest and highest pitch, MIDI numbers, both inclusive.
        clef: its clef on a staff of its own.
    """

    voice: int
    name: str
    range: tuple[int, int]
    clef: ClefName


@dataclass(frozen=True)
class Voicing:
    """A choir: its name, such as "SSA", and its voices from the top."""

    name: str
    parts: tuple[VoicePart, ...]

    @property
    def voices(self) -> tuple[int, ...]:
        """Voices of the grid that sound, 0 to 3, from the top."""
        return tuple(part.voice for part in self.parts)


SATB = Voicing(
    "SATB",
    (
        VoicePart(SOPRANO, "soprano", (60, 79), "treble"),
        VoicePart(ALTO, "alto", (55, 74), "treble"),
        VoicePart(TENOR, "tenor", (48, 67), "tenor"),
        VoicePart(BASS, "bass", (40, 62), "bass"),
    ),
)
VOICINGS: Mapping[str, Voicing] = MappingProxyType(
    {
        voicing.name: voicing
        for voicing in (
            SATB,
            Voicing(
                "SSA",
                (
                    VoicePart(SOPRANO, "soprano 1", (60, 79), "treble"),
                    VoicePart(ALTO, "soprano 2", (57, 76), "treble"),
                    VoicePart(BASS, "alto", (53, 74), "treble"),
                ),
            ),
            Voicing(
                "SSAA",
                (
                    VoicePart(SOPRANO, "soprano 1", (60, 79), "treble"),
                    VoicePart(ALTO, "soprano 2", (57, 76), "treble"),
                    VoicePart(TENOR, "alto 1", (55, 74), "treble"),
                    VoicePart(BASS, "alto 2", (52, 71), "treble"),
                ),
            ),
            Voicing(
                "TTBB",
                (
                    VoicePart(SOPRANO, "tenor 1", (48, 69), "tenor"),
                    VoicePart(ALTO, "tenor 2", (47, 67), "tenor"),
                    VoicePart(TENOR, "bass 1", (45, 65), "bass"),
                    VoicePart(BASS, "bass 2", (40, 62), "bass"),
                ),
            ),
            Voicing(
                "SAB",
                (
                    VoicePart(SOPRANO, "soprano", (60, 79), "treble"),
                    VoicePart(ALTO, "alto", (55, 74), "treble"),
                    VoicePart(BASS, "bass", (43, 64), "bass"),
                ),
            ),
            Voicing(
                "SA",
                (
                    VoicePart(SOPRANO, "soprano", (60, 79), "treble"),
                    VoicePart(BASS, "alto", (55, 74), "treble"),
                ),
            ),
            Voicing(
                "TB",
                (
                    VoicePart(SOPRANO, "tenor", (48, 69), "tenor"),
                    VoicePart(BASS, "bass", (40, 62), "bass"),
                ),
            ),
        )
    }
)


def parse_voicing(name: str) -> Voicing:
    """Return the voicing of a name, in any case.

    Raises:
        OptionError: there is no such voicing.
    """
    voicing = VOICINGS.get(name.strip().upper())
    if voicing is None:
        raise OptionError(f"no voicing {name!r}; choose from {', '.join(VOICINGS)}")
    return voicing


def describe_voices(voicing: Voicing) -> tuple[str, ...]:
    """Return the names of the four voices on the grid; those that are silent have no name."""
    names = {part.voice: part.name for part in voicing.parts}
    return tuple(names.get(voice, "") for voice in (SOPRANO, ALTO, TENOR, BASS))
