"""The notes and rests of a score's measures, each with one note value, tied where needed.

A note is split at bar lines, and within a measure so that the beats can be seen. Source for the
splitting: E. Gould, Behind Bars (2011), except for syncopations over the middle of a measure, which
scores of Bach's chorales write without a tie; measured on them by `scripts/measure/spelling.py`.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from chorale.music import (
    REST,
    STEPS_PER_QUARTER,
    VOICES,
    Annotations,
    Chorale,
    Metre,
    Note,
    Plan,
    notes,
)
from chorale.music.annotations import Ending, Repeat

# Lengths that one note value, dotted or not, can have, from the dotted whole note down.
WRITABLE_STEPS = (24, 16, 12, 8, 6, 4, 3, 2, 1)


@dataclass(frozen=True)
class WrittenNote:
    """A note or rest of one note value.

    Attributes:
        start_step: start, from the start of the chorale.
        length_steps: length, one of WRITABLE_STEPS unless the note is a whole-bar rest.
        number: index of the note in its voice, from 0; None for a rest.
        tied_before: whether a tie joins it to an earlier part of the same note.
        tied_after: whether a tie joins it to a later part of the same note.
        fermata: whether it carries a fermata.
        whole_bar: whether it is a rest that fills its measure, written as a whole rest.
    """

    start_step: int
    length_steps: int
    number: int | None
    tied_before: bool = False
    tied_after: bool = False
    fermata: bool = False
    whole_bar: bool = False


@dataclass(frozen=True)
class Bar:
    """A measure, or a part of one that a repeat sign divides.

    Attributes:
        number: number in the score; a pickup is 0.
        start_step: first step.
        end_step: exclusive end.
        lead_steps: steps of a full measure that are missing before it: those before a pickup, and
            those of the measure's earlier parts.
        part: which part of the measure it is, from 0.
        parts: number of parts of the measure.
    """

    number: int
    start_step: int
    end_step: int
    lead_steps: int = 0
    part: int = 0
    parts: int = 1


def score_bars(chorale: Chorale) -> list[Bar]:
    """List the measures of a score, divided where a repeat or an ending starts or ends."""
    return list_bars(chorale.plan, section_borders(chorale.annotations))


def section_borders(annotations: Annotations) -> set[int]:
    """Return the steps at which a repeat or an ending starts or ends."""
    spans: list[Repeat | Ending] = [*annotations.repeats, *annotations.endings]
    return {step for span in spans for step in (span.start_step, span.end_step)}


def list_bars(plan: Plan, borders: Collection[int] = ()) -> list[Bar]:
    """List the measures, the pickup first; in 4/4 if the metre is unknown.

    The last measure is shortened by the pickup, as in hymn books. If the music ends
    elsewhere, the last measure is whole and ends after the music.

    Args:
        plan: metre, pickup, early downbeats and length.
        borders: steps at which a measure is divided; those outside the music have no effect.
    """
    length = plan.counted_metre.steps_per_bar
    start = 0
    bars = []
    while start < plan.length_steps:
        number = plan.bar_at(start)
        end = plan.bar_start(number + 1)
        bars.append(Bar(number, start, end))
        start = end
    last = bars[-1]
    if plan.length_steps - last.start_step in (length - plan.pickup_steps, plan.length_steps):
        last = replace(last, end_step=min(last.end_step, plan.length_steps))
    bars[-1] = last
    if bars[0].number == 0:
        bars[0] = replace(bars[0], lead_steps=length - bars[0].end_step)
    inner = sorted(step for step in borders if step < plan.length_steps)
    return [part for bar in bars for part in _divide(bar, inner)]


def _divide(bar: Bar, borders: Sequence[int]) -> Iterator[Bar]:
    """Yield the parts of a measure between the borders that lie in it."""
    within = [step for step in borders if bar.start_step < step < bar.end_step]
    for part, (start, end) in enumerate(pairwise([bar.start_step, *within, bar.end_step])):
        lead = bar.lead_steps + start - bar.start_step
        yield Bar(bar.number, start, end, lead, part, len(within) + 1)


def sounding_voices(chorale: Chorale) -> list[int]:
    """Return the voices, 0 to 3, that have a note; all four if none has."""
    sounding = (chorale.pitches != REST).any(axis=0)
    return [voice for voice in range(len(VOICES)) if sounding[voice] or not sounding.any()]


def notate_voice(
    chorale: Chorale, voice: int, fermatas: bool = True, bars: Sequence[Bar] | None = None
) -> list[list[WrittenNote]]:
    """Split the notes and rests of a voice into note values, measure by measure.

    Args:
        chorale: four voices.
        voice: 0 to 3.
        fermatas: whether this voice carries the plan's fermatas. A fermata stands on the last part
            of the note that sounds at its end.
        bars: the measures; None for those of `score_bars`, which repeats divide.
    """
    plan, line = chorale.plan, notes(chorale, voice)
    ends = [note.onset_step + note.length_steps for note in line]
    fermata_ends = {end for _, end in plan.fermata_spans} if fermatas else set()
    written = []
    for bar in score_bars(chorale) if bars is None else bars:
        first = bisect_right(ends, bar.start_step)  # first note that ends after the measure starts
        written.append(list(_notate_bar(line, first, bar, plan, fermata_ends)))
    return written


def _notate_bar(
    line: Sequence[Note], first: int, bar: Bar, plan: Plan, fermata_ends: set[int]
) -> Iterator[WrittenNote]:
    """Yield the notes and rests of a measure, from the note with index `first` on."""
    now, number = bar.start_step, first
    while number < len(line) and line[number].onset_step < bar.end_step:
        start = line[number].onset_step
        end = start + line[number].length_steps
        yield from _notate_rest(now, max(start, now), plan)
        now = min(end, bar.end_step)
        for part_start, part_end in _split(max(start, bar.start_step), now, plan, _note_length):
            yield WrittenNote(
                part_start,
                part_end - part_start,
                number,
                tied_before=part_start > start,
                tied_after=part_end < end,
                fermata=any(part_start < step <= part_end for step in fermata_ends),
            )
        number += 1
    yield from _notate_rest(now, bar.end_step, plan)


def _notate_rest(start: int, end: int, plan: Plan) -> Iterator[WrittenNote]:
    """Yield the rests from `start` up to `end` (exclusive)."""
    if end - start == plan.counted_metre.steps_per_bar:
        yield WrittenNote(start, end - start, None, whole_bar=True)
        return
    for part_start, part_end in _split(start, end, plan, _rest_length):
        yield WrittenNote(part_start, part_end - part_start, None)


def _split(
    start: int, end: int, plan: Plan, next_length: Callable[[int, int, Metre], int]
) -> Iterator[tuple[int, int]]:
    """Yield start and exclusive end of each note value from `start` to `end` within a measure.

    `next_length` computes the length of the next note value, as `_note_length` does.
    """
    metre = plan.counted_metre
    downbeat = plan.bar_start(plan.bar_at(start))
    if start < plan.pickup_steps:
        downbeat = plan.pickup_steps - metre.steps_per_bar
    while start < end:
        length = next_length(start - downbeat, end - start, metre)
        yield start, start + length
        start += length


def _note_length(place: int, length: int, metre: Metre) -> int:
    """Return the length of the first note value of a note, in steps.

    Args:
        place: steps from the downbeat.
        length: length of the note, or of its remaining part.
        metre: time signature.
    """
    beat = beat_length(metre)
    to_next_beat = beat - place % beat
    if place % beat and length > to_next_beat and not _is_syncopation(place, length, metre):
        length = to_next_beat
    whole_beats = length > beat and _is_compound(metre)
    return next(
        size
        for size in WRITABLE_STEPS
        if size <= length and not (whole_beats and size % beat and size > beat)
    )


def _rest_length(place: int, length: int, metre: Metre) -> int:
    """Return the length of the first note value of a rest, as `_note_length` does for a note.

    Rests show the beats more strictly than notes: only a rest of whole compound beats is dotted.
    """
    beat = beat_length(metre)
    if _is_compound(metre):
        if place % beat == 0 and length >= beat:
            return beat
        unit = beat // 3
        return next(
            size
            for size in (2 * unit, unit, 4, 2, 1)
            if size <= min(length, beat - place % beat)
            and place % beat % size == 0
            and (size < 2 * unit or place % beat == 0)
        )
    longest = 2 * beat if metre.numerator % 2 == 0 else max(beat, STEPS_PER_QUARTER)
    return next(
        size for size in (16, 8, 4, 2, 1) if size <= min(length, longest) and place % size == 0
    )


def _is_syncopation(place: int, length: int, metre: Metre) -> bool:
    """Whether a note is one beat long and starts half a beat late, so that it needs no tie."""
    beat = beat_length(metre)
    return length == beat and 2 * (place % beat) == beat and not _is_compound(metre)


def beat_length(metre: Metre) -> int:
    """Return the length of the beat as it is felt, in steps: three eighths in 6/8."""
    unit = int(metre.steps_per_beat)
    return 3 * unit if _is_compound(metre) else unit


def _is_compound(metre: Metre) -> bool:
    return metre.numerator % 3 == 0 and (metre.numerator > 3 or metre.denominator > 4)
