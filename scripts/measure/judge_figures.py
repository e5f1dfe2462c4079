"""All figures of windows, and the table of their counts.

Besides the counts of `judge_melodies` and `judge_harmonies`, a window has measures: ranges,
means and how varied it is. Their names end in MEASURE.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from judge_harmonies import all_voice_figures, chord_name, pair_figures
from judge_melodies import EIGHTH, beat_patterns, melody, voice_figures
from judge_windows import BAR_STEPS, Window
from numpy.typing import NDArray

from chorale.analysis.harmony import identify_chord
from chorale.music import OCTAVE, STEPS_PER_QUARTER, VOICES

MEASURE = " (of the window)"
LEAST_SHARE = 0.02  # of the windows that have a figure; rarer figures are left out

Counts = Counter[str]


def count_figures(window: Window, voices: Sequence[int] = range(len(VOICES))) -> Counts:
    """Count the figures of a window, measures included.

    Args:
        window: the window.
        voices: voices whose figures, and whose pairs' figures, are counted; figures of chords and
            texture are counted only for all four.
    """
    counts: Counts = Counter()
    for voice in voices:
        counts.update(voice_figures(window, voice))
        counts.update(dict(voice_measures(window, voice)))
    for upper, lower in combinations(voices, 2):
        counts.update(pair_figures(window, upper, lower))
        counts.update(dict(pair_measures(window, upper, lower)))
    if len(voices) == len(VOICES):
        counts.update(all_voice_figures(window))
        counts.update(dict(texture_measures(window)))
    return counts


# measures


def voice_measures(window: Window, voice: int) -> Iterator[tuple[str, float]]:
    """Yield name and value of each measure of a voice."""
    name, line = VOICES[voice], melody(window, voice)
    if not len(line.pitches):  # one note, from before the window, is held throughout
        return
    yield f"{name}: range{MEASURE}", float(np.ptp(line.pitches))
    yield f"{name}: deviation of pitch{MEASURE}", float(np.std(line.pitches))
    yield f"{name}: pitches{MEASURE}", len(set(line.pitches))
    yield f"{name}: entropy of intervals{MEASURE}", entropy(np.diff(line.pitches).tolist())
    yield f"{name}: entropy of lengths{MEASURE}", entropy(line.lengths)
    yield f"{name}: entropy of pitches{MEASURE}", entropy(line.pitches)
    changes = np.abs(np.diff(line.pitches, prepend=line.pitches[0]))
    yield f"{name}: semitones moved{MEASURE}", float(changes.sum())
    bars = list(bar_contents(window, (voice,)))
    yield f"{name}: bars like the one before{MEASURE}", sum(a == b for a, b in pairwise(bars))
    yield f"{name}: patterns of beats{MEASURE}", len(set(beat_patterns(window.onsets[:, voice])))


def pair_measures(window: Window, upper: int, lower: int) -> Iterator[tuple[str, float]]:
    """Yield name and value of each measure of two voices."""
    name = f"{VOICES[upper]} and {VOICES[lower]}"
    apart = window.pitches[:, upper].astype(int) - window.pitches[:, lower]
    yield f"{name}: mean distance{MEASURE}", float(apart.mean())
    yield f"{name}: deviation of the distance{MEASURE}", float(apart.std())
    together = window.onsets[:, [upper, lower]]
    yield (
        f"{name}: share of onsets together{MEASURE}",
        float(together.all(axis=1).sum() / max(1, together.any(axis=1).sum())),
    )


def texture_measures(window: Window) -> Iterator[tuple[str, float]]:
    """Yield name and value of each measure of all voices together."""
    steps = range(0, len(window.pitches), STEPS_PER_QUARTER)
    chords = [chord_name(identify_chord(window.pitches[step])) for step in steps]
    yield f"entropy of chords{MEASURE}", entropy(chords)
    yield f"different chords{MEASURE}", len(set(chords))
    yield f"different successions of chords{MEASURE}", len(set(pairwise(chords)))
    moving = window.onsets[EIGHTH::STEPS_PER_QUARTER].sum(axis=1)
    yield f"deviation of onsets off the beat{MEASURE}", float(moving.std())
    yield f"pitch classes{MEASURE}", len(set((window.pitches % OCTAVE).ravel().tolist()))
    bars = list(bar_contents(window, range(len(VOICES))))
    yield f"different bars{MEASURE}", len(set(bars))


def bar_contents(window: Window, voices: Sequence[int]) -> Iterator[bytes]:
    """Yield the pitches and onsets of some voices in each bar."""
    for start in range(0, len(window.pitches), BAR_STEPS):
        span = slice(start, start + BAR_STEPS)
        content = window.pitches[span][:, voices], window.onsets[span][:, voices]
        yield np.stack(content).tobytes()


def entropy(values: Sequence[object]) -> float:
    """Return the entropy of the shares of the values, in nats."""
    counts = np.array(list(Counter(values).values()), float)
    shares = counts / max(1.0, counts.sum())
    return float(-(shares * np.log(shares)).sum())


# tables


@dataclass(frozen=True)
class FigureTable:
    """Figures that at least LEAST_SHARE of the windows have, in all windows.

    Attributes:
        names: names of the F figures.
        values: (W, F) float32, counts and measures.
    """

    names: Sequence[str]
    values: NDArray[np.float32]


def tabulate_figures(counts: Sequence[Counts]) -> FigureTable:
    """Return the table of the figures of windows."""
    having = Counter(name for each in counts for name in each)
    names = sorted(name for name, number in having.items() if number >= LEAST_SHARE * len(counts))
    columns = {name: column for column, name in enumerate(names)}
    values = np.zeros((len(counts), len(names)), np.float32)
    for row, each in enumerate(counts):
        for name, count in each.items():
            if name in columns:
                values[row, columns[name]] = count
    return FigureTable(names, values)
