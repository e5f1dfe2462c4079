"""The plan of music that is there: what it says of itself, what is asked for, what is estimated."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import SupportsIndex

import numpy as np
from numpy.typing import NDArray

from chorale.composing.plan_options import PlanOptions, is_whole
from chorale.composing.plans import phrases_of
from chorale.errors import OptionError
from chorale.estimating import (
    contradicts,
    estimate_metre,
    estimate_phrases,
    estimate_pickup,
    estimate_tune_key,
)
from chorale.music import REST, Chorale, Key, Metre, Note, Plan, notes
from chorale.reading import Reading
from chorale.wording import join_names

Bars = tuple[int, int]  # first and last, both inclusive, as scores number them
Lines = Sequence[Sequence[Note]]

FILE, ASKED, ESTIMATED = "the file's", "as asked", "estimated"
SIGNATURE = "by the file's signature"
NO_METRE = "no metre, since it changes, and none is written"
CONTRADICTED = "estimated, since the notes contradict the file's signature"


@dataclass(frozen=True)
class Sources:
    """Where each part of a plan comes from, in words."""

    metre: str
    pickup: str
    key: str
    fermatas: str


def resolve_plan(
    chorale: Chorale,
    kept: Sequence[int],
    reading: Reading,
    asked: PlanOptions,
    transposed: int = 0,
    part: bool = False,
) -> tuple[Plan, Sources]:
    """The plan of music that is there, and where each part of it comes from.

    Args:
        chorale: the music, the reading's without silence at its beginning perhaps.
        kept: the voices of it, 0 to 3, that count.
        reading: where it comes from.
        asked: what is not to be told by the music.
        transposed: semitones by which the music is higher than the reading.
        part: whether the phrases asked for are those of a part of it; see `with_phrases`.

    Raises:
        OptionError: what is asked for does not go with the music.
    """
    lines = [notes(chorale, voice) for voice in kept]
    length = chorale.plan.length_steps
    metre, of_metre = _metre(lines, length, reading, asked)
    pickup, of_pickup = _pickup(lines, chorale.plan, metre, reading, asked)
    key, of_key = _key(lines, chorale.plan, reading, asked, transposed)
    plan = Plan(length, metre, pickup, key)
    if part and asked.phrases is not None:
        return plan, Sources(of_metre, of_pickup, of_key, ASKED)
    fermatas, of_fermatas = _fermatas(lines, chorale.plan, plan, asked)
    return replace(plan, fermatas=fermatas), Sources(of_metre, of_pickup, of_key, of_fermatas)


def with_phrases(chorale: Chorale, kept: Sequence[int], asked: PlanOptions) -> Chorale:
    """A part of the music with the phrases that are asked for, if any are.

    Raises:
        OptionError: they do not fill it.
    """
    if asked.phrases is None:
        return chorale
    lines = [notes(chorale, voice) for voice in kept]
    fermatas = _fermatas_of_bars(lines, chorale.plan, asked.phrases)
    return replace(chorale, plan=replace(chorale.plan, fermatas=fermatas))


def account(plan: Plan, sources: Sources, whole: Plan | None = None, start: int = 0) -> str:
    """A plan in words, with where each part of it comes from.

    Args:
        plan: it, or that of a part of the music.
        sources: of the plan of the whole.
        whole: the plan of the whole, which counts the bars and has the pickup; `plan` if None.
        start: the step of the whole at which `plan` begins.
    """
    metre = plan.metre
    said = [
        f"{metre.name} ({sources.metre})" if metre else NO_METRE,
        f"{_beats(whole or plan)} ({sources.pickup})" if metre else "",
        f"{plan.key.name} ({sources.key})" if plan.key else "",
        f"{_ends(plan, whole or plan, start)} ({sources.fermatas})",
    ]
    return ", ".join(filter(None, said))


def _metre(
    lines: Lines, length: int, reading: Reading, asked: PlanOptions
) -> tuple[Metre | None, str]:
    if asked.metre:
        return asked.metre, ASKED
    if reading.facts.metre:
        return reading.facts.metre, FILE
    if "metre" in reading.facts.changes:
        return None, FILE
    return estimate_metre(lines, length)[0], ESTIMATED


def _pickup(
    lines: Lines, plan: Plan, metre: Metre | None, reading: Reading, asked: PlanOptions
) -> tuple[int, str]:
    """Steps before the first downbeat.

    A MIDI file with a time signature at its beginning does not tell whether its first measure is
    a whole one, unless it starts with a rest.
    """
    facts = reading.facts
    if not metre:
        if asked.pickup is not None:
            raise OptionError("a pickup without a metre, which changes here; give --metre as well")
        return 0, FILE
    wanted = asked.pickup_steps(metre)
    if wanted is not None:
        return wanted, ASKED
    starts_later = (reading.chorale.pitches[0] == REST).all()
    if metre == facts.metre and (facts.pickup_steps is not None or starts_later):
        return plan.pickup_steps, FILE
    return estimate_pickup(lines, plan.length_steps, metre), ESTIMATED


def _key(
    lines: Lines, plan: Plan, reading: Reading, asked: PlanOptions, transposed: int
) -> tuple[Key, str]:
    facts = reading.facts
    if asked.key:
        return asked.key, ASKED
    if plan.key and facts.ours:
        return plan.key, FILE
    if facts.sharps is None:
        return estimate_tune_key(lines), ESTIMATED
    signature = Key.from_sharps(facts.sharps, facts.mode or "major").transposed(transposed)
    if contradicts(lines, signature.sharps):
        return estimate_tune_key(lines), CONTRADICTED
    key = estimate_tune_key(lines, signature.sharps, facts.mode)
    return key, FILE if facts.mode and key == signature else SIGNATURE


def _fermatas(
    lines: Lines, old: Plan, plan: Plan, asked: PlanOptions
) -> tuple[NDArray[np.bool_], str]:
    if asked.phrases is not None:
        return _fermatas_of_bars(lines, plan, asked.phrases), ASKED
    if old.fermatas is not None:
        return old.fermatas, FILE
    lines = sorted(lines, key=len, reverse=True) if not lines[0] else lines
    found = estimate_phrases(lines, plan.length_steps, plan.metre, plan.pickup_steps)
    return found, ESTIMATED


def _fermatas_of_bars(lines: Lines, plan: Plan, phrases: Sequence[int]) -> NDArray[np.bool_]:
    """Fermatas, (T,), over the last notes of phrases of so many bars.

    Raises:
        OptionError: the phrases do not fill the music.
    """
    bar = (plan.metre or Metre(4, 4)).steps_per_bar
    if sum(phrases) != plan.last_bar:
        raise OptionError(
            f"phrases of {', '.join(map(str, phrases))} bars make {sum(phrases)}, "
            f"not the {plan.last_bar} that the music has"
        )
    fermatas = np.zeros(plan.length_steps, np.bool_)
    onsets = np.array(sorted(note.onset_step for note in lines[0]))
    ends = [int(end) * bar for end in np.cumsum(phrases)[:-1]] + [plan.length_steps]
    start = 0
    for end in ends:
        before = onsets[onsets < end]
        # not from the phrase's own first step on, or it would join the fermata before
        fermatas[max(start + 1, int(before[-1]) if len(before) else 0) : end] = True
        start = end
    return fermatas


def bars_of(bars: SupportsIndex | str | Sequence[SupportsIndex]) -> Bars:
    """The first and the last of some bars, such as (5, 8), "5-8" or 5.

    Raises:
        OptionError: it is none of these.
    """
    if isinstance(bars, str):
        first, dash, last = bars.replace("\u2013", "-").partition("-")
        with suppress(ValueError):
            return int(first), int(last if dash else first)
    elif is_whole(bars):
        return int(bars), int(bars)
    elif isinstance(bars, Sequence) and len(bars) == 2 and all(map(is_whole, bars)):
        return int(bars[0]), int(bars[1])
    raise OptionError(f"no bars {bars!r}; give the first and the last, such as 5-8")


def in_words(bars: Bars) -> str:
    """Such as "bars 5-8", or "bar 5"."""
    first, last = bars
    return f"bar {first}" if first == last else f"bars {first}-{last}"


def steps_of(plan: Plan, bars: Bars) -> tuple[int, int]:
    """First step of some bars, and of what follows them.

    Raises:
        OptionError: they are not there.
    """
    first, last = bars
    lowest = plan.bar_at(0)
    if not lowest <= first <= last <= plan.last_bar:
        raise OptionError(
            f"no {in_words(bars)}: the music has bars {lowest} to {plan.last_bar}"
            + (", of which 0 is the pickup" if lowest == 0 else "")
        )
    return plan.bar_start(first), min(plan.bar_start(last + 1), plan.length_steps)


def _beats(plan: Plan) -> str:
    if not plan.metre or not plan.pickup_steps:
        return "no pickup"
    beats = plan.pickup_steps / plan.metre.steps_per_beat
    return f"a pickup of {beats:g} beat" + ("" if beats == 1 else "s")


def _ends(plan: Plan, whole: Plan, start: int) -> str:
    """The bars in which phrases end, in words; those of the whole, of which a part begins there."""
    ends = np.cumsum([length for length, _ in phrases_of(plan)])
    bars = list(dict.fromkeys(str(whole.bar_at(start + int(end) - 1)) for end in ends))
    if not bars:
        return "no fermatas"
    return f"phrases end in bar{'s' if len(bars) > 1 else ''} {join_names(bars)}"
