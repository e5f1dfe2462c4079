"""Complete triads on strong beats."""

import math
from dataclasses import replace

import numpy as np
import pytest

from chorale.analysis import complete_triad_share, is_complete
from chorale.analysis.triads import list_strong_beats
from chorale.corpus.corpus import Corpus
from chorale.music import REST, TENOR, Chorale, Metre, Plan, from_pitches


@pytest.mark.parametrize(
    "pitches",
    [
        (72, 67, 64, 48),  # C major
        (72, 67, 64, REST),
        (76, 72, 67, 52),  # in first inversion
        (71, 65, 62, 62),  # B diminished
        (71, 65, 62, 55),  # G7
        (71, 65, 55, REST),  # G7 without its fifth
        (69, 65, 62, 48),  # D minor seventh
    ],
)
def test_root_third_and_fifth_or_seventh_are_complete(pitches: tuple[int, ...]) -> None:
    assert is_complete(pitches)


@pytest.mark.parametrize(
    "pitches",
    [
        (72, 64, 60, 48),  # no fifth
        (72, 67, 60, 48),  # no third
        (76, 67, 64, 52),  # no root
        (72, 67, 65, 48),  # a suspension
        (71, 65, REST, REST),
        (REST, REST, REST, REST),
    ],
)
def test_other_chords_are_incomplete(pitches: tuple[int, ...]) -> None:
    assert not is_complete(pitches)


@pytest.mark.parametrize(
    ("plan", "beats"),
    [
        (Plan(32, Metre(4, 4)), [0, 8, 16, 24]),
        (Plan(20, Metre(4, 4), 4), [4, 12]),
        (Plan(28, Metre(4, 4), 12), [4, 12, 20]),
        (Plan(24, Metre(3, 4)), [0, 12]),
        (Plan(16, Metre(2, 4)), [0, 8]),
        (Plan(24, Metre(6, 8)), [0, 12]),
        (Plan(24, Metre(12, 8)), [0, 12]),
        (Plan(16), [0, 8]),
    ],
)
def test_strong_beats_are_the_first_and_the_third_of_four(plan: Plan, beats: list[int]) -> None:
    assert list_strong_beats(plan) == beats


def test_the_share_is_over_the_strong_beats_of_all_chorales() -> None:
    complete, bare, alone = [72, 67, 64, 48], [72, 67, 60, 48], [72, REST, REST, REST]

    def made(*chords: list[int]) -> Chorale:
        pitches = np.repeat(np.array(chords, np.int16), 8, axis=0)
        return from_pitches(pitches, Plan(len(pitches)))

    assert complete_triad_share([made(complete, bare)]) == 0.5
    assert complete_triad_share([made(complete, bare), made(complete, alone)]) == 2 / 3
    assert math.isnan(complete_triad_share([made(alone)]))
    assert math.isnan(complete_triad_share([]))


def test_bachs_chorales_are_mostly_complete_and_without_tenor_mostly_not(
    bach_corpus: Corpus,
) -> None:
    chorales = bach_corpus.splits["test"]
    assert complete_triad_share(chorales) == pytest.approx(0.8881, abs=0.0001)
    silent = []
    for each in chorales:
        pitches, onsets = each.pitches.copy(), each.onsets.copy()
        pitches[:, TENOR], onsets[:, TENOR] = REST, False
        silent.append(replace(each, pitches=pitches, onsets=onsets))
    assert complete_triad_share(silent) == pytest.approx(0.4522, abs=0.0001)
