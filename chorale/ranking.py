"""Ranking."""

from collections.abc import Sequence
from dataclasses import dataclass

from chorale.composing import Composition


@dataclass(frozen=True)
class Judged:
    number: int
    cost: float
    reasons: tuple[str, ...]


def ranked(compositions: Sequence[Composition]) -> list[Judged]:
    judged = [Judged(n, c.nats_per_note, ()) for n, c in enumerate(compositions, 1)]
    return sorted(judged, key=lambda j: j.cost)
