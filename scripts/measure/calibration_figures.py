"""Musical figures, counted at the step where they complete.

A detector takes `Steps`, the notes at each of T steps with those before it, and yields a `Count`
for each of its figures: whether the figure completes at the step, and whether it could have. So the
same detector counts a figure in a chorale, and in steps that a network draws one by one after
another chorale's past. Every value is 100 times the sum of the hits over the sum of the chances:
a percentage, or a number per 100 bars or per 100 beats.

A figure completes at the first step at which it is certain: a note that is held for six sixteenths
at the sixth, a beat with a note off the beat at the first such note. After Bach's past a figure of
several steps can only complete where he began it. So figures that he hardly begins are counted as a
share of their beginnings too ("after B A B A: B").

Conventions:
- A beat is a quarter, a bar 16 steps whatever the metre. The half of a beat is its third sixteenth.
- A second is a melodic interval of one or two semitones. Successive notes are compared across
  rests and fermatas too.
- Passing and neighbour notes are defined by melody alone: a note off the beat, at most an eighth
  long, between two seconds in the same direction (passing) or with the same note on both sides
  (neighbour).
- A suspension is a note that is held over a beat at which another voice strikes a dissonance with
  it (a second or seventh, or a fourth above the bass voice), and that moves a second down within a
  quarter.
- Chords and their kinds are those of `chorale.analysis.harmony`, parallels those of
  `chorale.analysis.figures`.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

import numpy as np
from calibration_harmony import (
    count_chords,
    count_closes,
    count_part_writing,
    count_root_motion,
)
from calibration_steps import NO_INTERVAL, WINDOW_STEPS, Bools, Count, Ints, Steps

from chorale.music import BASS, OCTAVE, REST, STEPS_PER_QUARTER, VOICES

HALF_BEAT = STEPS_PER_QUARTER // 2
SECOND = 2  # semitones of the largest
DISSONANCES = (1, 2, 10, 11)  # semitones modulo the octave
FOURTH = 5  # semitones; a dissonance above the bass

Detector = Callable[[Steps], Iterator[Count]]


# melody


def _is_second(intervals: Ints) -> Bools:
    return np.asarray((intervals != 0) & (np.abs(intervals) <= SECOND))


def count_continuations(steps: Steps) -> Iterator[Count]:
    """Count how a line goes on after a second up or down."""
    last, before = steps.intervals[..., 0], steps.intervals[..., 1]
    second = _is_second(last)
    kinds = {
        "on by step": second & (np.sign(last) == np.sign(before)),
        "back by step": second & (np.sign(last) != np.sign(before)),
        "a repeated note": last == 0,
        "a leap": (np.abs(last) > SECOND) & (last != NO_INTERVAL),
    }
    for voice, name in enumerate(VOICES):
        for way, sign in (("up", 1), ("down", -1)):
            after = steps.starts & _is_second(before) & (np.sign(before) == sign)
            for kind, holds in kinds.items():
                chances = after[:, voice]
                yield Count(
                    f"{name}, after a step {way}: {kind}, %", chances & holds[:, voice], chances
                )


def count_runs(steps: Steps) -> Iterator[Count]:
    """Count notes that alternate, scales, and tritones of the bass."""
    intervals, starts = steps.intervals, steps.starts
    seconds = _is_second(intervals)
    turns = intervals[..., 1:] == -intervals[..., :-1]
    alternate = starts & seconds.all(-1) & turns.all(-1)
    after_four = starts & seconds[..., 1:].all(-1) & turns[..., 1:].all(-1)
    same_way = np.abs(np.sign(intervals[..., :3]).sum(-1)) == 3
    scales = starts & seconds[..., :3].all(-1) & same_way
    for voice, name in enumerate(VOICES):
        yield Count(f"{name}: five notes B A B A B, per 100 bars", alternate[:, voice], steps.bars)
    for voice, name in enumerate(VOICES):
        chances = after_four[:, voice]
        yield Count(f"{name}, after B A B A: B, %", alternate[:, voice], chances)
    for voice, name in enumerate(VOICES):
        yield Count(f"{name}: four notes of a scale, per 100 bars", scales[:, voice], steps.bars)
    for way, size in (("down", -OCTAVE // 2), ("up", OCTAVE // 2)):
        tritones = starts[:, BASS] & (intervals[:, BASS, 0] == size)
        yield Count(f"bass: tritone {way}, per 100 bars", tritones, steps.bars)


INTERVALS = {  # lowest and highest number of semitones
    "repeated note": (0, 0),
    "second": (1, 2),
    "third": (3, 4),
    "fourth to seventh": (5, 11),
    "octave or more": (12, 98),
}


def count_intervals(steps: Steps) -> Iterator[Count]:
    """Count the melodic intervals of each voice."""
    sizes = np.abs(steps.intervals[..., 0])
    for voice, name in enumerate(VOICES):
        chances = steps.starts[:, voice] & (sizes[:, voice] != NO_INTERVAL)
        for kind, (low, high) in INTERVALS.items():
            holds = (sizes[:, voice] >= low) & (sizes[:, voice] <= high)
            yield Count(f"{name}: {kind}, % of intervals", chances & holds, chances)


# rhythm


def count_offbeats(steps: Steps) -> Iterator[Count]:
    """Count the beats in which notes start off the beat, and how many voices move at its half."""
    first = np.zeros(steps.starts.shape, np.bool_)  # the first start off the beat in this beat
    first_of_all = np.zeros(len(first), np.bool_)
    for sixteenth in range(1, STEPS_PER_QUARTER):
        at = steps.sixteenths == sixteenth
        earlier = steps.onsets[:, WINDOW_STEPS - sixteenth : -1]
        first |= at[:, None] & steps.starts & ~earlier.any(axis=1)
        first_of_all |= at & steps.starts.any(axis=1) & ~earlier.any(axis=(1, 2))
    yield Count("beats with a note off the beat, %", first_of_all, steps.beats)
    for voice, name in enumerate(VOICES):
        yield Count(f"{name}: beats with a note off the beat, %", first[:, voice], steps.beats)
    half, moving = steps.sixteenths == HALF_BEAT, steps.starts.sum(axis=1)
    for number in range(len(VOICES) + 1):
        name = f"voices that start a note at the half of a beat: {number}, % of beats"
        yield Count(name, half & (moving == number), half)
    odd = steps.sixteenths % HALF_BEAT == 1
    for voice, name in enumerate(VOICES):
        sixteenths = odd & steps.starts[:, voice]
        yield Count(f"{name}: notes on odd sixteenths, per 100 beats", sixteenths, steps.beats)


PATTERNS = ("....", "x...", "x.x.", "..x.", "x.xx", "xxx.", "xxxx", "x..x")


def count_patterns(steps: Steps) -> Iterator[Count]:
    """Count the sixteenths of a beat at which any voice starts a note, as "x" and "."."""
    last = steps.sixteenths == STEPS_PER_QUARTER - 1
    struck = steps.onsets[:, -STEPS_PER_QUARTER:].any(axis=2)
    others = last.copy()
    for pattern in PATTERNS:
        same = last & (struck == [sign == "x" for sign in pattern]).all(axis=1)
        others &= ~same
        yield Count(f"onsets of a beat: `{pattern}`, %", same, last)
    yield Count("onsets of a beat: others, %", others, last)


LENGTHS = {  # in steps
    "sixteenth": 1,
    "eighth": 2,
    "dotted eighth": 3,
    "quarter": 4,
    "dotted quarter": 6,
    "half": 8,
}


def count_lengths(steps: Steps) -> Iterator[Count]:
    """Count the lengths of the notes that end, by where they start, and syncopations."""
    was_sounding = steps.pitches[:, -2] != REST
    ends = was_sounding & (steps.starts | (steps.sounding == REST))
    lengths = np.where(steps.starts, steps.ages[..., 1], steps.ages[..., 0])
    places = (steps.sixteenths[:, None] - lengths) % STEPS_PER_QUARTER
    for place, sixteenth in (("on a beat", 0), ("at the half of a beat", HALF_BEAT)):
        chances = ends & (places == sixteenth)
        others = chances & ~np.isin(lengths, list(LENGTHS.values()))
        for name, length in LENGTHS.items():
            yield Count(f"notes {place}: {name}, %", chances & (lengths == length), chances)
        yield Count(f"notes {place}: another length, %", others, chances)
    from_half = was_sounding & (places == HALF_BEAT)
    held = ~ends & from_half
    for name, length in (("over the beat", HALF_BEAT + 1), ("for six sixteenths or more", 6)):
        hits = held & (lengths == length - 1)
        figure = f"notes at the half of a beat that are held {name}, per 100 bars"
        yield Count(figure, hits.sum(axis=1), steps.bars)
    quarters = from_half & (lengths == STEPS_PER_QUARTER)
    yield Count("quarters at the half of a beat that are held on, %", held & quarters, quarters)
    silent = steps.sounding == REST
    yield Count("silent voices, % of notes", silent, np.ones_like(silent))


# notes off the beat, and suspensions


def find_passing(steps: Steps) -> Bools:
    """Find where passing notes off the beat complete, (T, 4)."""
    same_way = np.sign(steps.intervals[..., 0]) == np.sign(steps.intervals[..., 1])
    return _between_seconds(steps) & same_way


def find_neighbours(steps: Steps) -> Bools:
    """Find where neighbour notes off the beat complete, (T, 4)."""
    return _between_seconds(steps) & (steps.intervals[..., 0] == -steps.intervals[..., 1])


def _between_seconds(steps: Steps) -> Bools:
    length = steps.ages[..., 1]  # of the note before the one that starts
    off_beat = (steps.sixteenths[:, None] - length) % STEPS_PER_QUARTER != 0
    seconds = _is_second(steps.intervals[..., :2]).all(-1)
    return np.asarray(steps.starts & seconds & off_beat & (length <= HALF_BEAT))


def count_ornaments(steps: Steps) -> Iterator[Count]:
    """Count passing notes and neighbour notes off the beat."""
    neighbours = find_neighbours(steps)
    for kind, found in (("passing notes", find_passing(steps)), ("neighbour notes", neighbours)):
        for voice, name in enumerate(VOICES):
            yield Count(f"{name}: {kind} off the beat, per 100 beats", found[:, voice], steps.beats)
    together = np.zeros(len(neighbours), np.bool_)
    for one, other in combinations(range(len(VOICES)), 2):
        at_once = steps.ages[:, one, 1] == steps.ages[:, other, 1]
        together |= neighbours[:, one] & neighbours[:, other] & at_once
    yield Count("two voices with a neighbour note together, per 100 beats", together, steps.beats)


def count_resolutions(steps: Steps) -> Iterator[Count]:
    """Count how notes off the beat that were reached by step and are dissonant are left."""
    last, before = steps.intervals[..., 0], steps.intervals[..., 1]
    length = steps.ages[..., 1]
    off_beat = (steps.sixteenths[:, None] - length) % STEPS_PER_QUARTER != 0
    short = steps.starts & _is_second(before) & off_beat & (length <= HALF_BEAT)
    chances = short & _clashes(steps.pitches[:, -2])
    kinds = {
        "on by step": _is_second(last) & (np.sign(last) == np.sign(before)),
        "back by step": _is_second(last) & (np.sign(last) != np.sign(before)),
        "a leap": (np.abs(last) > SECOND) & (last != NO_INTERVAL),
    }
    for name, voices in (("upper voices", np.s_[:BASS]), ("bass", np.s_[BASS:])):
        for kind, holds in kinds.items():
            of_voices = chances[:, voices]
            figure = f"{name}, after a dissonant note off the beat: {kind}, %"
            yield Count(figure, of_voices & holds[:, voices], of_voices)


def _clashes(pitches: Ints) -> Bools:
    """Return which voices are in a second, seventh or tritone with another one, (T, 4)."""
    sounds = pitches != REST
    both = sounds[:, :, None] & sounds[:, None]
    sizes = np.abs(pitches[:, :, None] - pitches[:, None]) % OCTAVE
    return (both & np.isin(sizes, (*DISSONANCES, OCTAVE // 2))).any(axis=2)


def find_suspensions(steps: Steps) -> Bools:
    """Find where suspensions resolve, (T, 4)."""
    resolves = steps.starts & (steps.intervals[..., 0] < 0) & _is_second(steps.intervals[..., 0])
    found = np.zeros(resolves.shape, np.bool_)
    for back in range(1, WINDOW_STEPS):
        then, struck = steps.pitches[:, -1 - back], steps.onsets[:, -1 - back]
        on_beat = (steps.sixteenths - back) % STEPS_PER_QUARTER == 0
        for voice, other in ((v, o) for v in range(len(VOICES)) for o in range(len(VOICES))):
            if voice == other:
                continue
            held = steps.ages[:, voice, 1] > back
            size = np.abs(then[:, voice] - then[:, other]) % OCTAVE
            clash = np.isin(size, DISSONANCES)
            if other == BASS:
                clash |= (then[:, voice] - then[:, other]) % OCTAVE == FOURTH
            sounds = (then[:, voice] != REST) & (then[:, other] != REST)
            found[:, voice] |= on_beat & held & struck[:, other] & sounds & clash
    return resolves & found


def count_suspensions(steps: Steps) -> Iterator[Count]:
    """Count suspensions by voice."""
    found = find_suspensions(steps)
    for voice, name in enumerate(VOICES):
        yield Count(f"{name}: suspensions, per 100 beats", found[:, voice], steps.beats)


DETECTORS: Sequence[Detector] = (
    count_continuations,
    count_runs,
    count_intervals,
    count_offbeats,
    count_patterns,
    count_lengths,
    count_ornaments,
    count_resolutions,
    count_suspensions,
    count_chords,
    count_root_motion,
    count_part_writing,
    count_closes,
)


def count_figures(steps: Steps) -> dict[str, tuple[float, float]]:
    """Count every figure of DETECTORS: the sums of its hits and of its chances, by its name."""
    return {
        figure: (float(hits.sum()), float(chances.sum()))
        for detector in DETECTORS
        for figure, hits, chances in detector(steps)
    }
