"""Chorales with their repeats played out: notes, plan and annotations in the order of play.

Conventions:
- A note that is cut by a jump ends there. A note held into the music after a jump starts anew,
  unless the note before the jump was held on to the same pitch.
- Measures are counted as they are played: a section with a pickup fills the measure before it. If
  it does not, its downbeat comes early (`Plan.early_downbeats`).
- Motion is unknown, since phrases may join.
- Repeats, voltas and the signs that lead through the form are gone. Other annotations stand
  wherever their music is played.
- Words: a section that is played N times has N lines of words for each strophe, if it has more
  lines than strophes are elsewhere, and no more than that; its pass P then has line P of each
  strophe. This is how hymnals print bar form, the second Stollen's words below the first's, and a
  tune that is repeated for its verses. Otherwise its lines are strophes that are sung in every
  pass, as in a refrain sung twice. Where a line has no words, those of the last line above are
  sung, as where two lines share the end of a phrase; but not while a word of the line is still
  sung, nor for a few notes before or between its words. Verses are numbered by strophes.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, pairwise
from math import ceil

import numpy as np
from numpy.typing import NDArray

from chorale.music.annotations import Annotations, Syllable
from chorale.music.chorales import Chorale
from chorale.music.plan import Plan
from chorale.music.repeats import FORM_MARKS, Stretch, find_order_of_play
from chorale.music.voices import REST

FEW_NOTES = 2  # at most, before a line's first word or between two words

Spans = Sequence[tuple[int, int]]  # first step and exclusive end


def unroll(chorale: Chorale) -> Chorale:
    """Return a chorale with its repeats played out; the chorale itself if it has none.

    Raises:
        OptionError: the music would last longer than MAX_STEPS.
    """
    order = find_order_of_play(chorale.annotations, chorale.plan.length_steps)
    spans = _join_stretches(order)
    if spans == [(0, chorale.plan.length_steps)]:
        return chorale
    steps = np.concatenate([np.arange(start, end) for start, end in spans])
    return replace(
        chorale,
        pitches=chorale.pitches[steps],
        onsets=_find_onsets(chorale, steps),
        plan=_unroll_plan(chorale.plan, steps),
        annotations=_unroll_annotations(chorale.annotations, order, spans),
    )


def _join_stretches(order: Sequence[Stretch]) -> Spans:
    """Return the music between two jumps."""
    spans: list[tuple[int, int]] = []
    for stretch in order:
        if spans and spans[-1][1] == stretch.start:
            spans[-1] = spans[-1][0], stretch.end
        else:
            spans.append((stretch.start, stretch.end))
    return spans


def _find_onsets(chorale: Chorale, steps: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return the onsets in the order of play, given the written step of each step, (T,)."""
    pitches, onsets = chorale.pitches[steps], chorale.onsets[steps]
    held_on = np.zeros_like(chorale.onsets)  # steps whose note goes on after them
    held_on[:-1] = ~chorale.onsets[1:] & (chorale.pitches[1:] == chorale.pitches[:-1])
    for joint in np.flatnonzero(np.diff(steps) != 1) + 1:
        is_tied = (
            held_on[steps[joint - 1]] & ~onsets[joint] & (pitches[joint] == pitches[joint - 1])
        )
        onsets[joint] = (pitches[joint] != REST) & ~is_tied
    return onsets


def _unroll_plan(plan: Plan, steps: NDArray[np.int64]) -> Plan:
    """Return the plan in the order of play, given the written step of each step, (T,)."""
    fermatas = None if plan.fermatas is None else plan.fermatas[steps]
    if not plan.metre:
        return Plan(len(steps), None, 0, plan.key, fermatas)
    bar = plan.metre.steps_per_bar
    downbeats = [place for place, step in enumerate(steps) if not plan.step_in_bar(int(step))]
    pickup = downbeats[0] % bar if downbeats else plan.pickup_steps
    early: list[int] = []
    for downbeat in downbeats:
        if (downbeat - (early[-1] if early else pickup)) % bar:
            early.append(downbeat)
    return Plan(len(steps), plan.metre, pickup, plan.key, fermatas, early_downbeats=tuple(early))


def _unroll_annotations(
    annotations: Annotations, order: Sequence[Stretch], spans: Spans
) -> Annotations:
    """Return the annotations in the order of play.

    Args:
        annotations: the annotations of the music as written.
        order: the stretches of music in the order of play.
        spans: the music between two jumps.
    """
    played: list[Annotations] = []
    marks = tuple(mark for mark in annotations.marks if mark.kind not in FORM_MARKS)
    others = replace(annotations, syllables=(), repeats=(), endings=(), marks=marks)
    parts = {span: _clip_hairpins(others, *span).excerpt(*span) for span in set(spans)}
    offset = 0
    for start, end in spans:
        played.append(parts[start, end].shifted(offset))
        offset += end - start
    return replace(
        others,
        syllables=tuple(
            sorted(_unroll_syllables(annotations.syllables, order), key=lambda each: each.step)
        ),
        chord_symbols=tuple(chain.from_iterable(each.chord_symbols for each in played)),
        harmony_labels=tuple(chain.from_iterable(each.harmony_labels for each in played)),
        marks=tuple(chain.from_iterable(each.marks for each in played)),
        spellings=tuple(chain.from_iterable(each.spellings for each in played)),
    )


def _clip_hairpins(annotations: Annotations, start: int, end: int) -> Annotations:
    """Return annotations whose hairpins lie within the steps from `start` to `end`, if they can."""
    return replace(
        annotations,
        marks=tuple(
            replace(mark, step=max(start, mark.step), end_step=min(end, mark.end_step))
            if mark.end_step is not None and mark.step < end and start < mark.end_step
            else mark
            for mark in annotations.marks
        ),
    )


def _unroll_syllables(
    syllables: Sequence[Syllable], order: Sequence[Stretch]
) -> Iterator[Syllable]:
    """Yield the syllables in the order of play, their verses numbered by strophes."""
    passes = {stretch.section: stretch.passing for stretch in order}  # the last ones remain
    lines: dict[int, int] = defaultdict(int)  # lines of words, by section
    spans = {(stretch.start, stretch.end): stretch.section for stretch in order}
    sung = {
        (start, end): [each for each in syllables if start <= each.step < end]
        for start, end in spans
    }
    for span, section in spans.items():
        most = max((syllable.verse for syllable in sung[span]), default=0)
        lines[section] = max(lines[section], most)
    strophes = max((lines[section] for section, number in passes.items() if number == 1), default=0)
    offset = 0
    for stretch in order:
        number = passes[stretch.section]
        by_pass = strophes < lines[stretch.section] <= number * max(1, strophes)
        chosen = sung[stretch.start, stretch.end]
        if number > 1 and by_pass:
            chosen = list(_choose_pass(chosen, stretch.passing, number, lines[stretch.section]))
        for syllable in chosen:
            yield replace(syllable, step=syllable.step - stretch.start + offset)
        offset += stretch.end - stretch.start


def _choose_pass(
    syllables: Sequence[Syllable], passing: int, passes: int, lines: int
) -> Iterator[Syllable]:
    """Yield the syllables that are sung in a pass, with the numbers of their strophes.

    Args:
        syllables: those of a stretch of music.
        passing: the pass, from 1.
        passes: number of passes of the section.
        lines: number of its lines of words.
    """
    by_voice: dict[int, dict[int, list[Syllable]]] = defaultdict(lambda: defaultdict(list))
    for syllable in syllables:
        by_voice[syllable.voice][syllable.verse].append(syllable)
    for voice in by_voice.values():
        for strophe in range(1, ceil(lines / passes) + 1):
            before = (strophe - 1) * passes
            for syllable in _merge_lines(voice, before + passing, before):
                yield replace(syllable, verse=strophe)


def _merge_lines(lines: Mapping[int, Sequence[Syllable]], line: int, before: int) -> list[Syllable]:
    """Return a line of words, with those of the lines above it where it has none.

    Args:
        lines: the syllables of a voice by their lines.
        line: number of the line.
        before: number of the last line of the strophe before.
    """
    merged: list[Syllable] = []
    for number in range(line, before, -1):
        above = sorted(lines.get(number, ()), key=lambda each: each.step)
        merged = _fill_gaps(merged, above) if merged else above
    return merged


def _fill_gaps(line: Sequence[Syllable], above: Sequence[Syllable]) -> list[Syllable]:
    """Return a line, not empty, with the syllables of another one in its gaps."""
    filled: list[Syllable] = []
    for syllable, following in pairwise([None, *line, None]):
        start = syllable.step if syllable else -1
        gap = [
            each
            for each in above
            if start < each.step and (following is None or each.step < following.step)
        ]
        if syllable:
            filled.append(syllable)
            is_free = not (syllable.hyphen or syllable.extender)
        else:
            is_free = len(gap) > FEW_NOTES
        if is_free and (following is None or len(gap) > FEW_NOTES):
            filled += gap
    return filled
