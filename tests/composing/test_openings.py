"""Openings: a chorale begins in its own mode."""

import numpy as np
import pytest
from tiny_network import tiny_checkpoint

from chorale.composing.compose import compose
from chorale.composing.openings import is_opening, opening_tokens
from chorale.composing.tasks import Task
from chorale.music import Key, Metre, Plan
from chorale.options import SamplingOptions

CHECKPOINT = tiny_checkpoint()
VOCABULARY = CHECKPOINT.vocabulary
C_MAJOR, C_MINOR = Key(0, "major"), Key(0, "minor")
SILENT = np.full(4, VOCABULARY.rest, np.int32)


def tokens(*pitches: int | None) -> np.ndarray:
    return np.array(
        [VOCABULARY.unknown if p is None else VOCABULARY.token_of(p) for p in pitches], np.int32
    )


def excluded(key: Key, cells: np.ndarray, sounding: np.ndarray = SILENT) -> set[int]:
    """Pitch classes that the alto may not have."""
    found = np.flatnonzero(~opening_tokens(key, 1, cells, sounding, VOCABULARY))
    return {VOCABULARY.pitch_of(int(token)) % 12 for token in found if token != VOCABULARY.hold}


def test_the_first_quarter_and_the_first_downbeat_are_the_opening() -> None:
    plan = Plan(48, Metre(4, 4), 8)
    found = [step for step in range(48) if is_opening(plan, step)]
    assert found == [0, 1, 2, 3, 8, 9, 10, 11]


@pytest.mark.parametrize(("key", "third"), [(C_MAJOR, 3), (C_MINOR, 4)])
def test_the_third_of_the_other_mode_is_excluded(key: Key, third: int) -> None:
    assert excluded(key, tokens(None, None, None, 48)) == {third}
    assert excluded(key, tokens(None, None, None, None)) == {third}


def test_a_third_of_the_other_mode_that_is_there_excludes_nothing() -> None:
    assert excluded(C_MAJOR, tokens(75, None, None, 48)) == set()


def test_holding_a_third_of_the_other_mode_is_excluded_too() -> None:
    cells, sounding = tokens(72, None, None, 48), tokens(72, 63, 60, 44)
    assert not opening_tokens(C_MAJOR, 1, cells, sounding, VOCABULARY)[VOCABULARY.hold]


@pytest.mark.parametrize(("key", "third"), [(C_MAJOR, 3), (C_MINOR, 4)])
def test_no_chorale_opens_in_the_other_mode_whatever_the_weights(key: Key, third: int) -> None:
    plan = Plan(24, Metre(4, 4), 4, key)
    given = np.full((24, 4), VOCABULARY.unknown, np.int32)
    hot = SamplingOptions(temperature=50)
    for seed in range(10):
        [composition] = compose(CHECKPOINT, [Task(plan, given)], hot, [np.random.default_rng(seed)])
        assert not (composition.chorale.pitches[:8] % 12 == third).any()
