"""Count the tables of `chorale.estimating` in the sopranos of Bach's training split.

    python scripts/make_estimating_tables.py [--output chorale/estimating/tables.json]

Counted are the chorales that say their fermatas, under their own metre where it is 4/4 or 3/4. A
note is the end of a phrase if it is the last that starts before a run of fermatas ends. Counts are
smoothed towards what is known with less detail (any metre, any beat), and a little towards equal
chances, so that tunes which are not Bach's find nothing impossible. Natural logarithms, rounded.
"""

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chorale.analysis import OCTAVE
from chorale.composing.plans import phrases_of
from chorale.corpus import load_corpus
from chorale.estimating.chains import LONGEST_PHRASE
from chorale.estimating.grids import Grid
from chorale.estimating.melodies import (
    LENGTH_CLASSES,
    MOVE_CLASSES,
    PLACES_OF_BEAT,
    RETURN_CLASSES,
    STEP_CLASSES,
    Melody,
    length_classes,
    melody_of,
    places,
    return_classes,
)
from chorale.music import STEPS_PER_QUARTER, Chorale, Metre, Mode, notes

Floats = NDArray[np.float64]

BACKED_BY = 20.0  # how many notes the less detailed table is worth
FEW = 4.0  # the same for what a chorale has once
EQUAL_SHARE = 0.03  # of equal chances in every table
ROLES = ("inner", "end")
MODES: tuple[Mode, ...] = ("major", "minor")
METRES = {Metre(4, 4): 4, Metre(3, 4): 3}


@dataclass(frozen=True, eq=False)
class Counted:
    """A chorale's soprano, its phrases and its grid."""

    melody: Melody
    ends: NDArray[np.bool_]  # (N,), which notes end a phrase
    grid: Grid
    length_steps: int


def main() -> None:
    """Count and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path("chorale/estimating/tables.json"))
    output = parser.parse_args().output
    train = load_corpus("bach").splits["train"]
    counted = [found for chorale in train if (found := read(chorale))]
    output.write_text(written({**tables(counted), "closes": closes(train)}), "utf-8")
    print(f"{output}: {output.stat().st_size} bytes, from {len(counted)} chorales")


def read(chorale: Chorale) -> Counted | None:
    """What is counted of a chorale; None where metre or fermatas are not known."""
    plan = chorale.plan
    melody = melody_of([notes(chorale, voice) for voice in range(4)])
    if plan.metre not in METRES or plan.fermatas is None or melody is None:
        return None
    ends = np.zeros(len(melody.lengths), np.bool_)
    for stop in np.cumsum([length for length, _ in phrases_of(plan)]):
        ends[np.searchsorted(melody.onsets[:-1], stop) - 1] = True
    grid = Grid(4 if plan.metre.numerator == 4 else 3, STEPS_PER_QUARTER, plan.pickup_steps)
    return Counted(melody, ends, grid, plan.length_steps)


def tables(counted: Sequence[Counted]) -> dict[str, Any]:
    """All tables, by name."""
    by_name = {
        str(beats): [c for c in counted if c.grid.beats == beats] for beats in METRES.values()
    }
    return {
        "lengths": lengths(counted, by_name),
        "places": {**{name: end_places(group) for name, group in by_name.items()}, "1": [0.0] * 3},
        "steps_to": by_role(counted, "steps_to"),
        "steps_from": by_role(counted, "steps_from"),
        "returns": returns(counted),
        "moves": moves(counted),
        "phrases": {
            **{n: phrase_lengths(g) for n, g in by_name.items()},
            "1": phrase_lengths(counted),
        },
        "grids": {name: grids(group, counted) for name, group in by_name.items()},
    }


def lengths(
    counted: Sequence[Counted], by_name: Mapping[str, Sequence[Counted]]
) -> dict[str, dict[str, list[list[float]]]]:
    """Length given the place, for inner notes, ends, and the other voices' notes."""
    result: dict[str, dict[str, list[list[float]]]] = {"1": {}}
    for role in (*ROLES, "lower"):
        anywhere = sum(length_counts(c, role, Grid(None, STEPS_PER_QUARTER)) for c in counted)
        general = shares(np.asarray(anywhere), 1 / len(LENGTH_CLASSES))
        result["1"][role] = logs(general)
        for name, group in by_name.items():
            counts = np.asarray(sum(length_counts(c, role, c.grid) for c in group))
            known = np.tile(general, (len(counts) // PLACES_OF_BEAT, 1))
            result.setdefault(name, {})[role] = logs(shares(counts, known))
    return result


def length_counts(counted: Counted, role: str, grid: Grid) -> Floats:
    """Notes by place and class of length."""
    melody = counted.melody
    if role == "lower":
        onsets, long = melody.lower
    else:
        chosen = counted.ends == (role == "end")
        onsets, long = melody.onsets[:-1][chosen], melody.lengths[chosen]
    counts = np.zeros((PLACES_OF_BEAT * (grid.beats or 1), len(LENGTH_CLASSES)))
    np.add.at(counts, (places(onsets, grid), length_classes(long, grid)), 1)
    return counts


def end_places(counted: Sequence[Counted]) -> list[float]:
    """Where the last note of a phrase starts."""
    onsets = [(c.melody.onsets[:-1][c.ends], c.grid) for c in counted]
    counts = sum(
        np.bincount(places(o, g), minlength=PLACES_OF_BEAT * (g.beats or 1)) for o, g in onsets
    )
    return logs(shares(np.asarray(counts), 1 / len(np.asarray(counts))))


def by_role(counted: Sequence[Counted], field: str) -> dict[str, list[float]]:
    """Classes of the steps to or from a note, first and last notes of a melody left out."""
    result = {}
    for number, role in enumerate(ROLES):
        found = np.concatenate([getattr(c.melody, field)[c.ends == number] for c in counted])
        counts = np.bincount(found, minlength=len(STEP_CLASSES)).astype(float)
        result[role] = [0.0, *logs(shares(counts[1:], 1 / (len(STEP_CLASSES) - 1)))]
    return result


def returns(counted: Sequence[Counted]) -> dict[str, list[float]]:
    """Classes of what follows an inner note or a phrase's end."""
    result = {}
    for number, role in enumerate(ROLES):
        found = [c.melody.returns[1:][c.ends[:-1] == number] for c in counted]
        classes = return_classes(np.concatenate(found))
        counts = np.bincount(classes, minlength=len(RETURN_CLASSES))
        result[role] = logs(shares(counts, 1 / len(RETURN_CLASSES)))
    return result


def moves(counted: Sequence[Counted]) -> dict[str, list[list[float]]]:
    """How often another voice moves during a note, given the note's length."""
    result = {}
    for number, role in enumerate(ROLES):
        counts = np.zeros((len(LENGTH_CLASSES), MOVE_CLASSES))
        for c in counted:
            chosen = c.ends == number
            classes = length_classes(c.melody.lengths[chosen], c.grid)
            for line in c.melody.moves:
                np.add.at(counts, (classes, line[chosen]), 1)
        result[role] = logs(shares(counts, 1 / MOVE_CLASSES))
    return result


def phrase_lengths(counted: Sequence[Counted]) -> list[float]:
    """Chances of a phrase of so many beats, from 0 up; those of 0 stand for every other length."""
    counts = np.zeros(LONGEST_PHRASE + 1)
    for length in (length for c in counted for length in lengths_in_beats(c)):
        counts[int(length) if length.is_integer() and length <= LONGEST_PHRASE else 0] += 1
    return [float(f"{chance:.2g}") for chance in shares(counts, 1 / len(counts))]


def lengths_in_beats(counted: Counted) -> list[float]:
    """Of each phrase, from its first note to the next one's."""
    stops = counted.melody.onsets[1:][counted.ends]
    return [float(x) for x in np.diff(stops, prepend=counted.melody.onsets[0]) / STEPS_PER_QUARTER]


def grids(counted: Sequence[Counted], all_counted: Sequence[Counted]) -> dict[str, Any]:
    """How frequent a metre is, where its first measure starts, and what is whole measures."""
    beats = counted[0].grid.beats or 1
    first = np.bincount(
        [c.grid.pickup_steps // c.grid.beat_steps for c in counted], minlength=beats
    )
    numbers = np.array([len(counted), len(all_counted) - len(counted)])
    whole = [c.length_steps % c.grid.bar_steps == 0 for c in counted]
    spans = [c.melody.spans[c.melody.returns > 0] % c.grid.bar_steps == 0 for c in counted]
    return {
        "share": logs(shares(numbers, 0.5))[0],
        "pickup": logs(shares(first, 1 / beats, FEW)),
        **in_measures(np.array(whole), beats, "whole bars", "part of a bar"),
        **in_measures(np.concatenate(spans), beats, "returns in place", "returns elsewhere"),
    }


def in_measures(whole: NDArray[np.bool_], beats: int, yes: str, no: str) -> dict[str, float]:
    """How many lengths are whole measures, and how many any other number of beats, each."""
    in_whole, in_part = shares(np.bincount(~whole, minlength=2), 0.5, FEW)
    return {yes: logs(in_whole), no: logs(in_part / (beats - 1))}


def closes(chorales: Sequence[Chorale]) -> dict[str, dict[str, list[float]]]:
    """The last note of soprano and bass, in semitones above the tonic."""
    counts = {name: {mode: np.zeros(OCTAVE) for mode in MODES} for name in ("melody", "bass")}
    for chorale in chorales:
        key = chorale.plan.key
        for name, voice in (("melody", 0), ("bass", 3)):
            line = notes(chorale, voice)
            if key and line:
                counts[name][key.mode][(line[-1].pitch - key.tonic) % OCTAVE] += 1
    return {
        name: {mode: logs(shares(by_degree, 1 / OCTAVE, FEW)) for mode, by_degree in found.items()}
        for name, found in counts.items()
    }


def shares(counts: NDArray[Any], known: Floats | float, backed_by: float = BACKED_BY) -> Floats:
    """Shares of the last axis, smoothed towards what is known."""
    smoothed = counts + backed_by * known
    result = smoothed / smoothed.sum(-1, keepdims=True)
    return np.asarray((1 - EQUAL_SHARE) * result + EQUAL_SHARE / counts.shape[-1])


def logs(chances: Floats) -> Any:
    """Natural logarithms, rounded."""
    return np.log(chances).round(2).tolist()


def written(values: Mapping[str, Any]) -> str:
    """JSON with a row of numbers on a line."""
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
