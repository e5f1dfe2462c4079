"""Recall, by hand and against an implementation that is slow and plainly right."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from chorale.aliases import Ids
from chorale.network.recall import (
    BLOCK,
    CLASSES,
    LENGTH_CLASSES,
    LONGEST,
    RECALLED,
    Recall,
    RepetitionMatcher,
    match_repetitions,
)
from chorale.network.tokens import Vocabulary

VOCABULARY = Vocabulary()
UNKNOWN = VOCABULARY.unknown
SOPRANO, ALTO, TENOR, BASS = range(4)
JOINT = 4  # first column of the joint match


def length_class(steps: int) -> int:
    """Return the class of a length: how many classes begin at it or below."""
    return sum(shortest <= steps for shortest in CLASSES)


def slow_recall(tokens: list[list[int]], step: int) -> tuple[list[int], list[int]]:
    """Return the recalled tokens and classes of length of a step, from frames of four tokens."""

    def match_length(earlier: int, voice: int) -> int:
        length = 0
        while (
            length < min(earlier, LONGEST)
            and tokens[earlier - length - 1][voice] == tokens[step - length - 1][voice]
        ):
            length += 1
        return length

    match_lengths = [
        [match_length(earlier, voice) for voice in range(4)] for earlier in range(step)
    ]
    recalled, lengths = [UNKNOWN] * 8, [0] * 8
    for voice in range(4):
        own = max(
            range(step), key=lambda earlier: (match_lengths[earlier][voice], earlier), default=0
        )
        if step and match_lengths[own][voice]:
            recalled[voice], lengths[voice] = tokens[own][voice], match_lengths[own][voice]
    joint = max(range(step), key=lambda earlier: (sum(match_lengths[earlier]), earlier), default=0)
    if step and any(match_lengths[joint]):
        recalled[4:] = tokens[joint]
        lengths[4:] = match_lengths[joint]
    return recalled, [length_class(length) for length in lengths]


def pieces(symbols: int = 3, longest: int = 40) -> st.SearchStrategy[Ids]:
    """Generate (T, 4) tokens of few kinds, so that there are matches."""
    shapes = st.integers(1, longest).map(lambda length: (length, 4))
    return arrays(np.int32, shapes, elements=st.integers(0, symbols - 1))


def all_different(steps: int, first: int = 2) -> Ids:
    """Return (steps, 4) tokens, no two alike in any voice."""
    return np.repeat(np.arange(first, first + steps, dtype=np.int32)[:, None], 4, axis=1)


def in_all_voices(*parts: list[int]) -> Ids:
    """Return tokens, (T, 4), the same in all voices, one part after the other."""
    line = np.concatenate(parts).astype(np.int32)
    return np.repeat(line[:, None], 4, axis=1)


def two_matches_beyond_the_longest() -> Ids:
    """Return a piece with two matches at its end, the first longer, both at least LONGEST."""
    section = np.random.default_rng(0).integers(2, 40, LONGEST).tolist()
    return in_all_voices([40], section, [41], section, [42], [40], section, [43])


def recall_stepwise(tokens: Ids) -> Recall:
    """Recall step by step with a `RepetitionMatcher`: tokens (B, T, 4) to arrays (B, T, ...)."""
    matcher, steps = RepetitionMatcher(len(tokens), VOCABULARY), []
    for step in range(tokens.shape[1]):
        steps.append(matcher.recall())
        matcher.append(tokens[:, step])
    return Recall(*(np.stack(each, axis=1) for each in zip(*steps, strict=True)))


def assert_same(found: Recall, expected: Recall) -> None:
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


# By hand


def test_a_section_repeated_exactly_is_recalled_token_by_token_with_growing_length() -> None:
    section = all_different(20)
    recall = match_repetitions(np.concatenate([section, section]), VOCABULARY)
    again = slice(21, 40)  # at step 20 nothing shows yet that the section returns
    np.testing.assert_array_equal(recall.tokens[again], np.tile(section[1:], 2))
    for steps, lengths in enumerate(recall.lengths[again], 1):
        assert lengths.tolist() == [length_class(steps)] * RECALLED


def test_without_a_match_nothing_is_recalled() -> None:
    recall = match_repetitions(all_different(30), VOCABULARY)
    assert (recall.tokens == UNKNOWN).all()
    assert (recall.lengths == 0).all()


@pytest.mark.parametrize("length", [1, 2])
def test_nothing_is_recalled_before_the_third_step(length: int) -> None:
    # no step precedes the first, so it matches nothing
    recall = match_repetitions(in_all_voices([7] * length), VOCABULARY)
    assert (recall.tokens == UNKNOWN).all()
    assert (recall.lengths == 0).all()


def test_of_equally_long_matches_the_latest_is_recalled() -> None:
    recall = match_repetitions(in_all_voices([2, 10, 2, 11, 2, 12]), VOCABULARY)
    assert recall.tokens[5].tolist() == [11] * RECALLED
    assert recall.lengths[5].tolist() == [length_class(1)] * RECALLED


def test_a_longer_match_is_preferred_to_a_later_one() -> None:
    recall = match_repetitions(in_all_voices([2, 3, 10], [4, 3, 11], [2, 3, 12]), VOCABULARY)
    assert recall.tokens[8].tolist() == [10] * RECALLED
    assert recall.lengths[8].tolist() == [length_class(2)] * RECALLED


def test_matches_of_at_least_the_longest_length_count_as_equally_long() -> None:
    recall = match_repetitions(two_matches_beyond_the_longest(), VOCABULARY)
    assert recall.tokens[-1].tolist() == [42] * RECALLED
    assert recall.lengths[-1].tolist() == [LENGTH_CLASSES - 1] * RECALLED


def test_own_and_joint_matches_differ_where_one_voice_goes_its_own_way() -> None:
    tokens = in_all_voices([2, 3, 4, 5, 2, 9])
    tokens[4, SOPRANO] = 4  # as at step 2, where the others are as at step 0
    recall = match_repetitions(tokens, VOCABULARY)
    assert recall.tokens[5].tolist() == [5, 3, 3, 3, 3, 3, 3, 3]
    none, one = 0, length_class(1)
    assert recall.lengths[5].tolist() == [one] * 4 + [none, one, one, one]


def test_the_joint_match_has_a_length_for_each_voice() -> None:
    tokens = in_all_voices([2, 3, 4, 5, 6, 2, 3, 4, 9])
    tokens[6, BASS] = 20  # three voices match for 3 steps, the bass for 1
    lengths = match_repetitions(tokens, VOCABULARY).lengths[8]
    assert lengths[JOINT:].tolist() == [length_class(3)] * 3 + [length_class(1)]


@pytest.mark.parametrize(("number", "shortest"), [*enumerate(CLASSES, 1)])
def test_a_class_of_lengths_begins_at_its_shortest(number: int, shortest: int) -> None:
    lengths = match_repetitions(in_all_voices([2] * 200), VOCABULARY).lengths
    # where one token is repeated on and on, the step before matches for all steps before itself
    assert lengths[shortest].tolist() == [number - 1] * RECALLED
    assert lengths[shortest + 1].tolist() == [number] * RECALLED


def test_the_last_class_of_lengths_has_no_end() -> None:
    lengths = match_repetitions(in_all_voices([2] * 200), VOCABULARY).lengths
    assert (lengths[LONGEST + 1 :] == LENGTH_CLASSES - 1).all()
    assert list(CLASSES) == sorted(set(CLASSES))


def test_arrays_have_their_declared_shapes_and_type() -> None:
    recall = match_repetitions(all_different(7), VOCABULARY)
    assert recall.tokens.shape == (7, RECALLED)
    assert recall.lengths.shape == (7, RECALLED)
    assert recall.tokens.dtype == recall.lengths.dtype == np.int32


# Whatever the tokens


@given(pieces())
@settings(deadline=None)
def test_every_step_recalls_what_a_slow_search_finds(tokens: Ids) -> None:
    recall = match_repetitions(tokens, VOCABULARY)
    for step in range(len(tokens)):
        recalled, lengths = slow_recall(tokens.tolist(), step)
        assert recall.tokens[step].tolist() == recalled
        assert recall.lengths[step].tolist() == lengths


@pytest.mark.parametrize("length", [BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 30])
def test_long_pieces_are_searched_all_through(length: int) -> None:
    tokens = np.random.default_rng(length).integers(0, 2, (length, 4)).astype(np.int32)
    tokens[length - 20 :] = tokens[3:23]
    recall = match_repetitions(tokens, VOCABULARY)
    for step in range(length):
        recalled, lengths = slow_recall(tokens.tolist(), step)
        assert recall.tokens[step].tolist() == recalled
        assert recall.lengths[step].tolist() == lengths
    assert (recall.lengths[-1, JOINT:] >= length_class(19)).all()


@given(pieces(), st.data())
@settings(deadline=None)
def test_recall_depends_on_earlier_steps_alone(tokens: Ids, data: st.DataObject) -> None:
    step = data.draw(st.integers(0, len(tokens) - 1))
    other = tokens.copy()
    other[step:] = data.draw(arrays(np.int32, other[step:].shape, elements=st.integers(0, 2)))
    before, after = match_repetitions(tokens, VOCABULARY), match_repetitions(other, VOCABULARY)
    assert_same(Recall(*(x[: step + 1] for x in after)), Recall(*(x[: step + 1] for x in before)))


@given(pieces(symbols=5), st.integers(1, 40))
@settings(deadline=None)
def test_transposition_moves_the_recalled_notes_and_no_length(tokens: Ids, semitones: int) -> None:
    def moved(ids: Ids) -> Ids:
        return np.where(VOCABULARY.is_note(ids), ids + semitones, ids).astype(np.int32)

    before, after = (
        match_repetitions(tokens, VOCABULARY),
        match_repetitions(moved(tokens), VOCABULARY),
    )
    assert_same(after, Recall(moved(before.tokens), before.lengths))


@given(st.integers(1, 3), st.integers(1, 20), st.data())
@settings(deadline=None)
def test_a_batch_recalls_step_by_step_what_each_chorale_recalls_alone(
    batch: int, length: int, data: st.DataObject
) -> None:
    tokens = data.draw(arrays(np.int32, (batch, length, 4), elements=st.integers(0, 2)))
    together = recall_stepwise(tokens)
    for row, alone in enumerate(tokens):
        assert_same(Recall(*(x[row] for x in together)), match_repetitions(alone, VOCABULARY))


def test_stepwise_lengths_are_limited_like_those_of_whole_chorales() -> None:
    tokens = two_matches_beyond_the_longest()
    assert_same(
        Recall(*(x[0] for x in recall_stepwise(tokens[None]))),
        match_repetitions(tokens, VOCABULARY),
    )
