"""The most probable chain of chords and keys, by dynamic programming.

A hidden Markov model (L. Rabiner, "A Tutorial on Hidden Markov Models", 1989) with a state for each
numeral in each key (`vocabulary`) and a unit of time for each eighth at which notes change
(`observing`). The score of a chain is a weighted sum of log probabilities:
- of each chord, given the one before it in the same key; where the key changes, of the chord given
  what the one before it would be in the new key;
- of the last chord of each phrase;
- of a change of chord at each place, and of a change of key at the start of a phrase and elsewhere;
- of the first and the last key, given the key of the whole chorale;
- of each fragment of a note being in the chord or not, given how it is reached and left;
- of the chord tones that sound, given the kind of chord, and of the bass, given the numeral.

Shapes: N units, S states.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from chorale.harmony.observing import PLACES, SILENT, Ints, Observations
from chorale.harmony.vocabulary import (
    KEYS,
    MODES,
    NONE,
    Floats,
    Vocabulary,
    load_tables,
    load_vocabulary,
)
from chorale.music import OCTAVE, Key


@dataclass(frozen=True)
class Weights:
    """Weights of the log probabilities.

    They were fitted on 44 of the chorales that the tables are counted in: each in turn, by the
    share of the time that the chain agrees with their analyses.
    """

    chords: float = 1.0
    change: float = 0.13
    keys: float = 0.75
    home: float = 0.5
    fragments: float = 1.56
    members: float = 0.6
    bass: float = 0.37
    close: float = 0.8


WEIGHTS = Weights()
# States this much less probable than the best, as a natural logarithm, are not moved from. In half
# of Bach's chorales the chains are the same with 15 as without a limit.
BEAM = 20.0


def find_chain(seen: Observations, home: Key, weights: Weights = WEIGHTS) -> Ints:
    """Return the state of each unit in the most probable chain, (N,).

    Args:
        seen: what is observed in each unit.
        home: key of the whole chorale; a church mode counts as the key on its tonic.
        weights: weights of the parts of the score.
    """
    vocabulary = load_vocabulary()
    scores = score_units(seen, vocabulary, weights)
    scores[seen.phrase_ends] += weights.close * _score_close(vocabulary)
    scores[[0, -1]] += weights.home * _score_home(vocabulary, home)
    within, between = _transitions(weights)
    stay, change = (weights.change * np.array(load_tables()["change"], np.float32)).T
    best = scores[0] + weights.chords * _first(vocabulary)
    came: list[Ints] = []
    for unit in range(1, len(scores)):
        place = int(seen.places[unit])
        matrix = between if place == PLACES.index("phrase") else within
        origins = np.flatnonzero(best >= best.max() - BEAM)
        arrivals = best[origins, None] + matrix[origins]
        number = arrivals.argmax(axis=0)
        origin, moved = origins[number], arrivals[number, np.arange(len(best))] + change[place]
        held = best + stay[place]
        keep = held >= moved
        came.append(np.where(keep, np.arange(len(origin)), origin))
        best = np.where(keep, held, moved) + scores[unit]
    chain = [int(best.argmax())]
    for origin in reversed(came):
        chain.append(int(origin[chain[-1]]))
    return np.array(chain[::-1])


def score_units(seen: Observations, vocabulary: Vocabulary, weights: Weights = WEIGHTS) -> Floats:
    """Return the log probability of each unit under each state, (N, S)."""
    outside, inside = np.array(load_tables()["fragments"], np.float32).T
    shape = (len(seen.starts), OCTAVE)
    base, gain = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    np.add.at(base, (seen.units, seen.pitch_classes), seen.weights * outside[seen.classes])
    np.add.at(
        gain, (seen.units, seen.pitch_classes), seen.weights * (inside - outside)[seen.classes]
    )
    membership = _membership(vocabulary)
    scores = weights.fragments * (base.sum(axis=1)[:, None] + gain @ membership.T)
    scores += weights.members * _score_members(seen, vocabulary)
    scores += weights.bass * _score_bass(seen, vocabulary)
    return np.asarray(scores, np.float32)


def _membership(vocabulary: Vocabulary) -> Floats:
    membership = np.zeros((len(vocabulary.tones), OCTAVE + 1), np.float32)
    np.put_along_axis(membership, vocabulary.tones % (OCTAVE + 1), 1, axis=1)
    return membership[:, :OCTAVE]


def _score_members(seen: Observations, vocabulary: Vocabulary) -> Floats:
    tables = load_tables()["members"]
    table = np.array([tables[numeral.kind] for numeral in vocabulary.numerals], np.float32)
    sounding = np.zeros((len(seen.starts), len(table)), np.int64)
    for place, tones in enumerate(vocabulary.tones.T):
        sounding += np.where(tones == NONE, 0, seen.present[:, tones] << place)
    return np.take_along_axis(table, sounding.T, axis=1).T


def _score_bass(seen: Observations, vocabulary: Vocabulary) -> Floats:
    tables = load_tables()["inversions"]
    table = np.concatenate([np.array(tables[key.mode], np.float32) for key in KEYS])
    scores = np.repeat(table[:, 4][None], len(seen.bass), axis=0)
    for place, tones in enumerate(vocabulary.tones.T):
        scores = np.where(seen.bass[:, None] == tones[None], table[:, place][None], scores)
    return np.where((seen.bass == SILENT)[:, None], 0, scores)


def _score_home(vocabulary: Vocabulary, home: Key) -> Floats:
    home = home.tonal
    table = np.array(load_tables()["home"][MODES.index(home.mode)], np.float32)
    of_keys = [
        table[MODES.index(key.mode) * OCTAVE + (key.tonic - home.tonic) % OCTAVE] for key in KEYS
    ]
    return np.array(of_keys, np.float32)[vocabulary.keys]


def _score_close(vocabulary: Vocabulary) -> Floats:
    """Return how much more frequent each state is at the end of a phrase than elsewhere, (S,)."""
    tables = load_tables()
    return np.concatenate(
        [
            np.array(tables["close"][key.mode], np.float32) - tables["first"][key.mode]
            for key in KEYS
        ]
    )


def _first(vocabulary: Vocabulary) -> Floats:
    tables = load_tables()["first"]
    return np.concatenate([np.array(tables[key.mode], np.float32) for key in KEYS])


@cache
def _transitions(weights: Weights) -> tuple[Floats, Floats]:
    """Return the scores of changes of chord, (S, S): within phrases, and between them."""
    vocabulary, tables = load_vocabulary(), load_tables()
    first = {mode: np.array(tables["first"][mode], np.float32) for mode in MODES}
    following = {mode: np.array(tables["next"][mode], np.float32) for mode in MODES}
    for matrix in following.values():
        np.fill_diagonal(matrix, -np.inf)
    chords, keys = vocabulary.chords, vocabulary.keys
    blocks = [np.flatnonzero(keys == number) for number in range(len(KEYS))]
    moves = np.empty((len(keys), len(keys)), np.float32)
    changed = np.zeros_like(moves)
    for new, columns in enumerate(blocks):
        mode = KEYS[new].mode
        known = {int(chord): row for row, chord in enumerate(chords[columns])}
        for old, rows in enumerate(blocks):
            if old == new:
                moves[np.ix_(rows, columns)] = weights.chords * following[mode]
                continue
            pivots = [known.get(int(chord)) for chord in chords[rows]]
            block = [first[mode] if pivot is None else following[mode][pivot] for pivot in pivots]
            moves[np.ix_(rows, columns)] = weights.chords * np.array(block)
            interval = (KEYS[new].tonic - KEYS[old].tonic) % OCTAVE
            row = tables["interval"][MODES.index(KEYS[old].mode)]
            changed[np.ix_(rows, columns)] = row[MODES.index(mode) * OCTAVE + interval]
    same = keys[:, None] == keys[None]
    result = []
    for stays, leaves in (tables["key_change"][1], tables["key_change"][0]):
        result.append(moves + weights.keys * np.where(same, stays, leaves + changed))
    return np.asarray(result[0], np.float32), np.asarray(result[1], np.float32)
