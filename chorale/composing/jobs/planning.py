"""Plans of existing music: each part is requested, in the music, or estimated."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import SupportsIndex

import numpy as np
from numpy.typing import NDArray

from chorale.composing.plan_options import PlanOptions, is_whole_number
from chorale.composing.plans import check_phrase_lengths, find_phrases
from chorale.errors import OptionError
from chorale.estimating import (
    close_sections,
    complete_phrases,
    contradicts_common_time,
    contradicts_signature,
    estimate_metre,
    estimate_phrases,
    estimate_pickup,
    estimate_tune_key,
)
from chorale.music import COMMON_TIME, REST, Chorale, Key, Metre, Note, Plan, notes
from chorale.reading import Reading
from chorale.wording import count, join_names

Bars = tuple[int, int]  # first and last bar, both inclusive, numbered as in scores
Lines = Sequence[Sequence[Note]]

FILE, REQUESTED, ESTIMATED = "from the file", "as requested", "estimated"
COMPLETED = "from the file and estimated"
SIGNATURE = "from the key signature"
NO_METRE = "no metre (it changes)"
KEY_CONTRADICTED = "estimated, since the notes contradict the key signature"
METRE_CONTRADICTED = "estimated, since the notes contradict the time signature of 4/4"


@dataclass(frozen=True)
class Sources:
    """The source of each part of a plan, in words."""

    metre: str
    pickup: str
    key: str
    fermatas: str


def resolve_plan(
    chorale: Chorale,
    kept: Sequence[int],
    reading: Reading,
    plan_options: PlanOptions,
    transposed: int = 0,
    part: bool = False,
) -> tuple[Plan, Sources]:
    """Return the complete plan of existing music, and the source of each of its parts.

    A request takes precedence over the music, and the music over an estimate.

    Args:
        chorale: the music of the reading, perhaps transposed or without the silence at its
            beginning.
        kept: the voices, 0 (soprano) to 3 (bass), from which to estimate.
        reading: the music as read from its file.
        plan_options: the requests.
        transposed: semitones by which the music is higher than the reading.
        part: whether requested phrases are those of an excerpt. In that case the plan has no
            fermatas, and `replace_phrases` adds them to the excerpt.

    Raises:
        OptionError: a request does not fit the music.
    """
    lines = [notes(chorale, voice) for voice in kept]
    length = chorale.plan.length_steps
    metre, metre_source = _resolve_metre(lines, length, reading, plan_options)
    pickup, pickup_source = _resolve_pickup(lines, chorale.plan, metre, reading, plan_options)
    key, key_source = _resolve_key(lines, chorale.plan, reading, plan_options, transposed)
    early = chorale.plan.early_downbeats if pickup_source == metre_source == FILE else ()
    plan = Plan(length, metre, pickup, key, early_downbeats=early)
    if part and plan_options.phrases is not None:
        return plan, Sources(metre_source, pickup_source, key_source, REQUESTED)
    fermatas, fermatas_source = _resolve_fermatas(lines, chorale.plan, plan, reading, plan_options)
    if fermatas_source in (ESTIMATED, COMPLETED):
        ends = {one.end_step for one in chorale.annotations.repeats}
        ends |= {one.end_step for one in chorale.annotations.endings}
        fermatas = close_sections(fermatas, lines[0], ends, plan.counted_metre)
    sources = Sources(metre_source, pickup_source, key_source, fermatas_source)
    return replace(plan, fermatas=fermatas), sources


def replace_phrases(chorale: Chorale, kept: Sequence[int], plan_options: PlanOptions) -> Chorale:
    """Replace the phrases of an excerpt by the requested ones, if any.

    Raises:
        OptionError: the phrases do not fill the excerpt.
    """
    if plan_options.phrases is None:
        return chorale
    lines = [notes(chorale, voice) for voice in kept]
    fermatas = _place_fermatas(lines, chorale.plan, plan_options.phrases)
    return replace(chorale, plan=replace(chorale.plan, fermatas=fermatas))


def describe_plan(
    plan: Plan, sources: Sources, full_plan: Plan | None = None, start: int = 0
) -> str:
    """Describe a plan in words, with the source of each part of it.

    Args:
        plan: the plan of the music, or of an excerpt.
        sources: the sources of the parts of the plan.
        full_plan: the plan of all the music, for the pickup and the numbers of bars; `plan` if
            None.
        start: the step of `full_plan` at which `plan` begins.
    """
    metre = plan.metre
    parts = [
        f"{metre.name} ({sources.metre})" if metre else NO_METRE,
        f"{_describe_pickup(full_plan or plan)} ({sources.pickup})" if metre else "",
        f"{plan.key.name} ({sources.key})" if plan.key else "",
        f"{_describe_phrases(plan, full_plan or plan, start)} ({sources.fermatas})",
    ]
    return ", ".join(filter(None, parts))


def _resolve_metre(
    lines: Lines, length: int, reading: Reading, plan_options: PlanOptions
) -> tuple[Metre | None, str]:
    facts = reading.facts
    if plan_options.metre:
        return plan_options.metre, REQUESTED
    # 4/4 without barlines, which would make the pickup known, may be a sequencer's default
    may_be_default = facts.metre == COMMON_TIME and facts.pickup_steps is None
    if may_be_default and contradicts_common_time(lines, length):
        return estimate_metre(lines, length)[0], METRE_CONTRADICTED
    if facts.metre:
        return facts.metre, FILE
    if "metre" in facts.changes:
        return None, FILE
    return estimate_metre(lines, length)[0], ESTIMATED


def _resolve_pickup(
    lines: Lines, plan: Plan, metre: Metre | None, reading: Reading, plan_options: PlanOptions
) -> tuple[int, str]:
    """Find the steps before the first downbeat, and their source.

    A time signature at the beginning of a MIDI file does not show whether the first measure is
    complete, unless the music starts with a rest.
    """
    facts = reading.facts
    if not metre:
        if plan_options.pickup is not None:
            raise OptionError(
                "a pickup needs a metre, and the metre of the music changes; add --metre"
            )
        return 0, FILE
    requested = plan_options.pickup_steps(metre)
    if requested is not None:
        return requested, REQUESTED
    starts_later = (reading.chorale.pitches[0] == REST).all()
    if metre == facts.metre and (facts.pickup_steps is not None or starts_later):
        return plan.pickup_steps, FILE
    return estimate_pickup(lines, plan.length_steps, metre), ESTIMATED


def _resolve_key(
    lines: Lines, plan: Plan, reading: Reading, plan_options: PlanOptions, transposed: int
) -> tuple[Key, str]:
    facts = reading.facts
    if plan_options.key:
        return plan_options.key, REQUESTED
    if plan.key and facts.by_chorale:
        return plan.key, FILE
    if facts.sharps is None:
        return estimate_tune_key(lines), ESTIMATED
    signature = Key.from_sharps(facts.sharps, facts.mode or "major").transposed(transposed)
    if contradicts_signature(lines, signature.sharps):
        return estimate_tune_key(lines), KEY_CONTRADICTED
    if signature != signature.tonal:
        return signature, FILE
    key = estimate_tune_key(lines, signature.sharps, facts.mode)
    return key, FILE if facts.mode and key == signature else SIGNATURE


def _resolve_fermatas(
    lines: Lines, old: Plan, plan: Plan, reading: Reading, plan_options: PlanOptions
) -> tuple[NDArray[np.bool_], str]:
    """Find the fermatas, and their source; in a file of other programs they may be incomplete."""
    if plan_options.phrases is not None:
        return _place_fermatas(lines, plan, plan_options.phrases), REQUESTED
    lines = sorted(lines, key=len, reverse=True) if not lines[0] else lines
    if old.fermatas is not None:
        if reading.facts.by_chorale or reading.facts.comments:
            return old.fermatas, FILE
        completed = complete_phrases(old.fermatas, lines, plan.metre, plan.pickup_steps)
        return completed, COMPLETED if (completed != old.fermatas).any() else FILE
    estimated = estimate_phrases(lines, plan.length_steps, plan.metre, plan.pickup_steps)
    return estimated, ESTIMATED


def _place_fermatas(lines: Lines, plan: Plan, phrases: Sequence[int]) -> NDArray[np.bool_]:
    """Place fermatas, (T,), over the last notes of phrases, whose lengths are in measures.

    Raises:
        OptionError: the phrases do not fill the music.
    """
    bar = plan.counted_metre.steps_per_bar
    check_phrase_lengths(phrases, plan.last_bar)
    fermatas = np.zeros(plan.length_steps, np.bool_)
    onsets = np.array(sorted(note.onset_step for note in lines[0]))
    ends = [int(end) * bar for end in np.cumsum(phrases)[:-1]] + [plan.length_steps]
    start = 0
    for end in ends:
        before = onsets[onsets < end]
        # a fermata from the phrase's first step on would join the previous fermata
        fermatas[max(start + 1, int(before[-1]) if len(before) else 0) : end] = True
        start = end
    return fermatas


def parse_bar_range(bars: SupportsIndex | str | Sequence[SupportsIndex]) -> Bars:
    """Return the first and the last bar of a range, such as (5, 8), "5-8" or 5.

    Raises:
        OptionError: `bars` has none of these forms.
    """
    if isinstance(bars, str):
        first, dash, last = bars.replace("\u2013", "-").partition("-")
        with suppress(ValueError):
            return int(first), int(last if dash else first)
    elif is_whole_number(bars):
        return int(bars), int(bars)
    elif isinstance(bars, Sequence) and len(bars) == 2 and all(map(is_whole_number, bars)):
        return int(bars[0]), int(bars[1])
    raise OptionError(f"no bars {bars!r}; give the first and the last, such as 5-8")


def describe_bars(bars: Bars) -> str:
    """Describe bars in words: "bars 5-8" or "bar 5"."""
    first, last = bars
    return f"bar {first}" if first == last else f"bars {first}-{last}"


def find_steps(plan: Plan, bars: Bars) -> tuple[int, int]:
    """Return the first step of a range of bars, and the step after its last one.

    Raises:
        OptionError: the music does not have these bars.
    """
    first, last = bars
    lowest = plan.bar_at(0)
    if not lowest <= first <= last <= plan.last_bar:
        raise OptionError(
            f"no {describe_bars(bars)}: the music has bars {lowest} to {plan.last_bar}"
            + (", of which 0 is the pickup" if lowest == 0 else "")
        )
    return plan.bar_start(first), min(plan.bar_start(last + 1), plan.length_steps)


def _describe_pickup(plan: Plan) -> str:
    if not plan.metre or not plan.pickup_steps:
        return "no pickup"
    return f"a pickup of {count(plan.pickup_steps / plan.metre.steps_per_beat, 'beat')}"


def _describe_phrases(plan: Plan, full_plan: Plan, start: int) -> str:
    """Describe the bars in which phrases end, numbered as in `full_plan`; see `describe_plan`."""
    ends = np.cumsum([length for length, _ in find_phrases(plan)])
    bars = list(dict.fromkeys(str(full_plan.bar_at(start + int(end) - 1)) for end in ends))
    if not bars:
        return "no fermatas"
    return f"phrases end in bar{'s' if len(bars) > 1 else ''} {join_names(bars)}"
