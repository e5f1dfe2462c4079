"""Plans in Bach's manner: metre, pickup, key and phrases drawn from the training split.

A phrase is the steps up to and including a fermata. A new plan takes metre, pickup and key from one
of Bach's plans, unless they are requested, and its phrases from all his plans in the same metre.
Each phrase is one that starts at the same place in the measure, so that fermatas fall where Bach
puts them. Its motion is drawn after all other parts, by `chorale.composing.motion`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from chorale.composing.plan_options import ANY_PLAN, PlanOptions
from chorale.errors import OptionError
from chorale.music import COMMON_TIME, STEPS_PER_QUARTER, Plan
from chorale.wording import count

FINAL_CHORD_STEPS = 2 * STEPS_PER_QUARTER  # length of the shortest final chord in a drawn plan

Phrase = tuple[int, int]  # length, and length of the fermata at its end, both in steps


def draw_plan(
    plans: Sequence[Plan],
    bars: int,
    generator: np.random.Generator,
    plan_options: PlanOptions = ANY_PLAN,
    opening: Plan | None = None,
) -> Plan:
    """Draw a plan of `bars` measures in the manner of other plans.

    If neither the other plans nor the options have a metre, the new plan has no metre, and a
    measure is four quarters. The pickup counts towards the measures: it shortens the last measure,
    as in Bach.

    Args:
        plans: the plans to draw from, at least one.
        bars: number of measures, at least 1, and more than the opening has.
        generator: the only source of chance.
        plan_options: the parts of the plan that are fixed; the others are drawn.
        opening: the beginning of the plan; its metre, pickup, key and fermatas are kept.

    Raises:
        OptionError: the requested phrases do not fill the measures, or the pickup is as long as a
            measure of the metre drawn.
    """
    with_metre = [plan for plan in plans if plan.metre]
    if opening:
        key = plan_options.key or opening.key
        plan = replace(opening, length_steps=1, fermatas=None, key=key, early_downbeats=())
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
        OptionError: the lengths add up to fewer or more measures.
    """
    if sum(phrases) != bars:
        raise OptionError(
            f"phrases of {', '.join(map(str, phrases))} make {count(sum(phrases), 'bar')}, but "
            f"there are {bars} to fill"
        )


def find_final_chord(plan: Plan) -> int:
    """Return the step at which the final chord starts: a final fermata, or the last quarter."""
    if plan.fermatas is not None and plan.fermatas[-1]:
        start, _ = plan.fermata_spans[-1]
        return start
    return max(0, plan.length_steps - STEPS_PER_QUARTER)


def find_phrases(plan: Plan) -> list[Phrase]:
    """Return the phrases of a plan in order; steps after the last fermata are left out."""
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
    requested = plan_options.metre
    in_metre = [plan for plan in plans if plan.metre == requested] if requested else list(plans)
    candidates = [plan for plan in in_metre if plan.metre and plan_options.pickup_fits(plan.metre)]
    if in_metre and in_metre[0].metre and not candidates:
        plan_options.pickup_steps(in_metre[0].metre)  # raises the error
    if plan_options.pickup is not None:
        exact = [
            plan
            for plan in candidates
            if plan.metre and plan.pickup_steps == plan_options.pickup_steps(plan.metre)
        ]
        candidates = exact or candidates
    candidates = candidates or list(plans)
    model = candidates[int(generator.integers(len(candidates)))] if candidates else Plan(1)
    metre = requested or model.metre
    if not metre:
        return Plan(1, key=plan_options.key)
    pickup = plan_options.pickup_steps(metre)
    if pickup is None:
        pickup = model.pickup_steps if metre == model.metre else 0
    return Plan(1, metre, pickup, plan_options.key or model.key)


class _PhraseSampler:
    """Sampler of phrases for a plan, from the phrases of other plans in its metre."""

    def __init__(self, plans: Sequence[Plan], plan: Plan) -> None:
        self._inner, self._last = _group_phrases(plans)
        self._plan, self._length = plan, plan.length_steps
        self._bar = plan.counted_metre.steps_per_bar

    def draw_fermatas(
        self, opening: Plan | None, bars: Sequence[int] | None, generator: np.random.Generator
    ) -> NDArray[np.bool_]:
        """Draw the steps that are under a fermata, (T,) bool.

        Args:
            opening: the beginning of the plan, whose fermatas are kept.
            bars: lengths in measures of the phrases after the opening; drawn if None.
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
            phrases = self._draw_phrases_of_lengths(bars, start, first, generator)
        else:
            phrases = self._draw_phrases(start, first, generator)
            if not phrases and start < first:
                start = first
                phrases = self._draw_phrases(start, first, generator)
            if not phrases:
                phrases = self._draw_phrases_of_lengths(
                    self._choose_regular_bars(first), start, first, generator
                )
        for length, held in phrases:
            start += length
            fermatas[start - held : start] = True
        return fermatas

    def _draw_phrases(self, start: int, first: int, generator: np.random.Generator) -> list[Phrase]:
        """Draw phrases from step `start` to the end of the plan.

        The fermata of the first phrase starts at step `first` or later. Each phrase is drawn from
        those after which other phrases can still reach the end exactly. The list is empty if no
        phrases can.
        """
        open_steps: set[int] = set()  # steps from which phrases can reach the end exactly

        def yield_choices(step: int) -> Iterator[Phrase]:
            """Yield the phrases from a step after which other phrases can reach the end."""
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

    def _draw_phrases_of_lengths(
        self, bars: Sequence[int], start: int, first: int, generator: np.random.Generator
    ) -> list[Phrase]:
        """Return phrases of given lengths, in measures; the lengths of their fermatas are drawn.

        The first phrase begins at step `start`, and its length counts from step `first` on. If a
        measure is unfinished at `first`, the rest of that measure is added to the phrase.
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
            # a fermata over the whole phrase would join the previous fermata
            before = min(STEPS_PER_QUARTER, longest // 2) if start or first else 0
            phrases.append((end - start, max(1, min(longest - before, drawn))))
            start = end
        return phrases

    def _choose_regular_bars(self, first: int) -> list[int]:
        """Return usual lengths of phrases, in measures, in case no phrases of Bach's fit."""
        bars = self._length // self._bar - self._count_bars(first)
        usual = 2 if self._bar >= COMMON_TIME.steps_per_bar else 4
        full, rest = divmod(bars, usual)
        phrases = [usual] * full + [rest] * (rest > 0)
        if len(phrases) > 1 and rest and rest * self._bar < 2 * FINAL_CHORD_STEPS:
            phrases[-2:] = [usual + rest]  # the rest is too short for a phrase of its own
        return phrases

    def _count_bars(self, first: int) -> int:
        """Return the number of measures before step `first`, an unfinished one included."""
        return self._plan.bar_at(first - 1) if first else 0

    def _find_place(self, step: int) -> int:
        """Return the place of a step in its measure, in steps."""
        return (step - self._plan.pickup_steps) % self._bar


def _group_phrases(
    plans: Sequence[Plan],
) -> tuple[dict[int, list[Phrase]], dict[int, list[Phrase]]]:
    """Group inner and last phrases by the place in the measure where they start, in steps."""
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
