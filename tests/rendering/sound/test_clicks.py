"""A count-in and a metronome: their steps, and their sound."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import made_up_chorale
from strategies import chorales, plans_with_short_bars

from chorale.music import REST, Chorale, Metre, Plan, from_pitches
from chorale.rendering.sound.clicks import (
    CLICK_S,
    DOWNBEAT_LEVEL,
    Click,
    PlayedClick,
    add_clicks,
    plan_clicks,
)
from chorale.rendering.sound.performance import perform
from chorale.rendering.sound.samples import SAMPLE_RATE


def held(metre: Metre, pickup: int, steps: int) -> Chorale:
    return from_pitches(np.full((steps, 4), 60, np.int16), Plan(steps, metre, pickup))


def pattern(clicks: list[Click], steps: int) -> str:
    """Clicks as text, a sign for each step: X on a downbeat, x on another beat."""
    signs = {click.step: "X" if click.downbeat else "x" for click in clicks}
    return "".join(signs.get(step, ".") for step in range(steps))


@pytest.mark.parametrize(
    ("metre", "pickup", "clicks"),
    [
        (Metre(4, 4), 0, "X...x...x...x...X..."),
        (Metre(4, 4), 4, "x...X...x...x...x..."),
        (Metre(4, 4), 2, "..X...x...x...x...X."),
        (Metre(3, 4), 0, "X...x...x...X...x..."),
        (Metre(3, 2), 8, "x.......X.......x..."),
        (Metre(6, 8), 0, "X.....x.....X.....x."),
        (Metre(6, 8), 2, "..X.....x.....X....."),
        (Metre(3, 8), 0, "X.x.x.X.x.x.X.x.x.X."),
        (Metre(5, 16), 0, "XxxxxXxxxxXxxxxXxxxx"),
    ],
)
def test_a_metronome_clicks_on_the_beats(metre: Metre, pickup: int, clicks: str) -> None:
    music = held(metre, pickup, 20)
    same, found = plan_clicks(music, 0, metronome=True)
    assert same == music
    assert pattern(found, 20) == clicks


@pytest.mark.parametrize(
    ("metre", "pickup", "bars", "clicks"),
    [
        (Metre(4, 4), 0, 1, "X...x...x...x..."),
        (Metre(4, 4), 4, 1, "X...x...x...x...X...x...x..."),
        (Metre(3, 4), 0, 2, "X...x...x...X...x...x..."),
        (Metre(3, 4), 2, 1, "X...x...x...X...x...x."),
        (Metre(6, 8), 0, 1, "X.....x....."),
    ],
)
def test_a_count_in_clicks_whole_bars_and_the_rest_of_the_pickups(
    metre: Metre, pickup: int, bars: int, clicks: str
) -> None:
    music, found = plan_clicks(held(metre, pickup, 20), bars, metronome=False)
    silent = len(clicks)
    assert pattern(found, silent) == clicks
    assert max(click.step for click in found) < silent
    assert (music.pitches[:silent] == REST).all()
    assert (music.pitches[silent:] == 60).all()
    assert (music.plan.pickup_steps, music.plan.length_steps) == (0, silent + 20)


@given(plans_with_short_bars(), st.integers(0, 2))
def test_each_downbeat_clicks_after_short_bars_too(plan: Plan, bars: int) -> None:
    music, clicks = plan_clicks(
        from_pitches(np.full((plan.length_steps, 4), 60, np.int16), plan), bars, metronome=True
    )
    silent = music.plan.length_steps - plan.length_steps
    found = [click.step - silent for click in clicks if click.downbeat and click.step >= silent]
    assert found == [step for step in range(plan.length_steps) if plan.step_in_bar(step) == 0]


@given(chorales(), st.integers(1, 3), st.booleans())
def test_the_music_after_a_count_in_is_the_same(
    chorale: Chorale, bars: int, metronome: bool
) -> None:
    music, clicks = plan_clicks(chorale, bars, metronome)
    silent = music.plan.length_steps - chorale.plan.length_steps
    assert silent >= bars * chorale.plan.counted_metre.steps_per_bar
    assert np.array_equal(music.pitches[silent:], chorale.pitches)
    assert np.array_equal(music.onsets[silent:], chorale.onsets)
    assert not music.onsets[:silent].any()
    old, new = chorale.plan.fermatas, music.plan.fermatas
    assert (old is None) == (new is None)
    if old is not None and new is not None:
        assert np.array_equal(new, np.concatenate([np.zeros(silent, bool), old]))
    assert metronome or all(click.step < silent for click in clicks)
    downbeats = [click.step for click in clicks if click.downbeat]
    first = chorale.plan.bar_start(1)
    bar = chorale.plan.counted_metre.steps_per_bar
    assert all((step - silent - first) % bar == 0 for step in downbeats)


def test_without_bars_or_metronome_nothing_clicks() -> None:
    chorale = made_up_chorale(32, 0)
    assert plan_clicks(chorale, 0, metronome=False) == (chorale, [])


def test_clicks_are_heard_at_their_times() -> None:
    silence = np.zeros((SAMPLE_RATE, 2), np.float32)
    mixed = add_clicks(silence, [PlayedClick(0.25, True), PlayedClick(0.5, False)])
    assert not silence.any()
    loud = np.flatnonzero(np.abs(mixed[:, 0]) > 0.05)
    assert loud[0] == pytest.approx(0.25 * SAMPLE_RATE, abs=20)
    between = (loud > (0.25 + CLICK_S) * SAMPLE_RATE) & (loud < 0.5 * SAMPLE_RATE)
    assert not between.any()
    first, second = np.abs(mixed[: SAMPLE_RATE // 2]).max(), np.abs(mixed[SAMPLE_RATE // 2 :]).max()
    assert second < first < DOWNBEAT_LEVEL
    assert np.array_equal(mixed[:, 0], mixed[:, 1])


def test_a_click_at_the_end_is_cut() -> None:
    short = np.zeros((SAMPLE_RATE // 2, 2), np.float32)
    assert len(add_clicks(short, [PlayedClick(0.49, True)])) == len(short)


def test_with_a_metronome_the_tempo_is_even() -> None:
    music, clicks = plan_clicks(made_up_chorale(52, 0), 1, metronome=True)
    performance = perform(music, 60, clicks, even=True)
    times = [click.start_s for click in performance.clicks]
    assert np.diff(times) == pytest.approx(np.ones(len(times) - 1))
    assert performance.length_s == pytest.approx(music.plan.length_steps / 4)
    played = [note.start_s * 4 for note in performance.notes]
    assert played == pytest.approx(np.round(played))


def test_a_count_in_alone_leaves_the_holds_of_the_music() -> None:
    chorale = made_up_chorale(52, 0)
    music, clicks = plan_clicks(chorale, 1, metronome=False)
    alone, counted = perform(chorale, 60), perform(music, 60, clicks)
    silent_s = (music.plan.length_steps - chorale.plan.length_steps) / 4
    assert [note.start_s - silent_s for note in counted.notes] == pytest.approx(
        [note.start_s for note in alone.notes]
    )
