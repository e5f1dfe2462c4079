"""Annotations between the page of the studio and its server."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from made_up import made_up_chorale
from strategies import annotations

from chorale.errors import OptionError
from chorale.music import REST, Annotations
from chorale.music.annotations import NO_ANNOTATIONS, Mark, Repeat, SpelledNote, Syllable
from chorale.music.spelling import Spelling
from chorale.studio.annotating import (
    annotations_from_json,
    annotations_to_json,
    fit_annotations,
)


@given(annotations())
def test_json_gives_back_the_annotations(drawn: Annotations) -> None:
    assert annotations_from_json(json.loads(json.dumps(annotations_to_json(drawn)))) == drawn


def test_no_annotations_are_null() -> None:
    assert annotations_to_json(NO_ANNOTATIONS) is None
    assert annotations_from_json(None) == NO_ANNOTATIONS


@pytest.mark.parametrize(
    "values",
    [
        5,
        {"songs": []},
        {"syllables": 5},
        {"syllables": [5]},
        {"syllables": [{"voice": 4, "step": 0, "verse": 1, "text": "a"}]},
        {"syllables": [{"voice": 0, "step": 0.5, "verse": 1, "text": "a"}]},
        {"syllables": [{"voice": 0, "step": 0, "verse": 1, "text": 5}]},
        {"syllables": [{"voice": 0, "step": 0, "verse": 1}]},
        {"marks": [{"kind": "shout", "step": 0}]},
        {"marks": [{"kind": "fine", "step": 0, "voice": -1}]},
        {"names": ["a"]},
        {"chord_symbols": [{"step": 0, "root": ["C"]}]},
    ],
)
def test_damaged_annotations_are_refused_in_one_line(values: Any) -> None:
    with pytest.raises(OptionError, match="the page sent") as error:
        annotations_from_json(values)
    assert "\n" not in str(error.value)


def test_annotations_that_fit_stay_and_the_others_are_counted() -> None:
    chorale = made_up_chorale(32, 1)
    pitches, onsets = chorale.pitches.copy(), chorale.onsets.copy()
    pitches[8:12, 0], onsets[8:12, 0], onsets[12, 0] = REST, False, True
    chorale = replace(chorale, pitches=pitches, onsets=onsets)
    sung = int(np.flatnonzero(onsets[:, 0])[0])
    wrong = Spelling("C", 0, 1)
    fitting, left_out = fit_annotations(
        chorale,
        Annotations(
            syllables=(
                Syllable(0, sung, 1, "stays"),
                Syllable(0, 8, 1, "rests"),
                Syllable(0, 40, 1, "late"),
            ),
            repeats=(Repeat(0, 16), Repeat(16, 48)),
            marks=(Mark("fine", 32), Mark("dynamic", 32, "f")),
            spellings=(SpelledNote(0, sung, wrong),),
        ),
    )
    assert [one.text for one in fitting.annotations.syllables] == ["stays"]
    assert fitting.annotations.repeats == (Repeat(0, 16),)
    assert fitting.annotations.marks == (Mark("fine", 32),)
    assert fitting.annotations.spellings == ()  # its note has another pitch
    assert left_out == ["2 syllables", "1 repeat", "1 dynamic"]
