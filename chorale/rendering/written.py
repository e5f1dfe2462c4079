"""What stands in the bars of a score: notes and rests that one sign can write, tied where needed.

A note is split at bar lines, and within a bar so that the beats can be seen. Source for the
splitting: E. Gould, Behind Bars (2011), but for syncopations over the middle of a bar, which scores
of Bach's chorales write without a tie; measured on them by `scripts/spelling_figures.py`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chorale.music import REST, VOICES, Chorale, Metre, Note, Plan, notes

# Steps that one sign, dotted or not, can write, from the dotted whole note down.
WRITABLE_STEPS = (24, 16, 12, 8, 6, 4, 3, 2, 1)

_SOPRANO, _BASS = 0, len(VOICES) - 1


@dataclass(frozen=True)
class Sign:
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
    """The measures, the pickup first; in 4/4 where the metre is unknown."""
    length = metre_of(plan).steps_per_bar
    start, end = 0, plan.pickup_steps or length
    bars = []
    while start < plan.length_steps:
        bars.append(Bar(plan.bar_at(start), start, min(end, plan.length_steps)))
        start, end = end, end + length
    return bars


def metre_of(plan: Plan) -> Metre:
    """The metre in which a chorale is written."""
    return plan.metre or Metre(4, 4)


def sounding_voices(chorale: Chorale) -> list[int]:
    """The voices that sound at all, 0 to 3; all of them in silence."""
    sounding = (chorale.pitches != REST).any(axis=0)
    return [voice for voice in range(len(VOICES)) if sounding[voice] or not sounding.any()]


def signs_of(chorale: Chorale, voice: int, fermatas: bool = True) -> list[list[Sign]]:
    """What is written for a voice, bar by bar.

    Args:
        chorale: the music.
        voice: 0 to 3.
        fermatas: whether this voice carries those of the plan: on the last sign of the note that
            sounds where a fermata ends.
    """
    line = notes(chorale, voice)
    under = {end for _, end in chorale.plan.fermata_spans} if fermatas else set()
    return [list(_signs_of_bar(line, bar, chorale.plan, under)) for bar in bars_of(chorale.plan)]


def _signs_of_bar(line: Sequence[Note], bar: Bar, plan: Plan, under: set[int]) -> Iterator[Sign]:
    now = bar.start_step
    for number, note in enumerate(line):
        start, end = note.onset_step, note.onset_step + note.length_steps
        if end <= bar.start_step or start >= bar.end_step:
            continue
        yield from _rests(now, max(start, now), bar, plan)
        now = min(end, bar.end_step)
        for first, last in _split(max(start, bar.start_step), now, plan):
            held = any(first < step <= last for step in under)
            yield Sign(first, last - first, number, first > start, last < end, held)
    yield from _rests(now, bar.end_step, bar, plan)


def _rests(start: int, end: int, bar: Bar, plan: Plan) -> Iterator[Sign]:
    if end - start == metre_of(plan).steps_per_bar:
        yield Sign(start, end - start, None, whole_bar=True)
        return
    for first, last in _split(start, end, plan):
        yield Sign(first, last - first, None)


def _split(start: int, end: int, plan: Plan) -> Iterator[tuple[int, int]]:
    """Start and end of the signs that write steps `start` to before `end` of one bar."""
    metre = metre_of(plan)
    downbeat = plan.bar_start(plan.bar_at(start))
    if start < plan.pickup_steps:
        downbeat = plan.pickup_steps - metre.steps_per_bar
    while start < end:
        length = _sign_length(start - downbeat, end - start, metre)
        yield start, start + length
        start += length


def _sign_length(place: int, length: int, metre: Metre) -> int:
    """The steps of the next sign, for `length` steps from `place` steps after the downbeat on."""
    beat = beat_steps(metre)
    to_next_beat = beat - place % beat
    if place % beat and length > to_next_beat and not _syncopated(place, length, metre):
        length = to_next_beat
    return next(size for size in WRITABLE_STEPS if size <= length)


def _syncopated(place: int, length: int, metre: Metre) -> bool:
    """Whether it is a beat's length from half a beat on, which is written without a tie."""
    beat = beat_steps(metre)
    return length == beat and 2 * (place % beat) == beat


def beat_steps(metre: Metre) -> int:
    """Steps from one beat to the next as they are felt: in 6/8 three eighths."""
    unit = int(metre.steps_per_beat)
    compound = metre.numerator % 3 == 0 and (metre.numerator > 3 or metre.denominator > 4)
    return 3 * unit if compound else unit
