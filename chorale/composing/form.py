"""Form: in which key each phrase of a new chorale stands, and whether its opening comes again.

A network that is told one key for the whole comes home too often: 55 % of its phrases closed with
an authentic cadence on the tonic, of Bach's 36 %. So of a new chorale some inner phrases are told
another key, as often as Bach's close in it. And most hymns are in bar form, whose first lines are
sung twice to the same tune; now and then Bach's scores have them twice note for note. Bach's
figures are of the training split, by `scripts/form_figures.py`; the mode of another key is that of
the scale at home.

Source: on bar form, any dictionary of music, under the word; on its lines (Stollen and Abgesang),
e.g. The New Grove.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

import numpy as np

from chorale.music import STEPS_PER_QUARTER, VOICES, Key, Mode, Plan

# Share of the inner phrases that close with an authentic cadence in another key: semitones of its
# tonic above that of the whole, and its mode.
OTHER_KEYS: Mapping[Mode, Mapping[tuple[int, Mode], float]] = MappingProxyType(
    {
        "major": {
            (7, "major"): 0.26,
            (9, "minor"): 0.07,
            (5, "major"): 0.06,
            (2, "minor"): 0.05,
            (4, "minor"): 0.01,
        },
        "minor": {
            (3, "major"): 0.19,
            (7, "minor"): 0.13,
            (10, "major"): 0.09,
            (5, "minor"): 0.03,
        },
    }
)
# Steps of a phrase that are still in the key of the one before.
ARRIVING_STEPS = STEPS_PER_QUARTER

# New chorales in bar form, and those of them in which all voices come again, not the soprano alone:
# by these as many beats come again as in Bach, of whose 220 chorales with phrases 18 have their
# first lines twice note for note, 12 more to the same soprano, and others single phrases.
BAR_FORM_SHARE = 0.2
ALL_VOICES_SHARE = 0.6
PHRASES_AGAIN = (2, 3)

EVERY_VOICE = tuple(range(len(VOICES)))
SOPRANO_ALONE = (VOICES.index("soprano"),)


@dataclass(frozen=True)
class KeySpan:
    """Steps, `start` to before `end`, that stand in a key of their own."""

    start: int
    end: int
    key: Key


@dataclass(frozen=True)
class Form:
    """What a plan does not say of a chorale.

    Attributes:
        keys: where it is in another key than that of the plan.
        again_steps: as many steps from the beginning come again, right after; 0: none do.
        again_voices: the voices that come again as they were, 0 (soprano) to 3 (bass).
    """

    keys: tuple[KeySpan, ...] = ()
    repeat_steps: int = 0
    repeated_voices: tuple[int, ...] = EVERY_VOICE


ONE_KEY = Form()


def draw_form(plan: Plan, again: bool, generator: np.random.Generator) -> Form:
    """A form for a plan; in one key where key or fermatas are not known.

    Args:
        plan: of a new chorale.
        again: its opening comes again, where it can; that has the same keys both times.
        generator: the only source of chance.
    """
    length = repeat_length_steps(plan) if again else 0
    voices = EVERY_VOICE if generator.random() < ALL_VOICES_SHARE else SOPRANO_ALONE
    if plan.key is None:
        return Form((), length, voices)
    ends = [0, *(end for _, end in plan.fermata_spans)]
    spans: list[KeySpan] = []
    for start, end in pairwise(ends[:-1]):
        if start < length or start >= 2 * length:
            key = _key_of_phrase(plan.key, generator)
            if key != plan.key:
                spans.append(KeySpan(min(end, start + ARRIVING_STEPS), end, key))
    return Form((*spans, *_later(spans, length)), length, voices)


def _later(spans: Sequence[KeySpan], repeat_steps: int) -> list[KeySpan]:
    """The spans of what comes again, once more."""
    return [
        KeySpan(span.start + repeat_steps, span.end + repeat_steps, span.key)
        for span in spans
        if span.end <= repeat_steps
    ]


def _key_of_phrase(home: Key, generator: np.random.Generator) -> Key:
    shares = OTHER_KEYS[home.mode]
    drawn = generator.random()
    for (semitones, mode), share in shares.items():
        drawn -= share
        if drawn < 0:
            return Key((home.tonic + semitones) % 12, mode)
    return home


def repeat_length_steps(plan: Plan) -> int:
    """How many steps from the beginning can come again, right after; 0 if none can.

    They are the first phrases, if as many follow that are as long and fall on the same places in
    their bars, and if something comes after.
    """
    fermatas = plan.fermatas
    if plan.metre is None or fermatas is None:
        return 0
    ends = [end for _, end in plan.fermata_spans]
    for count in PHRASES_AGAIN:
        if len(ends) <= 2 * count:
            return 0
        length = ends[count - 1]
        same = [end + length for end in ends[:count]] == ends[count : 2 * count] and np.array_equal(
            fermatas[length : 2 * length], fermatas[:length]
        )
        if same and length % plan.metre.steps_per_bar == 0:
            return length
    return 0
