"""Locks: how they are read, and the places that they name."""

import pytest

from chorale.composing.jobs.locks import Lock, find_locked_steps, parse_locks
from chorale.errors import OptionError
from chorale.music import Metre, Plan

PLAN = Plan(36, Metre(4, 4), pickup_steps=4)


def test_locks_are_read_from_a_text_and_from_a_list() -> None:
    locks = [Lock(0, 5), Lock(1, 6, 2.5)]
    assert parse_locks("soprano 5, Alto 6:2.5") == locks
    assert parse_locks([lock.description for lock in locks]) == locks
    assert parse_locks("") == []


@pytest.mark.parametrize(
    "text",
    [
        *("soprano", "5", "flute 5", "alto 5:", "alto five", "alto 5-6"),
        *("alto " + "9" * 5000, "alto 1:" + "9" * 5000),
    ],
)
def test_other_texts_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(OptionError, match=r"name a voice and a bar.*such as"):
        parse_locks(text)


def test_a_lock_of_a_beat_is_its_step_and_a_lock_of_a_bar_all_its_steps() -> None:
    assert list(find_locked_steps([Lock(1, 1, 2.5)], PLAN)) == [(1, 4 + 6)]
    assert list(find_locked_steps([Lock(2, 0)], PLAN)) == [(2, step) for step in range(4)]
    assert list(find_locked_steps([Lock(0, 0, 4)], PLAN)) == [(0, 0)]  # a pickup is beat 4


@pytest.mark.parametrize("lock", [Lock(0, 3), Lock(0, 1, 5), Lock(0, 0, 1), Lock(0, 1, 0)])
def test_places_that_the_music_lacks_are_refused(lock: Lock) -> None:
    with pytest.raises(OptionError, match="bar"):
        list(find_locked_steps([lock], PLAN))
