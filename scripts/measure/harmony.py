"""Measure how often our analyses of the harmony agree with those that others made.

    python scripts/measure/harmony.py [CLONE]

Judged are the twenty chorales whose analyses music21 carries, none of which the tables of
`chorale.harmony` were counted in; with a clone of When in Rome, also its chorales of the test
split, and of these the second analyses that it has (BCMH). Shares are of the
time, in sixteenths:

    key        tonic and mode
    degree     semitones of the root above the tonic, so that V/V and II are one
    quality    kind of chord
    inversion  note in the bass
    all        all four
    numeral    key and numeral as they are written, V/V and II being different
    chord      root, quality and inversion, whatever the key

Beside ours stand the numerals that music21 finds for the notes of each slice, from one change of
notes to the next (`romanNumeralFromChord`): in the keys that we find, and in those of the analysis
that it is judged by. Cadences are those that `chorale.harmony.cadences` finds in the chords of
either analysis at the ends of phrases.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from music21.chord import Chord as M21Chord
from music21.key import Key as M21Key
from music21.roman import romanNumeralFromChord

sys.path.append(str(Path(__file__).parents[1] / "support"))
from console import parser_for, percent, print_table, run
from harmony_annotations import Analysed, NotAlignedError, find_analyses, read_analysed, read_chords
from harmony_annotations import NamedChord as ReadChord

from chorale.corpus import bach
from chorale.harmony import HarmonyAnalysis, analyze_harmony
from chorale.harmony.cadences import find_cadence
from chorale.harmony.naming import NamedChord
from chorale.music import OCTAVE, REST, Chorale, Key
from chorale.music.chords import ALL_KINDS

COLUMNS = ("key", "degree", "quality", "inversion", "all", "numeral", "chord")
CADENCES = "cadences"


@dataclass(frozen=True)
class Named:
    """A chord at a step: key, root, intervals above the root, inversion, and the whole numeral."""

    key: Key
    root: int
    intervals: frozenset[int]
    inversion: int
    numeral: str = ""

    @property
    def degree(self) -> int:
        """Semitones of the root above the tonic."""
        return (self.root - self.key.tonic) % OCTAVE


Analyst = Callable[[Analysed], list[Named | None]]  # a chord at each step


def main() -> None:
    """Parse the arguments and print the tables."""
    parser = parser_for(__doc__)
    parser.add_argument("clone", nargs="?", type=Path, help="clone of When in Rome")
    parser.set_defaults(run=measure)
    run(parser)


def measure(options: argparse.Namespace) -> None:
    """Print a table for each collection."""
    collections = {"music21": list(find_analyses(None))}
    if options.clone:
        tests = {entry["file"] for entry in bach._read_index() if entry["split"] == "test"}
        collections["test split"] = [
            item
            for item in find_analyses(options.clone)
            if item[2].name in tests and item[0] > len(collections["music21"])
        ]
    for name, items in collections.items():
        counts: Counter[tuple[str, str]] = Counter()
        with ProcessPoolExecutor() as executor:
            judged = 0
            for found in executor.map(_measure_one, items):
                counts.update(found)
                judged += bool(found)
        print(f"\n{name}: {judged} of {len(items)} chorales\n")
        print_table(["analyst", *COLUMNS, CADENCES], _rows(counts))


def _rows(counts: Counter[tuple[str, str]]) -> Iterator[list[str]]:
    for analyst in dict.fromkeys(name for name, _ in counts):
        total = counts[analyst, "steps"]
        cells = [percent(counts[analyst, column] / total) for column in COLUMNS]
        phrases = counts[analyst, "phrases"]
        cells.append(percent(counts[analyst, CADENCES] / phrases) if phrases else "")
        yield [analyst, *cells]


def _measure_one(item: tuple[int, Path, Path]) -> Counter[tuple[str, str]]:
    """Count the agreement of each analyst in a chorale; nothing if the analysis is left out."""
    counts: Counter[tuple[str, str]] = Counter()
    try:
        analysed = read_analysed(*item)
    except NotAlignedError as error:
        print(f"{item[0]} ({item[2].name}) is left out: {error}", file=sys.stderr)
        return counts
    truth = list(_spread(analysed.chords, analysed.chorale))
    ours = analyze_harmony(analysed.chorale)
    found = list(_spread(map(_to_read, ours.chords), analysed.chorale))
    _compare(counts, "ours", found, truth)
    _compare_cadences(counts, "ours", ours, analysed)
    keys = [chord.key if chord else None for chord in found]
    _compare(counts, "music21, our keys", _slice(analysed.chorale, keys), truth)
    true_keys = [chord.key if chord else None for chord in truth]
    _compare(counts, "music21, true keys", _slice(analysed.chorale, true_keys), truth)
    second = item[1].with_name("analysis_BCMH.txt")
    if second.exists():
        try:
            other = _spread(read_chords(second, analysed.chorale), analysed.chorale)
            _compare(counts, "second analyst", list(other), truth)
        except NotAlignedError as error:
            print(f"{item[0]}, second analysis, is left out: {error}", file=sys.stderr)
    return counts


def _to_read(chord: NamedChord) -> ReadChord:
    return ReadChord(chord.step, chord.end, chord.key, chord.numeral)


def _spread(chords: Iterable[ReadChord], chorale: Chorale) -> Iterator[Named | None]:
    """Yield the chord at each step; None where an analysis has none."""
    steps: list[Named | None] = [None] * chorale.plan.length_steps
    for chord in chords:
        root = chord.numeral.pitch_classes(chord.key).root
        intervals = frozenset(ALL_KINDS[chord.numeral.kind])
        text = str(chord.numeral)
        named = Named(chord.key, root, intervals, chord.numeral.inversion, text)
        steps[chord.start : chord.end] = [named] * len(steps[chord.start : chord.end])
    yield from steps


def _slice(chorale: Chorale, keys: list[Key | None]) -> list[Named | None]:
    """Return what music21 finds for the notes of each slice, in a key for each step."""
    changed = np.r_[True, (chorale.pitches[1:] != chorale.pitches[:-1]).any(axis=1)]
    steps: list[Named | None] = []
    for start, end in pairwise([*np.flatnonzero(changed).tolist(), len(changed)]):
        key, row = keys[start], chorale.pitches[start]
        pitches = sorted(int(pitch) for pitch in row if pitch != REST)
        steps += [_ask_music21(pitches, key) if key and pitches else None] * (end - start)
    return steps


def _ask_music21(pitches: list[int], key: Key) -> Named:
    tonic = key.name.split()[0].replace("b", "-")
    numeral = romanNumeralFromChord(M21Chord(pitches), M21Key(tonic, key.mode))
    root = numeral.root().pitchClass
    classes = {each.pitchClass for each in numeral.pitches}
    intervals = frozenset((each - root) % OCTAVE for each in classes)
    return Named(key, root, intervals, numeral.inversion(), numeral.figure)


def _compare(
    counts: Counter[tuple[str, str]],
    analyst: str,
    found: list[Named | None],
    truth: list[Named | None],
) -> None:
    """Count the steps at which an analyst agrees with the analysis that it is judged by."""
    for ours, other in zip(found, truth, strict=True):
        if other is None:
            continue
        counts[analyst, "steps"] += 1
        if ours is None:
            continue
        same = {
            "key": ours.key == other.key,
            "degree": ours.degree == other.degree,
            "quality": ours.intervals == other.intervals,
            "inversion": ours.inversion == other.inversion,
        }
        same["all"] = all(same.values())
        same["numeral"] = (ours.key, ours.numeral) == (other.key, other.numeral)
        same["chord"] = ours.root == other.root and same["quality"] and same["inversion"]
        counts.update((analyst, column) for column, agrees in same.items() if agrees)


def _compare_cadences(
    counts: Counter[tuple[str, str]], analyst: str, ours: HarmonyAnalysis, analysed: Analysed
) -> None:
    chords = [NamedChord(one.start, one.end, one.key, one.numeral) for one in analysed.chords]
    for phrase in ours.phrases:
        own = [chord for chord in chords if chord.step < phrase.end and chord.end > phrase.step]
        sounding = analysed.chorale.pitches[phrase.end - 1]
        soprano = int(sounding.max()) if sounding.max() != REST else None
        counts[analyst, "phrases"] += 1
        counts[analyst, CADENCES] += find_cadence(own, soprano) == phrase.cadence


if __name__ == "__main__":
    main()
