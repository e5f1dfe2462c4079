"""Plans in Bach's own manner: metre, pickup, key and phrases drawn from the training split's.

A phrase is the steps up to and including a fermata. A new plan takes metre, pickup and key of one
of the plans it is drawn from, and strings phrases together, each of them a phrase that starts at
the same place in a bar of the same metre, so that fermatas fall where they fall in Bach.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from chorale.music import STEPS_PER_QUARTER, Metre, Plan

FINAL_CHORD_STEPS = 2 * STEPS_PER_QUARTER  # a drawn plan holds its final chord for a half or more

Phrase = tuple[int, int]  # length and length of the fermata at its end, both in steps


def draw_plan(plans: Sequence[Plan], bars: int, generator: np.random.Generator) -> Plan:
    """A plan of `bars` measures, drawn from these plans' manner.

    Where they tell no metre, neither does the new plan, and a measure has four quarters. The
    pickup belongs to the measures: the last one is shorter by as much, as in Bach.

    Args:
        plans: at least one.
        bars: at least 1.
        generator: the only source of chance.
    """
    told = [plan for plan in plans if plan.metre]
    if not told:
        return Plan(bars * Metre(4, 4).steps_per_bar)
    model = told[generator.integers(len(told))]
    assert model.metre
    length = bars * model.metre.steps_per_bar
    alike = [plan for plan in told if plan.metre == model.metre]
    phrases = _draw_phrases(alike, length, model.pickup_steps, generator)
    fermatas = np.zeros(length, np.bool_)
    end = 0
    for phrase_steps, fermata_steps in phrases:
        end += phrase_steps
        fermatas[end - fermata_steps : end] = True
    return Plan(length, model.metre, model.pickup_steps, model.key, fermatas)


def final_chord_start(plan: Plan) -> int:
    """The step at which the last chord of a plan starts: its last fermata, or its last quarter."""
    if plan.fermatas is not None and plan.fermatas[-1]:
        before = np.flatnonzero(~plan.fermatas)
        return int(before[-1]) + 1 if len(before) else 0
    return max(0, plan.length_steps - STEPS_PER_QUARTER)


def phrases_of(plan: Plan) -> list[Phrase]:
    """The phrases of a plan in order; steps after the last fermata belong to none."""
    fermatas = np.zeros(0, np.bool_) if plan.fermatas is None else plan.fermatas
    edges = np.diff(np.concatenate([[0], fermatas.astype(np.int8), [0]]))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    lengths = np.diff(ends, prepend=0)
    return [
        (int(length), int(end - start))
        for length, start, end in zip(lengths, starts, ends, strict=True)
    ]


def _draw_phrases(
    plans: Sequence[Plan], length: int, pickup: int, generator: np.random.Generator
) -> list[Phrase]:
    """Phrases that fill `length` steps exactly, each drawn from those that leave a way to the end.

    Where there is no way, a single phrase.
    """
    inner, last = _phrases_by_place(plans)
    metre = plans[0].metre
    assert metre
    bar = metre.steps_per_bar

    open_steps: set[int] = set()  # from which phrases lead to the end

    def choices(start: int) -> Iterator[Phrase]:
        """Phrases that can come at this step and lead to the end."""
        place = (start - pickup) % bar
        yield from (p for p in last.get(place, []) if start + p[0] == length)
        yield from (p for p in inner.get(place, []) if start + p[0] in open_steps)

    for step in reversed(range(length)):  # from the end on: recursion would go too deep
        if any(True for _ in choices(step)):
            open_steps.add(step)
    phrases: list[Phrase] = []
    start = 0
    while start < length:
        possible = list(choices(start))
        if not possible:
            return [(length, min(length, FINAL_CHORD_STEPS))]
        phrases.append(possible[generator.integers(len(possible))])
        start += phrases[-1][0]
    return phrases


def _phrases_by_place(
    plans: Sequence[Plan],
) -> tuple[dict[int, list[Phrase]], dict[int, list[Phrase]]]:
    """Inner and last phrases by the place in the bar where they start, as often as they occur."""
    inner: dict[int, list[Phrase]] = {}
    last: dict[int, list[Phrase]] = {}
    for plan in plans:
        assert plan.metre
        start = 0
        phrases = phrases_of(plan)
        for number, phrase in enumerate(phrases):
            place = (start - plan.pickup_steps) % plan.metre.steps_per_bar
            start += phrase[0]
            if start == plan.length_steps and phrase[1] >= FINAL_CHORD_STEPS:
                last.setdefault(place, []).append(phrase)
            elif number < len(phrases) - 1:
                inner.setdefault(place, []).append(phrase)
    return inner, last
