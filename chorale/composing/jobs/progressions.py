"""New chorales on a progression of chords, or with a requested key for each phrase."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from chorale.analysis import key_fit
from chorale.composing import tasks
from chorale.composing.chord_texts import (
    PlacedChord,
    parse_chords,
    place_chords,
    place_phrase_ends,
)
from chorale.composing.form import PLAIN_FORM, Form, request_phrase_keys
from chorale.composing.jobs.checks import check_bars
from chorale.composing.motion import draw_motion
from chorale.composing.plan_options import PlanOptions
from chorale.composing.plans import check_phrase_lengths, draw_plan
from chorale.errors import OptionError
from chorale.music import COMMON_TIME, OCTAVE, STEPS_PER_QUARTER, Key, Metre, Plan
from chorale.music.annotations import ChordSymbol
from chorale.music.keys import TonalMode
from chorale.music.required_chords import ChordSpan
from chorale.network.checkpoint import Checkpoint
from chorale.options import MAX_BARS
from chorale.wording import count

LONGEST_FERMATA_STEPS = 2 * STEPS_PER_QUARTER  # at the end of an inner phrase
MAX_REDRAWS = 200  # of plans, until one has as many phrases as keys are requested
_CLOSING_WEIGHT = 0.3  # added to a correlation for the root of the last chord


class Progression:
    """A progression of chords on a plan, in a key that may be left open."""

    def __init__(
        self, text: str, bars: int | None, plan_options: PlanOptions, keys: Sequence[Key]
    ) -> None:
        """Read a progression and place it on measures.

        Args:
            text: the chords, see `chorale.composing.chord_texts`.
            bars: requested length in measures; None if it follows from the chords.
            plan_options: requested parts of the plan; without a metre it is 4/4.
            keys: a key for each phrase; may be empty.

        Raises:
            OptionError: the text cannot be read, or does not fit the other options.
        """
        self._options, self._keys = plan_options, keys
        home = plan_options.key or (keys[-1] if keys else None)
        metre = plan_options.metre or COMMON_TIME
        pickup = plan_options.pickup_steps(metre) or 0
        self._text = parse_chords(text, home)
        self._placed = place_chords(self._text, metre, pickup)
        self._plan = Plan(self._placed[-1].end, metre, pickup, home)
        whole = -(-(self._plan.length_steps) // metre.steps_per_bar)
        if bars is not None and bars != whole:
            raise OptionError(
                f"the progression has {count(whole, 'bar')}, not {bars}; leave out --bars"
            )
        check_bars(whole)
        fermatas = self._mark_fermatas(metre)
        self._plan = replace(self._plan, fermatas=fermatas)
        if not home and not self._text.has_numerals:
            self._plan = replace(self._plan, key=_estimate_key(self._placed))
        if keys:
            request_phrase_keys(self._plan, keys)  # raises OptionError

    @property
    def fixes_key(self) -> bool:
        """Whether the key follows from the request; numerals alone leave it open."""
        return self._plan.key is not None

    @property
    def notices(self) -> list[str]:
        """A line for each part of the plan that is assumed."""
        notices = [] if self._options.metre else [f"in {COMMON_TIME.name}, as no metre is given"]
        key = self._plan.key
        if key and not self._options.key and not self._keys:
            notices.append(f"in {key.name} (estimated from the chords)")
        return notices

    def draw(self, checkpoint: Checkpoint, generator: np.random.Generator) -> tasks.Task:
        """Draw the task of composing it: what is open of key and motion is drawn."""
        plan = self._plan
        if plan.key is None:
            plan = replace(plan, key=_draw_key(checkpoint, self._mode, generator))
        form = request_phrase_keys(plan, self._keys) if self._keys else PLAIN_FORM
        plan = draw_motion(plan, checkpoint, generator, self._options.motion)
        spans = [one.require(_key_at(plan, form, one.start)) for one in self._placed]
        chords = [span for span in spans if span]
        return tasks.task_for_generating(plan, checkpoint, form, chords)

    def write_symbols(self, plan: Plan) -> tuple[ChordSymbol, ...]:
        """Return the chord symbols of the progression, in the key of a plan."""
        form = request_phrase_keys(plan, self._keys) if self._keys else PLAIN_FORM
        return tuple(one.symbol(_key_at(plan, form, one.start)) for one in self._placed)

    @property
    def _mode(self) -> TonalMode:
        """The mode in which the tonic triad is as the numerals have it; major without one."""
        tonics = [one.numeral for one in self._text.chords if one.numeral]
        kinds = [each.kind for each in tonics if each.degree == 1 and not each.target]
        return "minor" if kinds and kinds[0].startswith("minor") else "major"

    def _mark_fermatas(self, metre: Metre) -> NDArray[np.bool_]:
        """Mark the chords at the ends of phrases, (T,): the last one whole, others in part."""
        fermatas = np.zeros(self._plan.length_steps, np.bool_)
        ends = place_phrase_ends(self._text, self._placed)
        if self._options.phrases is not None:
            ends = self._place_requested(metre, self._options.phrases)
        for last in ends:
            is_final = last.end == self._plan.length_steps
            start = last.start if is_final else max(last.start, last.end - LONGEST_FERMATA_STEPS)
            fermatas[start : last.end] = True
        return fermatas

    def _place_requested(self, metre: Metre, phrases: Sequence[int]) -> list[PlacedChord]:
        """Return the last chord of each requested phrase, cut at its end."""
        check_phrase_lengths(phrases, self._plan.last_bar)
        length = self._plan.length_steps
        ends = [int(end) * metre.steps_per_bar for end in np.cumsum(phrases)[:-1]] + [length]
        return [
            PlacedChord(one.start, min(one.end, end), one.chord)
            for end in ends
            for one in self._placed
            if one.start < end <= one.end or (end == length == one.end)
        ]


def draw_plan_for_keys(
    checkpoint: Checkpoint,
    bars: int | None,
    plan_options: PlanOptions,
    keys: Sequence[Key],
    generator: np.random.Generator,
) -> Plan:
    """Draw a plan that has a phrase for each of some keys, and the last one as its key.

    Args:
        checkpoint: the network, and the plans of its training split.
        bars: number of measures; if None, as many as Bach's phrases have in the metre.
        plan_options: the parts of the plan that are fixed.
        keys: a key for each phrase.
        generator: the only source of chance.

    Raises:
        OptionError: the phrases are not as many as the keys.
    """
    options = replace(plan_options, key=keys[-1])
    for _ in range(MAX_REDRAWS):
        if bars is None:
            model = draw_plan(checkpoint.plans, 1, generator, replace(options, phrases=None))
            length = round(len(keys) * _mean_phrase(checkpoint.plans, model.counted_metre))
            _check_length(length, len(keys))
            drawn = draw_plan(
                checkpoint.plans, length, generator, replace(options, metre=model.metre)
            )
        else:
            drawn = draw_plan(checkpoint.plans, bars, generator, options)
        if len(drawn.phrase_spans) == len(keys):
            return drawn
        if options.phrases is not None:
            break
    request_phrase_keys(drawn, keys)  # raises OptionError
    return drawn


def _check_length(bars: int, keys: int) -> None:
    """Check that phrases in some keys make no more measures than a chorale may have.

    Raises:
        OptionError: they do.
    """
    if bars > MAX_BARS:
        raise OptionError(
            f"{count(keys, 'key')} make about {bars} bars, and a chorale has at most {MAX_BARS}; "
            "give fewer keys, or the lengths of the phrases by --phrases"
        )


def _mean_phrase(plans: Sequence[Plan], metre: Metre) -> float:
    """Return the mean length of the phrases of plans in a metre, in measures."""
    own = [plan for plan in plans if plan.metre == metre and plan.fermata_spans]
    lengths = [plan.bars / len(plan.fermata_spans) for plan in own]
    return (
        float(np.mean(lengths)) if lengths else COMMON_TIME.steps_per_bar * 2 / metre.steps_per_bar
    )


def _key_at(plan: Plan, form: Form, step: int) -> Key | None:
    """Return the key of the phrase that contains a step."""
    phrases = (span for span in plan.phrase_spans if span[0] <= step < span[1])
    start, end = next(phrases, (step, step + 1))
    inside = (span.key for span in form.keys if start <= span.start < end)
    return next(inside, plan.key)


def _draw_key(checkpoint: Checkpoint, mode: TonalMode, generator: np.random.Generator) -> Key:
    """Draw one of the keys of the training split in a mode."""
    keys = [plan.key for plan in checkpoint.plans if plan.key and plan.key.mode == mode]
    return keys[int(generator.integers(len(keys)))] if keys else Key(0, mode)


def _estimate_key(placed: Sequence[PlacedChord]) -> Key:
    """Estimate the key of chord symbols: that which fits their notes and the root at the end."""
    weights = np.zeros(OCTAVE)
    spans: list[ChordSpan] = [span for one in placed if (span := one.require(None))]
    for span in spans:
        weights[list(span.chord.tones)] += span.end - span.start
    last = spans[-1].chord.root if spans else None
    keys = [Key(tonic, mode) for tonic in range(OCTAVE) for mode in ("major", "minor")]
    return max(keys, key=lambda key: key_fit(weights, key) + _CLOSING_WEIGHT * (key.tonic == last))
