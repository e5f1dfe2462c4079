"""Form: in which key each phrase of a new chorale stands, and whether its opening is repeated.

A network that is given one key for the whole chorale comes home too often: 55 % of its phrases
closed with an authentic cadence on the tonic, and 36 % of Bach's do. So some inner phrases of a new
chorale are given another key, as often as Bach's close in it. Most hymns are in bar form, whose
first lines are sung twice to the same tune, and some of Bach's settings repeat them note for note.
Bach's figures are those of the training split, by `scripts/measure/form.py`; the mode of another
key is that of its triad in the scale of the home key.

Source: on bar form, any dictionary of music, under the word; on its parts (Stollen and Abgesang),
e.g. The New Grove.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

import numpy as np

from chorale.music import OCTAVE, SOPRANO, STEPS_PER_QUARTER, VOICES, Key, Mode, Plan

# Share of the inner phrases that close with an authentic cadence in another key, given as the
# semitones of its tonic above the home tonic, and its mode.
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
# The first steps of a phrase, which are still in the key of the phrase before.
ARRIVING_STEPS = STEPS_PER_QUARTER

# Share of new chorales in bar form, and share of these that repeat all voices, not the soprano
# alone. With these shares as many beats are repeats as in Bach: of his 220 chorales with phrases 18
# repeat their first lines note for note, 12 more in the soprano alone, and others single phrases.
BAR_FORM_SHARE = 0.2
ALL_VOICES_SHARE = 0.6
REPEATED_PHRASES = (2, 3)  # numbers of phrases that are tried, in this order

ALL_VOICES = tuple(range(len(VOICES)))
SOPRANO_ONLY = (SOPRANO,)


@dataclass(frozen=True)
class KeySpan:
    """A passage in a key of its own, from step `start` to before `end`."""

    start: int
    end: int
    key: Key


@dataclass(frozen=True)
class Form:
    """The form of a chorale, as far as its plan leaves it open.

    Attributes:
        keys: passages in another key than the plan's.
        repeat_steps: length of the opening that is repeated at once, in steps; 0 without a repeat.
        repeated_voices: voices that the repeat copies, 0 (soprano) to 3 (bass).
    """

    keys: tuple[KeySpan, ...] = ()
    repeat_steps: int = 0
    repeated_voices: tuple[int, ...] = ALL_VOICES


PLAIN_FORM = Form()  # one key, no repeat


def draw_form(plan: Plan, repeat: bool, generator: np.random.Generator) -> Form:
    """Draw a form for a plan; without key or fermatas all of it is in one key.

    Args:
        plan: the plan of a new chorale.
        repeat: whether to repeat the opening, if the plan has room; both times in the same keys.
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
    """Return the spans of an opening of `repeat_steps`, moved to its repeat."""
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
    """Return the length of the opening that can be repeated at once, in steps; 0 if none can.

    The opening is the first phrases, if the phrases that follow are as many and as long and start
    at the same places in their measures, and if there are more phrases after these.
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
