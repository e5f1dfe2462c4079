"""Form: keys of phrases, and repeats."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import plans

from chorale.composing.form import (
    ALL_VOICES,
    ALL_VOICES_SHARE,
    ARRIVING_STEPS,
    PLAIN_FORM,
    SOPRANO_ONLY,
    KeySpan,
    draw_form,
    draw_phrase_keys,
    find_repeat_steps,
)
from chorale.corpus import Corpus
from chorale.estimating.reference_keys import find_phrase_keys
from chorale.music import REST, Chorale, Key, Metre, Mode, Plan

BAR = 16


def plan_in_phrases(*bars: float, key: Key | None = None, metre: Metre | None = None) -> Plan:
    """A plan in 4/4, or another metre, with phrases of so many bars of 4/4 under short fermatas."""
    ends = np.cumsum([int(BAR * length) for length in bars])
    fermatas = np.zeros(ends[-1], np.bool_)
    for end in ends:
        fermatas[end - 2 : end] = True
    return Plan(len(fermatas), metre or Metre(4, 4), 0, key, fermatas)


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_the_opening_can_be_repeated_where_as_many_phrases_as_long_follow() -> None:
    assert find_repeat_steps(plan_in_phrases(2, 2, 2, 2, 4)) == 4 * BAR
    assert find_repeat_steps(plan_in_phrases(1, 3, 1, 3, 4)) == 4 * BAR
    assert find_repeat_steps(plan_in_phrases(2, 1, 2, 2, 1, 2, 4)) == 5 * BAR  # three and three


@pytest.mark.parametrize(
    "plan",
    [
        plan_in_phrases(2, 2, 2, 2),  # no phrase follows
        plan_in_phrases(2, 2, 2, 3, 4),
        plan_in_phrases(1, 3, 3, 1, 4),
        plan_in_phrases(2, 1.5, 2, 1.5, 4),  # at other places of the bar
        Plan(64, Metre(4, 4)),
        Plan(64),
    ],
)
def test_other_plans_have_no_repeat(plan: Plan) -> None:
    assert find_repeat_steps(plan) == 0
    assert draw_form(plan, True, generator()).repeat_steps == 0


@given(plans(), st.booleans(), st.integers(0, 2**32))
@settings(deadline=None)
def test_other_keys_last_whole_inner_phrases_and_the_last_phrase_is_in_the_home_key(
    plan: Plan, repeat: bool, seed: int
) -> None:
    form = draw_form(plan, repeat, generator(seed))
    ends = [end for _, end in plan.fermata_spans]
    for span in form.keys:
        assert span.end in ends[:-1]
        start = max([0, *(end for end in ends if end < span.end)])
        assert span.start == start + ARRIVING_STEPS
        assert plan.key is not None
        assert span.key != plan.key


def test_a_repeat_is_in_the_same_keys() -> None:
    plan = plan_in_phrases(2, 2, 2, 2, 4, key=Key(0, "minor"))
    seen = 0
    for seed in range(40):
        form = draw_form(plan, True, generator(seed))
        first = [span for span in form.keys if span.end <= 4 * BAR]
        later = [span for span in form.keys if span.start >= 4 * BAR]
        assert [(s.start + 4 * BAR, s.end + 4 * BAR, s.key) for s in first] == [
            (s.start, s.end, s.key) for s in later
        ]
        seen += len(first)
    assert seen


@pytest.mark.parametrize("mode", ["major", "minor"])
def test_keys_are_drawn_as_often_as_bach_closes_in_them(mode: Mode, bach_corpus: Corpus) -> None:
    plan = plan_in_phrases(*[1] * 51, key=Key(9, mode))
    spans = [span for seed in range(40) for span in draw_form(plan, False, generator(seed)).keys]
    found = Counter(((span.key.tonic - 9) % 12, span.key.mode) for span in spans)
    inner = Counter(
        ((key.tonic - home.tonic) % 12, key.mode)
        for chorale in bach_corpus.splits["train"]
        if (home := chorale.plan.key) and home.mode == mode
        for key in find_phrase_keys(chorale, home)[1:-1]
        if key != home
    )
    total = sum(
        len(find_phrase_keys(chorale, home)[1:-1])
        for chorale in bach_corpus.splits["train"]
        if (home := chorale.plan.key) and home.mode == mode
    )
    for key in inner | found:
        assert found[key] / 2000 == pytest.approx(inner[key] / total, abs=0.03)


def test_a_setting_of_a_tune_is_in_the_keys_of_its_phrases() -> None:
    plan = plan_in_phrases(1, 1, 1, key=Key(0, "major"))
    line = [72, 71, 69, 72, 71, 68, 69, 69, *[67, 69, 71, 72], *[74, 72, 71, 72] * 3]
    pitches = np.full((plan.length_steps, 4), REST, np.int16)
    pitches[:, 0] = np.repeat(line, 2)
    onsets = np.zeros(pitches.shape, np.bool_)
    onsets[::2, 0] = True
    tune = Chorale(pitches, onsets, plan)
    forms = [draw_phrase_keys(tune, [0], generator(seed)) for seed in range(20)]
    first = [form.keys[0] for form in forms if form.keys]
    a_minor = KeySpan(ARRIVING_STEPS, BAR, Key(9, "minor"))
    assert first.count(a_minor) > 15
    assert draw_phrase_keys(tune, [1], generator()) == PLAIN_FORM  # no note of the alto
    assert draw_phrase_keys(tune, [0], generator(3)) == draw_phrase_keys(tune, [0], generator(3))


def test_all_voices_are_repeated_or_the_soprano_alone() -> None:
    plan = plan_in_phrases(2, 2, 2, 2, 4)
    drawn = [draw_form(plan, True, generator(seed)).repeated_voices for seed in range(300)]
    assert set(drawn) == {ALL_VOICES, SOPRANO_ONLY}
    assert np.mean([voices == ALL_VOICES for voices in drawn]) == pytest.approx(
        ALL_VOICES_SHARE, abs=0.1
    )


def test_without_a_key_or_fermatas_there_is_one_key() -> None:
    assert draw_form(plan_in_phrases(2, 2, 2), False, generator()).keys == ()
    assert draw_form(Plan(64, key=Key(0, "major")), False, generator()).keys == PLAIN_FORM.keys
