"""Explanations made by hand, whose reports can be predicted."""

from collections.abc import Mapping

import numpy as np

from chorale.judging.explaining import Alternative, Explanation, JudgedNote, JudgedStep
from chorale.music import REST, VOICES, Chorale, notes

Judgements = Mapping[tuple[int, int], tuple[float, tuple[Alternative, ...]]]
SURE = 0.96


def explanation_of(chorale: Chorale, judgements: Judgements) -> Explanation:
    """Return the explanation of a network that is sure of all but some places.

    Args:
        chorale: a chorale without rests.
        judgements: by voice and step, the probability of the note there, and alternatives to it.
    """
    nats = np.full(chorale.pitches.shape, -np.log(SURE))
    for (voice, step), (probability, _) in judgements.items():
        nats[step, voice] = -np.log(probability)

    def place(step: int, voice: int) -> JudgedStep:
        _, choices = judgements.get((voice, step), (SURE, (Alternative("rest", REST, 0.04),)))
        return JudgedStep(step, float(nats[step, voice]), choices)

    judged = []
    for voice in range(len(VOICES)):
        for note in notes(chorale, voice):
            start, end = note.onset_step, note.onset_step + note.length_steps
            least = int(nats[start + 1 : end, voice].argmax()) + start + 1 if end > start + 1 else 0
            judged.append(
                JudgedNote(
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
