"""Chorales made from the notes of each voice, such as "C5:4 B4:2 A4:2"; lengths are in steps."""

import numpy as np

from chorale.music import REST, Chorale, Key, Metre, Plan
from chorale.music.spelling import Spelling


def from_lines(
    *lines: str,
    key: Key | None = None,
    fermatas: tuple[tuple[int, int], ...] = (),
    pickup_steps: int = 0,
) -> Chorale:
    """Return the chorale of these lines, soprano first; "-" is a rest.

    Args:
        lines: notes of each voice.
        key: key of the plan.
        fermatas: start and exclusive end of each fermata, in steps; without any, one at the end.
        pickup_steps: steps before the first downbeat, in 4/4.
    """
    voices = [[note.split(":") for note in line.split()] for line in lines]
    length = max(sum(int(steps) for _, steps in voice) for voice in voices)
    pitches = np.full((length, 4), REST, np.int16)
    onsets = np.zeros((length, 4), np.bool_)
    for number, voice in enumerate(voices):
        step = 0
        for name, steps in voice:
            if name != "-":
                pitches[step : step + int(steps), number] = _pitch(name)
                onsets[step, number] = True
            step += int(steps)
    signs = np.zeros(length, np.bool_)
    for start, end in fermatas or ((length - 1, length),):
        signs[start:end] = True
    return Chorale(pitches, onsets, Plan(length, Metre(4, 4), pickup_steps, key, signs))


def _pitch(name: str) -> int:
    return Spelling(name[0], name.count("#") - name.count("b"), int(name[-1])).pitch
