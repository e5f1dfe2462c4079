"""Clicks on the beats: a count-in before the music, and a metronome through all of it.

- A count-in is so many bars of silence, in which each beat clicks. Before a pickup, the rest of its
  bar is counted too, so that the silence and the pickup end together on a downbeat.
- The beats are those of the metre. In 6/8, 9/8, 12/8 and the like, three units make a beat.
- A click on a downbeat is higher and louder.

A click is dry: it does not pass through the room of the organ.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from chorale.music import REST, Chorale, Metre, Plan
from chorale.rendering.sound.samples import SAMPLE_RATE, Sound

CLICK_S = 0.04
DECAY_S = 0.008  # time in which a click falls to 1/e
DOWNBEAT_HZ, BEAT_HZ = 1760.0, 1175.0
DOWNBEAT_LEVEL, BEAT_LEVEL = 0.8, 0.45  # amplitudes; 1 is the peak of the music


@dataclass(frozen=True)
class Click:
    """A click: the step at which it sounds, and whether that is a downbeat."""

    step: int
    downbeat: bool


@dataclass(frozen=True)
class PlayedClick:
    """A click as it is played: its time, in seconds from the beginning, and its kind."""

    start_s: float
    downbeat: bool


def plan_clicks(
    chorale: Chorale, count_in_bars: int, metronome: bool
) -> tuple[Chorale, list[Click]]:
    """Return a chorale with a count-in before it, and the clicks to play with it.

    Args:
        chorale: the music.
        count_in_bars: whole bars of the count-in; 0 for none.
        metronome: whether the clicks go on through the music.
    """
    plan = chorale.plan
    bar = plan.counted_metre.steps_per_bar
    silent_steps = count_in_bars * bar + (bar - plan.pickup_steps) % bar if count_in_bars else 0
    music = _prepend_silence(chorale, silent_steps)
    end = music.plan.length_steps if metronome else silent_steps
    return music, _list_clicks(music.plan, end)


def _prepend_silence(chorale: Chorale, steps: int) -> Chorale:
    """Return a chorale with silence before it; if there is any, it starts with a downbeat."""
    if not steps:
        return chorale
    plan = chorale.plan
    before = ((steps, 0), (0, 0))
    fermatas = None if plan.fermatas is None else np.pad(plan.fermatas, (steps, 0))
    return replace(
        chorale,
        pitches=np.pad(chorale.pitches, before, constant_values=REST),
        onsets=np.pad(chorale.onsets, before),
        plan=Plan(
            steps + plan.length_steps,
            plan.metre,
            0,
            plan.key,
            fermatas,
            early_downbeats=tuple(steps + step for step in plan.early_downbeats),
        ),
        annotations=chorale.annotations.shifted(steps),
    )


def _list_clicks(plan: Plan, end: int) -> list[Click]:
    """Return the clicks on the beats of a plan before the step `end`, in order of time."""
    metre = plan.counted_metre
    return [
        Click(step, plan.step_in_bar(step) == 0)
        for step in range(end)
        if plan.step_in_bar(step) % _steps_per_click(metre) == 0
    ]


def add_clicks(samples: Sound, clicks: Sequence[PlayedClick]) -> Sound:
    """Return samples, (N, 2), with clicks in both channels."""
    mixed = samples.copy()
    for click in clicks:
        start = round(click.start_s * SAMPLE_RATE)
        sound = _synthesize_click(click.downbeat)[: len(mixed) - start, np.newaxis]
        mixed[start : start + len(sound)] += sound
    return mixed


def _steps_per_click(metre: Metre) -> int:
    compound = metre.numerator > 3 and metre.numerator % 3 == 0 and metre.denominator >= 8
    return max(1, int(metre.steps_per_beat)) * (3 if compound else 1)


def _synthesize_click(downbeat: bool) -> Sound:
    """Synthesize a click, a sine that decays fast, (CLICK_S * SAMPLE_RATE,)."""
    hertz, level = (DOWNBEAT_HZ, DOWNBEAT_LEVEL) if downbeat else (BEAT_HZ, BEAT_LEVEL)
    times = np.arange(round(CLICK_S * SAMPLE_RATE)) / SAMPLE_RATE
    sound = level * np.exp(-times / DECAY_S) * np.sin(2 * np.pi * hertz * times)
    return sound.astype(np.float32)
