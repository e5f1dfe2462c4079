"""Music between the page of the studio and its server."""

from typing import Any

import pytest
from hypothesis import given
from strategies import chorales

from chorale.errors import OptionError
from chorale.music import Chorale
from chorale.studio.exchange import to_chorale, to_score


@given(chorales())
def test_a_score_gives_back_the_chorale(chorale: Chorale) -> None:
    again = to_chorale(to_score(chorale, ""))
    assert again == chorale


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
        {"key": "H"},
        {"pickup": 99},
        {"fermatas": [[1]]},
    ],
)
def test_damaged_scores_are_refused_in_one_line(changed: dict[str, Any]) -> None:
    with pytest.raises(OptionError) as error:
        to_chorale({**SCORE, **changed})
    assert "\n" not in str(error.value)
