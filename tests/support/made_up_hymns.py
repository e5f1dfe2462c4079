"""Made-up hymns, with unisons and rests, to be written as MIDI in LilyPond's manner."""

from collections.abc import Sequence

import numpy as np

from chorale.music import REST, Chorale, Metre, Plan

EIGHTH = 2  # steps
TOO_FAR = 10  # semitones out of a voice's way: no unison
RANGES = ((64, 76), (57, 69), (52, 64), (40, 57))


def made_up_hymn(beats: int, seed: int) -> Chorale:
    """Return four voices that walk in eighths, quarters and longer notes, with unisons and rests.

    Of the two voices of a staff the upper one is never below the lower one. One of them rests only
    where it is too far from the other one for a unison; or both rest.
    """
    generator = np.random.default_rng(seed)
    staves = [_staff(generator, beats, RANGES[upper : upper + 2]) for upper in (0, 2)]
    pitches, onsets = (np.hstack(arrays) for arrays in zip(*staves, strict=True))
    plan = Plan(len(pitches) * EIGHTH, Metre(4, 4))
    struck = np.zeros((plan.length_steps, 4), np.bool_)
    struck[::EIGHTH] = onsets
    return Chorale(np.repeat(pitches, EIGHTH, axis=0), struck, plan, f"hymn {seed}")


def _staff(
    generator: np.random.Generator, beats: int, ranges: Sequence[tuple[int, int]]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the pitches and onsets of two voices, (eighths, 2)."""
    lowest, highest = np.transpose(ranges)
    pitches = np.empty((2 * beats, 2), np.int16)
    onsets = np.zeros(pitches.shape, np.bool_)
    now = (lowest + highest) // 2
    for first in range(0, 2 * beats, 2):
        after = np.clip(now + generator.integers(-3, 4, 2), lowest, highest)
        after[1] = min(after)  # no crossing, but a unison
        held = int(generator.integers(0, 9))  # 0 or 1: this voice may hold its note
        moving = int(generator.integers(0, 6))  # 0 or 1: this voice may move in eighths
        if first and held < 2 and (now[1] < after[0] if held else now[0] > after[1]):
            after[held] = now[held]
        else:
            held = 2
        onsets[first] = [first == 0 or voice != held for voice in (0, 1)]
        pitches[first : first + 2] = after
        step = int(generator.choice([-2, -1, 1, 2]))
        if moving < 2 and (
            after[1] <= after[0] + step if moving == 0 else after[1] + step <= after[0]
        ):
            pitches[first + 1, moving] += step
            onsets[first + 1, moving] = True
        now = pitches[first + 1].copy()
    _add_rests(generator, pitches, onsets)
    return pitches, onsets


def _add_rests(generator: np.random.Generator, pitches: np.ndarray, onsets: np.ndarray) -> None:
    """Silence some beats of both voices, or of one that is too far from the other."""
    sung = pitches.copy()
    last = -2  # eighth of the last rest
    for first in range(2, len(pitches) - 2, 2):
        if first - last < 4 or generator.random() < 0.5:
            continue
        resting = []
        for voice, other in ((0, 1), (1, 0)):
            near = sung[[first - 1, first + 2], voice]
            apart = min(max(near.min() - p, p - near.max()) for p in sung[first : first + 2, other])
            if apart >= TOO_FAR:
                resting = [voice]
        if generator.random() < 0.1:
            resting = [0, 1]
        for voice in resting:
            pitches[first : first + 2, voice] = REST
            onsets[first : first + 2, voice] = False
            onsets[first + 2, voice] = True
            last = first
