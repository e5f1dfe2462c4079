"""Music between the page of the studio and its server."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from strategies import chorales, plans_with_short_bars

from chorale.errors import OptionError
from chorale.music import REST, Chorale, Plan, from_pitches
from chorale.studio.exchange import to_chorale, to_score, voicing_of


@given(chorales())
def test_a_score_gives_back_the_chorale(chorale: Chorale) -> None:
    again = to_chorale(json.loads(json.dumps(to_score(chorale, ""))))
    assert again == replace(chorale, source="the music")


@given(plans_with_short_bars())
def test_short_bars_are_given_back(plan: Plan) -> None:
    rests = np.full((plan.length_steps, 4), REST, np.int16)
    assert to_chorale(to_score(from_pitches(rests, plan), "")).plan == plan


SCORE: dict[str, Any] = {
    "title": "A",
    "tempo": 80,
    "steps": 16,
    "metre": "4/4",
    "key": "G major",
    "pickup": 0,
    "fermatas": [[12, 16]],
    "notes": [{"voice": 0, "pitch": 67, "step": 0, "length": 4}],
}


def test_a_score_of_the_page_is_a_chorale_with_its_plan() -> None:
    chorale = to_chorale(SCORE)
    assert chorale.plan.key
    assert chorale.plan.key.name == "G major"
    assert chorale.plan.fermata_spans == ((12, 16),)
    assert chorale.pitches[:5, 0].tolist() == [67] * 4 + [-1]


def read_all(score: dict[str, Any]) -> None:
    to_chorale(score)
    voicing_of(score)


@pytest.mark.parametrize(
    "changed",
    [
        {"steps": 0},
        {"steps": 10**9},
        {"steps": "many"},
        {"notes": None},
        {"notes": [{"voice": 4, "pitch": 60, "step": 0, "length": 1}]},
        {"notes": [{"voice": 0, "pitch": 200, "step": 0, "length": 1}]},
        {"notes": [{"voice": 0, "pitch": 60, "step": 15, "length": 2}]},
        {"notes": [{"voice": 0, "pitch": 60, "step": -1, "length": 2}]},
        {"notes": [{"voice": 0, "pitch": 60, "step": 0, "length": 4}] * 2},
        {"metre": "4"},
        {"key": "X"},
        {"pickup": 99},
        {"fermatas": [[1]]},
        {"voicing": "XYZ"},
        {"annotations": {"syllables": 5}},
    ],
)
def test_damaged_scores_are_refused_in_one_line(changed: dict[str, Any]) -> None:
    with pytest.raises(OptionError) as error:
        read_all({**SCORE, **changed})
    assert "\n" not in str(error.value)
