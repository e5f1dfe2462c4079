"""Form of a chorale: the key of each phrase, and the repeat of the opening.

A network that is given one key for the whole chorale returns to the tonic too often: 55 % of its
phrases closed with an authentic cadence on the tonic, and 36 % of Bach's do. So some inner phrases
are given another key. In a new chorale each key follows another as often as in the training split;
in a setting of a tune the keys are inferred from the tune (`chorale.estimating.phrase_keys`).

Most hymns are in bar form: their first lines are sung twice to the same tune, and some of Bach's
settings repeat these lines note for note. Bach's figures were measured on the training split by
`scripts/measure/style.py form`.

Source: on bar form, any dictionary of music, under "bar form"; on its parts (Stollen and Abgesang),
e.g. The New Grove.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from chorale.errors import OptionError
from chorale.estimating import infer_phrase_keys
from chorale.music import BASS, SOPRANO, STEPS_PER_QUARTER, VOICES, Chorale, Key, Plan, notes
from chorale.music.keys import MODES
from chorale.wording import count

# Steps at the beginning of a phrase in another key that are still in the home key. With the keys of
# Bach's phrases and the soprano given, his lower voices in the validation split were the likeliest
# after a quarter (1.066 nats a step) or two (1.065), beside 1.070 where the whole phrase was in its
# key and 1.084 where only the home key was given.
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
        on_tonic: whether every phrase is to close on the tonic of its key.
    """

    keys: tuple[KeySpan, ...] = ()
    repeat_steps: int = 0
    repeated_voices: tuple[int, ...] = ALL_VOICES
    on_tonic: bool = False

    def transposed(self, semitones: int) -> "Form":
        """Return this form with its keys transposed up by a number of semitones."""
        keys = (replace(span, key=span.key.transposed(semitones)) for span in self.keys)
        return replace(self, keys=tuple(keys))


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
    spans = [
        span
        for span in _key_spans(plan, infer_phrase_keys({}, plan, generator))
        if not length <= span.start < 2 * length
    ]
    return Form((*spans, *_repeat_spans(spans, length)), length, voices)


def request_phrase_keys(plan: Plan, keys: Sequence[Key]) -> Form:
    """Return the form with requested keys, one for each phrase, which closes on its tonic.

    The first phrase is in its key from its first step on.

    Args:
        plan: the plan of the chorale, in the key of its last phrase.
        keys: a key for each phrase.

    Raises:
        OptionError: there are more or fewer keys than phrases.
    """
    spans = plan.phrase_spans
    if len(spans) != len(keys):
        raise OptionError(
            f"{count(len(keys), 'key')} for {count(len(spans), 'phrase')}; give a key for each "
            "phrase, or the lengths of the phrases by --phrases"
        )
    each = [
        KeySpan(start + ARRIVING_STEPS * (start > 0), end, key)
        for (start, end), key in zip(spans, keys, strict=True)
        if key != plan.key
    ]
    return Form(tuple(span for span in each if span.start < span.end), on_tonic=True)


def draw_phrase_keys(tune: Chorale, kept: Sequence[int], generator: np.random.Generator) -> Form:
    """Draw the keys of the phrases of a tune, and return the form with these keys.

    Args:
        tune: the music, of which the soprano and the bass are read, as far as they are kept.
        kept: the voices to keep, 0 (soprano) to 3 (bass); without the soprano and the bass the
            form has no other keys.
        generator: the only source of chance.
    """
    lines = {voice: notes(tune, voice) for voice in kept if voice in (SOPRANO, BASS)}
    if not any(lines.values()):
        return PLAIN_FORM
    return Form(_key_spans(tune.plan, infer_phrase_keys(lines, tune.plan, generator)))


def _key_spans(plan: Plan, keys: Sequence[Key]) -> tuple[KeySpan, ...]:
    """Return the spans of the phrases that are in another key than the plan's."""
    bounds = [0, *(end for _, end in plan.fermata_spans)]
    keys = [adapt_to_mode(key, plan.key) for key in keys]
    return tuple(
        KeySpan(start + ARRIVING_STEPS, end, key)
        for (start, end), key in zip(pairwise(bounds), keys, strict=False)
        if key != plan.key and start + ARRIVING_STEPS < end
    )


def adapt_to_mode(key: Key, home: Key | None) -> Key:
    """Return the key of a phrase in a church mode: the mode on its tonic with the home signature.

    It is the home key where there is no such mode. With another home key, nothing changes.
    """
    if home is None or home == home.tonal:
        return key
    modes = (Key.from_sharps(home.sharps, mode) for mode in MODES)
    return next((each for each in modes if each.tonic == key.tonic), home)


def _repeat_spans(spans: Sequence[KeySpan], repeat_steps: int) -> list[KeySpan]:
    """Return the key spans of an opening of `repeat_steps` steps, moved to its repeat."""
    return [
        KeySpan(span.start + repeat_steps, span.end + repeat_steps, span.key)
        for span in spans
        if span.end <= repeat_steps
    ]


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
    for phrases in REPEATED_PHRASES:
        if len(ends) <= 2 * phrases:
            return 0
        length = ends[phrases - 1]
        repeated = ends[phrases : 2 * phrases]
        same = [end + length for end in ends[:phrases]] == repeated and np.array_equal(
            fermatas[length : 2 * length], fermatas[:length]
        )
        if same and length % plan.metre.steps_per_bar == 0:
            return length
    return 0
