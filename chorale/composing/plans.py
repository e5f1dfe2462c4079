"""Plans in Bach's own manner: metre, pickup, key and phrases drawn from the training split's.

A phrase is the steps up to and including a fermata. A new plan takes metre, pickup and key of one
of the plans it is drawn from, unless they are asked for, and strings phrases together, each of them
a phrase that starts at the same place in a bar of the same metre, so that fermatas fall where they
fall in Bach.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from chorale.composing.plan_options import ANYTHING, PlanOptions
from chorale.errors import OptionError
from chorale.music import STEPS_PER_QUARTER, Metre, Plan

FINAL_CHORD_STEPS = 2 * STEPS_PER_QUARTER  # a drawn plan holds its final chord for a half or more

Phrase = tuple[int, int]  # length and length of the fermata at its end, both in steps


def draw_plan(
    plans: Sequence[Plan],
    bars: int,
    generator: np.random.Generator,
    asked: PlanOptions = ANYTHING,
    opening: Plan | None = None,
) -> Plan:
    """A plan of `bars` measures, drawn from these plans' manner.

    Where neither they nor `asked` tell a metre, neither does the new plan, and a measure has four
    quarters. The pickup belongs to the measures: the last one is shorter by as much, as in Bach.

    Args:
        plans: at least one.
        bars: at least 1, and longer than the opening.
        generator: the only source of chance.
        asked: what is not left to chance.
        opening: what the plan begins with; its metre, pickup, key and fermatas are kept.

    Raises:
        OptionError: the phrases asked for do not fill the measures, or the pickup is longer than
            a bar of the metre drawn.
    """
    told = [plan for plan in plans if plan.metre]
    if opening:
        plan = replace(opening, length_steps=1, fermatas=None, key=asked.key or opening.key)
    else:
        plan = _without_phrases(told, asked, generator)
    plan = replace(plan, length_steps=bars * (plan.metre or Metre(4, 4)).steps_per_bar)
    if not plan.metre and asked.phrases is None:
        return plan
    render_options = _PhraseSampler([other for other in told if other.metre == plan.metre], plan)
    return replace(plan, fermatas=render_options.fermatas(opening, asked.phrases, generator))


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


def _without_phrases(
    told: Sequence[Plan], asked: PlanOptions, generator: np.random.Generator
) -> Plan:
    """Metre, pickup and key of one of some plans that fits what is asked for, in a plan of a step.

    Raises:
        OptionError: the pickup is longer than a bar of all of these.
    """
    same = [plan for plan in told if plan.metre == asked.metre] if asked.metre else list(told)
    candidates = [plan for plan in same if plan.metre and asked.fits(plan.metre)]
    if same and same[0].metre and not candidates:
        asked.pickup_steps(same[0].metre)  # says why
    if asked.pickup is not None:
        exact = [c for c in candidates if c.metre and c.pickup_steps == asked.pickup_steps(c.metre)]
        candidates = exact or candidates
    candidates = candidates or list(told)
    model = candidates[int(generator.integers(len(candidates)))] if candidates else Plan(1)
    metre = asked.metre or model.metre
    if not metre:
        return Plan(1, key=asked.key)
    pickup = asked.pickup_steps(metre)
    if pickup is None:
        pickup = model.pickup_steps if metre == model.metre else 0
    return Plan(1, metre, pickup, asked.key or model.key)


class _PhraseSampler:
    """Phrases as they follow one another in plans of one metre, for a plan that has none yet."""

    def __init__(self, plans: Sequence[Plan], plan: Plan) -> None:
        self._inner, self._last = _phrases_by_place(plans)
        self._plan, self._length = plan, plan.length_steps
        self._bar = (plan.metre or Metre(4, 4)).steps_per_bar

    def fermatas(
        self, opening: Plan | None, bars: Sequence[int] | None, generator: np.random.Generator
    ) -> NDArray[np.bool_]:
        """Where fermatas hold, (T,): those of an opening, then phrases of so many bars, or drawn.

        Raises:
            OptionError: the bars do not fill the plan.
        """
        fermatas = np.zeros(self._length, np.bool_)
        start = first = 0
        if opening:
            first = opening.length_steps
            if opening.fermatas is not None:
                fermatas[:first] = opening.fermatas
                start = sum(length for length, _ in phrases_of(opening))
        if bars is not None:
            phrases = self._of_bars(bars, start, first, generator)
        else:
            phrases = self._drawn(start, first, generator)
            if not phrases and start < first:
                start = first
                phrases = self._drawn(start, first, generator)
            phrases = phrases or self._of_bars(self._regular(first), start, first, generator)
        for length, held in phrases:
            start += length
            fermatas[start - held : start] = True
        return fermatas

    def _drawn(self, start: int, first: int, generator: np.random.Generator) -> list[Phrase]:
        """Phrases from `start` to the end, each drawn from those that leave a way to it.

        The first one ends in a fermata after `first`. None where there is no way.
        """
        open_steps: set[int] = set()  # from which phrases lead to the end

        def choices(step: int) -> Iterator[Phrase]:
            """Phrases that can come at this step and lead to the end."""
            place = self._place(step)
            for phrase in self._last.get(place, []):
                if step + phrase[0] == self._length and step + phrase[0] - phrase[1] >= first:
                    yield phrase
            for phrase in self._inner.get(place, []):
                if step + phrase[0] in open_steps and step + phrase[0] - phrase[1] >= first:
                    yield phrase

        for step in reversed(range(start, self._length)):  # from the end on: recursion is too deep
            if any(True for _ in choices(step)):
                open_steps.add(step)
        phrases: list[Phrase] = []
        while start < self._length:
            possible = list(choices(start))
            if not possible:
                return []
            phrases.append(possible[generator.integers(len(possible))])
            start += phrases[-1][0]
        return phrases

    def _of_bars(
        self, bars: Sequence[int], start: int, first: int, generator: np.random.Generator
    ) -> list[Phrase]:
        """Phrases of so many bars each after `first`, with fermatas as such phrases have them."""
        begun = self._plan.bar_at(first - 1) if first else 0  # it is filled up
        whole = begun * self._bar
        ends = [whole + int(end) * self._bar for end in np.cumsum(bars)]
        if ends[-1] != self._length:
            raise OptionError(
                f"phrases of {', '.join(map(str, bars))} bars make {sum(bars)}, "
                f"not the {self._length // self._bar - begun} that there are"
            )
        phrases = []
        for end in ends:
            longest = end - max(start, first)
            by_place = self._last if end == self._length else self._inner
            held = [
                held
                for place, those in by_place.items()
                for length, held in those
                if (place + length) % self._bar == self._place(end)
            ]
            usual = FINAL_CHORD_STEPS if end == self._length else STEPS_PER_QUARTER
            drawn = held[generator.integers(len(held))] if held else usual
            # something comes before a fermata, or it would join the one before
            before = min(STEPS_PER_QUARTER, longest // 2) if start or first else 0
            phrases.append((end - start, max(1, min(longest - before, drawn))))
            start = end
        return phrases

    def _regular(self, first: int) -> list[int]:
        """Bars of phrases as long as most are, for want of Bach's."""
        begun = self._plan.bar_at(first - 1) if first else 0
        bars = self._length // self._bar - begun
        usual = 2 if self._bar >= Metre(4, 4).steps_per_bar else 4
        full, rest = divmod(bars, usual)
        phrases = [usual] * full + [rest] * (rest > 0)
        if len(phrases) > 1 and rest and rest * self._bar < 2 * FINAL_CHORD_STEPS:
            phrases[-2:] = [usual + rest]  # too short for a close of its own
        return phrases

    def _place(self, step: int) -> int:
        return (step - self._plan.pickup_steps) % self._bar


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
