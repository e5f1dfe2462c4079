"""Shifts that move the kept voices of a tune into the ranges of the training split."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from chorale.errors import ReadingError
from chorale.music import OCTAVE, REST, VOICES, Chorale, pitch_name
from chorale.network.checkpoint import Checkpoint

Fit = Literal["octaves", "transpose"]


def find_shift(chorale: Chorale, kept: Sequence[int], checkpoint: Checkpoint, fit: Fit) -> int:
    """Find the least shift, in semitones, that moves each kept voice into its training range.

    Args:
        chorale: the music.
        kept: the voices that are kept, 0 = soprano.
        checkpoint: the network.
        fit: "octaves" for whole octaves, "transpose" for any semitones.

    Raises:
        ReadingError: no shift of the requested kind fits all kept voices.
    """
    down, up = -127, 127  # bounds of the shifts that fit
    for voice in kept:
        sounding = chorale.pitches[:, voice][chorale.pitches[:, voice] != REST].astype(int)
        lowest, highest = (int(pitch) for pitch in checkpoint.ranges[voice])
        if np.ptp(sounding) > highest - lowest:
            raise ReadingError(
                f"{chorale.source}: the {VOICES[voice]} goes from {pitch_name(sounding.min())} to "
                f"{pitch_name(sounding.max())}, {np.ptp(sounding)} semitones; Bach's has "
                f"{highest - lowest}, {pitch_name(lowest)} to {pitch_name(highest)}: choose "
                "another --voice, or move the outermost notes by an octave"
            )
        down = max(down, lowest - int(sounding.min()))
        up = min(up, highest - int(sounding.max()))
    unit = OCTAVE if fit == "octaves" else 1
    shifts = [shift for shift in range(down, up + 1) if shift % unit == 0]
    if shifts:
        return min(shifts, key=abs)
    ranges = "; ".join(_describe_range(chorale, voice, checkpoint) for voice in kept)
    remedy = "use --fit transpose" if down <= up else "keep fewer voices"
    raise ReadingError(
        f"{chorale.source} is within Bach's ranges in no octave ({ranges}); {remedy}"
    )


def _describe_range(chorale: Chorale, voice: int, checkpoint: Checkpoint) -> str:
    """Describe the range of a voice in the music and in the training split."""
    sounding = chorale.pitches[:, voice][chorale.pitches[:, voice] != REST]
    allowed = checkpoint.ranges[voice]
    actual = f"{pitch_name(int(sounding.min()))} to {pitch_name(int(sounding.max()))}"
    possible = f"{pitch_name(int(allowed[0]))} to {pitch_name(int(allowed[1]))}"
    return f"{VOICES[voice]} {actual}, Bach's {possible}"
