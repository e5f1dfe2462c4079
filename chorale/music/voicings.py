"""Voicings: the choirs for which a chorale can be set, from SATB to two voices.

A chorale has four voices on its grid. Choirs of three and two voices leave one or two of them
silent; their lowest voice is always the last, so that it is the bass of the harmony.

Ranges of SATB are those of textbooks of harmony (`chorale.analysis.RANGES`). For the other choirs,
each voice has the range of its kind there, second voices a third lower; a tenor in TTBB and TB goes
to A4, a baritone from A2 to F4.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from chorale.errors import OptionError
from chorale.music.voices import ALTO, BASS, SOPRANO, TENOR, VOICES
from chorale.wording import join_names

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

    @property
    def kind(self) -> str:
        """The kind of voice, one of VOICES: "soprano" for "soprano 2"."""
        return self.name.split()[0]


@dataclass(frozen=True)
class Voicing:
    """A choir: its name, such as "SSA", and its voices from the top."""

    name: str
    parts: tuple[VoicePart, ...]

    @property
    def voices(self) -> tuple[int, ...]:
        """Voices of the grid that sound, 0 to 3, from the top."""
        return tuple(part.voice for part in self.parts)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the voices, from the top."""
        return tuple(part.name for part in self.parts)

    @property
    def description(self) -> str:
        """The choir in words, such as "SSA (soprano 1, soprano 2 and alto)"."""
        return f"{self.name} ({join_names(self.names)})"

    def part_at(self, voice: int) -> VoicePart:
        """Return the voice of the choir at a place of the grid, 0 to 3.

        Raises:
            ValueError: the choir has no voice there.
        """
        for part in self.parts:
            if part.voice == voice:
                return part
        raise ValueError(f"{self.name} has no voice {voice}; its voices are {self.voices}")


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


def describe_voices(voicing: Voicing) -> tuple[str, ...]:
    """Return the names of the four voices on the grid; those that are silent have no name."""
    names = {part.voice: part.name for part in voicing.parts}
    return tuple(names.get(voice, "") for voice in (SOPRANO, ALTO, TENOR, BASS))


def parse_voicing(name: str | Voicing) -> Voicing:
    """Return the voicing of a name, such as "SSA" or "ssa".

    Raises:
        OptionError: there is no voicing of this name.
    """
    if isinstance(name, Voicing):
        return name
    found = VOICINGS.get(name.strip().upper())
    if found is None:
        raise OptionError(f"{name!r} is no voicing; choose from {', '.join(VOICINGS)}")
    return found


def check_voices(sounding: Iterable[int], voicing: Voicing) -> None:
    """Check that a choir has a voice for each voice of the grid that sounds.

    Raises:
        OptionError: it has none for one of them.
    """
    missing = [VOICES[voice] for voice in sounding if voice not in voicing.voices]
    if missing:
        places = join_names([VOICES[voice] for voice in voicing.voices])
        raise OptionError(
            f"{voicing.description} has the places of {places} on the grid, and the "
            f"{join_names(missing)} of the music has notes; choose another voicing"
        )
