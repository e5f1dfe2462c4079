"""Made-up chorales for property tests: hard cases are common, nothing is musical.

Rests, repeated notes, notes of one step, pickups, unisons, crossings, fermatas, and the ends of
the pitch range all turn up within a few examples.
"""

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from chorale.music import MOTION_LEVELS, REST, VOICES, Annotations, Chorale, Key, Metre, Plan
from chorale.music.annotations import (
    ChordSymbol,
    Ending,
    Mark,
    MarkKind,
    Repeat,
    SpelledNote,
    Syllable,
)
from chorale.music.chords import ALL_KINDS
from chorale.music.numerals import Numeral
from chorale.music.spelling import spell
from chorale.music.voicings import Voicing

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


@st.composite
def settings_for(draw: st.DrawFn, voicing: Voicing) -> Chorale:
    """Draw a chorale in which the voices of a choir sound, all of them, and no others."""
    chorale = draw(chorales())
    pitches, onsets = chorale.pitches.copy(), chorale.onsets.copy()
    for voice in range(len(VOICES)):
        if voice not in voicing.voices:
            pitches[:, voice], onsets[:, voice] = REST, False
        elif not onsets[:, voice].any():
            pitches[:, voice], onsets[0, voice] = draw(st.integers(36, 84)), True
    return Chorale(pitches, onsets, chorale.plan)


@st.composite
def annotations(draw: st.DrawFn, steps: int = 64) -> Annotations:
    """Draw annotations of a chorale of this many steps, a few of each kind."""
    places, voices = st.integers(0, steps - 1), st.integers(0, len(VOICES) - 1)
    names = st.tuples(st.sampled_from("ABCDEFG"), st.integers(-1, 1))
    words = st.text("abcäßé'", min_size=1, max_size=5)
    syllables = st.builds(Syllable, voices, places, st.integers(1, 3), words, st.booleans())
    symbols = st.builds(ChordSymbol, places, names, st.just("major"), st.none(), names)
    points: tuple[MarkKind, ...] = ("dynamic", "breath", "tempo", "fine")
    marks = st.builds(Mark, st.sampled_from(points), places, words, st.none() | voices)
    spellings = st.builds(
        lambda voice, step, pitch, key: SpelledNote(voice, step, spell(pitch, key)),
        *(voices, places, st.integers(40, 80), keys()),
    )
    borders = draw(st.lists(places, min_size=4, max_size=4, unique=True))
    first, middle, last, end = sorted(borders)
    return Annotations(
        tuple(draw(st.lists(syllables, max_size=3))),
        tuple(draw(st.lists(symbols, max_size=3))),
        (Repeat(first, last, draw(st.integers(2, 4))),),
        (Ending(middle, last, (1,)), Ending(last, end, (2,))),
        (*draw(st.lists(marks, max_size=3)), Mark("crescendo", first, end_step=middle)),
        tuple(draw(st.lists(spellings, max_size=3))),
        draw(st.tuples(*[words | st.just("")] * len(VOICES))),
    )


@st.composite
def numerals(draw: st.DrawFn) -> Numeral:
    """Draw any Roman numeral, half of them of another degree."""
    of = Numeral(
        draw(st.integers(1, 7)),
        draw(st.sampled_from(("major", "minor"))),
        alteration=draw(st.integers(-1, 1)),
    )
    kind = draw(st.sampled_from(list(ALL_KINDS)))
    places = {"Italian sixth": (4, 1, 1), "German sixth": (4, 1, 1), "French sixth": (2, 0, 2)}
    degree, alteration, inversion = places.get(
        kind,
        (
            draw(st.integers(1, 7)),
            draw(st.integers(-1, 1)),
            draw(st.integers(0, len(ALL_KINDS[kind]) - 1)),
        ),
    )
    return Numeral(degree, kind, inversion, alteration, of if draw(st.booleans()) else None)
