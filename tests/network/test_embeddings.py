"""The note embeddings, in figures."""

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny_network import OPTIONS, tiny_checkpoint

from chorale.errors import DataError
from chorale.models import find, list_models
from chorale.network.checkpoint import load_checkpoint
from chorale.network.embeddings import (
    Embeddings,
    compare_with_neighbours,
    cosines_by_interval,
    project_to_plane,
    read_embeddings,
)
from chorale.network.tokens import Vocabulary

VOCABULARY = Vocabulary()


def circle(period: float, notes: int = 40) -> NDArray[np.float64]:
    """Return notes around a circle, once in `period` semitones."""
    angles = 2 * np.pi * np.arange(notes) / period
    return np.stack([np.cos(angles), np.sin(angles), 0 * angles], axis=1)


def test_every_symbol_has_a_name_and_notes_a_pitch() -> None:
    embeddings = read_embeddings(tiny_checkpoint())
    assert embeddings.vectors.shape == (VOCABULARY.input_size, OPTIONS.embedding)
    assert embeddings.labels[:3] == ("REST", "HOLD", "C2")
    assert embeddings.labels[-3:] == ("C6", "START", "UNKNOWN")
    assert embeddings.pitches[:3] == (None, None, 36)
    assert embeddings.pitches[-3:] == (84, None, None)
    assert len(set(embeddings.labels)) == VOCABULARY.input_size


def test_notes_are_those_of_the_range_centred() -> None:
    vectors = np.zeros((VOCABULARY.input_size, 2), np.float32)
    vectors[VOCABULARY.token_of(60)] = 1, 0
    vectors[VOCABULARY.token_of(61)] = 0, 3
    notes = Embeddings(vectors, VOCABULARY).notes(60, 61)
    np.testing.assert_array_equal(notes, [[0.5, -1.5], [-0.5, 1.5]])
    with pytest.raises(DataError, match="pitch 85 is outside the range 36 to 84"):
        Embeddings(vectors, VOCABULARY).notes(60, 85)


def test_notes_around_a_circle_of_octaves_are_similar_at_the_octave() -> None:
    cosines = cosines_by_interval(circle(12), 24)
    assert [len(each) for each in cosines] == list(range(40, 15, -1))
    means = np.array([each.mean() for each in cosines])
    np.testing.assert_allclose(means[[0, 6, 12, 18, 24]], [1, -1, 1, -1, 1], atol=1e-12)
    assert compare_with_neighbours(means, 12) == pytest.approx(1 - np.cos(np.pi / 6))
    assert compare_with_neighbours(means, 6) < 0


def test_on_a_line_no_interval_exceeds_its_neighbours() -> None:
    assert compare_with_neighbours(1 - np.arange(25) / 24, 12) == pytest.approx(0)


def test_the_plane_of_a_circle_is_that_circle() -> None:
    vectors = circle(12, notes=36)
    layout = project_to_plane(vectors)
    assert sum(layout.shares) == pytest.approx(1)
    apart = np.linalg.norm(vectors - vectors[0], axis=1)
    np.testing.assert_allclose(
        np.linalg.norm(layout.points - layout.points[0], axis=1), apart, atol=1e-9
    )
    assert (layout.points[-1] >= 0).all()


def test_the_plane_is_the_same_whichever_way_the_vectors_are_turned() -> None:
    vectors = np.random.default_rng(1).normal(size=(20, 5)) * [5, 3, 1, 1, 1]
    vectors -= vectors.mean(0)
    np.testing.assert_allclose(
        project_to_plane(-vectors).points, project_to_plane(vectors).points, atol=1e-9
    )


def test_equal_vectors_raise_no_warning() -> None:
    nothing = np.zeros((30, 4))
    assert project_to_plane(nothing).shares == (0, 0)
    assert all((each == 0).all() for each in cosines_by_interval(nothing, 24))


@pytest.mark.parametrize("model", list_models())
def test_in_the_models_that_ship_near_notes_are_similar(model: str) -> None:
    embeddings = read_embeddings(load_checkpoint(find(model)))
    means = [each.mean() for each in cosines_by_interval(embeddings.notes(40, 79), 12)]
    assert means[2] > means[6] > means[10]
