"""Count the tables of `chorale.harmony` in analyses of Bach's chorales that others made.

    python scripts/build/harmony_tables.py CLONE [--output chorale/harmony/tables.json]

CLONE is a clone of When in Rome (github.com/MarkGotham/When-in-Rome), whose analyses of Bach's
chorales are by D. Tymoczko, A. Jones and others. Left out are the twenty chorales that music21
carries and those of the test split, which `scripts/measure/harmony.py` judges by. Counts are
smoothed towards those of a less detailed table. All tables hold natural logarithms, rounded:

    numerals    the numerals, without inversions, that occur at least RAREST times in a mode, and
                chromatic chords of the textbooks, as if they occurred as often; no augmented
                triads, which in Bach's chorales are dominants with a sixth that falls to the fifth
    first       how frequent each numeral is; in this table and the next two, of chords, not of time
    close       how frequent each numeral is at the end of a phrase
    next        how frequent each numeral is after each other one in the same key
    change      how often the chord changes at each place, and how often it stays
    key_change  how often the key changes with the chord, and how often not: at the start of a
                phrase, and elsewhere
    interval    how frequent each key is after another one: by mode, new mode and interval
    home        how frequent each key is: by mode of the chorale, mode and interval to its key
    fragments   how often a fragment of each class is not, and is, in the chord
    members     how often each combination of root, third, fifth and seventh sounds, by kind
    inversions  how frequent each note of a numeral is in the bass, and any other note
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.append(str(Path(__file__).parents[1] / "support"))
from console import parser_for, run
from harmony_annotations import Analysed, NamedChord, NotAlignedError, find_analyses, read_analysed

from chorale.analysis import estimate_key
from chorale.corpus import bach
from chorale.files import write_bytes
from chorale.harmony.analysis import find_phrase_starts
from chorale.harmony.observing import CLASSES, PLACES, Observations, observe
from chorale.harmony.vocabulary import MODES, without_inversion
from chorale.music import OCTAVE, Mode
from chorale.music.chords import ALL_KINDS
from chorale.music.numerals import parse_numeral

FROM_NUMBER = 21  # of Riemenschneider's chorales: those before are music21's
RAREST = 6
TEXTBOOK: dict[Mode, str] = {
    "major": "iv iiø7 viio7 bVI N It6 Fr43 Ger65 V7/iii viio7/V",
    "minor": "N It6 Fr43 Ger65 V7/VI",
}
PRIOR = 8.0  # chords, or fragments, of the less detailed table
Floats = NDArray[np.float64]


class Counts:
    """Counts of all tables."""

    def __init__(self, numerals: dict[Mode, list[str]]) -> None:
        self.numerals = numerals
        self.first = {mode: Counter[str]() for mode in MODES}
        self.close = {mode: Counter[str]() for mode in MODES}
        self.next = {mode: Counter[tuple[str, str]]() for mode in MODES}
        self.change = np.zeros((len(PLACES), 2))
        self.key_change = np.zeros((2, 2))
        self.interval = np.zeros((len(MODES), len(MODES), OCTAVE))
        self.home = np.zeros((len(MODES), len(MODES), OCTAVE))
        self.fragments = np.zeros((CLASSES, 2))
        self.members = {kind: np.zeros(16) for kind in ALL_KINDS}
        self.inversions = {mode: {name: np.zeros(5) for name in numerals[mode]} for mode in MODES}

    def add(self, analysed: Analysed) -> None:
        """Count a chorale."""
        seen = observe(analysed.chorale, find_phrase_starts(analysed.chorale))
        home = estimate_key(analysed.chorale)
        rows = list(_chords_of_units(analysed.chords, seen))
        for unit, chord in enumerate(rows):
            if chord:
                self._add_unit(seen, unit, chord)
        for unit in seen.phrase_ends:
            if last := rows[unit]:
                self.close[last.key.mode][str(without_inversion(last.numeral))] += 1
        before: NamedChord | None = None
        for unit, chord in enumerate(rows):
            if chord is None:
                before = None
                continue
            self._add_chord(chord, before, int(seen.places[unit]))
            self.home[
                MODES.index(home.mode),
                MODES.index(chord.key.mode),
                (chord.key.tonic - home.tonic) % OCTAVE,
            ] += 1
            before = chord

    def _add_unit(self, seen: Observations, unit: int, chord: NamedChord) -> None:
        tones = chord.numeral.pitch_classes(chord.key).classes
        for row in np.flatnonzero(seen.units == unit):
            inside = int(seen.pitch_classes[row] in tones)
            self.fragments[seen.classes[row], inside] += seen.weights[row]
        sounding = sum(1 << place for place, tone in enumerate(tones) if seen.present[unit, tone])
        self.members[chord.numeral.kind][sounding] += 1
        name = str(without_inversion(chord.numeral))
        if name in self.inversions[chord.key.mode]:
            bass = int(seen.bass[unit])
            place = tones.index(bass) if bass in tones else 4
            self.inversions[chord.key.mode][name][place] += 1

    def _add_chord(self, chord: NamedChord, before: NamedChord | None, place: int) -> None:
        name, mode = str(without_inversion(chord.numeral)), chord.key.mode
        if before is None:
            self.first[mode][name] += 1
            return
        previous = str(without_inversion(before.numeral))
        stays = (previous, before.key) == (name, chord.key)
        self.change[place, int(not stays)] += 1
        if stays:
            return
        self.first[mode][name] += 1
        moved = before.key != chord.key
        self.key_change[int(place != 0), int(moved)] += 1
        if moved:
            interval = (chord.key.tonic - before.key.tonic) % OCTAVE
            self.interval[MODES.index(before.key.mode), MODES.index(mode), interval] += 1
        else:
            self.next[mode][previous, name] += 1

    def tables(self) -> dict[str, Any]:
        """Return the tables of logarithms."""
        first = {mode: self._share_first(mode) for mode in MODES}
        kinds = {size: _pooled(self.members, size) for size in (3, 4)}
        return {
            "numerals": self.numerals,
            "first": {mode: _log(first[mode]) for mode in MODES},
            "close": {mode: _log(self._share_close(mode, first[mode])) for mode in MODES},
            "next": {mode: _log(self._share_next(mode, first[mode])) for mode in MODES},
            "change": _log(_shares(self.change)),
            "key_change": _log(_shares(self.key_change)),
            "interval": _log(np.stack([_shares(one.ravel() + 0.3) for one in self.interval])),
            "home": _log(np.stack([_shares(one.ravel() + 1) for one in self.home])),
            "fragments": _log(_smooth(self.fragments, self.fragments.sum(axis=0))),
            "members": {
                kind: _log(_smooth(one[None], kinds[len(ALL_KINDS[kind])])[0])
                for kind, one in self.members.items()
            },
            "inversions": {mode: self._share_inversions(mode) for mode in MODES},
        }

    def _share_first(self, mode: Mode) -> Floats:
        least = dict.fromkeys(TEXTBOOK[mode].split(), RAREST)
        counts = [max(self.first[mode][name], least.get(name, 1)) for name in self.numerals[mode]]
        return _shares(np.array(counts, np.float64))

    def _share_close(self, mode: Mode, first: Floats) -> Floats:
        counts = np.array([self.close[mode][name] for name in self.numerals[mode]], np.float64)
        return _smooth(counts[None], first)[0]

    def _share_next(self, mode: Mode, first: Floats) -> Floats:
        names = self.numerals[mode]
        counts = np.array([[self.next[mode][a, b] for b in names] for a in names], np.float64)
        return _smooth(counts, first)

    def _share_inversions(self, mode: Mode) -> list[list[float]]:
        result = []
        for name in self.numerals[mode]:
            size = len(ALL_KINDS[_kind(name)])
            pooled = sum(
                (
                    counts
                    for each in MODES
                    for other, counts in self.inversions[each].items()
                    if len(ALL_KINDS[_kind(other)]) == size
                ),
                np.zeros(5),
            )
            result.append(_log(_smooth(self.inversions[mode][name][None], pooled)[0]))
        return result


def _kind(name: str) -> str:
    return parse_numeral(name).kind


def _chords_of_units(chords: list[NamedChord], seen: Observations) -> Iterator[NamedChord | None]:
    """Yield the chord at the start of each unit."""
    for step in seen.starts:
        yield next((chord for chord in chords if chord.start <= step < chord.end), None)


def _pooled(members: dict[str, Floats], size: int) -> Floats:
    return sum(
        (counts for kind, counts in members.items() if len(ALL_KINDS[kind]) == size), np.zeros(16)
    )


def _shares(counts: Floats) -> Floats:
    return np.asarray(counts / counts.sum(axis=-1, keepdims=True))


def _smooth(counts: Floats, pooled: Floats) -> Floats:
    """Return shares, smoothed towards those of a less detailed table by PRIOR counts."""
    return _shares(counts + PRIOR * _shares(pooled + 0.5))


def _log(shares: Floats) -> Any:
    return np.log(shares).round(2).tolist()


def choose_numerals(collection: list[Analysed]) -> dict[Mode, list[str]]:
    """Return the numerals that are frequent enough in each mode, the most frequent first."""
    counts = {mode: Counter[str]() for mode in MODES}
    for analysed in collection:
        for chord in analysed.chords:
            counts[chord.key.mode][str(without_inversion(chord.numeral))] += 1
    for mode in MODES:
        counts[mode].update(dict.fromkeys(TEXTBOOK[mode].split(), RAREST))
    return {
        mode: [
            name
            for name, number in counts[mode].most_common()
            if number >= RAREST and parse_numeral(name).kind != "augmented"
        ]
        for mode in MODES
    }


def add_augmented_sixths(counts: Counts) -> None:
    """Count what textbooks say of augmented sixths, which Bach's chorales hardly have.

    They resolve to the dominant, and the lowered sixth degree is in the bass.
    """
    for mode in MODES:
        for name in ("It6", "Fr43", "Ger65"):
            counts.next[mode][name, "V"] += 3 * RAREST
            counts.inversions[mode][name][parse_numeral(name).inversion] += 3 * RAREST


def count_all(collection: list[Analysed]) -> dict[str, Any]:
    """Return the tables of a collection."""
    counts = Counts(choose_numerals(collection))
    for analysed in collection:
        counts.add(analysed)
    add_augmented_sixths(counts)
    return counts.tables()


def build(options: argparse.Namespace) -> None:
    """Read the analyses, count, and write the tables."""
    tests = {entry["file"] for entry in bach._read_index() if entry["split"] == "test"}
    items = [
        item
        for item in find_analyses(options.clone)
        if item[0] >= FROM_NUMBER and item[2].name not in tests
    ]
    with ProcessPoolExecutor() as executor:
        collection = [one for one in executor.map(_read, items, chunksize=8) if one]
    print(f"{len(collection)} of {len(items)} analyses", file=sys.stderr)
    write_bytes(options.output, (json.dumps(count_all(collection)) + "\n").encode())


def _read(item: tuple[int, Path, Path]) -> Analysed | None:
    try:
        return read_analysed(*item)
    except NotAlignedError as error:
        print(f"{item[0]} is left out: {error}", file=sys.stderr)
        return None


if __name__ == "__main__":
    parser = parser_for(__doc__)
    parser.add_argument("clone", type=Path, help="clone of When in Rome")
    parser.add_argument("--output", type=Path, default=Path("chorale/harmony/tables.json"))
    parser.set_defaults(run=build)
    run(parser)
