"""The training of the critic."""

from collections.abc import Sequence

import numpy as np
import pytest
from made_up import made_up_chorale

from chorale.music import Chorale, from_pitches
from chorale.network.critic import critic_shapes
from chorale.network.tokens import Vocabulary
from chorale.training import critic
from chorale.training.critic import compute_auc, describe_examples, train_critic

VOCABULARY = Vocabulary()


def held(chorale: Chorale) -> Chorale:
    """Return a chorale without its movement: each beat has one chord."""
    return from_pitches(np.repeat(chorale.pitches[::4], 4, axis=0), chorale.plan)


def made_up(numbers: Sequence[int]) -> list[Chorale]:
    return [made_up_chorale(40 + 4 * (number % 3), number) for number in numbers]


@pytest.fixture
def briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(critic, "EPOCHS", 6)


@pytest.mark.usefixtures("briefly")
def test_a_critic_separates_music_that_moves_from_music_that_does_not() -> None:
    train, held_out = (
        describe_examples(made_up(numbers), [held(each) for each in made_up(numbers)], VOCABULARY)
        for numbers in (range(8), range(20, 25))
    )
    done: list[float] = []
    trained = train_critic(train, held_out, 1, lambda epochs, total: done.append(epochs / total))
    assert trained.auc == 1
    assert {name: values.shape for name, values in trained.weights.items()} == critic_shapes()
    assert done == sorted(done)
    assert done[-1] == 1


@pytest.mark.usefixtures("briefly")
def test_the_same_seed_trains_the_same_critic() -> None:
    examples = describe_examples(made_up(range(4)), made_up(range(4, 8)), VOCABULARY)
    one, again = (train_critic(examples, examples, seed) for seed in (1, 1))
    for name, values in one.weights.items():
        np.testing.assert_array_equal(values, again.weights[name])
    assert (one.weights["0/hidden/kernel"] != one.weights["1/hidden/kernel"]).any()


def test_the_auc_is_the_share_of_separated_pairs() -> None:
    assert compute_auc(np.array([2.0, 3.0]), np.array([1.0])) == 1
    assert compute_auc(np.array([1.0, 3.0]), np.array([1.0, 2.0])) == 0.625
    assert compute_auc(np.array([0.0]), np.array([0.0])) == 0.5
