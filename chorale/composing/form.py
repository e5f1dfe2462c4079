"""Form of a new chorale: the key of each phrase, and the repeat of the opening.

A network that is given one key for the whole chorale returns to the tonic too often: 55 % of its
phrases closed with an authentic cadence on the tonic, and 36 % of Bach's do. So some inner phrases
of a new chorale are given another key, each key as often as Bach's phrases close in it. Most hymns
are in bar form: their first lines are sung twice to the same tune, and some of Bach's settings
repeat these lines note for note. Bach's figures were measured on the training split by
`scripts/measure/style.py form`. The mode of another key is that of the triad on its tonic in the
scale of the home key.

Source: on bar form, any dictionary of music, under "bar form"; on its parts (Stollen and Abgesang),
e.g. The New Grove.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

import numpy as np

from chorale.music import OCTAVE, SOPRANO, STEPS_PER_QUARTER, VOICES, Key, Mode, Plan

# Share of the inner phrases that close with an authentic cadence in another key, by the mode of the
# home key. The other key is given by the semitones of its tonic above the home tonic and its mode.
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
# Steps at the beginning of a phrase in another key that are still in the home key.
ARRIVING_STEPS = STEPS_PER_QUARTER

# Share of new chorales in bar form, and share of those chorales that repeat all voices instead of
# the soprano alone. With these two shares, repeats take up as many beats as in Bach: of his 220
# chorales with phrases, 18 repeat their first lines note for note, 12 more repeat them in the
# soprano alone, and others repeat single phrases.
BAR_FORM_SHARE = 0.2
ALL_VOICES_SHARE = 0.6
REPEATED_PHRASES = (2, 3)  # possible lengths of the opening in phrases, in the order of trial

ALL_VOICES = tuple(range(len(VOICES)))
SOPRANO_ONLY = (SOPRANO,)


@dataclass(frozen=True)
class KeySpan:
    """A passage in a key of its own, from step `start` up to `end` (exclusive)."""

    start: int
    end: int
    key: Key


@dataclass(frozen=True)
class Form:
    """The form of a chorale, in so far as the plan does not determine it.

    Attributes:
        keys: passages in another key than the plan's.
        repeat_steps: length in steps of the opening, whose repeat follows immediately; 0 without a
            repeat.
        repeated_voices: voices that the repeat copies, 0 (soprano) to 3 (bass).
    """

    keys: tuple[KeySpan, ...] = ()
    repeat_steps: int = 0
    repeated_voices: tuple[int, ...] = ALL_VOICES


PLAIN_FORM = Form()  # one key, no repeat


def draw_form(plan: Plan, repeat: bool, generator: np.random.Generator) -> Form:
    """Draw a form for a plan; a plan without a key or fermatas gets no other keys.

    Args:
        plan: the plan of a new chorale.
        repeat: whether to repeat the opening, in the same keys, if the plan allows a repeat.
        generator: the only source of chance.
    """
    length = find_repeat_steps(plan) if repeat else 0
    voices = ALL_VOICES if generator.random() < ALL_VOICES_SHARE else SOPRANO_ONLY
    if plan.key is None:
        return Form((), length, voices)
    ends = [0, *(end for _, end in plan.fermata_spans)]
    spans: list[KeySpan] = []
    for start, end in pairwise(ends[:-1]):
        if start < length or start >= 2 * length:
            key = _draw_phrase_key(plan.key, generator)
            if key != plan.key:
                spans.append(KeySpan(min(end, start + ARRIVING_STEPS), end, key))
    return Form((*spans, *_repeat_spans(spans, length)), length, voices)


def _repeat_spans(spans: Sequence[KeySpan], repeat_steps: int) -> list[KeySpan]:
    """Return the key spans of an opening of `repeat_steps` steps, moved to its repeat."""
    return [
        KeySpan(span.start + repeat_steps, span.end + repeat_steps, span.key)
        for span in spans
        if span.end <= repeat_steps
    ]


def _draw_phrase_key(home: Key, generator: np.random.Generator) -> Key:
    shares = OTHER_KEYS[home.mode]
    drawn = generator.random()
    for (semitones, mode), share in shares.items():
        drawn -= share
        if drawn < 0:
            return Key((home.tonic + semitones) % OCTAVE, mode)
    return home


def find_repeat_steps(plan: Plan) -> int:
    """Return the length in steps of an opening that the plan allows to repeat; 0 if there is none.

    The opening is the first two or three phrases. The plan allows to repeat them if equally many
    phrases follow, of the same lengths, with the same fermatas and at the same places in the
    measure, and if at least one more phrase follows the repeat.
    """
    fermatas = plan.fermatas
    if plan.metre is None or fermatas is None:
        return 0
    ends = [end for _, end in plan.fermata_spans]
    for count in REPEATED_PHRASES:
        if len(ends) <= 2 * count:
            return 0
        length = ends[count - 1]
        same = [end + length for end in ends[:count]] == ends[count : 2 * count] and np.array_equal(
            fermatas[length : 2 * length], fermatas[:length]
        )
        if same and length % plan.metre.steps_per_bar == 0:
            return length
    return 0
