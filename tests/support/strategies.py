"""Made-up chorales for property tests: hard cases are common, nothing is musical.

Rests, repeated notes, notes of one step, pickups, unisons, crossings, fermatas, and the ends of
the pitch range all turn up within a few examples.
"""

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from chorale.music import MOTION_LEVELS, REST, VOICES, Chorale, Key, Metre, Plan

METRES = (Metre(4, 4), Metre(3, 4), Metre(2, 2), Metre(6, 8), Metre(3, 2), Metre(5, 16))
MAX_STEPS = 48


@st.composite
def plans(draw: st.DrawFn, length_steps: int | None = None) -> Plan:
    """Draw a plan, any part of which may be unknown; its motion always is, as in files."""
    length = length_steps or draw(st.integers(1, MAX_STEPS))
    metre = draw(st.none() | st.sampled_from(METRES))
    longest_pickup = min(metre.steps_per_bar, length) - 1 if metre else 0
    return Plan(
        length,
        metre,
        draw(st.integers(0, longest_pickup)),
        draw(st.none() | keys()),
        draw(st.none() | st.lists(st.booleans(), min_size=length, max_size=length).map(np.array)),
    )


@st.composite
def plans_with_short_bars(draw: st.DrawFn) -> Plan:
    """Draw a plan in 4/4, most of whose measures are full, and of which some are short."""
    pickup = now = draw(st.sampled_from((0, 4, 8, 12)))
    early = []
    for full, short in draw(st.lists(st.tuples(st.integers(2, 4), st.sampled_from((4, 8, 12))))):
        now += 16 * full + short
        early.append(now)
    return Plan(now + 48, Metre(4, 4), pickup, early_downbeats=tuple(early))


@st.composite
def plans_with_motion(draw: st.DrawFn) -> Plan:
    """Draw a plan that has a motion if it has fermatas."""
    plan = draw(plans())
    motion = np.zeros((plan.length_steps, len(VOICES)), np.int8)
    for start, end in plan.phrase_spans:
        motion[start:end] = draw(st.tuples(*[st.integers(0, MOTION_LEVELS - 1)] * len(VOICES)))
    return plan if plan.fermatas is None else replace(plan, motion=motion)


def keys() -> st.SearchStrategy[Key]:
    """Return a strategy for any of the 24 keys."""
    return st.builds(Key, st.integers(0, 11), st.sampled_from(("major", "minor")))


@st.composite
def chorales(draw: st.DrawFn, lowest: int = 36, highest: int = 84) -> Chorale:
    """Draw a chorale of 1 to MAX_STEPS steps, its pitches from `lowest` to `highest`, inclusive."""
    plan = draw(plans())
    shape = (plan.length_steps, len(VOICES))
    pitches, onsets = np.full(shape, REST, np.int16), np.zeros(shape, np.bool_)
    for voice in range(len(VOICES)):
        step = 0
        while step < plan.length_steps:
            length = draw(st.integers(1, 12))
            if draw(st.integers(0, 5)):  # else a rest
                pitches[step : step + length, voice] = draw(st.integers(lowest, highest))
                onsets[step, voice] = True
            step += length
    return Chorale(pitches, onsets, plan)
