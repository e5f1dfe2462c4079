"""The note embeddings: which input symbols the network treats as similar.

Each input symbol (a note, REST, HOLD, START or UNKNOWN) has an embedding, a vector of learnt
numbers. All voices, and all towers of a network, share them. The network has separate inputs for
intervals, so the embeddings need not encode how far apart two notes lie.

Conventions:
- Notes are compared by the cosine of the angle between their vectors, centred on the mean of the
  compared notes: 1 is the same direction, 0 a right angle, -1 the opposite direction.
- Notes that Bach's voices hardly ever sing have hardly been trained. Compare only notes within the
  usual ranges, see `chorale.analysis.RANGES`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chorale.aliases import Floats
from chorale.music import pitch_name
from chorale.network.checkpoint import Checkpoint
from chorale.network.tokens import Vocabulary

WEIGHT = "note_embedding/embeddings"
PLANE = 2  # dimensions of a plane


@dataclass(frozen=True, eq=False)
class Embeddings:
    """The embeddings of a network's input symbols.

    Attributes:
        vectors: (V + 2, width) float32, in the order of the vocabulary.
        vocabulary: the token table, which names the symbols.
    """

    vectors: Floats
    vocabulary: Vocabulary

    @property
    def pitches(self) -> tuple[int | None, ...]:
        """The pitch of each symbol; None if the symbol is not a note."""
        vocabulary = self.vocabulary
        return tuple(
            vocabulary.pitch_of(symbol) if vocabulary.is_note(symbol) else None
            for symbol in range(vocabulary.input_size)
        )

    @property
    def labels(self) -> tuple[str, ...]:
        """The name of each symbol, such as "F#4" or "HOLD"."""
        vocabulary = self.vocabulary
        others = {
            vocabulary.rest: "REST",
            vocabulary.hold: "HOLD",
            vocabulary.start: "START",
            vocabulary.unknown: "UNKNOWN",
        }
        return tuple(
            others[symbol] if pitch is None else pitch_name(pitch)
            for symbol, pitch in enumerate(self.pitches)
        )

    def notes(self, lowest: int, highest: int) -> NDArray[np.float64]:
        """Return the centred vectors of the notes of a range of pitches, (N, width).

        Args:
            lowest: MIDI number of the first note, inclusive.
            highest: MIDI number of the last note, inclusive.

        Raises:
            DataError: a pitch is outside the vocabulary.
        """
        first, last = self.vocabulary.token_of(lowest), self.vocabulary.token_of(highest)
        vectors = self.vectors[first : last + 1].astype(np.float64)
        return vectors - vectors.mean(0)


def read_embeddings(checkpoint: Checkpoint) -> Embeddings:
    """Return the note embeddings of a trained network."""
    return Embeddings(checkpoint.weights[WEIGHT], checkpoint.vocabulary)


@dataclass(frozen=True, eq=False)
class Plane:
    """Notes projected onto the plane on which their spread (variance) is greatest.

    Attributes:
        points: (N, 2), coordinates of the notes along the first two principal components.
        shares: share of the notes' variance along each of the two components, in [0, 1].
    """

    points: NDArray[np.float64]
    shares: tuple[float, float]


def project_to_plane(vectors: NDArray[np.float64]) -> Plane:
    """Project centred vectors, (N, width) with N at least 2, onto their principal components.

    Each axis is turned so that the last point, the highest note, lies on its positive side.
    """
    left, singular, _ = np.linalg.svd(vectors, full_matrices=False)
    points = left[:, :PLANE] * singular[:PLANE]
    points = points * np.where(points[-1] < 0, -1, 1)
    variance = singular**2
    first, second = (variance[:PLANE] / max(variance.sum(), np.finfo(float).tiny)).tolist()
    return Plane(points, (first, second))


def cosines_by_interval(
    vectors: NDArray[np.float64], largest: int
) -> tuple[NDArray[np.float64], ...]:
    """Return the cosines of all pairs of notes, by the semitones between them.

    Args:
        vectors: (N, width) of N successive semitones.
        largest: the widest interval, less than N.

    Returns:
        One array for each interval from 0 to `largest`, with the cosines of its pairs of notes, the
        lowest pair first.
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    directions = vectors / np.maximum(lengths, np.finfo(float).tiny)
    cosines = directions @ directions.T
    return tuple(np.diagonal(cosines, interval) for interval in range(largest + 1))


def compare_with_neighbours(means: NDArray[np.float64], interval: int) -> float:
    """Return the mean cosine of an interval minus that of its two neighbouring intervals.

    The difference removes the similarity that is due only to the notes' distance in pitch.

    Args:
        means: mean cosine of each interval, from 0.
        interval: semitones, at least 1 and below the last index of `means`.
    """
    return float(means[interval] - (means[interval - 1] + means[interval + 1]) / 2)
