"""Runs that stand in other chorales."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import chorales

from chorale.analysis.copying import Sources
from chorale.music import REST, Chorale, Plan, excerpt, from_pitches


def drawn(seed: int, steps: int = 40) -> Chorale:
    """A chorale in which no two steps are alike."""
    generator = np.random.default_rng(seed)
    pitches = np.sort(generator.integers(40, 80, (steps, 4)).astype(np.int16), axis=1)[:, ::-1]
    return from_pitches(pitches, Plan(steps))


def joined(*parts: Chorale) -> Chorale:
    pitches = np.concatenate([part.pitches for part in parts])
    return from_pitches(pitches, Plan(len(pitches)))


def test_a_chorale_is_a_copy_of_itself_in_any_key() -> None:
    chorale = drawn(1)
    assert Sources([chorale]).longest_copy(chorale) == 40
    assert Sources([drawn(2), chorale]).longest_copy(chorale.transposed(-3)) == 40


@pytest.mark.parametrize("length", [2, 3, 17])
def test_the_longest_run_is_found(length: int) -> None:
    source = drawn(1)
    run = excerpt(source, 11, 11 + length).transposed(2)
    assert Sources([source]).longest_copy(joined(drawn(2, 9), run, drawn(3, 9))) == length


def test_a_run_does_not_go_from_one_source_to_the_next() -> None:
    first, second = drawn(1, 6), drawn(2, 6)
    assert Sources([first, second]).longest_copy(joined(first, second)) == 6


def test_nothing_in_common_is_none() -> None:
    assert Sources([drawn(1)]).longest_copy(drawn(2)) == 0
    assert Sources([drawn(1)]).longest_copy(drawn(1, 1)) == 0


def test_a_voice_that_is_moved_alone_is_another_run() -> None:
    source = drawn(1)
    pitches = source.pitches.copy()
    pitches[:, 3] -= 12
    assert Sources([source]).longest_copy(from_pitches(pitches, Plan(40))) == 0


def test_rests_are_part_of_a_run_in_any_key() -> None:
    pitches = drawn(1).pitches.copy()
    pitches[10:20, 1] = REST
    source = from_pitches(pitches, Plan(40))
    assert Sources([source]).longest_copy(source.transposed(4)) == 40


@given(chorales(), chorales(), st.integers(-3, 3))
@settings(max_examples=60, deadline=None)
def test_a_run_is_as_long_at_most_as_both_chorales(one: Chorale, other: Chorale, up: int) -> None:
    found = Sources([one]).longest_copy(other)
    assert found == Sources([other]).longest_copy(one)
    assert found <= min(len(one.pitches), len(other.pitches))
