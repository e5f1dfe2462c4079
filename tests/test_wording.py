"""Numbers, names and lengths in words."""

import pytest

from chorale.wording import count, describe_length, join_names, list_places


@pytest.mark.parametrize(
    ("names", "words"),
    [([], ""), (["alto"], "alto"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_names_are_joined_as_in_a_sentence(names: list[str], words: str) -> None:
    assert join_names(names) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 bars"), (1, "1 bar"), (1.0, "1 bar"), (0.5, "0.5 bars"), (2, "2 bars")],
)
def test_every_number_but_one_takes_the_plural(number: float, words: str) -> None:
    assert count(number, "bar") == words


def test_a_number_of_six_digits_is_written_in_full() -> None:
    assert count(120_000, "note") == "120000 notes"


@pytest.mark.parametrize(
    ("bars", "pickup", "words"),
    [
        (8, False, "8 bars"),
        (1, True, "1 bar with a pickup"),
        (0, False, "1 bar"),
    ],
)
def test_a_length_has_at_least_one_bar(bars: int, pickup: bool, words: str) -> None:
    assert describe_length(bars, pickup) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, ""), (1, "1"), (3, "1; 2; 3"), (4, "1; 2; 3; and 1 more"), (9, "1; 2; 3; and 6 more")],
)
def test_of_many_places_the_first_three_are_listed(number: int, words: str) -> None:
    assert list_places([str(place) for place in range(1, number + 1)]) == words
