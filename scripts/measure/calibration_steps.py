"""The notes at each step of a chorale, with those before it: the input of detectors of figures."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from chorale.music import REST, STEPS_PER_QUARTER, Chorale

Ints = NDArray[np.integer[Any]]
Bools = NDArray[np.bool_]

BAR_STEPS = 4 * STEPS_PER_QUARTER
WINDOW_STEPS = STEPS_PER_QUARTER + 1  # from one beat to the next
LINE_NOTES = 5  # of each voice
NO_INTERVAL = 99  # semitones, in place of an interval that lacks a note
NO_NOTE_STEPS = 10_000  # age of a note that does not exist


@dataclass(frozen=True)
class Steps:
    """The notes at each of T steps, with the notes before it.

    Attributes:
        pitches: (T, WINDOW_STEPS, 4), sounding pitches of the last steps, the step itself at the
            end; REST before the first step.
        onsets: (T, WINDOW_STEPS, 4) bool, where notes start.
        lines: (T, 4, LINE_NOTES), pitches of each voice's last notes, the latest first, with the
            note that starts at the step; REST where there is none.
        ages: (T, 4, LINE_NOTES), steps since these notes started, 0 at the step.
        sixteenths: (T,), sixteenth of the beat, 0 to 3.
        closes: (T,), 1 where an inner fermata starts, 2 where the last one starts, else 0.
    """

    pitches: Ints
    onsets: Bools
    lines: Ints
    ages: Ints
    sixteenths: Ints
    closes: Ints

    @property
    def starts(self) -> Bools:
        """Where notes start at the step, (T, 4)."""
        return self.onsets[:, -1]

    @property
    def sounding(self) -> Ints:
        """The pitches that sound at the step, (T, 4)."""
        return self.pitches[:, -1]

    @property
    def intervals(self) -> Ints:
        """Semitones to each note of `lines` from the note before, (T, 4, LINE_NOTES - 1)."""
        later, earlier = self.lines[..., :-1], self.lines[..., 1:]
        absent = (later == REST) | (earlier == REST)
        return np.where(absent, NO_INTERVAL, later - earlier)

    @property
    def bars(self) -> NDArray[np.float64]:
        """The share of a bar that each step is, (T,)."""
        return np.full(len(self.sixteenths), 1 / BAR_STEPS)

    @property
    def beats(self) -> Bools:
        """Where beats start, (T,)."""
        return np.asarray(self.sixteenths == 0)


class Count(NamedTuple):
    """Where a figure completes, and where it could.

    Attributes:
        figure: name, with the unit after a comma.
        hits: (T,), (T, 4) or, of chords, at those steps alone that have a chance; bool or numbers.
        chances: in the same shape, or summed to one per step.
    """

    figure: str
    hits: NDArray[Any]
    chances: NDArray[Any]


def collect_steps(
    chorale: Chorale, pitches: Ints | None = None, onsets: Bools | None = None
) -> Steps:
    """Collect the notes at each step of a chorale and before it.

    Args:
        chorale: the chorale, whose notes are the past of every step.
        pitches: (T, 4), the notes that sound at each step instead of the chorale's; REST allowed.
        onsets: (T, 4) bool, which of them start at the step.
    """
    own = chorale.pitches.astype(int)
    pitches = own if pitches is None else pitches
    onsets = chorale.onsets if onsets is None else onsets
    lines, ages = zip(
        *(
            _follow_line(own[:, voice], chorale.onsets[:, voice], pitches[:, voice], onset)
            for voice, onset in enumerate(onsets.T)
        ),
        strict=True,
    )
    closes = np.zeros(len(own), int)
    for start, _ in chorale.plan.fermata_spans:
        closes[start] = 1
    closes[np.flatnonzero(closes)[-1:]] = 2
    return Steps(
        _window(own, pitches, REST),
        _window(chorale.onsets, onsets, False),
        np.stack(lines, axis=1),
        np.stack(ages, axis=1),
        (np.arange(len(own)) - chorale.plan.pickup_steps) % STEPS_PER_QUARTER,
        closes,
    )


def _window(past: NDArray[Any], now: NDArray[Any], before: int) -> NDArray[Any]:
    """Return the last steps of `past`, with `now` in place of the step itself, (T, W, 4)."""
    padded = np.pad(past, [(WINDOW_STEPS - 1, 0), (0, 0)], constant_values=before)
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW_STEPS, axis=0)
    windows = windows.transpose(0, 2, 1).copy()
    windows[:, -1] = now
    return windows


def _follow_line(past: Ints, past_onsets: Bools, now: Ints, onsets: Bools) -> tuple[Ints, Ints]:
    """Return one voice's last notes at each step and their ages, both (T, LINE_NOTES)."""
    steps = np.arange(len(past))
    started = np.concatenate([np.full(LINE_NOTES, -NO_NOTE_STEPS), np.flatnonzero(past_onsets)])
    earlier = np.searchsorted(started, steps)  # number of notes that started before the step
    which = started[earlier[:, None] - 1 - np.arange(LINE_NOTES)]
    lines = np.where(which < 0, REST, past[np.maximum(which, 0)])
    ages = steps[:, None] - which
    with_new = np.concatenate([now[:, None], lines[:, :-1]], axis=1)
    with_new_ages = np.concatenate([np.zeros_like(ages[:, :1]), ages[:, :-1]], axis=1)
    is_new = onsets[:, None]
    return np.where(is_new, with_new, lines), np.where(is_new, with_new_ages, ages)
