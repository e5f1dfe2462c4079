"""Explanations made up by hand, so that what is told of them can be read off."""

from collections.abc import Mapping

import numpy as np

from chorale.judging.explaining import Choice, Explanation, Judged, Place
from chorale.music import REST, VOICES, Chorale, notes

Said = Mapping[tuple[int, int], tuple[float, tuple[Choice, ...]]]
SURE = 0.96


def explanation_of(chorale: Chorale, said: Said) -> Explanation:
    """What a network would say that is sure of all but some places.

    Args:
        chorale: without rests.
        said: by voice and step, the probability of what stands there, and what else could.
    """
    nats = np.full(chorale.pitches.shape, -np.log(SURE))
    for (voice, step), (probability, _) in said.items():
        nats[step, voice] = -np.log(probability)

    def place(step: int, voice: int) -> Place:
        _, choices = said.get((voice, step), (SURE, (Choice("rest", REST, 0.04),)))
        return Place(step, float(nats[step, voice]), choices)

    judged = []
    for voice in range(len(VOICES)):
        for note in notes(chorale, voice):
            start, end = note.onset_step, note.onset_step + note.length_steps
            least = int(nats[start + 1 : end, voice].argmax()) + start + 1 if end > start + 1 else 0
            judged.append(
                Judged(
                    voice,
                    start,
                    note.length_steps,
                    note.pitch,
                    place(start, voice),
                    place(least, voice) if least else None,
                    float(nats[start:end, voice].sum()),
                )
            )
    return Explanation(tuple(sorted(judged, key=lambda note: note.onset_step)), nats)
