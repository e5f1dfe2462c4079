"""Count the tables of `chorale.estimating` in the sopranos of Bach's training split.

    python scripts/build/estimating_tables.py [--output chorale/estimating/tables.json]

The chorales counted are those in 4/4 or 3/4 with known fermatas, under their own metre. A note ends
a phrase if it is the last that starts before a run of fermatas ends. Counts are smoothed towards
those of a less detailed table (any metre, any beat), and a little towards equal probabilities, so
that no event of a tune by someone else is impossible. The tables hold natural logarithms, rounded.

The keys of phrases are counted in all chorales with fermatas, in soprano and bass, except in the
last phrases. The key of a phrase is that of its four voices (`chorale.estimating.reference_keys`),
relative to the home key; keys of fewer than 1 % of the phrases of a mode are left out.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.append(str(Path(__file__).parents[1] / "support"))
from console import parser_for, run

from chorale.composing.plans import find_phrases
from chorale.corpus import load_corpus
from chorale.estimating.chains import LONGEST_PHRASE
from chorale.estimating.grids import Grid
from chorale.estimating.melodies import (
    LENGTH_CLASSES,
    MOVE_CLASSES,
    POSITIONS_PER_BEAT,
    RETURN_CLASSES,
    STEP_CLASSES,
    Melody,
    classify_lengths,
    classify_returns,
    extract_melody,
    metrical_positions,
)
from chorale.estimating.phrase_keys import (
    READ_VOICES,
    find_inner_phrases,
    last_pitches,
    weigh_pitch_classes,
)
from chorale.estimating.reference_keys import find_phrase_keys
from chorale.music import OCTAVE, STEPS_PER_QUARTER, Chorale, Key, Metre, Mode, Note, notes

Floats = NDArray[np.float64]

PRIOR_WEIGHT = 20.0  # of the less detailed table, in notes
FEW = 4.0  # the same where a chorale counts once
EQUAL_SHARE = 0.03  # of equal probabilities in every table
ROLES = ("inner", "end")
MODES: tuple[Mode, ...] = ("major", "minor")
RAREST_KEY = 0.01  # share of the phrases of a mode
METRES = {Metre(4, 4): 4, Metre(3, 4): 3}


@dataclass(frozen=True, eq=False)
class Counted:
    """A chorale to count.

    Attributes:
        melody: the soprano, N notes.
        ends: (N,), which notes end a phrase.
        grid: the chorale's metre and pickup.
        length_steps: length of the chorale.
    """

    melody: Melody
    ends: NDArray[np.bool_]
    grid: Grid
    length_steps: int


@dataclass(frozen=True)
class Phrases:
    """The phrases of a chorale but the last.

    Attributes:
        home: the key of the chorale.
        keys: the key of each phrase relative to it: semitones up to the tonic, and mode.
        notes: the notes of each phrase, by the name of the voice.
    """

    home: Key
    keys: Sequence[tuple[int, Mode]]
    notes: Sequence[Mapping[str, Sequence[Note]]]


def main() -> None:
    """Parse the arguments, count and write."""
    parser = parser_for(__doc__)
    parser.add_argument("--output", type=Path, default=Path("chorale/estimating/tables.json"))
    parser.set_defaults(run=write_tables)
    run(parser)


def write_tables(options: argparse.Namespace) -> None:
    """Count the training split and write the file."""
    train = load_corpus("bach").splits["train"]
    counted = [each for chorale in train if (each := prepare(chorale))]
    phrases = [divide(one) for one in train if one.plan.key and one.plan.fermata_spans]
    tables = {
        **count_tables(counted),
        "closes": count_last_notes(train),
        "phrase_keys": {mode: count_phrase_keys(of_mode(phrases, mode)) for mode in MODES},
        "phrase_notes": {
            voice: {mode: count_phrase_notes(phrases, voice, mode) for mode in MODES}
            for voice in READ_VOICES.values()
        },
    }
    options.output.write_text(to_json(tables), "utf-8")
    size = options.output.stat().st_size
    print(f"{options.output}: {size} bytes, from {len(counted)} chorales")


def prepare(chorale: Chorale) -> Counted | None:
    """Find what is counted in a chorale; return None where metre or fermatas are unknown."""
    plan = chorale.plan
    melody = extract_melody([notes(chorale, voice) for voice in range(4)])
    if plan.metre not in METRES or plan.fermatas is None or melody is None:
        return None
    ends = np.zeros(len(melody.lengths), np.bool_)
    for stop in np.cumsum([length for length, _ in find_phrases(plan)]):
        ends[np.searchsorted(melody.onsets[:-1], stop) - 1] = True
    grid = Grid(4 if plan.metre.numerator == 4 else 3, STEPS_PER_QUARTER, plan.pickup_steps)
    return Counted(melody, ends, grid, plan.length_steps)


def count_tables(counted: Sequence[Counted]) -> dict[str, Any]:
    """Count all tables but that of last notes, by name."""
    by_name = {
        str(beats): [c for c in counted if c.grid.beats == beats] for beats in METRES.values()
    }
    return {
        "lengths": count_lengths(counted, by_name),
        "places": {
            **{name: count_end_positions(group) for name, group in by_name.items()},
            "1": [0.0] * 3,
        },
        "steps_to": count_steps(counted, "steps_to"),
        "steps_from": count_steps(counted, "steps_from"),
        "returns": count_returns(counted),
        "moves": count_moves(counted),
        "phrases": {
            **{n: count_phrase_lengths(g) for n, g in by_name.items()},
            "1": count_phrase_lengths(counted),
        },
        "grids": {name: count_grids(group, counted) for name, group in by_name.items()},
    }


def count_lengths(
    counted: Sequence[Counted], by_name: Mapping[str, Sequence[Counted]]
) -> dict[str, dict[str, list[list[float]]]]:
    """Count length by metrical position, of inner notes, ends, and notes of the other voices."""
    result: dict[str, dict[str, list[list[float]]]] = {"1": {}}
    for role in (*ROLES, "lower"):
        anywhere = sum(
            count_lengths_of_role(c, role, Grid(None, STEPS_PER_QUARTER)) for c in counted
        )
        general = smooth(np.asarray(anywhere), 1 / len(LENGTH_CLASSES))
        result["1"][role] = to_logs(general)
        for name, group in by_name.items():
            counts = np.asarray(sum(count_lengths_of_role(c, role, c.grid) for c in group))
            prior = np.tile(general, (len(counts) // POSITIONS_PER_BEAT, 1))
            result.setdefault(name, {})[role] = to_logs(smooth(counts, prior))
    return result


def count_lengths_of_role(counted: Counted, role: str, grid: Grid) -> Floats:
    """Count notes by metrical position and class of length."""
    melody = counted.melody
    if role == "lower":
        onsets, long = melody.lower
    else:
        chosen = counted.ends == (role == "end")
        onsets, long = melody.onsets[:-1][chosen], melody.lengths[chosen]
    counts = np.zeros((POSITIONS_PER_BEAT * (grid.beats or 1), len(LENGTH_CLASSES)))
    np.add.at(counts, (metrical_positions(onsets, grid), classify_lengths(long, grid)), 1)
    return counts


def count_end_positions(counted: Sequence[Counted]) -> list[float]:
    """Count the metrical positions at which the last notes of phrases start."""
    beats = counted[0].grid.beats or 1  # all have the same metre
    positions = [metrical_positions(c.melody.onsets[:-1][c.ends], c.grid) for c in counted]
    counts = np.bincount(np.concatenate(positions), minlength=POSITIONS_PER_BEAT * beats)
    return to_logs(smooth(counts, 1 / len(counts)))


def count_steps(counted: Sequence[Counted], field: str) -> dict[str, list[float]]:
    """Count the classes of the steps to or from inner notes and ends.

    The step to the first note of a melody and that from its last do not exist.
    """
    result = {}
    for number, role in enumerate(ROLES):
        found = np.concatenate([getattr(c.melody, field)[c.ends == number] for c in counted])
        counts = np.bincount(found, minlength=len(STEP_CLASSES)).astype(float)
        result[role] = [0.0, *to_logs(smooth(counts[1:], 1 / (len(STEP_CLASSES) - 1)))]
    return result


def count_returns(counted: Sequence[Counted]) -> dict[str, list[float]]:
    """Count the classes of repeated passages that start after inner notes and after ends."""
    result = {}
    for number, role in enumerate(ROLES):
        found = [c.melody.returns[1:][c.ends[:-1] == number] for c in counted]
        classes = classify_returns(np.concatenate(found))
        counts = np.bincount(classes, minlength=len(RETURN_CLASSES))
        result[role] = to_logs(smooth(counts, 1 / len(RETURN_CLASSES)))
    return result


def count_moves(counted: Sequence[Counted]) -> dict[str, list[list[float]]]:
    """Count how often another voice moves during a note, by the length of the note."""
    result = {}
    for number, role in enumerate(ROLES):
        counts = np.zeros((len(LENGTH_CLASSES), MOVE_CLASSES))
        for c in counted:
            chosen = c.ends == number
            classes = classify_lengths(c.melody.lengths[chosen], c.grid)
            for line in c.melody.moves:
                np.add.at(counts, (classes, line[chosen]), 1)
        result[role] = to_logs(smooth(counts, 1 / MOVE_CLASSES))
    return result


def count_phrase_lengths(counted: Sequence[Counted]) -> list[float]:
    """Return the probability of each length in beats from 0 up; 0 stands for every other length."""
    counts = np.zeros(LONGEST_PHRASE + 1)
    for length in (length for c in counted for length in lengths_in_beats(c)):
        counts[int(length) if length.is_integer() and length <= LONGEST_PHRASE else 0] += 1
    return [float(f"{share:.2g}") for share in smooth(counts, 1 / len(counts))]


def lengths_in_beats(counted: Counted) -> list[float]:
    """Return the length of each phrase, from its first note to that of the next."""
    stops = counted.melody.onsets[1:][counted.ends]
    return [float(x) for x in np.diff(stops, prepend=counted.melody.onsets[0]) / STEPS_PER_QUARTER]


def count_grids(counted: Sequence[Counted], all_counted: Sequence[Counted]) -> dict[str, Any]:
    """Count a metre, its pickups, and the lengths and repetitions that fill whole measures."""
    beats = counted[0].grid.beats or 1
    first = np.bincount(
        [c.grid.pickup_steps // c.grid.beat_steps for c in counted], minlength=beats
    )
    numbers = np.array([len(counted), len(all_counted) - len(counted)])
    whole = [c.length_steps % c.grid.bar_steps == 0 for c in counted]
    spans = [c.melody.spans[c.melody.returns > 0] % c.grid.bar_steps == 0 for c in counted]
    return {
        "share": to_logs(smooth(numbers, 0.5))[0],
        "pickup": to_logs(smooth(first, 1 / beats, FEW)),
        **count_whole_bars(np.array(whole), beats, "whole bars", "part of a bar"),
        **count_whole_bars(np.concatenate(spans), beats, "returns in place", "returns elsewhere"),
    }


def count_whole_bars(whole: NDArray[np.bool_], beats: int, yes: str, no: str) -> dict[str, float]:
    """Return the logarithms of whole measures and of each other number of beats."""
    in_whole, in_part = smooth(np.bincount(~whole, minlength=2), 0.5, FEW)
    return {yes: to_logs(in_whole), no: to_logs(in_part / (beats - 1))}


def count_last_notes(chorales: Sequence[Chorale]) -> dict[str, dict[str, list[float]]]:
    """Count the last notes of soprano and bass by mode, in semitones above the tonic."""
    counts = {name: {mode: np.zeros(OCTAVE) for mode in MODES} for name in ("melody", "bass")}
    for chorale in chorales:
        key = chorale.plan.key
        for name, voice in (("melody", 0), ("bass", 3)):
            line = notes(chorale, voice)
            if key and line:
                counts[name][key.mode][(line[-1].pitch - key.tonic) % OCTAVE] += 1
    return {
        name: {
            mode: to_logs(smooth(by_degree, 1 / OCTAVE, FEW)) for mode, by_degree in found.items()
        }
        for name, found in counts.items()
    }


def divide(chorale: Chorale) -> Phrases:
    """Divide a chorale that has a key and fermatas into phrases, with their keys."""
    home = chorale.plan.key
    assert home
    lines = {voice: notes(chorale, voice) for voice in READ_VOICES}
    bounds = find_inner_phrases(lines, chorale.plan)
    keys = find_phrase_keys(chorale, home)[: len(bounds)]
    return Phrases(
        home,
        [((key.tonic - home.tonic) % OCTAVE, key.mode) for key in keys],
        [
            {
                name: [note for note in lines[voice] if start <= note.onset_step < end]
                for voice, name in READ_VOICES.items()
            }
            for start, end in bounds
        ],
    )


def of_mode(phrases: Sequence[Phrases], mode: Mode) -> list[Phrases]:
    """Return the chorales in a mode."""
    return [each for each in phrases if each.home.mode == mode]


def find_common_keys(phrases: Sequence[Phrases]) -> list[tuple[int, Mode]]:
    """Return the relative keys that are not too rare in chorales of one mode, by frequency."""
    counts = Counter(key for each in phrases for key in each.keys)
    return [key for key, n in counts.most_common() if n >= RAREST_KEY * counts.total()]


def count_phrase_keys(phrases: Sequence[Phrases]) -> dict[str, Any]:
    """Count the keys of the first phrases, and those that follow each other, in one mode."""
    common = find_common_keys(phrases)
    number = {key: i for i, key in enumerate(common)}
    first, following = np.zeros(len(common)), np.zeros((len(common), len(common)))
    for each in phrases:
        for before, after in pairwise(each.keys):
            if before in number and after in number:
                following[number[before], number[after]] += 1
        if each.keys and each.keys[0] in number:
            first[number[each.keys[0]]] += 1
    inner = following.sum(axis=0) / following.sum()
    return {
        "keys": [list(key) for key in common],
        "first": to_logs(smooth(first, inner, FEW)),
        "next": to_logs(smooth(following, inner)),
    }


def count_phrase_notes(phrases: Sequence[Phrases], voice: str, mode: Mode) -> dict[str, Any]:
    """Count a voice's notes in phrases whose key has a mode, in semitones above its tonic.

    Returns:
        Logarithms for all notes, weighted by length, (12,); for the last note, (12,); and for the
        second and third last given the note after them, (12, 12).
    """
    common = {each: find_common_keys(of_mode(phrases, each)) for each in MODES}
    every, last, approach = np.zeros(OCTAVE), np.zeros(OCTAVE), np.zeros((2, OCTAVE, OCTAVE))
    for each in phrases:
        for key, by_voice in zip(each.keys, each.notes, strict=True):
            if key[1] == mode and key in common[each.home.mode]:
                tonic = (each.home.tonic + key[0]) % OCTAVE
                every += np.roll(weigh_pitch_classes(by_voice[voice]), -tonic)
                degrees = [(pitch - tonic) % OCTAVE for pitch in last_pitches(by_voice[voice])]
                last[degrees[:1]] += 1
                for place, pair in enumerate(pairwise(degrees)):
                    approach[place][pair] += 1
    general = smooth(every, 1 / OCTAVE)
    second, third = (to_logs(smooth(counts, general)) for counts in approach)
    return {
        "all": to_logs(general),
        "last": to_logs(smooth(last, general, FEW)),
        "second last": second,
        "third last": third,
    }


def smooth(counts: NDArray[Any], prior: Floats | float, weight: float = PRIOR_WEIGHT) -> Floats:
    """Return the shares along the last axis, smoothed towards a prior."""
    smoothed = counts + weight * prior
    result = smoothed / smoothed.sum(-1, keepdims=True)
    return np.asarray((1 - EQUAL_SHARE) * result + EQUAL_SHARE / counts.shape[-1])


def to_logs(probabilities: Floats) -> Any:
    """Return rounded natural logarithms."""
    return np.log(probabilities).round(2).tolist()


def to_json(values: Mapping[str, Any]) -> str:
    """Format the tables as JSON with one row of numbers per line."""
    return "{\n" + ",\n".join(_lines(values)) + "\n}\n"


def _lines(values: Mapping[str, Any], indent: str = "  ") -> Iterable[str]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield (
                f'{indent}"{name}": {{\n'
                + ",\n".join(_lines(value, indent + "  "))
                + f"\n{indent}}}"
            )
        elif isinstance(value, list) and isinstance(value[0], list):
            rows = ",\n".join(f"{indent}  {json.dumps(row)}" for row in value)
            yield f'{indent}"{name}": [\n{rows}\n{indent}]'
        else:
            yield f'{indent}"{name}": {json.dumps(value)}'


if __name__ == "__main__":
    main()
