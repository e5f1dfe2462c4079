"""States of the search: what the voices below the tune may sing in each slice.

A voice sings what one of the four voices of the source sings, in some octave. So it moves, holds
and is suspended as that voice does for as long as it follows it.

Shapes: N slices, S states, L voices below the tune. The arrays are padded: a state that is not
allowed has an infinite cost (`chords`).
"""

from dataclasses import dataclass

import numpy as np

from chorale.composing.arranging.source import Flags, Ints, Source
from chorale.music import OCTAVE, REST, SOPRANO, VOICES
from chorale.music.voicings import VoicePart

OCTAVES = 2  # at most two notes of a pitch class are within a range of less than two octaves


@dataclass(frozen=True, eq=False)
class States:
    """What the voices below the tune may sing in each slice.

    Attributes:
        pitches: (N, S, L) MIDI numbers or REST, from the highest voice to the lowest.
        sources: (N, S, L) voice of the source that each follows, 0 (soprano) to 3 (bass).
        allowed: (N, S), false in states that are only padding.
    """

    pitches: Ints
    sources: Ints
    allowed: Flags

    def excerpt(self, start: int, end: int) -> "States":
        """Return the states of the slices from `start` up to `end` (exclusive)."""
        return States(*(values[start:end] for values in vars(self).values()))

    def select(self, indices: Ints) -> "States":
        """Return the states with these indices, (N, K)."""
        return States(
            np.take_along_axis(self.pitches, indices[..., None], axis=1),
            np.take_along_axis(self.sources, indices[..., None], axis=1),
            np.take_along_axis(self.allowed, indices, axis=1),
        )


def list_states(source: Source, parts: tuple[VoicePart, ...]) -> States:
    """List the states: all notes of the chord in each voice's range that do not cross.

    Where the tune is below the range of a voice, the voice may sing in unison with it. Where only
    the tune sounds, the others rest.

    Args:
        source: the chorale.
        parts: the L voices below the tune, from the highest to the lowest.
    """
    per_part = [_list_candidates(source, part) for part in parts]
    count = per_part[0][0].shape[1]
    index = np.indices((count,) * len(parts)).reshape(len(parts), -1)  # (L, S)
    pitches = np.stack([p[:, i] for (p, _), i in zip(per_part, index, strict=True)], axis=-1)
    allowed = np.stack([a[:, i] for (_, a), i in zip(per_part, index, strict=True)], axis=-1)
    allowed = np.asarray(allowed.all(axis=-1) & (np.diff(pitches, axis=-1) <= 0).all(axis=-1))
    sources = np.broadcast_to((index.T // OCTAVES)[None], pitches.shape)
    silent = (source.pitches[:, SOPRANO + 1 :] == REST).all(axis=1)
    pitches[silent], allowed[silent] = REST, False
    allowed[silent, 0] = True
    return States(pitches, np.array(sources), allowed)


def _list_candidates(source: Source, part: VoicePart) -> tuple[Ints, Flags]:
    """Return the pitches of one voice, (N, 4 * OCTAVES), and whether they are allowed.

    The notes of each voice of the source come from the lowest within the range upwards.
    """
    tune = source.pitches[:, SOPRANO]
    lowest, highest = part.range
    high = np.where(tune == REST, highest, np.minimum(highest, tune))[:, None]
    low = np.minimum(lowest, high)
    first = low + (source.pitches - low) % OCTAVE  # (N, 4)
    pitches = np.stack([first + OCTAVE * octave for octave in range(OCTAVES)], axis=-1)
    allowed = (pitches <= high[..., None]) & (source.pitches != REST)[..., None]
    shape = len(tune), len(VOICES) * OCTAVES
    return pitches.reshape(shape), allowed.reshape(shape)
