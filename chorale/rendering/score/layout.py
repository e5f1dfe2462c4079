"""The staves of a score: which voices stand on each, and its clef.

A score has two staves, as in hymn books, or one per voice, as in choir scores. On two staves, the
upper one has the upper two voices of the choir, the lower one the others. Choirs of two voices
always have a staff for each. Voices that are silent throughout are left out, except from a score
that is to be edited.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from chorale.music import Chorale
from chorale.music.voicings import ClefName, VoicePart, Voicing
from chorale.rendering.render_options import RenderOptions, Staves
from chorale.rendering.score.note_values import sounding_voices


@dataclass(frozen=True)
class Staff:
    """A staff: its voices from top to bottom, and its clef."""

    parts: tuple[VoicePart, ...]
    clef: ClefName

    @property
    def voices(self) -> tuple[int, ...]:
        """The voices, 0 to 3, from top to bottom."""
        return tuple(part.voice for part in self.parts)


def has_shared_staves(voicing: Voicing, staves: Staves) -> bool:
    """Return whether a choir's score has staves for several voices, sounding or not."""
    return staves == 2 and len(voicing.parts) > 2


def lay_out_staves(voicing: Voicing, staves: Staves, sounding: Sequence[int]) -> list[Staff]:
    """Return the staves of the voices that sound, from top to bottom.

    A staff that two voices share has the clef of the lower one, which it keeps if one is silent.

    Args:
        voicing: the choir.
        staves: 2, or 4 for a staff per voice.
        sounding: voices that sound, 0 to 3.
    """
    parts = voicing.parts
    groups: list[tuple[VoicePart, ...]] = [(part,) for part in parts]
    if has_shared_staves(voicing, staves):
        groups = [parts[:2], parts[2:]]
    layout = [Staff(group, group[-1].clef) for group in groups]
    kept = [tuple(part for part in staff.parts if part.voice in sounding) for staff in layout]
    return [Staff(own, staff.clef) for own, staff in zip(kept, layout, strict=True) if own]


def written_voices(chorale: Chorale, render_options: RenderOptions) -> list[int]:
    """Return the voices, 0 to 3, that a score has: those that sound, or all that can be edited."""
    if render_options.for_editing:
        return [part.voice for part in render_options.voicing.parts]
    return sounding_voices(chorale)
