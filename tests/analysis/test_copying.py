"""Passages that a chorale shares with others."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import chorales

from chorale.analysis.copying import CopyFinder
from chorale.music import REST, Chorale, Plan, excerpt, from_pitches


def random_chorale(seed: int, steps: int = 40) -> Chorale:
    """Return a chorale in which no two steps are equal."""
    generator = np.random.default_rng(seed)
    pitches = np.sort(generator.integers(40, 80, (steps, 4)).astype(np.int16), axis=1)[:, ::-1]
    return from_pitches(pitches, Plan(steps))


def concatenate(*parts: Chorale) -> Chorale:
    pitches = np.concatenate([part.pitches for part in parts])
    return from_pitches(pitches, Plan(len(pitches)))


def test_a_chorale_is_a_copy_of_itself_in_every_key() -> None:
    chorale = random_chorale(1)
    assert CopyFinder([chorale]).longest_copy(chorale) == 40
    assert CopyFinder([random_chorale(2), chorale]).longest_copy(chorale.transposed(-3)) == 40


@pytest.mark.parametrize("length", [2, 3, 17])
def test_the_longest_shared_passage_is_found(length: int) -> None:
    source = random_chorale(1)
    passage = excerpt(source, 11, 11 + length).transposed(2)
    assert (
        CopyFinder([source]).longest_copy(
            concatenate(random_chorale(2, 9), passage, random_chorale(3, 9))
        )
        == length
    )


def test_a_passage_does_not_span_two_sources() -> None:
    first, second = random_chorale(1, 6), random_chorale(2, 6)
    assert CopyFinder([first, second]).longest_copy(concatenate(first, second)) == 6


def test_chorales_with_nothing_in_common_share_0_steps() -> None:
    assert CopyFinder([random_chorale(1)]).longest_copy(random_chorale(2)) == 0
    assert CopyFinder([random_chorale(1)]).longest_copy(random_chorale(1, 1)) == 0


def test_transposing_one_voice_makes_another_passage() -> None:
    source = random_chorale(1)
    pitches = source.pitches.copy()
    pitches[:, 3] -= 12
    assert CopyFinder([source]).longest_copy(from_pitches(pitches, Plan(40))) == 0


def test_rests_are_part_of_a_passage_in_every_key() -> None:
    pitches = random_chorale(1).pitches.copy()
    pitches[10:20, 1] = REST
    source = from_pitches(pitches, Plan(40))
    assert CopyFinder([source]).longest_copy(source.transposed(4)) == 40


@given(chorales(), chorales(), st.integers(-3, 3))
@settings(max_examples=60, deadline=None)
def test_a_shared_passage_is_symmetric_and_fits_both_chorales(
    one: Chorale, other: Chorale, up: int
) -> None:
    found = CopyFinder([one]).longest_copy(other)
    assert found == CopyFinder([other]).longest_copy(one)
    assert found <= min(len(one.pitches), len(other.pitches))
