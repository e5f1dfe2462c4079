"""Sampling from distributions made by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from chorale.composing.sampling import compute_probabilities, sample
from chorale.errors import OptionError
from chorale.options import SamplingOptions

CHANCES = np.array([0.1, 0.5, 0.15, 0.25])
LOGITS = np.log(CHANCES) + 3.0  # a constant changes nothing
PLAIN = SamplingOptions(temperature=1.0, min_p=0)
GREEDY = SamplingOptions(greedy=True)


def drawn(
    logits: NDArray[np.floating], options: SamplingOptions, count: int, seed: int = 1
) -> NDArray[np.int32]:
    """`count` draws from one distribution with one generator."""
    generator = np.random.default_rng(seed)
    return sample(np.tile(logits, (count, 1)), options, [generator] * count)


def logits_of() -> st.SearchStrategy[NDArray[np.float64]]:
    """Some tokens' logits, some of them impossible, never all."""
    values = st.floats(-30, 30) | st.just(-np.inf)
    return (
        st.lists(values, min_size=1, max_size=12)
        .filter(lambda logits: max(logits) > -np.inf)
        .map(np.array)
    )


def test_at_temperature_1_the_distribution_is_that_of_the_network() -> None:
    np.testing.assert_allclose(compute_probabilities(LOGITS, PLAIN), CHANCES, rtol=1e-12)


def test_temperature_divides_the_logits() -> None:
    half = compute_probabilities(LOGITS, SamplingOptions(temperature=0.5, min_p=0))
    np.testing.assert_allclose(half, CHANCES**2 / (CHANCES**2).sum(), rtol=1e-12)


@pytest.mark.parametrize("temperature", [1e-3, 1e-300, 5e-324])
def test_a_temperature_near_0_takes_the_likeliest_token(temperature: float) -> None:
    cold = SamplingOptions(temperature=temperature)
    np.testing.assert_allclose(compute_probabilities(LOGITS, cold), [0, 1, 0, 0], atol=1e-200)


def test_a_high_temperature_makes_all_possible_tokens_equally_likely() -> None:
    hot = SamplingOptions(temperature=1e9)
    logits = np.append(LOGITS, -np.inf)
    np.testing.assert_allclose(compute_probabilities(logits, hot), [0.25] * 4 + [0], atol=1e-8)


@given(logits_of(), st.floats(0.01, 100), st.floats(0.01, 1))
def test_temperature_and_top_p_give_a_distribution_with_the_same_likeliest_token(
    logits: NDArray[np.float64], temperature: float, top_p: float
) -> None:
    chances = compute_probabilities(logits, SamplingOptions(temperature, top_p))
    assert chances.min() >= 0
    assert chances.sum() == pytest.approx(1)
    assert (chances[np.isneginf(logits)] == 0).all()
    assert logits[chances.argmax()] == pytest.approx(logits.max())


@given(logits_of(), st.floats(0.01, 100), st.floats(1, 100))
def test_a_higher_temperature_spreads_the_distribution(
    logits: NDArray[np.float64], temperature: float, times: float
) -> None:
    def entropy(temperature: float) -> float:
        chances = compute_probabilities(logits, SamplingOptions(temperature))
        return float(-(chances[chances > 0] * np.log(chances[chances > 0])).sum())

    assert entropy(temperature) <= entropy(temperature * times) + 1e-9


@pytest.mark.parametrize(
    ("top_p", "kept"),
    [
        (1e-9, [1]),
        (0.49, [1]),
        (0.51, [1, 3]),
        (0.74, [1, 3]),
        (0.76, [1, 2, 3]),
        (0.89, [1, 2, 3]),
        (0.91, [0, 1, 2, 3]),
        (1.0, [0, 1, 2, 3]),
    ],
)
def test_top_p_keeps_the_likeliest_tokens_up_to_the_one_that_reaches_p(
    top_p: float, kept: list[int]
) -> None:
    chances = compute_probabilities(LOGITS, SamplingOptions(1.0, top_p))
    assert np.flatnonzero(chances).tolist() == kept
    np.testing.assert_allclose(chances[kept], CHANCES[kept] / CHANCES[kept].sum())


@pytest.mark.parametrize(("top_p", "kept"), [(0.25, 1), (0.5, 2), (0.75, 3), (0.250001, 2)])
def test_top_p_reached_exactly_needs_no_further_token_and_takes_the_first_of_equals(
    top_p: float, kept: int
) -> None:
    chances = compute_probabilities(np.zeros(4), SamplingOptions(1.0, top_p))
    assert chances.tolist() == [1 / kept] * kept + [0] * (4 - kept)


@given(logits_of(), st.floats(0.01, 0.99))
def test_the_nucleus_is_the_smallest_that_reaches_p(
    logits: NDArray[np.float64], top_p: float
) -> None:
    whole = compute_probabilities(logits, PLAIN)
    kept = compute_probabilities(logits, SamplingOptions(1.0, top_p, min_p=0)) > 0
    assert whole[kept].sum() >= top_p - 1e-9
    assert whole[kept].sum() - whole[kept].min() < top_p + 1e-9
    assert whole[kept].min() >= whole[~kept].max(initial=0)


@pytest.mark.parametrize(
    ("min_p", "kept"),
    [  # of 0.1, 0.5, 0.15 and 0.25: shares of the likeliest 0.2, 1, 0.3 and 0.5
        (0.0, [0, 1, 2, 3]),
        (0.19, [0, 1, 2, 3]),
        (0.21, [1, 2, 3]),
        (0.29, [1, 2, 3]),
        (0.31, [1, 3]),
        (0.49, [1, 3]),
        (0.51, [1]),
        (1.0, [1]),
    ],
)
def test_min_p_keeps_the_tokens_from_a_share_of_the_likeliest_on(
    min_p: float, kept: list[int]
) -> None:
    chances = compute_probabilities(LOGITS, SamplingOptions(min_p=min_p))
    assert np.flatnonzero(chances).tolist() == kept
    np.testing.assert_allclose(chances[kept], CHANCES[kept] / CHANCES[kept].sum())


def test_min_p_reached_exactly_keeps_the_token() -> None:
    chances = compute_probabilities(np.log([0.5, 0.25, 0.125]), SamplingOptions(min_p=0.5))
    assert np.flatnonzero(chances).tolist() == [0, 1]


@given(logits_of(), st.floats(0, 1), st.floats(0.01, 1))
def test_min_p_is_a_share_of_the_likeliest_with_top_p_or_without(
    logits: NDArray[np.float64], min_p: float, top_p: float
) -> None:
    whole = compute_probabilities(logits, PLAIN)
    nucleus = compute_probabilities(logits, SamplingOptions(top_p=top_p, min_p=0)) > 0
    both = compute_probabilities(logits, SamplingOptions(top_p=top_p, min_p=min_p))
    assert both.sum() == pytest.approx(1)
    kept = nucleus & (whole >= min_p * whole.max())
    borderline = np.isclose(whole, min_p * whole.max(), rtol=1e-9, atol=0)
    np.testing.assert_array_equal((both > 0)[~borderline], (kept & (whole > 0))[~borderline])


def test_min_p_of_each_distribution_is_its_own() -> None:
    flat, steep = np.log([0.4, 0.3, 0.3]), np.log([0.9, 0.06, 0.04])
    chances = compute_probabilities(np.stack([flat, steep]), SamplingOptions(min_p=0.1))
    assert (chances > 0).tolist() == [[True] * 3, [True, False, False]]


def test_min_p_of_1_draws_any_of_the_likeliest() -> None:
    chances = compute_probabilities(np.array([2.0, 1.0, 2.0]), SamplingOptions(min_p=1.0))
    assert chances.tolist() == [0.5, 0, 0.5]


def test_temperature_is_applied_before_min_p() -> None:
    cold = compute_probabilities(LOGITS, SamplingOptions(temperature=0.5, min_p=0.4))
    assert np.flatnonzero(cold).tolist() == [1]  # 0.25 is then a quarter of 0.5


def test_temperature_is_applied_before_top_p() -> None:
    cold = compute_probabilities(LOGITS, SamplingOptions(temperature=0.5, top_p=0.7))
    assert np.flatnonzero(cold).tolist() == [1]  # 0.25 / 0.345 = 0.72 of it by then


def test_greedy_takes_the_likeliest_and_the_first_of_equals() -> None:
    assert compute_probabilities(LOGITS, GREEDY).tolist() == [0, 1, 0, 0]
    assert compute_probabilities(np.array([0.0, 2.0, 2.0]), GREEDY).tolist() == [0, 1, 0]
    hot = SamplingOptions(temperature=50, top_p=0.1, greedy=True)
    assert (drawn(LOGITS, hot, 50) == 1).all()


def test_draws_follow_the_distribution() -> None:
    count = 20_000
    shares = np.bincount(drawn(LOGITS, PLAIN, count), minlength=4) / count
    np.testing.assert_allclose(shares, CHANCES, atol=0.015)  # over four standard deviations


@given(logits_of(), st.integers(0, 2**32))
@settings(max_examples=50)
def test_impossible_tokens_are_never_drawn(logits: NDArray[np.float64], seed: int) -> None:
    hot = SamplingOptions(temperature=100.0)
    assert not np.isneginf(logits[drawn(logits, hot, 30, seed)]).any()


class Fixed(np.random.Generator):
    """A generator whose draws are all the same number."""

    def __init__(self, value: float) -> None:
        super().__init__(np.random.PCG64(0))
        self.value = value

    def random(self, *_: object, **__: object) -> float:  # type: ignore[override]  # only one number at a time is drawn
        return self.value


@pytest.mark.parametrize(
    ("draw", "token"),
    [(0.0, 1), (0.24, 1), (0.25, 2), (0.74, 2), (0.75, 4), (1 - 2**-53, 4)],
)
def test_a_draw_falls_on_the_token_whose_share_it_lies_in(draw: float, token: int) -> None:
    logits = np.log([1e-300, 0.25, 0.5, 1e-300, 0.25, 1e-300])
    logits[[0, 3, 5]] = -np.inf
    assert sample(logits[None], PLAIN, [Fixed(draw)]).tolist() == [token]


def test_the_same_generator_draws_the_same() -> None:
    first, again = drawn(LOGITS, PLAIN, 100, seed=7), drawn(LOGITS, PLAIN, 100, seed=7)
    assert first.tolist() == again.tolist()
    assert first.tolist() != drawn(LOGITS, PLAIN, 100, seed=8).tolist()
    assert first.dtype == np.int32


def test_each_distribution_has_its_own_generator() -> None:
    def generators() -> list[np.random.Generator]:
        return [np.random.default_rng(seed) for seed in range(50)]

    logits = np.tile(LOGITS, (50, 1))
    together = sample(logits, PLAIN, generators())
    alone = [sample(LOGITS[None], PLAIN, [generator])[0] for generator in generators()]
    assert together.tolist() == alone


@pytest.mark.parametrize("options", [PLAIN, GREEDY, SamplingOptions(1.0, 0.2)])
def test_a_draw_advances_its_generator_by_one_whatever_the_options(
    options: SamplingOptions,
) -> None:
    used, reference = np.random.default_rng(3), np.random.default_rng(3)
    sample(LOGITS[None], options, [used])
    reference.random()
    assert used.random() == reference.random()


def test_half_precision_logits_are_drawn_from_in_full() -> None:
    chances = compute_probabilities(LOGITS.astype(np.float16), PLAIN)
    assert chances.dtype == np.float64
    assert chances.sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ((0.0, 1.0), r"temperature must be above 0, not 0; .* --greedy"),
        ((-1.0, 1.0), "temperature must be above 0, not -1"),
        ((1.0, 0.0), r"top-p must be in \(0, 1\], not 0"),
        ((1.0, 1.01), r"top-p must be in \(0, 1\], not 1.01"),
    ],
)
def test_options_outside_their_ranges_are_refused_with_the_range(
    values: tuple[float, float], message: str
) -> None:
    with pytest.raises(OptionError, match=message):
        SamplingOptions(*values)


# Several distributions at once


@pytest.mark.parametrize(
    "options", [PLAIN, SamplingOptions(0.5, 0.7), SamplingOptions(2.0), GREEDY]
)
def test_each_of_several_distributions_is_the_same_as_alone(options: SamplingOptions) -> None:
    several = np.random.default_rng(3).normal(scale=2, size=(2, 3, 5))
    several += np.array([[[0], [10], [-2000]], [[30], [5], [-1]]])
    together = compute_probabilities(several, options)
    assert together.shape == several.shape
    for place in np.ndindex(2, 3):
        np.testing.assert_allclose(together[place], compute_probabilities(several[place], options))


def test_each_draw_is_from_its_own_distribution() -> None:
    logits = np.where(np.eye(4)[[2, 0, 3, 1]] == 1, 0.0, -np.inf)
    drawn = sample(logits, PLAIN, [np.random.default_rng(seed) for seed in range(4)])
    assert drawn.dtype == np.int32
    assert drawn.tolist() == [2, 0, 3, 1]


def test_of_many_equals_top_p_takes_the_first() -> None:
    chances = compute_probabilities(np.tile([0.0, 1.0, 2.0], 400), SamplingOptions(1.0, 0.25))
    assert np.flatnonzero(chances).tolist() == list(range(2, 3 * 151, 3))


def test_a_top_p_of_1_leaves_even_the_least_likely() -> None:
    assert (compute_probabilities(np.array([0.0, -100.0]), PLAIN) > 0).all()


def test_the_highest_draw_falls_on_a_possible_token_where_rounding_leaves_less_than_1() -> None:
    logits = np.log(np.full(11, 0.1))
    logits[0] = -np.inf
    assert compute_probabilities(logits, PLAIN).cumsum()[-1] < 1
    assert sample(logits[None], PLAIN, [Fixed(1 - 2**-53)]).tolist() == [10]
