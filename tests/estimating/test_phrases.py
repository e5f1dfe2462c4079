"""Phrases of music with few fermatas."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from strategies import chorales
from tunes import HUNDREDTH, reading

from chorale.corpus import Corpus
from chorale.estimating import complete_phrases
from chorale.music import Chorale, Metre, Note, notes
from chorale.music.arrays import runs

COMMON = Metre(4, 4)
TUNE = notes(
    reading(HUNDREDTH).chorale, 0
)  # four phrases of eight quarters, the first from a pickup
LENGTH = 128


def fermatas(*ends: int, length: int = LENGTH) -> NDArray[np.bool_]:
    """Return fermatas of a quarter that end at these steps."""
    return np.isin(np.arange(length), [step for end in ends for step in range(end - 4, end)])


def complete(given: NDArray[np.bool_], line: list[Note], metre: Metre | None = COMMON) -> list[int]:
    """Return the steps at which the completed phrases end."""
    completed = complete_phrases(given, [line], metre, 4)
    assert (completed | ~given).all(), "a given fermata is lost"
    return [end for _, end in runs(completed)]


@pytest.mark.parametrize("metre", [COMMON, None])
def test_phrases_are_estimated_before_a_single_fermata_at_the_end(metre: Metre | None) -> None:
    assert complete(fermatas(LENGTH), TUNE, metre) == [32, 64, 96, 128]


def test_phrases_are_estimated_within_a_long_one_only() -> None:
    twice = [*TUNE, *(Note(n.pitch, n.onset_step + LENGTH, n.length_steps) for n in TUNE)]
    given = fermatas(28, 60, LENGTH, 2 * LENGTH, length=2 * LENGTH)  # ends that no estimate has
    assert complete(given, twice) == [28, 60, 128, 160, 192, 224, 256]


def test_phrases_are_estimated_after_the_last_fermata() -> None:
    assert complete(fermatas(16), TUNE)[0] == 16
    assert complete(fermatas(16), TUNE)[-1] == LENGTH
    assert len(complete(fermatas(16), TUNE)) > 2


def test_complete_phrases_and_none_stay_as_they_are() -> None:
    assert complete(fermatas(36, 68, 100, LENGTH), TUNE) == [36, 68, 100, 128]
    assert complete(fermatas(), TUNE) == []


@given(chorales(), st.data())
def test_no_given_fermata_is_lost_or_lengthened(chorale: Chorale, data: st.DataObject) -> None:
    length = chorale.plan.length_steps
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=length, max_size=length)))
    lines = [line for line in (notes(chorale, voice) for voice in range(4)) if line]
    metre, pickup = chorale.plan.metre, chorale.plan.pickup_steps
    completed = complete_phrases(mask, lines, metre, pickup)
    assert set(runs(mask)) <= set(runs(completed))


def test_bachs_chorales_stay_as_they_are_but_for_one_with_a_single_fermata(
    bach_corpus: Corpus,
) -> None:
    changed = []
    for chorale in bach_corpus.splits["test"]:
        plan = chorale.plan
        if plan.fermatas is not None:
            lines = [notes(chorale, voice) for voice in range(4)]
            completed = complete_phrases(plan.fermatas, lines, plan.metre, plan.pickup_steps)
            if (completed != plan.fermatas).any():
                changed.append((chorale.source, len(plan.fermata_spans)))
    assert changed == [("BWV 137.5", 1)]
