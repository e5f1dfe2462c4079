"""The critic: a small network that separates Bach's beats from the composing network's own.

It gives each beat a logit, from this beat and the six before it: the logarithm of how much likelier
the beat is in Bach's chorales than in the network's own. The sum over the beats of a phrase is the
logarithm of that ratio for the phrase, as far as beats are independent; of several candidates,
composing goes on with the one of the highest sum (`chorale.composing.choosing`).

A beat is described by its four steps, and a step by the notes that sound in it, all of them
relative to the tonic of the plan's key or to each other, so that transposed music has the same
description:

    each voice      scale degree; whether a note starts, and by which interval; how long it lasts
    pairs of voices interval, modulo the octave
    neighbours      distance of each voice from the next lower one
    place           step of the beat, beat of the bar, mode

The layers are a Dense layer for each beat and two causal Conv1D over beats, the second dilated, all
with the activation silu, and a Dense layer that gives the logit. NETWORKS such networks, trained
from different random weights, are averaged. Twins: `chorale.network.keras_critic` for training, and
`chorale.network.numpy_critic` for composing.

Source: density ratios from a classifier, M. Sugiyama et al., Density Ratio Estimation in Machine
Learning (2012); classifiers that choose among samples, Y. Deng et al., "Residual Energy-Based
Models for Text Generation" (2020).
"""

from collections.abc import Mapping
from itertools import combinations, pairwise

import numpy as np

from chorale.aliases import Floats, Ids
from chorale.music import OCTAVE, STEPS_PER_QUARTER, VOICES, Chorale, Plan
from chorale.network.tokens import SoundingNotes, Vocabulary, encode, track_sounding

NETWORKS = 2
UNITS = 96
TAPS = 3  # of each Conv1D
DILATION = 2  # beats between the taps of the second
NO_TONIC = -1

_LARGEST_INTERVAL = 6  # semitones; larger intervals count as this one
_INTERVALS = 2 * _LARGEST_INTERVAL + 1
_LONGEST = 15  # steps for which a note has lasted; more count as this many
_CLOSEST, _WIDEST = -5, 24  # semitones between neighbouring voices
_BEATS = 4  # of a bar; later ones count as the last

_UPPER, _LOWER = np.array(list(combinations(range(len(VOICES)), 2))).T
_NEIGHBOURS, _NEXT = np.array(list(pairwise(range(len(VOICES))))).T


def _one_hot(columns: int) -> Floats:
    """Return the rows of a one-hot encoding, and a row of zeros for "none" at the end."""
    return np.eye(columns + 1, columns, dtype=np.float32)


_CLASSES, _MOVES = _one_hot(OCTAVE), _one_hot(_INTERVALS)
_PLACES = _one_hot(STEPS_PER_QUARTER), _one_hot(_BEATS)

STEP_WIDTH = (
    len(VOICES) * (OCTAVE + 1 + _INTERVALS + 1)
    + len(_UPPER) * OCTAVE
    + len(_NEXT)
    + STEPS_PER_QUARTER
    + _BEATS
    + 1
)
BEAT_WIDTH = STEPS_PER_QUARTER * STEP_WIDTH


def describe_steps(
    notes: SoundingNotes, positions: Ids, homes: Ids, vocabulary: Vocabulary
) -> Floats:
    """Describe steps, (..., STEP_WIDTH).

    Args:
        notes: the notes at the end of each step, arrays (..., n).
        positions: (...), number of each step in its bar, see `find_position`.
        homes: (..., 2), tonic and mode of each piece, see `find_home`.
        vocabulary: the token table.
    """
    sounding, before = notes.sounding, notes.earlier[..., : len(VOICES)]
    is_note = vocabulary.is_note(sounding)
    starts = is_note & (notes.held == 1)
    tonics, minor = homes[..., :1], homes[..., 1:]
    degrees = (vocabulary.pitches_of(sounding) - tonics) % OCTAVE
    moved = np.clip(sounding - before, -_LARGEST_INTERVAL, _LARGEST_INTERVAL) + _LARGEST_INTERVAL
    moves = starts & vocabulary.is_note(before)
    lasted = np.minimum(notes.held, _LONGEST) / np.float32(_LONGEST)
    apart = sounding[..., _UPPER] - sounding[..., _LOWER]
    both = is_note[..., _UPPER] & is_note[..., _LOWER]
    spacing = np.clip(sounding[..., _NEIGHBOURS] - sounding[..., _NEXT], _CLOSEST, _WIDEST)
    neighbours = is_note[..., _NEIGHBOURS] & is_note[..., _NEXT]
    beats = np.minimum(positions // STEPS_PER_QUARTER, _BEATS - 1)
    parts = [
        _CLASSES[np.where(is_note & (tonics != NO_TONIC), degrees, OCTAVE)],
        starts,
        _MOVES[np.where(moves, moved, _INTERVALS)],
        lasted,
        _CLASSES[np.where(both, apart % OCTAVE, OCTAVE)],
        np.where(neighbours, spacing / np.float32(OCTAVE), 0),
        _PLACES[0][positions % STEPS_PER_QUARTER],
        _PLACES[1][beats],
        minor,
    ]
    flat = [part.reshape(*positions.shape, -1).astype(np.float32) for part in parts]
    return np.concatenate(flat, axis=-1)


def find_home(plan: Plan) -> tuple[int, int]:
    """Return the tonic, 0 to 11 or NO_TONIC, and 1 with a minor third, else 0, of a plan's key."""
    return (plan.key.tonic, int(plan.key.third == "minor")) if plan.key else (NO_TONIC, 0)


def find_position(plan: Plan, step: int) -> int:
    """Return a step's number in its bar, from 0."""
    return (step - plan.pickup_steps) % plan.counted_metre.steps_per_bar


def describe_beats(chorale: Chorale, vocabulary: Vocabulary) -> Floats:
    """Describe the whole beats of a chorale, (beats, BEAT_WIDTH).

    Raises:
        DataError: a pitch is outside the vocabulary.
    """
    tokens, plan = encode(chorale, vocabulary), chorale.plan
    notes = track_sounding(tokens, vocabulary)
    positions = np.array([find_position(plan, step) for step in range(len(tokens))], np.int32)
    homes = np.broadcast_to(np.array(find_home(plan), np.int32), (len(tokens), 2))
    steps = describe_steps(notes, positions, homes, vocabulary)
    steps = steps[plan.pickup_steps % STEPS_PER_QUARTER :]
    beats = len(steps) // STEPS_PER_QUARTER
    return steps[: beats * STEPS_PER_QUARTER].reshape(beats, BEAT_WIDTH)


def critic_shapes() -> Mapping[str, tuple[int, ...]]:
    """Return the shape of each weight of a critic, by name: the network's number, then the layer.

    Kernels are (in, out), those of Conv1D (TAPS, in, out).
    """
    layers = {
        "hidden": (BEAT_WIDTH, UNITS),
        "near": (TAPS, UNITS, UNITS),
        "far": (TAPS, UNITS, UNITS),
        "logit": (UNITS, 1),
    }
    return {
        f"{network}/{layer}/{name}": shape
        for network in range(NETWORKS)
        for layer, kernel in layers.items()
        for name, shape in (("kernel", kernel), ("bias", kernel[-1:]))
    }
