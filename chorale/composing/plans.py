"""Plans in Bach's manner: metre, pickup, key and phrases drawn from his in the training split.

A phrase is the steps up to and including a fermata. A new plan takes metre, pickup and key from one
of Bach's plans, unless they are requested, and strings phrases together. Each of these is a phrase
of Bach's in the same metre that starts at the same place in the measure, so that fermatas fall
where his do.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from chorale.composing.plan_options import ANY_PLAN, PlanOptions
from chorale.errors import OptionError
from chorale.music import COMMON_TIME, STEPS_PER_QUARTER, Plan
from chorale.wording import count

FINAL_CHORD_STEPS = 2 * STEPS_PER_QUARTER  # the least that a drawn plan holds its final chord

Phrase = tuple[int, int]  # length, and length of the fermata at its end, both in steps


def draw_plan(
    plans: Sequence[Plan],
    bars: int,
    generator: np.random.Generator,
    plan_options: PlanOptions = ANY_PLAN,
    opening: Plan | None = None,
) -> Plan:
    """Draw a plan of `bars` measures in the manner of other plans.

    If neither these nor the options have a metre, the new plan has none, and a measure is four
    quarters. The pickup counts towards the measures: the last one is shorter by as much, as in
    Bach.

    Args:
        plans: the plans to draw from, at least one.
        bars: number of measures, at least 1, and more than the opening has.
        generator: the only source of chance.
        plan_options: what is not left to chance.
        opening: the beginning of the plan; its metre, pickup, key and fermatas are kept.

    Raises:
        OptionError: the requested phrases do not fill the measures, or the pickup is as long as a
            measure of the metre drawn.
    """
    with_metre = [plan for plan in plans if plan.metre]
    if opening:
        key = plan_options.key or opening.key
        plan = replace(opening, length_steps=1, fermatas=None, key=key)
    else:
        plan = _draw_metre_and_key(with_metre, plan_options, generator)
    plan = replace(plan, length_steps=bars * plan.counted_metre.steps_per_bar)
    if not plan.metre and plan_options.phrases is None:
        return plan
    sampler = _PhraseSampler([other for other in with_metre if other.metre == plan.metre], plan)
    return replace(plan, fermatas=sampler.draw_fermatas(opening, plan_options.phrases, generator))


def check_phrase_lengths(phrases: Sequence[int], bars: int) -> None:
    """Check that phrases, whose lengths are in measures, fill a number of measures.

    Raises:
        OptionError: the phrases are shorter or longer together.
    """
    if sum(phrases) != bars:
        raise OptionError(
            f"phrases of {', '.join(map(str, phrases))} make {count(sum(phrases), 'bar')}, but "
            f"there are {bars} to fill"
        )


def find_final_chord(plan: Plan) -> int:
    """Return the step at which the final chord starts: that of the last fermata or last quarter."""
    if plan.fermatas is not None and plan.fermatas[-1]:
        start, _ = plan.fermata_spans[-1]
        return start
    return max(0, plan.length_steps - STEPS_PER_QUARTER)


def find_phrases(plan: Plan) -> list[Phrase]:
    """Return the phrases of a plan in order; steps after the last fermata belong to none."""
    phrases, phrase_start = [], 0
    for start, end in plan.fermata_spans:
        phrases.append((end - phrase_start, end - start))
        phrase_start = end
    return phrases


def _draw_metre_and_key(
    plans: Sequence[Plan], plan_options: PlanOptions, generator: np.random.Generator
) -> Plan:
    """Draw metre, pickup and key, as a plan of one step, from a plan that fits the options.

    Raises:
        OptionError: the pickup is as long as a measure of every plan.
    """
    wanted = plan_options.metre
    same = [plan for plan in plans if plan.metre == wanted] if wanted else list(plans)
    candidates = [plan for plan in same if plan.metre and plan_options.pickup_fits(plan.metre)]
    if same and same[0].metre and not candidates:
        plan_options.pickup_steps(same[0].metre)  # raises the error
    if plan_options.pickup is not None:
        exact = [
            plan
            for plan in candidates
            if plan.metre and plan.pickup_steps == plan_options.pickup_steps(plan.metre)
        ]
        candidates = exact or candidates
    candidates = candidates or list(plans)
    model = candidates[int(generator.integers(len(candidates)))] if candidates else Plan(1)
    metre = wanted or model.metre
    if not metre:
        return Plan(1, key=plan_options.key)
    pickup = plan_options.pickup_steps(metre)
    if pickup is None:
        pickup = model.pickup_steps if metre == model.metre else 0
    return Plan(1, metre, pickup, plan_options.key or model.key)


class _PhraseSampler:
    """Phrases for a plan that has none yet, drawn from those of other plans in its metre."""

    def __init__(self, plans: Sequence[Plan], plan: Plan) -> None:
        self._inner, self._last = _group_phrases(plans)
        self._plan, self._length = plan, plan.length_steps
        self._bar = plan.counted_metre.steps_per_bar

    def draw_fermatas(
        self, opening: Plan | None, bars: Sequence[int] | None, generator: np.random.Generator
    ) -> NDArray[np.bool_]:
        """Draw where fermatas hold, (T,).

        Args:
            opening: the beginning of the plan, whose fermatas are kept.
            bars: lengths in measures of the phrases that follow; drawn if None.
            generator: the only source of chance.

        Raises:
            OptionError: phrases of these lengths do not fill the plan.
        """
        fermatas = np.zeros(self._length, np.bool_)
        start = first = 0
        if opening:
            first = opening.length_steps
            if opening.fermatas is not None:
                fermatas[:first] = opening.fermatas
                start = sum(length for length, _ in find_phrases(opening))
        if bars is not None:
            phrases = self._draw_phrases_of(bars, start, first, generator)
        else:
            phrases = self._draw_phrases(start, first, generator)
            if not phrases and start < first:
                start = first
                phrases = self._draw_phrases(start, first, generator)
            if not phrases:
                phrases = self._draw_phrases_of(
                    self._choose_regular_bars(first), start, first, generator
                )
        for length, held in phrases:
            start += length
            fermatas[start - held : start] = True
        return fermatas

    def _draw_phrases(self, start: int, first: int, generator: np.random.Generator) -> list[Phrase]:
        """Draw phrases from step `start` to the end, each from those that others can follow.

        The fermata of the first phrase starts at step `first` or later. The list is empty if no
        phrases lead to the end.
        """
        open_steps: set[int] = set()  # from which phrases lead to the end

        def yield_choices(step: int) -> Iterator[Phrase]:
            """Yield the phrases that can start at a step and lead to the end."""
            place = self._find_place(step)
            for length, held in self._last.get(place, []):
                if step + length == self._length and step + length - held >= first:
                    yield length, held
            for length, held in self._inner.get(place, []):
                if step + length in open_steps and step + length - held >= first:
                    yield length, held

        for step in reversed(range(start, self._length)):  # a recursion would be too deep
            if any(True for _ in yield_choices(step)):
                open_steps.add(step)
        phrases: list[Phrase] = []
        while start < self._length:
            choices = list(yield_choices(start))
            if not choices:
                return []
            phrases.append(choices[generator.integers(len(choices))])
            start += phrases[-1][0]
        return phrases

    def _draw_phrases_of(
        self, bars: Sequence[int], start: int, first: int, generator: np.random.Generator
    ) -> list[Phrase]:
        """Draw phrases of these lengths in measures after step `first`; fermatas are as in Bach.

        The first phrase begins at step `start` and has the rest of a measure that is begun besides.
        """
        begun = self._count_bars(first)
        ends = [(begun + int(end)) * self._bar for end in np.cumsum(bars)]
        check_phrase_lengths(bars, self._length // self._bar - begun)
        phrases = []
        for end in ends:
            longest = end - max(start, first)
            phrases_by_place = self._last if end == self._length else self._inner
            held_steps = [
                held
                for place, phrases_there in phrases_by_place.items()
                for length, held in phrases_there
                if (place + length) % self._bar == self._find_place(end)
            ]
            usual = FINAL_CHORD_STEPS if end == self._length else STEPS_PER_QUARTER
            drawn = held_steps[generator.integers(len(held_steps))] if held_steps else usual
            # without a note before it, a fermata would join the fermata before
            before = min(STEPS_PER_QUARTER, longest // 2) if start or first else 0
            phrases.append((end - start, max(1, min(longest - before, drawn))))
            start = end
        return phrases

    def _choose_regular_bars(self, first: int) -> list[int]:
        """Return lengths in measures as most phrases have them, for want of Bach's."""
        bars = self._length // self._bar - self._count_bars(first)
        usual = 2 if self._bar >= COMMON_TIME.steps_per_bar else 4
        full, rest = divmod(bars, usual)
        phrases = [usual] * full + [rest] * (rest > 0)
        if len(phrases) > 1 and rest and rest * self._bar < 2 * FINAL_CHORD_STEPS:
            phrases[-2:] = [usual + rest]  # the rest is too short to close by itself
        return phrases

    def _count_bars(self, first: int) -> int:
        """Return the number of measures before step `first`, one that is only begun included."""
        return self._plan.bar_at(first - 1) if first else 0

    def _find_place(self, step: int) -> int:
        """Return the place of a step in its measure, in steps."""
        return (step - self._plan.pickup_steps) % self._bar


def _group_phrases(
    plans: Sequence[Plan],
) -> tuple[dict[int, list[Phrase]], dict[int, list[Phrase]]]:
    """Group inner and last phrases by the place in the measure where they start."""
    inner: dict[int, list[Phrase]] = {}
    last: dict[int, list[Phrase]] = {}
    for plan in plans:
        assert plan.metre
        start = 0
        phrases = find_phrases(plan)
        for number, phrase in enumerate(phrases):
            place = (start - plan.pickup_steps) % plan.metre.steps_per_bar
            start += phrase[0]
            if start == plan.length_steps and phrase[1] >= FINAL_CHORD_STEPS:
                last.setdefault(place, []).append(phrase)
            elif number < len(phrases) - 1:
                inner.setdefault(place, []).append(phrase)
    return inner, last
