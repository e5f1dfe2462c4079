"""The chords that an analysis can name, in each of the 24 keys, and how frequent they are.

`tables.json` holds natural logarithms of frequencies in analyses of Bach's chorales that others
made (`scripts/build/harmony_tables.py`). A *state* is a numeral, without its inversion, in a key.

Shapes: S states, in order of keys; K = 24 keys, C to B in major, then in minor.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib import resources
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chorale.music import OCTAVE, Key, Mode
from chorale.music.chords import AUGMENTED_SIXTHS
from chorale.music.numerals import Numeral, parse_numeral

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

MODES: tuple[Mode, ...] = ("major", "minor")
KEYS = tuple(Key(tonic, mode) for mode in MODES for tonic in range(OCTAVE))
NONE = -1  # in place of a fourth chord tone


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """All states.

    Attributes:
        numerals: numeral of each state, without inversion.
        keys: index of the key of each state in KEYS, (S,).
        tones: pitch classes of root, third, fifth and seventh, or NONE, (S, 4).
    """

    numerals: tuple[Numeral, ...]
    keys: Ints
    tones: Ints

    @cached_property
    def chords(self) -> Ints:
        """A number for each set of pitch classes and root, the same in all keys, (S,)."""
        return np.unique(self.tones, axis=0, return_inverse=True)[1].reshape(-1)


@cache
def load_tables() -> Mapping[str, Any]:
    """Read the tables; `scripts/build/harmony_tables.py` describes each."""
    text = resources.files("chorale.harmony").joinpath("tables.json").read_text("utf-8")
    return MappingProxyType(json.loads(text))


def without_inversion(numeral: Numeral) -> Numeral:
    """Return a numeral in root position; augmented sixths, which have none, as they are."""
    return numeral if numeral.kind in AUGMENTED_SIXTHS else replace(numeral, inversion=0)


def build_vocabulary(numerals: Mapping[Mode, tuple[Numeral, ...]]) -> Vocabulary:
    """Return the states of these numerals in all keys."""
    states = [
        (number, numeral) for number, key in enumerate(KEYS) for numeral in numerals[key.mode]
    ]
    tones = np.full((len(states), 4), NONE)
    for row, (number, numeral) in enumerate(states):
        classes = numeral.pitch_classes(KEYS[number]).classes
        tones[row, : len(classes)] = classes
    return Vocabulary(
        tuple(numeral for _, numeral in states), np.array([number for number, _ in states]), tones
    )


@cache
def load_vocabulary() -> Vocabulary:
    """Return the states of the tables."""
    return build_vocabulary(
        {mode: tuple(map(parse_numeral, load_tables()["numerals"][mode])) for mode in MODES}
    )
