"""What stands in the bars of a score: notes and rests that one sign can write, tied where needed.

A note is split at bar lines, and within a bar so that the beats can be seen. Source for the
splitting: E. Gould, Behind Bars (2011), but for syncopations over the middle of a bar, which scores
of Bach's chorales write without a tie; measured on them by `scripts/spelling_figures.py`.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from chorale.music import REST, STEPS_PER_QUARTER, VOICES, Chorale, Metre, Note, Plan, notes

# Steps that one sign, dotted or not, can write, from the dotted whole note down.
WRITABLE_STEPS = (24, 16, 12, 8, 6, 4, 3, 2, 1)

_SOPRANO, _BASS = 0, len(VOICES) - 1


@dataclass(frozen=True)
class WrittenNote:
    """A note or a rest as it is written.

    Attributes:
        start_step: from the start of the chorale.
        length_steps: one of WRITABLE_STEPS, but for a rest that fills its bar.
        number: of the note in its voice, from 0; None for a rest.
        tied_before: a note's sound began with an earlier sign.
        tied_after: it goes on with a later one.
        fermata: whether it carries one.
        whole_bar: whether it is a rest that fills its bar, no short one.
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
    """A measure: its number, as scores count (a pickup is 0), and its steps, the end exclusive."""

    number: int
    start_step: int
    end_step: int


def bars_of(plan: Plan) -> list[Bar]:
    """The measures, the pickup first; in 4/4 where the metre is unknown.

    The last one is as short as the pickup makes it, as in hymn books; a last bar that is short
    otherwise is a whole one, which ends after the music.
    """
    length = metre_of(plan).steps_per_bar
    start, end = 0, plan.pickup_steps or length
    bars = []
    while start < plan.length_steps:
        bars.append(Bar(plan.bar_at(start), start, end))
        start, end = end, end + length
    last = bars[-1]
    if plan.length_steps - last.start_step in (length - plan.pickup_steps, plan.length_steps):
        last = replace(last, end_step=min(last.end_step, plan.length_steps))
    return [*bars[:-1], last]


def metre_of(plan: Plan) -> Metre:
    """The metre in which a chorale is written."""
    return plan.metre or Metre(4, 4)


def sounding_voices(chorale: Chorale) -> list[int]:
    """The voices that sound at all, 0 to 3; all of them in silence."""
    sounding = (chorale.pitches != REST).any(axis=0)
    return [voice for voice in range(len(VOICES)) if sounding[voice] or not sounding.any()]


def signs_of(chorale: Chorale, voice: int, fermatas: bool = True) -> list[list[WrittenNote]]:
    """What is written for a voice, bar by bar.

    Args:
        chorale: the music.
        voice: 0 to 3.
        fermatas: whether this voice carries those of the plan: on the last sign of the note that
            sounds where a fermata ends.
    """
    plan, line = chorale.plan, notes(chorale, voice)
    ends = [note.onset_step + note.length_steps for note in line]
    under = {end for _, end in plan.fermata_spans} if fermatas else set()
    signs = []
    for bar in bars_of(plan):
        first = bisect_right(ends, bar.start_step)  # the first note that ends after it starts
        signs.append(list(_signs_of_bar(line, first, bar, plan, under)))
    return signs


def _signs_of_bar(
    line: Sequence[Note], first: int, bar: Bar, plan: Plan, under: set[int]
) -> Iterator[WrittenNote]:
    now, number = bar.start_step, first
    while number < len(line) and line[number].onset_step < bar.end_step:
        start = line[number].onset_step
        end = start + line[number].length_steps
        yield from _rests(now, max(start, now), plan)
        now = min(end, bar.end_step)
        for begun, left in _split(max(start, bar.start_step), now, plan, _note_steps):
            held = any(begun < step <= left for step in under)
            yield WrittenNote(begun, left - begun, number, begun > start, left < end, held)
        number += 1
    yield from _rests(now, bar.end_step, plan)


def _rests(start: int, end: int, plan: Plan) -> Iterator[WrittenNote]:
    if end - start == metre_of(plan).steps_per_bar:
        yield WrittenNote(start, end - start, None, whole_bar=True)
        return
    for first, last in _split(start, end, plan, _rest_steps):
        yield WrittenNote(first, last - first, None)


def _split(
    start: int, end: int, plan: Plan, steps: Callable[[int, int, Metre], int]
) -> Iterator[tuple[int, int]]:
    """Start and end of the signs that write steps `start` to before `end` of one bar.

    `steps` tells how long the next sign is: see `_note_steps`.
    """
    metre = metre_of(plan)
    downbeat = plan.bar_start(plan.bar_at(start))
    if start < plan.pickup_steps:
        downbeat = plan.pickup_steps - metre.steps_per_bar
    while start < end:
        length = steps(start - downbeat, end - start, metre)
        yield start, start + length
        start += length


def _note_steps(place: int, length: int, metre: Metre) -> int:
    """The steps of a note's next sign, for `length` steps from `place` after the downbeat on."""
    beat = beat_steps(metre)
    to_next_beat = beat - place % beat
    if place % beat and length > to_next_beat and not _syncopated(place, length, metre):
        length = to_next_beat
    whole_beats = length > beat and _is_compound(metre)
    return next(
        size
        for size in WRITABLE_STEPS
        if size <= length and not (whole_beats and size % beat and size > beat)
    )


def _rest_steps(place: int, length: int, metre: Metre) -> int:
    """As `_note_steps`, of a rest, which shows the beats more strictly: no dots but for beats."""
    beat = beat_steps(metre)
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


def _syncopated(place: int, length: int, metre: Metre) -> bool:
    """Whether it is a beat's length from half a beat on, which is written without a tie."""
    beat = beat_steps(metre)
    return length == beat and 2 * (place % beat) == beat and not _is_compound(metre)


def beat_steps(metre: Metre) -> int:
    """Steps from one beat to the next as they are felt: in 6/8 three eighths."""
    unit = int(metre.steps_per_beat)
    return 3 * unit if _is_compound(metre) else unit


def _is_compound(metre: Metre) -> bool:
    return metre.numerator % 3 == 0 and (metre.numerator > 3 or metre.denominator > 4)
